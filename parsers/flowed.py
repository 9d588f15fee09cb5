"""Text in `format=flowed` (RFC 3676) back to the paragraphs its author wrote."""

from collections.abc import Iterator
from dataclasses import dataclass

from parsers.cuts import Span

_SIGNATURE = "-- "


@dataclass(frozen=True, slots=True, kw_only=True)
class Unflowed:
    """Text as paragraphs; `own` are those that begin with ">" and quote nobody: their writer typed it."""

    text: str
    own: tuple[Span, ...] = ()


def unflow(text: str, delsp: bool) -> Unflowed:
    """Join flowed lines into paragraphs; `delsp` is the parameter DelSp=yes (the space at a soft end is not text).

    Quoted lines keep their depth as `>` marks and one space; lines of unlike depth are never joined (RFC 3676 4.5),
    nor is the signature delimiter (4.3).
    """
    own: list[Span] = []
    paragraphs: list[str] = []
    at = 0
    for depth, paragraph in _paragraphs(text.replace("\r\n", "\n").split("\n"), delsp):
        line = _quoted(depth, paragraph)
        if not depth and line[:1] == ">":
            own.append(Span(start=at, end=at + len(line)))
        paragraphs.append(line)
        at += len(line) + 1
    return Unflowed(text="\n".join(paragraphs), own=tuple(own))


def _paragraphs(lines: list[str], delsp: bool) -> Iterator[tuple[int, str]]:
    """Each paragraph with the depth of its quotation."""
    flowing: list[str] = []
    depth = 0
    for raw in lines:
        line_depth, line = _unstuffed(raw)
        if flowing and (line_depth != depth or line == _SIGNATURE):
            yield depth, "".join(flowing).rstrip(" ")
            flowing = []
        depth = line_depth
        if line.endswith(" ") and line != _SIGNATURE:
            flowing.append(line[:-1] if delsp else line)
            continue
        yield depth, "".join([*flowing, line])
        flowing = []
    if flowing:
        yield depth, "".join(flowing).rstrip(" ")


def _unstuffed(line: str) -> tuple[int, str]:
    """Quote depth and content of a line, without the one space of space-stuffing (RFC 3676 4.4)."""
    content = line.lstrip(">")
    return len(line) - len(content), content.removeprefix(" ")


def _quoted(depth: int, line: str) -> str:
    return f"{'>' * depth} {line}".rstrip(" ") + (" " if line == _SIGNATURE else "") if depth else line
