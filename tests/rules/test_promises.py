"""What an acknowledgement may promise."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from rules.calendars import ALWAYS, Calendar
from rules.deadlines import Goal, Hours, Metric, Target
from rules.facts import TicketFacts
from rules.promises import promise
from rules.timing import Timing

SUNDAY = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OFFICE = Calendar(name="office", zone=UTC, week=(((540, 1020),),) * 5 + ((), ()))
TARGET = Target(name="all", goals={Metric.FIRST_REPLY: Goal(time=timedelta(hours=4))})
DETAILS = {"billing": {"en": ("the number",), "de": ("die Nummer",)}}
TIMING = Timing(hours=Hours(calendars={"always": ALWAYS}, default=OFFICE), targets=(TARGET,), details=DETAILS)
TICKET = TicketFacts(id=1, number=1, category="billing/refund", created_at=SUNDAY)


def test_a_closed_office_says_when_it_opens_and_when_it_answers() -> None:
    made = promise(TICKET, TIMING, "en", SUNDAY)
    assert (made.opens_at, made.answer_by) == (MONDAY, MONDAY + timedelta(hours=4))


def test_an_open_office_does_not_say_when_it_opens() -> None:
    made = promise(replace(TICKET, created_at=MONDAY), TIMING, "en", MONDAY)
    assert (made.opens_at, made.answer_by) == (None, MONDAY + timedelta(hours=4))


def test_who_is_answered_round_the_clock_is_not_told_of_office_hours() -> None:
    timing = replace(TIMING, targets=(replace(TARGET, calendar="always"),))
    made = promise(TICKET, timing, "en", SUNDAY)
    assert (made.opens_at, made.answer_by) == (None, SUNDAY + timedelta(hours=4))


def test_nothing_is_promised_without_a_target_or_when_it_has_passed() -> None:
    assert promise(TICKET, replace(TIMING, targets=()), "en", SUNDAY).answer_by is None
    assert promise(TICKET, TIMING, "en", MONDAY + timedelta(hours=5)).answer_by is None


def test_details_are_those_of_the_category_or_the_one_above_in_the_readers_language() -> None:
    asked = [promise(TICKET, TIMING, language, SUNDAY).details for language in ("de", "fr")]
    assert asked == [("die Nummer",), ("the number",)]
    assert promise(replace(TICKET, category="other"), TIMING, "en", SUNDAY).details == ()
