"""Answers to what agents ask by mail: tables of plain words, read in the transaction that records the question."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, or_, select
from sqlalchemy.sql import ColumnElement

from daemon.store.schema import addresses, events, messages, participants, tickets, timers
from rules.actions import Question, QuestionKind
from rules.command_changes import DUE
from rules.facts import Status

MOST_ROWS = 50
_WIDEST = 60
_DONE = (Status.SOLVED, Status.CLOSED, Status.SPAM)
Rows = list[list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A titled table; the first row is its header."""

    title: str
    rows: Sequence[Sequence[str]]

    def to_dict(self) -> dict[str, Any]:
        """As it is kept with the mail to be."""
        return {"title": self.title, "rows": [[_cell(each) for each in row] for row in self.rows]}


def _cell(value: object) -> str:
    """One line of bounded width: a table stays one in every client."""
    text = " ".join(str(value).split())
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


def answer(connection: Connection, question: Question, now: datetime) -> list[Table]:
    """The tables that answer the question."""
    return _ANSWERS[question.kind](connection, question, now)


def _stamp(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else ""


def _show(connection: Connection, question: Question, _now: datetime) -> list[Table]:
    row = connection.execute(_tickets().where(tickets.c.id == question.ticket)).one_or_none()
    if row is None:
        return [Table(title=f"There is no ticket {question.value or 'here'}", rows=())]
    facts: Rows = [
        ["subject", row.subject],
        ["status", row.status],
        ["priority", row.priority],
        ["team", row.team or "none"],
        ["assignee", row.assignee or "nobody"],
        ["requester", row.requester],
        *([name, value] for name, value in (("category", row.category), ("tags", " ".join(row.tags))) if value),
        *([name, str(value)] for name, value in row.fields.items()),
        ["created", _stamp(row.created_at)],
        ["changed", _stamp(row.updated_at)],
    ]
    people: Rows = [["who", "takes part as"], *_people(connection, row.id)]
    past: Rows = [["message", "when", "who", "says"], *_messages(connection, row.id)]
    title = f"Ticket {row.number}"
    return [
        Table(title=title, rows=[["what", "is"], *facts]),
        Table(title="People", rows=people),
        Table(title="Messages", rows=past),
    ]


def _tickets() -> Any:
    return select(tickets, addresses.c.address.label("requester")).join(
        addresses, addresses.c.id == tickets.c.requester_id
    )


def _people(connection: Connection, ticket: int) -> Rows:
    query = (
        select(addresses.c.address, participants.c.role)
        .join(addresses, addresses.c.id == participants.c.address_id)
        .where(participants.c.ticket_id == ticket)
        .order_by(participants.c.address_id)
    )
    return [list(row) for row in connection.execute(query)]


def _messages(connection: Connection, ticket: int) -> Rows:
    query = select(messages).where(messages.c.ticket_id == ticket).order_by(messages.c.id.desc()).limit(MOST_ROWS)
    return [
        [
            str(row.id),
            _stamp(row.created_at),
            (row.author or row.from_address) + ("" if row.public else " (internal)"),
            row.text,
        ]
        for row in reversed(connection.execute(query).all())
    ]


def _list(connection: Connection, question: Question, now: datetime) -> list[Table]:
    wanted = question.value.lower().removeprefix("my ").strip() or "mine"
    if wanted not in _LISTS:
        return [Table(title=f"There is no list {question.value!r}: {', '.join(_LISTS)}", rows=())]
    query = _tickets().where(_LISTS[wanted](question, now), tickets.c.merged_into.is_(None))
    rows = connection.execute(query.order_by(tickets.c.priority, tickets.c.updated_at).limit(MOST_ROWS)).all()
    table: Rows = [["ticket", "priority", "status", "assignee", "requester", "subject"]]
    table += [[str(r.number), r.priority, r.status, r.assignee or "-", r.requester, r.subject] for r in rows]
    return [Table(title=f"Tickets: {wanted} ({len(rows)})", rows=table)]


def _is_open() -> ColumnElement[bool]:
    return tickets.c.status.not_in(_DONE)


_LISTS: Mapping[str, Callable[[Question, datetime], ColumnElement[bool]]] = {
    "mine": lambda question, _: and_(_is_open(), tickets.c.assignee == question.agent),
    "team": lambda question, _: and_(_is_open(), tickets.c.team.in_(question.teams)),
    "overdue": lambda _, now: and_(
        _is_open(), tickets.c.id.in_(select(timers.c.ticket_id).where(timers.c.kind == DUE, timers.c.due_at < now))
    ),
    "unassigned": lambda *_: and_(_is_open(), tickets.c.assignee == ""),
    "open": lambda *_: _is_open(),
}


def _history(connection: Connection, question: Question, _now: datetime) -> list[Table]:
    query = select(events).where(events.c.ticket_id == question.ticket).order_by(events.c.id.desc()).limit(MOST_ROWS)
    rows = connection.execute(query).all()
    table: Rows = [["when", "who", "what", "why"]]
    table += [[_stamp(row.at), row.actor, _told(row.kind, row.data), row.why] for row in reversed(rows)]
    return [Table(title="History", rows=table)]


def _told(kind: str, data: Mapping[str, Any]) -> str:
    if "new" in data:
        return f"{kind}: {data.get('old', '')} → {data['new']}"
    return ", ".join([kind, *(f"{name} {value}" for name, value in data.items())])


def _kb(connection: Connection, question: Question, _now: datetime) -> list[Table]:
    """Prepared answers are known already; solved tickets are found by the words of their subject."""
    found = [Table(title="Prepared answers", rows=(("write", "begins"), *question.table))] if question.table else []
    likes = [or_(tickets.c.subject.icontains(word, autoescape=True)) for word in question.value.split()[:8]]
    query = _tickets().where(tickets.c.status.in_((Status.SOLVED, Status.CLOSED)), *likes)
    rows = connection.execute(query.order_by(tickets.c.updated_at.desc()).limit(10)).all() if likes else ()
    solved = [["ticket", "subject"], *([str(row.number), row.subject] for row in rows)]
    return [*found, Table(title=f"Solved tickets about {question.value}", rows=solved)]


def _known(_connection: Connection, question: Question, _now: datetime) -> list[Table]:
    return [Table(title="Commands, one a line at the very top", rows=question.table)]


_ANSWERS: Mapping[QuestionKind, Callable[[Connection, Question, datetime], list[Table]]] = {
    QuestionKind.SHOW: _show,
    QuestionKind.LIST: _list,
    QuestionKind.HISTORY: _history,
    QuestionKind.KB: _kb,
    QuestionKind.HELP: _known,
}
