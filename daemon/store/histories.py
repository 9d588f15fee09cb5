"""A ticket's past as its clocks see it: who wrote when, and how status and assignee changed."""

from collections.abc import Iterable, Sequence

from sqlalchemy import BindParameter, Connection, bindparam, select

from daemon.store.schema import events, messages, tickets
from rules.deadlines import History, Step, StepKind
from rules.facts import Status

_OF: BindParameter[int] = bindparam("ids", expanding=True)
_CREATED = select(tickets.c.id, tickets.c.created_at).where(tickets.c.id.in_(_OF))
_WRITTEN = (
    select(messages.c.ticket_id, messages.c.created_at, messages.c.direction, messages.c.author)
    .where(messages.c.ticket_id.in_(_OF), messages.c.public, messages.c.kind == "mail")
    .order_by(messages.c.id)
)
_CHANGED = (
    select(events.c.ticket_id, events.c.at, events.c.kind, events.c.data)
    .where(events.c.ticket_id.in_(_OF), events.c.kind.in_(("status", "assignee")))
    .order_by(events.c.id)
)
_ORDER = {kind: place for place, kind in enumerate(StepKind)}


def histories(connection: Connection, ticket_ids: Iterable[int]) -> dict[int, History]:
    """The steps of each ticket in order of time; of one moment the creation comes first, then what was written."""
    wanted = list(ticket_ids)
    found: dict[int, list[Step]] = {
        row.id: [Step(at=row.created_at, kind=StepKind.CREATED)]
        for row in connection.execute(_CREATED, {"ids": wanted})
    }
    for ticket, step in (*_written(connection, wanted), *_changed(connection, wanted)):
        found[ticket].append(step)
    return {ticket: tuple(sorted(steps, key=_place)) for ticket, steps in found.items()}


def _place(step: Step) -> tuple[object, int]:
    return step.at, _ORDER[step.kind]


def _written(connection: Connection, wanted: Sequence[int]) -> list[tuple[int, Step]]:
    """Public mail alone counts: notes, auto-replies and bounces neither ask nor answer."""
    return [
        (
            row.ticket_id,
            Step(
                at=row.created_at,
                kind=StepKind.AGENT_REPLIED if row.direction == "outbound" else StepKind.CUSTOMER_WROTE,
                who=row.author,
            ),
        )
        for row in connection.execute(_WRITTEN, {"ids": wanted})
    ]


def _changed(connection: Connection, wanted: Sequence[int]) -> list[tuple[int, Step]]:
    return [
        (
            row.ticket_id,
            Step(at=row.at, kind=StepKind.STATUS, status=Status(row.data["new"]))
            if row.kind == "status"
            else Step(at=row.at, kind=StepKind.ASSIGNED, who=row.data["new"]),
        )
        for row in connection.execute(_CHANGED, {"ids": wanted})
    ]
