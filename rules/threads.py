"""Which ticket a mail belongs to, by five signals, and the evidence for each: the losers are written down as well.

Finding a ticket gives no right to it: who may append is decided afterwards, from the sender.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from parsers.mail import ParsedMail
from rules import tokens
from rules.addresses import agent_at, fold
from rules.commands import Block, addresses_named, numbers_named, read_commands
from rules.facts import Desk, Envelope, Found, TicketFacts
from rules.subjects import numbers_in, strip_subject
from rules.tokens import Token

__all__ = ["Lookups", "Signal", "Thread", "find_thread", "lookups", "numbers_in", "strip_subject"]

ADDRESS_TOKEN = "address-token"  # noqa: S105 - the name of a signal
SIGNED_ID = "signed-id"
SEEN_ID = "seen-id"
BODY_TOKEN = "body-token"  # noqa: S105 - the name of a signal
SUBJECT_NUMBER = "subject-number"
NEW_THREAD = "new"

_FOREIGN_IDS_LIMIT = 200
_EVIDENCE_LIMIT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookups:
    """What the store must fetch before a mail can be decided: ids proved by a MAC, and claims to be looked up.

    `agent`: whose one-time words to look for; `addresses`: whose contacts. `siblings`: the sender's other tickets too;
    `forwards`: addresses that rules may pass mail on to.
    """

    ticket_ids: tuple[int, ...]
    outbox_ids: tuple[int, ...]
    message_ids: tuple[str, ...]
    numbers: tuple[int, ...]
    sender: str
    agent: str = ""
    addresses: tuple[str, ...] = ()
    siblings: bool = False
    forwards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One hint at one ticket. `newest`: it names the mail that is being answered, not one further back."""

    by: str
    ticket_id: int
    token: Token | None = None
    newest: bool = False
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """The ticket, the signal that found it, and what was seen on the way. `ticket` is None for a new conversation.

    `tokens`: of the mail that is answered, also when their ticket is not there.
    """

    ticket: TicketFacts | None = None
    by: str = NEW_THREAD
    evidence: tuple[str, ...] = ()
    signals: tuple[Signal, ...] = ()
    tokens: tuple[Token, ...] = ()

    def answered_tokens(self) -> tuple[Token, ...]:
        """Tokens of the very mail that is being answered: by its reply address or by In-Reply-To."""
        return tuple(signal.token for signal in self.signals if signal.token and signal.newest)


def lookups(mail: ParsedMail, envelope: Envelope, desk: Desk) -> Lookups:
    """Everything the mail names that only the store knows. Nothing that failed its MAC is looked up by id."""
    signals = _token_signals(mail, envelope, desk)
    proved = [signal.token for signal in (*signals, *bounce_signals(mail, envelope, desk)) if signal.token]
    ours = [signal.detail for signal in signals if signal.by == SIGNED_ID]
    foreign = _foreign_ids(mail, ours)
    sender = fold(mail.sender_from.address) if mail.sender_from else ""
    agent = agent_at(desk, sender)
    block = read_commands(mail.reply) if agent else Block()
    return Lookups(
        ticket_ids=tuple(dict.fromkeys(token.ticket_id for token in proved)),
        outbox_ids=tuple(dict.fromkeys(token.serial for token in proved)),
        message_ids=(*dict.fromkeys(ours), *foreign),
        numbers=tuple(dict.fromkeys((*numbers_in(mail.subject, desk.number_prefix), *numbers_named(block)))),
        sender=sender,
        agent=agent.name if agent else "",
        addresses=addresses_named(block),
    )


def find_thread(
    mail: ParsedMail, envelope: Envelope, found: Found, desk: Desk, *, sender: str, now: datetime
) -> Thread:
    """The ticket of the strongest signal; at equal strength one the sender takes part in, then the first named."""
    named = (
        *_token_signals(mail, envelope, desk),
        *_seen_signals(mail, found, desk),
        *_number_signals(mail, found, desk),
    )
    signals = sorted(named, key=lambda signal: _STRENGTH[signal.by])
    usable = [signal for signal in signals if not _objection(signal, found, desk, now)]
    answered = tuple(signal.token for signal in signals if signal.token and signal.newest)
    if not usable:
        return Thread(evidence=_evidence(signals, None, found, desk, now), tokens=answered)
    equals = [signal for signal in usable if signal.by == usable[0].by]
    best = next((signal for signal in equals if takes_part(_ticket(signal, found), sender)), equals[0])
    losers = [signal for signal in signals if signal is not best]
    return Thread(
        ticket=_ticket(best, found),
        by=best.by,
        evidence=_evidence([best, *losers], best, found, desk, now),
        signals=tuple(usable),
        tokens=answered,
    )


def bounce_signals(mail: ParsedMail, envelope: Envelope, desk: Desk) -> tuple[Signal, ...]:
    """Proof that a delivery report is about a mail of ours: the signed return path, then its original Message-ID."""
    if mail.bounce is None:
        return ()
    by_path = [
        Signal(by=ADDRESS_TOKEN, ticket_id=token.ticket_id, token=token)
        for token in _verified(map(tokens.read_token_address, envelope.recipients), desk)
        if token.kind is tokens.TokenKind.RETURN_PATH
    ]
    original = _verified([tokens.read_message_id(mail.bounce.original_message_id)], desk)
    by_id = [Signal(by=SIGNED_ID, ticket_id=token.ticket_id, token=token) for token in original]
    return (*by_path, *by_id)


def takes_part(ticket: TicketFacts, address: str) -> bool:
    """Whether the address may speak on the ticket: requester, or a participant who is not merely waiting."""
    if address and fold(ticket.requester) == address:
        return True
    return any(fold(person.address) == address and person.role != "waiting" for person in ticket.participants)


_STRENGTH = {name: rank for rank, name in enumerate((ADDRESS_TOKEN, SIGNED_ID, SEEN_ID, BODY_TOKEN, SUBJECT_NUMBER))}


def _token_signals(mail: ParsedMail, envelope: Envelope, desk: Desk) -> list[Signal]:
    return [*_address_signals(mail, envelope, desk), *_id_signals(mail, desk), *_body_signals(mail, desk)]


def _address_signals(mail: ParsedMail, envelope: Envelope, desk: Desk) -> list[Signal]:
    named = dict.fromkeys((*envelope.recipients, *(person.address for person in (*mail.to, *mail.cc))))
    found = _verified(map(tokens.read_token_address, named), desk)
    return [Signal(by=ADDRESS_TOKEN, ticket_id=token.ticket_id, token=token, newest=True) for token in found]


def _id_signals(mail: ParsedMail, desk: Desk) -> list[Signal]:
    """Ours among In-Reply-To and References; the answered mail comes first, it is the last reference if need be."""
    answered = set(mail.in_reply_to or mail.references[-1:])
    signals = []
    for message_id in dict.fromkeys((*mail.in_reply_to, *reversed(mail.references))):
        token = tokens.verify(desk.keys, tokens.read_message_id(message_id))
        if token:
            newest = message_id in answered
            signals.append(
                Signal(by=SIGNED_ID, ticket_id=token.ticket_id, token=token, newest=newest, detail=message_id)
            )
    return signals


def _body_signals(mail: ParsedMail, desk: Desk) -> list[Signal]:
    found = _verified(tokens.find_body_references(mail.text), desk)
    return [Signal(by=BODY_TOKEN, ticket_id=token.ticket_id, token=token) for token in found]


def _seen_signals(mail: ParsedMail, found: Found, desk: Desk) -> list[Signal]:
    return [
        Signal(by=SEEN_ID, ticket_id=found.by_message_id[message_id], detail=message_id)
        for message_id in _foreign_ids(mail, ())
        if message_id in found.by_message_id and not tokens.verify(desk.keys, tokens.read_message_id(message_id))
    ]


def _number_signals(mail: ParsedMail, found: Found, desk: Desk) -> list[Signal]:
    numbers = numbers_in(mail.subject, desk.number_prefix)
    return [
        Signal(by=SUBJECT_NUMBER, ticket_id=found.by_number.get(number, 0), detail=str(number)) for number in numbers
    ]


def _foreign_ids(mail: ParsedMail, ours: Sequence[str]) -> tuple[str, ...]:
    """What is answered first, then the newest references: a hostile thousand must not push the true one out."""
    named = dict.fromkeys((*mail.in_reply_to, *reversed(mail.references)))
    return tuple(message_id for message_id in named if message_id not in ours)[:_FOREIGN_IDS_LIMIT]


def _verified(texts: Iterable[str], desk: Desk) -> list[Token]:
    return [token for text in texts if text and (token := tokens.verify(desk.keys, text))]


def _ticket(signal: Signal, found: Found) -> TicketFacts:
    """Where the signal leads, past every merger."""
    return found.tickets[found.target(signal.ticket_id)]


def _objection(signal: Signal, found: Found, desk: Desk, now: datetime) -> str:
    """Why a signal finds nothing; empty when it finds its ticket."""
    ticket = found.tickets.get(found.target(signal.ticket_id))
    if ticket is None:
        return "no such ticket"
    if signal.token and ticket.closed_at and now - ticket.closed_at > timedelta(days=desk.token_days):
        return "token expired"
    return ""


def _evidence(
    signals: Sequence[Signal], best: Signal | None, found: Found, desk: Desk, now: datetime
) -> tuple[str, ...]:
    """A line a signal. No token is ever quoted: these lines are logged and printed."""
    lines = [_line(signal, best, found, _objection(signal, found, desk, now)) for signal in signals[:_EVIDENCE_LIMIT]]
    if len(signals) > _EVIDENCE_LIMIT:
        lines.append(f"and {len(signals) - _EVIDENCE_LIMIT} more signals")
    return tuple(lines)


def _line(signal: Signal, best: Signal | None, found: Found, objection: str) -> str:
    claim = f"{signal.by} {signal.detail[:100]}" if signal.detail and not signal.token else signal.by
    if objection:
        return f"{claim}: {objection}"
    number = _ticket(signal, found).number
    if best is signal:
        return f"{claim}: ticket {number}, chosen"
    agrees = best is not None and found.target(best.ticket_id) == found.target(signal.ticket_id)
    return f"{claim}: ticket {number}, {'agrees' if agrees else 'conflicts, weaker or later'}"
