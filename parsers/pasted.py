"""Header blocks that a person pasted in the middle of a mail and wrote on below, told from a client's.

A client's block has the other mail below it and nothing else. A pasted one shows by where it ends: it is indented or
between two rules, it has the fields of a raw header, or the writer signs below it.
"""

import re
from dataclasses import dataclass

from parsers.header_blocks import Block, read_addresses
from parsers.marks import Mark, MarkKind, Marks
from parsers.phrases import CLOSINGS, fold, folded
from parsers.quotes import BLANK, OWN, Page

_MIN_INDENT = 2
_LOOKED_LINES = 400
_NAME_LINES = 3
_CLOSINGS = folded(CLOSINGS)
# Fields that a client never prints; who pastes them asks about the mail's way.
_RAW_FIELD = re.compile(
    r"(?:received|return-path|delivered-to|dkim-signature|authentication-results|received-spf|arc-[a-z-]{1,40}"
    r"|mime-version|content-transfer-encoding|x-[a-z0-9-]{1,60}):",
    re.IGNORECASE,
)
# Not of underscores: those are Outlook's, which begins each older mail with one.
_FENCE = re.compile(r"([-=*~#+])\1{2,200}|`{3}|\"{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Who wrote the mail, by the name in From, and the domains he wrote it to."""

    name: str = ""
    addressed: frozenset[str] = frozenset()


NOBODY = Writer()


def find_resumed(marks: Marks, mark: Mark, writer: Writer) -> int | None:
    """The line at which the writer's own words go on below the mark, None if all below is the other mail's.

    The mark's own first line, where the pasted mail cannot be told from the words around it: nothing is lost then.
    """
    if mark.kind is not MarkKind.BLOCK or mark.block is None:
        return None
    page = marks.page
    if _is_raw_header(page, mark) or _is_signed(marks, mark, mark.block, writer):
        return mark.start
    return _behind_indented(page, mark) or _behind_fence(marks, mark)


def _is_raw_header(page: Page, mark: Mark) -> bool:
    around = range(max(mark.start - 1, 0), min(mark.end + 1, len(page)))
    return any(_RAW_FIELD.match(page.line(row)) for row in around)


def _behind_indented(page: Page, mark: Mark) -> int | None:
    """The first line that stands further left than the block and the lines below it."""
    indent = min(_indent(page.lines[row]) for row in range(mark.start, mark.end) if page.kinds[row] != BLANK)
    if indent < _MIN_INDENT:
        return None
    below = [row for row in range(mark.end, min(mark.end + _LOOKED_LINES, len(page))) if page.kinds[row] != BLANK]
    resumed = next((row for row in below if _indent(page.lines[row]) < _MIN_INDENT), None)
    return resumed if resumed is not None and resumed != below[0] and page.kinds[resumed] == OWN else None


def _indent(line: str) -> int:
    return len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())


def _behind_fence(marks: Marks, mark: Mark) -> int | None:
    """The line behind the rule that closes what the same rule above the block opened."""
    page = marks.page
    fence = page.line(mark.start)
    if not _FENCE.fullmatch(fence):
        return None
    rows = range(mark.end, min(mark.end + _LOOKED_LINES, len(page)))
    closing = next((row for row in reversed(rows) if page.line(row) == fence), None)
    below = None if closing is None else page.following(closing + 1)
    if below is None or below >= len(page) or page.kinds[below] != OWN or marks.at(below) is not None:
        return None
    return below


def _is_signed(marks: Marks, mark: Mark, block: Block, writer: Writer) -> bool:
    """Whether the writer's full name stands below a closing, in a text that holds no mail but the pasted one.

    Not where he answers the block's sender, whose mail may well hold what he wrote before.
    """
    page, name = marks.page, fold(writer.name)
    sender = next((person.address for person in read_addresses(block.values.get("from", ""))), "")
    is_answered = not sender or sender.rpartition("@")[2] in writer.addressed
    if is_answered or " " not in name or name in fold(block.values.get("from", "")):
        return False
    rows = [row for row in range(mark.end, min(mark.end + _LOOKED_LINES, len(page))) if page.kinds[row] != BLANK]
    signed = next((at for at, row in enumerate(rows) if fold(page.line(row)).strip(" ,.") == name), None)
    if not signed or any(page.kinds[row] != OWN for row in rows[:signed]):
        return False
    above = rows[max(signed - _NAME_LINES, 0) : signed]
    if not any(fold(page.line(row)).strip(" ,.!") in _CLOSINGS for row in above):
        return False
    return all(marks.at(row) is None for row in rows[:signed])
