"""Threads: what the store is asked, which signal wins, and what is written down about the losers."""

from dataclasses import replace
from datetime import timedelta

import pytest
from deskwork import ALICE, DESK, EVE, KEY, NOW, TICKET, found, mail, our_id, reply_address, run, token

from parsers.mail import Address, Bounce
from rules import tokens
from rules.decide import lookups
from rules.facts import Envelope, Status
from rules.tokens import TokenKind

CUSTOMER = TokenKind.CUSTOMER
OTHER = replace(TICKET, id=8, number=124)


def asked(message, *recipients, desk=DESK):
    return lookups(message, Envelope(source="smtp", recipients=recipients, received_at=NOW), desk)


def test_the_store_is_asked_for_everything_the_mail_names():
    message = mail(
        subject="Re: [#5] [#6]",
        in_reply_to=("<a@x>",),
        references=("<b@x>", our_id(CUSTOMER, ALICE, ticket=9, serial=90), "<a@x>"),
        cc=(Address(address=reply_address(CUSTOMER, ALICE, ticket=8, serial=80)),),
        text=tokens.body_reference(token(CUSTOMER, ALICE, ticket=10, serial=100)),
    )
    wanted = asked(message, reply_address(TokenKind.RETURN_PATH, ALICE))
    assert (wanted.ticket_ids, wanted.outbox_ids) == ((7, 8, 9, 10), (55, 80, 90, 100))
    assert wanted.message_ids == (message.references[1], "<a@x>", "<b@x>")
    assert (wanted.numbers, wanted.sender) == ((5, 6), ALICE)


def test_nothing_without_its_mac_is_looked_up_by_id():
    message = mail(in_reply_to=(our_id(CUSTOMER, ALICE, key=b"x" * 32),), to=reply_address(CUSTOMER, ALICE, key=b"y"))
    assert (asked(message).ticket_ids, asked(message).outbox_ids) == ((), ())


def test_a_thousand_references_are_cut_to_the_newest_and_ours_is_still_found():
    references = (our_id(CUSTOMER, ALICE), *(f"<r{n}@x>" for n in range(1000)))
    wanted = asked(mail(references=references))
    assert (wanted.ticket_ids, len(wanted.message_ids), wanted.message_ids[1]) == ((7,), 201, "<r999@x>")


def test_a_bounces_original_id_is_looked_up():
    message = mail(bounce=Bounce(original_message_id=our_id(CUSTOMER, ALICE, ticket=9)))
    assert asked(message).ticket_ids == (9,)


STRONGEST = [
    ({"to": reply_address(CUSTOMER, ALICE), "in_reply_to": (our_id(CUSTOMER, ALICE, ticket=8),)}, "address-token"),
    ({"in_reply_to": (our_id(CUSTOMER, ALICE),), "references": ("<seen@x>",)}, "signed-id"),
    ({"in_reply_to": ("<mine@x>",), "text": tokens.body_reference(token(CUSTOMER, ALICE, ticket=8))}, "seen-id"),
    ({"text": tokens.body_reference(token(CUSTOMER, ALICE)), "subject": "[#124]"}, "body-token"),
]


@pytest.mark.parametrize(("fields", "by"), STRONGEST)
def test_the_stronger_signal_wins_and_the_weaker_one_is_written_down(fields, by):
    facts = found(TICKET, OTHER, by_message_id={"<seen@x>": 8, "<mine@x>": 7})
    decision = run(mail(**fields), facts)
    assert (decision.ticket, decision.trace.thread_by) == (7, by)
    assert f"{by}" in decision.trace.thread[0]
    assert "chosen" in decision.trace.thread[0]
    assert "ticket 124, conflicts" in decision.trace.thread[1]


def test_among_equal_signals_the_ticket_the_sender_takes_part_in_wins():
    strangers = replace(OTHER, requester=EVE, participants=())
    assert run(mail(subject="[#124] [#123]"), found(strangers, TICKET)).ticket == 7


def test_no_token_is_ever_written_into_the_evidence():
    secret = token(CUSTOMER, ALICE)
    message = mail(to=tokens.token_address("support@us.example", secret), in_reply_to=(f"<{secret}@us.example>",))
    assert secret not in repr(run(message, found(TICKET)).trace)


def test_a_token_ends_some_days_after_its_ticket_was_closed():
    message = mail(EVE, to=reply_address(CUSTOMER, ALICE))
    for days, ticket in ((30, 7), (31, 0)):
        closed = replace(TICKET, status=Status.CLOSED, closed_at=NOW - timedelta(days=days))
        assert run(message, found(closed)).ticket == ticket
    assert "token expired" in run(message, found(closed)).trace.thread[0]


def test_a_mail_system_that_changes_letters_case_loses_nothing():
    message = mail(to=reply_address(CUSTOMER, ALICE).upper(), in_reply_to=(our_id(CUSTOMER, ALICE).upper(),))
    decision = run(message, found(TICKET))
    assert (decision.trace.thread_by, len(decision.trace.thread)) == ("address-token", 2)


def test_after_a_key_rotation_the_old_tokens_still_find_their_ticket():
    desk = replace(DESK, keys=(b"n" * 32, KEY))
    assert run(mail(to=reply_address(CUSTOMER, ALICE)), found(TICKET), desk=desk).ticket == 7
    assert (
        run(mail(to=reply_address(CUSTOMER, ALICE)), found(TICKET), desk=replace(DESK, keys=(b"n" * 32,))).ticket == 0
    )


def test_a_token_of_a_ticket_that_is_gone_is_written_down():
    assert run(mail(to=reply_address(CUSTOMER, ALICE))).trace.thread == ("address-token: no such ticket",)
