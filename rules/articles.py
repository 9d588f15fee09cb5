"""Finding articles that may answer a mail: a small full-text search with BM25 over Markdown files.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009). Words of a title count more.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST = 3
MOST_WORDS = 400
MOST_CHARACTERS = 6_000
# Less than this is a word in common, not an answer.
LEAST_SCORE = 3.0
_K, _B, _TITLE = 1.2, 0.75, 3
_WORD = re.compile(r"[^\W\d_]{3,}|\d{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One file of the knowledge base. `language` is empty when the file does not say."""

    name: str
    title: str
    text: str
    url: str = ""
    language: str = ""


def read_article(name: str, source: str) -> Article:
    """A Markdown file: `url:` and `language:` lines first if there are any, then a title line, then the text."""
    fields: dict[str, str] = {}
    lines = source.splitlines()
    while lines and (match := re.fullmatch(r"(url|language):\s*(\S+)\s*", lines[0])):
        fields[match[1]] = match[2]
        lines.pop(0)
    text = "\n".join(lines).strip()
    title, _, rest = text.partition("\n")
    return Article(name=name, title=title.lstrip("# ").strip() or name, text=rest.strip(), **fields)


class Library:
    """Articles, ready to be searched."""

    def __init__(self, articles: Iterable[Article] = ()) -> None:
        self._articles = tuple(articles)
        self._counts = [Counter(_words(each.title) * _TITLE + _words(each.text)) for each in self._articles]
        self._lengths = [sum(counts.values()) for counts in self._counts]
        self._found_in = Counter(word for counts in self._counts for word in counts)

    def matching(self, text: str, language: str = "") -> Sequence[Article]:
        """Up to three articles in the reader's language or in none, the best first; none when nothing fits well."""
        if not self._articles:
            return []
        wanted = set(_words(text[:MOST_CHARACTERS])[:MOST_WORDS])
        scored = [
            (self._score(number, wanted), each)
            for number, each in enumerate(self._articles)
            if each.language in ("", language)
        ]
        good = sorted((pair for pair in scored if pair[0] >= LEAST_SCORE), key=lambda pair: (-pair[0], pair[1].name))
        return [each for _, each in good[:MOST]]

    def _score(self, number: int, wanted: set[str]) -> float:
        counts, total = self._counts[number], len(self._articles)
        average = sum(self._lengths) / total
        score = 0.0
        for word in wanted & counts.keys():
            rarity = math.log(1 + (total - self._found_in[word] + 0.5) / (self._found_in[word] + 0.5))
            often = counts[word]
            score += rarity * often * (_K + 1) / (often + _K * (1 - _B + _B * self._lengths[number] / average))
        return score


def _words(text: str) -> list[str]:
    """Words without case and accents."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return _WORD.findall(plain)
