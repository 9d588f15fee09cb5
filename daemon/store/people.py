"""Contacts and their addresses: the outside persons, found by address, made on first sight."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from daemon.store.inbound import insert_ignore
from daemon.store.schema import addresses, contacts

PAUSE = timedelta(days=30)
SOFT_BOUNCES_TO_PAUSE = 5

_BY_ADDRESS = select(addresses.c.id).where(addresses.c.address == bindparam("wanted"))
_PAUSED = select(addresses.c.address).where(
    addresses.c.address.in_(bindparam("persons", expanding=True)), addresses.c.paused_until > bindparam("now")
)
_IS_PAUSED = select(addresses.c.id).where(
    addresses.c.address == bindparam("person"), addresses.c.paused_until > bindparam("now")
)
_NEW_CONTACT = contacts.insert().returning(contacts.c.id)
_FORGIVE = (
    update(addresses)
    .where(addresses.c.address == bindparam("wanted"), addresses.c.soft_bounces > 0)
    .values(soft_bounces=0)
)


def address_id(connection: Connection, address: str, name: str, now: datetime) -> int:
    """The row of an address, with a new contact behind it when nobody has it yet."""
    known = _find(connection, address)
    if known is not None:
        return known
    contact = connection.execute(_NEW_CONTACT, {"name": name, "created_at": now}).scalar()
    statement: Any = insert_ignore(connection, addresses).returning(addresses.c.id)
    fresh = connection.execute(statement, {"address": address, "contact_id": contact}).scalar()
    if fresh is not None:
        return int(fresh)
    return int(connection.execute(_BY_ADDRESS, {"wanted": address}).scalar_one())


def _find(connection: Connection, address: str) -> int | None:
    return connection.execute(_BY_ADDRESS, {"wanted": address}).scalar()


def contacts_of(connection: Connection, wanted: Collection[str]) -> dict[str, int]:
    """The contact behind each of the addresses that is known."""
    if not wanted:
        return {}
    query = select(addresses.c.address, addresses.c.contact_id).where(addresses.c.address.in_(wanted))
    return dict(connection.execute(query).all())


def give_address(connection: Connection, address: int, contact: int) -> int:
    """The address row belongs to this contact from now on. Returns whose it was."""
    where = addresses.c.id == address
    old = connection.execute(select(addresses.c.contact_id).where(where)).scalar_one()
    connection.execute(update(addresses).where(where).values(contact_id=contact))
    return int(old)


def paused(connection: Connection, persons: Sequence[str], now: datetime) -> frozenset[str]:
    """Those of the addresses that bounces have made us stop writing to for now."""
    if not persons:
        return frozenset()
    return frozenset(connection.execute(_PAUSED, {"persons": persons, "now": now}).scalars())


def is_paused(connection: Connection, person: str, now: datetime) -> bool:
    """Whether bounces have made us stop writing to this address for now."""
    return connection.execute(_IS_PAUSED, {"person": person, "now": now}).first() is not None


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
    connection.execute(_FORGIVE, {"wanted": address})
