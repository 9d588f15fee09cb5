"""Mails in the names of people who never wrote: what these are sent, and what stands in it."""

import random
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from desks import CUSTOMER, DESK, DeskInHand, mail, quote

from bench.forged import SERVER, flood
from parsers import parse

ADA = "ada@desk.example"
PASSED = f"Authentication-Results: {SERVER}; dmarc=pass header.from=customer.example\n"
EARLIER = "References: <before@customer.example>\n"
# No blanks and no line ends: a mail's own layout would turn them into something that is not what the sender wrote.
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_~!$&'*+/=?"


@pytest.fixture
def desk(store, clock) -> DeskInHand:
    return DeskInHand(store, clock)


@pytest.fixture
def checking(desk: DeskInHand) -> DeskInHand:
    """A desk whose mail server says whom it has authenticated."""
    desk.policy = replace(desk.policy, desk=replace(desk.policy.desk, authserv_ids=(SERVER,)))
    return desk


def test_forged_senders_are_sent_nothing_where_a_server_is_trusted_to_check(store, clock) -> None:
    outcome = flood(store, clock, 100, is_checked=True, breaker_limit=6)
    assert (outcome.tickets, outcome.acknowledged, outcome.told) == (100, 0, ())


def test_forged_senders_are_sent_one_a_day_and_no_more_than_the_breaker_lets_through(store, clock) -> None:
    outcome = flood(store, clock, 200, is_checked=False, breaker_limit=6)
    assert (outcome.tickets, outcome.most_a_day, outcome.worst_window) == (200, 1, 6)
    assert outcome.acknowledged < 200 // 4 * 2
    assert any("no more acknowledgements" in each for each in outcome.told)
    assert outcome.spoken == ()


def hostile(words: list[str], victim: str) -> bytes:
    """The words wherever a sender may put some."""
    subject, name, ours, local, before, topic, text, file = words
    return (
        f'From: "{name}" <{victim}>\nTo: "{name}" <{DESK}>\nCc: "{topic}" <{DESK}>\nReply-To: "{name}" <{victim}>\n'
        f"Subject: [#1001] {subject}\nMessage-ID: <{local}@{ours}>\nIn-Reply-To: <{before}@{ours}>\n"
        f"References: <{before}@{local}>\n\t<{topic}@{before}>\nThread-Topic: {topic}\nThread-Index: {topic}\n"
        f"Date: Sun, 22 Nov 2026 09:59:00 +0000 ({topic})\nList-Unsubscribe-Post: {topic}\nX-Mailer: {name}\n"
        f'Content-Language: {topic}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="{file}"\n\n'
        f'--{file}\nContent-Type: text/html; charset="utf-8"\n\n<p>{text}<a href="{subject}">{name}</a>\n'
        f'--{file}\nContent-Type: text/plain; name="{file}"\nContent-Disposition: attachment; filename="{file}"\n\n'
        f"{text}\n--{file}--\n"
    ).encode()


def answer_to(desk: DeskInHand, raw: bytes, victim: str) -> str:
    """All that a reader, or a program, can find in what the victim is sent."""
    desk.take(raw, sender=victim)
    desk.work()
    [sent] = (each for each in desk.carrier.sent if each.recipient == victim)
    read = parse(sent.raw)
    headers = "\n".join(str(value) for value in message_from_bytes(sent.raw, policy=policy.default).values())
    said = "\n".join((sent.raw.decode(), headers, read.subject, read.text, read.html, sent.sender))
    return said.casefold().replace(victim, "")


def pieces(words: list[str]) -> set[str]:
    return {word.casefold()[at : at + 8] for word in words for at in range(len(word) - 7)}


def test_no_acknowledgement_holds_eight_consecutive_characters_that_the_sender_chose(desk: DeskInHand) -> None:
    dice = random.Random(5)
    for number in range(20):
        words = ["".join(dice.choices(LETTERS, k=dice.randint(8, 40))) for _ in range(8)]
        victim = f"victim{number}@elsewhere{number}.example"
        said = answer_to(desk, hostile(words, victim), victim)
        assert {each for each in pieces(words) if each in said} == set()


def test_who_is_proved_to_have_written_finds_the_acknowledgement_beside_the_own_mail(checking: DeskInHand) -> None:
    checking.take(PASSED.replace("\n", "\r\n").encode() + mail(extra=EARLIER))
    checking.work()
    [received] = checking.sent_to(CUSTOMER)
    assert received.in_reply_to == ("<1@customer.example>",)
    assert received.references[1:] == ("<before@customer.example>", "<1@customer.example>")


def test_a_known_address_proves_nothing_and_its_mail_is_not_named(checking: DeskInHand) -> None:
    answer_by_ada(checking)
    checking.clock.advance(timedelta(days=3))
    checking.take(
        mail(message_id="<2@customer.example>", subject="Another", extra=EARLIER).replace(b"Sun, 22", b"Wed, 25")
    )
    checking.work()
    received = checking.sent_to(CUSTOMER)[-1]
    assert received.subject.endswith("We have received your message")
    assert [each for each in (*received.in_reply_to, *received.references) if "customer.example" in each] == []


def test_a_forged_friend_of_the_desk_is_sent_one_a_day_as_well(desk: DeskInHand) -> None:
    answer_by_ada(desk)
    for number in range(5):
        desk.take(mail(message_id=f"<f{number}@customer.example>", subject=f"Another {number}"))
    desk.work()
    assert len([each for each in desk.sent_to(CUSTOMER) if "We have received" in each.subject]) == 1


def test_every_mail_of_a_ticket_shares_one_reference_of_ours(desk: DeskInHand) -> None:
    answer_by_ada(desk)
    received, answer = desk.sent_to(CUSTOMER)
    assert received.references == received.in_reply_to == answer.references[:1]


def answer_by_ada(desk: DeskInHand) -> None:
    """A customer writes, proved where the desk can tell, and Ada answers."""
    desk.take((PASSED.replace("\n", "\r\n").encode() if desk.policy.desk.authserv_ids else b"") + mail())
    desk.work()
    notice = desk.sent_to(ADA)[0]
    to = notice.reply_to[0].address
    raw = mail(
        "It is repaired.\n" + quote(notice), sender=ADA, to=to, message_id="<a@x>", subject=f"Re: {notice.subject}"
    )
    proof = f"Authentication-Results: {SERVER}; dmarc=pass header.from=desk.example\r\n".encode()
    desk.take((proof if desk.policy.desk.authserv_ids else b"") + raw, sender=ADA, recipient=to)
    desk.work()
