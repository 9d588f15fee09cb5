"""A worker's claims of rows, none lost with the database's answer.

When the answer to a claim does not come, nobody knows whether it was committed. Its rows carry the instant until which
they are claimed, which no other claim has: the next one finds them by it.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar

from daemon.clock import Clock
from daemon.store.engine import Connection
from daemon.store.store import Store

Row = TypeVar("Row")


class Claim(Protocol[Row]):
    """Takes rows that are due, and those of the claim that was `lost`, should it have been committed."""

    def __call__(
        self, connection: Connection, *, now: datetime, until: datetime, lost: datetime | None
    ) -> list[Row]: ...


class Claims:
    """One worker's. Not thread-safe."""

    def __init__(
        self, store: Store, clock: Clock, length: timedelta, dice: Callable[[], float] = random.random
    ) -> None:
        """`length`: of a claim, after which others may take the rows; `dice` makes its end unlike any other."""
        self._store, self._clock, self._length, self._dice = store, clock, length, dice
        self._lost: datetime | None = None  # the instant of the first claim since when no answer has come

    def take(self, claim: Claim[Row]) -> list[Row]:
        """Claim once. Raises Unavailable; then the next call finds what this one may have claimed."""
        now, lost = self._clock.now(), self._lost
        until = now + self._length + timedelta(microseconds=self._dice() * 1e6)
        self._lost = lost or until  # not this one's: those after the first met a database that was away
        rows = self._store.write(partial(claim, now=now, until=until, lost=lost))
        self._lost = None
        return rows
