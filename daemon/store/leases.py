"""Leases: what only one node may do at a time, such as reading an IMAP account or firing timers. One row a name.

A lease ends by the clock, so a node that dies frees it and one that hangs loses it. The fence counts the changes of
owner: whoever writes on the strength of a lease has it compared in the same transaction, and a node that woke up too
late writes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, case, or_, select, update
from sqlalchemy.sql import ColumnElement

from daemon.errors import Unavailable
from daemon.store.inbound import insert_ignore
from daemon.store.schema import leases

LONGEST = timedelta(minutes=10)
_READ = select(leases).where(leases.c.name == bindparam("called"))
_TAKE = (
    update(leases)
    .where(
        leases.c.name == bindparam("called"),
        or_(leases.c.owner == bindparam("by"), leases.c.until <= bindparam("now")),
    )
    .values(
        owner=bindparam("by"),
        until=bindparam("end"),
        fence=case((leases.c.owner == bindparam("by"), leases.c.fence), else_=leases.c.fence + 1),
    )
    .returning(leases)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to do what `name` stands for, until `until`. `fence` is higher for each new owner."""

    name: str
    owner: str
    fence: int
    until: datetime


def read(connection: Connection, name: str) -> Lease | None:
    """Who holds it or held it last."""
    row = connection.execute(_READ, {"called": name}).one_or_none()
    return Lease(**row._mapping) if row else None


def take(connection: Connection, name: str, owner: str, now: datetime, length: timedelta) -> Lease | None:
    """Take the lease if it is free or has run out, or renew it if it is ours. None while another owner has it."""
    wanted = {"called": name, "by": owner, "now": now, "end": now + length}
    row = connection.execute(_TAKE, wanted).one_or_none()
    if row is None:  # another owner has it, or nobody ever had
        connection.execute(insert_ignore(connection, leases), {"name": name, "owner": owner, "until": now, "fence": 1})
        row = connection.execute(_TAKE, wanted).one_or_none()
    return Lease(**row._mapping) if row else None


def require(connection: Connection, lease: Lease) -> None:
    """Make sure, until this transaction ends, that nobody else has taken the lease. Raises Unavailable."""
    if connection.execute(select(leases.c.name).where(_is(lease)).with_for_update()).first() is None:
        raise Unavailable(f"another node has taken the lease on {lease.name}")


def give_back(connection: Connection, lease: Lease, now: datetime) -> None:
    """Let another node have it at once. Nothing happens when it is no longer ours."""
    connection.execute(update(leases).where(_is(lease)).values(until=now))


def release_all(connection: Connection, now: datetime) -> None:
    """At the start of a lone node: whoever holds a lease is gone.

    One that has ended keeps its end, and so does one that ends too far ahead: then the clock is wrong, and that shows.
    """
    connection.execute(update(leases).where(leases.c.until > now, leases.c.until < now + LONGEST).values(until=now))


def end_at(connection: Connection, name: str, now: datetime) -> None:
    """Say that the lease was held until now, whatever the row says: the clock was wrong."""
    connection.execute(update(leases).where(leases.c.name == name).values(until=now))


def _is(lease: Lease) -> ColumnElement[bool]:
    return (leases.c.name == lease.name) & (leases.c.owner == lease.owner) & (leases.c.fence == lease.fence)
