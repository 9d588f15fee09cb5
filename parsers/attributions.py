"""Attribution lines: "On Tue, 3 Jan 2023 at 10:30, Ann <ann@example.org> wrote:" in any of the tables' languages.

A line is one by its shape: a date, a name or address, a verb of writing, a colon; prose with some of these is not,
unless a quotation follows. No client's format is spelled out, so unknown ones are met halfway.
"""

import re
from dataclasses import dataclass

from parsers.phrases import (
    ATTRIBUTION_OPENERS,
    PRONOUNS,
    WRITING_VERBS,
    WRITING_VERBS_UNSPACED,
    fold,
    folded,
)
from parsers.quotes import MATCHED_CHARS, OWN, QUOTED, Page

# Clients wrap an attribution over at most so many lines.
ATTRIBUTION_LINES = 4
ATTRIBUTION_CHARS = 320


def _longest_first(table: tuple[str, ...]) -> str:
    return "|".join(map(re.escape, sorted(folded(table), key=len, reverse=True)))


_UNSPACED_VERBS = tuple(sorted(folded(WRITING_VERBS_UNSPACED)))
_VERB_STARTS = frozenset(match[0] for phrase in folded(WRITING_VERBS) if (match := re.match(r"\w+", phrase)))
_VERB = re.compile(
    rf"(?<!\w)(?:{_longest_first(WRITING_VERBS)})(?:\s?[(/][^\s()/]{{1,4}}\)?)?(?!\w)|{_longest_first(WRITING_VERBS_UNSPACED)}"
)
_WORD = re.compile(r"\w+")
ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:@]{1,64}@[^\s<>()\[\]\"',;:@]{2,200}")
DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}\s?[:.h٫]\s?\d{2}(?!\d)|\d{1,4}\s?[./\u2013年년-]\s?\d{1,2}\s?[./\u2013月월-]|\d{4}(?!\d))"
)
_TRAILING = " \t*_\"'”»-‐–—>"
_COLONS = (":", "：", "﹕", "︰", ":;")
_OPENER = re.compile(rf"(?:{_longest_first(ATTRIBUTION_OPENERS)})(?![\w'])")
_LEADING = ' \t>|-‐–—_*#•·,(["“'
_STARTS_WITH_DATE = re.compile(r"(?:[^\s\d@<>:]{1,14}\s){0,3}\d")
_DAY = re.compile(r"(?<![\w+-])\d{1,2}(?:st|nd|rd|th|\.)?(?!\w)")
_QUOTING = re.compile(r"(?:quoting|zitat von|citando|citat|cita de|citation de|quoted from)\b")
_PRONOUNS = folded(PRONOUNS)
_ADDRESS_AND_VERB = re.compile(
    r"[^<>@:]{0,80}[<\[(]?(?:mailto:)?[^\s<>@]{1,64}@[^\s<>@]{1,200}(?:<[^<>]{1,250}>)?[>\])]*,?\s?"
)
# Yahoo's plain text goes on behind the attribution, after several spaces.
_RUN_ON = re.compile(r"([^<>@\n]{4,200}<?[^\s<>@]{1,64}@[^\s<>@]{1,200}>?[^:]{0,40}:)[ \u00a0]{2,20}\S")
_LOTUS = re.compile(r"\S.{0,80}?\s?---\s?\d{1,4}[./-]\d{1,2}[./-]\d{2,4} .{0,20}?\s?---")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What an attribution shows: its folded text, and where in it verb, date and address were found."""

    text: str
    verb: tuple[int, int] | None
    has_date: bool
    address: tuple[int, int] | None
    has_colon: bool
    has_opener: bool

    @property
    def marks(self) -> int:
        """How many of verb, date and address are there."""
        return (self.verb is not None) + self.has_date + (self.address is not None)


def find_verb(text: str) -> tuple[int, int] | None:
    """Where the folded text has a verb of writing. Its words are looked up first: the tables are long."""
    if _VERB_STARTS.isdisjoint(_WORD.findall(text)) and (
        text.isascii() or not any(verb in text for verb in _UNSPACED_VERBS)
    ):
        return None
    found = _VERB.search(text)
    return found.span() if found else None


def read_shape(line: str) -> Shape | None:
    """The parts an attribution is made of, as found in a line that may be several joined; None for overlong ones."""
    if len(line) > ATTRIBUTION_CHARS:
        return None
    text = fold(line).lstrip(_LEADING)
    bare = text.rstrip(_TRAILING)
    address = ADDRESS.search(text) if "@" in text else None
    return Shape(
        text=text,
        verb=find_verb(text),
        has_date=DATE.search(text) is not None,
        address=address.span() if address else None,
        has_colon=bare.endswith(_COLONS) or (line[:2] == "--" and line[-2:] == "--"),
        has_opener=_OPENER.match(text) is not None,
    )


def is_attribution(line: str, *, quote_follows: bool) -> bool:
    """Whether the line (joined, if wrapped) introduces a quotation. A bare "Ann wrote:" does so only above a quote."""
    if _LOTUS.match(line):
        return True
    shape = read_shape(line)
    if shape is None:
        return False
    if quote_follows:
        return _introduces_quote(shape)
    if not shape.has_colon or shape.marks < 2 or _is_prose(shape, line):
        return False
    if shape.verb is None:
        return _ends_with_person(shape)
    if shape.has_date:
        return shape.address is not None or _is_named(shape, line)
    return _ADDRESS_AND_VERB.fullmatch(shape.text[: shape.verb[0]]) is not None


def _introduces_quote(shape: Shape) -> bool:
    if shape.has_colon and (shape.verb or _QUOTING.match(shape.text)):
        return True
    if shape.marks < 2:
        return shape.has_colon and shape.has_date and shape.has_opener
    if shape.has_colon or shape.verb:
        return True
    return shape.has_opener or _STARTS_WITH_DATE.match(shape.text) is not None


def _is_prose(shape: Shape, line: str) -> bool:
    """Whether a pronoun stands beside the verb, or nothing that ends a sentence is missing from the line."""
    if shape.verb is None:
        return False
    before = shape.text[: shape.verb[0]].split()
    after = shape.text[shape.verb[1] :].split()
    beside = {*(word.strip(",.:;") for word in before[-1:]), *(word.strip(",.:;") for word in after[:1])}
    return not beside.isdisjoint(_PRONOUNS) or "? " in line or "! " in line


def _ends_with_person(shape: Shape) -> bool:
    """Whether "DATE, NAME <address>:" is all there is: a date first, an address last, few words between.

    Without its brackets the line may be one of a log.
    """
    assert shape.address
    if shape.text[: shape.address[0]].removesuffix("mailto:")[-1:] not in ("<", "[", "("):
        return False
    behind = shape.text[shape.address[1] :].strip(" >)]:：\"'*,")
    date = DATE.search(shape.text)
    if behind or date is None or date.end() > shape.address[0]:
        return False
    return len(shape.text[date.end() : shape.address[0]].split()) <= 9 and (
        shape.has_opener or _STARTS_WITH_DATE.match(shape.text) is not None
    )


def _is_named(shape: Shape, line: str) -> bool:
    """Whether a name stands beside the verb, or the verb beside the date, where no address is given."""
    assert shape.verb
    if shape.text[shape.verb[0]] > "\u2e80":
        return not DATE.fullmatch(shape.text.split()[0])
    words = line.strip(_LEADING + _TRAILING + ":：").split()
    verb_words = shape.text[shape.verb[0] : shape.verb[1]].split()
    folded_words = [fold(word).strip(",.:：;") for word in words]
    at = next((i for i, word in enumerate(folded_words) if word.startswith(verb_words[0])), None)
    if at is None:
        return len(words) > 1 or len(line) > 12
    beside = words[max(at - 1, 0) : at] + words[at + len(verb_words) : at + len(verb_words) + 1]
    return any(_is_name(word.strip("\"'“”„«»(),.")) for word in beside)


def _is_name(word: str) -> bool:
    return bool(word) and word[0].isalpha() and not word[0].islower()


def find_attribution(page: Page, last: int) -> int | None:
    """The first line of the attribution that ends on line `last`; None if none does.

    Of the lines above it those are taken that complete it, so that neither its first half is left nor prose swallowed.
    """
    quote_follows = QUOTED in page.kinds and page.is_quoted(page.following(last + 1))
    ending = page.line(last)
    if not quote_follows and (run_on := _run_on(page.lines[last])):
        return last if is_attribution(run_on, quote_follows=False) else None
    if not quote_follows and not _ends_like_one(ending):
        return None
    best: int | None = None
    best_rank: tuple[bool, int, bool, bool] | None = None
    joined = ""
    for first in range(last, max(last - ATTRIBUTION_LINES, -1), -1):
        line = page.line(first)
        if page.kinds[first] != OWN or (best_rank is not None and best_rank[1] == 3 and line.endswith((".", "!", "?"))):
            break
        joined = f"{line} {joined}".strip()
        if not is_attribution(joined, quote_follows=quote_follows):
            continue
        rank = _rank(joined, line)
        if best_rank is None or (rank > best_rank and (_may_start(line) or not best_rank[2])):
            best, best_rank = first, rank
    return best


def _run_on(line: str) -> str:
    """What stands before the quotation that begins on the attribution's own line; empty if none does."""
    found = _RUN_ON.match(line[:MATCHED_CHARS].lstrip()) if ":  " in line else None
    return found[1] if found else ""


def _ends_like_one(line: str) -> bool:
    return line[-1:] not in "." and (line.rstrip(_TRAILING).endswith(_COLONS) or "--" in line)


def _rank(joined: str, first_line: str) -> tuple[bool, int, bool, bool]:
    """How whole an attribution that starts with this line is.

    Whether a word for it opens it, how many of its parts it has, whether a name may be before its address, and whether
    a date opens it.
    """
    head = fold(first_line).lstrip(_LEADING)
    opens = _OPENER.match(head) is not None and bool(DATE.search(head) or _DAY.search(head))
    shape = read_shape(joined)
    is_named = not first_line.startswith(("<", "(<", "[mailto"))
    return opens, shape.marks if shape else 0, is_named, _STARTS_WITH_DATE.match(head) is not None


def _may_start(line: str) -> bool:
    head = fold(line).lstrip(_LEADING)
    return bool(_OPENER.match(head) or _STARTS_WITH_DATE.match(head) or ADDRESS.search(head) or find_verb(head))
