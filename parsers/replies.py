"""What is new in a mail: its text split into what the sender wrote, the signature, and other people's words.

Nothing is dropped: each line that is not blank goes into exactly one of the three, in its order. What looks doubtful
stays in the reply, because a quotation too many does less harm than a sentence lost.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from parsers.attributions import ATTRIBUTION_LINES, is_attribution
from parsers.cuts import NO_CUTS, Cuts
from parsers.initials import with_initials_quoted
from parsers.marks import LOOKED_LINES, Mark, MarkKind, Marks, find_end
from parsers.pasted import NOBODY, Writer, find_resumed
from parsers.quotes import BLANK, OWN, QUOTED, Page, read_page, unquote
from parsers.signatures import find_signature

# Our own notices carry a line with this mark; whatever a client does to the line, all below it is ours.
CUT_LINE_MARK = "##-- postroom:"

# Clients make one dash of two, and wrap the line behind quote marks.
_CUT_LINE = re.compile(r"##[-–—]{1,2}[^\S\n]{0,4}(?:\n[>|\s]{0,20})?postroom:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """The three parts of a mail's text; each may be empty."""

    reply: str
    signature: str
    quoted: str


class _Kind(Enum):
    OWN = "the sender's words"
    MARK = "what a client put above a quotation"
    QUOTE = "a quotation marked line by line"
    TAIL = "everything below a mark"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    kind: _Kind
    start: int
    end: int
    is_attributed: bool = False


def split_reply(text: str, cuts: Cuts = NO_CUTS, writer: Writer = NOBODY) -> Split:
    """Split a mail's whole text. `cuts` are what its HTML says of quotations, signatures and forwards.

    `writer` is whom the mail is from: who signs below a header block has pasted it.
    """
    return split_page(Marks(read_page(text, cuts)), text, writer)


def split_page(marks: Marks, text: str, writer: Writer = NOBODY) -> Split:
    """The same, where the text is read already."""
    page = _below_cut_line_quoted(with_initials_quoted(marks.page), text)
    stretches = _stretches(marks if page is marks.page else Marks(page), writer)
    signature = _signature_lines(page, stretches)
    own = {row for stretch in stretches if stretch.kind is _Kind.OWN for row in range(stretch.start, stretch.end)}
    kept = {row for stretch in _answered(page, stretches, signature) for row in range(stretch.start, stretch.end)}
    owners = ["s" if row in signature else "r" if row in own or row in kept else "q" for row in range(len(page))]
    for row in range(1, len(page)):
        if page.kinds[row] == BLANK:
            owners[row] = owners[row - 1]
    return Split(reply=_part(page, owners, "r"), signature=_part(page, owners, "s"), quoted=_part(page, owners, "q"))


def _part(page: Page, owners: list[str], owner: str) -> str:
    lines = [line for line, its_owner in zip(page.lines, owners, strict=True) if its_owner == owner]
    return "\n".join(lines).strip("\n").rstrip()


def _below_cut_line_quoted(page: Page, text: str) -> Page:
    found = _CUT_LINE.search(text)
    if found is None:
        return page
    row = text.count("\n", 0, found.start())
    below = "".join(kind if kind == BLANK else QUOTED for kind in page.kinds[row:])
    return replace(page, kinds=page.kinds[:row] + below)


def _stretches(marks: Marks, writer: Writer) -> list[_Stretch]:
    """The page from top to bottom: own words, marks, quotations, and what stands unquoted below a mark."""
    page = marks.page
    found: list[_Stretch] = []
    own_start = at = looked = 0
    while at < len(page):
        if page.kinds[at] == BLANK:
            at += 1
            continue
        if page.kinds[at] == QUOTED:
            _add_own(found, page, own_start, at)
            head = _marked_up_attribution(page, at)
            if head > at:
                found.append(_Stretch(kind=_Kind.MARK, start=at, end=head))
            stretch = _quotation(page, head, is_marked=bool(found) and found[-1].kind is _Kind.MARK)
        else:
            looked += 1
            if looked > LOOKED_LINES:
                at = page.kinds.rindex(OWN) + 1
                continue
            mark = marks.at(at)
            resumed = find_resumed(marks, mark, writer) if mark else None
            if mark is None or resumed == mark.start:
                at = at + 1 if mark is None else max(mark.end, at + 1)
                continue
            _add_own(found, page, own_start, mark.start)
            stretch = _marked(page, mark, resumed, is_first=not found)
        found.append(stretch)
        own_start = at = stretch.end
    _add_own(found, page, own_start, len(page))
    return found


def _add_own(found: list[_Stretch], page: Page, start: int, end: int) -> None:
    if OWN in page.kinds[start:end]:
        found.append(_Stretch(kind=_Kind.OWN, start=start, end=end))


def _marked_up_attribution(page: Page, start: int) -> int:
    """The first line with a quote mark, where mark-up counts the attribution above it to the quotation too."""
    for row in range(start, min(start + ATTRIBUTION_LINES + 2, len(page))):
        if page.kinds[row] == OWN:
            break
        if unquote(page.lines[row]) != page.lines[row]:
            return row
    return start


def _quotation(page: Page, start: int, *, is_marked: bool) -> _Stretch:
    end = start
    while end < len(page) and page.kinds[end] != OWN:
        end += 1
    return _Stretch(
        kind=_Kind.QUOTE, start=start, end=end, is_attributed=is_marked or _starts_with_attribution(page, start, end)
    )


def _starts_with_attribution(page: Page, start: int, end: int) -> bool:
    """Whether the attribution is behind quote marks itself, as Apple Mail has it."""
    joined = ""
    for row in range(start, min(start + ATTRIBUTION_LINES, end - 1)):
        line = unquote(page.line(row)).strip()
        joined = f"{joined} {line}".strip()
        if line.endswith((":", "：")) and is_attribution(joined, quote_follows=False):
            return True
    return False


def _marked(page: Page, mark: Mark, resumed: int | None, *, is_first: bool) -> _Stretch:
    """A mark above a marked quotation ends there; any other takes all that follows, up to the end of a forward or
    of what was pasted."""
    below = page.following(mark.end)
    if page.is_quoted(below):
        return _Stretch(kind=_Kind.MARK, start=mark.start, end=below)
    if mark.kind is MarkKind.REPLY_ABOVE and is_first:
        return _Stretch(kind=_Kind.MARK, start=mark.start, end=mark.end)
    if resumed is not None:
        return _Stretch(kind=_Kind.TAIL, start=mark.start, end=resumed)
    ending = find_end(page, mark.end) if mark.kind is MarkKind.FORWARD else None
    return _Stretch(kind=_Kind.TAIL, start=mark.start, end=len(page) if ending is None else ending + 1)


def _signature_lines(page: Page, stretches: list[_Stretch]) -> frozenset[int]:
    """Lines of the last own words that are signature; of those before too, where the last are nothing else."""
    own = [stretch for stretch in stretches if stretch.kind is _Kind.OWN]
    marked_up = _marked_up_signature(page, own)
    found = set(marked_up)
    for stretch in reversed(own):
        rows = [row for row in range(stretch.start, stretch.end) if row not in marked_up]
        signature = find_signature([page.lines[row] for row in rows], is_continued=stretch is not own[0])
        found.update(rows[index] for index in signature)
        if not _is_all(page, stretch, found):
            break
    return frozenset(found)


def _marked_up_signature(page: Page, own: list[_Stretch]) -> frozenset[int]:
    """What mark-up calls signature, unless nothing else is written: people type into their signature's element."""
    rows = frozenset(row for stretch in own for row in range(stretch.start, stretch.end) if row in page.signatures)
    return frozenset() if all(_is_all(page, stretch, rows) for stretch in own) else rows


def _is_all(page: Page, stretch: _Stretch, rows: Iterable[int]) -> bool:
    return all(page.kinds[row] == BLANK or row in rows for row in range(stretch.start, stretch.end))


def _answered(page: Page, stretches: list[_Stretch], signature: frozenset[int]) -> list[_Stretch]:
    """The quotations that stay in the reply, because an answer stands directly below each.

    One attributed quotation as a whole above the answer is bottom-posting; it goes with the quoted words.
    """
    answered: list[_Stretch] = []
    is_selective = False
    for index, stretch in enumerate(stretches):
        if stretch.kind is not _Kind.QUOTE:
            continue
        is_selective = is_selective or (bool(answered) and not stretch.is_attributed)
        below = stretches[index + 1] if index + 1 < len(stretches) else None
        if below is not None and below.kind is _Kind.OWN and not _is_all(page, below, signature):
            answered.append(stretch)
    if is_selective:
        return answered
    return [stretch for stretch in answered if not stretch.is_attributed]
