"""Words that are erased while a letter with them is being written, or is on its way, do not come back by it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from desks import CUSTOMER, DeskInHand, mail

from daemon.ports import OutgoingMail, SendResult, SendState
from daemon.store import contacts, erasures, outbox
from daemon.store.contact_erasing import erase_contact
from daemon.store.engine import Connection
from daemon.store.work import Work
from daemon.workers.delivery import Delivery
from daemon.workers.sweeping import sweep
from parsers.mail import ParsedMail

ADA = "ada@desk.example"
SECRET = "my knee is made of titanium"
LATER = SendResult(state=SendState.DEFERRED, stage="rcpt", code=450, text="greylisted")


@pytest.fixture
def desk(store, clock) -> DeskInHand:
    """Only the notice with the customer's words to Ada is to be sent."""
    desk = DeskInHand(store, clock)
    desk.take(mail(f"{SECRET}\n", subject="Knee"))
    desk.decide()
    for each in desk.outbox():
        if each["recipient"] != ADA:
            drop(desk, each["id"])
    return desk


def drop(desk: DeskInHand, number: int) -> None:
    desk.store.write(lambda connection: outbox.drop(connection, number, desk.clock.now()))


def notice(desk: DeskInHand) -> dict:
    return next(each for each in desk.outbox() if each["recipient"] == ADA)


def meanwhile(desk: DeskInHand, happens: Callable[[], None]) -> None:
    """Deliver; it happens once, between a letter's reading of the ticket and the commit of its bytes."""
    pending = [happens]

    def policy():
        while pending:
            pending.pop()()
        return desk.policy

    readers, carrier = desk.readers, desk.carrier
    desk.delivery = Delivery(desk.store, readers, policy, carrier, desk.clock, dice=lambda: 0.5)  # type: ignore[arg-type]
    desk.deliver()


def erase_message(desk: DeskInHand) -> None:
    desk.store.write(lambda connection: erasures.erase_message(connection, 1, "Erased", desk.clock.now()))


def erase_sender(desk: DeskInHand) -> None:
    def unit(connection: Connection) -> None:
        now = desk.clock.now()
        work = Work(connection=connection, mail=ParsedMail(), inbound_id=None, evidence={}, actor="admin", now=now)
        erase_contact(work, contacts.contact_at(connection, CUSTOMER) or 0)
        work.flush()

    desk.store.write(unit)


ERASING = [erase_message, erase_sender]


def stored(desk: DeskInHand) -> str:
    sweep(desk.store, desk.clock.now())
    return "\n".join(desk.store.blobs.get(each).decode() for each in desk.store.blobs.digests())


@pytest.mark.parametrize("erase", ERASING)
def test_a_letter_written_at_the_moment_of_an_erasure_does_not_leave(desk: DeskInHand, erase) -> None:
    meanwhile(desk, lambda: erase(desk))
    assert [sent for sent in desk.carrier.sent if SECRET in sent.raw.decode()] == []
    assert SECRET not in stored(desk)
    assert SECRET not in str(desk.outbox())


def test_it_is_written_anew_from_what_is_left(desk: DeskInHand) -> None:
    meanwhile(desk, lambda: erase_message(desk))
    (letter,) = desk.sent_to(ADA)
    assert "(erased)" in letter.text


@pytest.mark.parametrize("erase", ERASING)
def test_a_letter_on_its_way_during_an_erasure_is_not_tried_again(desk: DeskInHand, erase) -> None:
    def erased_now(_mail: OutgoingMail) -> None:
        desk.carrier.during = lambda _mail: None
        erase(desk)

    desk.carrier.during, desk.carrier.answers = erased_now, [LATER]
    desk.deliver()
    desk.clock.advance(timedelta(days=1))
    desk.deliver()
    assert (notice(desk)["state"], len(desk.carrier.sent)) == ("dropped", 0)


def test_a_drop_while_a_letter_is_written_is_heeded_and_its_bytes_go(desk: DeskInHand) -> None:
    meanwhile(desk, lambda: drop(desk, notice(desk)["id"]))
    assert (notice(desk)["state"], desk.carrier.sent) == ("dropped", [])
    assert stored(desk).count("Message-ID:") == 1
