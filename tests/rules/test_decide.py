"""The main road: from a customer's mail to a ticket, an answer, and back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from deskwork import (
    ALICE,
    ANNA,
    BEN,
    BOB,
    DESK,
    EVE,
    NOW,
    TICKET,
    US,
    entry,
    found,
    joined,
    mail,
    mails,
    of,
    our_id,
    reply_address,
    run,
    sent,
    status,
    token,
)

from parsers.mail import Address, Automatic, AutomaticKind
from rules import tokens
from rules.actions import (
    NEW,
    CreateTicket,
    MailClass,
    MarkAway,
    MessageKind,
    Outcome,
    Quarantine,
    Refuse,
    Send,
    SetField,
)
from rules.facts import Deny, DenyEntry, Participant, Role, Status
from rules.tokens import TokenKind


def test_a_first_mail_makes_a_ticket_is_acknowledged_and_shown_to_the_team():
    decision = run(mail(subject="Re: Printer on fire"))
    (ticket,) = of(decision, CreateTicket)
    assert (ticket.subject, ticket.mailbox, ticket.team, ticket.requester.address) == (
        "Printer on fire",
        "support",
        "first",
        ALICE,
    )
    assert (decision.outcome, decision.ticket, decision.trace.thread_by) == (Outcome.ENTRY, NEW, "new")
    assert mails(decision) == [("ticket-received", ALICE), ("new-ticket-notice", ANNA), ("new-ticket-notice", BEN)]


def test_mail_to_another_mailbox_goes_to_its_team_in_its_language():
    (ticket,) = of(run(mail(to="sales+x@us.example", language="")), CreateTicket)
    assert (ticket.mailbox, ticket.team, ticket.language) == ("sales", "sales", "de")


SIGNALS = [
    ("address-token", {"to": reply_address(TokenKind.CUSTOMER, ALICE)}, {}),
    ("signed-id", {"in_reply_to": (our_id(TokenKind.CUSTOMER, ALICE),)}, {}),
    ("signed-id", {"references": ("<x@y>", our_id(TokenKind.CUSTOMER, ALICE), "<z@y>")}, {}),
    ("seen-id", {"references": ("<first@cust.example>",)}, {"by_message_id": {"<first@cust.example>": 7}}),
    ("body-token", {"text": f"Hi\n{tokens.body_reference(token(TokenKind.CUSTOMER, ALICE))}"}, {}),
    ("subject-number", {"subject": "AW: [#123] Printer"}, {}),
]


@pytest.mark.parametrize(("signal", "fields", "known"), SIGNALS)
def test_each_of_five_signals_finds_the_ticket_and_reopens_it(signal, fields, known):
    decision = run(mail(**fields), found(TICKET, **known))
    assert (decision.ticket, decision.trace.thread_by, status(decision)) == (7, signal, Status.OPEN)
    assert (entry(decision).kind, entry(decision).public) == (MessageKind.MAIL, True)
    assert mails(decision) == [("customer-reply-notice", ANNA)]


def test_an_unassigned_tickets_reply_is_shown_to_the_whole_team():
    decision = run(mail(subject="[#123]"), found(replace(TICKET, assignee="")))
    assert [recipient for _, recipient in mails(decision)] == [ANNA, BEN]


def test_an_agents_answer_goes_to_every_public_participant_and_waits_for_the_customer():
    ticket = replace(TICKET, assignee="", status=Status.OPEN)
    message = mail(ANNA, to=reply_address(TokenKind.AGENT_REPLY, ANNA), text="Try again.")
    decision = run(message, found(ticket, sent=sent(ANNA)))
    assert mails(decision) == [("reply", ALICE), ("reply", BOB)]
    assert {send.mail_class for send in of(decision, Send)} == {MailClass.HUMAN}
    assert (entry(decision).public, entry(decision).author, entry(decision).text) == (True, "anna", "Try again.")
    assert (of(decision, SetField)[0].value, status(decision)) == ("anna", Status.PENDING)


def test_a_notice_that_says_note_keeps_the_answer_internal():
    message = mail(BEN, to=reply_address(TokenKind.AGENT_NOTE, BEN))
    decision = run(message, found(TICKET))
    assert (entry(decision).kind, entry(decision).public, status(decision)) == (MessageKind.NOTE, False, None)
    assert mails(decision) == [("note-notice", ANNA)]


def test_a_strangers_mail_with_a_token_stays_internal_until_an_agent_accepts_it():
    message = mail(EVE, to=reply_address(TokenKind.CUSTOMER, ALICE), cc=(Address(address="x@evil.example"),))
    decision = run(message, found(TICKET))
    assert (entry(decision).kind, entry(decision).public, status(decision)) == (MessageKind.THIRD_PARTY, False, None)
    assert (joined(decision), mails(decision)) == ([("x@evil.example", Role.WAITING)], [("third-party-notice", ANNA)])


def test_a_stranger_with_a_number_gets_what_every_new_sender_gets_whether_or_not_the_ticket_exists():
    hit = run(mail(EVE, subject="Re: [#123] Printer"), found(TICKET))
    miss = run(mail(EVE, subject="Re: [#999] Printer"), found(TICKET))
    assert mails(hit) == mails(miss)
    assert of(hit, CreateTicket)[0].subject == of(miss, CreateTicket)[0].subject == "Printer"
    assert "claimed ticket 123" in entry(hit).banner


def test_ten_thousand_guessed_numbers_reach_no_ticket():
    facts = found(TICKET)
    assert all(run(mail(EVE, subject=f"[#{n}]"), facts).ticket == NEW for n in range(10_000))


@pytest.mark.parametrize(
    ("days", "ticket_id"), [(1, 7), (14, 7), (15, NEW)], ids=["next day", "last day", "a day too late"]
)
def test_a_reply_reopens_a_closed_ticket_only_for_some_days(days, ticket_id):
    ticket = replace(TICKET, status=Status.CLOSED, closed_at=NOW - timedelta(days=days))
    decision = run(mail(subject="Re: [#123] Printer"), found(ticket))
    assert decision.ticket == ticket_id
    if ticket_id == NEW:
        assert (of(decision, CreateTicket)[0].linked_to, of(decision, CreateTicket)[0].subject) == (7, "Printer")


@pytest.mark.parametrize("before", [Status.SOLVED, Status.CLOSED])
def test_a_bare_thanks_is_kept_and_reopens_nothing(before):
    ticket = replace(TICKET, status=before, closed_at=NOW - timedelta(days=90) if before is Status.CLOSED else None)
    decision = run(mail(subject="[#123]", text="Many thanks!"), found(ticket))
    assert (decision.ticket, entry(decision).public, status(decision), mails(decision)) == (7, True, None, [])


def test_a_thanks_to_a_pending_ticket_is_an_answer_like_any_other():
    assert status(run(mail(subject="[#123]", text="Thanks!"), found(TICKET))) is Status.OPEN


def test_a_participants_new_cc_joins_and_nobody_of_ours_does():
    people = ("new@cust.example", "help@us.example", BEN, US, BOB, "support+x@us.example")
    message = mail(to=reply_address(TokenKind.CUSTOMER, ALICE), cc=tuple(Address(address=a) for a in people))
    assert joined(run(message, found(TICKET))) == [("new@cust.example", Role.CC)]


def test_a_cc_that_only_a_guessable_number_speaks_for_waits():
    message = mail(subject="[#123]", cc=(Address(address=EVE),))
    assert joined(run(message, found(TICKET))) == [(EVE, Role.WAITING)]


def test_no_conversation_grows_past_twenty_people():
    message = mail(cc=tuple(Address(address=f"p{n}@x.example") for n in range(1000)))
    assert len(joined(run(message))) < 20


def test_mail_without_a_single_from_is_held():
    decision = run(mail("", defects=("two From addresses",)))
    assert (decision.outcome, [type(a) for a in decision.actions]) == (Outcome.QUARANTINED, [Quarantine])


@pytest.mark.parametrize("address", [US, "help@us.example", "SALES@us.example".lower(), "support+tabc@us.example"])
def test_mail_from_a_mailbox_of_ours_is_a_loop(address):
    assert run(mail(address)).actions == (Refuse(reason="loop: From is a mailbox of ours"),)


def test_our_own_mail_that_comes_back_is_a_loop():
    message = mail(message_id=our_id(TokenKind.CUSTOMER, ALICE), subject="[#123]")
    assert run(message, found(TICKET)).outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    ("action", "outcome", "acknowledged"),
    [
        (Deny.DROP, Outcome.REFUSED, False),
        (Deny.REJECT, Outcome.REFUSED, False),
        (Deny.QUARANTINE, Outcome.QUARANTINED, False),
        (Deny.NOREPLY, Outcome.ENTRY, False),
        (Deny.ALLOW, Outcome.ENTRY, True),
    ],
)
def test_the_deny_list_decides_before_any_ticket_is_looked_at(action, outcome, acknowledged):
    desk = replace(DESK, deny=(DenyEntry(kind="domain", value="cust.example", action=action),))
    decision = run(mail(), desk=desk)
    assert (decision.outcome, ("ticket-received", ALICE) in mails(decision)) == (outcome, acknowledged)
    assert decision.trace.deny == f"{action.value}: domain cust.example"


def automatic(kind: AutomaticKind) -> Automatic:
    return Automatic(kind=kind, acknowledge=False, evidence=("a header",))


@pytest.mark.parametrize("author", [ALICE, ANNA, EVE])
def test_an_absence_note_is_kept_on_its_ticket_and_changes_nothing(author):
    message = mail(
        author, to=reply_address(TokenKind.AGENT_REPLY, author), automatic=automatic(AutomaticKind.AUTO_REPLY)
    )
    decision = run(message, found(TICKET))
    assert (entry(decision).kind, entry(decision).public) == (MessageKind.AUTO_REPLY, False)
    others = [each for each in decision.actions if each is not entry(decision)]
    away = [each.agent for each in others if isinstance(each, MarkAway)]
    assert away == (["anna"] if author == ANNA else [])
    assert len(others) == len(away)


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        (AutomaticKind.AUTO_REPLY, Outcome.REFUSED),
        (AutomaticKind.REPORT, Outcome.QUARANTINED),
        (AutomaticKind.FEEDBACK, Outcome.QUARANTINED),
        (AutomaticKind.AUTO_GENERATED, Outcome.ENTRY),
        (AutomaticKind.LIST, Outcome.ENTRY),
        (AutomaticKind.BULK, Outcome.ENTRY),
    ],
)
def test_a_machines_new_mail_is_never_acknowledged(kind, outcome):
    decision = run(mail(automatic=automatic(kind)))
    assert decision.outcome is outcome
    assert all(template == "new-ticket-notice" for template, _ in mails(decision))


def test_a_machines_reply_does_not_undo_a_solution():
    message = mail(subject="[#123]", automatic=automatic(AutomaticKind.AUTO_GENERATED))
    assert status(run(message, found(replace(TICKET, status=Status.SOLVED)))) is None
    assert status(run(message, found(TICKET))) is Status.OPEN


def test_an_agent_who_writes_anew_is_a_requester_like_anyone():
    decision = run(mail(ANNA))
    assert of(decision, CreateTicket)[0].requester.address == ANNA
    assert mails(decision) == [("ticket-received", ANNA), ("new-ticket-notice", BEN)]


def test_an_agent_may_go_on_with_the_ticket_they_requested_themselves():
    ticket = replace(TICKET, requester=BEN, participants=())
    decision = run(mail(BEN, to=reply_address(TokenKind.CUSTOMER, BEN)), found(ticket))
    assert (entry(decision).public, status(decision)) == (True, Status.OPEN)


def test_a_reply_to_an_internal_mail_stays_internal():
    ticket = replace(TICKET, last_internal_to=frozenset({BOB}))
    decision = run(mail(BOB, subject="[#123]"), found(ticket))
    assert (entry(decision).public, status(decision)) == (False, None)
    assert run(mail(BOB, to=reply_address(TokenKind.CUSTOMER, BOB)), found(ticket)).actions[0].public


def test_a_customer_who_answers_a_forwarded_notice_stays_internal():
    decision = run(mail(to=reply_address(TokenKind.AGENT_REPLY, ANNA)), found(TICKET))
    assert (entry(decision).public, status(decision)) == (False, None)


@pytest.mark.parametrize("author", [ALICE, EVE])
def test_more_mail_to_a_spam_ticket_is_kept_and_wakes_nobody(author):
    message = mail(author, to=reply_address(TokenKind.CUSTOMER, ALICE))
    decision = run(message, found(replace(TICKET, status=Status.SPAM)))
    assert (decision.ticket, status(decision), mails(decision)) == (7, None, [])


def test_a_strangers_absence_note_with_a_guessed_number_reaches_no_ticket():
    message = mail(EVE, subject="Out of office [#123]", automatic=automatic(AutomaticKind.AUTO_REPLY))
    assert run(message, found(TICKET)).outcome is Outcome.REFUSED


def test_who_waits_for_approval_takes_no_part_yet():
    ticket = replace(TICKET, participants=(Participant(address=EVE, role=Role.WAITING),))
    decision = run(mail(EVE, to=reply_address(TokenKind.CUSTOMER, ALICE)), found(ticket))
    assert (entry(decision).kind, entry(decision).public) == (MessageKind.THIRD_PARTY, False)


def test_the_assignee_is_not_told_of_their_own_note():
    assert mails(run(mail(ANNA, to=reply_address(TokenKind.AGENT_NOTE, ANNA)), found(TICKET))) == []
