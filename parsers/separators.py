"""Separator lines: "---------- Forwarded message ---------", "-----Original Message-----", "Begin forwarded message:".

Which it is follows from stems of words (see `phrases`), so that every client's wording and width of line is covered.
"""

import re
from enum import Enum

from parsers.phrases import END_STEMS, FORWARD_STEMS, ORIGINAL_STEMS, REPLY_ABOVE, fold, folded

# A separator's words; longer lines are prose.
WORDS_CHARS = 110

_DASHES = "-‐‑‒–—―−_=*~#+─━ᐧ"
_DECORATED = re.compile(rf"[\s>|]{{0,6}}[{_DASHES}]{{2}}")
_RULE = re.compile(rf"[\s>|]{{0,6}}[{_DASHES}]{{2}}[{_DASHES} ]*")
_STRIPPED = _DASHES + " \t>|\"'[]"


def _any_of(table: tuple[str, ...]) -> re.Pattern[str]:
    phrases = sorted(folded(table), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, phrases)))


_FORWARD = _any_of(FORWARD_STEMS)
_ORIGINAL = _any_of(ORIGINAL_STEMS)
_END = _any_of(END_STEMS)
_ABOVE = _any_of(REPLY_ABOVE)


class Separator(Enum):
    """What a separator line announces; `RULE` is one without words."""

    FORWARD = "forward"
    ORIGINAL = "original"
    END = "end of a forward"
    REPLY_ABOVE = "reply above this line"
    RULE = "rule"


def read_separator(line: str) -> Separator | None:
    """What the line separates, or None. The line is one made visible (`Page.line`)."""
    decorated = _DECORATED.match(line) is not None
    is_heading = not decorated and len(line) < 60 and line.rstrip("*_ ").endswith((":", "："))
    if len(line) > WORDS_CHARS + 60:
        return Separator.RULE if decorated and _RULE.fullmatch(line) else None
    if not decorated and not is_heading:
        return Separator.REPLY_ABOVE if _mentions_reply_above(line) else None
    words = fold(line.strip(_STRIPPED))
    if not words:
        return Separator.RULE
    return _read_words(words, is_heading=is_heading)


def _read_words(words: str, *, is_heading: bool) -> Separator | None:
    if len(words) > WORDS_CHARS:
        return None
    if _ABOVE.search(words):
        return Separator.REPLY_ABOVE
    if _END.search(words):
        return Separator.END
    if _FORWARD.search(words):
        return Separator.FORWARD if not is_heading or len(words.split()) <= 6 else None
    return Separator.ORIGINAL if not is_heading and _ORIGINAL.search(words) else None


def _mentions_reply_above(line: str) -> bool:
    """Whether an undecorated line is nothing but the request to write above it."""
    return len(line) < 80 and _ABOVE.search(fold(line)) is not None
