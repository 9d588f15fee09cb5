"""What the desk knows of a sender, and how much automatic mail went that way lately: one statement for every mail."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Connection, Integer, ScalarSelect, Select, bindparam, exists, func, select

from daemon.store.outbox import SELF_ANSWERING, OutboxState
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


def _number_of(query: Select[Any], most: str) -> ScalarSelect[int]:
    return select(func.count()).select_from(query.limit(bindparam(most, type_=Integer)).subquery()).scalar_subquery()


_ACKNOWLEDGED = select(outbox.c.id).where(outbox.c.kind == MailClass.ACKNOWLEDGEMENT)
_SENDER = select(
    exists().where(addresses.c.address == _WHO).label("is_known"),
    exists().where(outbox.c.recipient == _WHO, outbox.c.kind == MailClass.HUMAN).label("was_answered"),
    select(func.count())
    .where(
        outbox.c.recipient == _WHO,
        outbox.c.created_at >= bindparam("address_since"),
        outbox.c.kind.in_(SELF_ANSWERING),
        outbox.c.state != OutboxState.DROPPED,
    )
    .scalar_subquery()
    .label("automatic"),
    _number_of(
        _ACKNOWLEDGED.where(
            outbox.c.recipient_domain == bindparam("domain"), outbox.c.created_at >= bindparam("domain_since")
        ),
        "most_in_domain",
    ).label("in_domain"),
    _number_of(_ACKNOWLEDGED.where(outbox.c.created_at >= bindparam("desk_since")), "most_in_all").label("in_all"),
)


def sender_facts(
    connection: Connection, sender: str, now: datetime, *, most_in_domain: int, most_in_all: int
) -> SenderFacts:
    """About the address a mail claims to come from; of an empty one only the figures of the whole desk are told."""
    values = {
        "who": sender,
        "domain": domain_of(sender),
        "address_since": now - ADDRESS_WINDOW,
        "domain_since": now - DOMAIN_WINDOW,
        "desk_since": now - BREAKER_WINDOW,
        "most_in_domain": most_in_domain,
        "most_in_all": most_in_all,
    }
    return SenderFacts(**connection.execute(_SENDER, values).one()._mapping)
