"""What a ticket's history adds to the figures: how long, in time or not, at first contact or not."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rules.calendars import Calendar
from rules.deadlines import Goal, Hours, Metric, Step, StepKind, Target
from rules.facts import Status, TicketFacts
from rules.measures import Measure, measures
from rules.timing import Timing

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # 09:00 in Berlin
OFFICE = Calendar(name="office", zone=ZoneInfo("Europe/Berlin"), week=(((540, 1020),),) * 5 + ((), ()))
FOUR_HOURS = Target(name="all", goals={Metric.FIRST_REPLY: Goal(time=timedelta(hours=4))})
TIMING = Timing(hours=Hours(default=OFFICE), targets=(FOUR_HOURS,))
TICKET = TicketFacts(id=1, number=1001, requester="kim@customer.example")
WROTE, REPLIED = StepKind.CUSTOMER_WROTE, StepKind.AGENT_REPLIED
SOLVED, OPEN, PENDING, SPAM = Status.SOLVED, Status.OPEN, Status.PENDING, Status.SPAM
What = StepKind | Status


def found(*steps: tuple[float, What], timing: Timing = TIMING, who: str = "ada") -> dict[str, list[Measure]]:
    """The measures of a ticket made on Monday at nine, by name; steps by their hour since then."""
    history = [Step(at=MONDAY, kind=StepKind.CREATED)]
    for hours, what in steps:
        at = MONDAY + timedelta(hours=hours)
        is_status = isinstance(what, Status)
        history.append(
            Step(at=at, kind=StepKind.STATUS, status=what)
            if is_status
            else Step(at=at, kind=what, who=who if what is REPLIED else "")
        )
    by_name: dict[str, list[Measure]] = {}
    for each in measures(TICKET, tuple(history), timing):
        by_name.setdefault(each.name, []).append(each)
    return by_name


def test_the_first_reply_is_measured_in_business_and_in_calendar_time() -> None:
    [reply] = found((0, WROTE), (26, REPLIED))["first_reply"]
    assert (reply.business_minutes, reply.calendar_minutes, reply.agent) == (10 * 60, 26 * 60, "ada")


def test_a_promise_is_kept_up_to_its_goal_and_missed_at_the_moment_after() -> None:
    assert found((0, WROTE), (4, REPLIED))["first_reply"][0].missed_at is None
    assert found((0, WROTE), (5, REPLIED))["first_reply"][0].missed_at == MONDAY + timedelta(hours=4)


def test_an_open_ticket_says_when_it_will_be_missed() -> None:
    [waiting] = found((0, WROTE))["first_reply"]
    assert (waiting.ended_at, waiting.missed_at) == (None, MONDAY + timedelta(hours=4))


def test_without_any_target_lengths_are_measured_and_no_promise_is() -> None:
    [reply] = found((0, WROTE), (5, REPLIED), timing=Timing(hours=Hours(default=OFFICE)))["first_reply"]
    assert (reply.business_minutes, reply.goal_minutes, reply.missed_at) == (300, None, None)


def test_resolution_leaves_out_the_time_that_the_customer_was_waited_for() -> None:
    steps = ((0, WROTE), (1, REPLIED), (1, PENDING), (3, WROTE), (3, OPEN), (4, SOLVED))
    [resolution] = found(*steps)["resolution"]
    assert (resolution.business_minutes, resolution.calendar_minutes) == (120, 240)


@pytest.mark.parametrize(
    ("steps", "first_contact", "reopened"),
    [
        ([(1, REPLIED), (1, SOLVED)], 1, 0),
        ([(1, REPLIED), (2, REPLIED), (2, SOLVED)], 0, 0),
        ([(1, SOLVED)], 0, 0),
        ([(1, REPLIED), (1, SOLVED), (72, OPEN)], 0, 1),
        ([(1, REPLIED), (1, SOLVED), (74, OPEN)], 1, 1),
        ([(1, REPLIED), (1, SOLVED), (5, REPLIED), (5, PENDING), (6, SOLVED)], 1, 0),
    ],
    ids=["one answer", "two answers", "no answer", "back in 71 hours", "back in 73 hours", "an afterthought"],
)
def test_solved_at_first_contact_takes_one_answer_and_no_return_in_three_days(
    steps: list[tuple[float, What]], first_contact: int, reopened: int
) -> None:
    by_name = found((0, WROTE), *steps)
    assert (by_name["first_contact"][0].value, by_name["reopened"][0].value) == (first_contact, reopened)


@pytest.mark.parametrize(
    ("steps", "again"),
    [([(1, REPLIED), (2, WROTE)], 0), ([(1, WROTE), (2, REPLIED)], 1), ([(1, WROTE)], 1)],
    ids=["after the answer", "before it", "no answer yet"],
)
def test_a_customer_who_writes_twice_before_the_first_answer_wrote_again(
    steps: list[tuple[float, What]], again: int
) -> None:
    assert found((0, WROTE), *steps)["wrote_again"][0].value == again


def test_what_an_agent_began_is_answered_later_and_nobody_wrote_again() -> None:
    by_name = found((0, REPLIED), (1, WROTE), (2, REPLIED))
    assert by_name["first_reply"][0].started_at == MONDAY + timedelta(hours=1)
    assert "wrote_again" not in by_name


def test_the_backlog_knows_each_stretch_that_something_was_left_to_do() -> None:
    stretches = found((0, WROTE), (1, SOLVED), (3, OPEN), (5, SOLVED), (6, OPEN))["unfinished"]
    hours = [(each.started_at - MONDAY, each.ended_at and each.ended_at - MONDAY) for each in stretches]
    hour = timedelta(hours=1)
    assert hours == [(0 * hour, hour), (3 * hour, 5 * hour), (6 * hour, None)]


def test_spam_is_not_solved() -> None:
    assert "first_contact" not in found((0, WROTE), (1, SPAM))
