"""What has happened on tickets and with their requester, as triage rules ask for it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import BindParameter, Connection, bindparam, func, select

from daemon.store.column_types import Utc
from daemon.store.schema import addresses, events, messages, tickets
from rules.actions import NEW, MessageKind
from rules.facts import Activity, Status, TicketFacts

_UNDONE = (Status.OPEN, Status.PENDING, Status.ON_HOLD)
_MOST_SIBLINGS = 20
_FINISHED = (Status.SOLVED, Status.CLOSED)
_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_BEFORE: BindParameter[datetime] = bindparam("before", type_=Utc)
_ALWAYS = datetime(9999, 1, 1, tzinfo=UTC)
_PUBLIC_MAIL = (messages.c.public.is_(True), messages.c.kind == MessageKind.MAIL, messages.c.created_at < _BEFORE)
_COUNTS = (
    select(messages.c.ticket_id, messages.c.direction, func.count().label("many"), func.max(messages.c.created_at))
    .where(messages.c.ticket_id.in_(_IDS), *_PUBLIC_MAIL)
    .group_by(messages.c.ticket_id, messages.c.direction)
)
_EVENTS = (
    select(events.c.ticket_id, events.c.kind, events.c.data)
    .where(events.c.ticket_id.in_(_IDS), events.c.kind.in_(("rule", "status")), events.c.at < _BEFORE)
    .order_by(events.c.id)
)
_THEIRS = (
    select(tickets.c.id)
    .join(addresses, addresses.c.id == tickets.c.requester_id)
    .where(addresses.c.address == bindparam("address"))
)
_OPEN_TICKETS = select(func.count()).select_from(_THEIRS.where(tickets.c.status.in_(_UNDONE)).subquery())
_LAST_AGENT = (
    select(messages.c.author)
    .where(messages.c.ticket_id.in_(_THEIRS), messages.c.direction == "outbound", *_PUBLIC_MAIL)
    .order_by(messages.c.id.desc())
    .limit(1)
)
_UNDONE_OF = (
    _THEIRS.where(tickets.c.status.in_(_UNDONE), tickets.c.merged_into.is_(None))
    .order_by(tickets.c.id.desc())
    .limit(_MOST_SIBLINGS)
)


def undone_of(connection: Connection, address: str) -> tuple[int, ...]:
    """The tickets of a requester that are not finished, newest first."""
    return tuple(connection.execute(_UNDONE_OF, {"address": address}).scalars())


def activity(
    connection: Connection, found: Mapping[int, TicketFacts], sender: str, before: datetime = _ALWAYS
) -> dict[int, Activity]:
    """The past of each ticket; under NEW what is known of the sender (empty for a stranger), for a new ticket.

    `before`: as it was then, but for the number of open tickets, which is that of now.
    """
    past = {NEW: Activity()} | dict.fromkeys(found, Activity())
    if found:
        for ticket, direction, many, last in connection.execute(_COUNTS, {"ids": list(found), "before": before}):
            past[ticket] = _counted(past[ticket], direction, many, last)
        for ticket, kind, data in connection.execute(_EVENTS, {"ids": list(found), "before": before}):
            past[ticket] = _after(past[ticket], kind, data)
    owners = {NEW: sender} | {ticket: facts.requester for ticket, facts in found.items()}
    known = {address: _of_requester(connection, address, before) for address in set(owners.values()) - {""}}
    return {ticket: _with_requester(each, *known.get(owners[ticket], (0, ""))) for ticket, each in past.items()}


def _counted(past: Activity, direction: str, many: int, last: datetime) -> Activity:
    """The first public mail from outside made the ticket and is no reply."""
    if direction == "outbound":
        return replace(past, agent_replies=many, last_agent_at=last)
    return replace(past, customer_replies=many - 1, last_customer_at=last)


def _after(past: Activity, kind: str, data: Mapping[str, str]) -> Activity:
    if kind == "rule":
        return replace(past, fired=past.fired | {data["rule"]})
    is_reopened = data.get("old") in _FINISHED and data.get("new") == Status.OPEN
    return replace(past, reopens=past.reopens + is_reopened)


def _of_requester(connection: Connection, address: str, before: datetime) -> tuple[int, str]:
    """How many tickets they have open, and which agent answered them last."""
    undone = connection.execute(_OPEN_TICKETS, {"address": address}).scalar_one()
    return undone, connection.execute(_LAST_AGENT, {"address": address, "before": before}).scalar() or ""


def _with_requester(past: Activity, undone: int, agent: str) -> Activity:
    return replace(past, open_tickets=undone, last_agent=agent)
