"""One writer, many callers: units of work from all threads share a transaction.

Group commit makes `synchronous=FULL` cheap: one fsync pays for everything that waited. A unit that fails takes the
transaction back, and each of its units is run again alone: rare, and cheaper than a savepoint for every unit. Nobody's
future resolves before the commit it belongs to has returned (law 1). So a unit may be run more than once, and changes
nothing but the database; only its last run is ever committed.
"""

import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from daemon.errors import Unavailable
from daemon.log import Event, log
from daemon.store.engine import is_lost_race, is_transient, is_untrustworthy

Result = TypeVar("Result")
Unit = Callable[[Connection], Result]

MOST_UNITS = 64
MOST_RUNS = 5
LONGEST_SECONDS = 0.05
LONGEST_AWAITED_SECONDS = 0.01  # for those whose thread waits, such as an SMTP peer's for its 250


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    unit: Unit[Any]
    future: Future[Any]
    patient: bool


class Writer:
    """The only thread that writes to the database. `submit` from anywhere; `close` finishes what was submitted."""

    def __init__(self, engine: Engine, on_broken: Callable[[], None] = lambda: None) -> None:
        """`on_broken` is called once, when no commit can be believed any more and the process has to be replaced."""
        self._engine, self._on_broken = engine, on_broken
        self._urgent: deque[_Job] = deque()
        self._patient: deque[_Job] = deque()
        self._tokens: queue.SimpleQueue[bool] = queue.SimpleQueue()  # one a job, and False for the end
        self._closed = self._broken = False
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def submit(self, unit: Unit[Any], *, patient: bool = False) -> Future[Any]:
        """Queue a unit; its future gets the unit's result after the commit, or the unit's exception.

        A `patient` one lets those go first for which somebody waits; patient ones are done in their order.
        """
        if self._closed or self._broken:
            raise Unavailable("the database's disk failed" if self._broken else "the store is closing")
        job = _Job(unit=unit, future=Future(), patient=patient)
        (self._patient if patient else self._urgent).append(job)
        self._tokens.put(True)
        return job.future

    def write(self, unit: Unit[Result]) -> Result:
        """Run a unit and wait for its commit. Raises Unavailable when the database is away, full or locked."""
        result: Result = self.submit(unit).result()
        return result

    def close(self) -> None:
        """Commit what is queued, then end the thread."""
        self._closed = True
        self._tokens.put(False)
        self._thread.join()

    def _run(self) -> None:
        while self._tokens.get():
            for each in self._together(self._next()):
                self._alone(each)

    def _next(self) -> _Job:
        """The job that a token stands for: any one, those that are waited for first."""
        return (self._urgent or self._patient).popleft()

    def _together(self, first: _Job) -> list[_Job]:
        """Run this unit and what waits behind it in one transaction.

        Returns those that are not settled: one of them failed and took the others back.
        """
        taken: list[_Job] = [first]
        results: list[Any] = []
        is_ending = False
        try:
            with self._engine.begin() as connection:
                results.append(first.unit(connection))
                for job in self._waiting(first):
                    taken.append(job)
                    results.append(job.unit(connection))
                is_ending = True
        except Exception as error:
            if is_lost_race(error) or not (is_ending or is_transient(error)):
                return taken
            self._failed(taken, error)
            return []
        for job, result in zip(taken, results, strict=True):
            job.future.set_result(result)
        return []

    def _alone(self, job: _Job) -> None:
        """Run a unit in its own transaction; again when another node's locks or its taking of a key were in the way."""
        error: Exception = Unavailable("other nodes kept their locks")
        for _ in range(MOST_RUNS):
            is_ending = False
            try:
                with self._engine.begin() as connection:
                    result = job.unit(connection)
                    is_ending = True
            except IntegrityError as taken:
                error = taken
            except Exception as failure:
                if not is_lost_race(failure):
                    error = failure
                    break
            else:
                job.future.set_result(result)
                return
        if is_ending or is_transient(error) or isinstance(error, Unavailable):
            self._failed([job], error)
        else:
            job.future.set_exception(error)

    def _waiting(self, first: _Job) -> Iterator[_Job]:
        """Whatever waits behind the first job, within limits."""
        now = time.monotonic()
        until = now + (LONGEST_SECONDS if first.patient else LONGEST_AWAITED_SECONDS)
        for _ in range(MOST_UNITS - 1):
            if self._tokens.empty() or now > until:
                return
            if not self._tokens.get():
                self._tokens.put(False)  # seen again, and heeded, by the outer loop
                return
            job, now = self._next(), time.monotonic()
            if not job.patient:
                until = min(until, now + LONGEST_AWAITED_SECONDS)
            yield job
            now = time.monotonic()

    def _failed(self, jobs: list[_Job], error: Exception) -> None:
        log(Event.STORE_FAILED, level=logging.ERROR, units=len(jobs), error=str(error))
        if is_untrustworthy(error) and not self._broken:
            self._broken = True
            self._on_broken()
        for job in jobs:
            if not job.future.done():
                job.future.set_exception(Unavailable(f"the database did not take the transaction: {error}"))
