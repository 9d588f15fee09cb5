"""One decision while it is carried out: what the handlers share, what they collect, and how to take it all back."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, update

from daemon.store.schema import events, tickets
from daemon.store.schema import outbox as outbox_table
from parsers.mail import ParsedMail
from rules.actions import NEW

_TOUCH = (
    update(tickets)
    .where(tickets.c.id.in_(bindparam("ids", expanding=True)))
    .values(version=tickets.c.version + 1, updated_at=bindparam("now"))
)
_SET = update(tickets).where(tickets.c.id == bindparam("row"))
_NEW_EVENTS, _NEW_LETTERS = events.insert(), outbox_table.insert()


@dataclass(slots=True, kw_only=True)
class Work:
    """One decision being carried out.

    `agent`: on whose authority, else empty. `inverse`: steps that take the changes back, in the order they were made.
    `changes` and `remarks`: result lines that only carrying it out could tell; `undo`: the word that takes it back.
    `known`: columns of the new ticket as they are by now; `pending`: those of them that are still to be written.
    """

    connection: Connection
    mail: ParsedMail
    inbound_id: int | None
    evidence: dict[str, Any]
    actor: str
    now: datetime
    new_ticket: int | None = None
    message_id: int | None = None
    agent: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)
    letters: list[dict[str, Any]] = field(default_factory=list)
    inverse: list[dict[str, Any]] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    undo: str = ""
    known: dict[str, Any] = field(default_factory=dict)
    pending: dict[str, Any] = field(default_factory=dict)

    def ticket(self, reference: int) -> int:
        """The id behind an action's ticket: NEW stands for the one made by this decision."""
        if reference != NEW:
            return reference
        if self.new_ticket is None:
            raise AssertionError("the decision speaks of a new ticket before it creates one")
        return self.new_ticket

    def reversible(self, do: str, **values: object) -> None:
        """Remember how to take a change back; only what agents do can be."""
        if self.agent:
            self.inverse.append({"do": do, **values})

    def event(self, ticket: int, kind: str, why: str, **data: object) -> None:
        row = {"ticket_id": ticket, "at": self.now, "actor": self.actor, "kind": kind, "data": data, "why": why}
        self.events.append(row)

    def write_columns(self) -> None:
        """Write what is pending of the new ticket: before its row is read."""
        if self.pending:
            self.connection.execute(_SET, {"row": self.new_ticket, **self.pending})
            self.pending = {}

    def flush(self) -> None:
        """Write what was collected, a statement a table, and count the change of every ticket touched."""
        self.write_columns()
        if self.letters:
            self.connection.execute(_NEW_LETTERS, self.letters)
        if not self.events:
            return
        self.connection.execute(_NEW_EVENTS, self.events)
        changed = {row["ticket_id"] for row in self.events} - {self.new_ticket}
        if changed:
            self.connection.execute(_TOUCH, {"ids": list(changed), "now": self.now})
