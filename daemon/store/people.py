"""Contacts and their addresses: the outside persons, found by address, made on first sight."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from daemon.store.inbound import insert_ignore
from daemon.store.schema import addresses, contacts

PAUSE = timedelta(days=30)
SOFT_BOUNCES_TO_PAUSE = 5


def address_id(connection: Connection, address: str, name: str, now: datetime) -> int:
    """The row of an address, with a new contact behind it when nobody has it yet."""
    known = _find(connection, address)
    if known is not None:
        return known
    contact = connection.execute(contacts.insert().values(name=name, created_at=now).returning(contacts.c.id)).scalar()
    statement: Any = insert_ignore(connection, addresses).values(address=address, contact_id=contact)
    fresh = connection.execute(statement.returning(addresses.c.id)).scalar()
    if fresh is not None:
        return int(fresh)
    return int(connection.execute(select(addresses.c.id).where(addresses.c.address == address)).scalar_one())


def _find(connection: Connection, address: str) -> int | None:
    return connection.execute(select(addresses.c.id).where(addresses.c.address == address)).scalar()


def is_known(connection: Connection, address: str) -> bool:
    """Whether this address has been a contact's before."""
    return _find(connection, address) is not None


def contacts_of(connection: Connection, wanted: Collection[str]) -> dict[str, int]:
    """The contact behind each of the addresses that is known."""
    if not wanted:
        return {}
    query = select(addresses.c.address, addresses.c.contact_id).where(addresses.c.address.in_(wanted))
    return dict(connection.execute(query).all())


def paused(connection: Connection, persons: Sequence[str], now: datetime) -> frozenset[str]:
    """Those of the addresses that bounces have made us stop writing to for now."""
    if not persons:
        return frozenset()
    query = select(addresses.c.address).where(addresses.c.address.in_(persons), addresses.c.paused_until > now)
    return frozenset(connection.execute(query).scalars())


def note_bounce(connection: Connection, address: str, *, permanent: bool, now: datetime) -> None:
    """A permanent failure pauses the address for a while; temporary ones only after several."""
    row = connection.execute(
        update(addresses)
        .where(addresses.c.address == address)
        .values(soft_bounces=addresses.c.soft_bounces + (0 if permanent else 1))
        .returning(addresses.c.id, addresses.c.soft_bounces)
    ).one_or_none()
    if row is None or not (permanent or row.soft_bounces >= SOFT_BOUNCES_TO_PAUSE):
        return
    connection.execute(
        update(addresses).where(addresses.c.id == row.id).values(paused_until=now + PAUSE, soft_bounces=0)
    )


def note_delivery(connection: Connection, address: str) -> None:
    """A mail went through: earlier temporary failures no longer count."""
    connection.execute(
        update(addresses).where(addresses.c.address == address, addresses.c.soft_bounces > 0).values(soft_bounces=0)
    )
