"""One row an outgoing mail and recipient. Bytes are made once, attempts are committed before anybody connects."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, or_, select, text, update

from daemon.ports import SendResult, SendState
from daemon.store.claims import claiming, ready
from daemon.store.schema import NOT_ENDED, attempts, erasures, messages, outbox, tickets
from rules.actions import MailClass, MessageKind, Send
from rules.addresses import domain_of
from rules.facts import HeldFacts, SentFacts

CLAIM = timedelta(minutes=15)
ADMIN_PAUSE = timedelta(days=1)
ADMIN_NOTICE = "admin-notice"
COMMAND_RESULT = "command-result"
TO_AUTHOR = "to_author"
COLLECTION = "collected-notices"
COLLECTED = "waits for the agent's collection"
RANKS = {each: rank for rank, each in enumerate(MailClass)}
_WITH_REASON = frozenset({"held-notice", "bounce-notice", "unverified-notice", "assigned-notice", "rating-notice"})
_WAITING = (MessageKind.HELD, MessageKind.UNVERIFIED, MessageKind.THIRD_PARTY)


class OutboxState(StrEnum):
    """Where an outgoing mail is."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DEFERRED = "deferred"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    HELD = "held"
    DROPPED = "dropped"


_OPEN = (OutboxState.QUEUED, OutboxState.DEFERRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A row a delivery thread holds until `claimed_until`. `sha256` is empty until the bytes are made."""

    id: int
    kind: MailClass
    template: str
    ticket_id: int | None
    message_ref: int | None
    recipient: str
    recipient_name: str
    to_agent: str
    reply_is_public: bool
    variables: dict[str, Any]
    envelope_from: str
    message_id: str | None
    sha256: str | None
    attempts: int
    created_at: datetime
    claimed_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a row says of its bytes once there are any."""

    subject: str
    message_id: str
    envelope_from: str


def row(send: Send, ticket: int | None, message: int | None, now: datetime) -> dict[str, Any]:
    """The values of one queued mail to one recipient."""
    return {
        "kind": send.mail_class,
        "rank": RANKS[send.mail_class],
        "template": send.template,
        "ticket_id": ticket,
        "message_ref": message,
        "recipient": send.recipient.address,
        "recipient_domain": domain_of(send.recipient.address),
        "recipient_name": send.recipient.name,
        "to_agent": send.to_agent,
        "reply_is_public": send.reply_is_public,
        "variables": _variables(send),
        "state": OutboxState.HELD if send.collect else OutboxState.QUEUED,
        "detail": COLLECTED if send.collect else "",
        "next_attempt_at": now,
        "created_at": now,
    }


def _variables(send: Send) -> dict[str, Any]:
    answer = {"answer": send.text} if send.text else {}
    reason = {"reason": send.why} if send.template in _WITH_REASON and not send.text else {}
    return answer | reason | ({TO_AUTHOR: True} if send.to_author else {})


def tell_admins(
    connection: Connection, admins: Sequence[str], about: str, variables: dict[str, Any], now: datetime
) -> None:
    """Queue one mail to each admin about a matter, unless that matter was mailed within the last day."""
    recent = select(outbox.c.id).where(
        outbox.c.template == ADMIN_NOTICE, outbox.c.to_agent == about, outbox.c.created_at > now - ADMIN_PAUSE
    )
    if connection.execute(recent.limit(1)).first():
        return
    for address in admins:
        connection.execute(
            outbox.insert().values(
                kind=MailClass.NOTICE,
                rank=RANKS[MailClass.NOTICE],
                template=ADMIN_NOTICE,
                recipient=address,
                to_agent=about,
                reply_is_public=False,
                variables=variables,
                state=OutboxState.QUEUED,
                next_attempt_at=now,
                created_at=now,
            )
        )


_DUE = [outbox.c[name] for name in Due.__slots__]
_CLAIM = claiming(
    outbox,
    ready(outbox, text(NOT_ENDED), outbox.c.state.in_(_OPEN), outbox.c.next_attempt_at <= bindparam("now")),
    order=[outbox.c.rank, outbox.c.next_attempt_at],
    returning=[*_DUE, outbox.c.rank],
)


def claim(
    connection: Connection, now: datetime, most: int, *, until: datetime | None = None, lost: datetime | None = None
) -> list[Due]:
    """Take up to `most` rows that are due, people's mail before generated mail. No attempt is counted yet.

    They are claimed `until` an instant that no other claim has. `lost`: that of a call whose answer did not come: its
    rows are ours already, should it have been committed.
    """
    rows = connection.execute(_CLAIM, {"now": now, "until": until or now + CLAIM, "lost": lost, "most": most}).all()
    return [_due(row) for row in sorted(rows, key=lambda row: (row.rank, row.id))]


def _due(row: Row[Any]) -> Due:
    values = {name: row._mapping[name] for name in Due.__slots__}
    return Due(**values | {"kind": MailClass(values["kind"])})


def of_ids(connection: Connection, ids: Sequence[int]) -> list[Due]:
    """These rows in order, whatever their state."""
    query = select(*_DUE).where(outbox.c.id.in_(ids)).order_by(outbox.c.id)
    return [_due(row) for row in connection.execute(query)]


_BY_ID = update(outbox).where(outbox.c.id == bindparam("row"))
_IS_UNMADE = and_(outbox.c.sha256.is_(None), outbox.c.claimed_until == bindparam("claim"))
_BEGIN = (
    update(outbox)
    .where(
        outbox.c.id == bindparam("row"),
        outbox.c.state.in_(_OPEN),
        outbox.c.next_attempt_at <= bindparam("now"),
        or_(_IS_UNMADE, outbox.c.sha256 == bindparam("bytes")),
    )
    .values(
        state=OutboxState.SENDING,
        attempts=outbox.c.attempts + 1,
        claimed_until=bindparam("until"),
        next_attempt_at=bindparam("next"),
    )
)
_BEGUN = (
    select(func.max(attempts.c.id))
    .join(outbox, outbox.c.id == attempts.c.outbox_id)
    .where(
        outbox.c.id == bindparam("row"),
        outbox.c.state == OutboxState.SENDING,
        outbox.c.claimed_until == bindparam("until"),
    )
)
_NEW_ATTEMPT = attempts.insert().returning(attempts.c.id)
_END_ATTEMPT = update(attempts).where(attempts.c.id == bindparam("row"))


def begin_attempt(
    connection: Connection, due: Due, sha256: str, now: datetime, until: datetime, made: Made | None = None
) -> int | None:
    """Count the attempt, before connecting. `made`: these bytes are the row's first; it sends no others from now on.

    None when the row is not ours to send any more, or has other bytes, or its claim was taken away before it had any:
    what the letter was made of may no longer be true. It is claimed `until` then, which no other attempt has: when the
    reply to the commit was lost, the same call finds its own attempt again.
    """
    values = {"row": due.id, "bytes": sha256, "claim": due.claimed_until, "now": now, "until": until, "next": until}
    first = {"sha256": sha256, **asdict(made)} if made else {}
    if not connection.execute(_BEGIN, values | first).rowcount:
        return connection.execute(_BEGUN, {"row": due.id, "until": until}).scalar()
    return int(connection.execute(_NEW_ATTEMPT, {"outbox_id": due.id, "started_at": now}).scalar_one())


def end_attempt(
    connection: Connection,
    outbox_id: int,
    attempt_id: int,
    result: SendResult,
    now: datetime,
    *,
    state: OutboxState,
    next_attempt_at: datetime | None,
) -> None:
    """Record what the peer said and what we make of it. What was erased meanwhile is not tried again."""
    if next_attempt_at is not None and _is_erased(connection, outbox_id):
        state, next_attempt_at = OutboxState.DROPPED, None
    detail = " ".join(part for part in (str(result.code or ""), result.status, result.text) if part)
    said = {"finished_at": now, "state": result.state, "stage": result.stage, "code": result.code, "detail": detail}
    connection.execute(_END_ATTEMPT, {"row": attempt_id} | said)
    values: dict[str, Any] = {"row": outbox_id, "state": state, "detail": detail, "claimed_until": None}
    when = {"finished_at": now} if next_attempt_at is None else {"next_attempt_at": next_attempt_at}
    connection.execute(_BY_ID, values | when)


def uncertain_attempts(connection: Connection, outbox_id: int) -> int:
    """How often this mail may already have arrived."""
    query = select(func.count()).where(attempts.c.outbox_id == outbox_id, attempts.c.state == SendState.UNCERTAIN)
    return int(connection.execute(query).scalar_one())


def end(connection: Connection, outbox_id: int, state: OutboxState, detail: str, now: datetime) -> None:
    """Finish a row without an attempt: refused by the gate, no longer true, dropped by an admin."""
    connection.execute(
        update(outbox)
        .where(outbox.c.id == outbox_id)
        .values(state=state, detail=detail, finished_at=now, claimed_until=None)
    )


def postpone(connection: Connection, outbox_id: int, until: datetime, detail: str) -> None:
    """Our own trouble: no attempt was made, try again later."""
    connection.execute(
        update(outbox).where(outbox.c.id == outbox_id).values(next_attempt_at=until, detail=detail, claimed_until=None)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """An attempt that a crash cut off: nobody knows whether the mail went out."""

    outbox_id: int
    attempt_id: int
    kind: MailClass
    attempts: int
    created_at: datetime


def unfinished(connection: Connection, now: datetime, *, all_claims: bool) -> list[Unfinished]:
    """Rows stuck in SENDING whose holder is gone. `all_claims`: nobody else runs, so every claim is a dead one's."""
    last = select(func.max(attempts.c.id)).where(attempts.c.outbox_id == outbox.c.id).scalar_subquery()
    query = select(outbox.c.id, last.label("attempt"), outbox.c.kind, outbox.c.attempts, outbox.c.created_at)
    query = query.where(text(NOT_ENDED), outbox.c.state == OutboxState.SENDING)
    if not all_claims:
        query = query.where(outbox.c.claimed_until < now)
    return [
        Unfinished(
            outbox_id=row.id,
            attempt_id=row.attempt,
            kind=MailClass(row.kind),
            attempts=row.attempts,
            created_at=row.created_at,
        )
        for row in connection.execute(query)
    ]


def release_claims(connection: Connection, ids: Sequence[int] | None = None) -> None:
    """Give rows back that were claimed but not tried; all of them when `ids` is None (start-up of a lone node)."""
    statement = update(outbox).where(outbox.c.state.in_(_OPEN), outbox.c.claimed_until.is_not(None))
    if ids is not None:
        statement = statement.where(outbox.c.id.in_(ids))
    connection.execute(statement.values(claimed_until=None))


def retry(connection: Connection, outbox_id: int, now: datetime) -> bool:
    """Send again: anything that is not on its way, by an admin's word. Same bytes, same Message-ID."""
    allowed = [each for each in OutboxState if each not in (OutboxState.SENDING, OutboxState.SENT)]
    if _is_erased(connection, outbox_id):
        return False
    return _change(connection, outbox_id, allowed, state=OutboxState.QUEUED, next_attempt_at=now, finished_at=None)


def _is_erased(connection: Connection, outbox_id: int) -> bool:
    gone = select(outbox.c.id).join(erasures, erasures.c.sha256 == outbox.c.sha256).where(outbox.c.id == outbox_id)
    return connection.execute(gone).first() is not None


def hold(connection: Connection, outbox_id: int) -> bool:
    """Keep a mail back until it is retried or dropped."""
    return _change(connection, outbox_id, _OPEN, state=OutboxState.HELD)


def drop(connection: Connection, outbox_id: int, now: datetime) -> bool:
    """Never send it."""
    allowed = [each for each in OutboxState if each not in (OutboxState.SENDING, OutboxState.SENT)]
    return _change(
        connection, outbox_id, allowed, state=OutboxState.DROPPED, finished_at=now, detail="dropped by admin"
    )


def _change(connection: Connection, outbox_id: int, allowed: Sequence[OutboxState], **values: Any) -> bool:
    statement = update(outbox).where(outbox.c.id == outbox_id, outbox.c.state.in_(allowed))
    return connection.execute(statement.values(**values, claimed_until=None)).rowcount == 1


def note_bounce(connection: Connection, outbox_id: int, detail: str) -> None:
    """The mail was handed over and came back later: it failed after all."""
    connection.execute(
        update(outbox).where(outbox.c.id == outbox_id).values(state=OutboxState.FAILED, detail=f"bounced: {detail}")
    )


def sent_facts(connection: Connection, outbox_ids: Sequence[int]) -> dict[int, SentFacts]:
    """What we sent under these ids, and which agent has answered on the ticket since."""
    if not outbox_ids:
        return {}
    goes_on = func.coalesce(tickets.c.merged_into, tickets.c.id)
    answer = (
        select(messages.c.author)
        .where(
            messages.c.ticket_id == goes_on,
            messages.c.direction == "outbound",
            messages.c.public,
            messages.c.created_at > outbox.c.created_at,
        )
        .order_by(messages.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(outbox.c.id, outbox.c.ticket_id, outbox.c.recipient, outbox.c.kind, outbox.c.message_ref)
        .add_columns(answer.label("answered_by"))
        .join(tickets, tickets.c.id == outbox.c.ticket_id)
        .where(outbox.c.id.in_(outbox_ids))
    )
    rows = connection.execute(query).all()
    held = _held(connection, [row.message_ref for row in rows if row.message_ref])
    return {
        row.id: SentFacts(
            outbox_id=row.id,
            ticket_id=row.ticket_id,
            recipient=row.recipient,
            kind=row.kind,
            answered_by=row.answered_by or "",
            message=row.message_ref or 0,
            held=held.get(row.message_ref or 0),
        )
        for row in rows
    }


def _held(connection: Connection, message_ids: Sequence[int]) -> dict[int, HeldFacts]:
    """Entries that wait for an agent's word: held answers, unproved mail, third parties, answers to internal mail."""
    if not message_ids:
        return {}
    waiting = or_(messages.c.kind.in_(_WAITING), and_(messages.c.kind == "note", messages.c.author.contains("@")))
    query = select(messages).where(messages.c.id.in_(message_ids), waiting)
    return {
        row.id: HeldFacts(
            message=row.id,
            kind=row.kind,
            author=row.author,
            sender=row.from_address,
            sender_name=row.from_name,
            text=row.text,
        )
        for row in connection.execute(query)
    }


_LATEST = (
    select(func.max(outbox.c.id))
    .where(outbox.c.ticket_id.in_(bindparam("ids", expanding=True)))
    .group_by(outbox.c.ticket_id, outbox.c.recipient)
)
_LAST_INTERNAL = select(outbox.c.ticket_id, outbox.c.recipient).where(
    outbox.c.id.in_(_LATEST), outbox.c.reply_is_public.is_(False)
)


def last_internal_to(connection: Connection, ticket_ids: Sequence[int]) -> dict[int, frozenset[str]]:
    """For each ticket, the addresses whose latest mail from us was an internal one."""
    found: dict[int, set[str]] = {}
    for ticket, recipient in connection.execute(_LAST_INTERNAL, {"ids": ticket_ids}):
        found.setdefault(int(ticket or 0), set()).add(recipient)
    return {ticket: frozenset(recipients) for ticket, recipients in found.items()}


def attempts_of(connection: Connection, outbox_id: int) -> list[Row[Any]]:
    """Every attempt at one mail, in order."""
    query = select(attempts).where(attempts.c.outbox_id == outbox_id).order_by(attempts.c.id)
    return list(connection.execute(query).all())
