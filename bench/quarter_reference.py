"""What a quarter's timers should be, told a second time: from a list of all open minutes, without the code it checks.

Every moment is a whole minute since the start of the quarter (UTC), lengths are minutes. A script is what people do to
one ticket; the answer is every timer that must fire: its kind, when it is due and when a desk that looks every few
minutes carries it out.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

DAY, HOUR = 24 * 60, 60
BUSINESS_DAY = 8 * HOUR
GOALS = {  # priority: first reply, next reply, update, resolution
    "P1": (15, 30, HOUR, 4 * HOUR),
    "P2": (HOUR, 2 * HOUR, 4 * HOUR, BUSINESS_DAY),
    "P3": (4 * HOUR, 8 * HOUR, 2 * BUSINESS_DAY, 3 * BUSINESS_DAY),
    "P4": (BUSINESS_DAY, 2 * BUSINESS_DAY, 5 * BUSINESS_DAY, 10 * BUSINESS_DAY),
}
METRICS = ("first_reply", "next_reply", "update", "resolution")
LADDER = (50, 75, 100, 125)
ESCALATIONS = 5
NEVER = 10**9
Moment = int | Fraction


@dataclass(frozen=True, slots=True)
class Act:
    """Something a person does: `assign`, `answer`, `solve` (agents), `write` (the customer)."""

    at: int
    what: str
    who: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """A timer that must fire."""

    kind: str
    due: Moment
    at: int


class Office:
    """All open minutes of a stretch of time, found by looking at the wall clock every minute."""

    def __init__(self, start: datetime, days: int, zone: str, closed: set[date]) -> None:
        self.minutes = []
        for minute in range(days * DAY):
            wall = (start + timedelta(minutes=minute)).astimezone(ZoneInfo(zone))
            if wall.weekday() < 5 and wall.date() not in closed and 9 <= wall.hour < 17:
                self.minutes.append(minute)

    def add(self, start: Moment, length: Moment) -> Moment:
        """The end of that many open minutes."""
        return self.minutes[bisect_left(self.minutes, start) + int(length) - 1] + 1

    def between(self, start: Moment, end: Moment) -> int:
        return bisect_left(self.minutes, end) - bisect_left(self.minutes, start)

    def next_day(self, moment: int) -> int:
        """The first open minute of the next day that has any; no night is shorter than the break it makes."""
        place = bisect_left(self.minutes, moment)
        while self.minutes[place + 1] == self.minutes[place] + 1:
            place += 1
        return self.minutes[place + 1]

    def opening(self, moment: Moment) -> int:
        return self.minutes[bisect_left(self.minutes, moment)]


class Always(Office):
    """Round the clock."""

    def __init__(self) -> None:
        self.minutes = []

    def add(self, start: Moment, length: Moment) -> Moment:
        return start + length

    def between(self, start: Moment, end: Moment) -> int:
        return int(end - start)


@dataclass(slots=True)
class Story:
    """One ticket's script, being told. `looks`: the minutes in which the desk looked at its timers, in order.

    `delays`: when a mail to a customer went out later than it was due, because so many were due at once.
    """

    office: Office
    priority: str
    made: int
    acts: list[Act]
    looks: list[int]
    delays: dict[tuple[str, Moment], int] = field(default_factory=dict)
    moves: list[tuple[int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.moves = [(self.made, "open")]
        turns = {"answer": "pending", "write": "open", "solve": "solved"}
        self.moves += [(act.at, turns[act.what]) for act in self.acts if act.what in turns]

    def seen(self, due: Moment) -> int:
        place = bisect_left(self.looks, due)
        return self.looks[place] if place < len(self.looks) else NEVER

    def sent(self, kind: str, due: Moment) -> int:
        return self.delays.get((kind, due), self.seen(due))

    def base(self, kind: str, due: Moment) -> Moment:
        """What the next step counts from: a mail more than an hour late counts from when it went out."""
        at = self.sent(kind, due)
        return at if at - due > HOUR else due

    def status(self, moment: int) -> str:
        return next(status for at, status in reversed(self.moves) if at <= moment)

    def answers(self) -> list[int]:
        return [act.at for act in self.acts if act.what in ("answer", "solve")]

    def ends(self) -> list[int]:
        return [act.at for act in self.acts if act.what == "solve"]

    def assigned_at(self) -> int | None:
        return next((act.at for act in self.acts if act.what == "assign"), None)


def expected(story: Story) -> list[Expected]:
    """Every timer of a ticket that must fire."""
    return [
        *_follow_ups(story),  # first: they may end the story
        *_ladders(story),
        *_unassigned(story),
        *_silence(story),
        *_after_solving(story),
    ]


def _ladders(story: Story) -> Iterator[Expected]:
    clock: Office = Always() if story.priority == "P1" else story.office
    goals = dict(zip(METRICS, GOALS[story.priority], strict=True))
    for metric, start, end in _waits(story):
        runs = _running(story, start, end) if metric in ("update", "resolution") else [(start, end)]
        dues = {percent: _reached(clock, runs, Fraction(goals[metric] * percent, 100)) for percent in LADDER}
        for percent, due in dues.items():
            at = None if due is None else _when_due_or_open_again(story, end, story.seen(due))
            if due is not None and at is not None:
                yield Expected(f"{metric}:{percent}", due, at)
        missed = dues[LADDER[-1]]
        if metric in METRICS[:2] and missed is not None:
            yield from _escalations(story, clock, missed, end)


def _is_over(story: Story, end: int | None, moment: int) -> bool:
    return (end is not None and end <= moment) or story.status(moment) in ("solved", "closed")


def _when_due_or_open_again(story: Story, end: int | None, at: int) -> int | None:
    """What is reached in the very minute of solving is met again when the ticket is opened again."""
    if not _is_over(story, end, at):
        return at
    again = next((moved for moved, status in story.moves if status == "open" and moved > at), None)
    return again if again is not None and (end is None or end > again) else None


def _escalations(story: Story, clock: Office, missed: Moment, end: int | None) -> Iterator[Expected]:
    taken = story.assigned_at()
    for number in range(1, ESCALATIONS + 1):
        due = clock.add(missed, 2 * HOUR * number)
        at = story.seen(due)
        if _is_over(story, end, at) or (taken is not None and missed <= taken <= at):
            return
        yield Expected(f"escalation:{number}", due, at)


def _waits(story: Story) -> Iterator[tuple[str, int, int | None]]:
    """What somebody waits for: which clock, since when, until when."""
    answers = story.answers()
    asked: int | None = story.made
    metric = "first_reply"
    for act in story.acts:
        if act.what == "write" and asked is None:
            asked = act.at
        if act.what in ("answer", "solve") and asked is not None:
            yield metric, asked, act.at
            metric, asked = "next_reply", None
    if asked is not None:
        yield metric, asked, None
    for first, then in zip(answers, [*answers[1:], None], strict=True):
        yield "update", first, then
    yield "resolution", story.made, None


def _running(story: Story, start: int, end: int | None) -> list[tuple[int, int | None]]:
    """The stretches in which it was our turn."""
    edges = [(at, status) for at, status in story.moves if end is None or at <= end]
    found: list[tuple[int, int | None]] = []
    for (at, status), (until, _) in zip(edges, [*edges[1:], (end, "")], strict=True):
        if status == "open" and (until is None or until > max(at, start)):
            found.append((max(at, start), until))
    return found


def _reached(clock: Office, runs: list[tuple[int, int | None]], length: Moment) -> Moment | None:
    for start, end in runs:
        if end is None:
            return clock.add(start, length)
        counted = clock.between(start, end)
        if counted and counted >= length:
            return clock.add(start, length)
        length -= counted
    return None


def _unassigned(story: Story) -> Iterator[Expected]:
    due = story.office.add(story.made, 30)
    at, taken = story.seen(due), story.assigned_at()
    if (taken is None or taken > at) and story.status(at) == "open":
        yield Expected("unassigned", due, at)


def _silence(story: Story) -> Iterator[Expected]:
    for metric, start, end in _waits(story):
        if metric not in METRICS[:2]:
            continue
        for kind, days in (("silent", 1), ("silent-lead", 2)):
            due = story.office.add(start, days * BUSINESS_DAY)
            taken = story.assigned_at()
            at = story.seen(due)
            if kind == "silent":
                if taken is None:
                    continue
                at = max(at, taken)
            if not _is_over(story, end, at):
                yield Expected(kind, due, at)


def _follow_ups(story: Story) -> Iterator[Expected]:
    """A customer who does not answer: after three days, six, seven; then the ticket is solved, and closed in four."""
    for place, act in enumerate(story.acts):
        if act.what != "answer":
            continue
        following = story.acts[place + 1].at if place + 1 < len(story.acts) else None
        base, before, last = act.at, 0, act.at
        for kind, after in (("waiting-reminder", 3), ("waiting-last-notice", 6), ("waiting-solved", 7)):
            due = story.office.opening(max(act.at + after * DAY, base + (after - before) * DAY))
            if following is not None and following <= story.sent(kind, due):
                break
            yield Expected(kind, due, story.sent(kind, due))
            base, before, last = story.base(kind, due), after, due
        else:
            solved = story.sent("waiting-solved", last)
            story.moves.append((solved, "solved"))
            yield Expected("close", solved + 4 * DAY, story.seen(solved + 4 * DAY))


def _after_solving(story: Story) -> Iterator[Expected]:
    """Did it help? How did we do, and once more. One mail a day: a question on the same morning goes first."""
    surveyed = False
    for solved in story.ends():
        again = next((act.at for act in story.acts if act.at > solved), None)
        question = story.office.opening(solved + HOUR)
        survey = story.office.opening(solved + DAY)
        asked = story.sent("solved-question", question)
        if asked < NEVER:
            survey = max(survey, story.office.next_day(asked))
        found = [("solved-question", question), ("close", story.base("solved-question", question) + 4 * DAY)]
        if not surveyed:
            sent = story.base("survey", survey)
            reminder = story.office.opening(sent + 3 * DAY) if sent < NEVER else NEVER
            found += [("survey", survey), ("survey-reminder", reminder)]
        for kind, due in found:
            if again is None or again > story.sent(kind, due):
                surveyed = surveyed or kind == "survey"
                yield Expected(kind, due, story.sent(kind, due))
