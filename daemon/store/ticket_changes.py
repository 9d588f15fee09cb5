"""Carrying out what agents' commands ask of one ticket: tags, fields, people, followers, time, entries."""

from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select, update

from daemon.store import erasures, passed_on, people
from daemon.store.inbound import insert_ignore
from daemon.store.schema import addresses, canned_uses, follows, messages, participants, tickets
from daemon.store.work import Work
from rules.actions import (
    Action,
    ChangeMessage,
    EraseMessage,
    Follow,
    JoinContact,
    LogTime,
    SetOwnField,
    SetParticipant,
    SetRequester,
    SetTags,
    UseCanned,
)
from rules.facts import Role

_CHANGEABLE = ("kind", "public", "author", "text", "banner", "direction")


_TICKET = update(tickets).where(tickets.c.id == bindparam("row"))


@cache
def _column(name: str) -> Select[tuple[Any]]:
    return select(tickets.c[name]).where(tickets.c.id == bindparam("row"))


def read_column(work: Work, ticket: int, column: str) -> Any:
    """One column of a ticket as it is now."""
    if ticket == work.new_ticket and column in work.known:
        return work.known[column]
    return work.connection.execute(_column(column), {"row": ticket}).scalar_one()


def set_column(work: Work, ticket: int, column: str, value: Any) -> Any:
    """Set one column of a ticket and remember what it was, which is returned."""
    old = read_column(work, ticket, column)
    change_column(work, ticket, column, old, value)
    return old


def change_column(work: Work, ticket: int, column: str, old: Any, new: Any) -> None:
    """Set one column of a ticket that was just read."""
    if ticket == work.new_ticket and column in work.known:
        work.known[column] = work.pending[column] = new
    elif new != old:
        work.connection.execute(_TICKET, {"row": ticket, column: new})
    work.reversible("column", ticket=ticket, column=column, was=new, back=old)


def _set_tags(work: Work, action: SetTags) -> None:
    ticket = work.ticket(action.ticket)
    old = list(read_column(work, ticket, "tags"))
    new = list(dict.fromkeys((*(tag for tag in old if tag not in action.remove), *action.add)))
    change_column(work, ticket, "tags", old, new)
    work.event(ticket, "tags", action.why, old=old, new=new)


def _set_own_field(work: Work, action: SetOwnField) -> None:
    ticket = work.ticket(action.ticket)
    old = dict(read_column(work, ticket, "fields"))
    kept = {name: value for name, value in old.items() if name != action.name}
    change_column(work, ticket, "fields", old, kept | ({action.name: action.value} if action.value else {}))
    work.event(ticket, "field", action.why, field=action.name, old=old.get(action.name, ""), new=action.value)


def _set_participant(work: Work, action: SetParticipant) -> None:
    ticket = work.ticket(action.ticket)
    address = people.address_id(work.connection, action.person.address, action.person.name, work.now)
    set_role(work, ticket, address, action.role, action.person.name)
    role = action.role.value if action.role else "none"
    work.event(ticket, "participant", action.why, address=action.person.address, role=role)


def set_role(work: Work, ticket: int, address: int, role: Role | None, name: str = "") -> None:
    """Make this address take that part, or none."""
    where = (participants.c.ticket_id == ticket, participants.c.address_id == address)
    before = work.connection.execute(select(participants).where(*where)).one_or_none()
    work.connection.execute(participants.delete().where(*where))
    if role is not None:
        name = name or (before.name if before else "")
        row = {"ticket_id": ticket, "address_id": address, "name": name, "role": role}
        work.connection.execute(participants.insert().values(**row))
    work.reversible(
        "role",
        ticket=ticket,
        address=address,
        was=role,
        back=before.role if before else None,
        name=before.name if before else "",
    )


def _set_requester(work: Work, action: SetRequester) -> None:
    ticket = work.ticket(action.ticket)
    address = people.address_id(work.connection, action.person.address, action.person.name, work.now)
    old = set_column(work, ticket, "requester_id", address)
    set_role(work, ticket, old, Role.CC if action.keep else None)
    set_role(work, ticket, address, Role.REQUESTER, action.person.name)
    passed_on.give_to(work, action.entries, action.person)
    work.event(ticket, "requester", action.why, new=action.person.address)


def _join_contact(work: Work, action: JoinContact) -> None:
    ticket = work.ticket(action.ticket)
    address = people.address_id(work.connection, action.address, "", work.now)
    contact = (
        select(addresses.c.contact_id)
        .join(tickets, tickets.c.requester_id == addresses.c.id)
        .where(tickets.c.id == ticket)
        .scalar_subquery()
    )
    new = work.connection.execute(select(contact)).scalar_one()
    old = people.give_address(work.connection, address, new)
    work.reversible("contact", address=address, was=new, back=old)
    work.event(ticket, "joined", action.why, address=action.address)


def _follow(work: Work, action: Follow) -> None:
    ticket = work.ticket(action.ticket)
    if action.on:
        work.connection.execute(insert_ignore(work.connection, follows).values(ticket_id=ticket, agent=action.agent))
    else:
        work.connection.execute(follows.delete().where(follows.c.ticket_id == ticket, follows.c.agent == action.agent))
    work.reversible("follow", ticket=ticket, agent=action.agent, back=not action.on)
    work.event(ticket, "follow", action.why, agent=action.agent, on=action.on)


def _log_time(work: Work, action: LogTime) -> None:
    ticket = work.ticket(action.ticket)
    old = read_column(work, ticket, "minutes")
    change_column(work, ticket, "minutes", old, old + action.minutes)
    work.event(ticket, "time", action.why, agent=action.agent, minutes=action.minutes)


def _change_message(work: Work, action: ChangeMessage) -> None:
    """A held answer that is let go is an outbound one from now on: it counts as the agent's answer."""
    ticket = work.ticket(action.ticket)
    where = (messages.c.id == action.message, messages.c.ticket_id == ticket)
    before = work.connection.execute(select(messages).where(*where)).one_or_none()
    if before is None:
        work.remarks.append(("", f"message {action.message} is not on this ticket"))
        return
    values: dict[str, Any] = {"kind": action.kind, "public": action.public, "banner": action.banner}
    if action.author:
        values |= {"author": action.author, "direction": "outbound" if action.public else before.direction}
    if action.text is not None:
        values["text"] = action.text
    work.connection.execute(update(messages).where(*where).values(**values))
    work.reversible("message", message=action.message, back={name: before._mapping[name] for name in _CHANGEABLE})
    work.event(ticket, "message_changed", action.why, message=action.message, public=action.public)


def _erase_message(work: Work, action: EraseMessage) -> None:
    """The bytes of its mail and of letters that quote it go as soon as this is committed."""
    ticket = work.ticket(action.ticket)
    where = (messages.c.id == action.message, messages.c.ticket_id == ticket)
    if work.connection.execute(select(messages.c.id).where(*where)).first() is None:
        work.remarks.append(("", f"message {action.message} is not on this ticket"))
        return
    erasures.erase_message(work.connection, action.message, f"Erased: {action.why}", work.now)
    work.event(ticket, "message_erased", action.why, message=action.message)


def _use_canned(work: Work, action: UseCanned) -> None:
    row = update(canned_uses).where(canned_uses.c.name == action.name)
    values = {"times": canned_uses.c.times + 1, "last_used_at": work.now}
    if work.connection.execute(row.values(**values)).rowcount == 0:
        work.connection.execute(canned_uses.insert().values(name=action.name, times=1, last_used_at=work.now))
    work.event(work.ticket(action.ticket), "canned", action.why, name=action.name)


HANDLERS: dict[type[Action], Callable[[Work, Any], None]] = {
    SetTags: _set_tags,
    SetOwnField: _set_own_field,
    SetParticipant: _set_participant,
    SetRequester: _set_requester,
    JoinContact: _join_contact,
    Follow: _follow,
    LogTime: _log_time,
    ChangeMessage: _change_message,
    EraseMessage: _erase_message,
    UseCanned: _use_canned,
}
