"""How much mail rules have passed on."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from daemon.store.schema import outbox
from rules.errand_steps import FORWARDED

_FORWARDED = (
    select(outbox.c.recipient, func.count())
    .where(
        outbox.c.recipient.in_(bindparam("addresses", expanding=True)),
        outbox.c.created_at >= bindparam("since"),
        outbox.c.template == FORWARDED,
    )
    .group_by(outbox.c.recipient)
)


def forwarded_since(connection: Connection, addresses: Collection[str], since: datetime) -> Mapping[str, int]:
    """How many mails rules have passed on to each of the addresses since then."""
    if not addresses:
        return {}
    found = connection.execute(_FORWARDED, {"addresses": list(addresses), "since": since})
    return {address: int(many) for address, many in found}
