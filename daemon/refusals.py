"""Counting who is refused within SMTP sessions, where nothing may wait for a database: in memory, written now and then.

A crash loses the counts of half a minute, never a mail.
"""

import threading
from datetime import datetime

from daemon.store.denials import Refused, record_refused
from daemon.store.store import Store
from rules.facts import DenyEntry

_MOST_SENDERS = 1000  # between two writes; what comes on top counts for the entry, without its sender


class Refusals:
    """What was refused since it was last written. Thread-safe, and quick enough for an event loop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, str], tuple[int, datetime]] = {}

    def note(self, entry: DenyEntry, sender: str, now: datetime) -> None:
        """One more."""
        key = (f"{entry.kind} {entry.value}", sender)
        with self._lock:
            if key not in self._counts and len(self._counts) >= _MOST_SENDERS:
                key = (key[0], "")
            self._counts[key] = (self._counts.get(key, (0, now))[0] + 1, now)

    def write(self, store: Store) -> int:
        """Put them into the store. Returns how many rows. Raises Unavailable, and keeps them then."""
        with self._lock:
            counts, self._counts = self._counts, {}
        if not counts:
            return 0
        rows = [Refused(entry=entry, sender=sender, times=n, at=at) for (entry, sender), (n, at) in counts.items()]
        try:
            store.write(lambda connection: record_refused(connection, rows))
        except Exception:
            self._put_back(counts)
            raise
        return len(rows)

    def _put_back(self, counts: dict[tuple[str, str], tuple[int, datetime]]) -> None:
        with self._lock:
            for key, (times, at) in counts.items():
                more, later = self._counts.get(key, (0, at))
                self._counts[key] = (times + more, later)
