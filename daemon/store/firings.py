"""Carrying out what became of timers: each in the one transaction that also takes its key, so that it happens once."""

from collections.abc import Iterable, Mapping, Sequence
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
from rules.timers import EXPLICIT, SURVEY, WAITING_REMINDER, stands_alone

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


_MAILS_AFTER = select(func.count()).where(
    outbox_table.c.created_at > bindparam("moment"), outbox_table.c.kind.in_(_TO_CUSTOMERS)
)
_LAST_ANSWER = select(func.max(messages.c.id)).where(
    messages.c.ticket_id == bindparam("ticket"), messages.c.public, messages.c.direction == "outbound"
)
_REMOVE = timers.delete().where(timers.c.ticket_id == bindparam("ticket"), timers.c.kind == bindparam("of_kind"))
# What agents set by command, as it was judged: a command may have set the same kind again in between.
_REMOVE_EXPLICIT = _REMOVE.where(timers.c.due_at == bindparam("due"))
_MOVE = update(tickets).where(tickets.c.id == bindparam("ticket"))
_MOVED = _MOVE.values(status=bindparam("new"), closed_at=bindparam("closed"))
_CHANGED = _MOVE.values(version=tickets.c.version + 1)


class Carrying:
    """The timers of one batch being carried out. Rows are collected and written a statement a table."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection, self._now = connection, now
        # no driver vouches for an INSERT's count
        self._take_key = insert_ignore(connection, fired).returning(fired.c.ticket_id)
        self._clear()

    def _clear(self) -> None:
        self._moves: list[tuple[int, str, datetime]] = []
        self._removed: list[dict[str, Any]] = []
        self._removed_explicit: list[dict[str, Any]] = []
        self._letters: list[dict[str, Any]] = []
        self._events: list[Mapping[str, Any]] = []
        self._statuses: list[dict[str, Any]] = []
        self._surveyed: list[dict[str, Any]] = []
        self._changed: list[dict[str, Any]] = []

    def carry_out(self, ticket: TicketFacts, firings: Iterable[Firing]) -> int:
        """Do what was decided about one ticket's timers. Returns how many mails are queued."""
        mails = 0
        for firing in firings:
            if firing.verdict is Verdict.LATER and firing.again_at is not None:
                self._moves.append((ticket.id, firing.timer.kind, firing.again_at))
                continue
            self._remove(ticket.id, firing)
            if firing.verdict is Verdict.FIRED and self._is_first(ticket.id, firing):
                mails += self._fire(ticket, firing)
        return mails

    def flush(self) -> None:
        """Write what was collected. Needed before anything is counted, and at the end."""
        pairs: tuple[tuple[Any, Sequence[Any]], ...] = (
            (_REMOVE, self._removed),
            (_REMOVE_EXPLICIT, self._removed_explicit),
            (_MOVED, self._statuses),
            (outbox_table.insert(), self._letters),
            (_SURVEYED, self._surveyed),
            (events.insert(), self._events),
            (_CHANGED, self._changed),
        )
        for statement, rows in pairs:
            if rows:
                self._connection.execute(statement, list(rows))
        move_all(self._connection, self._moves)
        self._clear()

    def _remove(self, ticket: int, firing: Firing) -> None:
        row = {"ticket": ticket, "of_kind": firing.timer.kind}
        if firing.timer.kind in EXPLICIT:
            self._removed_explicit.append(row | {"due": firing.timer.due_at})
        else:
            self._removed.append(row)

    def _is_first(self, ticket: int, firing: Firing) -> bool:
        timer = firing.timer
        row = {"ticket_id": ticket, "kind": timer.kind, "anchor": timer.anchor, "due_at": timer.due_at, "at": self._now}
        return self._connection.execute(self._take_key, row).first() is not None

    def _fire(self, ticket: TicketFacts, firing: Firing) -> int:
        now, told = self._now, [mailing.send.recipient.address for mailing in firing.mailings]
        self._events.append(_event(ticket, "timer_fired", firing.why, now, timer=firing.timer.kind, told=told))
        status = firing.status if firing.status is not ticket.status else None
        if status is not None:
            closed_at = now if status in _ENDED else None
            self._statuses.append({"ticket": ticket.id, "new": status, "closed": closed_at})
            moved = {"old": ticket.status.value, "new": status.value}
            self._events.append(_event(ticket, "status", firing.why, now, **moved))
        if firing.mailings:
            self._queue(ticket, firing)
        if status is not None or not stands_alone(firing.timer.kind):
            self._changed.append({"ticket": ticket.id})
        return len(told)

    def _queue(self, ticket: TicketFacts, firing: Firing) -> None:
        is_answered = firing.timer.kind == WAITING_REMINDER
        message = _last_answer(self._connection, ticket.id) if is_answered else None
        for each in firing.mailings:
            row = outbox.row(each.send, ticket.id, message, self._now)
            self._letters.append(row | {"variables": dict(each.variables)})
        if firing.timer.kind == SURVEY:
            self._surveyed.append({"ticket": ticket.id, "now": self._now})


def _event(ticket: TicketFacts, kind: str, why: str, now: datetime, **data: object) -> Mapping[str, Any]:
    return {"ticket_id": ticket.id, "at": now, "actor": ACTOR, "kind": kind, "data": data, "why": why}


def _last_answer(connection: Connection, ticket: int) -> int | None:
    return connection.execute(_LAST_ANSWER, {"ticket": ticket}).scalar()


def customer_mails_after(connection: Connection, moment: datetime) -> int:
    """How many reminders and surveys were queued after that moment."""
    return int(connection.execute(_MAILS_AFTER, {"moment": moment}).scalar_one())
