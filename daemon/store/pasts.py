"""The desk as it was when a stored mail was decided, as far as its events tell; for rehearsals, which decide again."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from daemon.store import agent_states
from daemon.store.activity import activity
from daemon.store.column_types import Utc
from daemon.store.found import RATING_WINDOW, find_named
from daemon.store.schema import addresses, contacts, events, ratings, tickets
from rules.actions import NEW
from rules.facts import Activity, Found, Load, Status, TicketFacts
from rules.pasts import before
from rules.ruleset import RuleNeeds
from rules.threads import Lookups

_UNDONE = (Status.OPEN, Status.PENDING, Status.ON_HOLD)
_SINCE = (
    select(events.c.ticket_id, events.c.kind, events.c.data)
    .where(events.c.ticket_id.in_(bindparam("ids", expanding=True)), events.c.at >= bindparam("at", type_=Utc))
    .order_by(events.c.id.desc())
)
_KNOWN = (
    select(addresses.c.id)
    .join(contacts, contacts.c.id == addresses.c.contact_id)
    .where(addresses.c.address == bindparam("address"), contacts.c.created_at < bindparam("at", type_=Utc))
)


def find_then(connection: Connection, lookups: Lookups, at: datetime, needs: RuleNeeds, loads: "PastLoads") -> Found:
    """What `find` would have found just before then. Budgets of automatic mail are left out: they are not judged."""
    found = find_named(connection, lookups, at)
    there = _as_they_were(connection, found.tickets, at)
    known = bool(lookups.sender) and _was_known(connection, lookups.sender, at)
    loads.advance(at)
    past = activity(connection, there, lookups.sender if known else "", at) if needs is not RuleNeeds.NOTHING else {}
    return replace(
        found,
        tickets=there,
        sender_known=known,
        was_answered=known,
        siblings=tuple(each for each in found.siblings if each in there and there[each].status in _UNDONE),
        activity={ticket: _with_open(each, ticket, there, lookups, loads) for ticket, each in past.items()},
        loads=loads.loads(at) if needs in (RuleNeeds.LOADS, RuleNeeds.RATINGS) else {},
    )


def _was_known(connection: Connection, address: str, at: datetime) -> bool:
    return connection.execute(_KNOWN, {"address": address, "at": at}).first() is not None


def _as_they_were(connection: Connection, found: Mapping[int, TicketFacts], at: datetime) -> dict[int, TicketFacts]:
    """Those of the tickets that there were, without what has happened since."""
    since: dict[int, list[tuple[str, dict[str, Any]]]] = {}
    if found:
        for ticket, kind, data in connection.execute(_SINCE, {"ids": list(found), "at": at}):
            since.setdefault(ticket, []).append((kind, data))
    return {
        ticket: before(facts, since.get(ticket, ()))
        for ticket, facts in found.items()
        if facts.created_at is None or facts.created_at < at
    }


def _with_open(
    past: Activity, ticket: int, there: Mapping[int, TicketFacts], lookups: Lookups, loads: "PastLoads"
) -> Activity:
    requester = lookups.sender if ticket == NEW else there[ticket].requester
    return replace(past, open_tickets=loads.open_of(requester))


@dataclass(slots=True)
class _Ticket:
    requester: str
    assignee: str = ""
    status: str = Status.OPEN


@dataclass(slots=True)
class PastLoads:
    """How much everybody had, replayed from the events; `advance` goes forward only.

    How long agents were away is not known of the past: it is as it is now.
    """

    connection: Connection
    _steps: list[Any] = field(init=False)
    _next: int = field(init=False, default=0)
    _tickets: dict[int, _Ticket] = field(init=False, default_factory=dict)
    _requesters: dict[int, str] = field(init=False)
    _open: Counter[str] = field(init=False, default_factory=Counter)
    _open_of: Counter[str] = field(init=False, default_factory=Counter)
    _given: dict[str, datetime] = field(init=False, default_factory=dict)
    _away: dict[str, Load] = field(init=False)
    _ratings: list[Any] = field(init=False)

    def __post_init__(self) -> None:
        kinds = ("created", "status", "assignee")
        query = select(events.c.at, events.c.ticket_id, events.c.kind, events.c.data).where(events.c.kind.in_(kinds))
        self._steps = list(self.connection.execute(query.order_by(events.c.id)))
        owners = select(tickets.c.id, addresses.c.address).join(addresses, addresses.c.id == tickets.c.requester_id)
        self._requesters = dict(self.connection.execute(owners).all())
        self._away = agent_states.loads(self.connection)
        self._ratings = list(self.connection.execute(select(ratings.c.agent, ratings.c.score, ratings.c.at)))

    def advance(self, to: datetime) -> None:
        """Replay what happened before then."""
        while self._next < len(self._steps) and self._steps[self._next].at < to:
            step = self._steps[self._next]
            self._next += 1
            self._replay(step.ticket_id, step.kind, step.data, step.at)

    def _replay(self, ticket: int, kind: str, data: Mapping[str, Any], at: datetime) -> None:
        seen = self._tickets.setdefault(ticket, _Ticket(self._requesters.get(ticket, "")))
        if kind != "created":
            self._count(seen, -1)
        if kind == "status":
            seen.status = data["new"]
        elif kind == "assignee":
            seen.assignee = data["new"]
            self._given[seen.assignee] = at
        self._count(seen, 1)

    def _count(self, ticket: _Ticket, by: int) -> None:
        if ticket.status in _UNDONE:
            self._open_of[ticket.requester] += by
            self._open[ticket.assignee] += by

    def open_of(self, requester: str) -> int:
        """How many tickets of a requester were not finished."""
        return self._open_of[requester]

    def loads(self, at: datetime) -> dict[str, Load]:
        """Every agent's load."""
        scores: dict[str, list[int]] = {}
        for agent, score, when in self._ratings:
            if at - RATING_WINDOW <= when < at:
                scores.setdefault(agent, []).append(score)
        agents = ({*self._open, *self._given, *self._away, *scores}) - {""}
        return {
            agent: Load(
                open_tickets=self._open[agent],
                last_assigned_at=self._given.get(agent),
                away_until=self._away[agent].away_until if agent in self._away else None,
                rating=agent_states.damped(sum(scores[agent]), len(scores[agent])) if agent in scores else None,
            )
            for agent in agents
        }
