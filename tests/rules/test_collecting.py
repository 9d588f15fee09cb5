"""When collected notices go out."""

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest
from deskwork import DESK

from rules.collecting import is_collected, is_time, next_time, parse_times

ANNA = replace(DESK.agents[0], digest=True)
LISBON = replace(ANNA, digest_at=(time(8), time(13, 30)), time_zone="Europe/Lisbon")
VIENNA = replace(ANNA, digest_at=(time(2, 30),), time_zone="Europe/Vienna")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("agent", "after", "moment"),
    [
        (ANNA, "2026-11-22 10:01", "2026-11-22 11:00"),
        (ANNA, "2026-11-22 23:59", "2026-11-23 00:00"),
        (LISBON, "2026-11-22 07:59", "2026-11-22 08:00"),
        (LISBON, "2026-11-22 08:00", "2026-11-22 13:30"),
        (LISBON, "2026-11-22 14:00", "2026-11-23 08:00"),
        (LISBON, "2026-07-22 06:59", "2026-07-22 07:00"),
        (VIENNA, "2026-03-28 20:00", "2026-03-29 01:30"),
    ],
)
def test_notices_wait_for_the_full_hour_or_the_chosen_time_of_day(agent, after: str, moment: str) -> None:
    assert next_time(agent, at(after)) == at(moment)


@pytest.mark.parametrize("agent", [None, replace(ANNA, digest=False)])
def test_who_no_longer_wants_to_wait_gets_them_at_once(agent) -> None:
    assert is_time(agent, at("2026-11-22 10:01"), at("2026-11-22 10:02"))
    assert not is_time(ANNA, at("2026-11-22 10:01"), at("2026-11-22 10:59"))


def test_what_asks_back_does_not_wait() -> None:
    templates = ("customer-reply-notice", "held-notice", "command-result", "reminder-notice")
    assert [is_collected(ANNA, each) for each in templates] == [True, False, False, False]
    assert not is_collected(DESK.agents[0], "customer-reply-notice")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (True, (True, ())),
        (False, (False, ())),
        ("hourly", (True, ())),
        ("8:30", (True, (time(8, 30),))),
        (["13:00", "08:00"], (True, (time(8), time(13)))),
        ("daily", None),
        (["25:00"], None),
        ([], None),
        (8, None),
    ],
)
def test_the_wish_is_true_hourly_or_times(written: object, read: object) -> None:
    assert parse_times(written) == read
