"""What an outgoing mail is made from: the ticket, the message it carries, its thread and its past."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from daemon.store import tickets as ticket_rows
from daemon.store.outbox import Due
from daemon.store.schema import addresses, inbound, messages, tickets
from rules.actions import MessageKind
from rules.facts import TicketFacts

HISTORY = 5
RECENT = 3
MOST_ENTRIES = 50
_REMINDER = "reminder-notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One message of a ticket, as a letter quotes it. `raw` is the hash of the mail it came in, if it came by mail.

    `passed_on`: an agent forwarded it, and who wrote it was read from the forwarded mail.
    """

    id: int
    kind: str
    public: bool
    direction: str
    author: str
    from_name: str
    from_address: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    text: str
    banner: str
    message_id: str
    references: tuple[str, ...]
    attachments: tuple[dict[str, Any], ...]
    raw: str
    passed_on: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketLine:
    """Another ticket, in a line."""

    number: int
    status: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Everything a letter about a ticket may need. `entries` in order, the newest last."""

    ticket: TicketFacts
    message: Entry | None
    entries: tuple[Entry, ...]
    recent: tuple[TicketLine, ...] = ()

    @property
    def history(self) -> Sequence[Entry]:
        """What came before the message, newest first."""
        before = [
            each
            for each in self.entries
            if each.kind != MessageKind.COMMANDS and (self.message is None or each.id < self.message.id)
        ]
        return before[::-1][:HISTORY]

    @property
    def last_from_outside(self) -> Entry | None:
        """The newest public mail of a customer: what our answer answers."""
        return _last_from_outside(self.entries)

    @property
    def internal_texts(self) -> tuple[str, ...]:
        """What must not leave."""
        return tuple(each.text for each in self.entries if not each.public)


def _last_from_outside(entries: Sequence[Entry]) -> Entry | None:
    return next((each for each in reversed(entries) if each.public and each.direction == "inbound"), None)


def material(connection: Connection, due: Due) -> Material | None:
    """What this row's letter is about; None when the ticket is gone. A merged ticket is what it goes on in."""
    if due.ticket_id is None:
        return Material(ticket=TicketFacts(id=0, number=0), message=None, entries=())
    ticket_id = ticket_rows.merged(connection, [due.ticket_id]).get(due.ticket_id, due.ticket_id)
    ticket = ticket_rows.facts(connection, [ticket_id], for_decision=False).get(ticket_id)
    if ticket is None:
        return None
    entries = _entries(connection, ticket_id)
    message = next((each for each in entries if each.id == due.message_ref), None)
    if message is None and due.template == _REMINDER:  # agents are reminded of what the customer wants
        message = _last_from_outside(entries)
    recent = _recent(connection, ticket) if due.to_agent else ()
    return Material(ticket=ticket, message=message, entries=entries, recent=recent)


_RECENT = (
    select(tickets.c.number, tickets.c.status, tickets.c.subject)
    .join(addresses, addresses.c.id == tickets.c.requester_id)
    .where(
        addresses.c.contact_id == bindparam("contact"),
        tickets.c.id != bindparam("ticket"),
        tickets.c.merged_into.is_(None),
    )
    .order_by(tickets.c.id.desc())
    .limit(RECENT)
)


def _recent(connection: Connection, ticket: TicketFacts) -> tuple[TicketLine, ...]:
    """The contact's other tickets by whatever address, newest first."""
    rows = connection.execute(_RECENT, {"contact": ticket.contact, "ticket": ticket.id})
    return tuple(TicketLine(number=row.number, status=row.status, subject=row.subject) for row in rows)


_ENTRIES = (
    select(messages, inbound.c.sha256.label("raw"))
    .outerjoin(inbound, inbound.c.id == messages.c.inbound_id)
    .where(messages.c.ticket_id == bindparam("ticket"))
    .order_by(messages.c.id.desc())
    .limit(MOST_ENTRIES)
)


def _entries(connection: Connection, ticket_id: int) -> tuple[Entry, ...]:
    rows = connection.execute(_ENTRIES, {"ticket": ticket_id}).all()
    return tuple(
        Entry(
            id=row.id,
            kind=row.kind,
            public=row.public,
            direction=row.direction,
            author=row.author,
            from_name=row.from_name,
            from_address=row.from_address,
            to=tuple(row.to),
            cc=tuple(row.cc),
            text=row.text,
            banner=row.banner,
            message_id=row.message_id,
            references=tuple(row.references),
            attachments=tuple(row.attachments),
            raw=row.raw or "",
            passed_on="passed_on" in row.evidence,
            created_at=row.created_at,
        )
        for row in reversed(rows)
    )
