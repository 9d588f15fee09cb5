"""Sending: attempts are committed first, bytes never change, and a doubt never doubles an automatic mail."""

from dataclasses import replace
from datetime import timedelta

import pytest
from desks import CUSTOMER, DeskInHand, mail, quote
from flaky_stores import Flaky

from daemon.ports import OutgoingMail, SendResult, SendState
from daemon.store import outbox, views
from daemon.store.outbox import Made, OutboxState
from daemon.workers.delivery import Delivery, recover
from rules.articles import Article, Library

UNCERTAIN = SendResult(state=SendState.UNCERTAIN, stage="dot")
LATER = SendResult(state=SendState.DEFERRED, stage="rcpt", code=450, status="4.2.0", text="greylisted")
NEVER = SendResult(state=SendState.FAILED, stage="rcpt", code=550, status="5.1.1", text="no such user")
ADA = "ada@desk.example"


class PowerCut(BaseException):
    """The daemon dies here."""


@pytest.fixture
def desk(store, clock) -> DeskInHand:
    desk = DeskInHand(store, clock)
    desk.take(mail())
    desk.decide()
    return desk


def answer(desk: DeskInHand) -> None:
    """An agent answers, so that a human's mail waits in the outbox."""
    desk.deliver()
    notice = desk.sent_to(ADA)[0]
    to = notice.reply_to[0].address
    text = "It is repaired.\n" + quote(notice)
    desk.take(
        mail(text, sender=f"Ada <{ADA}>", to=to, message_id="<a@desk.example>", subject=f"Re: {notice.subject}"),
        sender=ADA,
        recipient=to,
    )
    desk.decide()


def row(desk: DeskInHand, kind: str) -> dict:
    return next(each for each in desk.outbox() if each["kind"] == kind)


def die(_mail: OutgoingMail) -> None:
    raise PowerCut


def test_an_agents_answer_reaches_the_customer_without_the_quoted_notice(desk: DeskInHand) -> None:
    answer(desk)
    desk.deliver()
    reply = desk.sent_to(CUSTOMER)[-1]
    assert reply.text.strip() == "It is repaired."
    assert reply.in_reply_to == ("<1@customer.example>",)
    assert desk.ticket()["status"] == "pending"


def test_the_attempt_is_committed_before_anybody_connects(desk: DeskInHand) -> None:
    seen = []

    def look(mail: OutgoingMail) -> None:
        with desk.store.reading() as connection:
            seen.append((views.outbox_one(connection, mail.outbox_id) or {})["state"])
            seen.append(len(outbox.attempts_of(connection, mail.outbox_id)))

    desk.carrier.during = look
    desk.deliver()
    assert set(seen) == {"sending", 1}


def test_a_deferred_mail_is_sent_again_with_the_same_bytes(desk: DeskInHand) -> None:
    bytes_tried = []
    desk.carrier.during = lambda mail: bytes_tried.append(mail.raw)
    desk.carrier.answers = [LATER]
    desk.deliver()
    desk.clock.advance(timedelta(minutes=2))
    desk.deliver()
    assert bytes_tried.count(bytes_tried[0]) == 2
    assert row(desk, "acknowledgement")["state"] == "sent"


def test_a_refused_mail_has_failed_with_the_peers_words(desk: DeskInHand) -> None:
    desk.carrier.answers = [NEVER]
    desk.deliver()
    failed = row(desk, "acknowledgement")
    assert (failed["state"], failed["detail"]) == ("failed", "550 5.1.1 no such user")


def test_an_automatic_mail_is_not_sent_twice_on_a_doubt(desk: DeskInHand) -> None:
    desk.carrier.answers = [UNCERTAIN]
    desk.deliver()
    desk.clock.advance(timedelta(days=2))
    desk.deliver()
    assert row(desk, "acknowledgement")["state"] == "uncertain"
    assert len(desk.sent_to(CUSTOMER)) == 1


def test_a_persons_mail_is_sent_again_on_a_doubt_with_the_same_message_id(desk: DeskInHand) -> None:
    answer(desk)
    desk.carrier.answers = [UNCERTAIN]
    desk.deliver()
    desk.clock.advance(timedelta(hours=1))
    desk.deliver()
    copies = [each for each in desk.sent_to(CUSTOMER) if "repaired" in each.text]
    assert len(copies) == 2
    assert copies[0].message_id == copies[1].message_id
    assert row(desk, "human")["state"] == "sent"


def test_after_a_crash_in_mid_attempt_a_persons_mail_goes_out_once_more_unchanged(desk: DeskInHand) -> None:
    answer(desk)
    tried = []
    desk.carrier.during = lambda mail: (tried.append(mail.raw), die(mail))
    with pytest.raises(PowerCut):
        desk.delivery.step()
    recover(desk.store, desk.clock.now(), alone=True)
    desk.carrier.during = lambda mail: tried.append(mail.raw)
    desk.deliver()
    assert tried[0] == tried[1]
    assert row(desk, "human")["state"] == "sent"


def test_after_a_crash_in_mid_attempt_an_automatic_mail_is_uncertain(desk: DeskInHand) -> None:
    desk.carrier.during = die
    with pytest.raises(PowerCut):
        desk.delivery.step()
    assert recover(desk.store, desk.clock.now(), alone=True) == 1
    desk.carrier.during = lambda _mail: None
    desk.deliver()
    assert row(desk, "acknowledgement")["state"] == "uncertain"
    assert not desk.sent_to(CUSTOMER)
    assert desk.sent_to(ADA)


def test_what_people_wrote_goes_before_what_we_generate(desk: DeskInHand) -> None:
    answer(desk)
    desk.take(mail("Another\n", sender="lee@customer.example", message_id="<9@customer.example>"))
    desk.decide()
    sent = len(desk.carrier.sent)
    desk.delivery.step()
    assert desk.carrier.sent[sent].recipient == CUSTOMER


def test_a_mail_that_is_held_waits_for_a_word(desk: DeskInHand) -> None:
    held = row(desk, "acknowledgement")["id"]
    assert desk.store.write(lambda c: outbox.hold(c, held))
    desk.deliver()
    assert row(desk, "acknowledgement")["state"] == "held"
    assert desk.store.write(lambda c: outbox.retry(c, held, desk.clock.now()))
    desk.deliver()
    assert row(desk, "acknowledgement")["state"] == "sent"


def test_a_dropped_mail_never_leaves(desk: DeskInHand) -> None:
    dropped = row(desk, "acknowledgement")["id"]
    assert desk.store.write(lambda c: outbox.drop(c, dropped, desk.clock.now()))
    desk.deliver()
    assert not desk.sent_to(CUSTOMER)


def test_acknowledgements_go_with_the_null_sender_and_all_else_with_a_signed_one(desk: DeskInHand) -> None:
    desk.deliver()
    senders = {mail.recipient: mail.sender for mail in desk.carrier.sent}
    assert senders[CUSTOMER] == ""
    assert senders[ADA].startswith("support+t")


def test_a_bounce_of_a_persons_mail_is_told_to_the_agent(desk: DeskInHand) -> None:
    answer(desk)
    desk.deliver()
    relayed = next(each for each in desk.carrier.sent if each.recipient == CUSTOMER and each.sender)
    report = (
        f"From: MAILER-DAEMON@x.example\nTo: {relayed.sender}\nSubject: failure\nMessage-ID: <b@x.example>\n"
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; {CUSTOMER}\nAction: failed\nStatus: 5.1.1\n\n--b--\n"
    )
    desk.take(report.replace("\n", "\r\n").encode(), sender="", recipient=relayed.sender)
    desk.work()
    assert "Undelivered" in desk.sent_to(ADA)[-1].subject
    assert row(desk, "human")["state"] == "failed"


def test_everything_we_send_is_marked_as_automatic_unless_a_person_wrote_it(desk: DeskInHand) -> None:
    answer(desk)
    desk.deliver()
    assert [m.header("auto-submitted") for m in desk.sent_to(CUSTOMER)] == ["auto-replied", ""]
    assert {m.header("auto-submitted") for m in desk.sent_to(ADA)} == {"auto-generated"}


@pytest.mark.parametrize("number", range(2, 8))
@pytest.mark.parametrize("kind", ["lost_commits", "lost_replies"])
def test_a_database_that_vanishes_makes_no_mail_go_out_twice_or_never(desk: DeskInHand, kind: str, number: int) -> None:
    flaky = Flaky(desk.store)
    getattr(flaky, kind).add(number)
    desk.delivery = Delivery(flaky, desk.readers, lambda: desk.policy, desk.carrier, desk.clock, dice=lambda: 0.0)
    desk.delivery.wake()
    desk.deliver()
    assert len(desk.sent_to(CUSTOMER)) == len(desk.sent_to(ADA)) == 1
    assert {each["state"] for each in desk.outbox()} == {"sent"}


def test_an_attempt_whose_holder_vanished_is_found_while_others_work(desk: DeskInHand) -> None:
    desk.carrier.during = die
    with pytest.raises(PowerCut):
        desk.delivery.step()
    desk.carrier.during = lambda _mail: None
    desk.clock.advance(timedelta(minutes=59))
    desk.deliver()
    assert row(desk, "acknowledgement")["state"] == "sending"
    desk.clock.advance(timedelta(minutes=2))
    desk.deliver()
    assert row(desk, "acknowledgement")["state"] == "uncertain"


def test_bytes_made_by_another_node_are_not_replaced(desk: DeskInHand) -> None:
    number, now = row(desk, "acknowledgement")["id"], desk.clock.now()
    due = next(each for each in desk.store.write(lambda c: outbox.claim(c, now, 9)) if each.id == number)

    def begin(words: str) -> int | None:
        made = Made(subject="s", envelope_from="", message_id=f"<{words}@d>")
        digest, until = desk.store.blobs.put(words.encode()), now + timedelta(hours=1)
        return desk.store.write(lambda c: outbox.begin_attempt(c, due, digest, now, until, made))

    first = begin("one")
    again = {"state": OutboxState.DEFERRED, "next_attempt_at": now}
    desk.store.write(lambda c: outbox.end_attempt(c, number, first or 0, LATER, now, **again))
    assert (begin("two"), begin("one")) == (None, (first or 0) + 1)
    with desk.store.reading() as connection:
        assert (views.outbox_one(connection, number) or {})["message_id"] == "<one@d>"


def test_an_acknowledgement_says_when_the_office_opens_and_when_it_answers(desk: DeskInHand) -> None:
    desk.deliver()
    said = desk.sent_to(CUSTOMER)[0].text
    assert "open again on Monday, 23 November, 09:00 (UTC)" in said
    assert "by Monday, 23 November, 13:00 (UTC) at the latest" in said


def test_an_acknowledgement_offers_articles_and_asks_for_what_is_missing(desk: DeskInHand) -> None:
    others = (Article(name=str(number), title="Another matter", text="other words") for number in range(30))
    article = Article(name="p", title="When the printer is broken", text="Switch it off.", url="https://kb.example/p")
    timing = replace(desk.policy.timing, details={"technical": {"en": ("the number on its back",)}})
    desk.policy = replace(desk.policy, library=Library((article, *others)), timing=timing)
    desk.deliver()
    said = desk.sent_to(CUSTOMER)[0].text
    assert "- When the printer is broken: https://kb.example/p" in said
    assert "- the number on its back" in said
