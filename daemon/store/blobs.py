"""Raw mail as files named by the hash of what they hold: written once, never changed, 0600, compressed.

Durability order is Maildir's: write to a name of its own, fsync, rename, fsync the folder. Only then is it stored.
"""

import contextlib
import hashlib
import os
import re
import secrets
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from daemon.errors import Unavailable

_DIGEST = re.compile(r"[0-9a-f]{64}")
_FOLDERS = frozenset({"tmp", *(f"{i:02x}" for i in range(256))})


class Blobs(Protocol):
    """Immutable bytes by SHA-256."""

    def put(self, content: bytes) -> str:
        """Store durably and return the lower-case hexadecimal SHA-256. Raises Unavailable when the disk will not."""
        ...

    def get(self, digest: str) -> bytes:
        """The bytes. Raises KeyError when unknown, Unavailable when they are unreadable or damaged."""
        ...

    def __contains__(self, digest: str) -> bool: ...

    def digests(self) -> Iterator[str]:
        """All that are stored, in no order."""
        ...

    def erase(self, digest: str) -> None:
        """Remove the bytes for good: from now on the same bytes are not stored again. Raises Unavailable."""
        ...

    def is_erased(self, digest: str) -> bool:
        """Whether these bytes were removed on purpose."""
        ...


class FileBlobs:
    """`Blobs` in a folder: `ab/abcdef….z`, or an empty `ab/abcdef….erased` as the tombstone of what was there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with os.scandir(folder) as entries:
                present = {entry.name for entry in entries if entry.is_dir()}
            for name in _FOLDERS - present:  # mostly none: every command opens the store
                (folder / name).mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            raise Unavailable(f"desk.data_dir: cannot make {folder}: {error.strerror}") from error

    def put(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        target = self._path(digest)
        try:
            if not target.exists() and not self.is_erased(digest):
                self._write(target, zlib.compress(content, 1))
            _sync_folder(target.parent)  # also for a file that was there: its writer may not have got this far
        except OSError as error:
            raise Unavailable(f"cannot store mail in {self._folder}: {error.strerror}") from error
        return digest

    def get(self, digest: str) -> bytes:
        try:
            packed = self._path(digest).read_bytes()
            content = zlib.decompress(packed)
        except FileNotFoundError:
            raise KeyError(digest) from None
        except (OSError, zlib.error) as error:
            raise Unavailable(f"cannot read stored mail {digest}: {error}") from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise Unavailable(f"stored mail {digest} is damaged")
        return content

    def __contains__(self, digest: str) -> bool:
        return self._path(digest).exists()

    def digests(self) -> Iterator[str]:
        return (path.stem for path in self._folder.glob("[0-9a-f][0-9a-f]/*.z"))

    def erase(self, digest: str) -> None:
        target = self._path(digest)
        try:
            target.with_suffix(".erased").touch(mode=0o600)
            _sync_folder(target.parent)  # the tombstone first: bytes that vanish without one would be a fault
            target.unlink(missing_ok=True)
            _sync_folder(target.parent)
        except OSError as error:
            raise Unavailable(f"cannot erase stored mail {digest}: {error.strerror}") from error

    def is_erased(self, digest: str) -> bool:
        return self._path(digest).with_suffix(".erased").exists()

    def _path(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise KeyError(digest)
        return self._folder / digest[:2] / f"{digest}.z"

    def _write(self, target: Path, packed: bytes) -> None:
        scratch = self._folder / "tmp" / secrets.token_hex(16)
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(packed)
                file.flush()
                os.fsync(file.fileno())
            scratch.rename(target)
        except OSError:
            with contextlib.suppress(OSError):
                scratch.unlink()
            raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
