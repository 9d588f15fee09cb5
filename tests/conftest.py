"""What most tests of the daemon need: a store on a fresh database, a clock that stands still.

Every test that asks for `store` is part of the store's contract: it runs on SQLite always, and on PostgreSQL in the
integration part. A fresh database has the place of the one before, so that its engine knows the statements already.
"""

import gc
import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from postgres import Postgres
from servers import needs

from daemon.clock import FakeClock
from daemon.store import migrations
from daemon.store.blobs import FileBlobs
from daemon.store.engine import open_engines
from daemon.store.store import Store
from daemon.store.verify import verify

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.integration)]
MEMORY = Path("/dev/shm")
ENOUGH_BYTES = 1 << 30


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What was imported and collected stays to the end: nobody need look for garbage in it, least of all often."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder whose files need no disk, where the machine has one: all is synced as ever, only faster.

    What is left after a crash, and in which order it got there, is for the tests that have the real daemon.
    """
    if not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ENOUGH_BYTES:
        yield tmp_path_factory.mktemp("memory")
        return
    with tempfile.TemporaryDirectory(prefix="postroom-", dir=MEMORY) as folder:
        yield Path(folder)


def empty(folder: Path) -> None:
    """Remove all that is in it; it may be the next one's."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


def migrate(url: str) -> None:
    """Bring an empty database up to the schema."""
    writes, reads = open_engines(url)
    migrations.upgrade(writes)
    writes.dispose()
    reads.dispose()


@pytest.fixture(scope="session")
def migrated(memory: Path) -> Path:
    """An empty desk's database, migrated once and copied by every test."""
    path = memory / "migrated" / "postroom.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def place(memory: Path) -> Path:
    """Where one test after the other has its SQLite database."""
    folder = memory / "database"
    folder.mkdir()
    return folder / "postroom.db"


@pytest.fixture(scope="session")
def shelf(memory: Path) -> Path:
    """Where one test after the other has its stored bytes: making the hundreds of folders takes longer than most."""
    return memory / "blobs"


@pytest.fixture
def blobs(shelf: Path) -> Iterator[FileBlobs]:
    """An empty place for stored bytes."""
    yield FileBlobs(shelf)
    for folder in os.scandir(shelf):
        empty(Path(folder.path))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server for the contract; what is written there need not survive its crash."""
    needs(Postgres.missing())
    with Postgres() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_template(postgres: Postgres) -> str:
    """The name of a migrated database that is copied by every test."""
    url = postgres.database()
    migrate(url)
    return url.rpartition("/")[2]


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, place: Path) -> Iterator[str]:
    """The URL of a fresh, migrated database."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated"), place)
        yield f"sqlite:///{place}"
        empty(place.parent)
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.database(request.getfixturevalue("migrated_template"), "contract")
    yield url
    server.drop(url)


@pytest.fixture
def store(database: str, blobs: FileBlobs, clock: FakeClock) -> Iterator[Store]:
    """A store; when the test is over, the conservation law must hold in it."""
    store = Store(database, blobs, clock)
    yield store
    with store.reading() as connection:
        balance = verify(connection, store.blobs, read_blobs=True)
    store.close()
    assert balance.ok, balance.faults
