"""After a week down: one digest an agent, one mail a ticket, so many a minute, nothing that is no longer true."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from long_silence import fill
from ticking_desks import ADA, BEN, TickingDesk

from daemon.store import leases, schema
from daemon.workers.ticking import MAILS_A_MINUTE

WEDNESDAY = datetime(2026, 12, 2, 10, 0, tzinfo=UTC)
TICKETS = MAILS_A_MINUTE + 10


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


def test_every_customer_is_reminded_once_and_no_minute_sees_more_than_its_share(desk: TickingDesk) -> None:
    for _ in range(6):
        desk.ticking.tick()
        desk.clock.advance(timedelta(minutes=1))
    reminders = [each for each in queued(desk) if each[0] == "waiting-reminder"]
    assert Counter(Counter(ticket for _, ticket, *_ in reminders).values()) == {1: TICKETS}
    assert max(Counter(at for *_, at in reminders).values()) == MAILS_A_MINUTE


def test_each_agent_gets_one_digest_and_nothing_else_of_that_week(desk: TickingDesk) -> None:
    opened = schema.tickets.update().where(schema.tickets.c.id == 1).values(status="open")
    desk.store.write(lambda connection: connection.execute(opened))
    desk.ticking.tick()
    told = Counter((template, recipient) for template, _, recipient, _ in queued(desk) if recipient in (ADA, BEN))
    assert told[("digest", ADA)] == 1
    assert not any(template == "reminder-notice" for template, _ in told)


def test_who_answered_in_between_is_not_reminded(desk: TickingDesk) -> None:
    with desk.store.reading() as connection:
        message = connection.execute(schema.messages.select().limit(1)).one()._asdict()
    row = message | {"id": 9999, "ticket_id": 7, "created_at": WEDNESDAY - timedelta(days=2)}
    desk.store.write(lambda connection: connection.execute(schema.messages.insert().values(**row)))
    for _ in range(4):
        desk.ticking.tick()
        desk.clock.advance(timedelta(minutes=1))
    assert 7 not in {ticket for template, ticket, *_ in queued(desk) if template == "waiting-reminder"}
