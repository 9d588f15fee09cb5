"""Dates are read as the instants that were meant, or not at all."""

from datetime import UTC, datetime

import pytest

from parsers.dates import read_date

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

SAME_INSTANT = [
    "Sun, 22 Nov 2026 12:00:00 +0000",
    "Sun, 22 Nov 2026 13:00:00 +0100 (CET)",
    "22 Nov 2026 04:00 PST",
    "Sun, 22 Nov 26 12:00:00 GMT",
    "Sun, 22 Nov 126 12:00:00 UT",
    "Sunday, 22-Nov-2026 12:00:00 Z",
    "Sun Nov 22 12:00:00 2026",
    "Sun Nov 22 13:00:00 CET 2026",
    "November 22, 2026 12:00 PM",
    "Nov 22, 2026, 12:00:00 PM UTC",
    "2026-11-22T12:00:00Z",
    "2026-11-22 17:30:00+05:30",
    "Sun, 22 Nov 2026 12.00.00 -0000",
    "Sun, 22 Nov 2026 12:00:00 GMT+00:00",
    "Sun,22 Nov 2026 12:00:00 +0000",
    "Sun, 22 Nov 2026 12:00:00 XYZ",
    "Sun, 22 (day) Nov 2026 12:00:00",
]


@pytest.mark.parametrize("text", SAME_INSTANT)
def test_forms_that_are_really_sent_are_read(text: str) -> None:
    assert read_date(text) == NOON


NO_DATES = [
    "", "junk", "Sun, 22 Nov", "Sun, 31 Feb 2026 12:00:00 +0000", "Sun, 22 Foo 2026 12:00:00 +0000",
    "Fri, 31 Dec 9999 23:59:59 -0100", "Sun, 22 Nov 99999 12:00:00", "Sun, 22 Nov 2026 25:00:00 +0000",
    "Sun, 22 Nov 2026 12:00:00 +9999", "Mon, 01 Jan 0000 00:00:00 +0000", "1" * 100_000, "(" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("text", NO_DATES)
def test_what_is_no_date_gives_none(text: str) -> None:
    assert read_date(text) is None


def test_a_leap_second_is_the_second_before() -> None:
    assert read_date("Sat, 31 Dec 2016 23:59:60 +0000") == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_an_absurd_zone_is_no_zone() -> None:
    assert read_date("Sun, 22 Nov 2026 12:00:00 +999999999999") is None
