"""Notices that wait to be sent together, to agents who want it so: rows of the outbox, held until a collection."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, text, update

from daemon.store.letters import Material, material
from daemon.store.outbox import COLLECTED, COLLECTION, RANKS, Due, OutboxState, of_ids
from daemon.store.schema import HELD, outbox
from rules.actions import MailClass

MOST_TOGETHER = 60
NOTICES = "notices"
_WAITING = (text(HELD), outbox.c.detail == COLLECTED)
_AGENTS = (
    select(outbox.c.to_agent, func.min(outbox.c.created_at).label("since"))
    .where(*_WAITING)
    .group_by(outbox.c.to_agent)
    .order_by(outbox.c.to_agent)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One of the notices in a collection, with what it is about."""

    due: Due
    about: Material


def waiting(connection: Connection) -> dict[str, datetime]:
    """The agents for whom something waits, and since when."""
    return {row.to_agent: row.since for row in connection.execute(_AGENTS)}


def collect(connection: Connection, agent: str, now: datetime) -> int:
    """Make one mail of what waits for the agent, the oldest first. Returns how many notices it holds."""
    query = select(outbox.c.id, outbox.c.recipient, outbox.c.recipient_name).where(*_WAITING)
    rows = connection.execute(
        query.where(outbox.c.to_agent == agent).order_by(outbox.c.id).limit(MOST_TOGETHER).with_for_update()
    ).all()
    if not rows:
        return 0
    values = _row(agent, rows[-1], [row.id for row in rows], now)
    mail = connection.execute(outbox.insert().values(**values).returning(outbox.c.id)).scalar_one()
    told = {"state": OutboxState.DROPPED, "detail": f"told in mail {mail}", "finished_at": now}
    connection.execute(update(outbox).where(outbox.c.id.in_([row.id for row in rows])).values(**told))
    return len(rows)


def _row(agent: str, last: Any, ids: Sequence[int], now: datetime) -> dict[str, Any]:
    return {
        "kind": MailClass.NOTICE,
        "rank": RANKS[MailClass.NOTICE],
        "template": COLLECTION,
        "recipient": last.recipient,
        "recipient_name": last.recipient_name,
        "to_agent": agent,
        "reply_is_public": False,
        "variables": {NOTICES: list(ids)},
        "state": OutboxState.QUEUED,
        "next_attempt_at": now,
        "created_at": now,
    }


def notices(connection: Connection, due: Due) -> list[Notice]:
    """What a collection tells; what has lost its ticket is left out."""
    found = ((each, material(connection, each)) for each in of_ids(connection, due.variables.get(NOTICES, ())))
    return [Notice(due=each, about=about) for each, about in found if about is not None]
