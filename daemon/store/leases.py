"""Who does what only one may do: a lease with an end, a holder and a fence that grows with every change of holder."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, or_, select, update

from daemon.store.inbound import insert_ignore
from daemon.store.schema import leases

LONGEST = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Held until `until`. `fence` tells this holding from every other."""

    owner: str
    until: datetime
    fence: int


def read(connection: Connection, name: str) -> Lease | None:
    """Who holds it or held it last."""
    row = connection.execute(select(leases).where(leases.c.name == name)).one_or_none()
    return None if row is None else Lease(owner=row.owner, until=row.until, fence=row.fence)


def take(connection: Connection, name: str, owner: str, now: datetime, length: timedelta) -> Lease | None:
    """Take or renew it in one statement; None while somebody else holds it."""
    until = now + length
    connection.execute(insert_ignore(connection, leases).values(name=name, owner=owner, until=now, fence=1))
    row = connection.execute(
        update(leases)
        .where(leases.c.name == name, or_(leases.c.owner == owner, leases.c.until <= now))
        .values(
            owner=owner, until=until, fence=case((leases.c.owner == owner, leases.c.fence), else_=leases.c.fence + 1)
        )
        .returning(leases.c.fence)
    ).one_or_none()
    return None if row is None else Lease(owner=owner, until=until, fence=row.fence)


def give_back(connection: Connection, name: str, owner: str, now: datetime) -> None:
    """Let somebody else have it at once."""
    connection.execute(update(leases).where(leases.c.name == name, leases.c.owner == owner).values(until=now))


def release_all(connection: Connection, now: datetime) -> None:
    """At the start of a lone node: whoever holds a lease is gone.

    One that has ended keeps its end, and so does one that ends too far ahead: then the clock is wrong, and that shows.
    """
    connection.execute(update(leases).where(leases.c.until > now, leases.c.until < now + LONGEST).values(until=now))


def end_at(connection: Connection, name: str, now: datetime) -> None:
    """Say that the lease was held until now, whatever the row says: the clock was wrong."""
    connection.execute(update(leases).where(leases.c.name == name).values(until=now))
