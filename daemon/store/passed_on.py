"""Mails that agents passed on: who wrote them was read from the forwarded mail, and may have been read wrongly."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from daemon.store.schema import messages
from daemon.store.schema import outbox as outbox_table
from daemon.store.work import Work
from parsers.mail import Address
from rules.facts import TicketFacts

_WRITTEN = (
    select(messages.c.ticket_id, messages.c.id, messages.c.from_address, messages.c.evidence)
    .where(messages.c.ticket_id.in_(bindparam("ids", expanding=True)))
    .order_by(messages.c.id)
)
_TOLD = select(outbox_table.c.ticket_id, outbox_table.c.recipient).where(
    outbox_table.c.ticket_id.in_(bindparam("ids", expanding=True)), outbox_table.c.to_agent == ""
)


def unheard(connection: Connection, tickets: Mapping[int, TicketFacts]) -> dict[int, tuple[int, ...]]:
    """The entries in the name of requesters who have neither written themselves nor been written to, by ticket."""
    if not tickets:
        return {}
    ids = {"ids": list(tickets)}
    known = {(row.ticket_id, row.recipient) for row in connection.execute(_TOLD, ids)}
    found: dict[int, list[int]] = {}
    for row in connection.execute(_WRITTEN, ids):
        if row.from_address != tickets[row.ticket_id].requester:
            continue
        if "passed_on" in row.evidence:
            found.setdefault(row.ticket_id, []).append(row.id)
        else:
            known.add((row.ticket_id, row.from_address))
    return {ticket: tuple(each) for ticket, each in found.items() if (ticket, tickets[ticket].requester) not in known}


def give_to(work: Work, entries: Sequence[int], person: Address) -> None:
    """Somebody else has written these entries after all."""
    if not entries:
        return
    columns = (messages.c.from_name, messages.c.from_address, messages.c.banner)
    rows = work.connection.execute(select(messages.c.id, *columns).where(messages.c.id.in_(entries))).all()
    before: list[dict[str, Any]] = [
        {"id": row.id, "back": {column.name: row._mapping[column.name] for column in columns}} for row in rows
    ]
    now = {"from_name": person.name, "from_address": person.address, "banner": f"Requester corrected by {work.actor}"}
    work.connection.execute(update(messages).where(messages.c.id.in_(entries)).values(**now))
    work.reversible("writer", entries=before)
