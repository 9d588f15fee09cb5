"""What most tests of the daemon need: a store on a fresh database, a clock that stands still."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from daemon.clock import FakeClock
from daemon.store import migrations
from daemon.store.blobs import FileBlobs
from daemon.store.engine import open_engines
from daemon.store.store import Store
from daemon.store.verify import verify

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty desk's database, migrated once and copied by every test."""
    path = tmp_path_factory.mktemp("migrated") / "postroom.db"
    writes, reads = open_engines(f"sqlite:///{path}")
    migrations.upgrade(writes)
    writes.dispose()
    reads.dispose()
    return path


@pytest.fixture
def store(tmp_path: Path, migrated: Path, clock: FakeClock) -> Iterator[Store]:
    """A store; when the test is over, the conservation law must hold in it."""
    shutil.copy(migrated, tmp_path / "postroom.db")
    store = Store(f"sqlite:///{tmp_path / 'postroom.db'}", FileBlobs(tmp_path / "blobs"), clock)
    yield store
    with store.reading() as connection:
        balance = verify(connection, store.blobs, read_blobs=True)
    store.close()
    assert balance.ok, balance.faults
