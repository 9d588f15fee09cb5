"""The one writer: group commit, savepoints, and futures that resolve only after the commit."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from daemon.errors import Unavailable
from daemon.store.engine import open_engines
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
