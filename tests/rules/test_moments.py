"""Times and durations as people type them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rules.moments import read_duration, read_moment

SUNDAY = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
VIENNA = ZoneInfo("Europe/Vienna")

MOMENTS = [
    ("3d", "2026-11-25 10:00"),
    ("in 3 days", "2026-11-25 10:00"),
    ("1h 30m", "2026-11-22 11:30"),
    ("2 weeks", "2026-12-06 10:00"),
    ("tomorrow", "2026-11-23 08:00"),
    ("Tomorrow 17:00", "2026-11-23 16:00"),
    ("fri 17:00", "2026-11-27 16:00"),
    ("friday at 5pm", "2026-11-27 16:00"),
    ("sunday", "2026-11-29 08:00"),
    ("next monday", "2026-11-23 08:00"),
    ("next week", "2026-11-23 08:00"),
    ("2026-12-01", "2026-12-01 08:00"),
    ("2026-12-01 14:30", "2026-12-01 13:30"),
    ("1.12.", "2026-12-01 08:00"),
    ("1.2.", "2027-02-01 08:00"),
    ("17:00", "2026-11-22 16:00"),
    ("9am", "2026-11-23 08:00"),
    ("noon", "2026-11-22 11:00"),
    ("2027-07-01 9:00", "2027-07-01 07:00"),
]


@pytest.mark.parametrize(("typed", "meant"), MOMENTS, ids=[row[0] for row in MOMENTS])
def test_a_moment_is_read_in_the_agents_own_time_zone(typed, meant):
    assert f"{read_moment(typed, SUNDAY, VIENNA):%Y-%m-%d %H:%M}" == meant


NOT_MOMENTS = [
    "",
    "x",
    "7",
    "99",
    "today 9:00",
    "2020-01-01",
    "31.2.",
    "25:00",
    "13pm",
    "never",
    "9000d",
    "t",
    "2026-13-01",
]


@pytest.mark.parametrize("typed", NOT_MOMENTS)
def test_what_is_past_far_or_no_time_is_not_guessed(typed):
    assert read_moment(typed, SUNDAY, VIENNA) is None


DURATIONS = [
    ("15m", 15),
    ("15", 15),
    ("1h30", 90),
    ("1:30", 90),
    ("1h 30m", 90),
    ("1.5h", 90),
    ("1,5 hours", 90),
    ("2 days", 2880),
]


@pytest.mark.parametrize(("typed", "minutes"), DURATIONS, ids=[row[0] for row in DURATIONS])
def test_a_duration_is_read(typed, minutes):
    assert read_duration(typed) == timedelta(minutes=minutes)


@pytest.mark.parametrize("typed", ["", "0", "x", "15x", "-5m", "m", "1h x"])
def test_what_is_no_duration_is_not_guessed(typed):
    assert read_duration(typed) is None
