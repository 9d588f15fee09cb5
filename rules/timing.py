"""All that an admin sets about time: hours, targets, warnings, reminders, follow-ups, surveys, digests. Only shapes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from rules.deadlines import Goal, Hours, Target

_HALF_AN_HOUR, _TWO_HOURS = Goal(time=timedelta(minutes=30)), Goal(time=timedelta(hours=2))
_A_DAY, _TWO_DAYS, _THREE_DAYS, _TWO_WEEKS = Goal(days=1), Goal(days=2), Goal(days=3), Goal(days=10)


class Tell(StrEnum):
    """Who hears of a deadline."""

    ASSIGNEE = "assignee"
    """The assignee, else the team."""
    LEAD = "lead"
    """The team's lead, else the team."""
    ADMINS = "admins"
    """The agents who are admins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A step of the ladder: at this percentage of a goal, these are told."""

    percent: int
    tell: tuple[Tell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminders:
    """Of our own work. Zero switches one off; times are business time."""

    unassigned_after: Goal = _HALF_AN_HOUR
    silent_after: Goal = _A_DAY
    silent_to_lead_after: Goal = _TWO_DAYS
    on_hold_after: Goal = _THREE_DAYS
    stale_after: Goal = _TWO_WEEKS
    escalate_again_after: Goal = _TWO_HOURS
    escalate_most: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUps:
    """Of the customer's silence, in calendar time; mails go out in office hours. Zero switches one off."""

    remind_after: timedelta = timedelta(days=3)
    last_notice_after: timedelta = timedelta(days=6)
    solve_after: timedelta = timedelta(days=7)
    ask_after: timedelta = timedelta(hours=1)
    close_after: timedelta = timedelta(days=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveys:
    """`percent` of solved tickets are asked about, nobody more often than once in `cooldown`."""

    enabled: bool = True
    percent: int = 100
    after: timedelta = timedelta(days=1)
    remind_after: timedelta = timedelta(days=3)
    cooldown: timedelta = timedelta(days=30)
    answers_count_for: timedelta = timedelta(days=28)
    wake_at: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Digests:
    """Mails with lists and figures, at a minute of the day in the default calendar's zone. `weekly_on`: 0 is Monday."""

    daily: bool = True
    weekly: bool = True
    weekly_on: int = 0
    points: bool = False
    minute: int = 8 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """All of it. `hash` changes with it, so that timers are computed anew."""

    hours: Hours = field(default_factory=Hours)
    targets: tuple[Target, ...] = ()
    ladder: tuple[Rung, ...] = ()
    reminders: Reminders = field(default_factory=Reminders)
    follow_ups: FollowUps = field(default_factory=FollowUps)
    surveys: Surveys = field(default_factory=Surveys)
    digests: Digests = field(default_factory=Digests)
    details: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    hash: str = ""
