"""The language a text is written in, for choosing a template: by script, else by small words, endings and letters.

A guess, not a measurement: short or mixed texts give what the sender declared, or nothing. No dependency, no model.
"""

import re
from collections import Counter
from collections.abc import Mapping

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

MIN_LETTERS = 20
_SAMPLE = 1_200
_MAX_WORDS = 150
_DENSE_LETTERS = 6
"""Scripts that write a syllable or a word with one sign need fewer of them."""

_NOT_WORDS = re.compile(r"[\d@/\\_<>=]")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019\u00b7][^\W\d_]+)*")
_PRIMARY = re.compile(r"\s*([A-Za-z]{2,3})(?=$|[-_,;\s])")
_SHORTEST_ENDED = 5
_FRAGMENT_WEIGHT = 3.0
_MAX_HITS = 4

Scores = dict[str, float]


def guess_language(text: str, declared: str = "") -> str:
    """The primary language subtag (BCP 47) of a text; if it is unclear, that of `declared`, a Content-Language value.

    Empty if neither tells. Norwegian is `no` in either written form, Serbian in Latin script counts as Croatian.
    """
    words = _words(text[:_SAMPLE].lower())
    letters = "".join(words)
    script = "" if letters.isascii() else _main_script(letters)
    if script:
        return _by_script(script, letters, words) or _primary(declared)
    if len(letters) < MIN_LETTERS:
        return _primary(declared)
    return _best(_latin_scores(words, letters), words) or _primary(declared)


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
    latin = 0
    for letter, number in Counter(letters).items():
        script = _script_of(letter)
        counts[script] += number
        latin += 0 if script else number
    if counts["ja"] and counts["ja"] * 8 >= counts["han"]:
        counts["ja"] += counts.pop("han", 0)
    for dense in ("han", "ja", "ko"):
        counts[dense] *= 2
    script, number = counts.most_common(1)[0]
    return script if number >= _DENSE_LETTERS else ""


def _script_of(letter: str) -> str:
    code = ord(letter)
    if code < SCRIPTS[0][0]:
        return ""
    return next((script for first, last, script in SCRIPTS if first <= code <= last), "")


def _by_script(script: str, letters: str, words: list[str]) -> str:
    if script == "han":
        return "zh"
    if script in {"ja", "ko"}:
        return script
    if len(letters) < MIN_LETTERS:
        return ""
    if script == "cyrillic":
        return _best(_cyrillic_scores(words, letters), words)
    return _arabic(letters) if script == "arabic" else script


def _arabic(letters: str) -> str:
    if sum(letters.count(letter) for letter in URDU_LETTERS) * 20 > len(letters):
        return "ur"
    return "fa" if sum(letters.count(letter) for letter in PERSIAN_LETTERS) * 40 > len(letters) else "ar"


def _latin_scores(words: list[str], letters: str) -> Scores:
    scores = _word_scores(words, _LATIN_WORDS, WORDS)
    for word in words:
        if len(word) >= _SHORTEST_ENDED:
            for size in (2, 3, 4, 5):
                for language, weight in _LATIN_ENDINGS.get(word[-size:], ()):
                    scores[language] += weight
    return _with_letters(scores, letters, LETTERS)


def _cyrillic_scores(words: list[str], letters: str) -> Scores:
    return _with_letters(_word_scores(words, _CYRILLIC_WORDS, CYRILLIC_WORDS), letters, CYRILLIC_LETTERS)


def _word_scores(words: list[str], table: "Table", languages: Mapping[str, str]) -> Scores:
    scores = dict.fromkeys(languages, 0.0)
    for word in words:
        for language, weight in table.get(word, ()):
            scores[language] += weight
    return scores


def _with_letters(scores: Scores, letters: str, alphabets: Mapping[str, str]) -> Scores:
    """Letters of a language speak for it, and more loudly against those that lack them."""
    special = set("".join(alphabets.values()))
    for letter, number in Counter(letters).items():
        if letter not in special:
            continue
        having = sum(letter in alphabet for alphabet in alphabets.values())
        for language, alphabet in alphabets.items():
            scores[language] += min(number, 4) * (1.0 / having if letter in alphabet else -0.5)
    return scores


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


Table = dict[str, tuple[tuple[str, float], ...]]


def _invert(lists: Mapping[str, str], scale: float) -> Table:
    """From words by language to languages by word; what many share says little about each."""
    owners: dict[str, list[str]] = {}
    for language, words in lists.items():
        for word in dict.fromkeys(words.split()):
            owners.setdefault(word, []).append(language)
    return {word: tuple((name, scale / len(names)) for name in names) for word, names in owners.items()}


_LATIN_WORDS = _invert(WORDS, 1.0)
_LATIN_ENDINGS = _invert(ENDINGS, 0.4)
_CYRILLIC_WORDS = _invert(CYRILLIC_WORDS, 1.0)
