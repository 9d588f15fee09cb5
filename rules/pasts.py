"""A ticket as it was before some of its events: each event tells the old value, so they are taken back one by one.

What no event tells stays as it is now: what was taken back by `#undo`, and who was a requester before.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from rules.facts import Priority, Status, TicketFacts

Data = Mapping[str, Any]
Happened = tuple[str, Data]
"""An event's kind and data."""


def before(ticket: TicketFacts, newest_first: Iterable[Happened]) -> TicketFacts:
    """The ticket without these events, its latest ones."""
    for kind, data in newest_first:
        undo = _UNDO.get(kind)
        if undo:
            ticket = undo(ticket, data)
    return ticket


def _status(ticket: TicketFacts, data: Data) -> TicketFacts:
    return replace(ticket, status=Status(data["old"]))


def _priority(ticket: TicketFacts, data: Data) -> TicketFacts:
    return replace(ticket, priority=Priority(data["old"]))


def _plain(name: str) -> Callable[[TicketFacts, Data], TicketFacts]:
    def undo(ticket: TicketFacts, data: Data) -> TicketFacts:
        changed: dict[str, Any] = {name: data["old"]}
        return replace(ticket, **changed)

    return undo


def _tags(ticket: TicketFacts, data: Data) -> TicketFacts:
    return replace(ticket, tags=tuple(data["old"]))


def _field(ticket: TicketFacts, data: Data) -> TicketFacts:
    kept = {name: value for name, value in ticket.fields if name != data["field"]}
    return replace(ticket, fields=tuple((kept | ({data["field"]: data["old"]} if data["old"] else {})).items()))


def _participant(ticket: TicketFacts, data: Data) -> TicketFacts:
    """Whoever joined was not there."""
    return replace(ticket, participants=tuple(each for each in ticket.participants if each.address != data["address"]))


def _follow(ticket: TicketFacts, data: Data) -> TicketFacts:
    others = tuple(each for each in ticket.followers if each != data["agent"])
    return replace(ticket, followers=others if data["on"] else (*others, data["agent"]))


_UNDO: Mapping[str, Callable[[TicketFacts, Data], TicketFacts]] = {
    "status": _status,
    "priority": _priority,
    "team": _plain("team"),
    "assignee": _plain("assignee"),
    "category": _plain("category"),
    "language": _plain("language"),
    "subject": _plain("subject"),
    "tags": _tags,
    "field": _field,
    "participant": _participant,
    "follow": _follow,
}
