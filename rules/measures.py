"""What a ticket adds to the desk's figures, measured from its history: how long, in time or not, once or again.

SQL can sum these up but cannot tell business time, so they are computed here and kept as rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rules.deadlines import FINISHED, Clock, Goal, History, Metric, Step, StepKind, Target, clocks, target_for
from rules.facts import Status, TicketFacts
from rules.timing import Timing

UNFINISHED, FIRST_CONTACT, REOPENED, WROTE_AGAIN = "unfinished", "first_contact", "reopened", "wrote_again"

# A ticket solved with one answer was solved at first contact only if it stays solved this long.
STAYS_SOLVED = timedelta(hours=72)
_SOLVED = frozenset({Status.SOLVED, Status.CLOSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure of one ticket, known by its name and start.

    `missed_at`: when the goal and its grace ran or will run out, None if they do not as things stand. Minutes are None
    as long as it lasts. `value`: 1 for yes and 0 for no, where the measure is such a question.
    """

    name: str
    started_at: datetime
    ended_at: datetime | None = None
    missed_at: datetime | None = None
    goal_minutes: float | None = None
    business_minutes: float | None = None
    calendar_minutes: float | None = None
    value: int | None = None
    agent: str = ""


def measures(ticket: TicketFacts, history: History, timing: Timing) -> tuple[Measure, ...]:
    """Everything measured of a ticket, each name and start once."""
    if not history:
        return ()
    found = [
        *(_of_clock(clock, history, has_goal=has_goal) for clock, has_goal in measured_clocks(ticket, history, timing)),
        *_unfinished(history),
        *_about_solving(history),
        *_wrote_again(history),
    ]
    return tuple({(each.name, each.started_at): each for each in found}.values())


def measured_clocks(ticket: TicketFacts, history: History, timing: Timing) -> list[tuple[Clock, bool]]:
    """Every clock of a ticket, those too that no target sets a goal for, and whether it has one."""
    target = target_for(ticket, timing.targets) or Target(name="none")
    every = replace(target, goals={metric: target.goals.get(metric, Goal()) for metric in Metric})
    return [(clock, clock.metric in target.goals) for clock in clocks(ticket, history, (every,), timing.hours)]


def _of_clock(clock: Clock, history: History, *, has_goal: bool) -> Measure:
    ended_at = clock.ended_at
    is_in_time = ended_at is not None and not clock.is_missed(ended_at)
    return Measure(
        name=clock.metric.value,
        started_at=clock.started_at,
        ended_at=ended_at,
        missed_at=clock.reached(clock.goal + clock.grace) if has_goal and not is_in_time else None,
        goal_minutes=_minutes(clock.goal) if has_goal else None,
        business_minutes=_minutes(clock.elapsed(ended_at)) if ended_at else None,
        calendar_minutes=_minutes(ended_at - clock.started_at) if ended_at else None,
        agent=_agent_at(history, ended_at, clock.metric),
    )


def _minutes(length: timedelta) -> float:
    return round(length / timedelta(minutes=1), 3)


def _agent_at(history: History, moment: datetime | None, metric: Metric) -> str:
    """Who ended a clock: who answered then, or whose ticket it was when it was solved, else who answered last."""
    if moment is None:
        return ""
    past = [step for step in history if step.at <= moment]
    wanted = (StepKind.ASSIGNED, StepKind.AGENT_REPLIED) if metric is Metric.RESOLUTION else (StepKind.AGENT_REPLIED,)
    latest = (next((step.who for step in reversed(past) if step.kind is kind), "") for kind in wanted)
    return next(filter(None, latest), "")


def _unfinished(history: History) -> Iterator[Measure]:
    """Each stretch in which there was something left to do."""
    since: datetime | None = history[0].at
    for step in history:
        if step.status is None:
            continue
        if step.status not in FINISHED:
            since = since or step.at
        elif since is not None:
            if step.at > since:
                yield Measure(name=UNFINISHED, started_at=since, ended_at=step.at)
            since = None
    if since is not None:
        yield Measure(name=UNFINISHED, started_at=since)


def _about_solving(history: History) -> Iterator[Measure]:
    """Of a ticket solved once or more, when it first was: with one answer and for good? Opened again?"""
    solved_at = next((step.at for step in history if step.status in _SOLVED), None)
    if solved_at is None:
        return
    reopened_at = next((step.at for step in history if step.status is Status.OPEN and step.at > solved_at), None)
    answers = [step for step in history if step.kind is StepKind.AGENT_REPLIED and step.at <= solved_at]
    stayed = reopened_at is None or reopened_at - solved_at > STAYS_SOLVED
    agent = _agent_at(history, solved_at, Metric.RESOLUTION)
    start = history[0].at
    for name, value in ((FIRST_CONTACT, len(answers) == 1 and stayed), (REOPENED, reopened_at is not None)):
        yield Measure(name=name, started_at=start, ended_at=solved_at, value=int(value), agent=agent)


def _wrote_again(history: History) -> Iterator[Measure]:
    """Of a ticket that a customer began: did they have to write again before anybody answered?"""
    mails = before_first_answer(history)
    if mails:
        yield Measure(name=WROTE_AGAIN, started_at=history[0].at, ended_at=mails[0].at, value=int(len(mails) > 1))


def before_first_answer(history: History) -> list[Step]:
    """The customer's mails before the first answer."""
    answered = next((step.at for step in history if step.kind is StepKind.AGENT_REPLIED), None)
    return [
        step for step in history if step.kind is StepKind.CUSTOMER_WROTE and (answered is None or step.at < answered)
    ]
