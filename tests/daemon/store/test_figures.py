"""The published views: what a desk's work adds to them, the same on both engines."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from desks import mail
from ticking_desks import CUSTOMER, TickingDesk

from daemon.store import figures, schema
from daemon.store.denials import Refused, record_refused
from daemon.store.kpi_views import VIEWS
from rules.kpis import FIGURES, KPIS

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FOR_EVER = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def desk(store, clock) -> TickingDesk:
    """A desk on a Monday at nine, with one ticket."""
    clock.advance(MONDAY - clock.now())
    desk = TickingDesk(store, clock)
    desk.customer_writes()
    clock.advance(timedelta(minutes=10))
    return desk


def rows(desk: TickingDesk, name: str, *columns: str) -> list[tuple[Any, ...]]:
    desk.ticking.tick()
    with desk.store.reading() as connection:
        found = figures.rows(connection, KPIS[name], *FOR_EVER)
    return [tuple(each[column] for column in columns) for each in found]


def test_there_is_a_view_for_every_key_figure_with_the_columns_that_are_published(store) -> None:
    assert set(VIEWS) == {kpi.view for kpi in KPIS.values()}
    with store.reading() as connection:
        for kpi in KPIS.values():
            found = connection.exec_driver_sql(f"SELECT * FROM {kpi.view}").keys()
            assert tuple(found) == kpi.columns


def test_a_first_reply_is_there_with_both_lengths_and_who_gave_it(desk: TickingDesk) -> None:
    desk.wait(hours=2, minutes=20, step_minutes=20)
    desk.agent_answers(notice=0)
    assert rows(desk, "first-reply", "ticket", "team", "agent", "business_minutes", "calendar_minutes") == [
        (1001, "support", "ada", 150, 150)
    ]
    assert rows(desk, "wrote-again", "value") == [(0,)]


def test_what_an_agent_began_has_no_first_reply(desk: TickingDesk) -> None:
    desk.agent_answers(notice=0)
    began = schema.measures.update().values(started_at=desk.clock.now())
    desk.ticking.tick()
    desk.store.write(lambda connection: connection.execute(began.where(schema.measures.c.name == "first_reply")))
    assert rows(desk, "first-reply", "ticket") == []


def test_a_ticket_that_waits_too_long_counts_as_missed_when_it_was_due(desk: TickingDesk) -> None:
    assert [
        (at - MONDAY, value) for at, value in rows(desk, "attainment", "at", "value") if at < desk.clock.now()
    ] == []
    desk.wait(hours=6)
    missed = [(at - MONDAY, metric, value) for at, metric, value in rows(desk, "attainment", "at", "metric", "value")]
    assert (timedelta(hours=4), "first_reply", 0) in missed


def test_a_solved_ticket_counts_for_resolution_first_contact_and_not_for_the_backlog(desk: TickingDesk) -> None:
    assert rows(desk, "backlog", "ticket", "until") == [(1001, None)]
    desk.agent_answers("#solve\nIt is plugged in now.\n", notice=0)
    assert rows(desk, "resolution", "ticket", "agent") == [(1001, "ada")]
    assert rows(desk, "first-contact", "value") == [(1,)]
    assert rows(desk, "reopened", "value") == [(0,)]
    assert rows(desk, "untouched", "value") == [(0,)]
    assert rows(desk, "backlog", "until") == [(desk.clock.now(),)]


def test_a_ticket_that_the_customer_closes_before_anybody_wrote_was_handled_untouched(desk: TickingDesk) -> None:
    desk.customer_writes("#close\n", answers=desk.last_to(CUSTOMER).message_id)
    assert rows(desk, "untouched", "value") == [(1,)]
    assert rows(desk, "first-contact", "value") == [(0,)]


def test_a_customer_who_comes_back_has_the_ticket_opened_again(desk: TickingDesk) -> None:
    desk.agent_answers("#solve\nIt is plugged in now.\n", notice=0)
    desk.clock.advance(timedelta(hours=2))
    desk.customer_writes("It is broken again, please help.\n", answers=desk.last_to(CUSTOMER).message_id)
    assert rows(desk, "reopened", "value") == [(1,)]
    assert rows(desk, "first-contact", "value") == [(0,)]


def test_a_survey_counts_when_it_was_sent_and_answered(desk: TickingDesk) -> None:
    desk.agent_answers("#solve\nIt is plugged in now.\n", notice=0)
    desk.wait(days=2)
    assert rows(desk, "survey-response", "ticket", "value") == [(1001, 0)]
    desk.customer_writes("5 - thank you!\n", answers=desk.last_to(CUSTOMER).message_id)
    assert rows(desk, "survey-response", "value") == [(1,)]
    assert rows(desk, "csat", "score", "comment", "agent", "value") == [(5, "thank you!", "ada", 1)]


def test_refused_and_held_mail_is_there_with_its_reason(desk: TickingDesk) -> None:
    desk.take(b"no header at all")
    desk.work()
    [(reason,)] = rows(desk, "quarantined-mail", "reason")
    assert reason
    assert rows(desk, "refused-mail", "mail") == []


def test_refusals_within_sessions_count_as_often_as_they_were(desk: TickingDesk) -> None:
    refused = Refused(entry="domain spam.example", sender="a@spam.example", times=7, at=desk.clock.now())
    stored = {"at": desk.clock.now(), "entry": "x", "sender": "", "action": "reject", "inbound_id": 1}

    def unit(connection) -> None:
        record_refused(connection, [refused])
        connection.execute(schema.denied.insert().values(**stored))  # counted as the mail that it is

    desk.store.write(unit)
    wanted = [(None, "a@spam.example", "reject: domain spam.example", 7)]
    assert rows(desk, "refused-mail", "mail", "sender", "reason", "times") == wanted
    assert FIGURES["refused-mail"].of([7, 1]) == 8


@pytest.mark.parametrize(("then", "value"), [("by ada", 1), ("rule other", 0), (None, 0)])
def test_a_rule_is_overridden_when_the_next_change_is_not_a_rules(
    desk: TickingDesk, then: str | None, value: int
) -> None:
    changes = [("priority", "rule urgent: said so"), ("team", "by ada"), *([("priority", then)] if then else [])]

    def change(connection) -> None:
        for kind, why in changes:
            row = {"ticket_id": 1, "at": desk.clock.now(), "actor": "x", "kind": kind, "data": {"new": "y"}, "why": why}
            connection.execute(schema.events.insert().values(**row))

    desk.store.write(change)
    found = rows(desk, "rules-overridden", "ticket", "what", "rule", "value")
    assert (1001, "priority", "rule urgent: said so", value) in found


def test_spam_and_merged_tickets_count_nowhere(desk: TickingDesk) -> None:
    desk.customer_writes(subject="Another printer")
    desk.tick()

    def change(connection) -> None:
        table = schema.tickets
        connection.execute(table.update().where(table.c.id == 1).values(status="spam"))
        connection.execute(table.update().where(table.c.id == 2).values(merged_into=1))

    desk.store.write(change)
    assert rows(desk, "created", "ticket") == rows(desk, "backlog", "ticket") == []


def test_measures_follow_a_ticket_that_changes(desk: TickingDesk) -> None:
    desk.agent_answers(notice=0)
    before = rows(desk, "first-reply", "ticket")
    desk.take(mail("Another one.\n", message_id="<other@customer.example>"))
    desk.work()
    assert before == rows(desk, "first-reply", "ticket") == [(1001,)]
