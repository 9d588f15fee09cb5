"""A small desk, its people and their mails: what the tests of the rules share."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from parsers.mail import Address, ParsedMail
from rules import tokens
from rules.actions import AddMessage, AddParticipant, Decision, Send, SetStatus
from rules.decide import decide
from rules.facts import Agent, Desk, Envelope, Found, Mailbox, Participant, Role, SentFacts, Status, Team, TicketFacts
from rules.tokens import TokenKind

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEY = b"k" * 32
A = TypeVar("A")
US = "support@us.example"
ALICE, BOB, EVE = "alice@cust.example", "bob@cust.example", "eve@evil.example"
ANNA, BEN, CARL = "anna@us.example", "ben@us.example", "carl@us.example"
CHIEF = "chief@us.example"

DESK = Desk(
    mailboxes=(
        Mailbox(name="support", address=US, aliases=("help@us.example",), team="first"),
        Mailbox(name="sales", address="sales@us.example", team="sales", language="de"),
    ),
    agents=(
        Agent(name="anna", addresses=(ANNA, "anna@home.example"), display_name="Anna A", teams=("first",)),
        Agent(name="ben", addresses=(BEN,), teams=("first", "sales")),
        Agent(name="carl", addresses=(CARL,), teams=("first",), active=False),
        Agent(name="chief", addresses=(CHIEF,), teams=("second",), admin=True),
    ),
    teams=(Team(name="first"), Team(name="sales"), Team(name="second")),
    keys=(KEY,),
    domain="us.example",
)
STRICT = replace(DESK, authserv_ids=("mx.us.example",))

TICKET = TicketFacts(
    id=7,
    number=123,
    subject="Printer",
    status=Status.PENDING,
    team="first",
    assignee="anna",
    mailbox="support",
    requester=ALICE,
    participants=(
        Participant(address=ALICE, role=Role.REQUESTER, name="Alice"),
        Participant(address=BOB, role=Role.CC),
    ),
)


def token(kind: TokenKind, recipient: str, *, ticket: int = 7, serial: int = 55, key: bytes = KEY) -> str:
    """The text of a token as our own outgoing mail would carry it."""
    return tokens.sign((key,), kind, ticket, recipient, serial)


def reply_address(kind: TokenKind, recipient: str, **more: Any) -> str:
    """The Reply-To of that mail."""
    return tokens.token_address(US, token(kind, recipient, **more))


def our_id(kind: TokenKind, recipient: str, **more: Any) -> str:
    """The Message-ID of that mail."""
    return tokens.message_id(token(kind, recipient, **more), "us.example")


def mail(author: str = ALICE, /, *, to: str = US, text: str = "It does not print.", **more: Any) -> ParsedMail:
    """A mail with new text only."""
    fields: dict[str, Any] = {
        "message_id": "<m1@cust.example>",
        "sender_from": Address(address=author) if author else None,
        "to": (Address(address=to),),
        "subject": "Printer",
        "text": text,
        "reply": text,
        "language": "en",
        "date": NOW - timedelta(minutes=1),
    }
    return ParsedMail(**{**fields, **more})


def checked(results: str, authserv_id: str = "mx.us.example") -> tuple[tuple[str, str], ...]:
    """Headers as our own mail server writes them on top."""
    return (("authentication-results", f"{authserv_id}; {results}"), ("received", "from x by mx.us.example"))


def passed(address: str) -> tuple[tuple[str, str], ...]:
    """Our server says that the mail is from this address's domain."""
    return checked(f"dmarc=pass header.from={address.rpartition('@')[2]}")


def found(*tickets: TicketFacts, **more: Any) -> Found:
    """What the store holds: these tickets, by id and by number."""
    by_id: Mapping[int, TicketFacts] = {ticket.id: ticket for ticket in tickets}
    return Found(tickets=by_id, **{"by_number": {ticket.number: ticket.id for ticket in tickets}, **more})


def sent(recipient: str, *, answered_by: str = "", kind: str = "notice") -> dict[int, SentFacts]:
    """The outbox row behind a token's serial."""
    return {55: SentFacts(outbox_id=55, ticket_id=7, recipient=recipient, kind=kind, answered_by=answered_by)}


def run(
    message: ParsedMail, facts: Found | None = None, *, desk: Desk = DESK, sender: str | None = None, **envelope: Any
) -> Decision:
    """Decide about a mail that came by SMTP to the addresses of its To."""
    author = message.sender_from.address if message.sender_from else ""
    fields: dict[str, Any] = {
        "source": "smtp",
        "sender": author if sender is None else sender,
        "recipients": tuple(person.address for person in message.to),
        "received_at": NOW,
    }
    return decide(message, Envelope(**{**fields, **envelope}), facts or found(), desk, NOW)


def of(decision: Decision, kind: type[A]) -> list[A]:
    """The decision's actions of one kind."""
    return [action for action in decision.actions if isinstance(action, kind)]


def entry(decision: Decision) -> AddMessage:
    """The one entry that the decision makes."""
    (message,) = of(decision, AddMessage)
    return message


def mails(decision: Decision) -> list[tuple[str, str]]:
    """Template and recipient of everything to be sent."""
    return [(send.template, send.recipient.address) for send in of(decision, Send)]


def status(decision: Decision) -> Status | None:
    """The ticket's new status, or None when it stays."""
    changes = of(decision, SetStatus)
    return changes[-1].new if changes else None


def joined(decision: Decision) -> list[tuple[str, Role]]:
    """Who becomes a participant, and as what."""
    return [(action.person.address, action.role) for action in of(decision, AddParticipant)]
