"""Erasing a person: out of tickets, entries, events, accepted mail and letters, bytes included.

What remains are tombstones: numbers, times, states and hashes, under an address that is nobody's. What other people
wrote about the person in their own tickets is theirs and stays, and so do backups.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, String, cast, delete, func, or_, select, update
from sqlalchemy.sql import ColumnElement

from daemon.store import collected, erasures
from daemon.store.erasures import ERASED
from daemon.store.inbound import InboundState
from daemon.store.outbox import OutboxState
from daemon.store.schema import (
    addresses,
    attempts,
    awaited_assignees,
    contacts,
    denied,
    errands,
    events,
    inbound,
    messages,
    outbox,
    participants,
    ratings,
    seen_ids,
    tickets,
    timers,
    words,
)
from daemon.store.work import Work
from rules.addresses import ERASED_DOMAIN
from rules.facts import Status

_ENDED = (Status.CLOSED, Status.SPAM)
_WORDY_EVENTS = ("subject", "field", "bounce", "rating")
_NO_ENVELOPE = {"envelope_from": "", "peer": "", "helo": "", "authenticated_as": "", "verified": ""}
_UNSENT = (OutboxState.QUEUED, OutboxState.DEFERRED, OutboxState.HELD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """How much was erased."""

    addresses: int
    tickets: int
    messages: int
    files: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    """Who is to be forgotten: `names` are the addresses and what stands in their place."""

    contact: int
    ids: tuple[int, ...]
    names: tuple[tuple[str, str], ...]

    @property
    def known_as(self) -> list[str]:
        return [address for address, _ in self.names]

    @property
    def requested(self) -> Any:
        """The tickets that are the person's own."""
        return select(tickets.c.id).where(tickets.c.requester_id.in_(self.ids))

    def masked(self, text: str) -> str:
        """The text without any of the addresses, whatever their case; longer addresses that hold one stay."""
        for address, instead in self.names:
            whole = rf"(?<![\w.+-]){re.escape(address)}(?![\w-]|\.\w)"
            text = re.sub(whole, instead, text, flags=re.IGNORECASE)
        return text

    def masked_value(self, value: Any) -> Any:
        """The same for what a JSON column holds."""
        return json.loads(self.masked(json.dumps(value, ensure_ascii=False)))

    def may_be_in(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """Rows worth a closer look."""
        return or_(*(cast(column, String).icontains(address, autoescape=True) for address in self.known_as))

    def is_at(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        return func.lower(column).in_(self.known_as)


def erase_contact(work: Work, contact: int) -> Erased:
    """Forget a contact. The bytes go after the commit, by `erasures.sweep`."""
    connection, person = work.connection, _person(work.connection, contact)
    erasures.stop_writing(connection)
    own = list(connection.execute(person.requested).scalars())
    digests = [*_erase_mails(connection, person, work.now), *_erase_letters(connection, person, own, work.now)]
    _erase_events(connection, person)
    _erase_errands(connection, person, work.now)
    count = _erase_messages(connection, person)
    _end_tickets(work, person)
    _erase_people(connection, person)
    for ticket in own:
        work.event(ticket, "contact_erased", "asked for by an admin")
    files = erasures.ask(connection, digests, work.now)
    return Erased(addresses=len(person.ids), tickets=len(own), messages=count, files=files)


def _person(connection: Connection, contact: int) -> _Person:
    query = select(addresses.c.id, addresses.c.address).where(addresses.c.contact_id == contact)
    rows = connection.execute(query.order_by(addresses.c.id)).all()
    names = sorted(
        ((row.address.lower(), f"erased-{row.id}@{ERASED_DOMAIN}") for row in rows), key=lambda each: -len(each[0])
    )
    return _Person(contact=contact, ids=tuple(row.id for row in rows), names=tuple(names))


def _theirs(person: _Person) -> ColumnElement[bool]:
    """Everything on their own tickets, and what they wrote on those of others."""
    return or_(messages.c.ticket_id.in_(person.requested), person.is_at(messages.c.from_address))


def _erase_mails(connection: Connection, person: _Person, now: datetime) -> list[str]:
    """The mails behind their entries, and those of theirs that never became one."""
    ids = _mails_of(connection, person)
    waiting = inbound.c.id.in_(ids) & (inbound.c.state == InboundState.WAITING)
    connection.execute(update(inbound).where(waiting).values(state=InboundState.REFUSED, decided_at=now))
    digests = erasures.erase_mails(connection, inbound.c.id.in_(ids))
    family = or_(inbound.c.id.in_(ids), inbound.c.duplicate_of.in_(ids))
    connection.execute(update(inbound).where(family).values(**_NO_ENVELOPE))
    ended = family & inbound.c.state.in_((InboundState.QUARANTINED, InboundState.REFUSED, InboundState.DUPLICATE))
    connection.execute(update(inbound).where(ended).values(reason=ERASED))
    _mask_traces(connection, person)
    return digests


def _mails_of(connection: Connection, person: _Person) -> list[int]:
    behind = select(messages.c.inbound_id).where(_theirs(person), messages.c.inbound_id.is_not(None))
    theirs = or_(inbound.c.id.in_(behind), person.is_at(inbound.c.envelope_from))
    ids = set(connection.execute(select(inbound.c.id).where(theirs)).scalars())
    for row in connection.execute(select(inbound.c.id, inbound.c.trace).where(person.may_be_in(inbound.c.trace))):
        sender = str(row.trace.get("sender", "")).partition(":")[0]
        if sender in person.known_as:
            ids.add(row.id)
    return sorted(ids)


def _mask_traces(connection: Connection, person: _Person) -> None:
    """Other people's mails, of which the trace or the reason names them."""
    where = or_(person.may_be_in(inbound.c.trace), person.may_be_in(inbound.c.reason))
    for row in connection.execute(select(inbound.c.id, inbound.c.trace, inbound.c.reason).where(where)).all():
        values = {"trace": person.masked_value(row.trace), "reason": person.masked(row.reason)}
        connection.execute(update(inbound).where(inbound.c.id == row.id).values(**values))


def _erase_letters(connection: Connection, person: _Person, own: list[int], now: datetime) -> list[str]:
    """Letters to them, about their tickets, or to agents where they wrote; lists that name their tickets too."""
    wrote_on = select(messages.c.ticket_id).where(person.is_at(messages.c.from_address))
    where = or_(
        person.is_at(outbox.c.recipient),
        outbox.c.ticket_id.in_(own),
        outbox.c.ticket_id.in_(wrote_on) & (outbox.c.to_agent != ""),
        outbox.c.id.in_(_lists(connection, person, own)),
    )
    ids = list(connection.execute(select(outbox.c.id).where(where)).scalars())
    chosen = outbox.c.id.in_(ids)
    about = or_(person.is_at(outbox.c.recipient), outbox.c.ticket_id.in_(own), outbox.c.ticket_id.is_(None))
    dropped = {"state": OutboxState.DROPPED, "finished_at": now, "claimed_until": None}
    connection.execute(update(outbox).where(chosen, about, outbox.c.state.in_(_UNSENT)).values(**dropped))
    digests = erasures.erase_letters(connection, chosen, now)
    connection.execute(update(outbox).where(chosen).values(detail=""))
    connection.execute(update(attempts).where(attempts.c.outbox_id.in_(ids)).values(detail=""))
    for address, instead in person.names:
        values = {"recipient": instead, "recipient_name": ""}
        connection.execute(update(outbox).where(func.lower(outbox.c.recipient) == address).values(**values))
    return digests


def _lists(connection: Connection, person: _Person, own: list[int]) -> list[int]:
    """Mails about no single ticket, such as digests, in which one of their tickets or addresses stands."""
    numbers = connection.execute(select(tickets.c.number).where(tickets.c.id.in_(own))).scalars()
    tags = [f'{number}]"' for number in numbers]
    about = set(connection.execute(select(outbox.c.id).where(outbox.c.ticket_id.in_(own))).scalars())
    general = select(outbox.c.id, outbox.c.variables).where(outbox.c.ticket_id.is_(None))
    found = [(row, json.dumps(row.variables, ensure_ascii=False)) for row in connection.execute(general)]
    return [
        row.id
        for row, text in found
        if person.masked(text) != text
        or any(tag in text for tag in tags)
        or about.intersection(row.variables.get(collected.NOTICES, ()))
    ]


def _erase_events(connection: Connection, person: _Person) -> None:
    """The history stays; addresses in it, and whatever quotes the ticket, do not."""
    involved = or_(
        events.c.ticket_id.in_(person.requested),
        person.may_be_in(events.c.data),
        person.may_be_in(events.c.why),
        person.is_at(events.c.actor),
    )
    own = set(connection.execute(person.requested).scalars())
    for row in connection.execute(select(events).where(involved)).all():
        is_wordy = row.ticket_id in own and row.kind in _WORDY_EVENTS
        data = {} if is_wordy else person.masked_value(row.data)
        values = {"actor": person.masked(row.actor), "why": person.masked(row.why), "data": data}
        connection.execute(update(events).where(events.c.id == row.id).values(**values))


def _erase_errands(connection: Connection, person: _Person, now: datetime) -> None:
    wrote_on = select(messages.c.ticket_id).where(_theirs(person))
    erasures.erase_errands(connection, errands.c.ticket_id.in_(wrote_on), now)


def _erase_messages(connection: Connection, person: _Person) -> int:
    wiped = {"text": ERASED, "subject": "", "banner": "", "from_name": "", "message_id": "", "to": [], "cc": []}
    more: dict[str, Any] = {"references": [], "attachments": [], "evidence": {}}
    theirs = list(connection.execute(select(messages.c.id).where(_theirs(person))).scalars())
    chosen = messages.c.id.in_(theirs)
    connection.execute(update(messages).where(chosen).values(**wiped, **more))
    for address, instead in person.names:
        mine = func.lower(messages.c.from_address) == address
        connection.execute(update(messages).where(mine).values(from_address=instead))
    copied = or_(person.may_be_in(messages.c.to), person.may_be_in(messages.c.cc))
    for row in connection.execute(select(messages.c.id, messages.c.to, messages.c.cc).where(copied)).all():
        lists = {name: [person.masked(each) for each in row._mapping[name]] for name in ("to", "cc")}
        connection.execute(update(messages).where(messages.c.id == row.id).values(**lists))
    return len(theirs)


def _erased_entries(person: _Person) -> ColumnElement[bool]:
    instead = [each for _, each in person.names]
    return or_(messages.c.ticket_id.in_(person.requested), messages.c.from_address.in_(instead))


def _end_tickets(work: Work, person: _Person) -> None:
    """Nobody is left to answer: the tickets are closed, and nothing comes due on them."""
    connection = work.connection
    closing = tickets.c.requester_id.in_(person.ids) & tickets.c.status.not_in(_ENDED)
    for ticket, old in connection.execute(select(tickets.c.id, tickets.c.status).where(closing)).all():
        work.event(ticket, "status", "its requester was erased", old=old, new=Status.CLOSED.value)
    connection.execute(update(tickets).where(closing).values(status=Status.CLOSED, closed_at=work.now))
    own = tickets.c.requester_id.in_(person.ids)
    connection.execute(update(tickets).where(own).values(subject=ERASED, fields={}, language=""))
    for table in (timers, awaited_assignees, seen_ids):
        connection.execute(delete(table).where(table.c.ticket_id.in_(person.requested)))
    involved = select(messages.c.ticket_id).where(_erased_entries(person))
    connection.execute(delete(words).where(words.c.ticket_id.in_(involved)))  # undoing would bring texts back
    connection.execute(update(ratings).where(ratings.c.ticket_id.in_(person.requested)).values(comment=""))


def _erase_people(connection: Connection, person: _Person) -> None:
    for address, instead in person.names:
        connection.execute(update(denied).where(func.lower(denied.c.sender) == address).values(sender=instead))
        values: dict[str, Any] = {"address": instead, "paused_until": None, "soft_bounces": 0, "surveyed_at": None}
        connection.execute(update(addresses).where(func.lower(addresses.c.address) == address).values(**values))
    connection.execute(update(participants).where(participants.c.address_id.in_(person.ids)).values(name=""))
    connection.execute(update(contacts).where(contacts.c.id == person.contact).values(name="", language=""))
