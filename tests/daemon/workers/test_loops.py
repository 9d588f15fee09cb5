"""A day beside machines that answer everything: how many automatic mails each of them can draw out of the desk."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from desks import mail
from ticking_desks import CUSTOMER, TickingDesk

from daemon.ports import OutgoingMail
from parsers.mail import ParsedMail
from rules.deadlines import Goal
from rules.timing import Reminders

PEER = "desk@peer.example"
WORDS = "FREE DISCORD NITRO take this down at http://evil.test/now"
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
Answer = Callable[[ParsedMail, int], tuple[bytes, str]]


def answered(subject: str, extra: str = "", *, sender: str = PEER, envelope: str | None = None) -> Answer:
    """A peer that answers each mail. `THEIRS` stands for the Message-ID of ours, `N` for a serial number."""

    def answer(theirs: ParsedMail, number: int) -> tuple[bytes, str]:
        raw = mail(
            "Thank you for your mail. We have made a ticket of it and will answer soon.\n",
            sender=sender,
            subject=subject.replace("N", str(number)).replace("SUBJECT", theirs.subject),
            message_id=f"<p{number}@peer.example>",
            extra=extra.replace("THEIRS", theirs.message_id),
        )
        return raw, sender if envelope is None else envelope

    return answer


POLITE = answered("Re: SUBJECT", "Auto-Submitted: auto-replied\nIn-Reply-To: THEIRS\n")
RUDE = answered("Ticket N received", "In-Reply-To: THEIRS\n")
VERY_RUDE = answered("Request N")
OUT_OF_OFFICE = answered("Automatische Antwort: SUBJECT", "In-Reply-To: THEIRS\n")
DAEMON = answered("Undelivered Mail Returned to Sender", sender="MAILER-DAEMON@peer.example", envelope="")
RING = {"a@peer.example": "b@peer.example", "b@peer.example": "c@peer.example", "c@peer.example": "a@peer.example"}


@pytest.fixture
def desk(store, clock) -> TickingDesk:
    """A desk on a Monday at nine that sends its own people little, which is not what is counted here."""
    clock.advance(MONDAY - clock.now())
    desk = TickingDesk(store, clock, breaker_limit=5)
    quiet = Reminders(unassigned_after=Goal(), silent_to_lead_after=Goal(), escalate_most=0)
    timing = replace(desk.policy.timing, ladder=(), reminders=quiet)
    desk.policy = replace(desk.policy, timing=timing)
    return desk


def today(raw: bytes) -> bytes:
    return raw.replace(b"Sun, 22 Nov", b"Mon, 23 Nov")


def spend_a_day(desk: TickingDesk, answer: Callable[[ParsedMail, str, int], tuple[bytes, str]]) -> Counter[str]:
    """24 hours in which every mail of ours to a peer is answered at once. How many each of them was sent."""
    seen = serial = 0
    for _ in range(24):
        desk.tick()
        while new := desk.carrier.sent[seen:]:
            seen = len(desk.carrier.sent)
            for ours in (each for each in new if each.recipient.endswith("@peer.example")):
                serial += 1
                raw, sender = answer(desk.sent_to(ours.recipient)[-1], ours.recipient, serial)
                desk.take(today(raw), sender=sender)
            desk.work()
        desk.clock.advance(timedelta(hours=1))
    return Counter(each.recipient for each in desk.carrier.sent if each.recipient.endswith("@peer.example"))


@pytest.mark.parametrize(
    ("answer", "most"),
    [(POLITE, 1), (RUDE, 2), (VERY_RUDE, 5), (OUT_OF_OFFICE, 1), (DAEMON, 1)],
    ids=["polite", "rude with references", "very rude", "out of office", "mailer daemon"],
)
def test_a_day_of_answers_to_answers_draws_few_automatic_mails(desk: TickingDesk, answer: Answer, most: int) -> None:
    desk.take(today(mail(sender=PEER)), sender=PEER)
    sent = spend_a_day(desk, lambda theirs, _to, number: answer(theirs, number))
    assert 1 <= sent[PEER] <= most


def test_a_ring_of_three_that_pass_our_mail_on_falls_silent(desk: TickingDesk) -> None:
    def pass_on(theirs: ParsedMail, to: str, number: int) -> tuple[bytes, str]:
        return answered("Ticket N received", sender=RING[to])(theirs, number)

    desk.take(today(mail(sender="a@peer.example")), sender="a@peer.example")
    sent = spend_a_day(desk, pass_on)
    assert set(sent) == set(RING)
    assert max(sent.values()) <= 5


def forge(desk: TickingDesk, count: int, *, rounds: int = 1, verdict: str = "") -> list[OutgoingMail]:
    """A wave of mails in the names of strangers; what the strangers are sent."""
    for number in range(count * rounds):
        desk.serial += 1
        victim = f"victim{number % count}@elsewhere{number % count}.example"
        extra = f"Authentication-Results: mx.desk.example; {verdict}\n" if verdict else ""
        raw = mail(
            WORDS, sender=f'"{WORDS}" <{victim}>', subject=WORDS, message_id=f"<v{desk.serial}@x.example>", extra=extra
        )
        desk.take(today(raw), sender=victim)
        desk.decide()
    desk.deliver()
    return [each for each in desk.carrier.sent if "victim" in each.recipient]


def test_forged_senders_are_sent_one_acknowledgement_each_until_the_breaker_opens(desk: TickingDesk) -> None:
    sent = forge(desk, 3, rounds=2)
    assert sorted(Counter(each.recipient for each in sent).values()) == [1] * 3
    assert len(forge(desk, 10)) == desk.breaker_limit == 5
    assert desk.states() == {"entry": 16}


@pytest.mark.parametrize("verdict", ["", "dmarc=none", "dmarc=fail"], ids=["unchecked", "nothing known", "failed"])
def test_with_an_authserv_id_forged_senders_are_sent_nothing(desk: TickingDesk, verdict: str) -> None:
    desk.policy = replace(desk.policy, desk=replace(desk.policy.desk, authserv_ids=("mx.desk.example",)))
    assert forge(desk, 2, rounds=2, verdict=verdict) == []


def test_the_breaker_tells_the_admins_when_it_opens_and_closes_again(desk: TickingDesk) -> None:
    forge(desk, 6)
    desk.tick()
    desk.tick()
    desk.clock.advance(timedelta(minutes=11))
    desk.tick()
    told = desk.subjects_to("root@desk.example")
    assert [each.removeprefix("Example support: ") for each in told] == [
        "no more acknowledgements for a while",
        "acknowledgements go out again",
    ]
    desk.customer_writes()
    assert len(desk.sent_to(CUSTOMER)) == 1
