"""Opening the database: SQLite made safe, or PostgreSQL. Durability is not an option here (law 1)."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from daemon.errors import Unavailable

BUSY_MILLISECONDS = 15_000
CONNECT_SECONDS = 5

__all__ = [  # a unit of work is given a Connection
    "Connection",
    "is_lost_race",
    "is_reading",
    "is_transient",
    "is_untrustworthy",
    "open_engines",
]

# https://sqlite.org/rescode.html: busy, locked, no memory, read-only, interrupted, I/O, full, cannot open, protocol
_SQLITE_TRANSIENT = frozenset({5, 6, 7, 8, 9, 10, 13, 14, 15})
_SQLITE_SYNC_FAILED = frozenset({10 | 4 << 8, 10 | 5 << 8})  # SQLITE_IOERR_FSYNC, SQLITE_IOERR_DIR_FSYNC
# PostgreSQL, appendix A: connection, rollback, resources, object state, intervention, system; a standby is read-only
_POSTGRES_TRANSIENT = ("08", "40", "53", "55", "57", "58", "25006")
_POSTGRES_LOST_RACE = frozenset({"40001", "40P01"})  # serialisation failure, deadlock: surely rolled back


@lru_cache(maxsize=8)
def open_engines(url: str) -> tuple[Engine, Engine]:
    """An engine that writes and one that reads, for a SQLAlchemy URL. Raises Unavailable when the place is missing.

    The same two for the same URL, also after `dispose`: an engine keeps the statements it has compiled.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return _server(parsed), _server(parsed).execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    _make_folder(parsed)
    return _sqlite(parsed, writes=True), _sqlite(parsed, writes=False)


def _server(url: URL) -> Engine:
    return create_engine(url, pool_pre_ping=True, pool_size=8, connect_args={"connect_timeout": CONNECT_SECONDS})


def is_reading(connection: Connection) -> bool:
    """Whether this connection sees a snapshot and may not lock a row; on SQLite, which locks no rows, always false."""
    return bool(connection.get_execution_options().get("postgresql_readonly"))


def _make_folder(url: URL) -> None:
    folder = Path(url.database or "").parent
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Unavailable(f"store.url: cannot make {folder}: {error.strerror}") from error


class _Sqlite(SQLiteDialect_pysqlite):
    """Says BEGIN itself, as `begin` has it: the driver's implicit one comes too late to be safe.

    A listener to the engine's "begin" would do as well, but one listener makes every statement pay for all events.
    """

    supports_statement_cache = True
    begin = "BEGIN"

    def do_begin(self, dbapi_connection: Any) -> None:
        dbapi_connection.execute(self.begin)


class _SqliteWriter(_Sqlite):
    """Read-then-write under a deferred BEGIN fails at once with "database is locked" when somebody else writes."""

    supports_statement_cache = True
    begin = "BEGIN IMMEDIATE"


registry.register("sqlite.reader", __name__, "_Sqlite")
registry.register("sqlite.writer", __name__, "_SqliteWriter")


def _sqlite(url: URL, *, writes: bool) -> Engine:
    url = url.set(drivername="sqlite+writer" if writes else "sqlite+reader")
    engine = create_engine(url, connect_args={"check_same_thread": False}, pool_size=8)

    @event.listens_for(engine, "connect")
    def configure(dbapi: Any, _record: object) -> None:
        dbapi.isolation_level = None
        cursor = dbapi.cursor()
        # FULL: an acknowledged commit must survive power loss, which NORMAL does not promise in WAL mode
        for pragma in ("journal_mode=wal", "synchronous=full", "foreign_keys=on", f"busy_timeout={BUSY_MILLISECONDS}"):
            cursor.execute("pragma " + pragma)
        if writes:  # SQLite opens read-only what it cannot write, and says nothing; that connection would be kept
            for step in ("begin immediate", "create table tried (x)", "rollback"):
                cursor.execute(step)
        else:
            cursor.execute("pragma query_only=on")
        cursor.close()

    return engine


def is_transient(error: Exception) -> bool:
    """Whether the same work may succeed later: locked, disk full, connection lost, serialisation failure.

    Not what the work itself brings about, such as a value too large for an index: that would fail for ever, and the
    units of a transaction fail together.
    """
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    if (code := _sqlite_code(error)) is not None:
        return code & 0xFF in _SQLITE_TRANSIENT
    state = _sqlstate(error)
    return state.startswith(_POSTGRES_TRANSIENT) if state else isinstance(error, OperationalError)


def is_lost_race(error: Exception) -> bool:
    """Whether another node's locks were in the way and nothing was committed, so that trying at once is right."""
    return isinstance(error, DBAPIError) and _sqlstate(error) in _POSTGRES_LOST_RACE


def is_untrustworthy(error: Exception) -> bool:
    """Whether the disk failed to sync SQLite's files.

    The kernel then forgets which pages it has not written and the next sync succeeds all the same (fsyncgate, 2018), so
    that no later commit of this process may be believed. PostgreSQL ends itself for the same reason.
    """
    return isinstance(error, DBAPIError) and _sqlite_code(error) in _SQLITE_SYNC_FAILED


def _sqlite_code(error: DBAPIError) -> int | None:
    return getattr(error.orig, "sqlite_errorcode", None)


def _sqlstate(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""
