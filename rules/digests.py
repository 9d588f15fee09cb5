"""An agent's list: what is overdue, what is theirs, what nobody in their teams has. Empty lists make no mail."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rules.deadlines import FINISHED, Clock, clocks
from rules.facts import Agent, Status, TicketFacts
from rules.timers import Situation
from rules.timing import Timing

MOST_ROWS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An open ticket with the clock that ends first, if one runs."""

    ticket: TicketFacts
    missed: Clock | None
    due_at: datetime | None


def listed(situations: Iterable[Situation], timing: Timing, now: datetime) -> tuple[Listed, ...]:
    """Every open ticket, the most pressing first."""
    found = []
    for situation in situations:
        if situation.ticket.status in FINISHED:
            continue
        running = [
            each
            for each in clocks(situation.ticket, situation.history, timing.targets, timing.hours)
            if each.ended_at is None
        ]
        missed = next((each for each in running if each.is_missed(now)), None)
        dues = [due for each in running if (due := each.due_at) is not None]
        found.append(Listed(ticket=situation.ticket, missed=missed, due_at=min(dues, default=None)))
    return tuple(sorted(found, key=lambda each: (each.due_at is None, each.due_at or now, each.ticket.number)))


def sections(agent: Agent, tickets: Sequence[Listed], prefix: str) -> list[dict[str, Any]]:
    """What an agent's digest lists; empty when there is nothing that the agent could do now."""
    mine = [each for each in tickets if each.ticket.assignee == agent.name]
    queue = [each for each in tickets if not each.ticket.assignee and each.ticket.team in agent.teams]
    groups = (
        ("Overdue", [each for each in (*mine, *queue) if each.missed]),
        ("Yours", [each for each in mine if not each.missed and each.ticket.status is Status.OPEN]),
        ("Nobody's", [each for each in queue if not each.missed]),
        ("Yours, waiting", [each for each in mine if not each.missed and each.ticket.status is not Status.OPEN]),
    )
    if not any(rows for _, rows in groups[:-1]):
        return []
    return [_section(title, rows, prefix) for title, rows in groups if rows]


def _section(title: str, rows: Sequence[Listed], prefix: str) -> dict[str, Any]:
    return {
        "title": title,
        "count": len(rows),
        "rows": [_row(each, prefix) for each in rows[:MOST_ROWS]],
        "more": max(0, len(rows) - MOST_ROWS),
    }


def _row(each: Listed, prefix: str) -> dict[str, str]:
    ticket = each.ticket
    notes = [ticket.priority.value, ticket.status.value.replace("_", " ")]
    if each.missed:
        notes.append(f"{each.missed.metric.replace('_', ' ')} was due {each.missed.due_at:%Y-%m-%d %H:%M} UTC")
    elif each.due_at:
        notes.append(f"due {each.due_at:%Y-%m-%d %H:%M} UTC")
    return {
        "tag": f"[{prefix}{ticket.number}]",
        "subject": ticket.subject or "(no subject)",
        "note": ", ".join(notes),
    }
