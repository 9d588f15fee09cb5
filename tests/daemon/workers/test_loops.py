"""A day beside machines that answer everything: how many automatic mails each of them can draw out of the desk."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from desks import mail
from ticking_desks import TickingDesk

from parsers.mail import ParsedMail

PEER = "desk@peer.example"
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
RING = answered("Ticket N received", sender="other@peer.example")


@pytest.mark.parametrize(
    ("answer", "most"),
    [(POLITE, 1), (RUDE, 2), (VERY_RUDE, 5), (OUT_OF_OFFICE, 1), (DAEMON, 1), (RING, 5)],
    ids=["polite", "rude", "very rude", "out of office", "mailer daemon", "ring"],
)
def test_a_day_of_answers_to_answers_draws_few_automatic_mails(store, clock, answer: Answer, most: int) -> None:
    clock.advance(MONDAY - clock.now())
    desk = TickingDesk(store, clock)
    desk.take(mail(sender=PEER), sender=PEER)
    seen = serial = 0
    for _ in range(24 * 6):
        desk.tick()
        new, seen = desk.carrier.sent[seen:], len(desk.carrier.sent)
        for ours in (each for each in new if each.recipient.endswith("@peer.example")):
            serial += 1
            raw, sender = answer(desk.sent_to(ours.recipient)[-1], serial)
            desk.take(raw.replace(b"Sun, 22 Nov", b"Mon, 23 Nov"), sender=sender)
        clock.advance(timedelta(minutes=10))
    automatic = Counter(each.recipient for each in desk.carrier.sent if each.recipient.endswith("@peer.example"))
    assert 1 <= max(automatic.values()) <= most


def test_a_wave_of_forged_senders_opens_the_breaker_and_carries_none_of_their_words(store, clock) -> None:
    clock.advance(MONDAY - clock.now())
    desk = TickingDesk(store, clock)
    for number in range(300):
        victim = f"victim{number}@elsewhere.example"
        raw = mail(sender=victim, subject="FREE DISCORD NITRO", message_id=f"<v{number}@x.example>")
        desk.take(raw.replace(b"Sun, 22 Nov", b"Mon, 23 Nov"), sender=victim)
    desk.work()
    victims = [each for each in desk.carrier.sent if each.recipient.endswith("@elsewhere.example")]
    assert len(victims) == len({each.recipient for each in victims}) == 100
    assert not any(b"DISCORD" in each.raw or b"printer" in each.raw for each in victims)
    assert desk.states()["entry"] == 300
