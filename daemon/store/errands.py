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

from sqlalchemy import Connection, Row, bindparam, func, select, update

from daemon.store.claims import claiming, ready
from daemon.store.schema import addresses, errand_attempts, errands, messages, tickets
from daemon.store.work import Work
from rules.actions import Action
from rules.errands import CallWebhook, RunCommand

CLAIM = timedelta(minutes=5)
WEBHOOK, COMMAND = "webhook", "command"
AGAIN = "again"  # how an attempt ends that is followed by another; the last one ends as its errand does
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
    """A row that a worker holds. `attempts` counts the one that is about to be made, `attempt` is its row."""

    id: int
    kind: str
    name: str
    delivery: str
    ticket_id: int
    rule: str
    content: dict[str, Any]
    attempts: int
    created_at: datetime
    attempt: int


_HELD = [errands.c[name] for name in Errand.__slots__ if name != "attempt"]
_READY = ready(errands, errands.c.state == ErrandState.QUEUED, errands.c.next_attempt_at <= bindparam("now"))
_CLAIM = claiming(
    errands,
    _READY,
    order=[errands.c.next_attempt_at],
    returning=_HELD,
    attempts=errands.c.attempts + 1,
)
_OURS = (
    update(errands)
    .where(errands.c.state == ErrandState.QUEUED, errands.c.claimed_until == bindparam("lost"))
    .values(claimed_until=bindparam("until"))
    .returning(*_HELD)
)
_BY_ID = update(errands).where(errands.c.id == bindparam("row"))
_NEW_ATTEMPT = errand_attempts.insert().returning(errand_attempts.c.id)
_LAST_ATTEMPT = select(func.max(errand_attempts.c.id)).where(errand_attempts.c.errand_id == bindparam("errand"))
_END_ATTEMPT = (
    update(errand_attempts)
    .where(errand_attempts.c.id == bindparam("row"), errand_attempts.c.finished_at.is_(None))
    .returning(errand_attempts.c.id)
)


def claim(
    connection: Connection, now: datetime, most: int, *, until: datetime | None = None, lost: datetime | None = None
) -> list[Errand]:
    """Take up to `most` errands that are due; their attempt is noted from now on, whatever happens.

    They are claimed `until` an instant that no other claim has. `lost`: that of a call whose answer did not come: what
    it took, should it have been committed, is given first, and its attempt is not counted a second time.
    """
    until = until or now + CLAIM
    if lost and (ours := connection.execute(_OURS, {"until": until, "lost": lost}).all()):
        return [_held(row, int(connection.execute(_LAST_ATTEMPT, {"errand": row.id}).scalar_one())) for row in ours]
    rows = connection.execute(_CLAIM, {"now": now, "until": until, "lost": None, "most": most}).all()
    return [_held(row, _begin(connection, row.id, now)) for row in sorted(rows, key=lambda row: int(row.id))]


def _held(row: Row[Any], attempt: int) -> Errand:
    return Errand(**row._mapping, attempt=attempt)


def _begin(connection: Connection, errand: int, now: datetime) -> int:
    return int(connection.execute(_NEW_ATTEMPT, {"errand_id": errand, "started_at": now}).scalar_one())


def end(connection: Connection, errand: Errand, state: ErrandState, answer: str, now: datetime) -> bool:
    """It is over. False when that was known: the attempt has ended before."""
    if not _end_attempt(connection, errand, state, answer, now):
        return False
    values = {"row": errand.id, "state": state, "detail": answer, "finished_at": now, "claimed_until": None}
    connection.execute(_BY_ID, values)
    return True


def postpone(connection: Connection, errand: Errand, until: datetime, answer: str, now: datetime) -> None:
    """Try again then."""
    if _end_attempt(connection, errand, AGAIN, answer, now):
        values = {"row": errand.id, "next_attempt_at": until, "detail": answer, "claimed_until": None}
        connection.execute(_BY_ID, values)


def _end_attempt(connection: Connection, errand: Errand, outcome: str, answer: str, now: datetime) -> bool:
    values = {"row": errand.attempt, "finished_at": now, "outcome": outcome, "answer": answer}
    return connection.execute(_END_ATTEMPT, values).first() is not None


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
    """One errand with what it carries and each attempt at it: when, how it ended, what was answered."""
    query = select(errands, tickets.c.number.label("ticket")).join(tickets, tickets.c.id == errands.c.ticket_id)
    row = connection.execute(query.where(errands.c.id == errand)).one_or_none()
    if row is None:
        return None
    query = select(errand_attempts).where(errand_attempts.c.errand_id == errand).order_by(errand_attempts.c.id)
    tries = [
        {
            "started_at": each.started_at.isoformat(),
            "finished_at": each.finished_at.isoformat() if each.finished_at else None,
            "outcome": each.outcome or "unfinished",
            "answer": each.answer,
        }
        for each in connection.execute(query)
    ]
    return _shown(row._mapping) | {"content": row.content, "tries": tries}


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
