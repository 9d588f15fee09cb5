"""Who is at work: weekly shifts in the agent's own time zone, and absences. DST is the zone's business."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rules.facts import Shift, Work

_DAY = timedelta(days=1)


def is_present(work: Work, now: datetime) -> bool:
    """Not absent, and on shift or without any shifts."""
    if any(each.start <= now < each.end for each in work.absences):
        return False
    return not work.shifts or any(_is_on(shift, now) for shift in work.shifts)


def next_presence(work: Work, now: datetime) -> datetime | None:
    """When the agent will next be at work: now, at the start of a shift, or back from an absence within two weeks."""
    starts = [start for shift in work.shifts for start in _starts(shift, now)]
    ends = [each.end for each in work.absences]
    moments = sorted(each for each in (*starts, *ends, now) if each >= now)
    return next((each for each in moments if is_present(work, each)), None)


def _is_on(shift: Shift, now: datetime) -> bool:
    local = now.astimezone(ZoneInfo(shift.time_zone))
    at, today = local.time().replace(tzinfo=None), local.isoweekday()
    if shift.start < shift.end:
        return today in shift.days and shift.start <= at < shift.end
    yesterday = (local - _DAY).isoweekday()
    return (today in shift.days and at >= shift.start) or (yesterday in shift.days and at < shift.end)


def _starts(shift: Shift, now: datetime) -> list[datetime]:
    zone = ZoneInfo(shift.time_zone)
    today = now.astimezone(zone).date()
    days = (today + number * _DAY for number in range(15))
    return [datetime.combine(day, shift.start, zone) for day in days if day.isoweekday() in shift.days]


def parse_shift(text: str) -> Shift | None:
    """`mon-fri 09:00-17:30 Europe/Berlin`, `sat,sun 22:00-06:00`; None when it is not understood."""
    words = text.split()
    if len(words) not in (2, 3):
        return None
    days, hours = _days(words[0].lower()), _hours(words[1])
    zone = words[2] if len(words) == 3 else "UTC"
    if not days or hours is None or not _is_zone(zone):
        return None
    return Shift(days=days, start=hours[0], end=hours[1], time_zone=zone)


_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _days(text: str) -> tuple[int, ...]:
    days: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        if first not in _NAMES or (last or first) not in _NAMES:
            return ()
        start, end = _NAMES.index(first), _NAMES.index(last or first)
        days += [(start + step) % 7 + 1 for step in range((end - start) % 7 + 1)]
    return tuple(sorted(set(days)))


def _hours(text: str) -> tuple[time, time] | None:
    first, _, last = text.partition("-")
    try:
        start, end = time.fromisoformat(first), time.fromisoformat("00:00" if last == "24:00" else last)
    except ValueError:
        return None
    return None if start.tzinfo or end.tzinfo else (start, end)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, KeyError, OSError):  # unknown names are KeyErrors, odd ones ValueErrors, folders OSErrors
        return False
    return True


def last_start(work: Work, now: datetime) -> datetime:
    """When the shift that is on began; the beginning of time for somebody without shifts."""
    starts = [start for shift in work.shifts for start in _starts(shift, now - _DAY) if start <= now]
    return max(starts, default=datetime.min.replace(tzinfo=UTC) + timedelta(days=2 * 366))
