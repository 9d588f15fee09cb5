"""A ticket while one effect of a rule after another is applied to it, and what has to be done so far."""

from dataclasses import dataclass, field, replace
from typing import Any

from rules.actions import Action, AddMessage, Merge, Send, SetField, SetOwnField
from rules.assignment import Situation
from rules.cases import Case
from rules.facts import TicketFacts
from rules.triage import Chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An automatic answer: a notice of the catalogue; `text` is that of a prepared answer, its marks not yet filled."""

    template: str
    text: str = ""
    why: str


@dataclass(slots=True, kw_only=True)
class Sheet:
    """The ticket as it is by now. `case` is the mail it is about, None when rules run without one."""

    ticket: TicketFacts
    situation: Situation
    case: Case | None = None
    actions: list[Action] = field(default_factory=list)
    notes: list[AddMessage] = field(default_factory=list)
    sends: list[Send] = field(default_factory=list)
    errands: list[Action] = field(default_factory=list)
    merge: Merge | None = None
    merged_into: TicketFacts | None = None
    notified: set[str] = field(default_factory=set)
    levels: dict[str, Chosen] = field(default_factory=dict)
    has_priority: bool = False
    answer: Answer | None = None
    silenced_by: str = ""
    remarks: list[str] = field(default_factory=list)

    def set_field(self, name: str, value: str, why: str) -> None:
        """One plain field, when it changes."""
        if getattr(self.ticket, name) == value:
            return
        self.actions.append(SetField(ticket=self.ticket.id, field=name, value=value, why=why))
        changed: dict[str, Any] = {name: value}
        self.ticket = replace(self.ticket, **changed)

    def set_own(self, name: str, value: str, why: str) -> None:
        """One of the ticket's own fields, when it changes."""
        fields = dict(self.ticket.fields)
        if fields.get(name, "") == value:
            return
        self.actions.append(SetOwnField(ticket=self.ticket.id, name=name, value=value, why=why))
        self.ticket = replace(self.ticket, fields=tuple((fields | {name: value}).items()))
