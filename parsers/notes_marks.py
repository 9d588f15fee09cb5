"""What Lotus Notes prints above a quotation: names, date and labels as a table drawn with blanks or frames.

The labels stand alone behind or below the names, so they are no header block; the table as a whole is told by them.
"""

import re

from parsers.header_blocks import Block, label_of
from parsers.quotes import BLANK, OWN, Page

_TABLE_LINES = 16
_ABOVE_LINES = 5
_FRAME_TOP = re.compile(r"\|-{3,}\+-{3,}>?$")
_FRAME_RULE = re.compile(r"[>|]?-{10,}\|$")
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}[ ,]{1,3}\d{1,2}[:.]\d\d.{0,20}")
# In a table of blanks a label ends its line, far behind whatever else is there.
_FAR = "          "


def find_notes_mark(page: Page, at: int, line: str, block: Block | None) -> tuple[int, int] | None:
    """First line of and line behind the table in which line `at` has the first label; `block` if it is one's.

    `line` is that line as it is compared.
    """
    if block is not None:
        return _stacked(page, at, block) if block.values.keys() == {"to", "cc", "subject"} else None
    if len(line) <= 4:
        return _lone_labels(page, at) if _is_lone_label(line, "to") else None
    return _columns(page, at) if _FAR in page.lines[at] and _is_last_label(page.lines[at], "to") else None


def find_framed_mark(page: Page, at: int) -> tuple[int, int] | None:
    """The same for the top of a frame: a box with name and date, below it one with the labels between two rules."""
    if not _FRAME_TOP.match(page.line(at)):
        return None
    below = range(at + 1, min(at + 2 * _TABLE_LINES, len(page)))
    rules = [row for row in below if _FRAME_RULE.match(page.line(row))]
    if len(rules) < 2 or not any(label_of(page.lines[row]) for row in range(rules[0], rules[1])):
        return None
    return at, rules[1] + 1


def _stacked(page: Page, at: int, block: Block) -> tuple[int, int] | None:
    """Name and date on lines of their own above the labels, of which Notes never leaves one out."""
    start = _dated_above(page, at)
    is_dated = start is not None and any(_DATE.fullmatch(page.line(row)) for row in range(start, at))
    return (start, block.end) if start is not None and is_dated else None


def _lone_labels(page: Page, at: int) -> tuple[int, int] | None:
    """Labels alone on their lines, each with its value below; HTML tables come out so."""
    rest = range(at + 1, min(at + _TABLE_LINES, len(page)))
    subject = next((row for row in rest if _is_lone_label(page.line(row), "subject")), None)
    start = _dated_above(page, at)
    return None if subject is None or start is None else (start, subject + 2)


def _columns(page: Page, at: int) -> tuple[int, int] | None:
    """Names and date in the left column, labels at the end of the lines, values in the middle."""
    rest = range(at + 1, min(at + _TABLE_LINES, len(page)))
    subject = next((row for row in rest if _is_last_label(page.lines[row], "subject")), None)
    if subject is None:
        return None
    start = at
    while start and (page.kinds[start - 1] == BLANK or page.lines[start - 1].startswith(_FAR)):
        start -= 1
    value = page.following(subject + 1)
    has_value = value < len(page) and page.lines[value].startswith(_FAR)
    return page.following(start, blanks=len(page)), value + 1 if has_value else subject + 1


def _dated_above(page: Page, at: int) -> int | None:
    """The first line of name and date directly above the labels."""
    above = [row for row in range(max(at - _ABOVE_LINES, 0), at) if page.kinds[row] == OWN]
    dated = [row for row in above if sum(char.isdigit() for char in page.line(row)) >= 6 and len(page.line(row)) < 60]
    if not dated:
        return None
    return dated[-1] - 1 if dated[-1] and page.kinds[dated[-1] - 1] == OWN else dated[-1]


def _is_lone_label(line: str, field: str) -> bool:
    return len(line) < 20 and label_of(line + ":") == (field, "")


def _is_last_label(line: str, field: str) -> bool:
    label = line.rstrip().rpartition(_FAR)[2].strip()
    return _is_lone_label(label, field)
