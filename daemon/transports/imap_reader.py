"""Reads one folder: list, decide, fetch, store, and only then move or mark. Keeps what must outlive a connection."""

import logging
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum

from daemon.clock import Clock
from daemon.errors import Deferred, Refused, Unavailable
from daemon.log import Event, log
from daemon.ports import ImapKey, ImapLedger, ImapPosition, RawMail
from daemon.transports.imap_account import Disposal, ImapAccount
from daemon.transports.imap_plan import (
    floor_of,
    next_position,
    plan_groups,
    plan_opening,
    search_windows,
    uids_to_fetch,
)
from daemon.transports.imap_session import ImapSession, ImapTrouble, Trouble

# Troubles that may be the doing of one mail rather than of the server or the network.
_SUSPICIOUS = {Trouble.LOST, Trouble.SILENT, Trouble.GARBLED, Trouble.TOO_LARGE, Trouble.ANSWERED_NO}
_TRIES = 5
_FAULTS_IN_A_GROUP = 3
_BATCHES_IN_A_ROUND = 10  # so that health hears of progress on a long backlog
_UNREADABLE_AGAIN_SECONDS = 3600.0


class Outcome(StrEnum):
    """How a reading ended: nothing left to read, something was read so look again, or the store is busy."""

    CAUGHT_UP = "caught up"
    MORE = "more"
    STORE_BUSY = "store busy"


class FolderReader:
    """Reads the account's folder into the ledger. `stopping` is asked between mails.

    Mails that cannot be read stay where they are, hold up nothing and show in `complaint`.
    """

    def __init__(self, account: ImapAccount, ledger: ImapLedger, clock: Clock, stopping: Callable[[], bool]) -> None:
        self._account, self._ledger, self._clock, self._stopping = account, ledger, clock, stopping
        self._position = ImapPosition(uidvalidity=0, last_uid=0)
        self._floor = 0
        self._forget_folder()

    @property
    def complaint(self) -> str:
        """What an admin should know though reading goes on; empty when all is well."""
        folder = self._account.folder
        left = [f"mails left in {folder}, too large or unreadable: {len(self._skipped)}"] if self._skipped else []
        unsettled = [f"{self._account.handled}: {self._unsettled_why}"] if self._unsettled else []
        return "; ".join(left + unsettled)

    def open(self, session: ImapSession) -> None:
        """Call once a connection, after SELECT: find out where to go on."""
        state = session.state
        known = self._ledger.position(self._account.name, self._account.folder)
        opening = plan_opening(state, known, self._account.start)
        if opening.position.uidvalidity != self._position.uidvalidity:
            self._forget_folder()
            self._floor = opening.floor
        if opening.rescan and known is not None:
            self._log(Event.IMAP_RESCAN, level=logging.WARNING, was=known.uidvalidity, now=state.uidvalidity)
            self._ledger.advance(self._account.name, self._account.folder, opening.position)
        self._position = opening.position
        if opening.skip_present:
            self._start_from_now(session)
        self._relist_due = self._clock.monotonic()

    def read(self, session: ImapSession) -> Outcome:
        """One round: whatever is new, and now and then the last UIDs again. Raises ImapTrouble."""
        if self._clock.monotonic() >= self._relist_due:
            fresh = self._relist(session)
            self._relist_due = self._clock.monotonic() + self._account.relist_seconds
        else:
            fresh = self._list(session, self._position.last_uid + 1)
        return self._take(session, fresh) if fresh else Outcome.CAUGHT_UP

    def _forget_folder(self) -> None:
        self._handled: set[int] = set()  # offered to the ledger by this process, duplicates included
        self._skipped: dict[int, float] = {}  # left in the folder, and when to try again (monotonic)
        self._tries: dict[int, int] = {}
        self._suspects: set[int] = set()  # one of them may have broken the connection: fetch them one by one
        self._unsettled: set[int] = set()
        self._unsettled_why = ""
        self._has_relisted = False
        self._relist_due = 0.0

    def _start_from_now(self, session: ImapSession) -> None:
        present = session.state.uidnext - 1 if session.state.uidnext else session.highest_uid()
        self._position = ImapPosition(uidvalidity=session.state.uidvalidity, last_uid=max(present, 0))
        self._floor = self._position.last_uid
        self._ledger.advance(self._account.name, self._account.folder, self._position)

    def _list(self, session: ImapSession, first: int) -> list[int]:
        listed = self._search(session, first)
        return uids_to_fetch(
            listed, stored=self._stored(listed), skipped=self._skipped, floor=max(self._floor, first - 1)
        )

    def _relist(self, session: ImapSession) -> list[int]:
        """List the last UIDs again: mails that became visible late, and stored ones that were never moved or marked."""
        self._review_skipped(session)
        first = max(1, self._position.last_uid + 1 - self._account.relist_uids)
        if not self._has_relisted and self._account.handling.disposal is Disposal.MOVE:
            first = 1  # whatever was stored but not moved, however long ago
        listed = self._search(session, first)
        stored = self._stored(listed)
        self._floor = floor_of(self._floor, stored)
        self._settle_late(session, first, stored)
        left_behind = [] if self._has_relisted else session.search_too_large()
        self._has_relisted = True
        fresh = uids_to_fetch(listed, stored=stored, skipped=self._skipped, floor=self._floor)
        return sorted({*fresh, *left_behind} - stored)

    def _review_skipped(self, session: ImapSession) -> None:
        """Forget those that somebody took away, and those whose time to be tried again has come."""
        if self._skipped:
            now, present = self._clock.monotonic(), session.fetch_sizes(self._skipped)
            self._skipped = {uid: again for uid, again in self._skipped.items() if uid in present and again > now}

    def _search(self, session: ImapSession, first: int) -> list[int]:
        return [uid for span in search_windows(first, session.state) for uid in session.search(*span)]

    def _stored(self, uids: Sequence[int]) -> set[int]:
        if not uids:
            return set()
        known = self._ledger.stored_uids(self._account.name, self._account.folder, self._position.uidvalidity, uids)
        return known | self._handled.intersection(uids)

    def _settle_late(self, session: ImapSession, first: int, stored: set[int]) -> None:
        """Move or mark what an earlier run or a refused command left undone.

        A mark somebody took away again is only restored after a restart; a move is always owed.
        """
        is_move = self._account.handling.disposal is Disposal.MOVE
        owed = stored if is_move or not self._has_relisted else stored & self._unsettled
        if owed and self._account.handling.disposal is not Disposal.KEEP:
            spans = search_windows(first, session.state)
            unhandled = {uid for span in spans for uid in session.search_unhandled(*span)}
            self._settle(session, sorted(owed & unhandled))

    def _take(self, session: ImapSession, fresh: list[int]) -> Outcome:
        """Fetch and store in groups, oldest first; the position follows the store and never overtakes a gap."""
        self._suspects.intersection_update(fresh)
        size = self._account.batch
        fresh = fresh[: size * _BATCHES_IN_A_ROUND]
        waiting, done = set(fresh), set[int]()
        outcome = Outcome.MORE
        for window in (fresh[at : at + size] for at in range(0, len(fresh), size)):
            sizes = session.fetch_sizes(window)
            for group in self._groups(session, window, sizes):
                stored, outcome = self._take_group(session, group, sum(sizes[uid] for uid in group))
                done |= stored
                self._settle(session, sorted(stored))
                done |= self._skipped.keys() & waiting
                self._advance(done, waiting - done)
                if outcome is Outcome.STORE_BUSY or self._stopping():
                    return outcome
        done |= self._skipped.keys() & waiting
        self._advance(done, waiting - done)
        # What vanished, or came without a body, is asked for again in the next round, not in a tight circle.
        return outcome if done else Outcome.CAUGHT_UP

    def _groups(self, session: ImapSession, uids: Iterable[int], sizes: dict[int, int]) -> Iterable[tuple[int, ...]]:
        plan = plan_groups(
            uids,
            sizes,
            max_bytes=self._account.max_message_bytes,
            group_size=1 if self._suspects else self._account.batch,
            group_bytes=self._account.batch_bytes,
        )
        for uid in plan.too_large:
            self._skip(uid, "too large", float("inf"), size=sizes[uid])
        if plan.too_large:
            self._mark_too_large(session, plan.too_large)
        return plan.groups

    def _take_group(self, session: ImapSession, group: tuple[int, ...], size: int) -> tuple[set[int], Outcome]:
        try:
            bodies = session.fetch_bodies(group, size)
        except ImapTrouble as trouble:
            self._suspect(group, trouble)
            raise
        self._suspects.difference_update(group)
        return self._store_group(group, bodies)

    def _store_group(self, group: tuple[int, ...], bodies: dict[int, bytes]) -> tuple[set[int], Outcome]:
        """Store in order. A fault of ours stops us, but one on a single mail must not hold up those behind it."""
        stored: set[int] = set()
        faults = 0
        for uid in group:
            if self._stopping():
                break
            if uid not in bodies:
                self._try_again(uid, "no body")
                continue
            try:
                self._store(uid, bodies[uid])
                stored.add(uid)
            except Refused as refusal:
                self._skip(uid, str(refusal), float("inf"))
            except (Deferred, Unavailable) as error:
                self._log(Event.MAIL_DEFERRED, level=logging.WARNING, uid=uid, why=str(error))
                return stored, Outcome.STORE_BUSY
            except Exception:  # a bug in the store; unknown means temporary, so the mail is never given up
                self._log(Event.INTAKE_FAILED, level=logging.ERROR, exc_info=True, uid=uid)
                faults += 1
                if faults >= _FAULTS_IN_A_GROUP:
                    break
        return stored, Outcome.STORE_BUSY if faults else Outcome.MORE

    def _store(self, uid: int, raw: bytes) -> None:
        key = ImapKey(
            account=self._account.name,
            folder=self._account.folder,
            uidvalidity=self._position.uidvalidity,
            uid=uid,
        )
        receipt = self._ledger.accept(RawMail(raw=raw, source="imap", recipients=(self._account.recipient,), imap=key))
        self._handled.add(uid)
        self._tries.pop(uid, None)
        self._log(Event.IMAP_STORED, uid=uid, inbound=receipt.inbound_id, duplicate=receipt.duplicate, size=len(raw))

    def _settle(self, session: ImapSession, uids: list[int]) -> None:
        """Move or mark. A refusal costs nothing but tidiness: the mails are stored, and it is tried again later."""
        try:
            session.settle(uids)
        except ImapTrouble as trouble:
            self._unsettled.update(uids)
            self._unsettled_why = trouble.text
            if trouble.trouble is not Trouble.ANSWERED_NO:
                raise
            self._log(Event.IMAP_FAILED, level=logging.WARNING, step=trouble.step, why=trouble.text, mails=len(uids))
        else:
            self._unsettled.difference_update(uids)

    def _advance(self, done: set[int], unfinished: set[int]) -> None:
        position = next_position(self._position, done=done, unfinished=unfinished)
        if position != self._position:
            self._ledger.advance(self._account.name, self._account.folder, position)
            self._position = position
            oldest = position.last_uid - self._account.relist_uids
            self._handled = {uid for uid in self._handled if uid > oldest}

    def _suspect(self, group: tuple[int, ...], trouble: ImapTrouble) -> None:
        """Remember whom we asked for when it went wrong: a server may break on one mail, and must not for ever."""
        if trouble.trouble not in _SUSPICIOUS:
            return
        if len(group) > 1:
            self._suspects.update(group)
        elif trouble.trouble is Trouble.TOO_LARGE:
            self._skip(group[0], trouble.text, float("inf"))
        else:
            self._try_again(group[0], trouble.text)

    def _try_again(self, uid: int, why: str) -> None:
        self._tries[uid] = self._tries.get(uid, 0) + 1
        if self._tries[uid] >= _TRIES:
            self._skip(uid, why, self._clock.monotonic() + _UNREADABLE_AGAIN_SECONDS)

    def _skip(self, uid: int, why: str, again: float, *, size: int = 0) -> None:
        self._tries.pop(uid, None)
        self._suspects.discard(uid)
        self._skipped[uid] = again
        self._log(Event.IMAP_SKIPPED, level=logging.WARNING, uid=uid, why=why, size=size)

    def _mark_too_large(self, session: ImapSession, uids: tuple[int, ...]) -> None:
        try:
            session.mark_too_large(uids)
        except ImapTrouble as trouble:
            if trouble.trouble is not Trouble.ANSWERED_NO:
                raise

    def _log(self, event: Event, *, level: int = logging.INFO, exc_info: bool = False, **fields: object) -> None:
        place = {"account": self._account.name, "folder": self._account.folder}
        log(event, level=level, exc_info=exc_info, **place, **fields)
