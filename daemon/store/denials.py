"""How often each deny entry has spoken, about stored mail and in SMTP sessions, and what was kept out in all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from daemon.store.inbound import InboundState
from daemon.store.schema import denied, inbound

_MOST_SENDERS = 3
_LET_IN = ("allow", "noreply")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A deny entry has refused a sender in SMTP sessions, so many times. `at` is the last time."""

    entry: str
    sender: str
    times: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOut:
    """What one entry or one reason has kept out: how many mails, and some of their senders."""

    why: str
    times: int
    senders: tuple[str, ...] = ()


def record(connection: Connection, verdict: str, sender: str, inbound_id: int, now: datetime) -> None:
    """Count a hit on stored mail. `verdict` is the trace's `action: kind value`."""
    action, _, entry = verdict.partition(": ")
    row = {"at": now, "entry": entry, "sender": sender, "action": action, "inbound_id": inbound_id, "times": 1}
    connection.execute(denied.insert().values(**row))


def record_refused(connection: Connection, refused: Iterable[Refused]) -> None:
    """Count refusals within sessions, of which no mail is stored."""
    rows = [
        {"at": each.at, "entry": each.entry, "sender": each.sender, "action": "reject", "times": each.times}
        for each in refused
    ]
    if rows:
        connection.execute(denied.insert(), rows)


def hits(connection: Connection) -> dict[str, tuple[int, datetime]]:
    """By `kind value`: how often, and when last."""
    query = select(denied.c.entry, func.sum(denied.c.times), func.max(denied.c.at)).group_by(denied.c.entry)
    return {entry: (int(count), last) for entry, count, last in connection.execute(query)}


def kept_out(connection: Connection, since: datetime, until: datetime) -> list[KeptOut]:
    """Everything refused or held in that time, the most frequent first: by deny entry, else by reason."""
    counted = (
        select(denied.c.entry, denied.c.action, func.sum(denied.c.times).label("many"))
        .where(denied.c.at >= since, denied.c.at < until, denied.c.action.not_in(_LET_IN))
        .group_by(denied.c.entry, denied.c.action)
    )
    found = [
        KeptOut(why=f"{action}: {entry}", times=int(many), senders=_senders(connection, entry, since, until))
        for entry, action, many in connection.execute(counted).all()
    ]
    return sorted([*found, *_otherwise(connection, since, until)], key=lambda each: (-each.times, each.why))


def _senders(connection: Connection, entry: str, since: datetime, until: datetime) -> tuple[str, ...]:
    query = (
        select(denied.c.sender)
        .where(denied.c.entry == entry, denied.c.at >= since, denied.c.at < until, denied.c.sender != "")
        .group_by(denied.c.sender)
        .order_by(func.sum(denied.c.times).desc(), denied.c.sender)
        .limit(_MOST_SENDERS)
    )
    return tuple(connection.execute(query).scalars())


def _otherwise(connection: Connection, since: datetime, until: datetime) -> list[KeptOut]:
    """By rules, as loops, as unreadable: whatever no deny entry decided about."""
    by_entry = select(denied.c.id).where(denied.c.inbound_id == inbound.c.id, denied.c.action.not_in(_LET_IN))
    query = (
        select(inbound.c.state, inbound.c.reason, func.count())
        .where(
            inbound.c.state.in_((InboundState.REFUSED, InboundState.QUARANTINED)),
            inbound.c.decided_at >= since,
            inbound.c.decided_at < until,
            ~by_entry.exists(),
        )
        .group_by(inbound.c.state, inbound.c.reason)
    )
    return [KeptOut(why=f"{state}: {reason}", times=many) for state, reason, many in connection.execute(query)]
