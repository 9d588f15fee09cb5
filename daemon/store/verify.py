"""The conservation law, checked: every accepted mail is in exactly one place, and that place can be shown."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from daemon.store import inbound as inbound_rows
from daemon.store.blobs import Blobs
from daemon.store.inbound import InboundState
from daemon.store.schema import erasures, inbound, messages, outbox

_MOST_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The balance, and what does not fit, in words for an admin."""

    accepted: int
    waiting: int
    entries: int
    duplicates: int
    quarantined: int
    refused: int
    faults: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether the sum holds and nothing is missing."""
        return not self.faults

    def to_dict(self) -> dict[str, Any]:
        """The public JSON shape."""
        names = ("accepted", "waiting", "entries", "duplicates", "quarantined", "refused")
        return {name: getattr(self, name) for name in names} | {"ok": self.ok, "faults": list(self.faults)}


def verify(connection: Connection, blobs: Blobs, *, read_blobs: bool = False) -> Verification:
    """Balance the books. With `read_blobs` every stored mail is also read and hashed again."""
    counts = inbound_rows.counts(connection)
    accepted = connection.execute(select(func.count()).select_from(inbound)).scalar_one()
    faults = [
        *_sum_faults(accepted, counts),
        *_entry_faults(connection),
        *_duplicate_faults(connection),
        *_reason_faults(connection),
        *_blob_faults(connection, blobs, read_blobs=read_blobs),
        *_erasure_faults(connection, blobs),
    ]
    return Verification(
        accepted=accepted,
        waiting=counts.get(InboundState.WAITING, 0),
        entries=counts.get(InboundState.ENTRY, 0),
        duplicates=counts.get(InboundState.DUPLICATE, 0),
        quarantined=counts.get(InboundState.QUARANTINED, 0),
        refused=counts.get(InboundState.REFUSED, 0),
        faults=tuple(faults),
    )


def _sum_faults(accepted: int, counts: dict[str, int]) -> list[str]:
    known = sum(counts.get(state, 0) for state in InboundState)
    return [] if known == accepted else [f"{accepted - known} accepted mails are in no known state"]


def _ids(connection: Connection, query: Any) -> list[int]:
    return [row[0] for row in connection.execute(query.limit(_MOST_SHOWN))]


def _entry_faults(connection: Connection) -> list[str]:
    entry_without_message = (
        select(inbound.c.id)
        .outerjoin(messages, messages.c.inbound_id == inbound.c.id)
        .where(inbound.c.state == InboundState.ENTRY, messages.c.id.is_(None))
    )
    message_without_entry = (
        select(messages.c.id)
        .join(inbound, inbound.c.id == messages.c.inbound_id)
        .where(inbound.c.state != InboundState.ENTRY)
    )
    return [
        *(f"inbound {i}: is an entry, but no message on any ticket" for i in _ids(connection, entry_without_message)),
        *(f"message {i}: its mail does not count as an entry" for i in _ids(connection, message_without_entry)),
    ]


def _duplicate_faults(connection: Connection) -> list[str]:
    original = inbound.alias("original")
    query = (
        select(inbound.c.id)
        .outerjoin(original, original.c.id == inbound.c.duplicate_of)
        .where(
            (inbound.c.state == InboundState.DUPLICATE)
            & (original.c.id.is_(None) | (original.c.duplicate_of.is_not(None)))
        )
    )
    return [f"inbound {i}: a duplicate that points at no original" for i in _ids(connection, query)]


def _reason_faults(connection: Connection) -> list[str]:
    query = select(inbound.c.id).where(
        inbound.c.state.in_([InboundState.QUARANTINED, InboundState.REFUSED]), inbound.c.reason == ""
    )
    return [f"inbound {i}: held or refused without a reason" for i in _ids(connection, query)]


def _blob_faults(connection: Connection, blobs: Blobs, *, read_blobs: bool) -> list[str]:
    faults: list[str] = []
    for table, label in ((inbound, "inbound"), (outbox, "outbox")):
        query = select(table.c.id, table.c.sha256).where(table.c.sha256.is_not(None))
        for row_id, digest in connection.execute(query):
            fault = _blob_fault(blobs, digest, read=read_blobs)
            if fault and len(faults) < _MOST_SHOWN:
                faults.append(f"{label} {row_id}: {fault}")
    return faults


def _erasure_faults(connection: Connection, blobs: Blobs) -> list[str]:
    """Bytes that were erased and are there again, from a backup perhaps."""
    done = connection.execute(select(erasures.c.sha256).where(erasures.c.done_at.is_not(None))).scalars()
    back = [digest for digest in done if digest in blobs]
    return [f"the erased bytes {digest} are there again" for digest in back[:_MOST_SHOWN]]


def _blob_fault(blobs: Blobs, digest: str, *, read: bool) -> str:
    if digest not in blobs:
        return "" if blobs.is_erased(digest) else f"its bytes {digest} are missing"
    if not read:
        return ""
    try:
        blobs.get(digest)
    except Exception as error:
        return str(error)
    return ""
