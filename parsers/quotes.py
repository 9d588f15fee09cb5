"""A mail's text as lines, each known to be blank, quoted or the writer's own by its first character or by mark-up.

Here is only what one line shows by itself; what stands above a quotation is found in `marks`.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass

from parsers.cuts import NO_CUTS, Cuts, Span
from parsers.phrases import visible

# Longer lines are never what a client wrote around a quotation; cutting them keeps every match linear in the text.
MATCHED_CHARS = 400
# More lines of mark-up's quotation before its first ">" than an attribution takes: it is all quotation.
ATTRIBUTION_LINES = 4
# Transport wraps lines here (RFC 5322 2.1.1 recommends 78); what is pushed out loses its quote mark.
WRAP_COLUMN = 72

BLANK, QUOTED, OWN = "-", ">", "t"

_QUOTE_MARK = re.compile(r"[ \t\u00a0|]{0,8}(?:>|＞|&gt;)")
_PREFIX = re.compile(r"[ \t\u00a0|]{0,8}(?:>|＞|&gt;) ?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The lines of a text and, for each, what it is; `forwards` are the first lines of mails forwarded by mark-up."""

    lines: tuple[str, ...]
    kinds: str
    signatures: frozenset[int] = frozenset()
    forwards: frozenset[int] = frozenset()

    def __len__(self) -> int:
        return len(self.lines)

    def line(self, index: int) -> str:
        """The line as it is compared: cut, visible characters only, stripped."""
        return visible(self.lines[index][:MATCHED_CHARS])

    def following(self, index: int, *, blanks: int = 3) -> int:
        """The next line from `index` on that is not blank; the length of the page if there is none so near."""
        for at in range(index, min(index + blanks + 1, len(self.lines))):
            if self.kinds[at] != BLANK:
                return at
        return len(self.lines)

    def is_quoted(self, index: int) -> bool:
        """Whether there is such a line and it is a quoted one."""
        return index < len(self.lines) and self.kinds[index] == QUOTED


def read_page(text: str, cuts: Cuts = NO_CUTS) -> Page:
    """The text's lines; `cuts` are characters of `text` that mark-up calls quotation, signature or forward."""
    lines = tuple(line.rstrip("\r") for line in text.split("\n"))
    kinds = [_kind(line) for line in lines]
    if cuts == NO_CUTS:
        _join_wrapped(lines, kinds)
        return Page(lines=lines, kinds="".join(kinds))
    starts = _line_starts(text)
    for span in cuts.quotes:
        _mark_quotes(kinds, _lines_within(starts, span))
    for span in cuts.own:
        kinds[_lines_within(starts, span).start] = OWN
    signatures = (index for span in cuts.signatures for index in _lines_within(starts, span))
    forwards = (_lines_within(starts, span) for span in cuts.forwards)
    return Page(
        lines=lines,
        kinds="".join(kinds),
        signatures=frozenset(signatures),
        forwards=frozenset(rows.start for rows in forwards if rows),
    )


def unquote(line: str) -> str:
    """The line without its outermost quote mark."""
    mark = _PREFIX.match(line)
    return line[mark.end() :] if mark else line


def _kind(line: str) -> str:
    head = line[:1]
    if head == ">":
        return QUOTED
    if head.isalnum():
        return OWN
    if not line or line.isspace():
        return BLANK
    return QUOTED if _QUOTE_MARK.match(line) else OWN


def _join_wrapped(lines: tuple[str, ...], kinds: list[str]) -> None:
    """Give a quoted line its end back that transport wrapped onto a line of its own without a mark."""
    for index in range(1, len(lines) - 1):
        if kinds[index] != OWN or kinds[index - 1] != QUOTED or kinds[index + 1] != QUOTED:
            continue
        above, line = lines[index - 1], lines[index]
        first_word = line.split(None, 1)[0]
        if line[:1].islower() and len(line) < 40 and WRAP_COLUMN < len(above) + 1 + len(first_word) < MATCHED_CHARS:
            kinds[index] = QUOTED


def _line_starts(text: str) -> list[int]:
    starts = [0]
    starts.extend(match.end() for match in re.finditer("\n", text))
    return starts


def _lines_within(starts: list[int], span: Span) -> range:
    """The lines that begin inside the span."""
    return range(bisect_left(starts, span.start), bisect_left(starts, span.end))


def _mark_quotes(kinds: list[str], rows: range) -> None:
    """Mark lines that mark-up calls a quotation. Where quote marks are among them, unmarked ones below are answers."""
    first_mark = next((row for row in rows if kinds[row] == QUOTED), None)
    own_above = [row for row in rows if kinds[row] == OWN and (first_mark is None or row < first_mark)]
    has_marks = first_mark is not None and len(own_above) <= ATTRIBUTION_LINES
    for row in own_above if has_marks else rows:
        if kinds[row] != BLANK:
            kinds[row] = QUOTED
