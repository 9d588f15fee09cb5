"""What the store knows of agents: how much they have, when they were last given a ticket, how long they are away."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from daemon.store.inbound import insert_ignore
from daemon.store.schema import agent_states, counters, tickets
from daemon.store.work import Work
from rules.actions import Action, MarkAway, RecordRule
from rules.facts import Load, Status

_UNDONE = (Status.OPEN, Status.PENDING, Status.ON_HOLD)
_LOCK = select(counters.c.name).where(counters.c.name == "ticket_number").with_for_update()
_COUNTS = (
    select(tickets.c.assignee, func.count())
    .where(tickets.c.assignee != "", tickets.c.status.in_(_UNDONE))
    .group_by(tickets.c.assignee)
)
_STATES = select(agent_states)
_BY_NAME = update(agent_states).where(agent_states.c.agent == bindparam("name"))


def loads(connection: Connection) -> dict[str, Load]:
    """Every agent's load by name, under a lock: whoever asks next, waits for what is decided on these figures.

    The lock is the row that gives out ticket numbers, which a new ticket takes anyway; SQLite has one writer.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(_LOCK)
    found = {name: Load(open_tickets=count) for name, count in connection.execute(_COUNTS)}
    for row in connection.execute(_STATES):
        found[row.agent] = Load(
            open_tickets=found.get(row.agent, Load()).open_tickets,
            last_assigned_at=row.last_assigned_at,
            away_until=row.away_until,
        )
    return found


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
