"""Builds TNEF streams (MS-OXTNEF) for tests, from nothing but the specification."""

import struct

SIGNATURE = struct.pack("<IH", 0x223E9F78, 1)
_STRING, _BYTES, _LONG = 0x00010000, 0x00060000, 0x00080000


def tnef_object(level: int, attribute: int, data: bytes) -> bytes:
    return struct.pack("<BII", level, attribute, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def attached(name: bytes, content: bytes) -> bytes:
    """One file: rendering data, its title, its content."""
    return (
        tnef_object(2, _BYTES | 0x9002, b"\x01\x00" + b"\x00" * 12)
        + tnef_object(2, _STRING | 0x8010, name + b"\x00")
        + tnef_object(2, _BYTES | 0x800F, content)
    )


def winmail(*objects: bytes, body: bytes = b"") -> bytes:
    """A whole stream with its version and code page, a plain body if given, then the objects."""
    start = tnef_object(1, _LONG | 0x9006, struct.pack("<I", 0x10000))
    start += tnef_object(1, _BYTES | 0x9007, struct.pack("<II", 1252, 0))
    text = tnef_object(1, 0x0002800C, body + b"\x00") if body else b""
    return SIGNATURE + start + text + b"".join(objects)
