"""Accepted mail and what became of it: storing, claiming, and the ways a row may end."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy import Connection, Row, RowMapping, Table, bindparam, func, or_, select, update

from daemon.ports import ImapKey, ImapPosition, RawMail, Receipt
from daemon.store.claims import claiming, ready
from daemon.store.schema import imap_positions, inbound, tickets

MOST_ATTEMPTS = 3
MOST_KILLED = 2
CLAIM = timedelta(minutes=5)


FRESH = timedelta(minutes=10)


class InboundState(StrEnum):
    """Where an accepted mail is; the conservation law counts them."""

    WAITING = "waiting"
    ENTRY = "entry"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A row a worker holds. `attempts` already counts this one. `verified`: what our own look at the sender found."""

    id: int
    sha256: str
    source: str
    envelope_from: str
    envelope_to: tuple[str, ...]
    authenticated_as: str
    received_at: datetime
    attempts: int
    killed: int
    released: bool
    peer: str = ""
    helo: str = ""
    verified: str = ""


@cache
def _insert_ignore(dialect: str, table: Table) -> Any:
    module = import_module(f"sqlalchemy.dialects.{dialect}")  # the one in use: importing both costs start-up time
    return module.insert(table).on_conflict_do_nothing()


def insert_ignore(connection: Connection, table: Table) -> Any:
    """An INSERT … ON CONFLICT DO NOTHING in the dialect at hand: both of ours spell it alike."""
    return _insert_ignore(connection.dialect.name, table)


def store(connection: Connection, mail: RawMail, sha256: str, now: datetime) -> Receipt:
    """One row for one acceptance: waiting, or a duplicate that points at the row with the same bytes or IMAP key."""
    row = _row(mail, sha256, now)
    statement = insert_ignore(connection, inbound).returning(inbound.c.id)
    fresh = connection.execute(statement, row | {"state": InboundState.WAITING}).scalar()
    if fresh is not None:
        return Receipt(inbound_id=fresh)
    if mail.imap and (known := _by_imap_key(connection, mail.imap)):
        return Receipt(inbound_id=known, duplicate=True)
    original = connection.execute(
        select(inbound.c.id).where(inbound.c.sha256 == sha256, inbound.c.duplicate_of.is_(None))
    ).scalar_one()
    row |= {"state": InboundState.DUPLICATE, "duplicate_of": original, "reason": "the same bytes came before"}
    connection.execute(inbound.insert(), row | {"decided_at": now})
    return Receipt(inbound_id=original, duplicate=True)


def _row(mail: RawMail, sha256: str, now: datetime) -> dict[str, Any]:
    key = mail.imap
    return {
        "sha256": sha256,
        "source": mail.source,
        "account": key.account if key else None,
        "folder": key.folder if key else None,
        "uidvalidity": key.uidvalidity if key else None,
        "uid": key.uid if key else None,
        "envelope_from": mail.sender,
        "envelope_to": list(mail.recipients),
        "peer": mail.peer,
        "helo": mail.helo,
        "authenticated_as": mail.authenticated_as,
        "size": len(mail.raw),
        "received_at": now,
    }


def _by_imap_key(connection: Connection, key: ImapKey) -> int | None:
    """The row of a mail met at this very place before: a crash between storing and moving, not a second copy."""
    return connection.execute(
        select(inbound.c.id).where(
            inbound.c.account == key.account,
            inbound.c.folder == key.folder,
            inbound.c.uidvalidity == key.uidvalidity,
            inbound.c.uid == key.uid,
        )
    ).scalar()


_CLAIMED = (
    inbound.c.id,
    inbound.c.sha256,
    inbound.c.source,
    inbound.c.envelope_from,
    inbound.c.envelope_to,
    inbound.c.authenticated_as,
    inbound.c.received_at,
    inbound.c.attempts,
    inbound.c.killed,
    inbound.c.released,
    inbound.c.peer,
    inbound.c.helo,
    inbound.c.verified,
)
_CLAIM = claiming(
    inbound,
    ready(
        inbound,
        inbound.c.state == InboundState.WAITING,
        or_(inbound.c.not_before.is_(None), inbound.c.not_before <= bindparam("now")),
    ),
    order=[inbound.c.id],
    returning=_CLAIMED,
    attempts=inbound.c.attempts + 1,
)


def claim(
    connection: Connection, now: datetime, most: int, *, until: datetime | None = None, lost: datetime | None = None
) -> list[Claimed]:
    """Take up to `most` waiting rows, oldest first, counting the attempt in the same transaction.

    They are claimed `until` an instant that no other claim has. `lost`: that of a call whose answer did not come: its
    rows are ours already, should it have been committed.
    """
    rows = connection.execute(_CLAIM, {"now": now, "until": until or now + CLAIM, "lost": lost, "most": most}).all()
    return sorted((_claimed(row) for row in rows), key=lambda each: each.id)


def _claimed(row: Row[Any]) -> Claimed:
    values = dict(row._mapping)
    return Claimed(**values | {"envelope_to": tuple(values["envelope_to"])})


# Built once: constructing a statement costs SQLAlchemy more than running it on SQLite, and these run for every mail.
_EARLIER = inbound.alias("earlier")
_SAME_CONTENT = select(func.min(_EARLIER.c.id)).where(
    _EARLIER.c.content_key == bindparam("key"), _EARLIER.c.duplicate_of.is_(None), _EARLIER.c.id != inbound.c.id
)
_UNDECIDED = (
    select(_SAME_CONTENT.scalar_subquery().label("earlier"))
    .where(inbound.c.id == bindparam("row"), inbound.c.state == InboundState.WAITING)
    .with_for_update(of=inbound)
)
_BY_ID = update(inbound).where(inbound.c.id == bindparam("row"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """A waiting row that is ours to decide. `earlier`: the row of the same mail, come by another route."""

    earlier: int | None


def undecided(connection: Connection, inbound_id: int, content_key: str) -> Undecided | None:
    """None when the row has been decided; else it is locked, so that no other node decides it meanwhile."""
    row = connection.execute(_UNDECIDED, {"key": content_key, "row": inbound_id}).one_or_none()
    return Undecided(earlier=row.earlier) if row else None


def has_fresh(connection: Connection, now: datetime) -> bool:
    """Whether mail of the last minutes is undecided; what waits longer is stuck and holds nothing up."""
    query = select(inbound.c.id).where(inbound.c.state == InboundState.WAITING, inbound.c.received_at > now - FRESH)
    return connection.execute(query.limit(1)).first() is not None


def finish(connection: Connection, inbound_id: int, state: InboundState, now: datetime, **values: Any) -> None:
    """End a row: entry, duplicate, quarantined or refused, with its reason and trace."""
    fixed = {"row": inbound_id, "state": state, "decided_at": now, "claimed_until": None}
    connection.execute(_BY_ID, fixed | values)


def put_back(connection: Connection, inbound_id: int, not_before: datetime, reason: str, *, killed: bool) -> None:
    """Free a row whose attempt failed, to be tried again later."""
    connection.execute(
        update(inbound)
        .where(inbound.c.id == inbound_id, inbound.c.state == InboundState.WAITING)
        .values(claimed_until=None, not_before=not_before, reason=reason, killed=inbound.c.killed + int(killed))
    )


def release_claims(connection: Connection, ids: Collection[int]) -> None:
    """Give untouched rows back at shutdown; the attempt that was counted did not happen."""
    connection.execute(
        update(inbound)
        .where(inbound.c.id.in_(ids), inbound.c.state == InboundState.WAITING)
        .values(claimed_until=None, attempts=inbound.c.attempts - 1)
    )


def release_all_claims(connection: Connection) -> None:
    """At start-up of a single-node desk: whoever held a claim is dead."""
    connection.execute(
        update(inbound)
        .where(inbound.c.state == InboundState.WAITING, inbound.c.claimed_until.is_not(None))
        .values(claimed_until=None)
    )


_UNSETTLED = (InboundState.WAITING, InboundState.QUARANTINED)
_AGAIN = {"state": InboundState.WAITING, "attempts": 0, "killed": 0, "not_before": None, "reason": ""}


def retry(connection: Connection, inbound_id: int) -> bool:
    """Let a quarantined or stuck row be read again. False when there is no such row."""
    return _change(connection, inbound_id, _UNSETTLED, **_AGAIN)


def release(connection: Connection, inbound_id: int) -> bool:
    """Let a quarantined row in: it is decided again, and what held it does not count. False when there is none."""
    return _change(connection, inbound_id, (InboundState.QUARANTINED,), **_AGAIN, released=True)


def drop(connection: Connection, inbound_id: int, why: str, now: datetime) -> bool:
    """End a waiting or quarantined row as refused by an admin; the raw mail is kept. False when there is none."""
    return _change(connection, inbound_id, _UNSETTLED, state=InboundState.REFUSED, reason=why, decided_at=now)


def _change(connection: Connection, inbound_id: int, allowed: Sequence[InboundState], **values: Any) -> bool:
    statement = update(inbound).where(inbound.c.id == inbound_id, inbound.c.state.in_(allowed))
    return connection.execute(statement.values(**values, claimed_until=None)).rowcount == 1


def counts(connection: Connection) -> dict[str, int]:
    """How many rows are in each state."""
    query = select(inbound.c.state, func.count()).group_by(inbound.c.state)
    return dict(connection.execute(query).all())


def position(connection: Connection, account: str, folder: str) -> ImapPosition | None:
    """How far this folder has been read."""
    row = connection.execute(
        select(imap_positions.c.uidvalidity, imap_positions.c.last_uid).where(
            imap_positions.c.account == account, imap_positions.c.folder == folder
        )
    ).one_or_none()
    return ImapPosition(uidvalidity=row.uidvalidity, last_uid=row.last_uid) if row else None


def advance(connection: Connection, account: str, folder: str, to: ImapPosition) -> None:
    """Remember how far this folder has been read."""
    values = {"uidvalidity": to.uidvalidity, "last_uid": to.last_uid}
    where = (imap_positions.c.account == account, imap_positions.c.folder == folder)
    if connection.execute(update(imap_positions).where(*where).values(**values)).rowcount == 0:
        connection.execute(imap_positions.insert().values(account=account, folder=folder, **values))


def stored_uids(connection: Connection, account: str, folder: str, uidvalidity: int, uids: Collection[int]) -> set[int]:
    """Those of `uids` that already have a row."""
    known: set[int] = set()
    wanted = list(uids)
    for start in range(0, len(wanted), 500):  # SQLite's limit on bound parameters
        rows = connection.execute(
            select(inbound.c.uid).where(
                inbound.c.account == account,
                inbound.c.folder == folder,
                inbound.c.uidvalidity == uidvalidity,
                inbound.c.uid.in_(wanted[start : start + 500]),
            )
        )
        known.update(uid for (uid,) in rows if uid is not None)
    return known


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A decided row, for looking back: as it was claimed, when it was decided, and the number of its ticket."""

    claimed: Claimed
    decided_at: datetime
    ticket: int | None


def accepted(connection: Connection, inbound_id: int) -> Claimed | None:
    """One row for looking back, whatever has become of it. None when there is none."""
    row: Any = connection.execute(select(*_CLAIMED).where(inbound.c.id == inbound_id)).one_or_none()
    return _claimed(row) if row else None


def decided_since(connection: Connection, since: datetime) -> list[Stored]:
    """Every mail accepted since then that has been decided, in the order of deciding; duplicates left out."""
    query = (
        select(*_CLAIMED, inbound.c.decided_at, tickets.c.number)
        .outerjoin(tickets, tickets.c.id == inbound.c.ticket_id)
        .where(
            inbound.c.received_at >= since,
            inbound.c.state.in_([InboundState.ENTRY, InboundState.QUARANTINED, InboundState.REFUSED]),
        )
        .order_by(inbound.c.decided_at, inbound.c.id)
    )
    return [_stored(row._mapping) for row in connection.execute(query)]


def _stored(row: RowMapping) -> Stored:
    values: dict[str, Any] = dict(row)
    number, decided_at = values.pop("number"), values.pop("decided_at")
    claimed = Claimed(**values | {"envelope_to": tuple(values["envelope_to"])})
    return Stored(claimed=claimed, decided_at=decided_at or claimed.received_at, ticket=number)
