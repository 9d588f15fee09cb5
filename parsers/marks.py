"""Marks: the lines that clients put above the words of another mail, found on a page from one line downwards.

A mark is an attribution, a header block, a separator, or a separator with one of the others below it.
"""

from dataclasses import dataclass, replace
from enum import Enum
from itertools import islice

from parsers.attributions import ATTRIBUTION_LINES, find_attribution
from parsers.header_blocks import Block, find_bare_block, find_block, label_of
from parsers.notes_marks import find_framed_mark, find_notes_mark
from parsers.quotes import BLANK, OWN, Page
from parsers.separators import Separator, is_forward_title, is_heading_line, may_separate, read_separator

# So many of the sender's own lines are looked at: a mail with more above its quotation is a pasted log, or an attack.
LOOKED_LINES = 4000
_RESENT_LINES = 12


class MarkKind(Enum):
    """What a mark says about the mail below it."""

    FORWARD = "a separator that names a forward"
    ORIGINAL = "a separator above a reply's quotation or a forward"
    BLOCK = "a header block"
    ATTRIBUTION = "an attribution"
    REPLY_ABOVE = "a help desk's request to write above it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Lines `start` up to `end` that stand above another mail; `block` if a header block is among them."""

    kind: MarkKind
    start: int
    end: int
    block: Block | None = None


class Marks:
    """The marks of a page, each sought once, however many readers ask for it."""

    __slots__ = ("_found", "page")

    def __init__(self, page: Page) -> None:
        self.page = page
        self._found: dict[int, Mark | None] = {}

    def at(self, row: int) -> Mark | None:
        """The mark that the line starts, or, for a wrapped attribution, ends; with a rule directly above it."""
        if row not in self._found:
            self._found[row] = _find_ruled_mark(self.page, row)
        return self._found[row]


def _find_ruled_mark(page: Page, at: int) -> Mark | None:
    mark = _find_mark(page, at)
    if mark is None:
        return None
    above = _own_above(page, mark.start)
    if above is not None and mark.kind is MarkKind.BLOCK and is_forward_title(page.line(above)):
        mark = replace(mark, kind=MarkKind.FORWARD, start=above)
    return replace(mark, start=start_with_rule(page, mark.start))


def start_with_rule(page: Page, start: int) -> int:
    """The line of the rule directly above, if there is one, else `start`."""
    above = _own_above(page, start)
    is_ruled = above is not None and read_separator(page.line(above)) is Separator.RULE
    return above if above is not None and is_ruled else start


def _own_above(page: Page, start: int) -> int | None:
    """The line above, at most one blank one away, if it is the writer's or his client's own."""
    row = start - 1
    while row >= 0 and start - row < 3 and page.kinds[row] == BLANK:
        row -= 1
    return row if row >= 0 and start - row < 3 and page.kinds[row] == OWN else None


def find_end(page: Page, start: int) -> int | None:
    """The line from `start` on that ends a forward ("----- End forwarded message -----"); None if there is none."""
    dashed = (row for row in range(start, len(page)) if page.lines[row].lstrip()[:1] == "-")
    looked = islice(dashed, LOOKED_LINES)
    return next((row for row in looked if read_separator(page.line(row)) is Separator.END), None)


def _find_mark(page: Page, at: int) -> Mark | None:
    line = page.line(at)
    if at in page.forwards:
        # Mark-up counts the separator to the forward in some clients (Gmail, Apple Mail), in others it has none.
        return _with_origin(page, MarkKind.FORWARD, at, at + (read_separator(line) is not None))
    if not line:
        return None
    if line[:2] == "|-" and (frame := find_framed_mark(page, at)):
        return Mark(kind=MarkKind.BLOCK, start=frame[0], end=frame[1])
    has_colon = ":" in line or "：" in line
    separator = read_separator(line) if may_separate(line) else None
    if separator is not None:
        return _separated(page, separator, at)
    block = find_block(page.lines, at) if has_colon else None
    if block is not None and block.is_certain:
        return Mark(kind=MarkKind.BLOCK, start=at, end=block.end, block=block)
    first = find_attribution(page, at)
    if first is not None:
        return Mark(kind=MarkKind.ATTRIBUTION, start=first, end=at + 1)
    table = find_notes_mark(page, at, line, block)
    return Mark(kind=MarkKind.BLOCK, start=table[0], end=table[1]) if table else None


def _separated(page: Page, separator: Separator, at: int) -> Mark | None:
    match separator:
        case Separator.FORWARD:
            mark = _with_origin(page, MarkKind.FORWARD, at, at + 1)
            has_origin = mark.end > at + 1 or page.is_quoted(page.following(at + 1))
            return mark if has_origin or not is_heading_line(page.line(at)) else None
        case Separator.ORIGINAL:
            return _with_origin(page, MarkKind.ORIGINAL, at, at + 1)
        case Separator.REPLY_ABOVE:
            return Mark(kind=MarkKind.REPLY_ABOVE, start=at, end=at + 1)
        case Separator.RULE:
            return _ruled(page, at)
        case Separator.END:
            return None


def _with_origin(page: Page, kind: MarkKind, start: int, end: int) -> Mark:
    """The mark with the header block or attribution that names the other mail's origin, if one is below."""
    below = page.following(end)
    if below == len(page):
        return Mark(kind=kind, start=start, end=end)
    block = _titled_block(page, below)
    if block is not None:
        return Mark(kind=kind, start=start, end=_behind_title(page, start, block.end), block=block)
    for last in range(below, min(below + ATTRIBUTION_LINES, len(page))):
        if page.kinds[last] != OWN:
            break
        if find_attribution(page, last) is not None:
            return Mark(kind=kind, start=start, end=last + 1)
    return Mark(kind=kind, start=start, end=end)


def _titled_block(page: Page, below: int) -> Block | None:
    """The block below a title; there it needs few labels, and may begin with one such as "Resent-From"."""
    row = below
    while row < min(below + _RESENT_LINES, len(page)) and (label := label_of(page.lines[row])) and label[0] == "other":
        row = page.following(row + 1)
    block = find_block(page.lines, row) or find_bare_block(page.lines, row) if row < len(page) else None
    return block if block is not None and (len(block.values) > 1 or "from" in block.values) else None


def _behind_title(page: Page, start: int, end: int) -> int:
    """The line behind the block, and behind the title that Zoho repeats there."""
    is_repeated = end < len(page) and len(page.line(start)) > 8 and page.line(end) == page.line(start)
    return end + is_repeated


def _ruled(page: Page, at: int) -> Mark | None:
    """A rule counts with a header block below it (Outlook on the web and on phones), else it is the writer's own."""
    below = page.following(at + 1)
    if below == len(page) or page.kinds[below] != OWN:
        return None
    block = find_block(page.lines, below)
    if block is None or not block.is_certain:
        return None
    return Mark(kind=MarkKind.BLOCK, start=at, end=block.end, block=block)
