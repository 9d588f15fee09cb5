"""Calendar parts say what they ask."""

import pytest

from parsers.calendars import read_invitations
from parsers.mail import Invitation

EVENT = """BEGIN:VCALENDAR
METHOD:REQUEST
PRODID:-//x//y
VERSION:2.0
BEGIN:VEVENT
UID:1
SUMMARY:Termin\\, wichtig
DTSTART:20261122T090000Z
DTEND:20261122T100000Z
LOCATION:Raum 1
ORGANIZER;CN=Ann:mailto:ann@b.example
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")


def test_an_invitation_is_understood() -> None:
    assert read_invitations(EVENT.encode()) == (
        Invitation(
            method="REQUEST",
            summary="Termin, wichtig",
            start="2026-11-22T09:00:00+00:00",
            end="2026-11-22T10:00:00+00:00",
            organiser="ann@b.example",
            location="Raum 1",
        ),
    )


TIMES = [
    ("DTSTART:20261122T090000Z", "2026-11-22T09:00:00+00:00"),
    ("DTSTART:20261122T090000", "2026-11-22T09:00:00"),
    ("DTSTART;VALUE=DATE:20261122", "2026-11-22"),
    ("DTSTART;TZID=Europe/Berlin:20261122T090000", "2026-11-22T09:00:00+01:00"),
    ("DTSTART;TZID=W. Europe Standard Time:20261122T090000", "2026-11-22T09:00:00+01:00"),
    ("DTSTART:nonsense", ""),
    ("X-NONE:1", ""),
]


@pytest.mark.parametrize(("line", "start"), TIMES)
def test_times_are_given_as_they_were_written(line: str, start: str) -> None:
    found = read_invitations(EVENT.replace("DTSTART:20261122T090000Z", line).encode())
    assert [invitation.start for invitation in found] == [start]


def test_the_method_may_stand_in_the_content_type_only() -> None:
    found = read_invitations(EVENT.replace("METHOD:REQUEST\r\n", "").encode(), "cancel")
    assert found[0].method == "CANCEL"


def test_fields_of_an_invitation_are_single_lines() -> None:
    found = read_invitations(EVENT.replace("Termin", "a\\nBcc: x\u202e").encode())
    assert found[0].summary == "a Bcc: x, wichtig"


UNREADABLE = [b"", b"hello", b"BEGIN:VCALENDAR", b"BEGIN:VCALENDAR\r\n" * 5000, EVENT.encode() * 2000]


@pytest.mark.parametrize("payload", UNREADABLE)
@pytest.mark.timeout(5)
def test_what_is_no_calendar_or_too_long_asks_nothing(payload: bytes) -> None:
    assert read_invitations(payload) == ()


HOSTILE_ZONE = (
    "BEGIN:VTIMEZONE\r\nTZID:x\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nRRULE:FREQ=SECONDLY\r\n"
    "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)


@pytest.mark.timeout(5)
def test_a_time_zone_that_changes_every_second_is_not_unrolled() -> None:
    text = EVENT.replace("BEGIN:VEVENT", HOSTILE_ZONE + "BEGIN:VEVENT").replace("DTSTART:", "DTSTART;TZID=x:")
    assert read_invitations(text.replace("090000Z", "090000").encode())[0].start == "2026-11-22T09:00:00"


LONG = [
    "X:1\r\n" * 12_000,
    "BEGIN:VEVENT\r\n" * 2_000 + "END:VEVENT\r\n" * 2_000,
    "X" + ";A=B" * 15_000 + ":1\r\n",
    "SUMMARY" + ";A=B" * 15_000 + ":1\r\n",
    "X:" + "\r\n a" * 15_000 + "\r\n",
    "SUMMARY:x\r\n" * 5_000,
]


@pytest.mark.parametrize("lines", LONG)
@pytest.mark.timeout(5)
def test_long_calendars_are_read_in_linear_time(lines: str) -> None:
    assert len(read_invitations(f"BEGIN:VCALENDAR\r\n{lines}END:VCALENDAR\r\n".encode())) <= 20
