"""winmail.dat: the files and the body that Outlook wraps up for itself (MS-OXTNEF), read by tnefparse under caps."""

import struct
from dataclasses import dataclass

from tnefparse import TNEF

from parsers.limits import MAX_TNEF_BYTES, MAX_TNEF_FILES, MAX_TNEF_OBJECTS

_SIGNATURE = b"\x78\x9f\x3e\x22"
_FIRST_OBJECT = 6
_OBJECT_HEADER = struct.Struct("<BII")
_CHECKSUM_BYTES = 2


@dataclass(frozen=True, slots=True)
class TnefFile:
    """A file from the wrapping; its name is the sender's and not yet cleaned."""

    name: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """What a winmail.dat held: files, a body as text and as HTML, and what could not be read."""

    files: tuple[TnefFile, ...] = ()
    text: str = ""
    html: str = ""
    defects: tuple[str, ...] = ()


def unwrap(content: bytes) -> Unwrapped:
    """Unpack a TNEF stream. Never raises; over a cap or damaged, it gives nothing but a defect."""
    if not content.startswith(_SIGNATURE) or len(content) > MAX_TNEF_BYTES or not _is_countable(content):
        return Unwrapped(defects=("winmail.dat: damaged or too large, not unpacked",))
    try:
        stream = TNEF(content, do_checksum=False)
        files = tuple(TnefFile(_text(file.long_filename()), bytes(file.data)) for file in stream.attachments)
        text, html = _text(stream.body), _text(stream.htmlbody)
    except Exception:  # the library meets damage with a dozen exception types (measured)
        return Unwrapped(defects=("winmail.dat: damaged, not unpacked",))
    return Unwrapped(tuple(file for file in files if file.payload)[:MAX_TNEF_FILES], text, html)


def _is_countable(content: bytes) -> bool:
    """Whether the objects are few: the library copies all that is left of the stream for every one of them."""
    at, count = _FIRST_OBJECT, 0
    while at + _OBJECT_HEADER.size < len(content) and count <= MAX_TNEF_OBJECTS:
        _, _, length = _OBJECT_HEADER.unpack_from(content, at)
        at += _OBJECT_HEADER.size + length + _CHECKSUM_BYTES
        count += 1
    return count <= MAX_TNEF_OBJECTS


def _text(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace") if _is_utf8(value) else value.decode("cp1252", "replace")
    return value.rstrip("\x00") if isinstance(value, str) else ""


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode("utf-8")
    except UnicodeError:
        return False
    return True
