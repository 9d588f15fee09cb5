"""A job that runs on one node at a time: started when its lease is ours, stopped before another node can have it."""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

from daemon.clock import Clock
from daemon.errors import Unavailable
from daemon.log import Event, log
from daemon.store import leases
from daemon.store.leases import Lease
from daemon.store.store import Store

_RENEW_SECONDS = 15.0
DURATION = timedelta(seconds=60)
_MARGIN = timedelta(seconds=15)  # for clocks that differ between nodes, and for the job to come to an end


class Job(Protocol):
    """What runs under a lease."""

    def run(self) -> None:
        """Until stopped; the body of a thread."""
        ...

    def stop(self) -> None:
        """End `run` soon, from another thread."""
        ...


class Leased:
    """The body of a thread that keeps one lease and, while it has it, one job."""

    def __init__(self, name: str, owner: str, store: Store, clock: Clock, start: Callable[[Lease], Job]) -> None:
        """`start` makes the job for a lease just taken; `owner` is unique to this process."""
        self.name = name
        self._owner, self._store, self._clock, self._start = owner, store, clock, start
        self._stopping = threading.Event()
        self._lease: Lease | None = None
        self._sure_until = 0.0
        self._job: Job | None = None
        self._thread: threading.Thread | None = None

    @property
    def is_running(self) -> bool:
        """Whether the job runs here."""
        return self._job is not None

    def run(self) -> None:
        """Until stopped; then the job has ended and other nodes may have the lease at once."""
        while not self._stopping.is_set():
            self.step()
            self._stopping.wait(_RENEW_SECONDS)
        self._end_job()
        self._give_back()

    def stop(self) -> None:
        """End `run` from another thread."""
        self._stopping.set()

    def step(self) -> None:
        """Take or renew the lease, and let the job run or not accordingly."""
        asked_at = self._clock.monotonic()
        try:
            lease = self._acquire()
        except Unavailable as error:
            if self._clock.monotonic() >= self._sure_until:
                self._lose(str(error))
            return
        if lease is None or (self._lease and lease.fence != self._lease.fence):
            self._lose("another node has taken it")
        if lease is None:
            return
        self._sure_until = asked_at + (DURATION - _MARGIN).total_seconds()
        self._lease = lease
        if self._job is None:
            self._begin_job(lease)

    def _acquire(self) -> Lease | None:
        now = self._clock.now()
        return self._store.write(lambda connection: leases.take(connection, self.name, self._owner, now, DURATION))

    def _begin_job(self, lease: Lease) -> None:
        job = self._job = self._start(lease)
        self._thread = threading.Thread(target=job.run, name=self.name)
        self._thread.start()

    def _lose(self, why: str) -> None:
        if self._job:
            log(Event.LEASE_LOST, level=logging.WARNING, lease=self.name, why=why)
        self._end_job()
        self._lease = None

    def _end_job(self) -> None:
        if self._job and self._thread:
            self._job.stop()
            self._thread.join()
        self._job = self._thread = None

    def _give_back(self) -> None:
        lease, now = self._lease, self._clock.now()
        if lease is None:
            return
        try:
            self._store.write(lambda connection: leases.give_back(connection, lease, now))
        except Unavailable as error:
            log(Event.LEASE_LOST, level=logging.WARNING, lease=self.name, why=str(error))  # it runs out by itself
