"""Text in `format=flowed` (RFC 3676) back to the paragraphs its author wrote."""

from collections.abc import Iterator

_SIGNATURE = "-- "


def unflow(text: str, delsp: bool) -> str:
    """Join flowed lines into paragraphs; `delsp` is the parameter DelSp=yes (the space at a soft end is not text).

    Quoted lines keep their depth as `>` marks and one space; lines of unlike depth are never joined (RFC 3676 4.5),
    nor is the signature delimiter (4.3).
    """
    return "\n".join(_paragraphs(text.replace("\r\n", "\n").split("\n"), delsp))


def _paragraphs(lines: list[str], delsp: bool) -> Iterator[str]:
    flowing: list[str] = []
    depth = 0
    for raw in lines:
        line_depth, line = _unstuffed(raw)
        if flowing and (line_depth != depth or line == _SIGNATURE):
            yield _quoted(depth, "".join(flowing).rstrip(" "))
            flowing = []
        depth = line_depth
        if line.endswith(" ") and line != _SIGNATURE:
            flowing.append(line[:-1] if delsp else line)
            continue
        yield _quoted(depth, "".join([*flowing, line]))
        flowing = []
    if flowing:
        yield _quoted(depth, "".join(flowing).rstrip(" "))


def _unstuffed(line: str) -> tuple[int, str]:
    """Quote depth and content of a line, without the one space of space-stuffing (RFC 3676 4.4)."""
    content = line.lstrip(">")
    return len(line) - len(content), content.removeprefix(" ")


def _quoted(depth: int, line: str) -> str:
    return f"{'>' * depth} {line}".rstrip(" ") + (" " if line == _SIGNATURE else "") if depth else line
