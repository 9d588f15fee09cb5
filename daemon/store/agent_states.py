"""What the store knows of agents: how much they have, when they were last given a ticket, how long they are away."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, text, update

from daemon.store.engine import is_reading
from daemon.store.inbound import insert_ignore
from daemon.store.schema import ASSIGNED, agent_states, counters, ratings, tickets
from daemon.store.work import Work
from rules.actions import Action, MarkAway, RecordRule
from rules.assignment import USUAL_RATING
from rules.facts import Load

_LOCK = select(counters.c.name).where(counters.c.name == "ticket_number").with_for_update()
_COUNTS = select(tickets.c.assignee, func.count()).where(text(ASSIGNED)).group_by(tickets.c.assignee)
_STATES = select(agent_states)
_BY_NAME = update(agent_states).where(agent_states.c.agent == bindparam("name"))


# A new agent's few ratings weigh little: as if so many customers had given the usual one before.
_USUAL_WEIGHT = 5
_RATINGS = (
    select(ratings.c.agent, func.sum(ratings.c.score), func.count())
    .where(ratings.c.agent != "", ratings.c.at >= bindparam("since"))
    .group_by(ratings.c.agent)
)


def loads(connection: Connection, *, rated_since: datetime | None = None) -> dict[str, Load]:
    """Every agent's load by name, under a lock: whoever asks next, waits for what is decided on these figures.

    The lock is the row that gives out ticket numbers, which a new ticket takes anyway; SQLite has one writer. With
    `rated_since` customers' ratings from then on are told as well.
    """
    if connection.dialect.name != "sqlite" and not is_reading(connection):
        connection.execute(_LOCK)
    found = {name: Load(open_tickets=count) for name, count in connection.execute(_COUNTS)}
    for row in connection.execute(_STATES):
        found[row.agent] = Load(
            open_tickets=found.get(row.agent, Load()).open_tickets,
            last_assigned_at=row.last_assigned_at,
            away_until=row.away_until,
        )
    return _with_ratings(connection, found, rated_since) if rated_since else found


def _with_ratings(connection: Connection, found: dict[str, Load], since: datetime) -> dict[str, Load]:
    rated = {agent: damped(float(total), many) for agent, total, many in connection.execute(_RATINGS, {"since": since})}
    return {agent: replace(found.get(agent, Load()), rating=rated.get(agent)) for agent in {*found, *rated}}


def damped(total: float, many: int) -> float:
    """The mean of so many ratings, drawn towards the usual one while they are few."""
    return (total + USUAL_RATING * _USUAL_WEIGHT) / (many + _USUAL_WEIGHT)


def note_assigned(connection: Connection, agent: str, now: datetime) -> None:
    """The agent was given a ticket, by whomever: others come first now."""
    _set(connection, agent, last_assigned_at=now)


def _set(connection: Connection, agent: str, **values: object) -> None:
    if connection.execute(_BY_NAME, {"name": agent, **values}).rowcount == 0:
        connection.execute(insert_ignore(connection, agent_states).values(agent=agent, away_why="", **values))


def _mark_away(work: Work, action: MarkAway) -> None:
    _set(work.connection, action.agent, away_until=action.until, away_why=action.why)


def _record_rule(work: Work, action: RecordRule) -> None:
    work.event(work.ticket(action.ticket), "rule", action.why, rule=action.rule)


HANDLERS: dict[type[Action], Callable[[Work, Any], None]] = {MarkAway: _mark_away, RecordRule: _record_rule}
