"""Whatever the parser may hand over: a decision is made, always the same one, and it keeps the laws."""

from dataclasses import replace
from datetime import timedelta

from deskwork import (
    ALICE,
    ANNA,
    BEN,
    BOB,
    CARL,
    DESK,
    EVE,
    NOW,
    STRICT,
    TICKET,
    US,
    our_id,
    passed,
    reply_address,
    token,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.mail import (
    Address,
    Attachment,
    Automatic,
    AutomaticKind,
    Bounce,
    BouncedRecipient,
    ParsedMail,
)
from rules import tokens
from rules.actions import NEW, AddMessage, AddParticipant, CreateTicket, MessageKind, Outcome, Quarantine, Refuse, Send
from rules.addresses import agent_at, mailbox_of
from rules.decide import decide, lookups
from rules.facts import Deny, DenyEntry, Envelope, Found, SentFacts, Status
from rules.tokens import TokenKind

KNOWN = [ALICE, BOB, EVE, ANNA, BEN, CARL, US, "help@us.example", "no-reply@x.example", "", "@", "a", "é@ü", "a@b@c"]
TOKENS = [
    reply_address(kind, who, ticket=ticket) for kind in TokenKind for who in (ALICE, ANNA, EVE) for ticket in (7, 8, 9)
]
IDS = [our_id(kind, who) for kind in TokenKind for who in (ALICE, ANNA)]
addresses = st.builds(Address, address=st.sampled_from(KNOWN + TOKENS) | st.text(max_size=30), name=st.text(max_size=5))
people = st.lists(addresses, max_size=5).map(tuple)
ids = st.lists(st.sampled_from([*IDS, "<seen@x>", "<other@x>"]) | st.text(max_size=20), max_size=5).map(tuple)
texts = st.text(max_size=40) | st.sampled_from(
    ["Thanks!", "> q\nyes", "#close", "##-- postroom: x", tokens.body_reference(token(TokenKind.CUSTOMER, ALICE))]
)
results = st.sampled_from(
    [passed(ALICE), passed(ANNA), (), (("authentication-results", "mx.us.example; dmarc=fail"),)]
) | st.lists(st.tuples(st.sampled_from(["authentication-results", "received"]), st.text(max_size=40)), max_size=3).map(
    tuple
)
returned = st.builds(BouncedRecipient, address=st.sampled_from(KNOWN), status_class=st.sampled_from([0, 2, 4, 5]))
bounces = st.none() | st.builds(
    Bounce,
    recipients=st.lists(
        st.builds(BouncedRecipient, address=st.sampled_from(KNOWN), status_class=st.sampled_from([0, 2, 4, 5])),
        max_size=2,
    ).map(tuple),
    original_message_id=st.sampled_from([*IDS, "", "<x@y>"]),
)
parsed = st.builds(
    ParsedMail,
    message_id=st.sampled_from([IDS[0], "<m@x>", ""]),
    in_reply_to=ids,
    references=ids,
    date=st.none() | st.datetimes().map(lambda at: at.replace(tzinfo=NOW.tzinfo)),
    sender_from=st.none() | addresses,
    reply_to=people,
    to=people,
    cc=people,
    subject=texts | st.sampled_from(["[#123] x", "Re: [#124]", "[#99]"]),
    text=texts,
    reply=texts,
    language=st.sampled_from(["", "en", "de"]),
    attachments=st.just(())
    | st.just((Attachment(name="a", content_type="x/y", claimed_type="x/y", size=1, sha256="0" * 64),)),
    automatic=st.builds(Automatic, kind=st.sampled_from(AutomaticKind), acknowledge=st.booleans()),
    bounce=bounces,
    headers=results,
)
envelopes = st.builds(
    Envelope,
    source=st.sampled_from(["smtp", "imap", "lmtp"]),
    sender=st.sampled_from(KNOWN) | st.text(max_size=20),
    recipients=st.lists(st.sampled_from(KNOWN + TOKENS), max_size=3).map(tuple),
    authenticated_as=st.sampled_from(["", "", ANNA, EVE]),
    received_at=st.just(NOW),
)


def _found(status: Status, closed_days: int | None, answered_by: str) -> Found:
    closed = None if closed_days is None else NOW - timedelta(days=closed_days)
    ticket = replace(TICKET, status=status, closed_at=closed)
    return Found(
        tickets={7: ticket, 8: replace(TICKET, id=8, number=124, requester=EVE, participants=(), assignee="")},
        by_message_id={"<seen@x>": 7},
        by_number={123: 7, 124: 8},
        sent={55: SentFacts(outbox_id=55, ticket_id=7, recipient=ALICE, kind="notice", answered_by=answered_by)},
    )


facts = st.builds(
    _found, st.sampled_from(Status), st.none() | st.integers(0, 60), st.sampled_from(["", "anna", "ben"])
) | st.just(Found())
denials = st.builds(
    DenyEntry,
    kind=st.sampled_from(["address", "domain", "subdomains", "glob", "pattern", "header", "?"]),
    value=st.sampled_from(["evil.example", "*", "(", "", "x:", "subject: *"]) | st.text(max_size=5),
    action=st.sampled_from(Deny),
)
desks = st.sampled_from([DESK, STRICT, replace(DESK, agents=()), replace(DESK, mailboxes=()), replace(DESK, keys=())])
cases = st.tuples(parsed, envelopes, facts, desks, st.lists(denials, max_size=1).map(tuple))


@settings(max_examples=80, deadline=None)
@given(cases)
def test_every_mail_gets_the_same_whole_decision_twice(case):
    mail, envelope, found, desk, denied = case
    desk = replace(desk, deny=denied)
    decision = decide(mail, envelope, found, desk, NOW)
    assert decision == decide(mail, envelope, found, desk, NOW)
    assert lookups(mail, envelope, desk) == lookups(mail, envelope, desk)
    ends = [action for action in decision.actions if isinstance(action, AddMessage | Quarantine | Refuse)]
    expected = {Outcome.ENTRY: AddMessage, Outcome.QUARANTINED: Quarantine, Outcome.REFUSED: Refuse}
    assert [type(action) for action in ends] == [expected[decision.outcome]]
    assert (decision.ticket is None) is (decision.outcome is not Outcome.ENTRY)


@settings(max_examples=80, deadline=None)
@given(cases)
def test_no_decision_breaks_the_laws(case):
    mail, envelope, found, desk, _ = case
    decision = decide(mail, envelope, found, desk, NOW)
    sends = [action for action in decision.actions if isinstance(action, Send)]
    (author,) = [a.author for a in decision.actions if isinstance(a, AddMessage)] or [""]
    public = [a for a in decision.actions if isinstance(a, AddMessage) and a.public]
    assert all(mailbox_of(desk, send.recipient.address) is None for send in sends)
    assert len(sends) == len({(send.recipient.address, send.template) for send in sends}) <= 25
    assert all(public and agent_at(desk, mail.sender_from.address) for send in sends if send.template == "reply")
    assert all(bool(send.to_agent) == send.template.endswith("-notice") for send in sends)
    joined = [a.person.address for a in decision.actions if isinstance(a, AddParticipant)]
    assert not any(agent_at(desk, address) or mailbox_of(desk, address) for address in joined)
    assert all(a.kind is MessageKind.MAIL for a in public)
    assert author not in {send.to_agent for send in sends if send.template != "held-notice"} - {""}


@settings(max_examples=50, deadline=None)
@given(cases)
def test_actions_name_only_the_decisions_own_ticket(case):
    mail, envelope, found, desk, _ = case
    decision = decide(mail, envelope, found, desk, NOW)
    named = {getattr(action, "ticket", decision.ticket) for action in decision.actions}
    assert named <= {decision.ticket}
    assert any(isinstance(action, CreateTicket) for action in decision.actions) is (decision.ticket == NEW)
