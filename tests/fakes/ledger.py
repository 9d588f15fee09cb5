"""An ImapLedger in memory that keeps the promises of the real one: unique keys, duplicates by content."""

import pickle
import threading
from collections.abc import Collection
from pathlib import Path

from daemon.ports import ImapKey, ImapPosition, RawMail, Receipt


class MemoryLedger:
    """What was stored, in order. `faults` are raised, one an `accept`, before anything is stored."""

    def __init__(self) -> None:
        self.mails: list[RawMail] = []
        self.offered: list[ImapKey] = []
        self.positions: dict[tuple[str, str], ImapPosition] = {}
        self.faults: list[Exception] = []
        self.poison: bytes = b""
        self._keys: dict[ImapKey, int] = {}
        self._contents: dict[bytes, int] = {}
        self._changed = threading.Condition()

    def accept(self, mail: RawMail) -> Receipt:
        with self._changed:
            assert mail.imap is not None
            self.offered.append(mail.imap)
            if self.faults:
                raise self.faults.pop(0)
            if self.poison and self.poison in mail.raw:
                raise RuntimeError("a bug of ours")
            duplicate = mail.raw in self._contents or mail.imap in self._keys
            if not duplicate:
                self.mails.append(mail)
            inbound = self._contents.setdefault(mail.raw, len(self.mails))
            self._keys[mail.imap] = inbound
            self._changed.notify_all()
            return Receipt(inbound_id=inbound, duplicate=duplicate)

    def position(self, account: str, folder: str) -> ImapPosition | None:
        return self.positions.get((account, folder))

    def advance(self, account: str, folder: str, position: ImapPosition) -> None:
        with self._changed:
            self.positions[account, folder] = position
            self._changed.notify_all()

    def stored_uids(self, account: str, folder: str, uidvalidity: int, uids: Collection[int]) -> set[int]:
        keys = self._keys
        return {
            uid for uid in uids if ImapKey(account=account, folder=folder, uidvalidity=uidvalidity, uid=uid) in keys
        }

    @property
    def raws(self) -> list[bytes]:
        """The mails' bytes in the order they were stored."""
        return [mail.raw for mail in self.mails]

    def wait_for(self, count: int, seconds: float = 10) -> None:
        """Block until this many mails are stored."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.mails) >= count, seconds), f"{len(self.mails)} of {count}"

    def wait_for_position(self, seconds: float = 10) -> None:
        """Block until a folder has been opened for the first time."""
        with self._changed:
            assert self._changed.wait_for(lambda: bool(self.positions), seconds), "no position"

    def wait_for_last_uid(self, seconds: float = 10) -> None:
        """Block until the position has reached the last mail offered: its batch is moved or marked then."""

        def is_reached() -> bool:
            return any(position.last_uid >= self.offered[-1].uid for position in self.positions.values())

        with self._changed:
            assert self._changed.wait_for(is_reached, seconds), "the position lags behind"


class FileLedger(MemoryLedger):
    """Survives the process: what was accepted and how far it was read is written to a file before the answer."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        path.touch()
        with path.open("rb") as file:
            while file.peek(1):
                kind, arguments = pickle.load(file)
                getattr(super(), kind)(*arguments)

    def accept(self, mail: RawMail) -> Receipt:
        receipt = super().accept(mail)
        self._write("accept", mail)
        return receipt

    def advance(self, account: str, folder: str, position: ImapPosition) -> None:
        self._write("advance", account, folder, position)
        super().advance(account, folder, position)

    def _write(self, kind: str, *arguments: object) -> None:
        with self._path.open("ab") as file:
            pickle.dump((kind, arguments), file)
