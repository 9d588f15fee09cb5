"""Carrying out what moves whole conversations: merging, splitting, linking."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Row, select, update

from daemon.store.inbound import insert_ignore
from daemon.store.numbers import next_number
from daemon.store.schema import addresses, follows, links, messages, participants, seen_ids, tickets, timers
from daemon.store.ticket_changes import set_column
from daemon.store.work import Work
from rules.actions import Action, Link, Merge, Split
from rules.facts import Role, Status

_INHERITED = ("mailbox", "team", "assignee", "priority", "category", "language", "tags", "fields", "subject")


def _merge(work: Work, action: Merge) -> None:
    """Entries and people move; the number and every token of the ticket lead to the other one from now on."""
    source, target = work.ticket(action.ticket), action.into
    columns = select(tickets.c.status, tickets.c.closed_at).where(tickets.c.id == source)
    status, closed_at = work.connection.execute(columns).one()
    moved = _move_entries(work, source, target)
    joined = _copy_people(work, source, target)
    _follow_both(work, source, target)
    closed = {"merged_into": target, "status": Status.CLOSED, "closed_at": work.now}
    work.connection.execute(update(tickets).where(tickets.c.id == source).values(**closed))
    earlier = _lead_on(work, source, target)
    work.connection.execute(timers.delete().where(timers.c.ticket_id == source))
    work.reversible(
        "merge",
        ticket=source,
        into=target,
        messages=moved,
        joined=joined,
        earlier=earlier,
        status=status,
        closed_at=closed_at.isoformat() if closed_at else None,
    )
    numbers = {each: _number(work, each) for each in (source, target)}
    work.event(source, "merged", action.why, into=numbers[target])
    work.event(target, "merged_here", action.why, number=numbers[source], messages=len(moved))


def _move_entries(work: Work, source: int, target: int) -> list[int]:
    moved = list(work.connection.execute(select(messages.c.id).where(messages.c.ticket_id == source)).scalars())
    work.connection.execute(update(messages).where(messages.c.ticket_id == source).values(ticket_id=target))
    return moved


def _copy_people(work: Work, source: int, target: int) -> list[int]:
    """The requester of the one gets copies of the other."""
    there = set(
        work.connection.execute(select(participants.c.address_id).where(participants.c.ticket_id == target)).scalars()
    )
    rows = work.connection.execute(select(participants).where(participants.c.ticket_id == source)).all()
    fresh = [row for row in rows if row.address_id not in there]
    for row in fresh:
        role = Role.CC if row.role == Role.REQUESTER else row.role
        values = {"ticket_id": target, "address_id": row.address_id, "name": row.name, "role": role}
        work.connection.execute(participants.insert().values(**values))
    return [row.address_id for row in fresh]


def _follow_both(work: Work, source: int, target: int) -> None:
    agents = work.connection.execute(select(follows.c.agent).where(follows.c.ticket_id == source)).scalars().all()
    for agent in agents:
        work.connection.execute(insert_ignore(work.connection, follows).values(ticket_id=target, agent=agent))


def _lead_on(work: Work, source: int, target: int) -> list[int]:
    """Tickets merged into the source before lead straight to the target: one hop is always enough."""
    earlier = list(work.connection.execute(select(tickets.c.id).where(tickets.c.merged_into == source)).scalars())
    work.connection.execute(update(tickets).where(tickets.c.merged_into == source).values(merged_into=target))
    return earlier


def _number(work: Work, ticket: int) -> int:
    return int(work.connection.execute(select(tickets.c.number).where(tickets.c.id == ticket)).scalar_one())


def _split(work: Work, action: Split) -> None:
    """The entry and all that follow, but not the command that asked for it, become a ticket of their own."""
    old = work.ticket(action.ticket)
    moving = work.connection.execute(
        select(messages)
        .where(messages.c.ticket_id == old, messages.c.id >= action.message, messages.c.id != (work.message_id or 0))
        .order_by(messages.c.id)
    ).all()
    if not moving:
        work.remarks.append(("", f"message {action.message} is not on this ticket"))
        return
    new, number = _ticket_like(work, old)
    _people_of_split(work, old, new, moving)
    ids, names = [row.id for row in moving], [row.message_id for row in moving if row.message_id]
    work.connection.execute(update(messages).where(messages.c.id.in_(ids)).values(ticket_id=new))
    work.connection.execute(
        update(seen_ids).where(seen_ids.c.ticket_id == old, seen_ids.c.message_id.in_(names)).values(ticket_id=new)
    )
    work.reversible("split", ticket=old, new=new, messages=ids, names=names)
    work.changes.append(("new ticket", "", f"{number}, {len(ids)} messages"))
    work.event(old, "split", action.why, into=number, messages=len(ids))
    work.event(new, "created", action.why, number=number, split_from=_number(work, old))


def _ticket_like(work: Work, old: int) -> tuple[int, int]:
    row = work.connection.execute(select(tickets).where(tickets.c.id == old)).one()
    number = next_number(work.connection)
    values = {name: row._mapping[name] for name in _INHERITED}
    new = work.connection.execute(
        tickets.insert()
        .values(
            **values,
            number=number,
            status=Status.OPEN,
            requester_id=row.requester_id,
            linked_to=old,
            created_at=work.now,
            updated_at=work.now,
        )
        .returning(tickets.c.id)
    ).scalar_one()
    return int(new), number


def _people_of_split(work: Work, old: int, new: int, moving: Any) -> None:
    """Who wrote the first moved mail from outside is the requester; when that is the same person, copies stay too."""
    rows = {row.address: row for row in work.connection.execute(_people_query(old))}
    writer: Row[Any] | None = next((rows.get(each.from_address) for each in moving if not each.author), None)
    requester = work.connection.execute(select(tickets.c.requester_id).where(tickets.c.id == old)).scalar_one()
    chosen = writer.address_id if writer else requester
    keep = rows.values() if chosen == requester else [row for row in rows.values() if row.address_id == chosen]
    for row in keep:
        role = Role.REQUESTER if row.address_id == chosen else row.role
        values = {"ticket_id": new, "address_id": row.address_id, "name": row.name, "role": role}
        work.connection.execute(participants.insert().values(**values))
    if chosen != requester:
        set_column(work, new, "requester_id", chosen)


def _people_query(ticket: int) -> Any:
    return (
        select(participants, addresses.c.address)
        .join(addresses, addresses.c.id == participants.c.address_id)
        .where(participants.c.ticket_id == ticket)
    )


def _link(work: Work, action: Link) -> None:
    ticket = work.ticket(action.ticket)
    for one, other in ((ticket, action.other), (action.other, ticket)):
        work.connection.execute(insert_ignore(work.connection, links).values(ticket_id=one, other_id=other))
    work.reversible("link", ticket=ticket, other=action.other)
    work.event(ticket, "linked", action.why, to=_number(work, action.other))


HANDLERS: dict[type[Action], Callable[[Work, Any], None]] = {Merge: _merge, Split: _split, Link: _link}
