"""Notices of one ticket to one agent that come thick and fast become one mail.

The first goes at once. One that follows within the pause waits for the pause to end and takes up whatever else comes;
but an agent who has answered since is waiting for the customer, and hears at once.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, and_, exists, or_, select, update

from daemon.store import outbox
from daemon.store.schema import messages
from daemon.store.schema import outbox as table
from daemon.store.work import Work
from rules.actions import Send

TEMPLATES = frozenset({"customer-reply-notice"})
PAUSE = timedelta(minutes=2)
LONGEST = timedelta(minutes=10)


def add(work: Work, action: Send, ticket: int, message: int | None) -> None:
    """Queue the notice, or let the one that still waits tell of this too."""
    waiting = _waiting(work, action, ticket)
    if waiting is not None:
        _join(work, waiting, message)
        return
    row = outbox.row(action, ticket, message, work.now)
    if _told_lately(work, action, ticket):
        row |= {"next_attempt_at": work.now + PAUSE, "variables": {"joined": [], "latest": _latest(work)}}
    work.letters.append(row)


def _latest(work: Work) -> str:
    return (work.now + LONGEST).isoformat()


def _same(action: Send, ticket: int) -> tuple[Any, ...]:
    return (table.c.ticket_id == ticket, table.c.to_agent == action.to_agent, table.c.template == action.template)


def _waiting(work: Work, action: Send, ticket: int) -> Row[Any] | None:
    """The newest notice that nobody has begun to make."""
    query = select(table).where(
        *_same(action, ticket),
        table.c.state == outbox.OutboxState.QUEUED,
        table.c.sha256.is_(None),
        table.c.next_attempt_at > work.now,
        or_(table.c.claimed_until.is_(None), table.c.claimed_until < work.now),
    )
    return work.connection.execute(query.order_by(table.c.id.desc()).limit(1)).one_or_none()


def _join(work: Work, waiting: Row[Any], message: int | None) -> None:
    """It is about the newest entry now, and shows the others above it; it never waits longer than the longest time."""
    kept = dict(waiting.variables)
    until = min((work.now + PAUSE).isoformat(), kept.get("latest", _latest(work)))
    values = {
        "message_ref": message,
        "created_at": work.now,
        "next_attempt_at": type(work.now).fromisoformat(until),
        "variables": kept | {"joined": [*kept.get("joined", []), waiting.message_ref]},
    }
    work.connection.execute(update(table).where(table.c.id == waiting.id).values(**values))


def _told_lately(work: Work, action: Send, ticket: int) -> bool:
    answered = exists().where(
        and_(
            messages.c.ticket_id == ticket,
            messages.c.public,
            messages.c.direction == "outbound",
            messages.c.created_at >= table.c.created_at,
        )
    )
    query = select(table.c.id).where(*_same(action, ticket), table.c.created_at > work.now - PAUSE, ~answered)
    return work.connection.execute(query.limit(1)).first() is not None
