"""Targets and clocks: how long a customer may wait for what, counted from a ticket's history in business time.

Everything is computed anew from the history, so that a change of priority, team, hours or targets counts at once and
every number can be taken apart again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from rules.calendars import ALWAYS, Calendar, add_business_time, business_time_between, open_intervals, usual_day
from rules.facts import Priority, Status, TicketFacts

FINISHED = frozenset({Status.SOLVED, Status.CLOSED, Status.SPAM})


class Metric(StrEnum):
    """What is measured."""

    FIRST_REPLY = "first_reply"
    """From the ticket's creation to the first public answer of an agent."""
    NEXT_REPLY = "next_reply"
    """From the oldest unanswered mail of the customer to the next public answer."""
    UPDATE = "update"
    """Between public answers, as long as it is our turn."""
    RESOLUTION = "resolution"
    """From creation to solved, without the time that somebody else was waited for."""


class StepKind(StrEnum):
    """What in a ticket's history moves its clocks."""

    CREATED = "created"
    CUSTOMER_WROTE = "customer wrote"
    AGENT_REPLIED = "agent replied"
    STATUS = "status"
    ASSIGNED = "assigned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a ticket's history. `status` goes with STATUS, `who` is the agent of AGENT_REPLIED and ASSIGNED."""

    at: datetime
    kind: StepKind
    status: Status | None = None
    who: str = ""


History = tuple[Step, ...]
"""In order of time, the ticket's creation first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A length of business time: hours and minutes, or business days, which are as long as the calendar's are."""

    time: timedelta = timedelta()
    days: int = 0

    def within(self, calendar: Calendar) -> timedelta:
        return self.time + self.days * usual_day(calendar)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is promised to whom; empty sets match everything. `grace` is how long after a goal it counts as missed."""

    name: str
    priorities: frozenset[Priority] = frozenset()
    teams: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()
    calendar: str = ""
    goals: Mapping[Metric, Goal] = field(default_factory=dict)
    pause: frozenset[Status] = frozenset({Status.PENDING, Status.ON_HOLD})
    grace: timedelta = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """The calendars, and who keeps which: by customer's domain, by team, by mailbox, else the default."""

    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    default: Calendar = ALWAYS
    by_organisation: Mapping[str, str] = field(default_factory=dict)
    by_team: Mapping[str, str] = field(default_factory=dict)
    by_mailbox: Mapping[str, str] = field(default_factory=dict)

    def of(self, ticket: TicketFacts) -> Calendar:
        """The calendar a ticket is worked by."""
        name = (
            self.by_organisation.get(organisation(ticket))
            or self.by_team.get(ticket.team)
            or self.by_mailbox.get(ticket.mailbox)
        )
        return self.calendars.get(name or "", self.default)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of a clock: it runs, or it stands still, and why. `end` is None while it lasts."""

    start: datetime
    end: datetime | None
    runs: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One measurement. `ended_at` is when what was waited for came, None as long as it has not."""

    metric: Metric
    goal: timedelta
    grace: timedelta
    calendar: Calendar
    segments: tuple[Segment, ...]
    ended_at: datetime | None

    @property
    def started_at(self) -> datetime:
        return self.segments[0].start

    @property
    def is_running(self) -> bool:
        return self.ended_at is None and self.segments[-1].runs

    def elapsed(self, now: datetime) -> timedelta:
        """The business time counted until now."""
        return sum((_counted(self.calendar, each, now) for each in self.segments), timedelta())

    def reached(self, amount: timedelta) -> datetime | None:
        """When that much has been or will be counted; None when the clock stands still or ended before."""
        for segment in self.segments:
            if not segment.runs:
                continue
            if segment.end is None:
                return add_business_time(self.calendar, segment.start, amount)
            counted = business_time_between(self.calendar, segment.start, segment.end)
            if counted >= amount and counted:
                return add_business_time(self.calendar, segment.start, amount)
            amount -= counted
        return None

    @property
    def due_at(self) -> datetime | None:
        """When the goal is reached; None while the clock stands still short of it."""
        return self.reached(self.goal)

    def is_missed(self, now: datetime) -> bool:
        """Whether the goal and its grace have passed without what was waited for."""
        return self.elapsed(now) > self.goal + self.grace


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of an explanation: what was counted between two moments, and the sum so far."""

    start: datetime
    end: datetime
    counted: timedelta
    total: timedelta
    why: str


def organisation(ticket: TicketFacts) -> str:
    """The domain of the customer's address."""
    return ticket.requester.rpartition("@")[2]


def target_for(ticket: TicketFacts, targets: tuple[Target, ...]) -> Target | None:
    """The one that a rule has named for the ticket, else the first that matches."""
    named = dict(ticket.fields).get("deadlines", "")
    chosen = next((each for each in targets if named and each.name == named), None)
    return chosen or next((each for each in targets if _matches(each, ticket)), None)


def _matches(target: Target, ticket: TicketFacts) -> bool:
    return (
        (not target.priorities or ticket.priority in target.priorities)
        and (not target.teams or ticket.team in target.teams)
        and (not target.organisations or organisation(ticket) in target.organisations)
    )


def clocks(ticket: TicketFacts, history: History, targets: tuple[Target, ...], hours: Hours) -> tuple[Clock, ...]:
    """Every clock of a ticket that has a goal, the ended ones too, in order of their start."""
    target = target_for(ticket, targets)
    if target is None:
        return ()
    calendar = hours.calendars.get(target.calendar) if target.calendar else None
    measured = [
        _clock(metric, segments, ended_at, target, calendar or hours.of(ticket))
        for metric, segments, ended_at in _measured(history, target.pause)
        if metric in target.goals
    ]
    return tuple(sorted(measured, key=lambda clock: clock.started_at))


def explain(clock: Clock, now: datetime) -> tuple[Line, ...]:
    """A clock taken apart: each time the office was open while it ran, and each time it stood still."""
    lines, total = [], timedelta()
    for segment in clock.segments:
        end = min(segment.end or now, now)
        if not segment.runs:
            lines.append(Line(start=segment.start, end=end, counted=timedelta(), total=total, why=segment.why))
            continue
        for opens, closes in open_intervals(clock.calendar, segment.start, end):
            total += closes - opens
            lines.append(Line(start=opens, end=closes, counted=closes - opens, total=total, why=segment.why))
    return tuple(lines)


def _counted(calendar: Calendar, segment: Segment, now: datetime) -> timedelta:
    end = min(segment.end or now, now)
    return business_time_between(calendar, segment.start, end) if segment.runs else timedelta()


def _clock(
    metric: Metric, segments: tuple[Segment, ...], ended_at: datetime | None, target: Target, calendar: Calendar
) -> Clock:
    return Clock(
        metric=metric,
        goal=target.goals[metric].within(calendar),
        grace=target.grace,
        calendar=calendar,
        segments=segments,
        ended_at=ended_at,
    )


_Measured = tuple[Metric, tuple[Segment, ...], datetime | None]


def _measured(history: History, pause: frozenset[Status]) -> Iterator[_Measured]:
    """Cut the history into clocks: start, end, and in between where each one runs."""
    if not history:
        return
    yield from _reply_clocks(history)
    yield from _update_clocks(history, pause)
    ended_at = _finished_at(history)
    yield Metric.RESOLUTION, _segments(history, history[0].at, ended_at, pause), ended_at


def _reply_clocks(history: History) -> Iterator[_Measured]:
    """Waiting for an answer is waiting, whatever the status says; only a finished ticket owes none."""
    since: datetime | None = history[0].at
    metric = Metric.FIRST_REPLY
    for step in history:
        if step.kind is StepKind.CUSTOMER_WROTE and since is None:
            since = step.at
        if step.kind is not StepKind.AGENT_REPLIED:
            continue
        if since is not None and step.at > since:
            yield metric, _segments(history, since, step.at, frozenset()), step.at
        # an agent who starts a ticket by writing has not answered anybody yet
        metric = Metric.NEXT_REPLY if since is None or step.at > since else metric
        since = None
    if since is not None:
        yield metric, _segments(history, since, None, frozenset()), None


def _update_clocks(history: History, pause: frozenset[Status]) -> Iterator[_Measured]:
    since: datetime | None = None
    for step in history:
        if step.kind is not StepKind.AGENT_REPLIED:
            continue
        if since is not None and step.at > since:
            yield Metric.UPDATE, _segments(history, since, step.at, pause), step.at
        since = step.at
    if since is not None:
        ended_at = _finished_at(history)
        yield Metric.UPDATE, _segments(history, since, ended_at, pause), ended_at


def _finished_at(history: History) -> datetime | None:
    """Since when the ticket is finished; None when it is not."""
    finished: datetime | None = None
    for step in history:
        if step.status is None:
            continue
        if step.status not in FINISHED:
            finished = None
        elif finished is None:
            finished = step.at
    return finished


def _segments(history: History, start: datetime, end: datetime | None, pause: frozenset[Status]) -> tuple[Segment, ...]:
    """The stretches between changes of status from `start` to `end`; the last one is open when `end` is None."""
    status, since, found = Status.OPEN, start, list[Segment]()
    for step in history:
        if step.status is None or (end is not None and step.at > end):
            continue
        if step.at > since:
            found.append(_segment(since, step.at, status, pause))
            since = step.at
        status = step.status
    if end is None or end > since or not found:
        found.append(_segment(since, end, status, pause))
    return tuple(found)


def _segment(start: datetime, end: datetime | None, status: Status, pause: frozenset[Status]) -> Segment:
    stands = status in FINISHED or status in pause
    return Segment(start=start, end=end, runs=not stands, why=f"paused: {status}" if stands else f"running: {status}")
