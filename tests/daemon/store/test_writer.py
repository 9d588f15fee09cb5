"""The one writer: group commit, units that fail, and futures that resolve only after the commit."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import IntegrityError, OperationalError

from daemon.errors import Unavailable
from daemon.store.engine import is_transient, open_engines
from daemon.store.writer import Writer


@pytest.fixture
def engines(tmp_path: Path):
    writes, reads = open_engines(f"sqlite:///{tmp_path / 'w.db'}")
    with writes.begin() as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER PRIMARY KEY)"))
    yield writes, reads
    writes.dispose()
    reads.dispose()


def insert(number: int):
    return lambda connection: connection.execute(text(f"INSERT INTO t VALUES ({number})")) and number


def rows(reads) -> list[int]:
    with reads.connect() as connection:
        return [n for (n,) in connection.execute(text("SELECT n FROM t ORDER BY n"))]


def test_a_result_is_there_only_after_its_commit(engines) -> None:
    writer = Writer(engines[0])
    assert writer.write(insert(1)) == 1
    assert rows(engines[1]) == [1]
    writer.close()


def test_a_failing_unit_takes_back_only_itself(engines) -> None:
    writer = Writer(engines[0])
    futures = [writer.submit(insert(n)) for n in (1, 2, 1, 3)]
    assert [future.exception() is None for future in futures] == [True, True, False, True]
    writer.close()
    assert rows(engines[1]) == [1, 2, 3]


def test_units_that_wait_share_a_transaction(engines) -> None:
    writer, commits = Writer(engines[0]), []
    blocked = writer.submit(lambda c: [writer.submit(insert(n)) for n in range(10)])
    futures = blocked.result()
    from sqlalchemy import event

    event.listen(engines[0], "commit", lambda _connection: commits.append(1))
    assert [future.result() for future in futures] == list(range(10))
    writer.close()
    assert len(commits) <= 2


def test_a_database_that_is_away_fails_all_units_of_the_transaction(engines) -> None:
    writer = Writer(engines[0])

    def away(_connection: Connection) -> None:
        raise OperationalError("SELECT 1", {}, Exception("disk full"))

    with pytest.raises(Unavailable, match="disk full"):
        writer.write(away)
    assert writer.write(insert(7)) == 7
    writer.close()


def test_closing_commits_what_was_queued(engines) -> None:
    writer = Writer(engines[0])
    futures = [writer.submit(insert(n)) for n in range(100)]
    writer.close()
    assert all(future.done() for future in futures)
    assert len(rows(engines[1])) == 100


def test_a_closed_writer_takes_nothing_more(engines) -> None:
    writer = Writer(engines[0])
    writer.close()
    with pytest.raises(Unavailable):
        writer.submit(insert(1))


def test_reading_connections_cannot_write(engines) -> None:
    with engines[1].connect() as connection, pytest.raises(OperationalError, match="readonly"):
        connection.execute(text("INSERT INTO t VALUES (9)"))


def test_every_connection_is_durable(engines) -> None:
    with engines[0].connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def failure(code: int = 0, state: str = "") -> OperationalError:
    """What SQLAlchemy raises for a result code of SQLite, or for an SQLSTATE of PostgreSQL."""
    cause = sqlite3.OperationalError("trouble") if code else psycopg.OperationalError("trouble")
    if code:
        cause.sqlite_errorcode = code
    else:
        cause.sqlstate = state or None
    return OperationalError("SELECT 1", {}, cause)


@pytest.mark.parametrize(
    ("error", "transient"),
    [
        (failure(sqlite3.SQLITE_FULL), True),
        (failure(sqlite3.SQLITE_IOERR_WRITE), True),
        (failure(sqlite3.SQLITE_BUSY), True),
        (failure(sqlite3.SQLITE_ERROR), False),  # no such table, too many variables
        (failure(state="57P01"), True),  # the administrator shut it down
        (failure(state="40P01"), True),  # deadlock
        (failure(state="53100"), True),  # disk full
        (failure(state="54000"), False),  # a row too large for an index: for ever
        (failure(), True),  # no server at all
    ],
)
def test_trouble_that_may_pass_is_told_from_a_fault_of_the_work(error: OperationalError, transient: bool) -> None:
    assert is_transient(error) is transient


def test_a_database_that_somebody_else_writes_to_is_locked_for_a_while(engines, tmp_path: Path) -> None:
    with engines[0].connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")
    with closing(sqlite3.connect(tmp_path / "w.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="database is locked") as locked, engines[0].begin():
            pass
    assert is_transient(locked.value)


def failing_once(error: Exception, then):
    """A unit that fails the first time it is run."""
    errors = [error]

    def unit(connection: Connection):
        if errors:
            raise errors.pop()
        return then(connection)

    return unit


def test_a_unit_that_lost_to_another_nodes_locks_is_run_again(engines) -> None:
    writer = Writer(engines[0])
    assert writer.write(failing_once(failure(state="40P01"), insert(1))) == 1
    writer.close()
    assert rows(engines[1]) == [1]


def test_units_that_shared_a_transaction_with_a_deadlock_are_each_done_once(engines) -> None:
    writer = Writer(engines[0])
    units = [insert(1), insert(2), failing_once(failure(state="40P01"), insert(3)), insert(4)]
    blocked = threading.Event()
    writer.submit(lambda _connection: blocked.wait())
    futures = [writer.submit(each) for each in units]
    blocked.set()
    assert [future.result() for future in futures] == [1, 2, 3, 4]
    writer.close()
    assert rows(engines[1]) == [1, 2, 3, 4]


def test_a_unit_that_always_loses_is_given_up(engines) -> None:
    def lose(_connection: Connection) -> None:
        raise failure(state="40001")

    writer = Writer(engines[0])
    with pytest.raises(Unavailable, match="locks"):
        writer.write(lose)
    writer.close()


def test_a_unit_that_lost_a_race_for_a_key_is_run_once_more(engines) -> None:
    writer = Writer(engines[0])
    taken = IntegrityError("INSERT", {}, sqlite3.IntegrityError("taken"))
    assert writer.write(failing_once(taken, insert(5))) == 5
    writer.close()


def test_after_a_sync_that_failed_no_commit_is_believed(engines) -> None:
    told = []

    def unsynced(_connection: Connection) -> None:
        raise failure(sqlite3.SQLITE_IOERR_FSYNC)

    writer = Writer(engines[0], on_broken=lambda: told.append("broken"))
    for unit in (unsynced, insert(1)):
        with pytest.raises(Unavailable):
            writer.write(unit)
    writer.close()
    assert (told, rows(engines[1])) == (["broken"], [])


def test_a_database_that_cannot_be_reached_is_told_to_the_unit_that_met_it(tmp_path: Path) -> None:
    nowhere = create_engine(f"sqlite:///{tmp_path}/no/such/folder/p.db")
    writer = Writer(nowhere)
    with pytest.raises(Unavailable):
        writer.submit(insert(1)).result(timeout=5)
    writer.close()


def test_no_connection_is_kept_that_sqlite_has_opened_read_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where the folder of such a name is made
    writes, _ = open_engines(f"sqlite:///file:{tmp_path / 'r.db'}?mode=ro&uri=true")
    with closing(sqlite3.connect(tmp_path / "r.db")) as other:
        other.execute("PRAGMA journal_mode = wal")
        other.execute("CREATE TABLE t (x)")
        with pytest.raises(OperationalError, match="readonly") as unwritable, writes.connect():
            pass
    assert is_transient(unwritable.value)
