"""What a desk believes that looks at senders itself, and what it keeps of it."""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import pytest
from desks import DeskInHand, mail, quote
from verified import ADA, EVE, KIM, OURS, THEIRS, ZONE, opened

from daemon.clock import FakeClock
from daemon.store import inbound
from daemon.store.schema import inbound as rows
from daemon.workers.verifying import Verifier


@pytest.fixture
def verifier() -> Iterator[Verifier]:
    yield from opened(ZONE)


@pytest.fixture
def desk(store: Any, clock: FakeClock, verifier: Verifier) -> DeskInHand:
    return DeskInHand(store, clock, verify=verifier.verify)


FORGED = "Authentication-Results: desk.example; dmarc=pass header.from=desk.example\n"


def answered(desk: DeskInHand, *, peer: str, extra: str = "", sender: str = ADA) -> list[Any]:
    """A customer writes, an agent's address answers the notice; what the customer then got."""
    desk.take(mail(sender=KIM), sender=KIM, peer=OURS)
    desk.work()
    notice = desk.sent_to(ADA)[0]
    desk.carrier.sent.clear()
    address = notice.reply_to[0].address
    raw = mail(
        "Have you tried turning it off?\n" + quote(notice), sender=ADA, to=address, message_id="<2@x>", extra=extra
    )
    desk.take(raw, sender=sender, recipient=address, peer=peer)
    desk.work()
    return desk.sent_to(KIM)


def test_an_agent_whose_mail_passes_reaches_the_customer(desk: DeskInHand) -> None:
    (letter,) = answered(desk, peer=OURS)
    assert "turning it off" in letter.text


FORGERIES = {
    "SPF fails": {"peer": THEIRS},
    "forged header": {"peer": THEIRS, "extra": FORGED},
    "two forged headers": {"peer": THEIRS, "extra": FORGED * 2},
    "SPF passes for another domain": {"peer": THEIRS, "sender": EVE},
    "the same with a header": {"peer": THEIRS, "sender": EVE, "extra": FORGED},
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
@pytest.mark.parametrize("authserv_ids", [(), ("desk.example",)])
def test_a_forged_agent_is_held_with_a_banner(desk: DeskInHand, forgery: Any, authserv_ids: tuple[str, ...]) -> None:
    desk.policy = replace(desk.policy, desk=replace(desk.policy.desk, authserv_ids=authserv_ids))
    assert answered(desk, **forgery) == []
    held = desk.ticket()["messages"][-1]
    assert not held["public"]
    assert "dmarc=fail" in str(desk.ticket())


def test_the_result_is_kept_with_the_mail_and_shown_again(desk: DeskInHand) -> None:
    first = desk.take(mail(sender=KIM), sender=KIM, peer=THEIRS)
    desk.work()
    with desk.store.reading() as connection:
        kept = connection.execute(rows.select().where(rows.c.id == first)).one()
    assert kept.verified.startswith("desk.example; spf=softfail")
    assert (kept.peer, kept.helo) == (THEIRS, "mx.peer.example")


def test_a_mail_let_out_of_quarantine_is_not_looked_at_again(desk: DeskInHand, verifier: Verifier) -> None:
    first = desk.take(mail(sender="a@x.example, b@y.example"), sender=KIM, peer=THEIRS)
    desk.work()
    desk.store.write(lambda connection: inbound.release(connection, first))
    (again,) = desk.store.write(lambda connection: inbound.claim(connection, desk.clock.now(), 1))
    assert again.verified.startswith("desk.example; spf=softfail")
    assert verifier.verify(again, b"", Future()) is None


def test_a_forged_stranger_is_sent_nothing_and_a_proved_one_is(desk: DeskInHand) -> None:
    desk.take(mail(sender=KIM), sender=KIM, peer=THEIRS)
    desk.work()
    assert desk.sent_to(KIM) == []
    desk.take(mail(sender=KIM, message_id="<2@x>", subject="Other"), sender=KIM, peer=OURS)
    desk.work()
    assert len(desk.sent_to(KIM)) == 1


def test_one_sender_s_slow_name_servers_hold_up_no_other_mail(store: Any, clock: FakeClock) -> None:
    slow: Future[str] = Future()
    desk = DeskInHand(store, clock, verify=lambda row, raw, mail: slow if row.envelope_from == EVE else None)
    desk.take(mail(sender=EVE), sender=EVE, peer=THEIRS)
    desk.take(mail(message_id="<2@x>"), peer=THEIRS)
    desk.intake.step()
    slow.set_result("desk.example; dmarc=fail header.from=evil.example")
    desk.work()
    assert [ticket["requester"] for ticket in desk.tickets()] == [KIM, EVE]


def test_bytes_are_stored_as_they_came(desk: DeskInHand) -> None:
    raw = mail(sender=KIM, extra=FORGED)
    desk.take(raw, sender=KIM, peer=THEIRS)
    desk.decide()
    (claim,) = desk.inbound()
    with desk.store.reading() as connection:
        digest = connection.execute(rows.select().where(rows.c.id == claim["id"])).one().sha256
    assert desk.store.blobs.get(digest) == raw
