"""The language a text is written in, for choosing a template: by script, else by small words, endings and letters.

A guess, not a measurement: short or mixed texts give what the sender declared, or nothing. No dependency, no model.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from parsers.language_tables import (
    CYRILLIC_LETTERS,
    CYRILLIC_WORDS,
    ENDINGS,
    LETTERS,
    PERSIAN_LETTERS,
    RIVALS,
    SCRIPTS,
    URDU_LETTERS,
    WORDS,
)
from parsers.language_topics import CYRILLIC_TOPICS, TOPICS

MIN_LETTERS = 20
_FEW_LETTERS = 8
"""Less than this is a name or an interjection; from here on to `MIN_LETTERS` the lead must be clear."""
_SAMPLE = 800
_MAX_WORDS = 100
_DENSE_LETTERS = 6
"""Scripts that write a syllable or a word with one sign need fewer of them."""

_NOT_WORDS = re.compile(r"[\d@/\\_<>=]")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019\u00b7][^\W\d_]+)*")
_PRIMARY = re.compile(r"\s*([A-Za-z]{2,3})(?=$|[-_,;\s])")
_SHORTEST_ENDED = 5
_ENDING_SIZES = (2, 3, 4, 5)
_ENDING_WEIGHT = 0.25
_FRAGMENT_WEIGHT = 3.0
_FOREIGN_LETTER = -0.5
_MAX_HITS = 4
# Marks that are as telling as letters.
_MARKS = "¿¡"

Scores = dict[str, float]


def guess_language(text: str, declared: str = "") -> str:
    """The primary language subtag (BCP 47) of a text; if it is unclear, that of `declared`, a Content-Language value.

    Empty if neither tells. Norwegian is `no` in either written form, Serbian in Latin script counts as Croatian.
    """
    sample = text[:_SAMPLE].lower()
    words = _words(sample)
    letters = "".join((*words, *(mark for mark in _MARKS if mark in sample)))
    script = "" if letters.isascii() else _main_script(letters)
    if script:
        return _by_script(script, letters, words) or _primary(declared)
    return _settled(words, letters, _LATIN) or _primary(declared)


def _settled(words: list[str], letters: str, tables: "_Tables") -> str:
    """The language of the tables that fits best; of a few words only where it leads clearly."""
    scores = _scores(words, letters, tables)
    if len(letters) < MIN_LETTERS and not (len(letters) >= _FEW_LETTERS and _is_clear(scores)):
        return ""
    return _best(scores, words)


def _is_clear(scores: Scores) -> bool:
    """Whether one language leads by so much that a few words are enough."""
    second, first = sorted(scores.values())[-2:]
    return first >= 1.0 and first - second >= 0.5


def plausibility(text: str) -> float:
    """How well the letters and words of Latin text fit one language; for choosing among readings of the same bytes."""
    words = _words(text[:_SAMPLE].lower())
    return max(_scores(words, "".join(words), _LATIN).values())


def _words(sample: str) -> list[str]:
    """The words of running text; numbers, addresses and links speak no language."""
    words: list[str] = []
    for token in sample.split():
        if token.isalpha():
            words.append(token)
        elif not (token.isascii() and _NOT_WORDS.search(token)):
            words += _WORD.findall(token)
    return words[:_MAX_WORDS]


def _primary(declared: str) -> str:
    match = _PRIMARY.match(declared)
    tag = match[1].lower() if match else ""
    return {"nb": "no", "nn": "no", "iw": "he", "in": "id", "sh": "hr"}.get(tag, tag)


def _main_script(letters: str) -> str:
    """The script most letters are in, Latin being the empty one; kana among Han means Japanese."""
    counts: Counter[str] = Counter()
    for letter, number in Counter(letters).items():
        counts[_script_of(letter)] += number
    if counts["ja"] and counts["ja"] * 8 >= counts["han"]:
        counts["ja"] += counts.pop("han", 0)
    for dense in ("han", "ja", "ko"):
        counts[dense] *= 2
    script, number = counts.most_common(1)[0]
    return script if number >= _DENSE_LETTERS else ""


@lru_cache(maxsize=4096)
def _script_of(letter: str) -> str:
    code = ord(letter)
    if code < SCRIPTS[0][0]:
        return ""
    return next((script for first, last, script in SCRIPTS if first <= code <= last), "")


def _by_script(script: str, letters: str, words: list[str]) -> str:
    if script == "han":
        return "zh"
    if script not in {"cyrillic", "arabic"}:
        return script
    if script == "cyrillic":
        return _settled(words, letters, _CYRILLIC)
    return _arabic(letters) if len(letters) >= MIN_LETTERS else ""


def _arabic(letters: str) -> str:
    if sum(letters.count(letter) for letter in URDU_LETTERS) * 20 > len(letters):
        return "ur"
    return "fa" if sum(letters.count(letter) for letter in PERSIAN_LETTERS) * 40 > len(letters) else "ar"


def _scores(words: list[str], letters: str, tables: "_Tables") -> Scores:
    """What words, their endings and letters say for each language."""
    scores = dict.fromkeys(tables.languages, 0.0)
    for word, number in Counter(words).items():
        _add(scores, tables.words.get(word), number)
        if len(word) >= _SHORTEST_ENDED:
            for size in _ENDING_SIZES:
                _add(scores, tables.endings.get(word[-size:]), number)
    if not letters.isascii():
        for letter, number in Counter(letters).items():
            _add(scores, tables.letters.get(letter), min(number, _MAX_HITS))
    return scores


def _add(scores: Scores, weights: "Weights | None", number: int) -> None:
    for language, weight in weights or ():
        scores[language] += weight * number


def _best(scores: Scores, words: list[str]) -> str:
    """The leading language, if anything spoke for it, once compared with those it is easily taken for."""
    leader = max(scores, key=lambda name: scores[name])
    if scores[leader] <= 0:
        return ""
    running = f"_{'_'.join(words)}_"
    for family in RIVALS:
        if leader in family:
            return max(family, key=lambda name: scores[name] + _fragment_score(running, family[name]))
    return leader


def _fragment_score(running: str, fragments: str) -> float:
    """Hits in a text of joined words, against the number of fragments looked for."""
    wanted = fragments.split()
    return _FRAGMENT_WEIGHT * sum(min(running.count(fragment), _MAX_HITS) for fragment in wanted) / len(wanted)


Weights = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tables:
    """What speaks for which languages of one script, and how loudly."""

    languages: tuple[str, ...]
    words: Mapping[str, Weights]
    endings: Mapping[str, Weights]
    letters: Mapping[str, Weights]


def _shared(lists: Mapping[str, Iterable[str]], scale: float) -> Mapping[str, Weights]:
    """From signs by language to languages by sign; what many languages share says little about each."""
    owners: dict[str, list[str]] = {}
    for language, signs in lists.items():
        for sign in dict.fromkeys(signs):
            owners.setdefault(sign, []).append(language)
    return {sign: tuple((name, scale / len(names)) for name in names) for sign, names in owners.items()}


def _against(alphabets: Mapping[str, str]) -> Mapping[str, Weights]:
    """A language's own letters speak for it, and more loudly against those that lack them."""
    return {
        letter: (*owners, *((name, _FOREIGN_LETTER) for name, alphabet in alphabets.items() if letter not in alphabet))
        for letter, owners in _shared(alphabets, 1.0).items()
    }


def _tables(words: Mapping[str, str], endings: Mapping[str, str], alphabets: Mapping[str, str]) -> _Tables:
    return _Tables(
        languages=tuple(words),
        words=_shared({name: text.split() for name, text in words.items()}, 1.0),
        endings=_shared({name: text.split() for name, text in endings.items()}, _ENDING_WEIGHT),
        letters=_against(alphabets),
    )


def _with_topics(words: Mapping[str, str], topics: Mapping[str, str]) -> dict[str, str]:
    return {name: f"{own} {topics[name]}" for name, own in words.items()}


_LATIN = _tables(_with_topics(WORDS, TOPICS), ENDINGS, LETTERS)
_CYRILLIC = _tables(_with_topics(CYRILLIC_WORDS, CYRILLIC_TOPICS), {}, CYRILLIC_LETTERS)
