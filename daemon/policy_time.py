"""hours.toml and deadlines.toml: what an admin writes about time, checked, and made into what the rules are given."""

import difflib
import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from daemon.config_types import Duration
from daemon.errors import Problem
from daemon.policy_files import place
from rules.calendars import ALWAYS, DAY_MINUTES, Calendar, Span, SpecialDay
from rules.deadlines import Goal, Hours, Metric, Target
from rules.facts import Priority, Status
from rules.timing import Digests, FollowUps, Reminders, Rung, Surveys, Tell, Timing

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Holidays are computed for these years at load, so that the rules need no library and no clock.
YEARS = range(2020, 2046)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


def parse_goal(value: object) -> Goal:
    """`"15m"`, `"4h"`, or `"2bd"` for business days. Raises ValueError that says what to write."""
    match = re.fullmatch(r"(\d{1,5})\s*(m|h|bd)", value) if isinstance(value, str) else None
    if isinstance(value, Goal):
        return value
    if not match:
        raise ValueError('write a number and a unit, such as "30m", "4h" or "2bd"')
    number = int(match[1])
    if match[2] == "bd":
        return Goal(days=number)
    return Goal(time=timedelta(hours=number) if match[2] == "h" else timedelta(minutes=number))


def parse_minute(value: object) -> int:
    """`"09:30"` as minutes since midnight; `"24:00"` is the end of the day. Raises ValueError."""
    match = re.fullmatch(r"(\d{2}):(\d{2})", value) if isinstance(value, str) else None
    minute = int(match[1]) * 60 + int(match[2]) if match and int(match[2]) < 60 else DAY_MINUTES + 1
    if minute > DAY_MINUTES:
        raise ValueError('write a time such as "09:00"')
    return minute


def parse_spans(value: object) -> tuple[Span, ...]:
    """`["09:00-12:00", "13:00-17:00"]`; what touches or overlaps becomes one. Raises ValueError."""
    if not isinstance(value, list):
        raise ValueError('write a list of hours, such as ["09:00-17:00"], or [] for closed')
    spans: list[Span] = []
    for start, end in sorted(map(_span, value)):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return tuple(spans)


def _span(value: object) -> Span:
    start, dash, end = str(value).partition("-")
    if not dash:
        raise ValueError(f'got "{value}", expected hours such as "09:00-17:00"')
    span = parse_minute(start.strip()), parse_minute(end.strip())
    if span[0] >= span[1]:
        raise ValueError(f'"{value}" ends before it starts; hours across midnight are two, one a day')
    return span


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError('expected the name of a time zone, such as "Europe/Berlin"') from None
    return value


def _country(value: str) -> str:
    import holidays  # noqa: PLC0415  takes a sixth of a second to import: only who names a country pays for it

    country, _, region = value.partition("-")
    known = holidays.list_supported_countries()
    if country not in known:
        raise ValueError('expected two letters of a country, such as "DE", or with a region "DE-BY"')
    if region and region not in known[country]:
        raise ValueError(f"{country} has no region {region!r}; there are {' '.join(known[country])}")
    return value


def _own_date(value: str) -> str:
    try:
        date.fromisoformat(value if len(value) > 5 else f"2024-{value}")
    except ValueError:
        raise ValueError('expected a date such as "2026-12-24", or "12-24" for every year') from None
    return value


GoalText = Annotated[Goal, BeforeValidator(parse_goal)]
Spans = Annotated[tuple[Span, ...], BeforeValidator(parse_spans)]
Country = Annotated[str, AfterValidator(_country)]
OwnDate = Annotated[str, AfterValidator(_own_date)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class CalendarEntry(_Strict):
    """Opening hours of one office."""

    name: str
    time_zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    holidays: list[Country] = []
    week: dict[Weekday, Spans] = Field(min_length=1)
    dates: dict[OwnDate, Spans] = {}

    @field_validator("week")
    @classmethod
    def _opens(cls, value: dict[Weekday, Spans]) -> dict[Weekday, Spans]:
        if not any(value.values()):
            raise ValueError("a calendar opens at least once a week")
        return value


class UseEntry(_Strict):
    """Who keeps a calendar; one of customer, team and mailbox."""

    calendar: str
    customer: str = ""
    team: str = ""
    mailbox: str = ""


class HoursFile(_Strict):
    """hours.toml."""

    default: str = ""
    calendar: list[CalendarEntry] = []
    use: list[UseEntry] = []


class TargetEntry(_Strict):
    """One promise."""

    name: str
    priority: list[Priority] = []
    team: list[str] = []
    organisation: list[str] = []
    calendar: str = ""
    first_reply: GoalText | None = None
    next_reply: GoalText | None = None
    update: GoalText | None = None
    resolution: GoalText | None = None
    pause: list[Literal["open", "pending", "on_hold"]] = ["pending", "on_hold"]
    grace: Duration = timedelta()


class WarningEntry(_Strict):
    """A step of the ladder."""

    percent: int = Field(ge=1, le=1000)
    tell: list[Tell] = Field(min_length=1)


class RemindersSection(_Strict):
    """Of our own work."""

    unassigned_after: GoalText = Reminders().unassigned_after
    silent_after: GoalText = Reminders().silent_after
    silent_to_lead_after: GoalText = Reminders().silent_to_lead_after
    on_hold_after: GoalText = Reminders().on_hold_after
    stale_after: GoalText = Reminders().stale_after
    escalate_again_after: GoalText = Reminders().escalate_again_after
    escalate_most: int = Field(Reminders().escalate_most, ge=0, le=50)


class FollowUpsSection(_Strict):
    """Of the customer's silence."""

    remind_after: Duration = FollowUps().remind_after
    last_notice_after: Duration = FollowUps().last_notice_after
    solve_after: Duration = FollowUps().solve_after
    ask_after: Duration = FollowUps().ask_after
    close_after: Duration = FollowUps().close_after


class SurveysSection(_Strict):
    """Asking how satisfied customers are."""

    enabled: bool = Surveys().enabled
    percent: int = Field(Surveys().percent, ge=0, le=100)
    after: Duration = Surveys().after
    remind_after: Duration = Surveys().remind_after
    cooldown: Duration = Surveys().cooldown
    answers_count_for: Duration = Surveys().answers_count_for
    wake_at: int = Field(Surveys().wake_at, ge=0, le=5)


class DigestsSection(_Strict):
    """Lists and figures by mail."""

    daily: bool = Digests().daily
    weekly: bool = Digests().weekly
    weekly_on: Weekday = "mon"
    points: bool = Digests().points
    at: Annotated[int, BeforeValidator(parse_minute)] = Digests().minute


class DeadlinesFile(_Strict):
    """deadlines.toml."""

    target: list[TargetEntry] = []
    warning: list[WarningEntry] = []
    reminders: RemindersSection = RemindersSection()
    follow_ups: FollowUpsSection = FollowUpsSection()
    surveys: SurveysSection = SurveysSection()
    digests: DigestsSection = DigestsSection()
    details: dict[str, dict[str, list[str]]] = {}


def unknown_names(
    hours: HoursFile, deadlines: DeadlinesFile, files: Mapping[str, str], *, teams: set[str], mailboxes: set[str]
) -> list[Problem]:
    """What the two files name that is nowhere."""
    calendars = {"always", *(each.name for each in hours.calendar)}
    problems: list[Problem] = []

    def expect(kind: str, section: str, index: int, key: str, value: str, known: set[str]) -> None:
        if not value or value in known:
            return
        file, line = place(files, kind, section, index, key)
        near = difflib.get_close_matches(value, known, n=1)
        allowed = f"expected one of {', '.join(sorted(known))}" if known else "but there is none"
        where = f"{section}.{index + 1}.{key}" if section else key
        remedy = f"did you mean {near[0]!r}?" if near else ""
        problems.append(Problem(file=file, line=line, key=where, message=f'got "{value}", {allowed}', remedy=remedy))

    expect("hours", "", 0, "default", hours.default, calendars)
    for number, use in enumerate(hours.use):
        expect("hours", "use", number, "calendar", use.calendar, calendars)
        expect("hours", "use", number, "team", use.team, teams)
        expect("hours", "use", number, "mailbox", use.mailbox, mailboxes)
    for number, target in enumerate(deadlines.target):
        expect("deadlines", "target", number, "calendar", target.calendar, calendars)
        for team in target.team:
            expect("deadlines", "target", number, "team", team, teams)
    return problems


def timing_of(
    hours: HoursFile, deadlines: DeadlinesFile, digest: str, domains: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> Timing:
    """What the rules are given. `digest` names this state of both files; `domains`: those of each organisation."""
    digests = deadlines.digests
    return Timing(
        hours=_hours(hours, domains),
        targets=tuple(_target(each, domains) for each in deadlines.target),
        ladder=tuple(
            Rung(percent=each.percent, tell=tuple(each.tell))
            for each in sorted(deadlines.warning, key=lambda each: each.percent)
        ),
        reminders=Reminders(**_values(deadlines.reminders)),
        follow_ups=FollowUps(**_values(deadlines.follow_ups)),
        surveys=Surveys(**_values(deadlines.surveys)),
        digests=Digests(
            daily=digests.daily,
            weekly=digests.weekly,
            weekly_on=WEEKDAYS.index(digests.weekly_on),
            points=digests.points,
            minute=digests.at,
        ),
        details={
            category: {language: tuple(lines) for language, lines in each.items()}
            for category, each in deadlines.details.items()
        },
        hash=digest,
    )


def _values(section: BaseModel) -> dict[str, Any]:
    return {name: getattr(section, name) for name in type(section).model_fields}


def _hours(file: HoursFile, domains: Mapping[str, Sequence[str]]) -> Hours:
    calendars = {"always": ALWAYS} | {each.name: _calendar(each) for each in file.calendar}
    return Hours(
        calendars=calendars,
        default=calendars.get(file.default, next(iter(calendars.values()))),
        by_organisation={
            domain: each.calendar
            for each in file.use
            if each.customer
            for domain in domains.get(each.customer.lower(), (each.customer.lower(),))
        },
        by_team={each.team: each.calendar for each in file.use if each.team},
        by_mailbox={each.mailbox: each.calendar for each in file.use if each.mailbox},
    )


def _calendar(entry: CalendarEntry) -> Calendar:
    return Calendar(
        name=entry.name,
        zone=ZoneInfo(entry.time_zone),
        week=tuple(entry.week.get(day, ()) for day in WEEKDAYS),  # type: ignore[call-overload]  # a Literal of the same
        special=_holidays(entry.holidays) | _own_dates(entry.dates),
    )


def _holidays(countries: list[str]) -> dict[date, SpecialDay]:
    if not countries:
        return {}
    import holidays  # noqa: PLC0415  see above

    found: dict[date, SpecialDay] = {}
    for each in countries:
        country, _, region = each.partition("-")
        for day, name in holidays.country_holidays(country, subdiv=region or None, years=YEARS).items():
            found.setdefault(day, SpecialDay(name=str(name)))
    return found


def _own_dates(dates: Mapping[str, tuple[Span, ...]]) -> dict[date, SpecialDay]:
    found: dict[date, SpecialDay] = {}
    for text, spans in sorted(dates.items(), key=lambda each: len(each[0])):
        for day in _days(text):
            found[day] = SpecialDay(name="own date", spans=spans)
    return found


def _days(text: str) -> list[date]:
    """One date, or the same day of every year that has it."""
    if len(text) > 5:
        return [date.fromisoformat(text)]
    leap_or_not = (f"{year}-{text}" for year in YEARS)
    return [date.fromisoformat(each) for each in leap_or_not if not (text == "02-29" and int(each[:4]) % 4)]


def _target(entry: TargetEntry, domains: Mapping[str, Sequence[str]]) -> Target:
    named = (each.lower() for each in entry.organisation)
    goals = {metric: getattr(entry, metric.value) for metric in Metric}
    return Target(
        name=entry.name,
        priorities=frozenset(entry.priority),
        teams=frozenset(entry.team),
        organisations=frozenset(domain for each in named for domain in domains.get(each, (each,))),
        calendar=entry.calendar,
        goals={metric: goal for metric, goal in goals.items() if goal is not None},
        pause=frozenset(map(Status, entry.pause)),
        grace=entry.grace,
    )
