"""Carrying out what became of timers: each in the one transaction that also takes its key, so that it happens once."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from daemon.store import outbox
from daemon.store.inbound import insert_ignore
from daemon.store.schema import addresses, events, fired, messages, tickets, timers
from daemon.store.schema import outbox as outbox_table
from daemon.store.situations import move_all
from rules.actions import MailClass
from rules.due import Firing, Verdict
from rules.facts import Status, TicketFacts
from rules.timers import EXPLICIT, SURVEY, WAITING_REMINDER

ACTOR = "timer"
_TO_CUSTOMERS = (MailClass.REMINDER, MailClass.SURVEY)
_ENDED = (Status.CLOSED, Status.SPAM)


_SURVEYED = (
    update(addresses)
    .where(
        addresses.c.id == select(tickets.c.requester_id).where(tickets.c.id == bindparam("ticket")).scalar_subquery()
    )
    .values(surveyed_at=bindparam("now"))
)


def carry_out(connection: Connection, ticket: TicketFacts, firings: Iterable[Firing], now: datetime) -> int:
    """Do what was decided about one ticket's timers. Returns how many mails were queued."""
    mails, moves = 0, []
    for firing in firings:
        if firing.verdict is Verdict.LATER and firing.again_at is not None:
            moves.append((ticket.id, firing.timer.kind, firing.again_at))
            continue
        _remove(connection, ticket.id, firing)
        if firing.verdict is Verdict.FIRED and _take_key(connection, ticket.id, firing, now):
            mails += _fire(connection, ticket, firing, now)
    move_all(connection, moves)
    return mails


def _remove(connection: Connection, ticket: int, firing: Firing) -> None:
    """The row as it was judged: a command may have set the same kind again in between."""
    where = [timers.c.ticket_id == ticket, timers.c.kind == firing.timer.kind]
    if firing.timer.kind in EXPLICIT:
        where.append(timers.c.due_at == firing.timer.due_at)
    connection.execute(timers.delete().where(*where))


def _take_key(connection: Connection, ticket: int, firing: Firing, now: datetime) -> bool:
    timer = firing.timer
    row = {"ticket_id": ticket, "kind": timer.kind, "anchor": timer.anchor, "due_at": timer.due_at, "at": now}
    statement = insert_ignore(connection, fired).returning(fired.c.ticket_id)  # no driver vouches for an INSERT's count
    return connection.execute(statement, row).first() is not None


def _fire(connection: Connection, ticket: TicketFacts, firing: Firing, now: datetime) -> int:
    told = [mailing.send.recipient.address for mailing in firing.mailings]
    history = [_event(ticket, "timer_fired", firing.why, now, timer=firing.timer.kind, told=told)]
    if firing.status is not None and firing.status is not ticket.status:
        closed_at = now if firing.status in _ENDED else None
        connection.execute(
            update(tickets).where(tickets.c.id == ticket.id).values(status=firing.status, closed_at=closed_at)
        )
        moved = {"old": ticket.status.value, "new": firing.status.value}
        history.append(_event(ticket, "status", firing.why, now, **moved))
    if firing.mailings:
        message = _last_answer(connection, ticket.id) if firing.timer.kind == WAITING_REMINDER else None
        rows = [outbox.row(each.send, ticket.id, message, now) for each in firing.mailings]
        letters = [row | {"variables": dict(each.variables)} for row, each in zip(rows, firing.mailings, strict=True)]
        connection.execute(outbox_table.insert(), letters)
        if firing.timer.kind == SURVEY:
            connection.execute(_SURVEYED, {"ticket": ticket.id, "now": now})
    connection.execute(events.insert(), history)
    connection.execute(update(tickets).where(tickets.c.id == ticket.id).values(version=tickets.c.version + 1))
    return len(told)


def _event(ticket: TicketFacts, kind: str, why: str, now: datetime, **data: object) -> Mapping[str, Any]:
    return {"ticket_id": ticket.id, "at": now, "actor": ACTOR, "kind": kind, "data": data, "why": why}


def _last_answer(connection: Connection, ticket: int) -> int | None:
    where = (messages.c.ticket_id == ticket, messages.c.public, messages.c.direction == "outbound")
    return connection.execute(select(func.max(messages.c.id)).where(*where)).scalar()


def customer_mails_since(connection: Connection, since: datetime) -> int:
    """How many reminders and surveys were queued since then."""
    query = select(func.count()).where(outbox_table.c.created_at >= since, outbox_table.c.kind.in_(_TO_CUSTOMERS))
    return int(connection.execute(query).scalar_one())
