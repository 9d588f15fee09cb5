"""Leases: what only one node may do at a time, such as reading an IMAP account. One row a name.

A lease ends by the clock, so a node that dies frees it and one that hangs loses it. The fence counts the changes of
owner: whoever writes on the strength of a lease has it compared in the same transaction, and a node that woke up too
late writes nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ColumnElement

from daemon.errors import Unavailable
from daemon.ports import ImapPosition, RawMail, Receipt
from daemon.store import inbound
from daemon.store.schema import leases
from daemon.store.store import Store

DURATION = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to do what `name` stands for, until `until`. `fence` is higher for each new owner."""

    name: str
    owner: str
    fence: int
    until: datetime


def acquire(connection: Connection, name: str, owner: str, now: datetime) -> Lease | None:
    """Take the lease if it is free or has run out, or renew it if it is ours. None while another owner has it."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    until = now + DURATION
    fresh = dialect.insert(leases).values(name=name, owner=owner, until=until, fence=1)
    statement = fresh.on_conflict_do_update(
        index_elements=[leases.c.name],
        set_={
            "owner": owner,
            "until": until,
            "fence": case((leases.c.owner == owner, leases.c.fence), else_=leases.c.fence + 1),
        },
        where=(leases.c.owner == owner) | (leases.c.until <= now),
    ).returning(leases.c.fence)
    fence = connection.execute(statement).scalar()
    return None if fence is None else Lease(name=name, owner=owner, fence=fence, until=until)


def release(connection: Connection, lease: Lease, now: datetime) -> None:
    """Let another node have it at once. Nothing happens when it is no longer ours."""
    connection.execute(update(leases).where(_is(lease)).values(until=now))


def require(connection: Connection, lease: Lease) -> None:
    """Make sure, until this transaction ends, that nobody else has taken the lease. Raises Unavailable."""
    if connection.execute(select(leases.c.name).where(_is(lease)).with_for_update()).first() is None:
        raise Unavailable(f"another node has taken the lease on {lease.name}")


def _is(lease: Lease) -> ColumnElement[bool]:
    return (leases.c.name == lease.name) & (leases.c.owner == lease.owner) & (leases.c.fence == lease.fence)


class FencedLedger:
    """The store as the poller of one account may use it: an `ImapLedger` that moves on only while the lease is ours."""

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
            require(connection, self._lease)
            inbound.advance(connection, account, folder, position)

        self._store.write(unit)

    def stored_uids(self, account: str, folder: str, uidvalidity: int, uids: Collection[int]) -> set[int]:
        """Those of `uids` that are already stored."""
        return self._store.stored_uids(account, folder, uidvalidity, uids)
