"""How triage rules have done: how often each acted, when last, and how often an agent put it right afterwards."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from daemon.store.schema import events, tickets
from rules.facts import Priority

_CHANGES = ("status", "priority", "category", "team", "assignee", "field", "tags")


@dataclass(slots=True, kw_only=True)
class RuleFigures:
    """One rule's figures within the window."""

    hits: int = 0
    last_at: datetime | None = None
    overridden: int = 0


def figures(connection: Connection, since: datetime) -> dict[str, RuleFigures]:
    """By rule. An override: somebody else later changed to another value what the rule had set on that ticket."""
    found: dict[str, RuleFigures] = {}
    set_by: dict[tuple[int, str], str] = {}
    query = (
        select(events.c.ticket_id, events.c.kind, events.c.at, events.c.data, events.c.why)
        .where(events.c.at >= since, events.c.kind.in_(("rule", *_CHANGES)))
        .order_by(events.c.id)
    )
    for row in connection.execute(query):
        if row.kind == "rule":
            entry = found.setdefault(row.data["rule"], RuleFigures())
            entry.hits += 1
            entry.last_at = row.at
            continue
        slot = (row.ticket_id, f"{row.kind}.{row.data.get('field', '')}")
        rule = row.why.removeprefix("rule ").partition(":")[0] if row.why.startswith("rule ") else ""
        if not rule and slot in set_by:
            found.setdefault(set_by.pop(slot), RuleFigures()).overridden += 1
        elif rule:
            set_by[slot] = rule
    return found


def share_of_p1(connection: Connection, since: datetime) -> tuple[int, int]:
    """Tickets made since then: how many are P1, and how many there are."""
    query = select(tickets.c.priority, func.count()).where(tickets.c.created_at >= since).group_by(tickets.c.priority)
    counts: Mapping[Any, int] = dict(connection.execute(query).all())
    return counts.get(Priority.P1, 0), sum(counts.values())


def names(found: Mapping[str, RuleFigures], known: Iterator[str]) -> list[str]:
    """Every rule of the policy and every rule that has acted, the busiest first."""
    return sorted({*found, *known}, key=lambda name: (-found.get(name, RuleFigures()).hits, name))
