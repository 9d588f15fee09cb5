"""Tickets as a decision sees them, and the carrying out of what it decided: one transaction, all or nothing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Integer, Row, bindparam, func, select, update

from daemon.store import (
    agent_states,
    coalescing,
    conversation_changes,
    errands,
    outbox,
    people,
    queues,
    repeated_files,
    reports,
    ticket_changes,
    words,
)
from daemon.store.engine import is_reading
from daemon.store.inbound import insert_ignore
from daemon.store.numbers import next_number
from daemon.store.schema import (
    addresses,
    fired,
    follows,
    messages,
    participants,
    ratings,
    seen_ids,
    tickets,
    timers,
)
from daemon.store.work import Work
from parsers.mail import ParsedMail
from rules.actions import (
    NEW,
    Action,
    AddMessage,
    AddParticipant,
    CreateTicket,
    Decision,
    MessageKind,
    Quarantine,
    RecordBounce,
    RecordRating,
    Refuse,
    Report,
    Send,
    SetField,
    SetStatus,
    StartTimer,
    StopTimer,
)
from rules.command_changes import DUE, SNOOZE
from rules.facts import Participant, Priority, Role, Status, TicketFacts

MOST_SEEN_IDS = 50
_ENDED = (Status.CLOSED, Status.SPAM)


_WITH_REQUESTER = select(tickets, addresses.c.address.label("requester"), addresses.c.contact_id).join(
    addresses, addresses.c.id == tickets.c.requester_id
)
_FACTS = _WITH_REQUESTER.where(tickets.c.id.in_(bindparam("ids", expanding=True))).order_by(tickets.c.id)
# In the order of their ids, so that two nodes do not wait for each other.
_LOCKED_FACTS = _FACTS.with_for_update(of=tickets)
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
    rows = connection.execute(_FACTS if is_reading(connection) else _LOCKED_FACTS, {"ids": wanted}).all()
    people_by_ticket = _participants(connection, wanted)
    internal = outbox.last_internal_to(connection, wanted) if for_decision else {}
    plain = {row.id: _facts(row, people_by_ticket.get(row.id, ()), internal.get(row.id, frozenset())) for row in rows}
    return _with_followers(connection, _with_timers(connection, plain)) if for_decision else plain


_GOES_ON = tickets.alias("goes_on")
_CURRENT = _WITH_REQUESTER.where(
    tickets.c.id
    == func.coalesce(
        select(_GOES_ON.c.merged_into).where(_GOES_ON.c.id == bindparam("ticket")).scalar_subquery(),
        bindparam("ticket", type_=Integer),
    )
)


def current(connection: Connection, ticket_id: int) -> TicketFacts | None:
    """The ticket as it is now, for a letter; one that was merged is what it goes on in. None when it is gone."""
    row = connection.execute(_CURRENT, {"ticket": ticket_id}).one_or_none()
    if row is None:
        return None
    return _facts(row, _participants(connection, [row.id]).get(row.id, ()), frozenset())


_FOLLOWERS = (
    select(follows.c.ticket_id, follows.c.agent)
    .where(follows.c.ticket_id.in_(bindparam("ids", expanding=True)))
    .order_by(follows.c.agent)
)
_TIMERS = select(timers.c.ticket_id, timers.c.kind, timers.c.due_at).where(
    timers.c.ticket_id.in_(bindparam("ids", expanding=True)), timers.c.kind.in_((DUE, SNOOZE))
)
_MERGED = select(tickets.c.id, tickets.c.merged_into).where(
    tickets.c.id.in_(bindparam("ids", expanding=True)), tickets.c.merged_into.is_not(None)
)


def _with_followers(connection: Connection, plain: dict[int, TicketFacts]) -> dict[int, TicketFacts]:
    found: dict[int, list[str]] = {}
    for ticket, agent in connection.execute(_FOLLOWERS, {"ids": list(plain)}):
        found.setdefault(ticket, []).append(agent)
    return plain | {ticket: replace(plain[ticket], followers=tuple(agents)) for ticket, agents in found.items()}


def _with_timers(connection: Connection, plain: dict[int, TicketFacts]) -> dict[int, TicketFacts]:
    found = dict(plain)
    for ticket, kind, due_at in connection.execute(_TIMERS, {"ids": list(plain)}):
        seen = found[ticket]
        found[ticket] = replace(seen, due_at=due_at) if kind == DUE else replace(seen, snoozed_until=due_at)
    return found


def merged(connection: Connection, ticket_ids: Sequence[int]) -> dict[int, int]:
    """Where those of the tickets go on that were merged."""
    if not ticket_ids:
        return {}
    return {int(old): int(new or 0) for old, new in connection.execute(_MERGED, {"ids": list(ticket_ids)})}


def message_ids(connection: Connection, ticket_ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """The entries of each ticket in order."""
    query = select(messages.c.ticket_id, messages.c.id).where(messages.c.ticket_id.in_(ticket_ids))
    found: dict[int, list[int]] = {}
    for ticket, message in connection.execute(query.order_by(messages.c.id)):
        found.setdefault(ticket, []).append(message)
    return {ticket: tuple(ids) for ticket, ids in found.items()}


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
        contact=row.contact_id,
        fields=tuple((name, str(value)) for name, value in row.fields.items()),
        minutes=row.minutes,
        updated_at=row.updated_at,
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


def apply(
    connection: Connection, decision: Decision, mail: ParsedMail, inbound_id: int | None, now: datetime
) -> int | None:
    """Carry out a decision about a mail. Returns the ticket the mail became an entry of."""
    work = carry_out(connection, decision, mail, inbound_id, now)
    return work.new_ticket if decision.ticket in (None, NEW) else decision.ticket


def carry_out(
    connection: Connection, decision: Decision, mail: ParsedMail, inbound_id: int | None, now: datetime
) -> Work:
    """Carry out a decision; what only doing it could tell is in the work returned."""
    work = Work(
        connection=connection,
        mail=mail,
        inbound_id=inbound_id,
        evidence={"by": decision.trace.thread_by, "signals": list(decision.trace.thread)},
        actor=decision.by or (mail.sender_from.address if mail.sender_from else "unknown sender"),
        agent=decision.agent,
        now=now,
    )
    for action in decision.actions:
        _HANDLERS[type(action)](work, action)
    if work.inverse and not any(isinstance(action, Report) for action in decision.actions):
        work.undo = words.give_undo(work)
    work.flush()
    return work


_SET_BY_RULES = ("assignee", "team", "priority", "category", "tags", "fields")
_NEW_TICKET = tickets.insert().returning(tickets.c.id)
_NEW_PARTICIPANT = participants.insert()
_NEW_MESSAGE = messages.insert().returning(messages.c.id)


def _create(work: Work, action: CreateTicket) -> None:
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
    # What rules set at once, such as a category, is written in one statement when all is done.
    work.known = {name: values.get(name, "") for name in _SET_BY_RULES}
    work.connection.execute(
        _NEW_PARTICIPANT,
        {"ticket_id": ticket, "address_id": address, "name": person.name, "role": Role.REQUESTER},
    )
    work.event(ticket, "created", action.why, number=number, mailbox=action.mailbox)


def _add_message(work: Work, action: AddMessage) -> None:
    mail, ticket = work.mail, work.ticket(action.ticket)
    sender = action.written_by or mail.sender_from
    values = {
        "ticket_id": ticket,
        "inbound_id": work.inbound_id if action.by_mail else None,
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
        "message_id": "" if action.written_by else mail.message_id,
        "references": [] if action.written_by else [*mail.references, *mail.in_reply_to],
        "attachments": _attachments(work, ticket, action) if action.by_mail else [],
        "evidence": work.evidence | ({"passed_on": True} if action.written_by else {}),
        "created_at": work.now,
    }
    work.message_id = work.connection.execute(_NEW_MESSAGE, values).scalar_one()
    if action.kind is not MessageKind.COMMANDS:
        work.reversible("entry", message=work.message_id, public=action.public)
    _remember_ids(work, ticket)
    work.event(ticket, "message", action.why, message=work.message_id, public=action.public, entry=action.kind.value)


def _attachments(work: Work, ticket: int, action: AddMessage) -> list[dict[str, Any]]:
    mail = work.mail
    is_whole = action.text == mail.text or action.written_by is not None  # what was passed on ends the whole text
    return repeated_files.describe(work.connection, ticket, mail.attachments, is_whole=is_whole)


def _remember_ids(work: Work, ticket: int) -> None:
    ids = dict.fromkeys(each for each in (work.mail.message_id, *work.mail.in_reply_to, *work.mail.references) if each)
    rows = [{"message_id": each, "ticket_id": ticket} for each in list(ids)[:MOST_SEEN_IDS]]
    if rows:
        work.connection.execute(insert_ignore(work.connection, seen_ids), rows)


def _set_status(work: Work, action: SetStatus) -> None:
    ticket = work.ticket(action.ticket)
    closed_at = work.now if action.new in _ENDED else None
    work.connection.execute(
        update(tickets).where(tickets.c.id == ticket).values(status=action.new, closed_at=closed_at)
    )
    work.reversible("status", ticket=ticket, was=action.new.value, back=action.old.value)
    work.event(ticket, "status", action.why, old=action.old.value, new=action.new.value)


_PLAIN_FIELDS = frozenset({"assignee", "team", "priority", "category", "language", "subject"})


def _set_field(work: Work, action: SetField) -> None:
    ticket = work.ticket(action.ticket)
    if action.field not in _PLAIN_FIELDS:
        raise AssertionError(f"no rule may set {action.field!r}")
    old = ticket_changes.set_column(work, ticket, action.field, action.value)
    if action.field == "assignee" and action.value:
        agent_states.note_assigned(work.connection, action.value, work.now)
    work.event(ticket, action.field, action.why, old=old, new=action.value)


def _add_participant(work: Work, action: AddParticipant) -> None:
    ticket, person = work.ticket(action.ticket), action.person
    address = people.address_id(work.connection, person.address, person.name, work.now)
    statement = insert_ignore(work.connection, participants).returning(participants.c.address_id)
    values = {"ticket_id": ticket, "address_id": address, "name": person.name, "role": action.role}
    if work.connection.execute(statement, values).first():
        work.event(ticket, "participant", action.why, address=person.address, role=action.role.value)


def _send(work: Work, action: Send) -> None:
    ticket = None if action.ticket is None else work.ticket(action.ticket)
    message = work.message_id if action.message is None else action.message
    if ticket is not None and action.template in coalescing.TEMPLATES and not action.collect:
        coalescing.add(work, action, ticket, message)
    else:
        work.letters.append(outbox.row(action, ticket, message, work.now))
    if ticket is not None:
        work.event(ticket, "mail", action.why, template=action.template, to=action.recipient.address)


def _record_bounce(work: Work, action: RecordBounce) -> None:
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


def _record_rating(work: Work, action: RecordRating) -> None:
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


def _start_timer(work: Work, action: StartTimer) -> None:
    ticket = work.ticket(action.ticket)
    where = (timers.c.ticket_id == ticket, timers.c.kind == action.kind)
    values = {"due_at": action.due_at, "why": action.why}
    _timer_can_go_back(work, ticket, action.kind)
    if work.connection.execute(update(timers).where(*where).values(**values)).rowcount == 0:
        work.connection.execute(timers.insert().values(ticket_id=ticket, kind=action.kind, **values))
    work.event(ticket, "timer", action.why, timer=action.kind, due_at=action.due_at.astimezone(UTC).isoformat())


def _timer_can_go_back(work: Work, ticket: int, kind: str) -> None:
    query = select(timers.c.due_at).where(timers.c.ticket_id == ticket, timers.c.kind == kind)
    before = work.connection.execute(query).scalar()
    work.reversible("timer", ticket=ticket, kind=kind, back=before.isoformat() if before else None)


def _stop_timer(work: Work, action: StopTimer) -> None:
    ticket = work.ticket(action.ticket)
    where = (timers.c.ticket_id == ticket, timers.c.kind == action.kind)
    _timer_can_go_back(work, ticket, action.kind)
    if work.connection.execute(timers.delete().where(*where)).rowcount:
        work.event(ticket, "timer_stopped", action.why, timer=action.kind)


def _nothing(_work: Work, _action: Quarantine | Refuse) -> None:
    """The inbound row's own state says it all."""


_HANDLERS: dict[type[Action], Callable[[Work, Any], None]] = {
    **ticket_changes.HANDLERS,
    **conversation_changes.HANDLERS,
    **reports.HANDLERS,
    **agent_states.HANDLERS,
    **queues.HANDLERS,
    **errands.HANDLERS,
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
