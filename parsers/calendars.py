"""What a calendar part asks of its reader (RFC 5545, RFC 5546, RFC 6047), read by icalendar under a size cap."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

import icalendar

from parsers.headers import clean_line
from parsers.limits import MAX_CALENDAR_BYTES, MAX_INVITATIONS
from parsers.mail import Invitation

_COMPONENTS = frozenset({"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY"})
_FOLD = re.compile(rb"\r?\n[ \t]")
_WANTED_LINE = re.compile(
    rb"(?:BEGIN|END):V(?:CALENDAR|EVENT|TODO|JOURNAL|FREEBUSY)\s*$"
    rb"|(?:METHOD|SUMMARY|DTSTART|DTEND|DUE|ORGANIZER|LOCATION)[;:]",
    re.IGNORECASE,
)
_SKIPPED_BLOCK = re.compile(rb"(BEGIN|END):V(?:TIMEZONE|ALARM)\s*$", re.IGNORECASE)
_MAX_LINES = 1_000


def read_invitations(payload: bytes, method: str = "") -> tuple[Invitation, ...]:
    """One Invitation a component; `method` is the Content-Type's. Too long or unreadable calendars give none."""
    if len(payload) > MAX_CALENDAR_BYTES or b"BEGIN:VCALENDAR" not in payload[:1024].upper():
        return ()
    try:
        calendars = icalendar.Calendar.from_ical(_essence(payload), multiple=True)
        return tuple(islice(_invitations(calendars, method), MAX_INVITATIONS))
    except Exception:  # the library raises what any of its parts raise
        return ()


def _essence(payload: bytes) -> bytes:
    """Only the lines an Invitation is made of.

    A time zone with a recurrence every second keeps the library busy for ever, and recurrences, alarms and unknown
    properties cost time for nothing. Zones are known by name without their definition.
    """
    kept: list[bytes] = []
    is_skipping = False
    for line in _FOLD.sub(b"", payload).splitlines():
        if found := _SKIPPED_BLOCK.match(line):
            is_skipping = found[1].upper() == b"BEGIN"
        elif not is_skipping and _WANTED_LINE.match(line):
            kept.append(line)
    return b"\r\n".join(kept[:_MAX_LINES]) + b"\r\n"


def _invitations(calendars: list[Any], method: str) -> Iterator[Invitation]:
    for calendar in calendars:
        asked = str(calendar.get("METHOD", "") or method).upper()
        for component in calendar.walk():
            if component.name in _COMPONENTS:
                yield Invitation(
                    method=clean_line(asked).text,
                    summary=_line(component.get("SUMMARY")),
                    start=_moment(component.get("DTSTART")),
                    end=_moment(component.get("DTEND") or component.get("DUE")),
                    organiser=_line(component.get("ORGANIZER")).removeprefix("mailto:").removeprefix("MAILTO:"),
                    location=_line(component.get("LOCATION")),
                )


def _line(value: object) -> str:
    return clean_line(str(value)).text if value is not None else ""


def _moment(value: Any) -> str:
    """A date or a time as the sender wrote it, in ISO 8601; without offset where none was given."""
    try:
        moment = getattr(value, "dt", None)
    except icalendar.error.BrokenCalendarProperty:
        return ""
    return moment.isoformat() if isinstance(moment, date) else ""
