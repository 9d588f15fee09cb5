"""Which timers a ticket has: computed from its history each time, so that what is no longer true is no longer there.

A timer is known by its kind and its anchor, the moment of what it counts from. It fires once for each anchor.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

from rules.calendars import Calendar, add_business_time, next_opening
from rules.deadlines import FINISHED, Clock, Goal, History, Metric, Step, StepKind, clocks
from rules.facts import Status, TicketFacts
from rules.timing import FollowUps, Timing

# Set by agents' commands, not computed here.
DUE, SNOOZE = "due", "snooze"
EXPLICIT = frozenset({DUE, SNOOZE})

UNASSIGNED, SILENT, SILENT_LEAD, ON_HOLD, STALE = "unassigned", "silent", "silent-lead", "on-hold", "stale"
WAITING_REMINDER, WAITING_LAST, WAITING_SOLVED = "waiting-reminder", "waiting-last-notice", "waiting-solved"
SOLVED_QUESTION, CLOSE, SURVEY, SURVEY_REMINDER = "solved-question", "close", "survey", "survey-reminder"
ESCALATION = "escalation"

# A timer that fired this much later than it was due is taken as an outage: what follows counts from when it fired.
LATE = timedelta(hours=1)
_REPLIES = (Metric.FIRST_REPLY, Metric.NEXT_REPLY)
# Nothing counts from when these fire.
_LAST_OF_THEIR_KIND = frozenset({UNASSIGNED, SILENT, SILENT_LEAD, ESCALATION, *Metric})


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """Something to look at when its time has come. `why` says what it counts."""

    kind: str
    due_at: datetime
    anchor: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """A timer that has fired: when it was due and when it did."""

    due_at: datetime
    at: datetime

    @property
    def base(self) -> datetime:
        """What the next step counts from."""
        return self.at if self.at - self.due_at > LATE else self.due_at


Key = tuple[str, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A ticket with all that its timers depend on. `surveyed_at`: when its requester was last asked about anything."""

    ticket: TicketFacts
    history: History
    fired: Mapping[Key, Fired] = field(default_factory=dict)
    surveyed_at: datetime | None = None
    is_rated: bool = False
    is_snoozed: bool = False

    def last(self, kind: StepKind) -> datetime | None:
        """When that last happened."""
        return next((step.at for step in reversed(self.history) if step.kind is kind), None)

    def status_since(self) -> datetime:
        """Since when the ticket has its status."""
        return self.last(StepKind.STATUS) or self.history[0].at

    def was_fired(self, kind: str, anchor: datetime) -> bool:
        return (kind, anchor) in self.fired


def timers(situation: Situation, timing: Timing) -> tuple[Timer, ...]:
    """Every timer of a ticket that has not fired, soonest first."""
    ticket = situation.ticket
    if not situation.history or ticket.status is Status.SPAM:
        return ()
    calendar = timing.hours.of(ticket)
    found = [
        *_deadlines(situation, timing),
        *_own_work(situation, timing, calendar),
        *_waiting(situation, timing.follow_ups, calendar),
        *_after_solving(situation, timing, calendar),
    ]
    waiting = (each for each in found if not situation.was_fired(each.kind, each.anchor))
    return tuple(sorted(waiting, key=lambda each: each.due_at))


def holds(kind: str, anchor: datetime, situation: Situation, timing: Timing) -> bool:
    """Whether what a fired timer was about is still true: the same timer would be there if it had not fired."""
    ticket, fired = situation.ticket, situation.fired.get((kind, anchor))
    if kind in EXPLICIT:
        return ticket.status not in FINISHED
    if kind == WAITING_SOLVED:  # firing it has solved the ticket
        return ticket.status is Status.SOLVED and fired is not None and _solved_at(situation.history) == fired.at
    unfired = {key: each for key, each in situation.fired.items() if key != (kind, anchor)}
    before = replace(situation, fired=unfired, surveyed_at=None)
    return any((each.kind, each.anchor) == (kind, anchor) for each in timers(before, timing))


def stands_alone(kind: str) -> bool:
    """Whether the other timers of a ticket are the same when this one has fired, so that none is computed anew."""
    return kind.partition(":")[0] in _LAST_OF_THEIR_KIND


def deadline_kind(metric: Metric, percent: int) -> str:
    """The kind of a step of the ladder, such as `first_reply:75`."""
    return f"{metric}:{percent}"


def _deadlines(situation: Situation, timing: Timing) -> Iterator[Timer]:
    if situation.ticket.status in FINISHED:
        return
    for clock in clocks(situation.ticket, situation.history, timing.targets, timing.hours):
        if clock.ended_at is not None:
            continue
        for rung in timing.ladder:
            kind = deadline_kind(clock.metric, rung.percent)
            if situation.was_fired(kind, clock.started_at):
                continue  # when it was due is not worth the walk through the calendar
            due_at = _rung_at(clock, rung.percent)
            if due_at is not None:
                yield Timer(
                    kind=kind,
                    due_at=due_at,
                    anchor=clock.started_at,
                    why=f"{rung.percent} % of the time for the {_said(clock.metric)}",
                )
        if clock.metric in _REPLIES:
            yield from _escalations(situation, timing, clock)


def _rung_at(clock: Clock, percent: int) -> datetime | None:
    """From the goal on, the grace is added: nobody is told of a miss that does not count as one."""
    grace = clock.grace if percent >= 100 else timedelta()
    return clock.reached(clock.goal * percent / 100 + grace)


def _said(metric: Metric) -> str:
    return metric.value.replace("_", " ")


def _escalations(situation: Situation, timing: Timing, clock: Clock) -> Iterator[Timer]:
    """The last step of the ladder again and again, until somebody takes the ticket."""
    again = timing.reminders.escalate_again_after.within(clock.calendar)
    missed_at = _rung_at(clock, timing.ladder[-1].percent) if timing.ladder else None
    if not again or missed_at is None or _is_taken(situation, missed_at):
        return
    for number in range(1, timing.reminders.escalate_most + 1):
        kind = f"{ESCALATION}:{number}"
        if situation.was_fired(kind, clock.started_at):
            continue
        yield Timer(
            kind=kind,
            due_at=add_business_time(clock.calendar, missed_at, again * number),
            anchor=clock.started_at,
            why=f"the {_said(clock.metric)} is missed and nobody has taken the ticket",
        )


def _is_taken(situation: Situation, since: datetime) -> bool:
    return any(step.kind is StepKind.ASSIGNED and step.who and step.at >= since for step in situation.history)


def _own_work(situation: Situation, timing: Timing, calendar: Calendar) -> Iterator[Timer]:
    ticket, reminders = situation.ticket, timing.reminders
    if ticket.status in FINISHED or situation.is_snoozed:
        return
    if ticket.status is Status.OPEN and not ticket.assignee:
        since = _unassigned_since(situation)
        yield from _after(UNASSIGNED, since, reminders.unassigned_after, calendar, "nobody has this ticket")
    asked_at = _unanswered_since(situation.history)
    if ticket.status is Status.OPEN and asked_at is not None:
        if ticket.assignee:
            yield from _after(SILENT, asked_at, reminders.silent_after, calendar, "the customer waits for an answer")
        yield from _after(
            SILENT_LEAD, asked_at, reminders.silent_to_lead_after, calendar, "the customer still waits for an answer"
        )
    if ticket.status is Status.ON_HOLD:
        yield from _again(situation, ON_HOLD, situation.status_since(), reminders.on_hold_after, calendar)
    else:
        yield from _again(situation, STALE, situation.history[-1].at, reminders.stale_after, calendar)


def _after(kind: str, since: datetime, goal: Goal, calendar: Calendar, why: str) -> Iterator[Timer]:
    amount = goal.within(calendar)
    if amount:
        yield Timer(kind=kind, due_at=add_business_time(calendar, since, amount), anchor=since, why=why)


def _again(situation: Situation, kind: str, since: datetime, goal: Goal, calendar: Calendar) -> Iterator[Timer]:
    """A reminder that comes back: each one counts from the last."""
    times = [fired.base for (fired_kind, _), fired in situation.fired.items() if fired_kind == kind]
    return _after(kind, max((since, *times)), goal, calendar, f"{kind.replace('-', ' ')} for long")


def _unassigned_since(situation: Situation) -> datetime:
    """Since the ticket was made, given back or opened again, whichever was last."""
    moments = [
        step.at
        for step in situation.history
        if step.kind in (StepKind.CREATED, StepKind.ASSIGNED) or step.status is Status.OPEN
    ]
    return max(moments)


def _unanswered_since(history: History) -> datetime | None:
    """The oldest mail of the customer since our last answer."""
    since: datetime | None = None
    for step in history:
        if step.kind is StepKind.AGENT_REPLIED:
            since = None
        elif step.kind is StepKind.CUSTOMER_WROTE and since is None:
            since = step.at
    return since


def _waiting(situation: Situation, follow_ups: FollowUps, calendar: Calendar) -> Iterator[Timer]:
    """Reminder, last notice, solved: each one only after the one before went out, with the same time between them."""
    asked_at = situation.last(StepKind.AGENT_REPLIED)
    if situation.ticket.status is not Status.PENDING or asked_at is None or _unanswered_since(situation.history):
        return
    since = max(asked_at, situation.status_since())
    earlier, base = timedelta(), since
    for kind, after, why in (
        (WAITING_REMINDER, follow_ups.remind_after, "the customer has not answered"),
        (WAITING_LAST, follow_ups.last_notice_after, "the customer has not answered the reminder"),
        (WAITING_SOLVED, follow_ups.solve_after, "the customer has not answered the last notice"),
    ):
        if not after:
            continue
        fired = situation.fired.get((kind, since))
        if fired is None:
            due_at = next_opening(calendar, max(since + after, base + after - earlier))
            yield Timer(kind=kind, due_at=due_at, anchor=since, why=why)
            return
        earlier, base = after, fired.base


def _after_solving(situation: Situation, timing: Timing, calendar: Calendar) -> Iterator[Timer]:
    if situation.ticket.status not in (Status.SOLVED, Status.CLOSED):
        return
    solved_at = _solved_at(situation.history)
    if solved_at is None:
        return
    is_given_up = any(kind == WAITING_SOLVED and fired.at == solved_at for (kind, _), fired in situation.fired.items())
    is_worth_asking = not is_given_up and _had_conversation(situation.history)
    if situation.ticket.status is Status.SOLVED:
        yield from _closing(situation, timing.follow_ups, calendar, solved_at, asks=is_worth_asking)
    if is_worth_asking:
        yield from _survey(situation, timing, calendar, solved_at)


def _solved_at(history: History) -> datetime | None:
    """When the ticket was last solved; a ticket closed outright has no such moment."""
    return next((step.at for step in reversed(history) if step.status is Status.SOLVED), None)


def _had_conversation(history: Iterable[Step]) -> bool:
    return {StepKind.CUSTOMER_WROTE, StepKind.AGENT_REPLIED} <= {step.kind for step in history}


def _closing(
    situation: Situation, follow_ups: FollowUps, calendar: Calendar, solved_at: datetime, *, asks: bool
) -> Iterator[Timer]:
    base = solved_at
    if asks and follow_ups.ask_after:
        fired = situation.fired.get((SOLVED_QUESTION, solved_at))
        if fired is None:
            due_at = next_opening(calendar, solved_at + follow_ups.ask_after)
            yield Timer(kind=SOLVED_QUESTION, due_at=due_at, anchor=solved_at, why="the ticket was solved")
            return
        base = fired.base
    if follow_ups.close_after:
        yield Timer(
            kind=CLOSE, due_at=base + follow_ups.close_after, anchor=solved_at, why="solved and nobody objected"
        )


def _survey(situation: Situation, timing: Timing, calendar: Calendar, solved_at: datetime) -> Iterator[Timer]:
    surveys, ticket = timing.surveys, situation.ticket
    is_wanted = surveys.enabled and not is_switched_off(ticket) and is_sampled(ticket.number, surveys.percent)
    if not is_wanted or situation.is_rated:
        return
    fired = situation.fired.get((SURVEY, solved_at))
    if fired is None:
        earliest = solved_at + surveys.after
        if situation.surveyed_at is not None and earliest < situation.surveyed_at + surveys.cooldown:
            return
        due_at = next_opening(calendar, earliest)
        asked = situation.fired.get((SOLVED_QUESTION, solved_at))
        if asked is not None:
            due_at = max(due_at, next_opening(calendar, _midnight_after(asked.at, calendar)))
        yield Timer(kind=SURVEY, due_at=due_at, anchor=solved_at, why="the ticket was solved")
    elif surveys.remind_after:
        due_at = next_opening(calendar, fired.base + surveys.remind_after)
        yield Timer(kind=SURVEY_REMINDER, due_at=due_at, anchor=solved_at, why="the survey was not answered")


def _midnight_after(moment: datetime, calendar: Calendar) -> datetime:
    """When the next day begins in the office's zone: a customer gets one such mail a day."""
    day = moment.astimezone(calendar.zone).date() + timedelta(days=1)
    return datetime.combine(day, time(), calendar.zone).astimezone(UTC)


def is_switched_off(ticket: TicketFacts) -> bool:
    """Whether a rule, or an agent by `#field.survey off`, wants no survey about this ticket."""
    return dict(ticket.fields).get("survey", "") == "off"


def is_sampled(number: int, percent: int) -> bool:
    """Whether a ticket is among the share that is asked about: always the same ones, spread evenly."""
    return number * 61 % 100 < percent
