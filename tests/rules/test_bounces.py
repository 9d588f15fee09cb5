"""Delivery reports: proved ones act once, on the address our own records name; all others do nothing."""

import pytest
from deskwork import ALICE, ANNA, BOB, EVE, TICKET, entry, found, mail, mails, of, our_id, reply_address, run, sent

from parsers.mail import Automatic, AutomaticKind, Bounce, BouncedRecipient
from rules.actions import MessageKind, Outcome, RecordBounce
from rules.tokens import TokenKind

PATH = TokenKind.RETURN_PATH


def report(address=ALICE, status="5.1.1", *, original="", to="support@us.example", **more):
    person = BouncedRecipient(address=address, status=status, status_class=int(status[0]), action="failed")
    bounce = Bounce(recipients=(person,) if address else (), original_message_id=original)
    kind = Automatic(kind=AutomaticKind.REPORT, acknowledge=False)
    return mail("mailer-daemon@mx.example", bounce=bounce, automatic=kind, to=to, **more)


def decided(message, address=ALICE):
    return run(message, found(TICKET, sent=sent(address)), sender="")


@pytest.mark.parametrize(
    "message",
    [
        report(to=reply_address(PATH, ALICE)),
        report(original=our_id(TokenKind.CUSTOMER, ALICE)),
        report(to=reply_address(PATH, ALICE), sender_from=None),
    ],
    ids=["return path", "original id", "without a usable From"],
)
def test_a_proved_bounce_is_an_entry_a_record_and_one_notice(message):
    decision = decided(message)
    (record,) = of(decision, RecordBounce)
    assert (entry(decision).kind, entry(decision).public, decision.ticket) == (MessageKind.BOUNCE, False, 7)
    assert (record.address, record.outbox_id, record.permanent) == (ALICE, 55, True)
    assert mails(decision) == [("bounce-notice", ANNA)]


@pytest.mark.parametrize(
    "message",
    [
        report(),
        report(to=reply_address(PATH, ALICE, key=b"x" * 32)),
        report(to=reply_address(TokenKind.CUSTOMER, ALICE)),
        report(original="<T.5@us.example>"),
        report(subject="[#123]", references=("<a@b>",)),
    ],
    ids=["nothing", "foreign key", "reply address", "id without a MAC", "number only"],
)
def test_a_bounce_without_our_mac_is_recorded_and_does_nothing(message):
    decision = decided(message)
    assert (decision.outcome, len(decision.actions)) == (Outcome.REFUSED, 1)
    assert decision.actions[0].reason == "bounce of nothing we sent"


def test_a_known_message_id_pauses_nobody_else():
    decision = decided(report(BOB, original=our_id(TokenKind.CUSTOMER, ALICE)))
    assert (of(decision, RecordBounce), entry(decision).kind) == ([], MessageKind.BOUNCE)


def test_a_return_path_names_the_recipient_even_when_the_report_names_an_alias():
    (record,) = of(decided(report("alice@forwarded.example", to=reply_address(PATH, ALICE))), RecordBounce)
    assert record.address == ALICE


def test_without_the_outbox_row_the_token_itself_says_who_it_was():
    message = report(to=reply_address(PATH, ALICE))
    (record,) = of(run(message, found(TICKET), sender=""), RecordBounce)
    assert record.address == ALICE
    assert of(run(report(EVE, to=reply_address(PATH, ALICE)), found(TICKET), sender=""), RecordBounce) == []


@pytest.mark.parametrize(("status", "permanent"), [("5.1.1", True), ("4.2.2", False)])
def test_only_a_permanent_failure_pauses_the_address(status, permanent):
    (record,) = of(decided(report(status=status, to=reply_address(PATH, ALICE))), RecordBounce)
    assert record.permanent is permanent


def test_a_report_of_success_is_kept_without_any_effect():
    decision = decided(report(status="2.1.5", to=reply_address(PATH, ALICE)))
    assert [type(action).__name__ for action in decision.actions] == ["AddMessage"]


def test_an_agent_whose_own_address_bounces_is_not_told_there():
    decision = decided(report(ANNA, to=reply_address(PATH, ANNA)), ANNA)
    assert (of(decision, RecordBounce)[0].address, mails(decision)) == (ANNA, [])
