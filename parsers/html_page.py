"""The page that HTML is written onto: lines with quote depth, blank lines, list markers and table rows.

Knows nothing of tags. Places are line numbers until `finish` turns them into character offsets, because a line may
still be merged into a table row or gain a quote prefix.
"""

import re
from collections.abc import Sequence

_BLANKS = " \n\t\r\f"  # white space as HTML means it: not the no-break space
_SPACES = re.compile(r"[ \t\n\r\f]+")
# Invisible characters that senders put into texts for layout; joiners stay, Persian and emoji need them.
_INVISIBLE = re.compile("[\u200b\ufeff\u00ad\u034f\u2060]+")
_BREAKS = re.compile("[\u0085\u2028\u2029]")
_LIST_BULLET = re.compile(r"^(?:[·•§●○▪◦\uf0b7\uf0a7\uf0fc]|o(?=\xa0))[\s\xa0]*")
_LIST_NUMBER = re.compile(r"^(\w{1,4}[.)])[\s\xa0]+")
# Spaces and tabs of preformatted text hide behind these while the others are collapsed.
_PREFORMATTED = str.maketrans({" ": "\xa0", "\t": "\x1f"})
Place = tuple[int, int]
_MAX_QUOTE_DEPTH = 12
_MAX_INDENT = 8
_LONG_LINK = 8
_WIDE_CELL = 100


class Page:
    """Collects inline text into lines. `depth` is the number of quotations around what is written next."""

    __slots__ = ("_buffer", "_depths", "_gap", "_is_listed", "_marker", "depth", "indent", "lines")

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.depth = 0
        self.indent = 0
        self._depths: list[int] = []
        self._buffer: list[str] = []
        self._marker = ""
        self._gap = True
        self._is_listed = False

    def add(self, text: str) -> None:
        """Inline text; runs of white space will count as one space."""
        if not self._buffer:
            text = text.lstrip(_BLANKS)
        if text:
            self._buffer.append(text)

    def add_preformatted(self, text: str) -> None:
        """Text whose spaces, tabs and line ends are kept."""
        first, *whole = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._buffer.append(first.translate(_PREFORMATTED))
        if not whole:
            return
        last = whole.pop()
        if not self.break_line():
            whole.insert(0, "")
        self._push_whole([_shown(line) for line in whole])
        self._buffer.append(last.translate(_PREFORMATTED))

    def add_marker(self, marker: str) -> None:
        """A bullet or number for the line that is written next."""
        self.break_line()
        self._marker = marker

    def add_lines(self, text: str) -> None:
        """Text of many lines at once, blank ones left out."""
        self.break_line()
        self._push_whole([line for raw in text.split("\n") if (line := self._laid_out(raw))])

    def add_behind(self, text: str) -> None:
        """Inline text that belongs behind what was written last, even if that ended its line."""
        if self._buffer or not self.lines:
            self._buffer.append(text)
        else:
            self.lines[-1] += text

    def place(self) -> Place:
        """Where the next inline text goes."""
        return len(self.lines), len(self._buffer)

    def has_text(self) -> bool:
        """Whether a line is begun."""
        return any(not text.isspace() for text in self._buffer)

    def text_since(self, place: Place) -> str:
        """What was written from that place on, or the first lines of it."""
        if len(self.lines) == place[0]:
            return "".join(self._buffer[place[1] :])
        return "\n".join([*self.lines[place[0] : place[0] + _LONG_LINK], *self._buffer])

    def last_line(self) -> int:
        """The number of the last line that holds anything, or -1."""
        last = len(self.lines) - 1
        return last if last < 0 or self.lines[last] else last - 1

    def mark_listed(self) -> None:
        """The current line starts with a list marker of its own, as Word writes them."""
        self._is_listed = True

    def break_line(self) -> bool:
        """End the current line if it holds anything; True if it did."""
        if not self._buffer:
            return False
        raw = "".join(self._buffer)
        self._buffer.clear()
        line = self._laid_out(raw)
        if line:
            self._push_spaced(line)
        elif "\xa0" in raw:
            self._gap = True
        return bool(line)

    def new_line(self) -> None:
        """An explicit line break: on an empty line it makes a blank one."""
        if not self.break_line():
            self._gap = True

    def leave_gap(self) -> None:
        """End the line; a blank line comes before the next text."""
        self.break_line()
        self._gap = True

    def merge(self, cells: Sequence[int], *, is_first: bool) -> None:
        """Put a table row, whose cells start at these lines, into one line if each cell is one short line."""
        if len(self.lines) - cells[0] > 3 * len(cells):
            return
        texts = [self._filled(start, end) for start, end in zip(cells, [*cells[1:], len(self.lines)], strict=True)]
        filled = [lines for lines in texts if lines]
        if len(filled) < 2 or any(len(lines) > 1 or len(self.lines[lines[0]]) > _WIDE_CELL for lines in filled):
            return
        numbers = [lines[0] for lines in filled]
        if len({self._depths[number] for number in numbers}) > 1:
            return
        label, *rest = (self.lines[number].strip() for number in numbers)
        first = numbers[0] if is_first else cells[0]
        self.lines[first:] = [f"{label} {' | '.join(rest)}" if label.endswith(":") else " | ".join((label, *rest))]
        self._depths[first:] = [self._depths[numbers[0]]]
        self._gap = False

    def finish(self) -> tuple[str, list[int]]:
        """The text, and for each line the offset of its first character. One offset more marks the end."""
        self.break_line()
        offsets = [0]
        whole: list[str] = []
        for line, depth in zip(self.lines, self._depths, strict=True):
            quoted = f"{'> ' * depth}{line}" if line else ("> " * depth).rstrip()
            whole.append(quoted)
            offsets.append(offsets[-1] + len(quoted) + 1)
        return "\n".join(whole), offsets

    def _filled(self, start: int, end: int) -> list[int]:
        return [number for number in range(start, end) if self.lines[number]]

    def _laid_out(self, raw: str) -> str:
        line = (_SPACES.sub(" ", raw) if "\n" in raw or "  " in raw or "\t" in raw or "\f" in raw else raw).strip(
            _BLANKS
        )
        if self._is_listed:
            line = _LIST_NUMBER.sub(r"\1 ", _LIST_BULLET.sub("- ", line.lstrip("\xa0")))
            self._is_listed = False
        shown = _shown(line).replace("\x1f", "\t")
        # The signature delimiter is "-- " with its space (RFC 3676 4.3), which a rendered line end would lose.
        return "-- " if shown == "--" and raw.rstrip("\r\n").endswith(("-- ", "--\xa0")) else shown

    def _push_spaced(self, line: str) -> None:
        if self._gap and self.lines and self.lines[-1]:
            self._push("", min(self.depth, self._depths[-1]))
        self._gap = False
        indent = "  " * min(self.indent, _MAX_INDENT)
        if self._marker:
            indent = indent[2:] + self._marker
            self._marker = ""
        self._push(indent + line)

    def _push_whole(self, lines: list[str]) -> None:
        """Lines that are laid out already, at once: there may be very many."""
        if self._gap:
            filled = next((number for number, line in enumerate(lines) if line), None)
            if filled is None:
                return
            self._push_spaced(lines[filled])
            lines = lines[filled + 1 :]
        self.lines += lines
        self._depths += [min(self.depth, _MAX_QUOTE_DEPTH)] * len(lines)

    def _push(self, line: str, depth: int | None = None) -> None:
        self.lines.append(line)
        self._depths.append(min(self.depth if depth is None else depth, _MAX_QUOTE_DEPTH))


def _shown(line: str) -> str:
    """A line as people see it: no invisible characters, no trailing space, no character that breaks lines."""
    if not line.isascii():
        line = _BREAKS.sub(" ", _INVISIBLE.sub("", line)).replace("\xa0", " ")
    return line.rstrip(" \t\f\x1f")
