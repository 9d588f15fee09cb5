"""The daemon's own store as an intake for `accept.py`: python bench/accept.py --intake real_store:make"""

from pathlib import Path

from daemon.clock import SystemClock
from daemon.store import migrations
from daemon.store.blobs import FileBlobs
from daemon.store.engine import open_engines
from daemon.store.store import Store


def make(folder: Path) -> Store:
    """A store on a fresh SQLite database in the folder."""
    url = f"sqlite:///{folder / 'postroom.db'}"
    writes, reads = open_engines(url)
    migrations.upgrade(writes)
    writes.dispose()
    reads.dispose()
    return Store(url, FileBlobs(folder / "blobs"), SystemClock())
