"""Taking back what an agent did: every step is checked first, and if one cannot be taken back, none is."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from daemon.store import words
from daemon.store.inbound import insert_ignore
from daemon.store.outbox import OutboxState
from daemon.store.schema import (
    addresses,
    follows,
    links,
    messages,
    outbox,
    participants,
    seen_ids,
    tickets,
    timers,
)
from daemon.store.work import Work
from rules.actions import Action, Undo
from rules.facts import Status

_STILL_OURS = (OutboxState.QUEUED, OutboxState.DEFERRED, OutboxState.HELD)
Step = Mapping[str, Any]


def _undo(work: Work, action: Undo) -> None:
    steps = words.inverse(work.connection, action.word)
    checked = (_CHECKS[step["do"]](work, step) for step in reversed(steps) if step["do"] in _CHECKS)
    problem = next(filter(None, checked), "")
    if problem or not steps:
        work.remarks.append(("#undo", problem or "there is nothing to take back"))
        return
    for step in reversed(steps):
        line = _STEPS[step["do"]](work, step)
        if line:
            work.changes.append(line)
    work.event(work.ticket(action.ticket), "undone", action.why, steps=[step["do"] for step in steps])


def _value(work: Work, ticket: int, column: str) -> Any:
    return work.connection.execute(select(tickets.c[column]).where(tickets.c.id == ticket)).scalar()


def _check_column(work: Work, step: Step) -> str:
    now = _value(work, step["ticket"], step["column"])
    return "" if now == step["was"] else f"{step['column']} has been changed since, to {now}"


def _check_status(work: Work, step: Step) -> str:
    now = _value(work, step["ticket"], "status")
    return "" if now == step["was"] else f"the status has been changed since, to {now}"


def _has_left(work: Work, message: int) -> str:
    """To whom the entry has gone, or is just going: that cannot be called back."""
    query = select(outbox.c.recipient).where(
        outbox.c.message_ref == message, outbox.c.template == "reply", outbox.c.state.not_in(_STILL_OURS)
    )
    return work.connection.execute(query.limit(1)).scalar() or ""


def _check_merge(work: Work, step: Step) -> str:
    now = _value(work, step["ticket"], "merged_into")
    return "" if now == step["into"] else "the ticket has been merged elsewhere since"


def _check_split(work: Work, step: Step) -> str:
    there = work.connection.execute(select(messages.c.id).where(messages.c.ticket_id == step["new"])).scalars()
    return "" if set(there) <= set(step["messages"]) else "the new ticket has got messages of its own since"


def _column(work: Work, step: Step) -> tuple[str, str, str]:
    where = tickets.c.id == step["ticket"]
    work.connection.execute(update(tickets).where(where).values({step["column"]: step["back"]}))
    return (step["column"].removesuffix("_id"), _shown(step["was"]), _shown(step["back"]))


def _shown(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{name}: {each}" for name, each in value.items())
    return "" if value is None else str(value)


def _status(work: Work, step: Step) -> tuple[str, str, str]:
    closed_at = work.now if step["back"] in (Status.CLOSED, Status.SPAM) else None
    where = tickets.c.id == step["ticket"]
    work.connection.execute(update(tickets).where(where).values(status=step["back"], closed_at=closed_at))
    return ("status", step["was"], step["back"])


def _entry(work: Work, step: Step) -> tuple[str, str, str]:
    """The words stay on record, as an internal entry that says so; mail that has not left is dropped."""
    gone = _has_left(work, step["message"]) if step["public"] else ""
    if gone:
        return (f"mail to {gone}", "sent", "has left, and stays sent")
    _drop_mail(work, step["message"])
    values = {"public": False, "banner": f"Taken back by {work.agent}", "direction": "inbound", "kind": "note"}
    work.connection.execute(update(messages).where(messages.c.id == step["message"]).values(**values))
    return (f"message {step['message']}", "public" if step["public"] else "note", "taken back")


def _drop_mail(work: Work, message: int) -> None:
    work.connection.execute(
        update(outbox)
        .where(outbox.c.message_ref == message, outbox.c.state.in_(_STILL_OURS), outbox.c.template != "command-result")
        .values(state=OutboxState.DROPPED, detail="taken back", finished_at=work.now)
    )


def _message(work: Work, step: Step) -> tuple[str, str, str]:
    gone = _has_left(work, step["message"])
    if gone:
        return (f"mail to {gone}", "sent", "has left, and stays sent")
    _drop_mail(work, step["message"])
    work.connection.execute(update(messages).where(messages.c.id == step["message"]).values(**step["back"]))
    return (f"message {step['message']}", "", "as it was")


def _writer(work: Work, step: Step) -> None:
    for entry in step["entries"]:
        work.connection.execute(update(messages).where(messages.c.id == entry["id"]).values(**entry["back"]))


def _role(work: Work, step: Step) -> tuple[str, str, str]:
    where = (participants.c.ticket_id == step["ticket"], participants.c.address_id == step["address"])
    work.connection.execute(participants.delete().where(*where))
    if step["back"]:
        values = {"ticket_id": step["ticket"], "address_id": step["address"]}
        work.connection.execute(participants.insert().values(**values, name=step["name"], role=step["back"]))
    address = work.connection.execute(select(addresses.c.address).where(addresses.c.id == step["address"])).scalar()
    return (str(address), step["was"] or "", step["back"] or "")


def _contact(work: Work, step: Step) -> None:
    work.connection.execute(update(addresses).where(addresses.c.id == step["address"]).values(contact_id=step["back"]))


def _follow(work: Work, step: Step) -> tuple[str, str, str]:
    ticket, agent = step["ticket"], step["agent"]
    work.connection.execute(follows.delete().where(follows.c.ticket_id == ticket, follows.c.agent == agent))
    if step["back"]:
        work.connection.execute(follows.insert().values(ticket_id=ticket, agent=agent))
    return (f"{agent} follows", "", "yes" if step["back"] else "no")


def _timer(work: Work, step: Step) -> tuple[str, str, str]:
    ticket, kind = step["ticket"], step["kind"]
    work.connection.execute(timers.delete().where(timers.c.ticket_id == ticket, timers.c.kind == kind))
    if step["back"]:
        due_at = datetime.fromisoformat(step["back"])
        work.connection.execute(timers.insert().values(ticket_id=ticket, kind=kind, due_at=due_at, why="undone"))
    return (kind, "", step["back"] or "")


def _merge(work: Work, step: Step) -> tuple[str, str, str]:
    source, target = step["ticket"], step["into"]
    closed_at = datetime.fromisoformat(step["closed_at"]) if step["closed_at"] else None
    back = {"merged_into": None, "status": step["status"], "closed_at": closed_at}
    work.connection.execute(update(tickets).where(tickets.c.id == source).values(**back))
    work.connection.execute(update(tickets).where(tickets.c.id.in_(step["earlier"])).values(merged_into=source))
    where = (messages.c.id.in_(step["messages"]), messages.c.ticket_id == target)
    work.connection.execute(update(messages).where(*where).values(ticket_id=source))
    work.connection.execute(
        participants.delete().where(participants.c.ticket_id == target, participants.c.address_id.in_(step["joined"]))
    )
    return ("ticket", "merged", "on its own again")


def _split(work: Work, step: Step) -> tuple[str, str, str]:
    """The ticket made by the split stays as a merged one: its number may have been told to somebody."""
    old, new = step["ticket"], step["new"]
    work.connection.execute(update(messages).where(messages.c.ticket_id == new).values(ticket_id=old))
    for name in step["names"]:
        statement: Any = insert_ignore(work.connection, seen_ids)
        work.connection.execute(statement.values(message_id=name, ticket_id=old))
    closed = {"merged_into": old, "status": Status.CLOSED, "closed_at": work.now}
    work.connection.execute(update(tickets).where(tickets.c.id == new).values(**closed))
    return ("ticket", "split", "whole again")


def _link(work: Work, step: Step) -> tuple[str, str, str]:
    for one, other in ((step["ticket"], step["other"]), (step["other"], step["ticket"])):
        work.connection.execute(links.delete().where(links.c.ticket_id == one, links.c.other_id == other))
    return ("link", "linked", "")


_CHECKS: Mapping[str, Callable[[Work, Step], str]] = {
    "column": _check_column,
    "status": _check_status,
    "merge": _check_merge,
    "split": _check_split,
}
_STEPS: Mapping[str, Callable[[Work, Step], tuple[str, str, str] | None]] = {
    "column": _column,
    "status": _status,
    "entry": _entry,
    "message": _message,
    "writer": _writer,
    "role": _role,
    "contact": _contact,
    "follow": _follow,
    "timer": _timer,
    "merge": _merge,
    "split": _split,
    "link": _link,
}
HANDLERS: dict[type[Action], Callable[[Work, Any], None]] = {Undo: _undo}
