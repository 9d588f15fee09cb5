"""Business time: when an office is open, and sums of open time across nights, holidays and changes of the clock.

Moments go in and come out as aware UTC. Opening hours are wall-clock times of the calendar's zone. A wall-clock time
that a change of the clock skips means the moment of the change; one that comes twice means the first.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache

DAY_MINUTES = 24 * 60
HORIZON = timedelta(days=3653)
Span = tuple[int, int]
"""From and to, in minutes since midnight; 1440 is the end of the day."""


class NeverOpen(ValueError):
    """A calendar that does not open, within ten years, for as long as is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDay:
    """A holiday, or a date with hours of its own: `spans` is empty when the office stays closed."""

    name: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Opening hours: seven weekdays from Monday, and special days that replace them. Spans in order, not touching."""

    name: str
    zone: tzinfo
    week: tuple[tuple[Span, ...], ...]
    special: Mapping[date, SpecialDay] = field(default_factory=dict)

    def spans(self, day: date) -> tuple[Span, ...]:
        """The hours of a day."""
        special = self.special.get(day)
        return self.week[day.weekday()] if special is None else special.spans


ALWAYS = Calendar(name="always", zone=UTC, week=(((0, DAY_MINUTES),),) * 7)


def open_intervals(calendar: Calendar, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The open times between two moments, in order, none empty."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)  # sums of moments of one zone would be sums of wall clocks
    day, last = start.astimezone(calendar.zone).date(), end.astimezone(calendar.zone).date()
    while day <= last:
        for first_minute, last_minute in calendar.spans(day):
            opens = max(start, _moment(day, first_minute, calendar.zone))
            closes = min(end, _moment(day, last_minute, calendar.zone))
            if opens < closes:
                yield opens, closes
        day += timedelta(days=1)


def business_time_between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """How much open time lies between two moments; nothing when the end is not after the start."""
    return sum((closes - opens for opens, closes in open_intervals(calendar, start, end)), timedelta())


def add_business_time(calendar: Calendar, start: datetime, amount: timedelta) -> datetime:
    """The moment when that much open time has passed; at closing time rather than at the next opening.

    Raises NeverOpen.
    """
    if amount <= timedelta():
        return start
    for opens, closes in open_intervals(calendar, start, start + HORIZON):
        if closes - opens >= amount:
            return opens + amount
        amount -= closes - opens
    raise NeverOpen(f"calendar {calendar.name!r} never opens for that long")


def is_open(calendar: Calendar, moment: datetime) -> bool:
    """Whether the office is open then; at the minute of closing it is not."""
    return next_opening(calendar, moment) == moment


def next_opening(calendar: Calendar, moment: datetime) -> datetime:
    """The moment itself while the office is open, else when it opens next. Raises NeverOpen."""
    for opens, _ in open_intervals(calendar, moment, moment + HORIZON):
        return opens
    raise NeverOpen(f"calendar {calendar.name!r} never opens")


def usual_day(calendar: Calendar) -> timedelta:
    """How long a business day is: the longest of the week, special days aside."""
    return timedelta(minutes=max(sum(end - start for start, end in spans) for spans in calendar.week))


@lru_cache(maxsize=8192)  # the same few days of each zone are asked for at every ticket
def _moment(day: date, minute: int, zone: tzinfo) -> datetime:
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    return _change(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), moment, zone)


def _change(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """The second between two moments at which the zone's offset from UTC changes (PEP 495: a gap lies between)."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
