"""Timers in rows: computed anew when their ticket changed, looked up when their time has come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Integer, bindparam, select, update

from daemon.store import figures
from daemon.store import tickets as ticket_rows
from daemon.store.histories import histories
from daemon.store.outbox import Due
from daemon.store.schema import addresses, fired, ratings, remembered, tickets, timers
from rules import timers as rules_timers
from rules.facts import Status
from rules.timers import EXPLICIT, SNOOZE, Fired, Key, Situation, Timer
from rules.timing import Timing

BATCH = 50
_TIMERS_A_TICKET = 4
_TIMING = "timing"
_OF: BindParameter[int] = bindparam("ids", expanding=True)
_FIRED = select(fired).where(fired.c.ticket_id.in_(_OF))
_SURVEYED = (
    select(tickets.c.id, addresses.c.surveyed_at.label("at"))
    .join(addresses, addresses.c.id == tickets.c.requester_id)
    .where(tickets.c.id.in_(_OF), addresses.c.surveyed_at.is_not(None))
)
_RATED = select(ratings.c.ticket_id).where(ratings.c.ticket_id.in_(_OF))
_SNOOZED = select(timers.c.ticket_id).where(timers.c.ticket_id.in_(_OF), timers.c.kind == SNOOZE)
_REMEMBERED = select(remembered.c.value).where(remembered.c.name == bindparam("called"))
_UNTIMED = (
    select(tickets.c.id)
    .where(tickets.c.timed_version != tickets.c.version)
    .order_by(tickets.c.id)
    .limit(bindparam("most", type_=Integer))
)
_FORGET = timers.delete().where(timers.c.ticket_id.in_(_OF), timers.c.kind.not_in(EXPLICIT))
_NEW_TIMERS = timers.insert()
_VERSIONS = (  # locked, in order, so that they stay what they are until the commit
    select(tickets.c.id, tickets.c.version).where(tickets.c.id.in_(_OF)).order_by(tickets.c.id).with_for_update()
)
_TIMED = update(tickets).where(tickets.c.id.in_(_OF)).values(timed_version=tickets.c.version)
_TICKETS_DUE = (
    select(timers.c.ticket_id)
    .where(timers.c.due_at <= bindparam("now"))
    .order_by(timers.c.due_at, timers.c.ticket_id)
    .limit(bindparam("most", type_=Integer))
)
_DUE = select(timers).where(timers.c.ticket_id.in_(_OF), timers.c.due_at <= bindparam("now")).order_by(timers.c.due_at)


def situations(connection: Connection, ticket_ids: Iterable[int]) -> dict[int, Situation]:
    """The tickets with all that their timers depend on, by id."""
    ids = list(ticket_ids)
    facts = ticket_rows.facts(connection, ids, for_decision=False)
    past, before = histories(connection, ids), _fired(connection, ids)
    asked, rated, snoozed = _surveyed(connection, ids), _rated(connection, ids), _snoozed(connection, ids)
    return {
        ticket: Situation(
            ticket=each,
            history=past[ticket],
            fired=before.get(ticket, {}),
            surveyed_at=asked.get(ticket),
            is_rated=ticket in rated,
            is_snoozed=ticket in snoozed,
        )
        for ticket, each in facts.items()
    }


def _fired(connection: Connection, ids: Sequence[int]) -> dict[int, dict[Key, Fired]]:
    found: dict[int, dict[Key, Fired]] = {}
    for row in connection.execute(_FIRED, {"ids": ids}):
        found.setdefault(row.ticket_id, {})[row.kind, row.anchor] = Fired(due_at=row.due_at, at=row.at)
    return found


def _surveyed(connection: Connection, ids: Sequence[int]) -> dict[int, datetime]:
    """When the requester of each ticket was last asked, about whichever ticket."""
    return {row.id: row.at for row in connection.execute(_SURVEYED, {"ids": ids})}


def _rated(connection: Connection, ids: Sequence[int]) -> set[int]:
    return set(connection.execute(_RATED, {"ids": ids}).scalars())


def _snoozed(connection: Connection, ids: Sequence[int]) -> set[int]:
    return set(connection.execute(_SNOOZED, {"ids": ids}).scalars())


def have_changed(connection: Connection, timing: Timing) -> bool:
    """Whether hours or deadlines are not those the timers were computed with."""
    return recall(connection, _TIMING) != timing.hash


def forget_when_changed(connection: Connection, timing: Timing) -> None:
    """When hours or deadlines are not those the timers were computed with, let all of them be computed anew."""
    if not have_changed(connection, timing):
        return
    remember(connection, _TIMING, timing.hash)
    finished = (Status.CLOSED, Status.SPAM)
    connection.execute(update(tickets).where(tickets.c.status.not_in(finished)).values(timed_version=0))


def remember(connection: Connection, name: str, value: str) -> None:
    """Set what the desk remembers under a name."""
    changed = connection.execute(update(remembered).where(remembered.c.name == name).values(value=value)).rowcount
    if not changed:
        connection.execute(remembered.insert().values(name=name, value=value))


def recall(connection: Connection, name: str) -> str:
    """What is remembered under a name; empty when nothing is."""
    return connection.execute(_REMEMBERED, {"called": name}).scalar() or ""


def untimed(connection: Connection, most: int = BATCH) -> list[int]:
    """Tickets that changed since their timers were computed."""
    return list(connection.execute(_UNTIMED, {"most": most}).scalars())


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """The timers and measures of tickets as they were in the `versions` read."""

    versions: dict[int, int]
    timers: list[dict[str, Any]]
    measures: list[dict[str, Any]]


def compute(connection: Connection, ids: Sequence[int], timing: Timing) -> Computed:
    """What these tickets' timers and measures have to be: the long part of the work, which writes nothing."""
    found = situations(connection, ids)
    rows = [
        {"ticket_id": ticket, "kind": each.kind, "due_at": each.due_at, "anchor": each.anchor, "why": each.why}
        for ticket, situation in found.items()
        for each in rules_timers.timers(situation, timing)
    ]
    versions = {ticket: situation.ticket.version for ticket, situation in found.items()}
    return Computed(versions=versions, timers=rows, measures=figures.measured(found, timing))


def put(connection: Connection, computed: Computed) -> None:
    """Put timers and measures in place. A ticket that changed since waits for the next time; what agents set stays."""
    now = dict(connection.execute(_VERSIONS, {"ids": list(computed.versions)}).all())
    same = {ticket for ticket, version in computed.versions.items() if now.get(ticket) == version}
    if not same:
        return
    ids = sorted(same)
    connection.execute(_FORGET, {"ids": ids})
    rows = [row for row in computed.timers if row["ticket_id"] in same]
    if rows:
        connection.execute(_NEW_TIMERS, rows)
    figures.put(connection, ids, [row for row in computed.measures if row["ticket_id"] in same])
    connection.execute(_TIMED, {"ids": ids})


def tickets_due(connection: Connection, now: datetime, most: int) -> list[int]:
    """Tickets with a timer whose time has come, the longest overdue first."""
    found = connection.execute(_TICKETS_DUE, {"now": now, "most": most * _TIMERS_A_TICKET})
    return list(dict.fromkeys(found.scalars()))[:most]


def due_timers(connection: Connection, ids: Sequence[int], now: datetime) -> dict[int, list[Timer]]:
    """The timers of these tickets whose time has come."""
    found: dict[int, list[Timer]] = {}
    for row in connection.execute(_DUE, {"ids": ids, "now": now}):
        timer = Timer(kind=row.kind, due_at=row.due_at, anchor=row.anchor or row.due_at, why=row.why)
        found.setdefault(row.ticket_id, []).append(timer)
    return found


def move_all(connection: Connection, moves: Sequence[tuple[int, str, datetime]]) -> None:
    """Set timers to other times: ticket, kind, due."""
    if moves:
        connection.execute(
            update(timers)
            .where(timers.c.ticket_id == bindparam("ticket"), timers.c.kind == bindparam("of_kind"))
            .values(due_at=bindparam("at")),
            [{"ticket": ticket, "of_kind": kind, "at": at} for ticket, kind, at in moves],
        )


def is_still_true(connection: Connection, due: Due, timing: Timing) -> bool:
    """Whether any of the timers that a mail was made for still holds."""
    if due.ticket_id is None:
        return True
    situation = situations(connection, [due.ticket_id]).get(due.ticket_id)
    if situation is None:
        return False
    keys = [(kind, datetime.fromisoformat(anchor)) for kind, anchor in due.variables["timers"]]
    return any(rules_timers.holds(kind, anchor, situation, timing) for kind, anchor in keys)
