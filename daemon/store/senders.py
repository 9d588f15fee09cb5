"""What the desk knows of a sender, and how much automatic mail went out lately: what budgets and breaker look at."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Connection, Integer, Select, bindparam, exists, func, select

from daemon.store.outbox import OutboxState
from daemon.store.schema import addresses, outbox
from rules.actions import MailClass
from rules.addresses import domain_of

ADDRESS_WINDOW = timedelta(days=1)
DOMAIN_WINDOW = timedelta(hours=1)
BREAKER_WINDOW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderFacts:
    """`is_known`: has written, or was written to, before. `was_answered`: by a person of ours.

    `automatic`: automatic mails to the address within a day. `in_domain` and `in_all`: acknowledgements to its domain
    within an hour, and of the whole desk within ten minutes; neither is counted further than its limit.
    """

    is_known: bool
    was_answered: bool
    automatic: int
    in_domain: int
    in_all: int


_WHO: BindParameter[str] = bindparam("who")


def _up_to(most: str, query: Select[Any]) -> Select[int]:
    return select(func.count()).select_from(query.limit(bindparam(most, type_=Integer)).subquery())


_AUTOMATIC = select(func.count()).where(
    outbox.c.kind.in_((MailClass.ACKNOWLEDGEMENT, MailClass.REMINDER, MailClass.SURVEY)),
    outbox.c.state != OutboxState.DROPPED,
    outbox.c.created_at >= bindparam("automatic_since"),
)
_AUTOMATIC_TO = _AUTOMATIC.where(outbox.c.recipient == _WHO)
_AUTOMATIC_ON = _AUTOMATIC.where(outbox.c.ticket_id == bindparam("ticket"))
_ACKNOWLEDGED = select(outbox.c.id).where(outbox.c.kind == MailClass.ACKNOWLEDGEMENT)
_IN_DOMAIN = _up_to(
    "most_in_domain",
    _ACKNOWLEDGED.where(
        outbox.c.recipient_domain == bindparam("domain"), outbox.c.created_at >= bindparam("domain_since")
    ),
)
_IN_ALL = _up_to("most_in_all", _ACKNOWLEDGED.where(outbox.c.created_at >= bindparam("desk_since")))
_SENDER = select(
    exists().where(addresses.c.address == _WHO).label("is_known"),
    exists().where(outbox.c.recipient == _WHO, outbox.c.kind == MailClass.HUMAN).label("was_answered"),
    _AUTOMATIC_TO.scalar_subquery().label("automatic"),
    _IN_DOMAIN.scalar_subquery().label("in_domain"),
    _IN_ALL.scalar_subquery().label("in_all"),
)


def sender_facts(
    connection: Connection, sender: str, now: datetime, *, most_in_domain: int, most_in_all: int
) -> SenderFacts:
    """About the address a mail claims to come from; of an empty one only the figures of the whole desk are told."""
    values = {
        "who": sender,
        "domain": domain_of(sender),
        "automatic_since": now - ADDRESS_WINDOW,
        "domain_since": now - DOMAIN_WINDOW,
        "desk_since": now - BREAKER_WINDOW,
        "most_in_domain": most_in_domain,
        "most_in_all": most_in_all,
    }
    return SenderFacts(**connection.execute(_SENDER, values).one()._mapping)


def automatic_since(connection: Connection, recipient: str, since: datetime) -> int:
    """How many acknowledgements, reminders and surveys this address has been sent since then."""
    return int(connection.execute(_AUTOMATIC_TO, {"who": recipient, "automatic_since": since}).scalar_one())


def automatic_on_ticket(connection: Connection, ticket: int, since: datetime) -> int:
    """The same for one ticket, to whomever."""
    return int(connection.execute(_AUTOMATIC_ON, {"ticket": ticket, "automatic_since": since}).scalar_one())


def acknowledgements_since(connection: Connection, since: datetime, most: int) -> int:
    """How many acknowledgements the whole desk has made since then, counted up to `most`: what the breaker looks at."""
    return int(connection.execute(_IN_ALL, {"desk_since": since, "most_in_all": most}).scalar_one())
