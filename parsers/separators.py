"""Separator lines: "---------- Forwarded message ---------", "-----Original Message-----", "Begin forwarded message:".

Which it is follows from stems of words (see `phrases`), so that every client's wording and width of line is covered.
"""

import re
from enum import Enum

from parsers.phrases import END_STEMS, END_WORDS, FORWARD_STEMS, ORIGINAL_STEMS, REPLY_ABOVE, fold, folded

# A separator's words; longer lines are prose.
WORDS_CHARS = 110

_DASHES = "-‐‑‒–—―−_=─━"
_ORNAMENTS = _DASHES + "*~#+ᐧ"
# Words stand between dashes: "**Original price**" and "## Forwarding" are the writer's own emphasis.
_DASHED = re.compile(rf"[{_DASHES}]{{4}}|[{_DASHES}]{{2}}.{{0,200}}[{_DASHES}]$")
_RULE = re.compile(rf"(?:[{_ORNAMENTS}] ?){{2,}}")
# Yahoo's plain text goes on behind the separator with the labels of the header block.
_RUN_ON = re.compile(r"(-{4,} ?[^-:]{4,60}-{4,})\s+[^\s:]{2,20}\s?:\s")
_EDGE = " \t>|"
_STRIPPED = _ORNAMENTS + _EDGE + "\"'[]"


def _any_of(table: tuple[str, ...]) -> re.Pattern[str]:
    phrases = sorted(folded(table), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, phrases)))


_FORWARD = _any_of(FORWARD_STEMS)
_ORIGINAL = _any_of(ORIGINAL_STEMS)
_END = _any_of(END_STEMS)
_ENDING = re.compile(rf"(?:{'|'.join(sorted(folded(END_WORDS)))})(?!\w)")
_ABOVE = _any_of(REPLY_ABOVE)


class Separator(Enum):
    """What a separator line announces; `RULE` is one without words."""

    FORWARD = "forward"
    ORIGINAL = "original"
    END = "end of a forward"
    REPLY_ABOVE = "reply above this line"
    RULE = "rule"


def may_separate(line: str) -> bool:
    """Whether the line, which is not empty, can be a separator: a quick look that spares most lines the other."""
    return not line[0].isalnum() or " this line" in line or is_heading_line(line.strip(_EDGE))


def read_separator(line: str) -> Separator | None:
    """What the line separates, or None. The line is one made visible (`Page.line`)."""
    bare = line.strip(_EDGE)
    if _RULE.fullmatch(bare):
        return Separator.RULE
    if run_on := _RUN_ON.match(bare):
        bare = run_on[1]
    if len(bare) > WORDS_CHARS + 60:
        return None
    is_dashed = _DASHED.match(bare) is not None
    is_heading = is_heading_line(bare)
    if is_dashed or is_heading:
        return _read_words(fold(bare.strip(_STRIPPED)), is_heading=not is_dashed)
    is_request = bare[:2] == "##" or " this line" in bare
    return Separator.REPLY_ABOVE if is_request and len(bare) < 80 and _ABOVE.search(fold(bare)) else None


def is_heading_line(line: str) -> bool:
    """Whether a line is a few words and a colon, which name a forward only above its header block or quotation."""
    return len(line) < 60 and line[:1] not in _DASHES and line.rstrip("*_ ").endswith((":", "："))


def is_forward_title(line: str) -> bool:
    """Whether a line is a forward's title without dashes ("Forwarded message"), which counts only above its block."""
    return 0 < len(line) < 40 and len(line.split()) <= 3 and _FORWARD.match(fold(line)) is not None


def _read_words(words: str, *, is_heading: bool) -> Separator | None:
    if len(words) > WORDS_CHARS:
        return None
    if _ABOVE.search(words):
        return Separator.REPLY_ABOVE
    if _END.search(words):
        return Separator.END
    if _FORWARD.search(words):
        if not is_heading and _ENDING.match(words):
            return Separator.END
        return Separator.FORWARD if not is_heading or len(words.split()) <= 6 else None
    return Separator.ORIGINAL if not is_heading and _ORIGINAL.search(words) else None
