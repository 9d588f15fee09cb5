"""Errands in rows: queued in the transaction that decided them, each attempt counted before it is made.

A webhook's receiver knows a delivery by its id, so a repeated one is harmless. A command line is never run twice: one
that a crash cut off has failed.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Integer, and_, bindparam, func, or_, select, update

from daemon.store.schema import addresses, errands, messages, tickets
from daemon.store.work import Work
from rules.actions import Action
from rules.errands import CallWebhook, RunCommand

CLAIM = timedelta(minutes=5)
WEBHOOK, COMMAND = "webhook", "command"
_LONGEST_TEXT = 20_000
_TICKET = ("number", "subject", "status", "priority", "team", "assignee", "mailbox", "category", "tags", "fields")


class ErrandState(StrEnum):
    """Where an errand is."""

    QUEUED = "queued"
    DONE = "done"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A row that a worker holds. `attempts` counts the one that is about to be made."""

    id: int
    kind: str
    name: str
    delivery: str
    ticket_id: int
    rule: str
    content: dict[str, Any]
    attempts: int
    created_at: datetime


_READY = and_(
    errands.c.state == ErrandState.QUEUED,
    errands.c.next_attempt_at <= bindparam("now"),
    or_(errands.c.claimed_until.is_(None), errands.c.claimed_until < bindparam("now")),
)
_CHOSEN = (
    select(errands.c.id)
    .where(_READY)
    .order_by(errands.c.next_attempt_at)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
    .cte("chosen")
)
_CLAIM = (
    update(errands)
    .where(errands.c.id.in_(select(_CHOSEN.c.id)), _READY)
    .values(claimed_until=bindparam("until"), attempts=errands.c.attempts + 1)
    .returning(*(errands.c[name] for name in Errand.__slots__))
)
_ANY_DUE = select(errands.c.id).where(_READY).limit(1)
_BY_ID = update(errands).where(errands.c.id == bindparam("row"))


def is_any_due(connection: Connection, now: datetime) -> bool:
    """Whether a claim would find something."""
    return connection.execute(_ANY_DUE, {"now": now}).first() is not None


def claim(connection: Connection, now: datetime, most: int) -> list[Errand]:
    """Take up to `most` errands that are due; their attempt counts from now on, whatever happens."""
    rows = connection.execute(_CLAIM, {"now": now, "until": now + CLAIM, "most": most}).all()
    return sorted((Errand(**row._mapping) for row in rows), key=lambda each: each.id)


def end(connection: Connection, errand: int, state: ErrandState, detail: str, now: datetime) -> None:
    """It is over."""
    values = {"row": errand, "state": state, "detail": detail, "finished_at": now, "claimed_until": None}
    connection.execute(_BY_ID, values)


def postpone(connection: Connection, errand: int, until: datetime, detail: str) -> None:
    """Try again then."""
    connection.execute(_BY_ID, {"row": errand, "next_attempt_at": until, "detail": detail, "claimed_until": None})


def commands_since(connection: Connection, since: datetime) -> int:
    """How many command lines were run since then, or are being run."""
    ran = (errands.c.kind == COMMAND, errands.c.attempts > 0, errands.c.state != ErrandState.DROPPED)
    query = select(func.count()).where(*ran, errands.c.created_at >= since)
    return int(connection.execute(query).scalar_one())


def listing(connection: Connection, *, state: str = "", most: int = 200) -> list[dict[str, Any]]:
    """Errands for people, newest first."""
    query = select(errands, tickets.c.number.label("ticket")).join(tickets, tickets.c.id == errands.c.ticket_id)
    if state:
        query = query.where(errands.c.state == state)
    rows = connection.execute(query.order_by(errands.c.id.desc()).limit(most))
    return [_shown(row._mapping) for row in rows]


def one(connection: Connection, errand: int) -> dict[str, Any] | None:
    """One errand with what it carries."""
    query = select(errands, tickets.c.number.label("ticket")).join(tickets, tickets.c.id == errands.c.ticket_id)
    row = connection.execute(query.where(errands.c.id == errand)).one_or_none()
    return None if row is None else _shown(row._mapping) | {"content": row.content}


def _shown(row: Any) -> dict[str, Any]:
    names = ("id", "kind", "name", "ticket", "rule", "state", "attempts", "next_attempt_at", "detail", "delivery")
    moments = ("next_attempt_at", "created_at", "finished_at")
    shown = {name: row[name] for name in (*names, "created_at", "finished_at")}
    return shown | {name: shown[name].isoformat() if shown[name] else None for name in moments}


def retry(connection: Connection, errand: int, now: datetime) -> bool:
    """Make it again, by an admin's word; also a command line."""
    allowed = (ErrandState.QUEUED, ErrandState.FAILED, ErrandState.DROPPED)
    values = {"state": ErrandState.QUEUED, "attempts": 0, "next_attempt_at": now, "created_at": now}
    return _change(connection, errand, allowed, values | {"finished_at": None, "claimed_until": None})


def drop(connection: Connection, errand: int, now: datetime) -> bool:
    """Never make it."""
    values = {"state": ErrandState.DROPPED, "finished_at": now, "detail": "dropped by an admin"}
    return _change(connection, errand, (ErrandState.QUEUED, ErrandState.FAILED), values)


def _change(connection: Connection, errand: int, allowed: Sequence[ErrandState], values: dict[str, Any]) -> bool:
    statement = update(errands).where(errands.c.id == errand, errands.c.state.in_(allowed)).values(**values)
    return connection.execute(statement).rowcount == 1


_ABOUT = (
    select(*(tickets.c[name] for name in _TICKET), addresses.c.address.label("requester"))
    .join(addresses, addresses.c.id == tickets.c.requester_id)
    .where(tickets.c.id == bindparam("ticket"))
)
_MESSAGE = select(messages).where(messages.c.id == bindparam("message"))


def _call_webhook(work: Work, action: CallWebhook) -> None:
    ticket = work.ticket(action.ticket)
    work.write_columns()
    about = dict(work.connection.execute(_ABOUT, {"ticket": ticket}).one()._mapping)
    content = {"rule": action.rule, "at": work.now.isoformat(), "ticket": about, "message": _message(work)}
    _queue(work, ticket, WEBHOOK, action.webhook, action.rule, content)
    work.event(ticket, "webhook", action.why, name=action.webhook)


def _message(work: Work) -> dict[str, Any] | None:
    row = work.connection.execute(_MESSAGE, {"message": work.message_id}).one_or_none()
    if row is None:
        return None
    sender = {"name": row.from_name, "address": row.from_address}
    return {"id": row.id, "from": sender, "subject": row.subject, "text": row.text[:_LONGEST_TEXT]}


def _run_command(work: Work, action: RunCommand) -> None:
    ticket = work.ticket(action.ticket)
    _queue(work, ticket, COMMAND, action.command, action.rule, {"arguments": dict(action.arguments)})
    work.event(ticket, "command", action.why, name=action.command, arguments=dict(action.arguments))


def _queue(work: Work, ticket: int, kind: str, name: str, rule: str, content: dict[str, Any]) -> None:
    row = {
        "kind": kind,
        "name": name,
        "delivery": uuid.uuid4().hex,
        "ticket_id": ticket,
        "rule": rule,
        "content": content,
        "state": ErrandState.QUEUED,
        "next_attempt_at": work.now,
        "created_at": work.now,
    }
    work.connection.execute(errands.insert(), row)


HANDLERS: dict[type[Action], Callable[[Work, Any], None]] = {CallWebhook: _call_webhook, RunCommand: _run_command}
