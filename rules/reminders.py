"""What a reminder tells agents: what about, since when, and until when there is time. Moments are the office's."""

from collections.abc import Mapping
from datetime import datetime, tzinfo

from rules import timers as kinds
from rules.deadlines import Metric, clocks
from rules.timers import Situation, Timer
from rules.timing import Timing

_TITLES: Mapping[str, str] = {
    kinds.UNASSIGNED: "Nobody has this ticket",
    kinds.SILENT: "The customer waits",
    kinds.SILENT_LEAD: "The customer still waits",
    kinds.ON_HOLD: "On hold for long",
    kinds.STALE: "Nothing happens",
    kinds.DUE: "Due now",
    kinds.SNOOZE: "Back from its snooze",
    kinds.ESCALATION: "Missed, and nobody is on it",
}


def title(timer: Timer) -> str:
    """What it is about, for a subject."""
    family, _, number = timer.kind.partition(":")
    if family in _TITLES:
        return _TITLES[family]
    return f"{_spoken(family).capitalize()}: {'missed' if int(number) >= 100 else f'{number} % of the time'}"


def sentence(timer: Timer, situation: Situation, timing: Timing) -> str:
    """The same for the mail itself."""
    family, _, number = timer.kind.partition(":")
    zone = timing.hours.of(situation.ticket).zone
    since = _moment(timer.anchor, zone)
    if family == kinds.ESCALATION:
        return f"{_begun(timer.why)}; the customer has waited since {since}."
    due_at = _goal(timer, situation, timing) if family in set(Metric) else None
    if due_at is None:
        return f"{_begun(timer.why)}, since {since}."
    verb = "was" if int(number) >= 100 else "is"
    return f"The {_spoken(family)} {verb} due {_moment(due_at, zone)}, counted from {since}."


def _goal(timer: Timer, situation: Situation, timing: Timing) -> datetime | None:
    """When the goal is reached of which this is a step; None while its clock stands still."""
    metric = timer.kind.partition(":")[0]
    running = clocks(situation.ticket, situation.history, timing.targets, timing.hours)
    found = (each for each in running if each.metric == metric and each.started_at == timer.anchor)
    return next((each.due_at for each in found), None)


def _spoken(family: str) -> str:
    return family.replace("_", " ")


def _begun(why: str) -> str:
    return why[:1].upper() + why[1:]


def _moment(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%a %d %b %H:%M %Z}"
