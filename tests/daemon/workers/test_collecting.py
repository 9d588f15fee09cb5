"""Collected notices through the daemon's own hands: held, joined by a tick, sent by the delivery."""

from dataclasses import replace

import pytest
from ticking_desks import ADA, BEN, TickingDesk

from daemon.policy import Policy
from daemon.store import collected, outbox
from rules.notices import notify


def collecting(policy: Policy) -> Policy:
    """Ada wants her notices collected."""
    ada, ben = policy.desk.agents
    return replace(policy, desk=replace(policy.desk, agents=(replace(ada, digest=True), ben)))


@pytest.fixture
def desk(store, clock) -> TickingDesk:
    desk = TickingDesk(store, clock)
    desk.policy = collecting(desk.policy)
    desk.tick()
    return desk


def test_a_tick_joins_what_waits_and_the_delivery_sends_it(desk: TickingDesk) -> None:
    desk.customer_writes()
    assert (len(desk.sent_to(ADA)), len(desk.sent_to(BEN))) == (0, 1)
    assert [each["detail"] for each in desk.outbox() if each["state"] == "held"] == ["waits for the agent's collection"]
    desk.wait(hours=1, step_minutes=30)
    assert "1 notice about 1 ticket" in desk.last_to(ADA).subject
    assert [each["state"] for each in desk.outbox() if each["recipient"] == ADA] == ["dropped", "sent"]


def test_more_than_fit_into_one_mail_follow_with_the_next_tick(desk: TickingDesk) -> None:
    ada = desk.policy.desk.agents[0]
    (notice,) = notify((ada,), 0, "note-notice", reply_is_public=False, why="many")
    rows = [outbox.row(notice, None, None, desk.clock.now()) for _ in range(61)]
    desk.store.write(lambda connection: connection.execute(outbox.outbox.insert(), rows) and None)
    counts = [desk.store.write(lambda c: collected.collect(c, ada.name, desk.clock.now())) for _ in range(3)]
    assert counts == [60, 1, 0]


def test_an_admin_sends_a_waiting_notice_by_itself(desk: TickingDesk) -> None:
    desk.customer_writes()
    waiting = next(each["id"] for each in desk.outbox() if each["state"] == "held")
    now = desk.clock.now()
    desk.store.write(lambda connection: outbox.retry(connection, waiting, now))
    desk.deliver()
    assert desk.last_to(ADA).subject.startswith("[#1001] New")
