"""The secret keys behind every token: a file of mode 0600, one hexadecimal key a line, the first one signs.

To rotate, put a new line on top; drop the old one when the tokens it signed have expired.
"""

import os
import secrets
from pathlib import Path

from daemon.durable_files import sync_folder, write_synced
from daemon.errors import ConfigError, Problem

KEY_BYTES = 32


def load_keys(path: Path) -> tuple[bytes, ...]:
    """Read the keys, making the first one where there is no file. Raises ConfigError."""
    try:
        if not path.exists():
            _create(path)
        if path.stat().st_mode & 0o077:
            raise ConfigError([Problem(file=str(path), message="others can read this key", remedy=f"chmod 600 {path}")])
        lines = path.read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([Problem(file=str(path), message=f"cannot read the keys: {error}")]) from error
    return tuple(_key(path, number, line) for number, line in enumerate(lines, 1))


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_synced(path, f"{secrets.token_hex(KEY_BYTES)}\n".encode(), os.O_EXCL)
    sync_folder(path.parent)  # a key that a power cut takes away would leave every token of the first day unread


def _key(path: Path, number: int, line: str) -> bytes:
    try:
        key = bytes.fromhex(line)
    except ValueError:
        key = b""
    if len(key) < KEY_BYTES:
        problem = Problem(
            file=str(path), line=number, message="not a key", remedy=f"write {2 * KEY_BYTES} hexadecimal digits"
        )
        raise ConfigError([problem])
    return key
