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

from daemon.durable_files import sync_folder, write_synced
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
        self._folder, self._scratch = folder, str(folder / "tmp")
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
        path = self._path(digest)
        try:
            if not os.path.exists(path) and not self.is_erased(digest):
                self._write(path, zlib.compress(content, 1))
            sync_folder(os.path.dirname(path))  # also of a file that was there: its writer may not have got this far
        except OSError as error:
            raise Unavailable(f"cannot store mail in {self._folder}: {error.strerror}") from error
        return digest

    def get(self, digest: str) -> bytes:
        try:
            packed = Path(self._path(digest)).read_bytes()
            content = zlib.decompress(packed)
        except FileNotFoundError:
            raise KeyError(digest) from None
        except (OSError, zlib.error) as error:
            raise Unavailable(f"cannot read stored mail {digest}: {error}") from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise Unavailable(f"stored mail {digest} is damaged")
        return content

    def __contains__(self, digest: str) -> bool:
        return os.path.exists(self._path(digest))

    def digests(self) -> Iterator[str]:
        return (path.stem for path in self._folder.glob("[0-9a-f][0-9a-f]/*.z"))

    def erase(self, digest: str) -> None:
        path = Path(self._path(digest))
        try:
            Path(self._path(digest, "erased")).touch(mode=0o600)
            sync_folder(path.parent)  # the tombstone first: bytes that vanish without one would be a fault
            path.unlink(missing_ok=True)
            sync_folder(path.parent)
        except OSError as error:
            raise Unavailable(f"cannot erase stored mail {digest}: {error.strerror}") from error

    def is_erased(self, digest: str) -> bool:
        return os.path.exists(self._path(digest, "erased"))

    def _path(self, digest: str, kind: str = "z") -> str:
        """As text: building and taking apart a Path costs more than the calls it is for, at every mail."""
        if not _DIGEST.fullmatch(digest):
            raise KeyError(digest)
        return f"{self._folder}/{digest[:2]}/{digest}.{kind}"

    def _write(self, path: str, packed: bytes) -> None:
        scratch = f"{self._scratch}/{secrets.token_hex(16)}"
        try:
            write_synced(scratch, packed, os.O_EXCL)
            os.rename(scratch, path)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(scratch)
            raise
