"""Which timers a ticket has, and what is done when their time has come."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendars import ALWAYS, Calendar
from rules.deadlines import Goal, Hours, Metric, Step, StepKind, Target
from rules.due import Room, Verdict, what_is_due
from rules.facts import Agent, Desk, Mailbox, Participant, Role, Status, Team, TicketFacts
from rules.timers import Fired, Situation, Timer, holds, stands_alone, timers
from rules.timing import FollowUps, Reminders, Rung, Tell, Timing

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
OFFICE = Calendar(name="office", zone=UTC, week=(((540, 1020),),) * 5 + ((), ()))
LADDER = tuple(Rung(percent=each, tell=(Tell.ASSIGNEE,)) for each in (50, 75, 100))
TARGET = Target(name="all", goals={Metric.FIRST_REPLY: Goal(time=4 * HOUR)}, grace=timedelta(minutes=10))
TIMING = Timing(hours=Hours(default=OFFICE), targets=(TARGET,), ladder=LADDER)
DESK = Desk(
    mailboxes=(Mailbox(name="support", address="support@desk.example"),),
    agents=tuple(
        Agent(name=name, addresses=(f"{name}@desk.example",), teams=("support",), admin=name == "cy")
        for name in ("ada", "ben", "cy")
    ),
    teams=(Team(name="support", lead="ben"),),
)
KIM = Participant(address="kim@customer.example", role=Role.REQUESTER, name="Kim")
TICKET = TicketFacts(id=1, number=1001, team="support", assignee="ada", requester=KIM.address, participants=(KIM,))
WROTE, REPLIED, STATUS = StepKind.CUSTOMER_WROTE, StepKind.AGENT_REPLIED, StepKind.STATUS


def case(*steps: Step, status: Status = Status.OPEN, **more: Any) -> Situation:
    facts = {name: more.pop(name) for name in ("assignee", "team") if name in more}
    created = Step(at=MONDAY, kind=StepKind.CREATED)
    history = (created, Step(at=MONDAY, kind=WROTE), *steps)
    return Situation(ticket=replace(TICKET, status=status, **facts), history=history, **more)


def step(hours: float, kind: StepKind, status: Status | None = None) -> Step:
    return Step(at=MONDAY + hours * HOUR, kind=kind, status=status)


PENDING = case(step(1, REPLIED), step(1, STATUS, Status.PENDING), status=Status.PENDING)
SOLVED = case(step(1, REPLIED), step(2, STATUS, Status.SOLVED), status=Status.SOLVED)


def kinds(situation: Situation, timing: Timing = TIMING) -> dict[str, datetime]:
    return {each.kind: each.due_at for each in timers(situation, timing)}


def judge(situation: Situation, now: datetime, timing: Timing = TIMING, **room: Any) -> dict[str, Any]:
    due = [each for each in timers(situation, timing) if each.due_at <= now]
    return {each.timer.kind: each for each in what_is_due(due, situation, DESK, timing, now, Room(**room))}


def told(judged: dict[str, Any]) -> list[str]:
    return [mail.send.recipient.address.split("@")[0] for each in judged.values() for mail in each.mailings]


def test_each_step_of_the_ladder_is_a_timer_and_a_miss_counts_after_its_grace() -> None:
    found = kinds(case())
    assert [found[f"first_reply:{percent}"] - MONDAY for percent in (50, 75, 100)] == [
        2 * HOUR,
        3 * HOUR,
        4 * HOUR + timedelta(minutes=10),
    ]


def test_several_steps_that_are_due_at_once_make_one_mail_about_the_last() -> None:
    judged = judge(case(), MONDAY + 4.5 * HOUR)
    assert told(judged) == ["ada"]
    [mailing] = next(each.mailings for each in judged.values() if each.mailings)
    assert mailing.variables["title"] == "First reply: missed"
    assert {each.verdict for each in judged.values()} == {Verdict.FIRED}


def test_several_reminders_of_one_ticket_make_one_mail() -> None:
    judged = judge(case(assignee=""), MONDAY + 2 * HOUR)
    assert sorted(told(judged)) == ["ada", "ben", "cy"]


@pytest.mark.parametrize(("tell", "names"), [(Tell.ASSIGNEE, ["ada"]), (Tell.LEAD, ["ben"]), (Tell.ADMINS, ["cy"])])
def test_the_ladder_says_who_is_told(tell: Tell, names: list[str]) -> None:
    timing = replace(TIMING, ladder=(Rung(percent=100, tell=(tell,)),))
    assert told(judge(case(), MONDAY + 4.2 * HOUR, timing)) == names


def test_what_is_late_by_an_outage_makes_no_mail_to_agents() -> None:
    timing = replace(TIMING, reminders=Reminders(escalate_most=0))
    judged = judge(case(), MONDAY + 7 * HOUR, timing)
    assert told(judged) == []
    assert "in the digest" in judged["first_reply:100"].why


def test_a_timer_that_is_no_longer_true_is_gone() -> None:
    answered = case(step(1, REPLIED))
    stale = Timer(kind="first_reply:50", due_at=MONDAY + 2 * HOUR, anchor=MONDAY, why="")
    [firing] = what_is_due([stale], answered, DESK, TIMING, MONDAY + 3 * HOUR, Room())
    assert firing.verdict is Verdict.GONE


def test_a_timer_that_moved_is_looked_at_again_then() -> None:
    early = Timer(kind="first_reply:50", due_at=MONDAY, anchor=MONDAY, why="")
    [firing] = what_is_due([early], case(), DESK, TIMING, MONDAY + HOUR, Room())
    assert (firing.verdict, firing.again_at) == (Verdict.LATER, MONDAY + 2 * HOUR)


def test_the_last_notice_comes_only_after_the_reminder_and_keeps_its_distance() -> None:
    assert set(kinds(PENDING)) & {"waiting-reminder", "waiting-last-notice"} == {"waiting-reminder"}
    late = Fired(due_at=MONDAY + 3 * DAY + HOUR, at=MONDAY + 7 * DAY)
    reminded = replace(PENDING, fired={("waiting-reminder", MONDAY + HOUR): late})
    assert kinds(reminded)["waiting-last-notice"] == MONDAY + 10 * DAY


def test_customers_get_mail_in_office_hours_only() -> None:
    judged = judge(PENDING, MONDAY + 5 * DAY)
    assert (judged["waiting-reminder"].verdict, judged["waiting-reminder"].again_at) == (
        Verdict.LATER,
        MONDAY + 7 * DAY,
    )


def test_the_last_follow_up_solves_the_ticket() -> None:
    anchor = MONDAY + HOUR
    before = {
        (kind, anchor): Fired(due_at=anchor + after * DAY, at=anchor + after * DAY)
        for kind, after in (("waiting-reminder", 3), ("waiting-last-notice", 6))
    }
    firing = judge(replace(PENDING, fired=before), MONDAY + 7 * DAY + HOUR)["waiting-solved"]
    assert firing.status is Status.SOLVED
    assert [mail.send.template for mail in firing.mailings] == ["waiting-solved"]


def test_a_follow_up_without_a_second_reminder_says_at_once_that_it_is_the_last() -> None:
    timing = replace(TIMING, follow_ups=FollowUps(last_notice_after=timedelta()))
    [mailing] = judge(PENDING, MONDAY + 3 * DAY + HOUR, timing)["waiting-reminder"].mailings
    assert mailing.send.template == "waiting-last-notice"
    assert mailing.variables["moments"] == {"next_at": (MONDAY + 7 * DAY + HOUR).isoformat()}


@pytest.mark.parametrize(
    ("room", "words"),
    [
        ({"automatic_today": 5}, "5 automatic mails"),
        ({"automatic_on_ticket": 3}, "3 automatic mails on this ticket"),
        ({"breaker_open": True}, "breaker"),
        ({"requester_paused": True}, "coming back"),
    ],
)
def test_a_full_budget_makes_no_mail(room: dict[str, Any], words: str) -> None:
    firing = judge(PENDING, MONDAY + 3 * DAY + HOUR, **room)["waiting-reminder"]
    assert firing.mailings == ()
    assert words in firing.why


def test_a_requester_who_has_unsubscribed_gets_no_mail_and_the_ticket_goes_on() -> None:
    ticket = replace(PENDING.ticket, fields=(("unsubscribed", "yes"),))
    firing = judge(replace(PENDING, ticket=ticket), MONDAY + 3 * DAY + HOUR)["waiting-reminder"]
    assert (firing.mailings, firing.why) == ((), "no mail: the requester has unsubscribed")


def test_mail_for_which_there_is_no_room_in_this_minute_lines_up() -> None:
    now = MONDAY + 3 * DAY + HOUR
    waits = [judge(PENDING, now, mails_left=left)["waiting-reminder"].again_at - now for left in (0, -59, -60, -600)]
    assert [wait / timedelta(minutes=1) for wait in waits] == [1, 1, 2, 11]


def test_only_a_mail_or_its_place_in_the_line_takes_room() -> None:
    now = MONDAY + 3 * DAY + HOUR
    mailed, put_off = (judge(PENDING, now, mails_left=left)["waiting-reminder"] for left in (1, 0))
    closed = judge(PENDING, MONDAY + 5 * DAY)["waiting-reminder"]
    paused = judge(PENDING, now, requester_paused=True)["waiting-reminder"]
    another_day = judge(SOLVED, MONDAY + 2 * DAY)["survey"]
    assert [each.takes_room for each in (mailed, put_off, closed, paused, another_day)] == [True, True] + [False] * 3


def test_a_customer_who_gets_a_question_is_surveyed_another_day() -> None:
    judged = judge(SOLVED, MONDAY + 2 * DAY)
    assert [mail.send.template for mail in judged["solved-question"].mailings] == ["solved-question"]
    assert judged["survey"].again_at == MONDAY + 3 * DAY


def test_nobody_is_surveyed_again_within_the_cooldown() -> None:
    assert "survey" in kinds(SOLVED)
    assert "survey" not in kinds(replace(SOLVED, surveyed_at=MONDAY - 10 * DAY))


def test_no_survey_follows_where_a_rule_wants_none() -> None:
    assert "survey" not in kinds(replace(SOLVED, ticket=replace(SOLVED.ticket, fields=(("survey", "off"),))))


def test_a_ticket_solved_without_a_conversation_is_neither_asked_about_nor_surveyed() -> None:
    silent = case(step(2, STATUS, Status.SOLVED), status=Status.SOLVED)
    assert set(kinds(silent)) == {"close"}


def test_what_a_mail_is_about_holds_until_somebody_acts() -> None:
    fired = {("unassigned", MONDAY): Fired(due_at=MONDAY, at=MONDAY)}
    assert holds("unassigned", MONDAY, case(assignee="", fired=fired), TIMING)
    assert not holds("unassigned", MONDAY, case(assignee="ada", fired=fired), TIMING)


@given(
    status=st.sampled_from([Status.OPEN, Status.PENDING, Status.ON_HOLD, Status.SOLVED]),
    assignee=st.sampled_from(["", "ada"]),
    replied=st.booleans(),
    fired=st.lists(st.sampled_from(["unassigned", "silent", "silent-lead", "waiting-reminder", "waiting-last-notice"])),
)
def test_every_ticket_that_is_not_closed_wakes_again(
    status: Status, assignee: str, replied: bool, fired: list[str]
) -> None:
    steps = (step(1, REPLIED),) if replied else ()
    before = {(kind, MONDAY + hours * HOUR): Fired(due_at=MONDAY, at=MONDAY) for kind in fired for hours in (0, 1)}
    situation = case(*steps, step(1, STATUS, status), status=status, assignee=assignee, fired=before)
    assert timers(situation, replace(TIMING, hours=Hours(default=ALWAYS)))


@pytest.mark.parametrize(
    "situation", [case(assignee=""), case(), case(step(1, REPLIED), step(2, WROTE)), PENDING, SOLVED]
)
def test_timers_that_stand_alone_change_no_other_when_they_fire(situation: Situation) -> None:
    before = timers(situation, TIMING)
    for each in before:
        fired = {(each.kind, each.anchor): Fired(due_at=each.due_at, at=each.due_at + 9 * HOUR)}
        others = tuple(other for other in before if other != each)
        assert not stands_alone(each.kind) or timers(replace(situation, fired=fired), TIMING) == others
    assert not any(map(stands_alone, ("waiting-reminder", "solved-question", "survey", "stale", "on-hold", "snooze")))


@pytest.mark.parametrize("status", [Status.SPAM])
def test_spam_has_no_timers(status: Status) -> None:
    assert kinds(case(status=status)) == {}
