"""Opening the database: SQLite made safe, or PostgreSQL. Durability is not an option here (law 1)."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from daemon.errors import Unavailable

BUSY_MILLISECONDS = 15_000

__all__ = ["Connection", "is_transient", "open_engines"]  # a unit of work is given a Connection


def open_engines(url: str) -> tuple[Engine, Engine]:
    """An engine that writes and one that reads, for a SQLAlchemy URL. Raises Unavailable when the place is missing."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        engine = create_engine(parsed, pool_pre_ping=True, pool_size=8)
        return engine, engine
    _make_folder(parsed)
    return _sqlite(parsed, writes=True), _sqlite(parsed, writes=False)


def _make_folder(url: URL) -> None:
    folder = Path(url.database or "").parent
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Unavailable(f"store.url: cannot make {folder}: {error.strerror}") from error


def _sqlite(url: URL, *, writes: bool) -> Engine:
    engine = create_engine(url, connect_args={"check_same_thread": False}, pool_size=8)

    @event.listens_for(engine, "connect")
    def configure(dbapi: Any, _record: object) -> None:
        dbapi.isolation_level = None  # we say BEGIN ourselves: the driver's implicit one comes too late to be safe
        cursor = dbapi.cursor()
        # FULL: an acknowledged commit must survive power loss, which NORMAL does not promise in WAL mode
        for pragma in ("journal_mode=wal", "synchronous=full", "foreign_keys=on", f"busy_timeout={BUSY_MILLISECONDS}"):
            cursor.execute("pragma " + pragma)
        if not writes:
            cursor.execute("pragma query_only=on")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # read-then-write under a deferred BEGIN fails at once with "database is locked" when somebody else writes
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def is_transient(error: SQLAlchemyError) -> bool:
    """Whether the same work may succeed later: locked, disk full, connection lost, serialisation failure."""
    if isinstance(error, OperationalError):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated
