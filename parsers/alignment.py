"""Cuts of the HTML alternative carried over to the plain one, where both say the same words.

Linear: words are compared from the front up to the first difference and from the back up to the last one; a cut in the
unlike middle is given up rather than guessed.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence

from parsers.cuts import NO_CUTS, Cuts, Span

_ANGLED_URL = re.compile(r"<(?:https?://|mailto:|tel:)?[^<>\s]{1,2000}>")
_WORD = re.compile(r"[^\W_]+")
# What plain text has above a signature, and for the <hr> above a quotation.
_DELIMITER = re.compile(r"[ \t>]{0,8}(?:--|[-_]{10,200})[ \t]{0,8}")


class Words:
    """The words of a text, without those of links in angle brackets, which clients print or leave out."""

    __slots__ = ("_spaced", "text", "words")

    def __init__(self, text: str) -> None:
        self.text = text
        self._spaced = _ANGLED_URL.sub(lambda match: " " * len(match[0]), text) if "<" in text else text
        self.words: list[str] = _WORD.findall(self._spaced)

    def starts(self) -> list[int]:
        """Where in the text each word begins."""
        return [match.start() for match in _WORD.finditer(self._spaced)]


def align_cuts(rich: Words, cuts: Cuts, plain: Words) -> Cuts:
    """The cuts of `rich` as offsets into `plain`: whole lines, and only where the words around them agree."""
    if cuts == NO_CUTS:
        return cuts
    alignment = _Alignment(rich, plain)
    return Cuts(
        quotes=alignment.carry(cuts.quotes),
        signatures=alignment.carry(cuts.signatures),
        forwards=alignment.carry(cuts.forwards),
    )


class _Alignment:
    """Two texts as words, and how far they agree from either end."""

    __slots__ = ("_back", "_front", "_plain", "_plain_starts", "_rich_starts")

    def __init__(self, rich: Words, plain: Words) -> None:
        self._rich_starts, self._plain_starts = rich.starts(), plain.starts()
        self._plain = plain.text
        self._front = _agreement(rich.words, plain.words)
        self._back = _agreement(rich.words[::-1], plain.words[::-1])

    def carry(self, spans: Sequence[Span]) -> tuple[Span, ...]:
        carried = (self._carry(span) for span in spans)
        return tuple(span for span in carried if span)

    def _carry(self, span: Span) -> Span | None:
        first, end = (self._word(offset) for offset in (span.start, span.end))
        if first is None or end is None or first >= end:
            return None
        start = self._plain.rfind("\n", 0, self._plain_starts[first]) + 1
        stop = self._plain.find("\n", self._plain_starts[end - 1])
        stop = len(self._plain) if stop < 0 else stop
        if (first and self._plain_starts[first - 1] >= start) or (
            end < len(self._plain_starts) and self._plain_starts[end] < stop
        ):
            return None
        return Span(start=self._with_delimiter(start), end=stop)

    def _word(self, offset: int) -> int | None:
        """The number of the plain word that stands where this offset of the rich text is."""
        number = bisect_left(self._rich_starts, offset)
        if number <= self._front:
            return number
        behind = len(self._rich_starts) - number
        return len(self._plain_starts) - behind if behind <= self._back else None

    def _with_delimiter(self, start: int) -> int:
        """The start of the delimiter or rule directly above, which has no words to be found by."""
        above = self._plain.rfind("\n", 0, max(start - 1, 0)) + 1
        return above if start and _DELIMITER.fullmatch(self._plain, above, start - 1) else start


def _agreement(left: Sequence[str], right: Sequence[str]) -> int:
    """How many words agree from the front."""
    pairs = enumerate(zip(left, right, strict=False))
    return next((number for number, (a, b) in pairs if a != b), min(len(left), len(right)))
