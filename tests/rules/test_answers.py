"""Agents' mail: what goes to the customer, and everything that does not."""

from dataclasses import replace

import pytest
from deskwork import (
    ALICE,
    ANNA,
    BEN,
    BOB,
    CARL,
    DESK,
    STRICT,
    TICKET,
    checked,
    entry,
    found,
    mail,
    mails,
    of,
    our_id,
    passed,
    reply_address,
    run,
    sent,
    status,
)

from parsers.mail import Attachment, Automatic, AutomaticKind
from rules.actions import MessageKind, Send
from rules.cutline import cut_line
from rules.facts import Participant, Role, Status
from rules.tokens import TokenKind

REPLY, NOTE = TokenKind.AGENT_REPLY, TokenKind.AGENT_NOTE
CUT = cut_line((b"k" * 32,), 55, "below this line everything stays internal")


def answer(author=ANNA, kind=REPLY, text="Try again.", **more):
    fields = {"to": reply_address(kind, author), "headers": passed(author), **more}
    return mail(author, text=text, **fields)


def is_relayed(decision):
    return ("reply", ALICE) in mails(decision)


def test_an_authenticated_agent_with_an_own_token_reaches_the_customer():
    assert is_relayed(run(answer(), found(TICKET, sent=sent(ANNA)), desk=STRICT))


def test_the_signed_message_id_of_a_notice_is_as_good_as_its_reply_address():
    message = mail(ANNA, in_reply_to=(our_id(REPLY, ANNA),), headers=passed(ANNA))
    assert is_relayed(run(message, found(TICKET), desk=STRICT))


def test_an_agent_may_answer_from_another_own_address():
    message = mail("anna@home.example", to=reply_address(REPLY, ANNA), headers=passed("anna@home.example"))
    assert is_relayed(run(message, found(TICKET), desk=STRICT))


def test_smtp_auth_as_the_agent_authenticates_without_any_header():
    message = answer(headers=())
    assert is_relayed(run(message, found(TICKET), desk=STRICT, authenticated_as="Anna@us.example"))
    assert is_relayed(run(message, found(TICKET), desk=STRICT, authenticated_as="anna@home.example"))
    assert not is_relayed(run(message, found(TICKET), authenticated_as=BEN))


UNPROVED = [
    ("no header of our server", answer(headers=())),
    ("dmarc failed", answer(headers=checked("dmarc=fail header.from=us.example"))),
    ("only dkim", answer(headers=checked("dkim=pass header.d=us.example"))),
    ("token of another agent", answer(to=reply_address(REPLY, BEN))),
    ("token of a customer", answer(to=reply_address(TokenKind.CUSTOMER, ANNA))),
    ("token of a return path", answer(to=reply_address(TokenKind.RETURN_PATH, ANNA))),
    ("agent not active", answer(CARL)),
    ("only a number", answer(to="support@us.example", subject="[#123]")),
    ("only an older reference", answer(to="support@us.example", references=(our_id(REPLY, ANNA), our_id(REPLY, BEN)))),
]


@pytest.mark.parametrize("message", [m for _, m in UNPROVED], ids=[name for name, _ in UNPROVED])
def test_anything_less_becomes_an_unverified_note_and_the_agent_named_is_told(message):
    decision = run(message, found(TICKET), desk=STRICT)
    assert (entry(decision).kind, entry(decision).public, status(decision)) == (MessageKind.UNVERIFIED, False, None)
    assert {template for template, _ in mails(decision)} == {"held-notice"}
    assert "claims to be agent" in entry(decision).banner


def test_without_a_configured_server_the_token_alone_is_asked_for():
    assert is_relayed(run(answer(headers=()), found(TICKET), desk=DESK))
    assert not is_relayed(run(answer(headers=(), to="support@us.example", subject="[#123]"), found(TICKET), desk=DESK))


HELD = [
    ("somebody answered", answer(), sent(ANNA, answered_by="ben")),
    ("cut line in the text", answer(text=f"Hi\n{CUT}\nsecret"), {}),
    ("cut line behind quote marks", answer(text=f"Hi\n> > {CUT}\n> secret"), {}),
    ("wrapped cut line", answer(text="Hi\n> ##--\n> postroom: below\n> secret"), {}),
    ("quoted lines without the cut line", answer(text="Hi\n> secret note\nno"), {}),
    ("a command below the text", answer(text="Hi\n# close\n"), {}),
    ("nothing new", mail(ANNA, to=reply_address(REPLY, ANNA), headers=passed(ANNA), text="> x", reply=" \n"), {}),
    ("two tickets", answer(in_reply_to=(our_id(REPLY, ANNA, ticket=8),)), {}),
    ("two agents", answer(in_reply_to=(our_id(REPLY, BEN),)), {}),
]


@pytest.mark.parametrize(("message", "outbox"), [row[1:] for row in HELD], ids=[row[0] for row in HELD])
def test_a_doubtful_answer_is_held_and_the_agent_asked(message, outbox):
    tickets = (TICKET, replace(TICKET, id=8, number=124))
    decision = run(message, found(*tickets, sent=outbox), desk=STRICT)
    assert (entry(decision).kind, entry(decision).public, status(decision)) == (MessageKind.HELD, False, None)
    assert (mails(decision), entry(decision).banner[:5]) == ([("held-notice", ANNA)], "Held:")


HONEST = [
    ("plain", answer()),
    ("own earlier answer", answer(), sent(ANNA, answered_by="anna")),
    ("answers in between, cut line quoted", answer(reply="> q\na", text=f"> q\na\n> {CUT}\n> secret")),
    ("a number sign that is no command", answer(text="#1 try again\n#2 call us")),
    ("a word about post rooms", answer(text="The postroom is on floor 2.")),
]


@pytest.mark.parametrize("row", HONEST, ids=[row[0] for row in HONEST])
def test_an_honest_answer_is_sent(row):
    outbox = row[2] if len(row) > 2 else {}
    assert is_relayed(run(row[1], found(TICKET, sent=outbox), desk=STRICT))


def test_a_note_wins_when_reply_address_and_reference_disagree():
    decision = run(answer(in_reply_to=(our_id(NOTE, ANNA),)), found(TICKET), desk=STRICT)
    assert (entry(decision).kind, is_relayed(decision)) == (MessageKind.NOTE, False)


@pytest.mark.parametrize("kind", [AutomaticKind.AUTO_REPLY, AutomaticKind.BULK, AutomaticKind.AUTO_GENERATED])
def test_an_agents_machine_never_writes_to_a_customer(kind):
    message = answer(automatic=Automatic(kind=kind, acknowledge=False))
    decision = run(message, found(TICKET), desk=STRICT)
    assert (entry(decision).kind, mails(decision)) == (MessageKind.AUTO_REPLY, [])


def test_a_paused_address_is_left_out_and_the_entry_says_so():
    decision = run(answer(), found(TICKET, paused=frozenset({BOB})), desk=STRICT)
    assert mails(decision) == [("reply", ALICE)]
    assert BOB in entry(decision).banner


def test_an_answer_that_can_reach_nobody_is_held():
    decision = run(answer(), found(TICKET, paused=frozenset({ALICE, BOB})), desk=STRICT)
    assert mails(decision) == [("held-notice", ANNA)]


def test_those_who_wait_and_those_of_ours_get_no_answer():
    people = [
        Participant(address="waits@x.example", role=Role.WAITING),
        Participant(address=BEN, role=Role.CC),
        Participant(address="help@us.example", role=Role.CC),
        Participant(address="support+x@us.example", role=Role.FOLLOWER),
        Participant(address="Follows@x.example", role=Role.FOLLOWER),
    ]
    decision = run(answer(), found(replace(TICKET, participants=tuple(people))), desk=STRICT)
    assert mails(decision) == [("reply", ALICE), ("reply", "Follows@x.example")]


@pytest.mark.parametrize("before", list(Status))
def test_after_an_answer_every_ticket_waits_for_the_customer(before):
    decision = run(answer(), found(replace(TICKET, status=before)), desk=STRICT)
    assert status(decision) is (None if before is Status.PENDING else Status.PENDING)


def test_an_answer_whose_files_do_not_all_fit_is_asked_about() -> None:
    large = Attachment(
        name="a.iso", content_type="x/y", claimed_type="x/y", size=11 * 1024**2, sha256="0" * 64, after_reply=-1
    )
    held = run(answer(attachments=(large,)), found(TICKET, sent=sent(ANNA)))
    assert mails(held) == [("held-notice", ANNA)]
    assert "11 MB" in of(held, Send)[0].why
    quoted = replace(large, after_reply=-2)
    assert ("reply", ALICE) in mails(run(answer(attachments=(quoted,)), found(TICKET, sent=sent(ANNA))))
