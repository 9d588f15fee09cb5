"""Times as people type them: `3d`, `tomorrow 9:00`, `fri 17:00`, `2026-12-01`; and durations such as `1h30`."""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_FARTHEST = timedelta(days=5 * 366)
_MORNING = time(9)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_PART = re.compile(
    r"(\d{1,5}(?:[.,]\d{1,2})?) ?(minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w)(?![a-z])", re.IGNORECASE
)
_CLOCK = re.compile(r"(?:at )?(\d{1,2})(?:[:.h](\d{2})|h)? ?(am|pm)?", re.IGNORECASE)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})?")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def read_duration(text: str) -> timedelta | None:
    """`15m`, `1h30`, `1h 30m`, `1.5h`, `1:30`; a bare number is minutes. None when it is no duration or is empty."""
    plain = " ".join(text.lower().split())
    if plain.isascii() and plain.isdigit() and len(plain) <= 5:
        return timedelta(minutes=int(plain)) or None
    if match := re.fullmatch(r"(\d{1,3})(?::| ?h ?)(\d{2})", plain):
        return timedelta(hours=int(match[1]), minutes=int(match[2])) or None
    return _sum_of_parts(plain)


def _sum_of_parts(plain: str) -> timedelta | None:
    total, rest = timedelta(), _PART.sub("", plain)
    if rest.replace("and", "").replace(",", "").strip():
        return None
    for amount, unit in _PART.findall(plain):
        total += timedelta(**{_UNITS[unit[0].lower()]: float(amount.replace(",", "."))})
    return total or None


def read_moment(text: str, now: datetime, zone: tzinfo = UTC) -> datetime | None:
    """The instant meant, in UTC; None when it is not understood, not in the future, or more than five years away.

    Days without a time mean nine in the morning in `zone`; a time without a day is the next such time.
    """
    plain = " ".join(text.lower().removeprefix("in ").split())
    local = now.astimezone(zone)
    duration = None if plain.isdigit() else _sum_of_parts(plain)
    moment = local + duration if duration else _on_a_day(plain, local) or _next_time(plain, local)
    if moment is None:
        return None
    moment = moment.astimezone(UTC)
    return moment if now < moment <= now + _FARTHEST else None


def _on_a_day(plain: str, local: datetime) -> datetime | None:
    for length in range(len(words := plain.split()), 0, -1):
        day = _day(" ".join(words[:length]), local.date())
        if day:
            rest = " ".join(words[length:])
            at = _time(rest) if rest else _MORNING
            return None if at is None else datetime.combine(day, at, local.tzinfo)
    return None


def _day(words: str, today: date) -> date | None:
    if words == "today":
        return today
    if words in ("tomorrow", "next day"):
        return today + timedelta(days=1)
    if words == "next week":
        return today + timedelta(days=7 - today.weekday())
    return _weekday(words.removeprefix("next "), today) or _written_date(words, today)


def _weekday(word: str, today: date) -> date | None:
    """The next such day, never today."""
    hits = [number for number, name in enumerate(_WEEKDAYS) if len(word) >= 3 and name.startswith(word)]
    return today + timedelta(days=(hits[0] - today.weekday() - 1) % 7 + 1) if len(hits) == 1 else None


def _written_date(words: str, today: date) -> date | None:
    try:
        if match := _ISO.fullmatch(words):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := _DOTTED.fullmatch(words):
            day = date(int(match[3] or today.year), int(match[2]), int(match[1]))
            return day if match[3] or day >= today else day.replace(year=today.year + 1)
    except ValueError:
        return None
    return None


def _next_time(plain: str, local: datetime) -> datetime | None:
    """A bare number is no time of day."""
    at = _time(plain) if not plain.isdigit() else None
    if at is None:
        return None
    today = datetime.combine(local.date(), at, local.tzinfo)
    return today if today > local else today + timedelta(days=1)


def _time(text: str) -> time | None:
    match = _CLOCK.fullmatch("12:00" if text == "noon" else text)
    if match is None:
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0) if 1 <= hour <= 12 else 99
    return time(hour, minute) if hour < 24 and minute < 60 else None
