"""The weekly mail: to whom, when, with which figures, and what it looks like."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from ticking_desks import ADA, BEN, TickingDesk

WEDNESDAY = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
FOR_LONG = 60 * 24 * 30
ROOT = "root@desk.example"


@pytest.fixture
def desk(store, clock) -> TickingDesk:
    """A desk on a Wednesday at ten, with a ticket that was answered after an hour."""
    clock.jump(WEDNESDAY)
    desk = TickingDesk(store, clock)
    desk.customer_writes()
    desk.wait(hours=1)
    desk.agent_answers(notice=0)
    return desk


def wake(desk: TickingDesk, day: int, hour: int, minute: int = 0) -> None:
    """Nothing happens until then."""
    desk.wait_until(datetime(2026, 11, day, hour, minute, tzinfo=UTC), step_minutes=FOR_LONG)


def weeklies(desk: TickingDesk, to: str) -> list[tuple[str, str]]:
    return [(f"{each.date:%a %d %H:%M}", each.subject) for each in desk.sent_to(to) if "in figures" in each.subject]


def digests(desk: TickingDesk, **changes: object) -> None:
    timing = desk.policy.timing
    desk.policy = replace(desk.policy, timing=replace(timing, digests=replace(timing.digests, **changes)))


def test_on_monday_morning_the_admins_get_the_figures_of_last_week_once(desk: TickingDesk) -> None:
    wake(desk, 23, 7, 59)
    assert weeklies(desk, ROOT) == []
    wake(desk, 23, 8)
    wake(desk, 24, 8)
    assert weeklies(desk, ROOT) == [("Mon 23 08:00", "Example support: last week in figures")]
    assert weeklies(desk, ADA) == weeklies(desk, ROOT)
    assert weeklies(desk, BEN) == []


def test_it_says_how_it_was_beside_the_week_before_in_text_and_in_cells_of_colour(desk: TickingDesk) -> None:
    wake(desk, 23, 8)
    mail = next(each for each in desk.sent_to(ROOT) if "in figures" in each.subject)
    assert "16 to 22 November 2026" in mail.text
    text = " ".join(mail.text.split())
    assert "| First reply, median, business time | 1 h 00 min | - | | 1 |" in text
    assert "████████████" in mail.text
    assert 'bgcolor="#4f8fe6" width="120"' in mail.html


def test_a_team_gets_its_own_figures(desk: TickingDesk) -> None:
    teams = desk.policy.desk.teams
    desk.policy = replace(desk.policy, desk=replace(desk.policy.desk, teams=(*teams, replace(teams[0], name="other"))))
    wake(desk, 23, 8)
    assert ("Mon 23 08:00", "Example support: team support, last week in figures") in weeklies(desk, ADA)
    assert not any("team other" in subject for _, subject in weeklies(desk, ADA))


def test_it_is_sent_later_in_the_week_when_monday_was_missed_and_not_when_switched_off(desk: TickingDesk) -> None:
    digests(desk, weekly=False)
    wake(desk, 25, 10)
    assert weeklies(desk, ROOT) == []
    digests(desk, weekly=True)
    desk.tick()
    assert [when for when, _ in weeklies(desk, ROOT)] == ["Wed 25 10:00"]


@pytest.mark.parametrize("wanted", [True, False])
def test_points_and_badges_are_there_for_those_who_want_them(desk: TickingDesk, wanted: bool) -> None:
    digests(desk, points=wanted)
    wake(desk, 23, 8)
    mail = next(each for each in desk.sent_to(ROOT) if "in figures" in each.subject)
    assert ("Points and badges" in mail.text) is wanted


def test_a_week_in_which_nothing_happened_is_not_reported(store, clock) -> None:
    clock.jump(WEDNESDAY)
    desk = TickingDesk(store, clock)
    wake(desk, 25, 10)
    assert weeklies(desk, ROOT) == []


def test_each_agents_own_list_goes_out_in_the_morning_of_an_open_day(desk: TickingDesk) -> None:
    desk.customer_writes(subject="Another printer")
    for day in range(19, 24):
        wake(desk, day, 7, 59)
        wake(desk, day, 8)
    lists = [each for each in desk.sent_to(BEN) if "tickets today" in each.subject]
    assert [f"{each.date:%a %d %H:%M}" for each in lists][1:] == ["Thu 19 08:00", "Fri 20 08:00", "Mon 23 08:00"]
    assert "### Overdue (1)" in lists[-1].text
    assert "Another printer" in lists[-1].text
