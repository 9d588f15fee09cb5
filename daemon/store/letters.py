"""What an outgoing mail is made from: the ticket, the message it carries, its thread and its past."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from daemon.store import tickets as ticket_rows
from daemon.store.outbox import Due
from daemon.store.schema import inbound, messages
from rules.facts import TicketFacts

HISTORY = 5
MOST_ENTRIES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One message of a ticket, as a letter quotes it. `raw` is the hash of the mail it came in, if it came by mail."""

    id: int
    public: bool
    direction: str
    author: str
    from_name: str
    from_address: str
    text: str
    banner: str
    message_id: str
    references: tuple[str, ...]
    attachments: tuple[dict[str, Any], ...]
    raw: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Everything a letter about a ticket may need. `entries` in order, the newest last."""

    ticket: TicketFacts
    message: Entry | None
    entries: tuple[Entry, ...]

    @property
    def history(self) -> Sequence[Entry]:
        """What came before the message, newest first."""
        before = [each for each in self.entries if self.message is None or each.id < self.message.id]
        return before[::-1][:HISTORY]

    @property
    def last_from_outside(self) -> Entry | None:
        """The newest public mail of a customer: what our answer answers."""
        return next((each for each in reversed(self.entries) if each.public and each.direction == "inbound"), None)

    @property
    def internal_texts(self) -> tuple[str, ...]:
        """What must not leave."""
        return tuple(each.text for each in self.entries if not each.public)


def material(connection: Connection, due: Due) -> Material | None:
    """What this row's letter is about; None when the ticket is gone."""
    if due.ticket_id is None:
        return None
    ticket = ticket_rows.facts(connection, [due.ticket_id], for_decision=False).get(due.ticket_id)
    if ticket is None:
        return None
    entries = _entries(connection, due.ticket_id)
    message = next((each for each in entries if each.id == due.message_ref), None)
    return Material(ticket=ticket, message=message, entries=entries)


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
            public=row.public,
            direction=row.direction,
            author=row.author,
            from_name=row.from_name,
            from_address=row.from_address,
            text=row.text,
            banner=row.banner,
            message_id=row.message_id,
            references=tuple(row.references),
            attachments=tuple(row.attachments),
            raw=row.raw or "",
            created_at=row.created_at,
        )
        for row in reversed(rows)
    )
