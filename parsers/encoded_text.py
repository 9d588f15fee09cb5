"""Files written into plain text: uuencode (POSIX.1) and yEnc (yenc-draft 1.3), taken out of the text and decoded."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from parsers.transfers import decode_base64, decode_uuencode

MAX_FILES = 100

_UU_BEGIN = re.compile(r"^begin(?:-base64)? [0-7]{3,4} (\S.{0,255}?)\s*$")
_Y_BEGIN = re.compile(r"^=ybegin (?:\w+=\S+ )*?.{0,80}?\bname=(.{1,255}?)\s*$")
_Y_PART = re.compile(rb"=y(?:begin|part|end) [^\r\n]*\r?\n?")
_Y_ESCAPED = re.compile(rb"=(.)", re.DOTALL)
_Y_PLAIN = bytes((byte - 42) % 256 for byte in range(256))
_BASE64 = re.compile(r"^[A-Za-z0-9+/]{4,}={0,2}$")
_MISSING_PADDING = 3  # some encoders leave out trailing blanks of a line, others add a check character


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainText:
    """Text in which each encoded file is one marker line, and the names of those files in order."""

    text: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedFile:
    """A file that was written into text, decoded; `name` as its first line gives it."""

    name: str
    payload: bytes


def strip_encoded(text: str) -> PlainText:
    """Replace each uuencoded or yEnc block by a line `[encoded file: name]`.

    A block needs its opening line and at least one line of valid data; a sentence that starts with "begin 644" is
    left alone. An unfinished block ends at the first line that is no data. Linear.
    """
    if "begin" not in text:
        return PlainText(text=text)
    lines = text.split("\n")
    kept: list[str] = []
    names: list[str] = []
    behind = 0
    for name, start, end in _blocks(lines):
        kept += [*lines[behind:start], f"[encoded file: {name}]"]
        names.append(name)
        behind = end
    return PlainText(text="\n".join([*kept, *lines[behind:]]), names=tuple(names))


def read_encoded(payload: bytes) -> tuple[EncodedFile, ...]:
    """The files in a text's bytes, at most MAX_FILES; a damaged one as far as it can be decoded. Linear."""
    if b"begin" not in payload:
        return ()
    # Latin-1 keeps each byte, of which yEnc uses all.
    lines = payload.decode("latin-1").split("\n")
    return tuple(
        EncodedFile(name=_readable(name), payload=_decoded(lines[start:end]))
        for name, start, end in islice(_blocks(lines), MAX_FILES)
    )


def _readable(name: str) -> str:
    raw = name.encode("latin-1")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return name


def _decoded(block: Sequence[str]) -> bytes:
    raw = "\n".join(block).encode("latin-1")
    if raw.startswith(b"=ybegin"):
        data = _Y_PART.sub(b"", raw).translate(None, b"\r\n")
        # An escaped byte is shifted by 64 more; both shifts at once, so that one table does for the rest.
        return _Y_ESCAPED.sub(lambda escaped: bytes(((escaped[1][0] - 64) % 256,)), data).translate(_Y_PLAIN)
    if raw.startswith(b"begin-base64"):
        return decode_base64(raw.partition(b"\n")[2].partition(b"====")[0])
    return decode_uuencode(raw).payload


def _blocks(lines: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """File name, first line and the line behind the last, for each block in order."""
    number = 0
    while number < len(lines):
        name, end = _block_at(lines, number)
        if name:
            yield name, number, end
        number = end if name else number + 1


def _block_at(lines: Sequence[str], number: int) -> tuple[str, int]:
    """The file name of the block that begins at this line and the line behind it; an empty name if none does."""
    line = lines[number]
    if line.startswith("begin") and (found := _UU_BEGIN.match(line)):
        end = _end_of_uu(lines, number + 1, is_base64=line.startswith("begin-base64"))
    elif line.startswith("=ybegin ") and (found := _Y_BEGIN.match(line)):
        end = _end_of_yenc(lines, number + 1)
    else:
        return "", number
    return (" ".join(found[1].split()), end) if end > number + 1 else ("", number)


def _end_of_uu(lines: Sequence[str], start: int, *, is_base64: bool) -> int:
    """The line behind a block whose data starts here, or `start` if there is none."""
    end = start
    while end < len(lines) and _is_data(lines[end].rstrip("\r"), is_base64=is_base64):
        end += 1
    if end == start:
        return start
    while end < len(lines) and lines[end].strip() in ("", "`", "===="):
        end += 1
    return end + 1 if end < len(lines) and lines[end].strip() == "end" else end


def _is_data(line: str, *, is_base64: bool) -> bool:
    if is_base64:
        return bool(_BASE64.match(line))
    if not line or not " " < line[0] <= "`" or not line.isascii():
        return False
    encoded = ((ord(line[0]) - 32 & 63) + 2) // 3 * 4
    return encoded - _MISSING_PADDING <= len(line) - 1 <= encoded + 1 and max(line) <= "`" and encoded > 0


def _end_of_yenc(lines: Sequence[str], start: int) -> int:
    """The line behind `=yend`; a block without it runs to the end of the text (its data is no text either)."""
    for number in range(start, len(lines)):
        if lines[number].startswith("=yend"):
            return number + 1
        if lines[number].startswith("=ybegin ") and number > start:
            return number
    return len(lines)
