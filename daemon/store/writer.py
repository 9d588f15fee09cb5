"""One writer, many callers: units of work from all threads share a transaction, each in its own savepoint.

Group commit makes `synchronous=FULL` cheap: one fsync pays for everything that waited. A unit that fails takes only
itself back. Nobody's future resolves before the commit it belongs to has returned (law 1).
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from daemon.errors import Unavailable
from daemon.log import Event, log
from daemon.store.engine import is_transient

Unit = Callable[[Connection], Any]
Result = TypeVar("Result")

MOST_UNITS = 64
LONGEST_SECONDS = 0.05  # keeps an SMTP peer's wait for its 250 short while the intake writes in bulk


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    unit: Unit
    future: Future[Any]
    is_single: bool


class Writer:
    """The only thread that writes to the database. `submit` from anywhere; `close` finishes what was submitted."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def submit(self, unit: Unit, *, is_single: bool = False) -> Future[Any]:
        """Queue a unit; its future gets the unit's result after the commit, or the unit's exception.

        `is_single` promises that nothing can fail after the unit's first change, and saves the savepoint.
        """
        if self._closed:
            raise Unavailable("the store is closing")
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
            self._transaction(job)

    def _transaction(self, first: _Job) -> None:
        taken: list[_Job] = []
        done: list[tuple[_Job, Any]] = []
        try:
            with self._engine.begin() as connection:
                for job in self._batch(first):
                    taken.append(job)
                    self._unit(connection, job, done)
        except Exception as error:
            self._failed(taken or [first], error)
            return
        for job, result in done:
            job.future.set_result(result)

    def _batch(self, first: _Job) -> Iterator[_Job]:
        """The first job and whatever waits behind it, within limits."""
        yield first
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
            with nullcontext() if job.is_single else connection.begin_nested():
                result = job.unit(connection)
        except SQLAlchemyError as error:
            if is_transient(error):
                raise
            job.future.set_exception(error)
        except Exception as error:
            job.future.set_exception(error)
        else:
            done.append((job, result))

    def _failed(self, jobs: list[_Job], error: Exception) -> None:
        log(Event.STORE_FAILED, level=logging.ERROR, units=len(jobs), error=str(error))
        for job in jobs:
            if not job.future.done():
                job.future.set_exception(Unavailable(f"the database did not take the transaction: {error}"))
