"""Keywords in text: whole words and phrases, whatever their case, accents, width or line breaks; thousands in one pass.

A word stands alone when no letter, digit or underscore touches it, so `c++` and `.net` work too. Scripts that are
written without spaces (and Korean, whose particles cling to words) match anywhere. Words match as written: no stemming.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

# Longer texts are read up to here: nobody's keyword stands first on page twenty, and work must stay bounded.
TEXT_LIMIT = 64 * 1024

_SPACELESS_RANGES = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
_SPACELESS = re.compile(f"[{_SPACELESS_RANGES}]+")
# Python's \w leaves out the vowel signs of Indian scripts, which would cut their words in pieces.
_WORD = re.compile(r"[\w\u0900-\u0963\u0966-\u0dff]+")
_ASCII_WORD = re.compile(r"\w+", re.ASCII)
# Accents, vowel points, and what cannot be seen at all (soft hyphens, zero-width spaces, directions).
_UNSEEN = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670\u00ad\u200b-\u200f"
    "\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]"
)
# Letters that Unicode does not decompose, though people leave their strokes out, and typographic punctuation.
_LOOKALIKES = str.maketrans("øØłŁđĐħĦıŧŦ‘’ʼ“”„«»‐‑‒–—−", 'oOlLdDhHitT\'\'\'"""""------')


def fold(text: str) -> str:
    """The text in the form that is compared: no case, no accents, no width, nothing invisible."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.translate(_LOOKALIKES))
    bare = _UNSEEN.sub("", unicodedata.normalize("NFKD", decomposed.casefold()))
    return unicodedata.normalize("NFC", bare)


def normalise(text: str) -> str:
    """Folded, with every run of white space made one space: the key under which a keyword is found."""
    return " ".join(fold(text[:TEXT_LIMIT]).split())


class _Phrase(NamedTuple):
    """A keyword of several words or with punctuation. `words` must all occur before its text is searched for."""

    text: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordIndex:
    """Many keywords, ready to be looked for together. Made by `index_keywords`."""

    words: frozenset[str]
    phrases: dict[str, tuple[_Phrase, ...]]
    anywhere: dict[tuple[str, ...], tuple[str, ...]]
    signs: tuple[str, ...]

    def find(self, text: str) -> frozenset[str]:
        """The normalised keywords that occur in the text."""
        normal = normalise(text)
        present = set(_words(normal))
        found = set(self.words & present)
        for anchor in self.phrases.keys() & present:
            found.update(each.text for each in self.phrases[anchor] if _occurs(each, normal, present))
        found.update(sign for sign in self.signs if sign in normal)
        if self.anywhere and _SPACELESS.search(normal):
            found.update(self._find_anywhere(normal.replace(" ", "")))
        return frozenset(found)

    def _find_anywhere(self, squeezed: str) -> Iterable[str]:
        """Lines of such scripts are broken in the middle of words: spaces mean nothing."""
        pairs: set[tuple[str, ...]] = {*pairwise(squeezed), *((char,) for char in squeezed)}
        for anchor in self.anywhere.keys() & pairs:
            yield from (keyword for keyword in self.anywhere[anchor] if keyword.replace(" ", "") in squeezed)


def index_keywords(keywords: Iterable[str]) -> KeywordIndex:
    """Sort keywords by how they are found. Blank ones are left out."""
    words: set[str] = set()
    phrases: dict[str, list[_Phrase]] = {}
    anywhere: dict[tuple[str, ...], list[str]] = {}
    signs: list[str] = []
    for keyword in sorted({normalise(each) for each in keywords} - {""}):
        parts = _words(keyword)
        if _SPACELESS.search(keyword):
            anywhere.setdefault(tuple(keyword.replace(" ", "")[:2]), []).append(keyword)
        elif not parts:
            signs.append(keyword)
        elif parts == [keyword]:
            words.add(keyword)
        else:
            # The longest word is the rarest: most texts lack it and the phrase is never searched for.
            phrases.setdefault(max(parts, key=len), []).append(_Phrase(keyword, frozenset(parts)))
    return KeywordIndex(
        words=frozenset(words),
        phrases={anchor: tuple(each) for anchor, each in phrases.items()},
        anywhere={anchor: tuple(each) for anchor, each in anywhere.items()},
        signs=tuple(signs),
    )


def _words(normal: str) -> list[str]:
    """The words of a normalised text. What is written without spaces separates words and is none."""
    if normal.isascii():
        return _ASCII_WORD.findall(normal)
    return _WORD.findall(_SPACELESS.sub(" ", normal))


def _touches(char: str) -> bool:
    return bool(_WORD.match(char)) and not _SPACELESS.match(char)


def _occurs(phrase: _Phrase, text: str, present: set[str]) -> bool:
    if not phrase.words <= present:
        return False
    start = text.find(phrase.text)
    while start >= 0:
        end = start + len(phrase.text)
        if not (start and _touches(text[start - 1])) and not _touches(text[end : end + 1]):
            return True
        start = text.find(phrase.text, start + 1)
    return False
