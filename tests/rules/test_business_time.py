"""Business time against a walk minute by minute, across every kind of change of the clock."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from minute_walk import Office, parse_moment

from rules.calendars import (
    ALWAYS,
    Calendar,
    NeverOpen,
    SpecialDay,
    add_business_time,
    business_time_between,
    is_open,
    next_opening,
    open_intervals,
    usual_day,
)

CASES = [
    line.split("\t")
    for line in (Path(__file__).parent / "business_time.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
MINUTE = timedelta(minutes=1)


def calendar_of(office: Office) -> Calendar:
    spans = tuple((start, end) for start, end in office.spans)
    return Calendar(
        name="case",
        zone=office.zone,
        week=tuple(spans if day in office.days else () for day in range(7)),
        special={day: SpecialDay(name="closed") for day in office.closed},
    )


def berlin(*spans: tuple[int, int], days: int = 5, special: dict[date, SpecialDay] | None = None) -> Calendar:
    week = tuple(spans if day < days else () for day in range(7))
    return Calendar(name="berlin", zone=ZoneInfo("Europe/Berlin"), week=week, special=special or {})


def test_the_table_has_two_hundred_cases_in_many_zones() -> None:
    assert len(CASES) == 200
    assert {"Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia"} < {office.split()[0] for office, *_ in CASES}


@pytest.mark.parametrize(("office", "start", "minutes", "end"), CASES)
def test_business_time_ends_when_the_table_says(office: str, start: str, minutes: str, end: str) -> None:
    calendar, amount = calendar_of(Office(office)), timedelta(minutes=int(minutes))
    assert add_business_time(calendar, parse_moment(start), amount) == parse_moment(end)
    assert business_time_between(calendar, parse_moment(start), parse_moment(end)) == amount


@given(
    office=st.sampled_from(sorted({office for office, *_ in CASES})),
    offset=st.integers(0, 2 * 365 * 24 * 60),
    minutes=st.integers(1, 3000),
)
@settings(max_examples=60, deadline=None)
def test_any_stretch_counts_as_a_walk_minute_by_minute_does(office: str, offset: int, minutes: int) -> None:
    first = datetime(2025, 1, 1, tzinfo=UTC) + offset * MINUTE
    reference = Office(office)
    counted = business_time_between(calendar_of(reference), first, first + minutes * MINUTE)
    assert counted == reference.between(first, first + minutes * MINUTE) * MINUTE


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)], ids=["spring", "autumn", "plain"]
)
def test_a_day_has_as_many_hours_as_the_zone_gives_it(day: str, hours: int) -> None:
    zone = ZoneInfo("Europe/Berlin")
    midnight = datetime.fromisoformat(day).replace(tzinfo=zone)
    calendar = berlin((0, 1440), days=7)
    counted = business_time_between(calendar, midnight, (midnight + timedelta(days=1)))
    assert counted == timedelta(hours=hours)


def test_hours_that_open_inside_the_gap_open_when_the_clock_changes() -> None:
    [interval] = open_intervals(
        berlin((150, 300), days=7), parse_moment("2026-03-29T00:00"), parse_moment("2026-03-29T12:00")
    )
    assert interval == (parse_moment("2026-03-29T01:00"), parse_moment("2026-03-29T03:00"))


def test_hours_that_lie_wholly_inside_the_gap_are_no_hours() -> None:
    calendar = berlin((130, 170), days=7)
    assert not list(open_intervals(calendar, parse_moment("2026-03-29T00:00"), parse_moment("2026-03-29T12:00")))


def test_time_that_is_up_at_closing_is_not_carried_to_the_next_morning() -> None:
    friday = parse_moment("2026-11-20T12:00")
    assert add_business_time(berlin((540, 1020)), friday, timedelta(hours=4)) == parse_moment("2026-11-20T16:00")
    assert add_business_time(berlin((540, 1020)), friday, timedelta(minutes=241)) == parse_moment("2026-11-23T08:01")


def test_a_special_day_replaces_the_weekday() -> None:
    half = {date(2026, 12, 24): SpecialDay(name="Christmas Eve", spans=((540, 720),))}
    calendar = berlin((540, 1020), special=half)
    assert add_business_time(calendar, parse_moment("2026-12-24T08:00"), timedelta(hours=4)) == parse_moment(
        "2026-12-25T09:00"
    )


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-20T07:59", "2026-11-20T08:00"),
        ("2026-11-20T08:00", "2026-11-20T08:00"),
        ("2026-11-20T15:59", "2026-11-20T15:59"),
        ("2026-11-20T16:00", "2026-11-23T08:00"),
        ("2026-11-21T12:00", "2026-11-23T08:00"),
    ],
)
def test_the_next_opening_is_now_while_the_office_is_open(at: str, opens: str) -> None:
    calendar = berlin((540, 1020))
    assert next_opening(calendar, parse_moment(at)) == parse_moment(opens)
    assert is_open(calendar, parse_moment(at)) == (at == opens)


def test_no_time_ends_where_it_starts_and_backwards_there_is_none() -> None:
    moment = parse_moment("2026-11-21T12:00")
    assert add_business_time(berlin((540, 1020)), moment, timedelta()) == moment
    assert business_time_between(ALWAYS, moment, moment - MINUTE) == timedelta()


def test_a_calendar_that_never_opens_says_so_instead_of_searching_for_ever() -> None:
    with pytest.raises(NeverOpen):
        add_business_time(berlin(), parse_moment("2026-11-21T12:00"), MINUTE)
    with pytest.raises(NeverOpen):
        next_opening(berlin(), parse_moment("2026-11-21T12:00"))


def test_a_business_day_is_as_long_as_the_longest_of_the_week() -> None:
    assert usual_day(berlin((540, 720), (780, 1020))) == timedelta(hours=7)
