"""The store as one object: what transports, workers and the command line are given."""

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from daemon.clock import Clock
from daemon.errors import Deferred, Unavailable
from daemon.log import Event, log
from daemon.ports import ImapPosition, RawMail, Receipt
from daemon.store import inbound
from daemon.store.blobs import Blobs
from daemon.store.engine import open_engines
from daemon.store.writer import Result, Unit, Writer


class Writing(Protocol):
    """What a store writes with: the one writer, or another process's way to it. See Writer for what it promises."""

    def write(self, unit: Unit[Result]) -> Result: ...

    def submit(self, unit: Unit[Result], *, patient: bool = False) -> Future[Result]: ...

    def close(self) -> None: ...


class Store:
    """Rows and raw mail. Thread-safe: writes go through the one writer, reads through their own connections.

    Implements the transports' `Intake` and `ImapLedger`.
    """

    def __init__(
        self,
        url: str,
        blobs: Blobs,
        clock: Clock,
        on_accept: Callable[[], None] = lambda: None,
        on_broken: Callable[[], None] = lambda: None,
        *,
        writer: Writing | None = None,
    ) -> None:
        """`on_accept` is called after each accepted mail, from the accepting thread: a hint for the intake.

        `on_broken` is called from the writer's thread when the disk under SQLite failed to sync: nothing is taken any
        more, and the process has to be replaced. `writer`: whose it is in a process that does not write itself.
        """
        self._write_engine, self._read_engine = open_engines(url)
        self._writer: Writing = writer or Writer(self._write_engine, on_broken)
        self._clock = clock
        self._on_accept = on_accept
        self.blobs = blobs

    def accept(self, mail: RawMail) -> Receipt:
        """Bytes first, then the row; returns only when both survive a crash. Raises Deferred when they cannot."""
        try:
            sha256 = self.blobs.put(mail.raw)
            now = self._clock.now()
            receipt = self._writer.write(lambda c: inbound.store(c, mail, sha256, now))
        except Unavailable as error:
            log(Event.MAIL_DEFERRED, source=mail.source, error=str(error))
            raise Deferred(451, "4.3.0", "cannot store mail now, try again later") from error
        self._on_accept()
        return receipt

    def position(self, account: str, folder: str) -> ImapPosition | None:
        with self.reading() as connection:
            return inbound.position(connection, account, folder)

    def advance(self, account: str, folder: str, position: ImapPosition) -> None:
        self.write(lambda connection: inbound.advance(connection, account, folder, position))

    def stored_uids(self, account: str, folder: str, uidvalidity: int, uids: Collection[int]) -> set[int]:
        with self.reading() as connection:
            return inbound.stored_uids(connection, account, folder, uidvalidity, uids)

    def write(self, unit: Unit[Result]) -> Result:
        """Run a unit of work in the writer and wait for its commit. Raises Unavailable when the database is away."""
        return self._writer.write(unit)

    def submit(self, unit: Unit[Result], *, patient: bool = True) -> Future[Result]:
        """Queue a unit of work; its future resolves after the commit. A `patient` one lets others go first."""
        return self._writer.submit(unit, patient=patient)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees committed rows and cannot change any. Raises Unavailable when the database is away."""
        try:
            with self._read_engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise Unavailable(f"the database did not answer: {error}") from error

    def close(self) -> None:
        """Commit what is queued, then let go of the database."""
        self._writer.close()
        self._write_engine.dispose()
        self._read_engine.dispose()
