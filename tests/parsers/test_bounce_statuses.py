"""A server's sentence is turned into the RFC 3463 status it means."""

import pytest

from parsers.bounce_statuses import find_reply, read_status, refine


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("550 5.1.1 <a@b.example>... User unknown", "5.1.1"),
        ("550-5.7.26 This mail is unauthenticated", "5.7.26"),
        ("Sorry, no mailbox here by that name. (#5.1.1)", "5.1.1"),
        ("#550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found ##", "5.1.10"),
        ("554 5.0.0 rejected: 552 5.2.2 mailbox full", "5.2.2"),
        ("550 User unknown", "5.1.1"),
        ("450 User unknown", "4.1.1"),
        ("421 Too many spams from your IP", "4.7.1"),
        ("TLS is required, but was not offered", "5.7.4"),
        ("domain name (dest.example) does not appear to be registered", "5.1.2"),
        ("Unknown user", "5.1.1"),
        ("550 No such user here", "5.1.1"),
        ("The e-mail account does not exist at the organization", "5.1.1"),
        ("This user doesn't have a yahoo.com account", "5.1.1"),
        ("550 Requested action not taken: mailbox unavailable", "5.2.1"),
        ("Account has been disabled", "5.2.1"),
        ("Sorry, I couldn't find any host named b.example.", "5.1.2"),
        ("Host or domain name not found. Name service error for name=b.example", "5.1.2"),
        ("unrouteable mail domain", "5.1.2"),
        ("552 Mailbox full", "5.2.2"),
        ("452 mailbox is full, try later", "4.2.2"),
        ("User is over quota", "5.2.2"),
        ("The recipient's mailbox exceeds its size limit", "5.2.2"),
        ("552 Message size exceeds fixed limit", "5.3.4"),
        ("message too large", "5.3.4"),
        ("554 Relay access denied", "5.7.1"),
        ("550 relaying not allowed", "5.7.1"),
        ("554 Message rejected as spam", "5.7.1"),
        ("550 blocked using zen.spamhaus.org", "5.7.1"),
        ("too many hops, this message is looping", "5.4.6"),
        ("retry timeout exceeded", "4.4.7"),
        ("message has been in the queue too long", "4.4.7"),
        ("Connection timed out", "4.4.1"),
        ("Connection refused", "4.4.1"),
        ("lost connection with mx.b.example while receiving the initial greeting", "4.4.2"),
        ("450 Greylisted, please try again in 300 seconds", "4.7.1"),
        ("421 whatever", "4.4.2"),
        ("554 whatever", "5.0.0"),
        ("Postfach ist voll", "5.2.2"),
        ("ユーザが存在しません", "5.1.1"),
        ("", ""),
        ("Thank you for your message of 12.5.2026", ""),
        ("sent by 192.5.1.1 and Exim 4.2.1 at 5.2.2.1", ""),
        ("an attachment of 550 KB, 500 hours old", ""),
    ],
)
def test_a_sentence_has_the_status_it_means(text: str, status: str) -> None:
    assert read_status(text).status == status


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("said: 550 no", "550"),
        ("<<< 421-later", "421"),
        ("(550)", "550"),
        ("550kB", ""),
        ("in 1550 days", ""),
        ("250 ok", ""),
    ],
)
def test_a_reply_code_stands_alone(text: str, reply: str) -> None:
    assert find_reply(text) == reply


@pytest.mark.parametrize(
    ("status", "text", "refined"),
    [
        ("5.0.0", "550 5.1.1 no", "5.1.1"),
        ("5.0.0", "450 4.2.1 later", "5.0.0"),
        ("5.1.1", "550 5.7.1 no", "5.1.1"),
        ("4.0.0", "no code", "4.0.0"),
    ],
)
def test_only_a_vague_status_is_refined_and_only_within_its_class(status: str, text: str, refined: str) -> None:
    assert refine(status, text) == refined
