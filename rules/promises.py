"""What an acknowledgement may promise: when the first reply is due, when the office opens, what to send along."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from rules.calendars import next_opening
from rules.deadlines import Metric, Step, StepKind, clocks
from rules.facts import TicketFacts
from rules.timing import Timing


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """`answer_by` is None without a target or when it has passed, `opens_at` while the office is open."""

    answer_by: datetime | None
    opens_at: datetime | None
    details: tuple[str, ...]


def promise(ticket: TicketFacts, timing: Timing, language: str, now: datetime) -> Promise:
    """What can be said to the sender of a ticket that nobody has answered yet."""
    created = Step(at=ticket.created_at or now, kind=StepKind.CREATED)
    first = next(
        (
            each
            for each in clocks(ticket, (created,), timing.targets, timing.hours)
            if each.metric is Metric.FIRST_REPLY
        ),
        None,
    )
    calendar = first.calendar if first else timing.hours.of(ticket)
    due_at, opens_at = (first.due_at if first else None), next_opening(calendar, now)
    return Promise(
        answer_by=due_at if due_at and due_at > now else None,
        opens_at=opens_at if opens_at > now else None,
        details=_details(timing.details, ticket.category, language),
    )


def _details(details: Mapping[str, Mapping[str, tuple[str, ...]]], category: str, language: str) -> tuple[str, ...]:
    """Of the category or of the category above it, in the language or in English."""
    asked = details.get(category) or details.get(category.partition("/")[0]) or {}
    return asked.get(language) or asked.get("en") or ()
