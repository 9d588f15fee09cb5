"""One writer, many callers: units of work from all threads share a transaction, each in its own savepoint.

Group commit makes `synchronous=FULL` cheap: one fsync pays for everything that waited. A unit that fails takes only
itself back. Nobody's future resolves before the commit it belongs to has returned (law 1). A unit may be run more than
once, when another node was in its way; only the last run is ever committed.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from daemon.errors import Unavailable
from daemon.log import Event, log
from daemon.store.engine import is_lost_race, is_transient, is_untrustworthy

Unit = Callable[[Connection], Any]
Result = TypeVar("Result")

MOST_UNITS = 64
MOST_RUNS = 5
LONGEST_SECONDS = 0.05  # keeps an SMTP peer's wait for its 250 short while the intake writes in bulk


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    unit: Unit
    future: Future[Any]
    is_single: bool


class Writer:
    """The only thread that writes to the database. `submit` from anywhere; `close` finishes what was submitted."""

    def __init__(self, engine: Engine, on_broken: Callable[[], None] = lambda: None) -> None:
        """`on_broken` is called once, when no commit can be believed any more and the process has to be replaced."""
        self._engine, self._on_broken = engine, on_broken
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = self._broken = False
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def submit(self, unit: Unit, *, is_single: bool = False) -> Future[Any]:
        """Queue a unit; its future gets the unit's result after the commit, or the unit's exception.

        `is_single` promises that nothing can fail after the unit's first change, and saves SQLite the savepoint.
        """
        if self._closed or self._broken:
            raise Unavailable("the database's disk failed" if self._broken else "the store is closing")
        job = _Job(unit=unit, future=Future(), is_single=is_single)
        self._jobs.put(job)
        return job.future

    def write(self, unit: Callable[[Connection], Result], *, is_single: bool = False) -> Result:
        """Run a unit and wait for its commit. Raises Unavailable when the database is away, full or locked."""
        result: Result = self.submit(unit, is_single=is_single).result()
        return result

    def close(self) -> None:
        """Commit what is queued, then end the thread."""
        self._closed = True
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            for each in self._transaction(job, self._waiting()):
                self._alone(each)

    def _alone(self, job: _Job) -> None:
        """Run a unit that lost to another node's locks again, holding no locks but its own."""
        for _ in range(MOST_RUNS):
            if not self._transaction(job):
                return
        self._failed([job], Unavailable("other nodes kept their locks"))

    def _transaction(self, first: _Job, more: Iterable[_Job] = ()) -> list[_Job]:
        """Run these in one transaction. Returns those that lost to another node, for they are not settled."""
        taken: list[_Job] = [first]
        done: list[tuple[_Job, Any]] = []
        try:
            with self._engine.begin() as connection:
                self._unit(connection, first, done)
                for job in more:
                    taken.append(job)
                    self._unit(connection, job, done)
        except Exception as error:
            if is_lost_race(error):
                return [job for job in taken if not job.future.done()]
            self._failed(taken, error)
            return []
        for job, result in done:
            job.future.set_result(result)
        return []

    def _waiting(self) -> Iterator[_Job]:
        """Whatever waits behind the first job, within limits."""
        until = time.monotonic() + LONGEST_SECONDS
        for _ in range(MOST_UNITS - 1):
            if self._jobs.empty() or time.monotonic() > until:
                return
            job = self._jobs.get()
            if job is None:
                self._jobs.put(None)  # seen again, and heeded, by the outer loop
                return
            yield job

    def _unit(self, connection: Connection, job: _Job, done: list[tuple[_Job, Any]]) -> None:
        try:
            result = self._result(connection, job)
        except SQLAlchemyError as error:
            if is_transient(error) or connection.invalidated:
                raise
            job.future.set_exception(error)
        except Exception as error:
            job.future.set_exception(error)
        else:
            done.append((job, result))

    def _result(self, connection: Connection, job: _Job, *, is_again: bool = False) -> Any:
        """Run a unit; once more if somebody else took a unique key between its look and its insert: now it sees."""
        # on PostgreSQL even a statement that changed nothing spoils the whole transaction when it fails
        needs_savepoint = not job.is_single or connection.dialect.name != "sqlite"
        try:
            with connection.begin_nested() if needs_savepoint else nullcontext():
                return job.unit(connection)
        except IntegrityError:
            if is_again:
                raise
        return self._result(connection, job, is_again=True)

    def _failed(self, jobs: list[_Job], error: Exception) -> None:
        log(Event.STORE_FAILED, level=logging.ERROR, units=len(jobs), error=str(error))
        if is_untrustworthy(error) and not self._broken:
            self._broken = True
            self._on_broken()
        for job in jobs:
            if not job.future.done():
                job.future.set_exception(Unavailable(f"the database did not take the transaction: {error}"))
