"""What a calendar part asks of its reader (RFC 5545, RFC 5546, RFC 6047), read by icalendar under a size cap."""

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

import icalendar

from parsers.headers import clean_line
from parsers.limits import MAX_CALENDAR_BYTES, MAX_INVITATIONS
from parsers.mail import Invitation

_COMPONENTS = frozenset({"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY"})


def read_invitations(payload: bytes, method: str = "") -> tuple[Invitation, ...]:
    """One Invitation a component; `method` is the Content-Type's. Too long or unreadable calendars give none."""
    if len(payload) > MAX_CALENDAR_BYTES or b"BEGIN:VCALENDAR" not in payload[:1024].upper():
        return ()
    try:
        calendars = icalendar.Calendar.from_ical(payload, multiple=True)
        return tuple(islice(_invitations(calendars, method), MAX_INVITATIONS))
    except Exception:  # the library parses lazily and raises what its parts raise
        return ()


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
    moment = getattr(value, "dt", None)
    return moment.isoformat() if isinstance(moment, date) else ""
