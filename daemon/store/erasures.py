"""Bytes that are to go for good: named in the transaction that erases what was read from them, removed after it.

A crash in between removes them later. What stays is the hash, so that the books balance and the same mail, met again
in some folder, is still known.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select, text, update
from sqlalchemy.sql import ColumnElement

from daemon.store.errands import ErrandState
from daemon.store.inbound import insert_ignore
from daemon.store.outbox import OutboxState
from daemon.store.schema import erasures, errand_attempts, errands, inbound, messages, outbox, tickets, words

ERASED = "(erased)"
_BATCH = 100
_OPEN = (OutboxState.QUEUED, OutboxState.DEFERRED, OutboxState.HELD)
_ASKED = select(erasures.c.sha256).where(erasures.c.done_at.is_(None)).order_by(erasures.c.sha256).limit(_BATCH)
_NO_WORDS: dict[str, Any] = {"subject": "", "variables": {}}


def ask(connection: Connection, digests: Iterable[str], now: datetime) -> int:
    """These bytes are to go. Returns how many are named for the first time."""
    statement: Any = insert_ignore(connection, erasures).returning(erasures.c.sha256)
    rows = [{"sha256": each, "asked_at": now} for each in dict.fromkeys(digests)]
    return sum(1 for row in rows if connection.execute(statement, row).first())


def waiting(connection: Connection) -> Sequence[str]:
    """Some of the bytes that are still to be removed."""
    return list(connection.execute(_ASKED).scalars())


def note_done(connection: Connection, digests: Sequence[str], now: datetime) -> None:
    """They are gone."""
    connection.execute(update(erasures).where(erasures.c.sha256.in_(digests)).values(done_at=now))


def stop_writing(connection: Connection) -> None:
    """Letters that are being written lose their claim: they were made of what is about to be erased.

    Comes before all else of an erasure. On PostgreSQL the lock keeps other nodes from claiming until this is committed,
    so that whoever claims sees what is left, and from committing bytes that this erasure would not find.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE outbox IN EXCLUSIVE MODE"))
    unmade = outbox.c.sha256.is_(None) & outbox.c.claimed_until.is_not(None)
    connection.execute(update(outbox).where(unmade).values(claimed_until=None))


def let_go(connection: Connection, outbox_id: int, sha256: str, now: datetime) -> None:
    """Bytes of a letter that does not leave as it was written, perhaps of words that are erased now: not to be kept.

    They stay when the row has them after all: the reply to the commit that gave it them was lost.
    """
    kept = select(outbox.c.id).where(outbox.c.id == outbox_id, outbox.c.sha256 == sha256)
    if connection.execute(kept).first() is None:
        ask(connection, [sha256], now)


def erase_message(connection: Connection, message: int, why: str, now: datetime) -> None:
    """Its words, its mail, and whatever may quote it: later letters to agents, and later mails of agents."""
    stop_writing(connection)
    row = connection.execute(select(messages).where(messages.c.id == message)).one_or_none()
    if row is None:
        return
    values = {"text": ERASED, "subject": "", "attachments": [], "banner": why}
    connection.execute(update(messages).where(messages.c.id == message).values(**values))
    family = select(tickets.c.id).where(or_(tickets.c.id == row.ticket_id, tickets.c.merged_into == row.ticket_id))
    later = outbox.c.ticket_id.in_(family) & (outbox.c.to_agent != "") & (outbox.c.created_at >= row.created_at)
    ask(connection, erase_letters(connection, or_(later, outbox.c.message_ref == message), now), now)
    is_agent = (messages.c.author != "") & ~messages.c.author.contains("@")
    agents = messages.c.ticket_id.in_(family) & is_agent & (messages.c.id > message)
    mails = select(messages.c.inbound_id).where(or_(messages.c.id == message, agents))
    ask(connection, erase_mails(connection, inbound.c.id.in_(mails)), now)
    erase_errands(connection, errands.c.ticket_id.in_(family) & (errands.c.created_at >= row.created_at), now)
    connection.execute(words.delete().where(words.c.ticket_id.in_(family)))  # undoing would bring the text back


def erase_mails(connection: Connection, where: ColumnElement[bool]) -> list[str]:
    """What was noted about accepted mails, and about their duplicates. Returns the hashes of their bytes."""
    originals = select(inbound.c.id).where(where)
    ids = list(connection.execute(select(inbound.c.id).where(_same(originals))).scalars())
    digests: list[str] = []
    for start in range(0, len(ids), _BATCH):
        chosen = inbound.c.id.in_(ids[start : start + _BATCH])
        digests += connection.execute(select(inbound.c.sha256).where(chosen)).scalars()
        connection.execute(update(inbound).where(chosen).values(trace=None))
    return digests


def _same(originals: Any) -> ColumnElement[bool]:
    return or_(inbound.c.id.in_(originals), inbound.c.duplicate_of.in_(originals))


def erase_errands(connection: Connection, where: ColumnElement[bool], now: datetime) -> None:
    """What other programs were told or are still to be told; the latter is dropped."""
    waiting = errands.c.state == ErrandState.QUEUED
    gone = {"state": ErrandState.DROPPED, "finished_at": now, "claimed_until": None}
    connection.execute(update(errands).where(where, waiting).values(**gone))
    connection.execute(update(errands).where(where).values(content={}, detail=""))
    tries = errand_attempts.c.errand_id.in_(select(errands.c.id).where(where))
    connection.execute(update(errand_attempts).where(tries).values(answer=""))


def erase_letters(connection: Connection, where: ColumnElement[bool], now: datetime) -> list[str]:
    """Letters that are made already; those that have not left are dropped. Returns the hashes of their bytes."""
    made = where & outbox.c.sha256.is_not(None)
    digests = list(connection.execute(select(outbox.c.sha256).where(made)).scalars())
    gone = {"state": OutboxState.DROPPED, "detail": "erased", "finished_at": now, "claimed_until": None}
    connection.execute(update(outbox).where(made, outbox.c.state.in_(_OPEN)).values(**gone))
    connection.execute(update(outbox).where(where, outbox.c.state.not_in(_OPEN)).values(**_NO_WORDS))
    return digests
