"""Tickets whose turn to be assigned again has come."""

from datetime import datetime

from sqlalchemy import Connection, delete

from daemon.store.schema import timers


def take_due(connection: Connection, kind: str, now: datetime) -> list[tuple[int, str]]:
    """Ticket and reason of every due timer of the kind, which is gone then: of two processes only one gets it."""
    statement = (
        delete(timers).where(timers.c.kind == kind, timers.c.due_at <= now).returning(timers.c.ticket_id, timers.c.why)
    )
    return sorted((int(ticket), str(why)) for ticket, why in connection.execute(statement))
