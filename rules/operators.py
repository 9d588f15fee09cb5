"""How a fact is compared: every operator, the facts it fits, and the test it builds from what an admin wrote.

`OPERATORS` is the one list. A builder returns a `Probe`, or in words what it would have accepted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from rules import addresses
from rules.deny import matches_glob
from rules.keywords import KeywordIndex, normalise
from rules.patterns import compile_pattern
from rules.quantities import parse_bytes, parse_duration
from rules.triage_facts import Kind, TriageFacts, Value, kind_of

_GLOB_LIMIT = 2048


class View:
    """The facts as conditions look at them: keywords are searched once a field, for all rules together."""

    __slots__ = ("_found", "_index", "facts")

    def __init__(self, facts: TriageFacts, index: KeywordIndex) -> None:
        self.facts, self._index = facts, index
        self._found: dict[str, frozenset[str]] = {}

    def keywords(self, path: str) -> frozenset[str]:
        """Which of all rules' keywords occur in that fact. Phrases never reach from one value into the next."""
        found = self._found.get(path)
        if found is None:
            found = self._index.find(" \0 ".join(texts_of(self.facts.value(path))))
            self._found[path] = found
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A condition holds: because of what, and what its patterns captured."""

    because: tuple[str, ...]
    captures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A test, with the keywords it needs indexed and the names its pattern captures."""

    test: Callable[[View], Hit | None]
    keywords: frozenset[str] = frozenset()
    captures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operand:
    """What a builder is given: the fact's path and kind, the admin's value, and the files of the rules folder."""

    path: str
    kind: Kind
    value: object
    files: Mapping[str, str]


Builder = Callable[[Operand], Probe | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """One way to compare."""

    name: str
    kinds: frozenset[Kind]
    meaning: str
    example: str
    build: Builder


def texts_of(value: Value) -> tuple[str, ...]:
    """A fact as a list of texts; no fact is no text."""
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, str) else ()


def _key(kind: Kind) -> Callable[[str], str]:
    """Addresses are never case-folded, other texts are compared as people read them."""
    return addresses.fold if kind in (Kind.ADDRESS, Kind.ADDRESSES) else normalise


def _strings(value: object) -> tuple[str, ...] | None:
    """One string or a list of them; None for anything else."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        return tuple(value)
    return None


def _show(value: object) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return ", ".join(map(_show, value[:4])) + (" ..." if len(value) > 4 else "")
    return str(value).lower() if isinstance(value, bool) else str(value)


def _probe(operand: Operand, words: str, holds: Callable[[Value], bool]) -> Probe:
    path, hit = operand.path, Hit(because=(f"{operand.path} {words} {_show(operand.value)}",))
    return Probe(test=lambda view: hit if holds(view.facts.value(path)) else None)


def _any_text(operand: Operand, words: str, wanted: Callable[[str], bool]) -> Probe:
    """Holds when one of the fact's texts does. An absent single text counts as empty."""
    key, absent = _key(operand.kind), ("",) if operand.kind in (Kind.TEXT, Kind.ADDRESS) else ()
    return _probe(operand, words, lambda value: any(wanted(key(text)) for text in texts_of(value) or absent))


def _equals(operand: Operand) -> Callable[[Value], bool] | str:
    kind, wanted = operand.kind, operand.value
    if kind is Kind.FLAG:
        return (lambda value: value is wanted) if isinstance(wanted, bool) else "true or false"
    if kind is Kind.NUMBER:
        number = _number(wanted)
        return (lambda value: value == number) if number is not None else "a number"
    if not isinstance(wanted, str):
        return "one text in quotes; for several write is_one_of"
    key, absent = _key(kind), ("",) if kind in (Kind.TEXT, Kind.ADDRESS) else ()
    right = key(wanted)
    return lambda value: any(key(text) == right for text in texts_of(value) or absent)


def _is(operand: Operand) -> Probe | str:
    test = _equals(operand)
    return test if isinstance(test, str) else _probe(operand, "is", test)


def _is_not(operand: Operand) -> Probe | str:
    test = _equals(operand)
    return test if isinstance(test, str) else _probe(operand, "is not", lambda value: not test(value))


def _is_one_of(operand: Operand) -> Probe | str:
    values = _strings(operand.value)
    if values is None:
        return 'a list of texts, such as ["a", "b"]'
    key = _key(operand.kind)
    wanted = frozenset(map(key, values))
    return _any_text(operand, "is one of", lambda text: text in wanted)


def _in_file(operand: Operand) -> Probe | str:
    if not isinstance(operand.value, str) or operand.value not in operand.files:
        names = ", ".join(sorted(operand.files)) or "there are none yet"
        return f"the name of a .txt file in the rules folder ({names})"
    key = _key(operand.kind)
    lines = (line.partition("#")[0].strip() for line in operand.files[operand.value].splitlines())
    wanted = frozenset(key(line) for line in lines if line)
    return _any_text(
        operand, "is in file", lambda text: text in wanted or ("@" in text and f"@{text.rpartition('@')[2]}" in wanted)
    )


def _contains(operand: Operand, *, every: bool) -> Probe | str:
    values = _strings(operand.value)
    wanted = frozenset(map(normalise, values or ())) - {""}
    if not wanted:
        return 'one or more keywords, such as ["refund", "money back"]'
    path = operand.path

    def test(view: View) -> Hit | None:
        found = view.keywords(path)
        if wanted.isdisjoint(found) or (every and not wanted <= found):
            return None
        seen = ", ".join(f'"{each}"' for each in sorted(wanted & found)[:5])
        return Hit(because=(f"{path} contains {seen}",))

    return Probe(test=test, keywords=wanted)


def _starts(operand: Operand) -> Probe | str:
    values = _strings(operand.value)
    if values is None:
        return "a text or a list of texts"
    heads = tuple(map(_key(operand.kind), values))
    return _any_text(operand, "starts with", lambda text: text.startswith(heads))


def _ends(operand: Operand) -> Probe | str:
    values = _strings(operand.value)
    if values is None:
        return "a text or a list of texts"
    tails = tuple(map(_key(operand.kind), values))
    return _any_text(operand, "ends with", lambda text: text.endswith(tails))


def _glob(operand: Operand) -> Probe | str:
    values = _strings(operand.value)
    if values is None:
        return "a text with * and ?, or a list of them"
    globs = tuple(map(_key(operand.kind), values))
    return _any_text(operand, "fits", lambda text: any(matches_glob(each, text[:_GLOB_LIMIT]) for each in globs))


def _pattern(operand: Operand) -> Probe | str:
    if not isinstance(operand.value, str):
        return "an RE2 expression in single quotes"
    pattern = compile_pattern(operand.value)
    if isinstance(pattern, str):
        return f"an RE2 expression ({pattern})"
    path, because = operand.path, (f"{operand.path} matches {_show(operand.value)}",)

    def test(view: View) -> Hit | None:
        for text in texts_of(view.facts.value(path)):
            captures = pattern.search(text)
            if captures is not None:
                return Hit(because=because, captures=captures)
        return None

    return Probe(test=test, captures=pattern.names)


def _number(value: object) -> float | None:
    if isinstance(value, str):
        return parse_bytes(value)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _amount(kind: Kind, value: object) -> float | timedelta | None:
    if kind is Kind.DURATION:
        return parse_duration(value) if isinstance(value, str) else None
    return _number(value)


_AMOUNTS: Mapping[Kind, str] = {Kind.DURATION: 'a duration, such as "3d" or "20h"', Kind.NUMBER: 'a number or "10MB"'}


def _greater(operand: Operand) -> Probe | str:
    limit = _amount(operand.kind, operand.value)
    if limit is None:
        return _AMOUNTS[operand.kind]
    return _probe(operand, "is greater than", lambda value: _compare(value, limit) > 0)


def _less(operand: Operand) -> Probe | str:
    limit = _amount(operand.kind, operand.value)
    if limit is None:
        return _AMOUNTS[operand.kind]
    return _probe(operand, "is less than", lambda value: _compare(value, limit) < 0)


def _compare(value: Value, limit: float | timedelta) -> int:
    """-1, 0, 1; an absent fact is neither greater nor less."""
    if isinstance(value, timedelta) and isinstance(limit, timedelta):
        return (value > limit) - (value < limit)
    if isinstance(value, float) and not isinstance(limit, timedelta):
        return (value > limit) - (value < limit)
    return 0


def _within(operand: Operand) -> Probe | str:
    if operand.kind is Kind.DURATION:
        longest = _amount(operand.kind, operand.value)
        if not isinstance(longest, timedelta):
            return _AMOUNTS[operand.kind]
        return _probe(operand, "is within", lambda value: isinstance(value, timedelta) and value <= longest)
    pair = operand.value if isinstance(operand.value, list) else []
    ends = [_number(each) for each in pair]
    if len(ends) != 2 or ends[0] is None or ends[1] is None:
        return "two numbers, such as [1, 5]"
    low, high = ends[0], ends[1]
    return _probe(operand, "is within", lambda value: isinstance(value, float) and low <= value <= high)


def _present(operand: Operand) -> Probe | str:
    wanted = operand.value
    if not isinstance(wanted, bool):
        return "true or false"
    return _probe(operand, "present is", lambda value: (value not in (None, "", ())) is wanted)


def _changed(operand: Operand) -> Probe | str:
    former = f"previous.{operand.path}"
    if kind_of(former) is None:
        return "a ticket field: only those have a former value"
    wanted = {} if operand.value is True else operand.value
    if not isinstance(wanted, dict) or not all(
        name in ("from", "to") and isinstance(each, str) for name, each in wanted.items()
    ):
        return 'true, or { from = "pending", to = "open" } (either may be left out)'
    old, new = (normalise(wanted[name]) if name in wanted else None for name in ("from", "to"))
    path, hit = operand.path, Hit(because=(f"{operand.path} changed",))

    def test(view: View) -> Hit | None:
        if former not in view.facts.values:
            return None
        before, now = (normalise(" ".join(texts_of(view.facts.value(name)))) for name in (former, path))
        return hit if before != now and old in (None, before) and new in (None, now) else None

    return Probe(test=test)


_TEXTUAL = frozenset({Kind.TEXT, Kind.TEXTS, Kind.ADDRESS, Kind.ADDRESSES})
_PLAIN = frozenset({Kind.TEXT, Kind.TEXTS})
_COUNTED = frozenset({Kind.NUMBER, Kind.DURATION})
_COMPARED = _TEXTUAL | {Kind.FLAG, Kind.NUMBER}

OPERATORS: Mapping[str, Operator] = {
    name: Operator(name=name, kinds=kinds, meaning=meaning, example=example, build=build)
    for name, kinds, meaning, example, build in (
        ("is", _COMPARED, "Equal, whatever case and accents", '{ mailbox.is = "sales" }', _is),
        ("is_not", _COMPARED, "Not equal; inside `any` rather write a `none` group", '{ team.is_not = "" }', _is_not),
        ("is_one_of", _TEXTUAL, "Equal to one of a list", '{ language.is_one_of = ["de", "fr"] }', _is_one_of),
        (
            "in_file",
            _TEXTUAL,
            "A line of a .txt file beside the rules; `@domain` lines stand for all addresses there",
            '{ from.in_file = "partners.txt" }',
            _in_file,
        ),
        (
            "contains_any",
            _PLAIN,
            "One of the keywords occurs: whole words or phrases",
            '{ text.contains_any = ["refund", "money back"] }',
            lambda operand: _contains(operand, every=False),
        ),
        (
            "contains_all",
            _PLAIN,
            "All of the keywords occur",
            '{ text.contains_all = ["vpn", "certificate"] }',
            lambda operand: _contains(operand, every=True),
        ),
        ("starts", _TEXTUAL, "Begins with a text or one of a list", '{ subject.starts = "[monitor]" }', _starts),
        ("ends", _TEXTUAL, "Ends with a text or one of a list", '{ from.ends = ".example" }', _ends),
        (
            "glob",
            _TEXTUAL,
            "The whole of it fits `*` (anything) and `?` (one character); its first 2,048 characters are read",
            '{ attachment_name.glob = "*.iso" }',
            _glob,
        ),
        (
            "pattern",
            _TEXTUAL,
            "An RE2 expression matches; its named captures can be used in actions",
            r"{ subject.pattern = 'order (?P<order>\d+)' }",
            _pattern,
        ),
        ("greater", _COUNTED, "Greater than a number, size or duration", "{ spam_score.greater = 5 }", _greater),
        ("less", _COUNTED, "Less than a number, size or duration", "{ open_tickets.less = 2 }", _less),
        (
            "within",
            _COUNTED,
            "Not longer ago than a duration; or from the first number to the second",
            '{ since_agent_reply.within = "2h" }',
            _within,
        ),
        (
            "changed",
            frozenset({Kind.TEXT, Kind.TEXTS}),
            "Another value than this mail found; `from` and `to` may be left out",
            '{ status.changed = { from = "pending", to = "open" } }',
            _changed,
        ),
        (
            "present",
            frozenset(Kind),
            "There is such a fact, and it is not empty",
            "{ header.list-id.present = true }",
            _present,
        ),
    )
}
