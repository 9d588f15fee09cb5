"""Who is refused in SMTP sessions is counted, and the admins read once a week what was kept out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from desks import DeskInHand, mail, policy

from daemon.errors import Refused, Unavailable
from daemon.recipients import Recipients
from daemon.refusals import Refusals
from daemon.store.denials import hits
from daemon.store.store import Store
from daemon.workers.rounding import weekly_refusals
from rules.facts import Deny, DenyEntry

SPAM = DenyEntry(kind="domain", value="spam.example", action=Deny.REJECT)
HELD = DenyEntry(kind="address", value="odd@customer.example", action=Deny.QUARANTINE)
POLICY = replace(policy(), desk=replace(policy().desk, deny=(SPAM, HELD)))
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def refuse(store: Store, clock: Any, *senders: str) -> Refusals:
    refusals = Refusals()
    recipients = Recipients(lambda: POLICY, clock, refusals.note)
    for sender in senders:
        with pytest.raises(Refused):
            recipients.check_sender(sender, "192.0.2.1")
    return refusals


def test_refusals_within_a_session_count_as_hits_of_the_entry(store: Store, clock: Any) -> None:
    refusals = refuse(store, clock, "a@spam.example", "a@spam.example", "b@spam.example")
    assert refusals.write(store) == 2
    assert refusals.write(store) == 0
    with store.reading() as connection:
        assert hits(connection) == {"domain spam.example": (3, clock.now())}


def test_a_flood_of_made_up_senders_fills_no_memory_and_is_still_counted(store: Store, clock: Any) -> None:
    refusals = Refusals()
    for number in range(3000):
        refusals.note(SPAM, f"{number}@spam.example", clock.now())
    assert refusals.write(store) == 1001
    with store.reading() as connection:
        assert hits(connection)["domain spam.example"][0] == 3000


def test_what_could_not_be_written_is_written_later(store: Store, clock: Any) -> None:
    class Away:
        def write(self, _unit: Any) -> None:
            raise Unavailable("the database is away")

    refusals = refuse(store, clock, "a@spam.example")
    with pytest.raises(Unavailable):
        refusals.write(Away())  # type: ignore[arg-type]
    assert refusals.write(store) == 1


def test_the_admins_read_once_a_week_what_was_kept_out(store: Store, clock: Any) -> None:
    desk = DeskInHand(store, clock, POLICY)
    refuse(store, clock, "a@spam.example", "b@spam.example").write(store)
    desk.take(mail(sender="odd@customer.example"), "odd@customer.example")
    desk.decide()
    clock.advance(MONDAY - clock.now())
    assert [weekly_refusals(store, POLICY, clock.now()) for _ in range(2)] == [1, 0]
    desk.deliver()
    told = desk.sent_to("root@desk.example")[-1].text
    assert "3 mails were kept out last week" in desk.sent_to("root@desk.example")[-1].subject
    assert "2 × reject: domain spam.example (a@spam.example, b@spam.example)" in told
    assert "1 × quarantine: address odd@customer.example" in told


@pytest.mark.parametrize("moment", [MONDAY, MONDAY - timedelta(hours=3), MONDAY + timedelta(days=3)])
def test_a_quiet_week_is_not_worth_a_mail(store: Store, moment: datetime) -> None:
    assert weekly_refusals(store, POLICY, moment) == 0
