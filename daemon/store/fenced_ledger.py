"""The store as the poller of one account may use it, when several nodes share a database."""

from collections.abc import Collection

from sqlalchemy import Connection

from daemon.ports import ImapPosition, RawMail, Receipt
from daemon.store import inbound, leases
from daemon.store.leases import Lease
from daemon.store.store import Store


class FencedLedger:
    """An `ImapLedger` that moves on only while the lease is ours."""

    def __init__(self, store: Store, lease: Lease) -> None:
        self._store, self._lease = store, lease

    def accept(self, mail: RawMail) -> Receipt:
        """Not fenced: a mail stored late is still a mail, and its place in the mailbox keeps it from being two."""
        return self._store.accept(mail)

    def position(self, account: str, folder: str) -> ImapPosition | None:
        """None when this folder has never been read."""
        return self._store.position(account, folder)

    def advance(self, account: str, folder: str, position: ImapPosition) -> None:
        """Remember how far we are. Raises Unavailable when another node reads this account now."""

        def unit(connection: Connection) -> None:
            leases.require(connection, self._lease)
            inbound.advance(connection, account, folder, position)

        self._store.write(unit)

    def stored_uids(self, account: str, folder: str, uidvalidity: int, uids: Collection[int]) -> set[int]:
        """Those of `uids` that are already stored."""
        return self._store.stored_uids(account, folder, uidvalidity, uids)
