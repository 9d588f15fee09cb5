"""Contacts as the command line shows and joins them: one person, several addresses."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from daemon.store import people
from daemon.store.schema import addresses, contacts, messages, tickets
from daemon.store.work import Work

_MOST_TICKETS = 50


def contact_at(connection: Connection, address: str) -> int | None:
    """The contact who has this address."""
    return people.contacts_of(connection, [address]).get(address)


def show(connection: Connection, contact: int) -> dict[str, Any]:
    """The public JSON shape of a contact."""
    row = connection.execute(select(contacts).where(contacts.c.id == contact)).one()
    known = connection.execute(
        select(addresses).where(addresses.c.contact_id == contact).order_by(addresses.c.id)
    ).all()
    written = select(func.count()).where(
        func.lower(messages.c.from_address).in_([each.address.lower() for each in known])
    )
    return {
        "id": row.id,
        "name": row.name,
        "language": row.language,
        "created_at": _stamp(row.created_at),
        "addresses": [{"address": each.address, "paused_until": _stamp(each.paused_until)} for each in known],
        "messages": connection.execute(written).scalar_one(),
        "tickets": _tickets(connection, [each.id for each in known]),
    }


def _stamp(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _tickets(connection: Connection, ids: list[int]) -> list[dict[str, Any]]:
    query = (
        select(tickets.c.number, tickets.c.subject, tickets.c.status, tickets.c.updated_at)
        .where(tickets.c.requester_id.in_(ids))
        .order_by(tickets.c.id.desc())
        .limit(_MOST_TICKETS)
    )
    return [dict(row._mapping) | {"updated_at": _stamp(row.updated_at)} for row in connection.execute(query)]


def join(work: Work, contact: int, address: str) -> None:
    """The address is this contact's as well; the tickets it asked for say so."""
    row = people.address_id(work.connection, address, "", work.now)
    people.give_address(work.connection, row, contact)
    for ticket in work.connection.execute(select(tickets.c.id).where(tickets.c.requester_id == row)).scalars().all():
        work.event(ticket, "joined", "asked for by an admin", address=address)
