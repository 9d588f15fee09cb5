"""After a week down: one digest an agent, one mail a ticket, so many a minute, nothing that is no longer true."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from long_silence import fill
from ticking_desks import ADA, BEN, TickingDesk

from daemon.store import leases, schema, situations
from rules.due import MAILS_A_MINUTE

WEDNESDAY, MINUTE = datetime(2026, 12, 2, 10, 0, tzinfo=UTC), timedelta(minutes=1)
TICKETS = 2 * MAILS_A_MINUTE + 20


@pytest.fixture
def desk(store, clock) -> TickingDesk:
    """A desk that was down for a week, in which every customer should have been reminded."""
    clock.jump(WEDNESDAY)
    store.write(lambda connection: fill(connection, TICKETS, WEDNESDAY - timedelta(days=8)))
    down_since = WEDNESDAY - timedelta(days=7)
    store.write(lambda connection: leases.take(connection, "ticker", "before", down_since, timedelta(minutes=2)))
    return TickingDesk(store, clock)


def queued(desk: TickingDesk) -> list[tuple[str, int, str, datetime]]:
    """Template, ticket, recipient and moment of each mail."""
    columns = schema.outbox.c["template", "ticket_id", "recipient", "created_at"]
    with desk.store.reading() as connection:
        return [tuple(row) for row in connection.execute(schema.outbox.select().with_only_columns(*columns))]


def answer(desk: TickingDesk, tickets: Iterable[int]) -> None:
    """Their customers wrote two days ago."""
    with desk.store.reading() as connection:
        message = connection.execute(schema.messages.select().limit(1)).one()._asdict()
    message["created_at"] = WEDNESDAY - timedelta(days=2)
    rows = [message | {"id": 9000 + ticket, "ticket_id": ticket} for ticket in tickets]
    desk.store.write(lambda connection: connection.execute(schema.messages.insert(), rows))


def test_every_customer_is_reminded_once_and_no_minute_sees_more_than_its_share(desk: TickingDesk) -> None:
    for _ in range(6):
        desk.ticking.tick()
        desk.clock.advance(MINUTE)
    reminders = [each for each in queued(desk) if each[0] == "waiting-reminder"]
    assert Counter(Counter(ticket for _, ticket, *_ in reminders).values()) == {1: TICKETS}
    assert max(Counter(at for *_, at in reminders).values()) == MAILS_A_MINUTE


def test_the_share_of_a_minute_is_used_up_and_never_more_however_often_the_desk_ticks(desk: TickingDesk) -> None:
    for _ in range(13):
        desk.ticking.tick()
        desk.clock.advance(timedelta(seconds=15))
    reminders = Counter(at for template, *_, at in queued(desk) if template == "waiting-reminder")
    assert reminders == {WEDNESDAY: 60, WEDNESDAY + MINUTE: 60, WEDNESDAY + 2 * MINUTE: 20}


def test_timers_that_send_nothing_take_no_room_from_those_that_do(desk: TickingDesk) -> None:
    desk.store.write(lambda connection: situations.forget_when_changed(connection, desk.policy.timing))
    desk.store.write(lambda connection: situations.compute(connection, range(1, TICKETS + 1), desk.policy.timing))
    answer(desk, range(1, MAILS_A_MINUTE + 1))  # the first that the desk comes to
    desk.ticking.tick()
    assert sum(template == "waiting-reminder" for template, *_ in queued(desk)) == MAILS_A_MINUTE


def test_each_agent_gets_one_digest_and_nothing_else_of_that_week(desk: TickingDesk) -> None:
    opened = schema.tickets.update().where(schema.tickets.c.id == 1).values(status="open")
    desk.store.write(lambda connection: connection.execute(opened))
    desk.ticking.tick()
    told = Counter((template, recipient) for template, _, recipient, _ in queued(desk) if recipient in (ADA, BEN))
    assert told[("digest", ADA)] == 1
    assert not any(template == "reminder-notice" for template, _ in told)


def test_who_answered_in_between_is_not_reminded(desk: TickingDesk) -> None:
    answer(desk, [7])
    for _ in range(4):
        desk.ticking.tick()
        desk.clock.advance(MINUTE)
    assert 7 not in {ticket for template, ticket, *_ in queued(desk) if template == "waiting-reminder"}
