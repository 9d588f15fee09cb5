"""Removing the bytes of what was erased, after the transaction that asked for it."""

from datetime import datetime

from daemon.store import erasures
from daemon.store.store import Store


def sweep(store: Store, now: datetime) -> int:
    """Remove what was asked for; returns how much. Raises Unavailable: what is left is tried again."""
    count = 0
    while digests := _waiting(store):
        for digest in digests:
            store.blobs.erase(digest)
        store.write(lambda connection, gone=digests: erasures.note_done(connection, gone, now))  # type: ignore[misc]
        count += len(digests)
    return count


def _waiting(store: Store) -> list[str]:
    with store.reading() as connection:
        return list(erasures.waiting(connection))
