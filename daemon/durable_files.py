"""Files that are on the disk, and are found there by their name, before anybody is told that they are."""

import os
from pathlib import Path

Name = Path | str


def write_synced(path: Name, content: bytes, flags: int) -> None:
    """Write a file of mode 0600 and sync it. `flags`: how to open it, besides O_WRONLY and O_CREAT. Raises OSError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | flags, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Name) -> None:
    """Make the names in it last: a file that was synced may still lose its name. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
