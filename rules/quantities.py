"""Durations and sizes as an admin writes them: `"90s"`, `"15m"`, `"20h"`, `"3d"`, `"2w"`, `"512KiB"`, `"5MB"`."""

import re
from datetime import timedelta

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_BYTES = {"b": 1, "kb": 1000, "mb": 1000**2, "gb": 1000**3, "kib": 1024, "mib": 1024**2, "gib": 1024**3}
_FORM = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*([a-z]+)")


def parse_duration(text: str) -> timedelta | None:
    """The duration, or None when it is not one."""
    match = _FORM.fullmatch(text.strip().lower())
    if not match or match[2] not in _SECONDS:
        return None
    seconds = float(match[1]) * _SECONDS[match[2]]
    return timedelta(seconds=seconds) if seconds < 10 * 366 * 86400 else None


def parse_bytes(text: str) -> int | None:
    """The size in bytes, or None when it is not one."""
    match = _FORM.fullmatch(text.strip().lower())
    return int(float(match[1]) * _BYTES[match[2]]) if match and match[2] in _BYTES else None
