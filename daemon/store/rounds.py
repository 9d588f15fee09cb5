"""Mails that go round: each name and period once, whichever node comes first."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from daemon.store import outbox
from daemon.store.inbound import insert_ignore
from daemon.store.schema import outbox as outbox_table
from daemon.store.schema import rounds, tickets
from daemon.store.situations import BATCH, situations
from parsers.mail import Address
from rules.actions import MailClass
from rules.deadlines import FINISHED
from rules.timers import Situation

_MADE = select(rounds.c.at).where(rounds.c.name == bindparam("called"), rounds.c.period == bindparam("time"))


def take(connection: Connection, name: str, period: str, now: datetime) -> bool:
    """Whether this round is ours to make: true once for each name and period."""
    statement = insert_ignore(connection, rounds).returning(rounds.c.name)
    return connection.execute(statement, {"name": name, "period": period, "at": now}).first() is not None


def was_made(connection: Connection, name: str, period: str) -> bool:
    """Whether a round has been made."""
    return connection.execute(_MADE, {"called": name, "time": period}).first() is not None


def open_situations(connection: Connection) -> Iterator[Situation]:
    """Every ticket that is not finished."""
    ids = list(connection.execute(select(tickets.c.id).where(tickets.c.status.not_in(FINISHED))).scalars())
    for start in range(0, len(ids), BATCH):
        yield from situations(connection, ids[start : start + BATCH]).values()


def queue(
    connection: Connection,
    template: str,
    recipient: Address,
    variables: Mapping[str, Any],
    now: datetime,
    *,
    to_agent: str = "",
) -> None:
    """Queue one such mail. `to_agent`: the agent's name when it goes to one."""
    connection.execute(
        outbox_table.insert().values(
            kind=MailClass.NOTICE,
            rank=outbox.RANKS[MailClass.NOTICE],
            template=template,
            recipient=recipient.address,
            recipient_name=recipient.name,
            to_agent=to_agent,
            reply_is_public=False,
            variables=dict(variables),
            state=outbox.OutboxState.QUEUED,
            next_attempt_at=now,
            created_at=now,
        )
    )
