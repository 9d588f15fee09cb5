"""Clocks of a ticket: what starts, pauses and ends them, and what they say when taken apart."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rules.calendars import Calendar
from rules.deadlines import Clock, Goal, Hours, Metric, Step, StepKind, Target, clocks, explain, target_for
from rules.facts import Priority, Status, TicketFacts

HOUR = timedelta(hours=1)
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # 09:00 in Berlin
OFFICE = Calendar(name="office", zone=ZoneInfo("Europe/Berlin"), week=(((540, 1020),),) * 5 + ((), ()))
HOURS = Hours(calendars={"office": OFFICE}, default=OFFICE)
GOALS = {
    Metric.FIRST_REPLY: Goal(time=4 * HOUR),
    Metric.NEXT_REPLY: Goal(time=8 * HOUR),
    Metric.UPDATE: Goal(days=2),
    Metric.RESOLUTION: Goal(days=3),
}
NORMAL = Target(name="normal", goals=GOALS, grace=timedelta(minutes=5))
TICKET = TicketFacts(id=1, number=1001, team="support", requester="kim@customer.example")
CREATED, WROTE, REPLIED, STATUS = StepKind.CREATED, StepKind.CUSTOMER_WROTE, StepKind.AGENT_REPLIED, StepKind.STATUS


def after(hours: float, kind: StepKind, status: Status | None = None) -> Step:
    return Step(at=MONDAY + timedelta(hours=hours), kind=kind, status=status)


def measured(*steps: Step, target: Target = NORMAL, ticket: TicketFacts = TICKET) -> dict[Metric, list[Clock]]:
    found: dict[Metric, list[Clock]] = {}
    for clock in clocks(ticket, (after(0, CREATED), *steps), (target,), HOURS):
        found.setdefault(clock.metric, []).append(clock)
    return found


def test_the_first_reply_is_due_in_business_hours_from_creation() -> None:
    [clock] = measured(after(0, WROTE))[Metric.FIRST_REPLY]
    assert clock.due_at == MONDAY + 4 * HOUR
    assert clock.is_running


def test_a_second_mail_does_not_start_the_clock_again() -> None:
    [clock] = measured(after(0, WROTE), after(3, WROTE))[Metric.FIRST_REPLY]
    assert clock.started_at == MONDAY


def test_the_first_public_answer_ends_the_first_clock_and_the_next_mail_starts_the_next() -> None:
    found = measured(after(0, WROTE), after(2, REPLIED), after(3, WROTE), after(3.5, WROTE))
    [first], [following] = found[Metric.FIRST_REPLY], found[Metric.NEXT_REPLY]
    assert (first.ended_at, first.elapsed(MONDAY + 9 * HOUR)) == (MONDAY + 2 * HOUR, 2 * HOUR)
    assert (following.started_at, following.due_at) == (MONDAY + 3 * HOUR, MONDAY + 27 * HOUR)


def test_setting_a_ticket_to_pending_without_answering_does_not_stop_the_wait_for_an_answer() -> None:
    [clock] = measured(after(0, WROTE), after(1, STATUS, Status.PENDING))[Metric.FIRST_REPLY]
    assert clock.due_at == MONDAY + 4 * HOUR


def test_the_time_a_customer_takes_does_not_count_towards_the_solution() -> None:
    [clock] = measured(
        after(0, WROTE), after(1, REPLIED), after(1, STATUS, Status.PENDING), after(5, STATUS, Status.OPEN)
    )[Metric.RESOLUTION]
    assert clock.elapsed(MONDAY + 6 * HOUR) == 2 * HOUR
    assert clock.due_at == MONDAY + timedelta(days=3) + 4 * HOUR


def test_a_clock_that_stands_still_is_due_at_no_time() -> None:
    [clock] = measured(after(0, WROTE), after(1, STATUS, Status.ON_HOLD))[Metric.RESOLUTION]
    assert clock.due_at is None
    assert not clock.is_running


def test_a_goal_that_was_passed_before_a_pause_stays_passed() -> None:
    [clock] = measured(after(0, WROTE), after(24 * 8, STATUS, Status.ON_HOLD))[Metric.RESOLUTION]
    assert clock.due_at == MONDAY + timedelta(days=2) + 8 * HOUR
    assert clock.is_missed(MONDAY + timedelta(days=20))


def test_solving_ends_the_clock_and_reopening_lets_it_run_on() -> None:
    solved = (after(0, WROTE), after(2, STATUS, Status.SOLVED))
    [clock] = measured(*solved)[Metric.RESOLUTION]
    assert (clock.ended_at, clock.elapsed(MONDAY + 7 * HOUR)) == (MONDAY + 2 * HOUR, 2 * HOUR)
    [clock] = measured(*solved, after(5, STATUS, Status.OPEN))[Metric.RESOLUTION]
    assert (clock.ended_at, clock.elapsed(MONDAY + 7 * HOUR)) == (None, 4 * HOUR)


def test_an_update_is_owed_after_each_answer_while_it_is_our_turn() -> None:
    found = measured(
        after(0, WROTE), after(1, REPLIED), after(1, STATUS, Status.PENDING), after(2, STATUS, Status.OPEN)
    )
    [clock] = found[Metric.UPDATE]
    assert clock.due_at == MONDAY + timedelta(days=2) + 2 * HOUR


def test_a_ticket_that_an_agent_starts_owes_no_first_reply_until_the_customer_writes() -> None:
    found = measured(after(0, REPLIED), after(2, WROTE))
    assert [clock.started_at for clock in found[Metric.FIRST_REPLY]] == [MONDAY + 2 * HOUR]
    assert Metric.NEXT_REPLY not in found


def test_grace_counts_as_late_only_after_it_has_passed() -> None:
    [clock] = measured(after(0, WROTE))[Metric.FIRST_REPLY]
    late = [clock.is_missed(MONDAY + 4 * HOUR + timedelta(minutes=minutes)) for minutes in (0, 5, 6)]
    assert late == [False, False, True]


@pytest.mark.parametrize(("percent", "hours"), [(50, 2), (75, 3), (100, 4), (125, 5)])
def test_a_clock_knows_when_it_reaches_a_share_of_its_goal(percent: int, hours: int) -> None:
    [clock] = measured(after(0, WROTE))[Metric.FIRST_REPLY]
    assert clock.reached(clock.goal * percent / 100) == MONDAY + hours * HOUR


@pytest.mark.parametrize(
    ("ticket", "name"),
    [
        ({"priority": Priority.P1}, "urgent"),
        ({"team": "network"}, "network"),
        ({"requester": "boss@vip.example"}, "vip"),
        ({}, "rest"),
    ],
)
def test_the_first_target_that_matches_counts(ticket: dict[str, object], name: str) -> None:
    targets = (
        Target(name="urgent", priorities=frozenset({Priority.P1}), goals={Metric.RESOLUTION: Goal(time=1 * HOUR)}),
        Target(name="network", teams=frozenset({"network"}), goals={Metric.RESOLUTION: Goal(time=2 * HOUR)}),
        Target(name="vip", organisations=frozenset({"vip.example"}), goals={Metric.RESOLUTION: Goal(time=3 * HOUR)}),
        Target(name="rest", goals={Metric.RESOLUTION: Goal(time=4 * HOUR)}),
    )
    facts = TicketFacts(**{"id": 1, "number": 1, "requester": "kim@customer.example"} | ticket)  # type: ignore[arg-type]
    [clock] = clocks(facts, (after(0, CREATED),), targets, HOURS)
    assert targets[int(clock.goal / HOUR) - 1].name == name


def test_the_target_that_a_rule_names_counts_before_those_that_match() -> None:
    gold = replace(NORMAL, name="gold", teams=frozenset({"elsewhere"}))
    named = replace(TICKET, fields=(("deadlines", "gold"),))
    assert target_for(named, (NORMAL, gold)) is gold
    assert target_for(replace(TICKET, fields=(("deadlines", "gone"),)), (NORMAL, gold)) is NORMAL


def test_a_target_may_name_a_calendar_of_its_own() -> None:
    always = Target(name="urgent", calendar="always", goals={Metric.FIRST_REPLY: Goal(time=15 * HOUR)})
    hours = Hours(calendars={"always": Hours().default, "office": OFFICE}, default=OFFICE)
    [clock] = clocks(TICKET, (after(0, CREATED),), (always,), hours)
    assert clock.due_at == MONDAY + 15 * HOUR


def test_hours_are_the_customers_then_the_teams_then_the_mailboxs() -> None:
    names = ("customer", "team", "mailbox", "default")
    each = {name: Calendar(name=name, zone=UTC, week=(((0, 60),),) * 7) for name in names}
    hours = Hours(
        calendars=each,
        default=each["default"],
        by_organisation={"customer.example": "customer"},
        by_team={"support": "team"},
        by_mailbox={"box": "mailbox"},
    )
    tickets = [
        TicketFacts(id=1, number=1, requester="a@customer.example", team="support", mailbox="box"),
        TicketFacts(id=1, number=1, requester="a@b.example", team="support", mailbox="box"),
        TicketFacts(id=1, number=1, requester="a@b.example", mailbox="box"),
        TicketFacts(id=1, number=1),
    ]
    assert tuple(hours.of(ticket).name for ticket in tickets) == names


def test_an_explanation_adds_up_to_what_was_counted() -> None:
    now = MONDAY + timedelta(days=2)
    [clock] = measured(after(0, WROTE), after(2, STATUS, Status.PENDING), after(6, STATUS, Status.OPEN))[
        Metric.RESOLUTION
    ]
    lines = explain(clock, now)
    assert [(line.counted / HOUR, line.why) for line in lines] == [
        (2, "running: open"),
        (0, "paused: pending"),
        (2, "running: open"),
        (8, "running: open"),
    ]
    assert lines[-1].total == clock.elapsed(now)


def test_a_ticket_that_no_target_matches_has_no_clocks() -> None:
    assert measured(target=Target(name="others", teams=frozenset({"others"}), goals=GOALS)) == {}
