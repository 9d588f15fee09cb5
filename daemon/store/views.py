"""Rows as people and other programs read them: the public JSON shapes of the command line."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, func, select

from daemon.store.outbox import attempts_of
from daemon.store.schema import addresses, events, inbound, messages, outbox, participants, tickets, timers

_MESSAGES = select(func.count()).where(messages.c.ticket_id == tickets.c.id).correlate(tickets).scalar_subquery()


def _stamp(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _ticket(row: Row[Any]) -> dict[str, Any]:
    return {
        "number": row.number,
        "subject": row.subject,
        "status": row.status,
        "priority": row.priority,
        "requester": row.requester,
        "assignee": row.assignee,
        "team": row.team,
        "category": row.category,
        "tags": list(row.tags),
        "created_at": _stamp(row.created_at),
        "updated_at": _stamp(row.updated_at),
        "messages": row.message_count,
    }


def _query() -> Any:
    return select(tickets, addresses.c.address.label("requester"), _MESSAGES.label("message_count")).join(
        addresses, addresses.c.id == tickets.c.requester_id
    )


def ticket_list(connection: Connection, *, status: str = "", most: int = 200) -> list[dict[str, Any]]:
    """Tickets, the most recently changed first."""
    query = _query().order_by(tickets.c.updated_at.desc(), tickets.c.id.desc()).limit(most)
    if status:
        query = query.where(tickets.c.status == status)
    return [_ticket(row) for row in connection.execute(query)]


def ticket(connection: Connection, number: int) -> dict[str, Any] | None:
    """One ticket with its messages, events and participants; None when there is no such number."""
    row = connection.execute(_query().where(tickets.c.number == number)).one_or_none()
    if row is None:
        return None
    return _ticket(row) | {
        "messages": [_message(each) for each in _of_ticket(connection, messages, row.id)],
        "events": [_event(each) for each in _of_ticket(connection, events, row.id)],
        "participants": _participants(connection, row.id),
    }


def _of_ticket(connection: Connection, table: Any, ticket_id: int) -> list[Row[Any]]:
    return list(connection.execute(select(table).where(table.c.ticket_id == ticket_id).order_by(table.c.id)))


def _message(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "direction": row.direction,
        "public": row.public,
        "kind": row.kind,
        "author": row.author,
        "from": row.from_address,
        "to": list(row.to),
        "text": row.text,
        "banner": row.banner,
        "message_id": row.message_id,
        "attachments": list(row.attachments),
        "evidence": row.evidence,
        "created_at": _stamp(row.created_at),
    }


def _event(row: Row[Any]) -> dict[str, Any]:
    return {"at": _stamp(row.at), "actor": row.actor, "kind": row.kind, "data": row.data, "why": row.why}


def _participants(connection: Connection, ticket_id: int) -> list[dict[str, str]]:
    query = (
        select(addresses.c.address, participants.c.name, participants.c.role)
        .join(addresses, addresses.c.id == participants.c.address_id)
        .where(participants.c.ticket_id == ticket_id)
        .order_by(addresses.c.id)
    )
    return [dict(row._mapping) for row in connection.execute(query)]


def _numbered(table: Table) -> Select[Any]:
    """Rows of mail, each with the number of its ticket, if any."""
    joined = table.outerjoin(tickets, tickets.c.id == table.c.ticket_id)
    return select(table, tickets.c.number.label("number")).select_from(joined)


def _newest(connection: Connection, table: Table, state: str, most: int) -> list[Row[Any]]:
    query = _numbered(table).order_by(table.c.id.desc()).limit(most)
    return list(connection.execute(query.where(table.c.state == state) if state else query))


def inbound_list(connection: Connection, *, state: str = "", most: int = 200) -> list[dict[str, Any]]:
    """Accepted mail, newest first."""
    return [_inbound(row) for row in _newest(connection, inbound, state, most)]


def inbound_one(connection: Connection, inbound_id: int) -> dict[str, Any] | None:
    """One accepted mail with the trace of its decision and its hash; None when there is none."""
    row = connection.execute(_numbered(inbound).where(inbound.c.id == inbound_id)).one_or_none()
    if row is None:
        return None
    return _inbound(row) | {
        "sha256": row.sha256,
        "size": row.size,
        "peer": row.peer,
        "helo": row.helo,
        "verified": row.verified,
        "duplicate_of": row.duplicate_of,
        "trace": row.trace,
    }


def _inbound(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "state": row.state,
        "reason": row.reason,
        "source": row.source,
        "envelope_from": row.envelope_from,
        "envelope_to": list(row.envelope_to),
        "received_at": _stamp(row.received_at),
        "attempts": row.attempts,
        "ticket": row.number,
    }


def outbox_list(connection: Connection, *, state: str = "", most: int = 200) -> list[dict[str, Any]]:
    """Outgoing mail, newest first."""
    return [_outbox(row) for row in _newest(connection, outbox, state, most)]


def outbox_one(connection: Connection, outbox_id: int) -> dict[str, Any] | None:
    """One outgoing mail with the hash of its bytes and each attempt at it; None when there is none."""
    row = connection.execute(_numbered(outbox).where(outbox.c.id == outbox_id)).one_or_none()
    if row is None:
        return None
    tries = [_attempt(each) for each in attempts_of(connection, outbox_id)]
    return _outbox(row) | {"sha256": row.sha256, "envelope_from": row.envelope_from, "tries": tries}


def _attempt(row: Row[Any]) -> dict[str, Any]:
    return {
        "started_at": _stamp(row.started_at),
        "finished_at": _stamp(row.finished_at),
        "outcome": row.state or "unfinished",
        "stage": row.stage,
        "answer": row.detail,
    }


def _outbox(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "template": row.template,
        "recipient": row.recipient,
        "subject": row.subject,
        "state": row.state,
        "attempts": row.attempts,
        "next_attempt_at": _stamp(row.next_attempt_at) if row.state in ("queued", "deferred") else None,
        "ticket": row.number,
        "message_id": row.message_id,
        "detail": row.detail,
    }


def timer_list(connection: Connection, *, most: int = 200) -> list[dict[str, Any]]:
    """Timers of all tickets, the soonest first."""
    query = (
        select(timers.c.due_at, timers.c.kind, timers.c.why, tickets.c.number.label("ticket"))
        .join(tickets, tickets.c.id == timers.c.ticket_id)
        .order_by(timers.c.due_at)
        .limit(most)
    )
    rows = connection.execute(query).all()
    return [{"due_at": _stamp(row.due_at), "ticket": row.ticket, "kind": row.kind, "why": row.why} for row in rows]


def status(connection: Connection) -> dict[str, dict[str, int]]:
    """How much is where."""
    return {
        name: dict(connection.execute(select(column, func.count()).group_by(column)).all())
        for name, column in (
            ("inbound", inbound.c.state),
            ("tickets", tickets.c.status),
            ("outbox", outbox.c.state),
        )
    }
