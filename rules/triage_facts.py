"""What a condition may look at: every fact of a mail and its ticket, with its meaning, as it was when the mail came.

`FIELDS` is the one list: conditions are checked against it, and the reference page is made from it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from parsers.mail import Address, ParsedMail
from rules.addresses import domain_of, fold
from rules.calendars import is_open
from rules.deadlines import Hours
from rules.facts import Activity, Desk, Envelope, TicketFacts
from rules.keywords import TEXT_LIMIT
from rules.organisations import is_vip, organisation_name
from rules.senders import Sender
from rules.shifts import is_present

Value = str | tuple[str, ...] | float | bool | timedelta | None


class Happening(StrEnum):
    """When rules run."""

    NEW = "new"
    REPLY = "reply"
    ANSWER = "answer"
    AUTOMATIC = "automatic"


class Kind(StrEnum):
    """What a fact is; it decides which operators fit."""

    TEXT = "text"
    TEXTS = "texts"
    ADDRESS = "address"
    ADDRESSES = "addresses"
    NUMBER = "number"
    FLAG = "yes or no"
    DURATION = "duration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the facts are read from. `ticket` is as the decision so far leaves it, `before` as the mail found it."""

    happening: Happening
    mail: ParsedMail
    envelope: Envelope
    sender: Sender
    desk: Desk
    ticket: TicketFacts
    before: TicketFacts | None = None
    activity: Activity = field(default_factory=Activity)
    sender_known: bool = False
    hours: Hours = field(default_factory=Hours)
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageFacts:
    """The facts by path. Nothing a rule does changes them."""

    happening: Happening
    values: Mapping[str, Value]
    fired: frozenset[str] = frozenset()

    def value(self, path: str) -> Value:
        """The fact, or None when the mail or ticket has no such header or field."""
        return self.values.get(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactField:
    """One fact. `words` marks what the customer alone decides; such facts alone never make a ticket P1."""

    name: str
    kind: Kind
    meaning: str
    example: str
    read: Callable[[Seen], Value]
    words: bool = False


def _addresses(people: tuple[Address, ...]) -> tuple[str, ...]:
    return tuple(fold(each.address) for each in people)


def _new_text(seen: Seen) -> str:
    return seen.mail.reply if seen.mail.reply.strip() else seen.mail.text


def _recipients(seen: Seen) -> tuple[str, ...]:
    return tuple(map(fold, seen.envelope.recipients))


def _anybody(seen: Seen) -> tuple[str, ...]:
    mail = seen.mail
    named = _addresses((*mail.to, *mail.cc, *mail.reply_to))
    return tuple(filter(None, (seen.sender.address, fold(seen.envelope.sender), *named, *_recipients(seen))))


_SCORE_HEADERS = ("x-spam-score", "x-rspamd-score", "x-spamd-result", "x-spam-status")
_SCORE = re.compile(r"(?:score=|\[|^\s*)(-?\d{1,6}(?:\.\d{1,6})?)", re.IGNORECASE | re.ASCII)


def _spam_score(seen: Seen) -> float | None:
    """The first number that a known spam filter left; Rspamd writes `default: False [3.2 / 15.0]`."""
    for name in _SCORE_HEADERS:
        match = _SCORE.search(seen.mail.header(name)[:200])
        if match:
            return float(match[1])
    return None


def _files(seen: Seen) -> tuple[str, ...]:
    return tuple(each.name for each in seen.mail.attachments if not each.inline)


def _largest(seen: Seen) -> float:
    return float(max((each.size for each in seen.mail.attachments if not each.inline), default=0))


def _somebody_on_shift(seen: Seen) -> bool:
    team = seen.ticket.team
    return any(
        each.active and (not team or team in each.teams) and is_present(each.work, seen.now)
        for each in seen.desk.agents
    )


def _since(moment: Callable[[Seen], datetime | None]) -> Callable[[Seen], Value]:
    def read(seen: Seen) -> Value:
        at = moment(seen)
        return max(seen.now - at, timedelta()) if at else None

    return read


def _text(name: str, meaning: str, example: str, read: Callable[[Seen], Value], *, words: bool = True) -> FactField:
    return FactField(name=name, kind=Kind.TEXT, meaning=meaning, example=example, read=read, words=words)


def _of(kind: Kind) -> Callable[[str, str, str, Callable[[Seen], Value]], FactField]:
    def make(name: str, meaning: str, example: str, read: Callable[[Seen], Value]) -> FactField:
        return FactField(name=name, kind=kind, meaning=meaning, example=example, read=read)

    return make


_address, _addresses_field = _of(Kind.ADDRESS), _of(Kind.ADDRESSES)
_texts, _number, _flag, _span = _of(Kind.TEXTS), _of(Kind.NUMBER), _of(Kind.FLAG), _of(Kind.DURATION)

_MAIL_FIELDS = (
    _address("from", "Address of the sender", '{ from.glob = "*@billing.example" }', lambda s: s.sender.address),
    _address(
        "from_domain", "Domain of the sender", '{ from_domain.is = "b.example" }', lambda s: domain_of(s.sender.address)
    ),
    _text(
        "from_name",
        "Display name of the sender",
        '{ from_name.contains_any = ["invoice robot"] }',
        lambda s: s.sender.person.name,
    ),
    _address("envelope_from", "Envelope sender", '{ envelope_from.is = "" }', lambda s: fold(s.envelope.sender)),
    _addresses_field(
        "reply_to",
        "Addresses in Reply-To",
        '{ reply_to.ends = "@b.example" }',
        lambda s: _addresses(s.mail.reply_to),
    ),
    _addresses_field("to", "Addresses in To", '{ to.is = "sales@desk.example" }', lambda s: _addresses(s.mail.to)),
    _addresses_field("cc", "Addresses in Cc", '{ cc.ends = "@legal.example" }', lambda s: _addresses(s.mail.cc)),
    _addresses_field("recipient", "Envelope recipients", '{ recipient.is = "vip@desk.example" }', _recipients),
    _addresses_field(
        "address",
        "Any address: From, To, Cc, Reply-To, envelope",
        '{ address.in_file = "partners.txt" }',
        _anybody,
    ),
    _text("subject", "Subject", '{ subject.contains_any = ["refund", "money back"] }', lambda s: s.mail.subject),
    _text("text", "What the sender newly wrote", '{ text.contains_all = ["vpn", "down"] }', _new_text),
    _text(
        "whole_text",
        "The whole body with quotes and signature",
        '{ whole_text.contains_any = ["contract 17"] }',
        lambda s: s.mail.text,
    ),
    _text(
        "subject_or_text",
        "Subject and new text",
        '{ subject_or_text.contains_any = ["outage"] }',
        lambda s: f"{s.mail.subject}\n\0\n{_new_text(s)}",
    ),
    _text("language", "Language code of the mail", '{ language.is_one_of = ["de", "fr"] }', lambda s: s.mail.language),
    _text(
        "automatic",
        "Kind of automatic mail, or none",
        '{ automatic.is_one_of = ["bulk", "list"] }',
        lambda s: s.mail.automatic.kind.value,
        words=False,
    ),
    _flag("has_attachment", "A file is attached", "{ has_attachment.is = true }", lambda s: bool(_files(s))),
    _texts("attachment_name", "Names of attached files", '{ attachment_name.glob = "*.iso" }', _files),
    _texts(
        "attachment_type",
        "Types of attached files, by content",
        '{ attachment_type.is = "application/pdf" }',
        lambda s: tuple(each.content_type for each in s.mail.attachments if not each.inline),
    ),
    _number("attachment_size", "Bytes of the largest file", '{ attachment_size.greater = "10MB" }', _largest),
    _number("attachment_count", "How many files", "{ attachment_count.greater = 3 }", lambda s: float(len(_files(s)))),
    _text(
        "authentication",
        "pass, fail or unknown",
        '{ authentication.is = "fail" }',
        lambda s: s.sender.authentication.verdict.value,
        words=False,
    ),
    _number("spam_score", "Score left by a spam filter", "{ spam_score.greater = 5 }", _spam_score),
)

_PEOPLE_FIELDS = (
    _address("requester", "Address of the requester", '{ requester.is = "k@b.example" }', lambda s: s.ticket.requester),
    _address(
        "organisation",
        "Requester's organisation in people.toml, else the own domain, none for free mail providers",
        '{ organisation.is = "b.example" }',
        lambda s: organisation_name(s.desk, s.ticket.requester),
    ),
    _flag(
        "vip",
        "The sender, or the sender's organisation, is a VIP of people.toml",
        "{ vip.is = true }",
        lambda s: is_vip(s.desk, s.sender.address),
    ),
    _flag("known", "The sender has written before", "{ known.is = false }", lambda s: s.sender_known),
    _number(
        "open_tickets",
        "Open tickets of the requester",
        "{ open_tickets.greater = 5 }",
        lambda s: float(s.activity.open_tickets),
    ),
    _flag(
        "business_hours",
        "The ticket's calendar of hours.toml is open now",
        "{ business_hours.is = false }",
        lambda s: is_open(s.hours.of(s.ticket), s.now),
    ),
    _flag("on_shift", "Somebody of the team is at work", "{ on_shift.is = false }", _somebody_on_shift),
)


def _own(name: str) -> Callable[[TicketFacts], Value]:
    """These three are kept among the ticket's own fields, where agents' commands find them too."""
    return lambda ticket: dict(ticket.fields).get(name, "")


_TICKET_TEXTS: tuple[tuple[str, str, str, Callable[[TicketFacts], Value]], ...] = (
    ("mailbox", "Name of the mailbox it came to", '{ mailbox.is = "sales" }', lambda t: t.mailbox),
    ("status", "Status of the ticket", '{ status.changed = { from = "pending", to = "open" } }', lambda t: t.status),
    ("priority", "Priority, P1 to P4", '{ priority.is = "P1" }', lambda t: t.priority),
    ("impact", "Impact: high, medium, low", '{ impact.is = "high" }', _own("impact")),
    ("urgency", "Urgency: high, medium, low", '{ urgency.is = "low" }', _own("urgency")),
    ("category", "Category", '{ category.starts = "technical" }', lambda t: t.category),
    ("type", "Type, such as question or incident", '{ type.is = "incident" }', _own("type")),
    ("team", "Team whose queue it is in", '{ team.is = "billing" }', lambda t: t.team),
    ("assignee", "Name of the agent, empty for none", '{ assignee.is = "" }', lambda t: t.assignee),
)
_TICKET_LISTS: tuple[tuple[str, str, str, Callable[[TicketFacts], Value]], ...] = (
    ("tags", "Tags of the ticket", '{ tags.is = "outage" }', lambda t: t.tags),
)
_HISTORY_FIELDS = (
    _number(
        "replies",
        "Customer's replies before this mail",
        "{ replies.greater = 2 }",
        lambda s: float(s.activity.customer_replies),
    ),
    _number(
        "agent_replies",
        "Agents' answers so far",
        "{ agent_replies.is = 0 }",
        lambda s: float(s.activity.agent_replies),
    ),
    _number("reopens", "How often it was reopened", "{ reopens.greater = 1 }", lambda s: float(s.activity.reopens)),
    _span(
        "since_created",
        "Time since the ticket was made",
        '{ since_created.greater = "3d" }',
        _since(lambda s: s.ticket.created_at),
    ),
    _span(
        "since_updated",
        "Time since the ticket last changed",
        '{ since_updated.within = "1h" }',
        _since(lambda s: s.ticket.updated_at),
    ),
    _span(
        "since_customer_reply",
        "Time since the customer last wrote",
        '{ since_customer_reply.within = "10m" }',
        _since(lambda s: s.activity.last_customer_at),
    ),
    _span(
        "since_agent_reply",
        "Time since an agent last answered",
        '{ since_agent_reply.greater = "2d" }',
        _since(lambda s: s.activity.last_agent_at),
    ),
)


def _on_ticket(read: Callable[[TicketFacts], Value]) -> Callable[[Seen], Value]:
    return lambda seen: read(seen.ticket)


FIELDS: Mapping[str, FactField] = {
    each.name: each
    for each in (
        *_MAIL_FIELDS,
        *_PEOPLE_FIELDS,
        *(_text(name, meaning, eg, _on_ticket(read), words=False) for name, meaning, eg, read in _TICKET_TEXTS),
        *(_texts(name, meaning, eg, _on_ticket(read)) for name, meaning, eg, read in _TICKET_LISTS),
        *_HISTORY_FIELDS,
    )
}
_FORMER = {name: read for name, _, _, read in (*_TICKET_TEXTS, *_TICKET_LISTS)}

# Families: any name may follow the dot. (prefix, kind, meaning, example, whether the customer alone decides it)
FAMILIES: Mapping[str, tuple[Kind, str, str, bool]] = {
    "header": (Kind.TEXTS, "Any header by its name", '{ header.x-priority.is = "1" }', True),
    "field": (Kind.TEXT, "A field of your own", '{ field.site.is = "Porto" }', False),
    "previous": (
        Kind.TEXT,
        "A ticket field as the mail found it: " + ", ".join(_FORMER),
        '{ previous.status.is = "solved" }',
        False,
    ),
}


def kind_of(path: str) -> Kind | None:
    """What kind of fact a path names, or None when there is no such fact."""
    if path in FIELDS:
        return FIELDS[path].kind
    family, _, name = path.partition(".")
    if family not in FAMILIES or not name:
        return None
    if family == "previous":
        return FIELDS[name].kind if name in _FORMER else None
    return FAMILIES[family][0]


def is_customers_word(path: str) -> bool:
    """Whether the sender of the mail alone decides this fact."""
    family = path.partition(".")[0]
    return FIELDS[path].words if path in FIELDS else FAMILIES[family][3]


def gather(seen: Seen) -> TriageFacts:
    """Read every fact once. Long texts are cut: no rule needs page twenty."""
    values: dict[str, Value] = {name: each.read(seen) for name, each in FIELDS.items()}
    headers: dict[str, tuple[str, ...]] = {}
    for name, text in seen.mail.headers:
        headers[name] = (*headers.get(name, ()), text[:TEXT_LIMIT])
    values |= {f"header.{name}": texts for name, texts in headers.items()}
    values |= {f"field.{name}": text for name, text in seen.ticket.fields}
    if seen.before:
        values |= {f"previous.{name}": read(seen.before) for name, read in _FORMER.items()}
    return TriageFacts(happening=seen.happening, values=values, fired=seen.activity.fired)
