"""Tickets as a decision sees them, and the carrying out of what it decided: one transaction, all or nothing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update

from daemon.store import outbox, people
from daemon.store.inbound import insert_ignore
from daemon.store.schema import (
    addresses,
    contacts,
    counters,
    events,
    fired,
    messages,
    participants,
    ratings,
    seen_ids,
    tickets,
    timers,
)
from daemon.store.schema import outbox as outbox_table
from parsers.mail import ParsedMail
from rules.actions import (
    NEW,
    Action,
    AddMessage,
    AddParticipant,
    CreateTicket,
    Decision,
    Quarantine,
    RecordBounce,
    RecordRating,
    Refuse,
    Send,
    SetField,
    SetStatus,
    StartTimer,
    StopTimer,
)
from rules.facts import Participant, Priority, Role, Status, TicketFacts

MOST_SEEN_IDS = 50
_ENDED = (Status.CLOSED, Status.SPAM)


_FACTS = (
    select(tickets, addresses.c.address.label("requester"))
    .join(addresses, addresses.c.id == tickets.c.requester_id)
    .where(tickets.c.id.in_(bindparam("ids", expanding=True)))
    .with_for_update(of=tickets)
)
_PARTICIPANTS = (
    select(participants.c.ticket_id, participants.c.name, participants.c.role, addresses.c.address)
    .join(addresses, addresses.c.id == participants.c.address_id)
    .where(participants.c.ticket_id.in_(bindparam("ids", expanding=True)))
    .order_by(participants.c.address_id)
)
_BY_MESSAGE_ID = (
    select(seen_ids.c.message_id, seen_ids.c.ticket_id)
    .where(seen_ids.c.message_id.in_(bindparam("ids", expanding=True)))
    .order_by(seen_ids.c.ticket_id)
)


def facts(connection: Connection, ticket_ids: Iterable[int], *, for_decision: bool = True) -> dict[int, TicketFacts]:
    """The tickets as they are now, by id. `for_decision` also tells to whom the latest mail was an internal one."""
    wanted = list(ticket_ids)
    if not wanted:
        return {}
    rows = connection.execute(_FACTS, {"ids": wanted}).all()
    people_by_ticket = _participants(connection, wanted)
    internal = outbox.last_internal_to(connection, wanted) if for_decision else {}
    return {row.id: _facts(row, people_by_ticket.get(row.id, ()), internal.get(row.id, frozenset())) for row in rows}


def _facts(row: Row[Any], persons: Sequence[Participant], internal: frozenset[str]) -> TicketFacts:
    return TicketFacts(
        id=row.id,
        number=row.number,
        subject=row.subject,
        status=Status(row.status),
        priority=Priority(row.priority),
        team=row.team,
        assignee=row.assignee,
        mailbox=row.mailbox,
        requester=row.requester,
        participants=tuple(persons),
        language=row.language,
        category=row.category,
        tags=tuple(row.tags),
        version=row.version,
        created_at=row.created_at,
        closed_at=row.closed_at,
        last_internal_to=internal,
    )


def _participants(connection: Connection, ticket_ids: Sequence[int]) -> dict[int, list[Participant]]:
    found: dict[int, list[Participant]] = {}
    for row in connection.execute(_PARTICIPANTS, {"ids": ticket_ids}):
        person = Participant(address=row.address, name=row.name, role=Role(row.role))
        found.setdefault(row.ticket_id, []).append(person)
    return found


def by_message_id(connection: Connection, message_ids: Sequence[str]) -> dict[str, int]:
    """Which ticket has seen these Message-IDs; the newest ticket where several have."""
    if not message_ids:
        return {}
    return dict(connection.execute(_BY_MESSAGE_ID, {"ids": message_ids}).all())


def by_number(connection: Connection, numbers: Sequence[int]) -> dict[int, int]:
    """Ticket ids by ticket number."""
    if not numbers:
        return {}
    query = select(tickets.c.number, tickets.c.id).where(tickets.c.number.in_(numbers))
    return dict(connection.execute(query).all())


@dataclass(slots=True, kw_only=True)
class _Work:
    """One decision being carried out."""

    connection: Connection
    mail: ParsedMail
    inbound_id: int | None
    evidence: dict[str, Any]
    actor: str
    now: datetime
    new_ticket: int | None = None
    message_id: int | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    letters: list[dict[str, Any]] = field(default_factory=list)

    def ticket(self, reference: int) -> int:
        """The id behind an action's ticket: NEW stands for the one made by this decision."""
        if reference != NEW:
            return reference
        if self.new_ticket is None:
            raise AssertionError("the decision speaks of a new ticket before it creates one")
        return self.new_ticket

    def event(self, ticket: int, kind: str, why: str, **data: object) -> None:
        row = {"ticket_id": ticket, "at": self.now, "actor": self.actor, "kind": kind, "data": data, "why": why}
        self.events.append(row)

    def flush(self) -> None:
        """Write what was collected, a statement a table, and count the change of every ticket touched."""
        if self.letters:
            self.connection.execute(outbox_table.insert(), self.letters)
        if not self.events:
            return
        self.connection.execute(events.insert(), self.events)
        changed = {row["ticket_id"] for row in self.events} - {self.new_ticket}
        if changed:
            self.connection.execute(
                update(tickets)
                .where(tickets.c.id.in_(changed))
                .values(version=tickets.c.version + 1, updated_at=self.now)
            )


def apply(
    connection: Connection, decision: Decision, mail: ParsedMail, inbound_id: int | None, now: datetime
) -> int | None:
    """Carry out a decision about a mail. Returns the ticket the mail became an entry of."""
    work = _Work(
        connection=connection,
        mail=mail,
        inbound_id=inbound_id,
        evidence={"by": decision.trace.thread_by, "signals": list(decision.trace.thread)},
        actor=mail.sender_from.address if mail.sender_from else "unknown sender",
        now=now,
    )
    for action in decision.actions:
        _HANDLERS[type(action)](work, action)
    work.flush()
    return work.new_ticket if decision.ticket in (None, NEW) else decision.ticket


_NEXT_NUMBER = (
    update(counters)
    .where(counters.c.name == "ticket_number")
    .values(value=counters.c.value + 1)
    .returning(counters.c.value)
)
_NEW_TICKET = tickets.insert().returning(tickets.c.id)
_NEW_MESSAGE = messages.insert().returning(messages.c.id)


def next_number(connection: Connection) -> int:
    """The next ticket number. The counter's row lock keeps several nodes from taking the same."""
    return int(connection.execute(_NEXT_NUMBER).scalar_one())


def _create(work: _Work, action: CreateTicket) -> None:
    person = action.requester
    address = people.address_id(work.connection, person.address, person.name, work.now)
    number = next_number(work.connection)
    values = {
        "number": number,
        "subject": action.subject,
        "status": Status.OPEN,
        "priority": action.priority,
        "mailbox": action.mailbox,
        "team": action.team,
        "requester_id": address,
        "tags": [],
        "fields": {},
        "language": action.language,
        "linked_to": action.linked_to,
        "created_at": work.now,
        "updated_at": work.now,
    }
    ticket = work.connection.execute(_NEW_TICKET, values).scalar_one()
    work.new_ticket = ticket
    work.connection.execute(
        participants.insert(),
        {"ticket_id": ticket, "address_id": address, "name": person.name, "role": Role.REQUESTER},
    )
    work.event(ticket, "created", action.why, number=number, mailbox=action.mailbox)


def _add_message(work: _Work, action: AddMessage) -> None:
    mail, ticket = work.mail, work.ticket(action.ticket)
    sender = mail.sender_from
    values = {
        "ticket_id": ticket,
        "inbound_id": work.inbound_id,
        "direction": "outbound" if action.author and action.public else "inbound",
        "public": action.public,
        "kind": action.kind,
        "author": action.author,
        "from_name": sender.name if sender else "",
        "from_address": sender.address if sender else "",
        "to": [each.address for each in mail.to],
        "cc": [each.address for each in mail.cc],
        "subject": mail.subject,
        "text": action.text,
        "banner": action.banner,
        "message_id": mail.message_id,
        "references": [*mail.references, *mail.in_reply_to],
        "attachments": [_attachment(item) for item in mail.attachments],
        "evidence": work.evidence,
        "created_at": work.now,
    }
    work.message_id = work.connection.execute(_NEW_MESSAGE, values).scalar_one()
    _remember_ids(work, ticket)
    work.event(ticket, "message", action.why, message=work.message_id, public=action.public, entry=action.kind.value)


def _attachment(item: Any) -> dict[str, Any]:
    return {
        "name": item.name,
        "type": item.content_type,
        "size": item.size,
        "sha256": item.sha256,
        "inline": item.inline,
        "content_id": item.content_id,
    }


def _remember_ids(work: _Work, ticket: int) -> None:
    ids = dict.fromkeys(each for each in (work.mail.message_id, *work.mail.in_reply_to, *work.mail.references) if each)
    rows = [{"message_id": each, "ticket_id": ticket} for each in list(ids)[:MOST_SEEN_IDS]]
    if rows:
        work.connection.execute(insert_ignore(work.connection, seen_ids), rows)


def _set_status(work: _Work, action: SetStatus) -> None:
    ticket = work.ticket(action.ticket)
    closed_at = work.now if action.new in _ENDED else None
    work.connection.execute(
        update(tickets).where(tickets.c.id == ticket).values(status=action.new, closed_at=closed_at)
    )
    work.event(ticket, "status", action.why, old=action.old.value, new=action.new.value)


_PLAIN_FIELDS = frozenset({"assignee", "team", "priority", "category", "language", "subject"})


def _set_field(work: _Work, action: SetField) -> None:
    ticket = work.ticket(action.ticket)
    if action.field not in _PLAIN_FIELDS:
        raise AssertionError(f"no rule may set {action.field!r}")
    column = tickets.c[action.field]
    old = work.connection.execute(select(column).where(tickets.c.id == ticket)).scalar_one()
    work.connection.execute(update(tickets).where(tickets.c.id == ticket).values({column: action.value}))
    work.event(ticket, action.field, action.why, old=old, new=action.value)


def _add_participant(work: _Work, action: AddParticipant) -> None:
    ticket, person = work.ticket(action.ticket), action.person
    address = people.address_id(work.connection, person.address, person.name, work.now)
    statement = insert_ignore(work.connection, participants)
    values = {"ticket_id": ticket, "address_id": address, "name": person.name, "role": action.role}
    if work.connection.execute(statement.values(**values)).rowcount:
        work.event(ticket, "participant", action.why, address=person.address, role=action.role.value)


def _send(work: _Work, action: Send) -> None:
    ticket = None if action.ticket is None else work.ticket(action.ticket)
    work.letters.append(outbox.row(action, ticket, work.message_id, work.now))
    if ticket is not None:
        work.event(ticket, "mail", action.why, template=action.template, to=action.recipient.address)


def _record_bounce(work: _Work, action: RecordBounce) -> None:
    people.note_bounce(work.connection, action.address, permanent=action.permanent, now=work.now)
    outbox.note_bounce(work.connection, action.outbox_id, action.detail)
    work.event(
        action.ticket,
        "bounce",
        action.why,
        address=action.address,
        permanent=action.permanent,
        detail=action.detail,
        outbox=action.outbox_id,
    )


def _record_rating(work: _Work, action: RecordRating) -> None:
    """The answer belongs to the last survey of the ticket; its credit goes to who answered last before it."""
    ticket = work.ticket(action.ticket)
    asked = select(func.max(fired.c.anchor)).where(fired.c.ticket_id == ticket, fired.c.kind == "survey")
    answered = (
        select(messages.c.author)
        .where(messages.c.ticket_id == ticket, messages.c.public, messages.c.direction == "outbound")
        .order_by(messages.c.id.desc())
    )
    anchor = work.connection.execute(asked).scalar() or work.now
    agent = work.connection.execute(answered.limit(1)).scalar() or ""
    values = {"score": action.score, "comment": action.comment, "agent": agent, "at": work.now}
    where = (ratings.c.ticket_id == ticket, ratings.c.anchor == anchor)
    if work.connection.execute(update(ratings).where(*where).values(**values)).rowcount == 0:
        work.connection.execute(ratings.insert().values(ticket_id=ticket, anchor=anchor, **values))
    work.event(ticket, "rating", action.why, score=action.score)


def _start_timer(work: _Work, action: StartTimer) -> None:
    ticket = work.ticket(action.ticket)
    where = (timers.c.ticket_id == ticket, timers.c.kind == action.kind)
    values = {"due_at": action.due_at, "why": action.why}
    if work.connection.execute(update(timers).where(*where).values(**values)).rowcount == 0:
        work.connection.execute(timers.insert().values(ticket_id=ticket, kind=action.kind, **values))
    work.event(ticket, "timer", action.why, timer=action.kind, due_at=action.due_at.astimezone(UTC).isoformat())


def _stop_timer(work: _Work, action: StopTimer) -> None:
    ticket = work.ticket(action.ticket)
    where = (timers.c.ticket_id == ticket, timers.c.kind == action.kind)
    if work.connection.execute(timers.delete().where(*where)).rowcount:
        work.event(ticket, "timer_stopped", action.why, timer=action.kind)


def _nothing(_work: _Work, _action: Quarantine | Refuse) -> None:
    """The inbound row's own state says it all."""


_HANDLERS: dict[type[Action], Callable[[_Work, Any], None]] = {
    CreateTicket: _create,
    AddMessage: _add_message,
    SetStatus: _set_status,
    SetField: _set_field,
    AddParticipant: _add_participant,
    Send: _send,
    RecordBounce: _record_bounce,
    RecordRating: _record_rating,
    StartTimer: _start_timer,
    StopTimer: _stop_timer,
    Quarantine: _nothing,
    Refuse: _nothing,
}


def contact_language(connection: Connection, address: str) -> str:
    """The language this contact was last seen to write, or an empty string."""
    query = (
        select(contacts.c.language)
        .join(addresses, addresses.c.contact_id == contacts.c.id)
        .where(addresses.c.address == address)
    )
    return connection.execute(query).scalar() or ""
