"""Tickets that nobody could take, and when to try again."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete

from daemon.store.schema import awaited_assignees
from daemon.store.work import Work
from rules.actions import Action, AwaitAssignee


def take_due(connection: Connection, now: datetime) -> list[tuple[int, str]]:
    """Ticket and rule of everything due, whose rows are gone then: of two processes only one gets each."""
    statement = delete(awaited_assignees).where(awaited_assignees.c.due_at <= now)
    rows = connection.execute(statement.returning(awaited_assignees.c.ticket_id, awaited_assignees.c.why))
    return sorted((int(ticket), str(why)) for ticket, why in rows)


def _await(work: Work, action: AwaitAssignee) -> None:
    ticket = work.ticket(action.ticket)
    work.connection.execute(delete(awaited_assignees).where(awaited_assignees.c.ticket_id == ticket))
    row = {"ticket_id": ticket, "due_at": action.due_at, "why": action.why}
    work.connection.execute(awaited_assignees.insert().values(**row))
    work.event(ticket, "awaits_assignee", action.why, due_at=action.due_at.isoformat())


HANDLERS: dict[type[Action], Callable[[Work, Any], None]] = {AwaitAssignee: _await}
