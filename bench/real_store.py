"""The daemon's own store on a fresh database, for whatever is measured on one.

`make` is it as an intake for `accept.py`: python bench/accept.py --intake real_store:make
"""

from pathlib import Path

from daemon.clock import Clock, SystemClock
from daemon.store import migrations
from daemon.store.blobs import FileBlobs
from daemon.store.engine import open_engines
from daemon.store.store import Store


def fresh_store(folder: Path, clock: Clock) -> Store:
    """A store on a new SQLite database in the folder."""
    url = f"sqlite:///{folder / 'postroom.db'}"
    writes, reads = open_engines(url)
    migrations.upgrade(writes)
    writes.dispose()
    reads.dispose()
    return Store(url, FileBlobs(folder / "blobs"), clock)


def make(folder: Path) -> Store:
    """The same by the wall clock."""
    return fresh_store(folder, SystemClock())
