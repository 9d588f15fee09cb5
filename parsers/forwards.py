"""Inline forwards: whose mail was passed on, to whom it went, and what the forwarder wrote above it.

A separator that names a forward decides by itself. "Original Message", a bare header block and an attribution stand
above replies too; there the subject's outermost prefix decides, and without any prefix an empty comment does.
"""

import re
from dataclasses import dataclass
from enum import Enum

from parsers.attributions import ADDRESS, find_verb
from parsers.cuts import NO_CUTS, Cuts
from parsers.header_blocks import Block, find_block, read_addresses
from parsers.mail import Address, Forward
from parsers.marks import LOOKED_LINES, Mark, MarkKind, Marks, find_end, start_with_rule
from parsers.phrases import AMBIGUOUS_PREFIXES, FORWARD_PREFIXES, LABELS, REPLY_PREFIXES, fold, folded, visible
from parsers.quotes import BLANK, OWN, QUOTED, Page, read_page, unquote
from parsers.separators import Separator, read_separator

_FORWARDED = folded(FORWARD_PREFIXES)
_ANSWERED = folded(REPLY_PREFIXES)
_AMBIGUOUS = folded(AMBIGUOUS_PREFIXES)
_TAG = re.compile(r"\s*(?:\[[^\[\]]{0,60}\]|\*{2,5}[^*]{0,30}\*{2,5})\s*")
_PREFIX = re.compile(r"\s*([^\s:：\[\]()]{1,14}(?: tiếp| lời|إعادة توجيه)?)\s?(?:\[\d{1,4}\]|\(\d{1,4}\))?\s?[:：]")
_PERSON = re.compile(
    r"(?:[\"“„«][^\"“”„«»<>]{1,120}[\"”“»]|[^,<>\[\]()\"“„«\d:]{0,120}?)\s?[<\[(]\s?(?:mailto:)?[^\s<>\[\]()@]{1,100}@[^\s<>\[\]()]{1,200}[>\])]*"
)
_DATE_WORDS = re.compile(
    r"^(?:on|am|le|el|il giorno|il|em|op|den|på|dne|dňa|dnia|w dniu|în data de|la data de|στις|在|vào|pada|a|o)\s",
    re.IGNORECASE,
)
_FILLERS = re.compile(
    r"(?<!\w)(?:heeft|użytkownik|uživatel|odesílatel|používateľ|пользователь|користувач|keltezéssel|időpont:)"
    r"(?!\w)",
    re.IGNORECASE,
)
# Swedish and Norwegian put "the following" between name and address.
_FOLLOWING = re.compile(r"(?<!\w)(?:följande|følgende)(?!\w)", re.IGNORECASE)
# Yahoo's plain text has separator and header block on one line, without a space before some labels.
_RUN_ON = re.compile(r"^([ \t]*-{4,} ?[^-\n:]{4,60}-{4,})[ \t]+(\S[^\n]{10,2000})$", re.MULTILINE)
_LABELS = "|".join(row for name in ("from", "to", "cc", "subject", "date") for row in LABELS[name]).split("|")
_ANY_LABEL = "|".join(re.escape(label.capitalize()) for label in sorted(_LABELS, key=len, reverse=True) if label[1:])
_LABEL_WITHIN = re.compile(rf"(?:{_ANY_LABEL})\s?:\s")
_DASHED_LINE = re.compile(r"-{4}[^\n\d<>@]{0,90}-{4}")
_CLOSING_RULE = re.compile(r"-{30,80}")
# Apple's phones put a byte order mark where a forwarded mail begins.
_BLANK_EDGE = " \t\n\r\u00a0\ufeff"
_EDGE = ' \t,.:：;-–—_*()<>«»"“”„|'


class _Prefix(Enum):
    FORWARD = "forward"
    REPLY = "reply"
    AMBIGUOUS = "a forward or a reply, by language"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Origin:
    """Where the forwarded mail's own words begin, and what is known of it."""

    sender: Address | None = None
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    subject: str = ""
    date: str = ""


def read_forward(text: str, subject: str, cuts: Cuts = NO_CUTS) -> Forward | None:
    """The outermost mail that the text forwards inline; None if it forwards none. Inner forwards stay in its body."""
    return find_forward(Marks(read_page(text, cuts)), text, subject)


def find_forward(marks: Marks, text: str, subject: str) -> Forward | None:
    """The same, where the text is read already."""
    spread = _RUN_ON.sub(_spread, text) if "---" in text else text
    if spread != text:
        marks = Marks(read_page(spread))
    page = marks.page
    mark = _first_mark(marks, is_forward_subject=_read_prefix(subject) is _Prefix.FORWARD)
    if mark is None:
        return None
    comment = _joined(page.lines[: mark.start])
    if not _is_forward(mark, _read_prefix(subject), has_comment=bool(comment)):
        return None
    if page.is_quoted(mark.start) or page.is_quoted(page.following(mark.end)):
        page, mark = _unquoted(page, mark)
    origin = _origin(page, mark)
    return Forward(
        sender=origin.sender,
        to=origin.to,
        cc=origin.cc,
        subject=origin.subject,
        date=origin.date,
        body=_body(page, mark),
        comment=comment,
    )


def _spread(run_on: re.Match[str]) -> str:
    """The separator and each label of the block on a line of its own."""
    if read_separator(visible(run_on[1])) is not Separator.FORWARD:
        return run_on[0]
    return run_on[1] + _LABEL_WITHIN.sub(lambda label: "\n" + label[0], run_on[2])


def _read_prefix(subject: str) -> _Prefix:
    rest = visible(subject)
    while tag := _TAG.match(rest):
        rest = rest[tag.end() :]
    found = _PREFIX.match(rest)
    if found is None:
        return _Prefix.NONE
    word = fold(found[1])
    if word in _AMBIGUOUS:
        return _Prefix.AMBIGUOUS
    if word in _FORWARDED:
        return _Prefix.FORWARD
    return _Prefix.REPLY if word in _ANSWERED else _Prefix.NONE


def _first_mark(marks: Marks, *, is_forward_subject: bool) -> Mark | None:
    """The first mark of the page; behind quote marks only where everything from it on is quoted."""
    page = marks.page
    looked = 0
    for at, kind in enumerate(page.kinds):
        if kind == QUOTED and at not in page.forwards:
            return _quoted_mark(page, at, is_forward_subject=is_forward_subject)
        if kind == BLANK:
            continue
        looked += 1
        mark = marks.at(at)
        if looked > LOOKED_LINES or (mark is not None and mark.kind is not MarkKind.REPLY_ABOVE):
            return mark
    return None


def _quoted_mark(page: Page, at: int, *, is_forward_subject: bool) -> Mark | None:
    if OWN in page.kinds[at:]:
        return None
    separator = read_separator(unquote(page.line(at)))
    if separator is Separator.FORWARD:
        return Mark(kind=MarkKind.FORWARD, start=at, end=at + 1)
    if not is_forward_subject:
        return None
    # La Poste's web mail has a line with the date above the block.
    blocks = (find_block(page.lines, row) for row in range(at, min(at + 2, len(page))))
    block = next((block for block in blocks if block is not None and block.is_certain), None)
    return Mark(kind=MarkKind.BLOCK, start=start_with_rule(page, at), end=block.end, block=block) if block else None


def _is_forward(mark: Mark, prefix: _Prefix, *, has_comment: bool) -> bool:
    if mark.kind is MarkKind.FORWARD or prefix is _Prefix.FORWARD:
        return True
    if prefix is _Prefix.REPLY or mark.kind is MarkKind.ATTRIBUTION:
        return False
    if prefix is _Prefix.AMBIGUOUS:
        return mark.block is not None and not mark.block.is_finnish
    return not has_comment and mark.block is not None


def _unquoted(page: Page, mark: Mark) -> tuple[Page, Mark]:
    """The page below the mark without its quote marks, as Apple Mail and MailMate forward, and the mark on it."""
    lines = tuple(unquote(line) if row >= mark.start else line for row, line in enumerate(page.lines))
    unquoted = read_page("\n".join(lines))
    first = unquoted.following(mark.start)
    found = Marks(unquoted).at(first) if first < len(unquoted) and unquoted.kinds[first] == OWN else None
    return unquoted, found or mark


def _origin(page: Page, mark: Mark) -> _Origin:
    if mark.block is not None:
        return _block_origin(mark.block)
    lines = (page.line(row) for row in range(mark.start, mark.end))
    return _attributed_origin(" ".join(line for line in lines if not _DASHED_LINE.fullmatch(line)), mark)


def _block_origin(block: Block) -> _Origin:
    values = block.values
    senders = read_addresses(values.get("from", ""))
    return _Origin(
        sender=senders[0] if senders else None,
        to=read_addresses(values.get("to", "")),
        cc=read_addresses(values.get("cc", "")),
        subject=values.get("subject", ""),
        date=values.get("date", ""),
    )


def _attributed_origin(line: str, mark: Mark) -> _Origin:
    """Sender and date of "On DATE, NAME <address> wrote:", in whichever order the language has them."""
    if mark.kind is MarkKind.FORWARD and "@" not in line:
        return _Origin()
    without_verb = _without_verb(_FOLLOWING.sub("", line))
    person = _PERSON.search(without_verb) or ADDRESS.search(without_verb)
    if person is None:
        return _named_origin(without_verb)
    senders = read_addresses(_FILLERS.sub(" ", person[0]).strip(" ,:"))
    around = (without_verb[: person.start()], without_verb[person.end() :])
    date = next((part for part in map(_date_in, around) if part), "")
    return _Origin(sender=senders[0] if senders else None, date=date)


def _named_origin(line: str) -> _Origin:
    """Sender and date where the attribution gives a name only: the part without digits is the name."""
    parts = [part.strip(_EDGE) for part in line.split(",")]
    name = next((part for part in reversed(parts) if part and not any(char.isdigit() for char in part)), "")
    date = ", ".join(part for part in parts if part and part != name)
    sender = Address(name=_FILLERS.sub("", name).strip(), address="") if name else None
    return _Origin(sender=sender, date=_date_in(date))


def _without_verb(line: str) -> str:
    """The line with a comma for its verb of writing. Folding may change lengths, so the verb is sought word by word."""
    words = line.split()
    for count in (4, 3, 2, 1):
        for at in range(len(words) - count, -1, -1):
            candidate = fold(" ".join(words[at : at + count])).strip(",.:：;")
            if find_verb(candidate) == (0, len(candidate)):
                return f"{' '.join(words[:at])}, {' '.join(words[at + count :])}"
    return line


def _date_in(part: str) -> str:
    if not any(char.isdigit() for char in part):
        return ""
    return _DATE_WORDS.sub("", _FILLERS.sub(" ", part).strip(_EDGE)).strip(_EDGE)


def _body(page: Page, mark: Mark) -> str:
    """What stands below the mark, without the rule of dashes that KMail closes it with."""
    lines = page.lines[mark.end : find_end(page, mark.end)]
    last = next((row for row in range(len(lines) - 1, -1, -1) if lines[row].strip()), None)
    is_closed = mark.kind is MarkKind.FORWARD and last is not None and _CLOSING_RULE.fullmatch(lines[last])
    return _joined(lines[:last] if is_closed else lines)


def _joined(lines: tuple[str, ...]) -> str:
    return "\n".join(lines).strip(_BLANK_EDGE)
