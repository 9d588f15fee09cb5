"""Reminders and follow-ups of a whole desk: at the right minute, once, and only what is still true."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flaky_stores import Flaky
from ticking_desks import ADA, BEN, CUSTOMER, TickingDesk

import parsers
from daemon.store import leases, schema, situations, tickets
from daemon.workers.ticking import STOPPED, Ticking
from rules.actions import Decision, Outcome, SetStatus, Trace
from rules.facts import Status

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OWN_MAIL = "tickets today"


@pytest.fixture
def desk(store, clock) -> TickingDesk:
    """A desk on a Monday at nine, with one ticket."""
    clock.advance(MONDAY - clock.now())
    desk = TickingDesk(store, clock)
    desk.customer_writes()
    desk.tick()
    return desk


@pytest.fixture
def waiting(desk: TickingDesk) -> TickingDesk:
    """Ada has asked the customer something."""
    desk.agent_answers(notice=0)
    desk.tick()
    return desk


def sent(desk: TickingDesk, to: str) -> list[tuple[str, str]]:
    """When what was mailed there, without digests."""
    mails = [(each.date, each.subject) for each in desk.sent_to(to)]
    return [(f"{date:%a %d %H:%M}", subject.split("] ")[-1]) for date, subject in mails if OWN_MAIL not in subject]


def test_a_ticket_that_nobody_takes_is_brought_up_and_climbs_the_ladder(desk: TickingDesk) -> None:
    desk.wait(hours=6, step_minutes=5)
    assert sent(desk, ADA)[1:] == [
        ("Mon 23 09:30", "Nobody has this ticket: Printer broken"),
        ("Mon 23 11:00", "First reply: 50 % of the time: Printer broken"),
        ("Mon 23 12:00", "First reply: 75 % of the time: Printer broken"),
        ("Mon 23 13:00", "First reply: missed: Printer broken"),
        ("Mon 23 14:00", "First reply: missed: Printer broken"),
    ]
    assert [when for when, _ in sent(desk, BEN)] == [
        "Mon 23 09:00",
        "Mon 23 09:30",
        "Mon 23 11:00",
        "Mon 23 12:00",
        "Mon 23 13:00",
    ]


def test_a_reminder_says_what_is_wanted_until_when_and_what_can_be_done(desk: TickingDesk) -> None:
    desk.wait(hours=2, step_minutes=5)
    said = desk.last_to(ADA).text
    assert "The first reply is due Mon 23 Nov 13:00 UTC, counted from Mon 23 Nov 09:00 UTC." in said
    assert "Kim Customer <kim@customer.example> wrote last:\n\nHello,\nthe printer is broken." in said
    assert "tap it: #take · #solve · #snooze 1d · #reply" in said
    assert said.count("the printer is broken") == 1


def test_a_reminder_is_answered_to_the_customer_by_a_command(desk: TickingDesk) -> None:
    desk.wait(hours=2, step_minutes=5)
    desk.agent_answers("#reply\nPlease switch it off and on.\n")
    assert desk.last_to(CUSTOMER).text.strip() == "Please switch it off and on."


def test_escalation_goes_on_until_somebody_takes_the_ticket(desk: TickingDesk) -> None:
    desk.wait(days=4, step_minutes=120)
    assert sum("nobody is on it" in subject for subject in desk.subjects_to(ADA)) == 5


def test_an_answer_ends_every_reminder_about_it(desk: TickingDesk) -> None:
    desk.wait(hours=1, step_minutes=5)
    desk.agent_answers(notice=0)
    before = len(sent(desk, ADA))
    desk.wait(days=2, step_minutes=120)
    assert len(sent(desk, ADA)) == before


def test_a_customers_silence_is_followed_up_in_office_hours_and_ends_in_a_solved_ticket(waiting: TickingDesk) -> None:
    waiting.wait(days=9, step_minutes=180)
    waiting.wait(days=11, step_minutes=720)
    assert sent(waiting, CUSTOMER)[2:] == [
        ("Thu 26 09:00", "We are waiting for your answer"),
        ("Mon 30 09:00", "Last reminder: we are waiting for your answer"),
        ("Tue 01 09:00", "Taken as solved"),
    ]
    assert waiting.ticket()["status"] == "closed"


def test_each_follow_up_says_what_happens_next_and_it_happens_then(waiting: TickingDesk) -> None:
    waiting.wait(days=4, step_minutes=180)
    assert "once more on Monday, 30 November, 09:00 (UTC)" in waiting.last_to(CUSTOMER).text
    waiting.wait(days=3, step_minutes=180)
    assert "as solved on Tuesday, 1 December, 09:00 (UTC)" in waiting.last_to(CUSTOMER).text


def test_a_reply_in_the_same_minute_cancels_the_reminder(waiting: TickingDesk) -> None:
    waiting.clock.advance(timedelta(days=3))
    waiting.ticking.tick()
    assert waiting.outbox()[-1]["kind"] == "reminder"
    waiting.customer_writes("It is number 7.\n", answers=waiting.last_to(CUSTOMER).message_id)
    assert waiting.outbox()[-2]["state"] == "dropped" or "dropped" in [each["state"] for each in waiting.outbox()]
    assert "We are waiting" not in " ".join(waiting.subjects_to(CUSTOMER))


def test_a_reply_that_is_accepted_but_not_read_yet_holds_the_reminder_back(waiting: TickingDesk) -> None:
    waiting.clock.advance(timedelta(days=3))
    waiting.ticking.tick()
    waiting.take(b"From: kim@customer.example\r\n\r\nnot read yet")
    waiting.deliver()
    assert "We are waiting" not in " ".join(waiting.subjects_to(CUSTOMER))
    assert waiting.outbox()[-1]["state"] == "queued"


def test_nothing_is_sent_twice_when_the_clock_is_set_back_an_hour(waiting: TickingDesk) -> None:
    waiting.wait(days=3, minutes=10, step_minutes=180)
    count = len(waiting.carrier.sent)
    waiting.clock.jump(waiting.clock.now() - timedelta(hours=1))
    waiting.wait(hours=3, step_minutes=5)
    assert [subject for _, subject in sent(waiting, CUSTOMER)].count("We are waiting for your answer") == 1
    assert [mail for mail in waiting.carrier.sent[count:] if mail.recipient == CUSTOMER] == []


def test_a_clock_that_jumps_stops_the_timers_until_it_is_steady(desk: TickingDesk) -> None:
    desk.clock.jump(desk.clock.now() + timedelta(hours=2))
    desk.tick()
    assert "the clock jumped by 2:00:00" in _stopped(desk)
    assert "timers are stopped" in desk.subjects_to("root@desk.example")[0]
    desk.wait(minutes=1, step_minutes=1)
    assert _stopped(desk)
    desk.wait(minutes=2, step_minutes=1)
    assert not _stopped(desk)


def test_a_jump_of_ten_years_sends_nothing_until_an_admin_says_so(waiting: TickingDesk) -> None:
    waiting.clock.jump(waiting.clock.now() + timedelta(days=3650))
    waiting.wait(hours=3, step_minutes=5)
    assert len(waiting.sent_to(CUSTOMER)) == 2
    waiting.store.write(lambda connection: situations.remember(connection, STOPPED, ""))
    waiting.wait(days=3, step_minutes=180)
    assert len(waiting.sent_to(CUSTOMER)) == 3


def test_a_start_at_an_absurd_time_stops_the_timers(waiting: TickingDesk) -> None:
    for wrong in (datetime(1970, 1, 1, tzinfo=UTC), MONDAY + timedelta(days=400)):
        waiting.clock.jump(wrong)
        waiting.ticking = Ticking(waiting.store, lambda: waiting.policy, waiting.clock, breaker_limit=100)
        waiting.store.write(lambda connection: leases.end_at(connection, "ticker", MONDAY))
        waiting.tick()
        assert "until an admin confirms" in _stopped(waiting)
        waiting.store.write(lambda connection: situations.remember(connection, STOPPED, ""))


def test_only_the_holder_of_the_lease_ticks(desk: TickingDesk) -> None:
    other = Ticking(desk.store, lambda: desk.policy, desk.clock, breaker_limit=100)
    desk.clock.advance(timedelta(minutes=31))
    desk.ticking.tick()
    other.tick()
    queued = [each for each in desk.outbox() if each["state"] == "queued"]
    assert len(queued) == 2
    desk.ticking.stop()
    other.tick()
    assert len([each for each in desk.outbox() if each["state"] == "queued"]) == 2


def test_two_nodes_that_both_believe_to_hold_the_lease_fire_each_timer_once(desk: TickingDesk) -> None:
    desk.clock.advance(timedelta(minutes=31))
    nodes = [Ticking(desk.store, lambda: desk.policy, desk.clock, breaker_limit=100) for _ in range(2)]
    for node in nodes:
        desk.store.write(lambda connection: leases.end_at(connection, "ticker", desk.clock.now()))
        node.tick()
    assert [kind for kind, _ in desk.timer_events()] == ["unassigned"]


def test_after_a_week_down_each_agent_gets_one_digest_and_no_old_reminders(desk: TickingDesk) -> None:
    for number in range(5):
        desk.customer_writes(subject=f"Broken {number}")
    before = len(desk.carrier.sent)
    desk.clock.advance(timedelta(days=7))
    desk.ticking = Ticking(desk.store, lambda: desk.policy, desk.clock, breaker_limit=100)
    desk.tick()
    late = [
        mail.subject.removeprefix("Example support: ")
        for to in (ADA, BEN)
        for mail in desk.sent_to(to)
        if mail.date == desk.clock.now()
    ]
    outage = "how things stand after an outage"
    assert late == [outage, "last week in figures", outage]
    assert len(desk.carrier.sent) - before == 4  # and the admin's weekly figures


def test_after_a_week_down_a_customer_gets_one_mail_a_ticket(waiting: TickingDesk) -> None:
    waiting.clock.advance(timedelta(days=7, hours=2))
    waiting.ticking = Ticking(waiting.store, lambda: waiting.policy, waiting.clock, breaker_limit=100)
    waiting.tick()
    waiting.wait(hours=4)
    assert sent(waiting, CUSTOMER)[2:] == [("Mon 30 11:00", "We are waiting for your answer")]
    waiting.wait(days=3, step_minutes=120)
    assert sent(waiting, CUSTOMER)[3:] == [("Thu 03 11:00", "Last reminder: we are waiting for your answer")]


def test_a_snoozed_ticket_wakes_and_tells_who_is_on_it(waiting: TickingDesk) -> None:
    row = {"ticket_id": 1, "kind": "snooze", "due_at": MONDAY + timedelta(days=2), "why": "asked by ada"}

    def snooze(connection) -> None:
        connection.execute(schema.timers.insert().values(**row))
        connection.execute(schema.tickets.update().values(status="on_hold", version=99))

    waiting.store.write(snooze)
    waiting.wait(days=2, hours=1, step_minutes=120)
    assert sent(waiting, ADA)[-1] == ("Wed 25 09:00", "Back from its snooze: Printer broken")
    assert waiting.ticket()["status"] == "open"


def test_a_due_date_reminds_once(desk: TickingDesk) -> None:
    row = {"ticket_id": 1, "kind": "due", "due_at": MONDAY + timedelta(minutes=10), "why": "asked by ada"}
    desk.store.write(lambda connection: connection.execute(schema.timers.insert().values(**row)))
    desk.wait(minutes=25, step_minutes=5)
    assert sent(desk, ADA)[1:] == [("Mon 23 09:10", "Due now: Printer broken")]


def test_a_solved_ticket_is_asked_about_surveyed_and_closed(waiting: TickingDesk) -> None:
    solve(waiting)
    waiting.wait(hours=3)
    waiting.wait(days=5, step_minutes=180)
    waiting.wait(days=4, step_minutes=720)
    assert sent(waiting, CUSTOMER)[2:] == [
        ("Mon 23 10:00", "Did our answer help?"),
        ("Tue 24 09:00", "How did we do?"),
        ("Fri 27 09:00", "How did we do? A single reminder"),
    ]
    assert waiting.ticket()["status"] == "closed"


@pytest.fixture
def surveyed(waiting: TickingDesk) -> TickingDesk:
    """The customer has been asked how it was."""
    solve(waiting)
    waiting.wait(days=1, hours=1, step_minutes=120)
    return waiting


def rating(desk: TickingDesk) -> list[tuple[int, str, str]]:
    with desk.store.reading() as connection:
        return [(row.score, row.comment, row.agent) for row in connection.execute(schema.ratings.select())]


def test_a_rating_by_reply_is_kept_and_leaves_the_ticket_alone(surveyed: TickingDesk) -> None:
    surveyed.customer_writes("5 - thank you!\n", answers=surveyed.last_to(CUSTOMER).message_id)
    assert rating(surveyed) == [(5, "thank you!", "ada")]
    assert surveyed.ticket()["status"] == "solved"
    surveyed.wait(days=5, step_minutes=240)
    assert "reminder" not in " ".join(surveyed.subjects_to(CUSTOMER))


def test_a_low_rating_wakes_the_lead(surveyed: TickingDesk) -> None:
    surveyed.customer_writes("schlecht\nIt broke again.\n", answers=surveyed.last_to(CUSTOMER).message_id)
    assert rating(surveyed) == [(2, "It broke again.", "ada")]
    assert surveyed.subjects_to(ADA)[-1] == "[#1001] Low rating: Printer broken"


def surveys(desk: TickingDesk) -> int:
    return sum(subject.endswith("How did we do?") for subject in desk.subjects_to(CUSTOMER))


def test_nobody_is_surveyed_about_a_second_ticket_within_the_cooldown(surveyed: TickingDesk) -> None:
    for number in (2, 3):
        surveyed.customer_writes(subject=f"Printer {number}")
        surveyed.agent_answers()
        solve(surveyed, number)
    surveyed.wait(days=3, step_minutes=180)
    assert surveys(surveyed) == 1


def test_of_two_tickets_solved_in_the_same_minute_one_is_surveyed(waiting: TickingDesk) -> None:
    waiting.customer_writes(subject="Printer 2")
    waiting.agent_answers()
    solve(waiting, 1)
    solve(waiting, 2)
    waiting.wait(days=4, step_minutes=180)
    assert surveys(waiting) == 1


def test_a_ticket_solved_on_a_friday_evening_brings_one_mail_on_monday_and_one_on_tuesday(waiting: TickingDesk) -> None:
    waiting.wait_until(datetime(2026, 11, 27, 18, 0, tzinfo=UTC), step_minutes=180)
    solve(waiting)
    for morning in (datetime(2026, 11, 30, 8, 30, tzinfo=UTC), datetime(2026, 12, 1, 8, 30, tzinfo=UTC)):
        waiting.wait_until(morning, step_minutes=150)
        waiting.wait(hours=1, step_minutes=30)
    waiting.wait(hours=9)
    assert sent(waiting, CUSTOMER)[-2:] == [
        ("Mon 30 09:00", "Did our answer help?"),
        ("Tue 01 09:00", "How did we do?"),
    ]


def test_a_share_of_tickets_is_surveyed_and_a_share_of_none_is_none(waiting: TickingDesk) -> None:
    timing = waiting.policy.timing
    waiting.policy = replace(waiting.policy, timing=replace(timing, surveys=replace(timing.surveys, percent=0)))
    solve(waiting)
    waiting.wait(days=3, step_minutes=180)
    assert surveys(waiting) == 0


def test_an_answer_to_a_survey_that_is_no_rating_opens_the_ticket_again(surveyed: TickingDesk) -> None:
    surveyed.customer_writes("2 printers are still broken.\n", answers=surveyed.last_to(CUSTOMER).message_id)
    assert rating(surveyed) == []
    assert surveyed.ticket()["status"] == "open"


def test_a_number_in_an_ordinary_reply_is_no_rating(waiting: TickingDesk) -> None:
    waiting.customer_writes("5\n", answers=waiting.last_to(CUSTOMER).message_id)
    assert rating(waiting) == []


def solve(desk: TickingDesk, ticket: int = 1) -> None:
    """Ada solves the ticket."""
    action = SetStatus(ticket=ticket, old=Status.PENDING, new=Status.SOLVED, why="solved by ada")
    decision = Decision(outcome=Outcome.ENTRY, actions=(action,), trace=Trace(), ticket=ticket)
    empty = parsers.parse(b"")
    desk.store.write(lambda connection: tickets.apply(connection, decision, empty, None, desk.clock.now()))


def test_a_tick_writes_its_lease_and_besides_only_timers_that_changed(store, clock) -> None:
    counted = Flaky(store)
    desk = TickingDesk(counted, clock)
    desk.tick()
    assert writes_of_a_tick(desk, counted) == 1
    desk.customer_writes()
    assert writes_of_a_tick(desk, counted) == 2
    assert writes_of_a_tick(desk, counted) == 1


def writes_of_a_tick(desk: TickingDesk, counted: Flaky) -> int:
    desk.clock.advance(timedelta(minutes=1))
    before = counted.writes
    desk.ticking.tick()
    return counted.writes - before


def test_timers_are_computed_anew_when_hours_or_deadlines_change(desk: TickingDesk) -> None:
    desk.policy = replace(desk.policy, timing=replace(desk.policy.timing, targets=(), hash="other"))
    desk.wait(hours=6, step_minutes=30)
    assert [subject for _, subject in sent(desk, ADA)][1:] == ["Nobody has this ticket: Printer broken"]


def _stopped(desk: TickingDesk) -> str:
    with desk.store.reading() as connection:
        return situations.recall(connection, STOPPED)
