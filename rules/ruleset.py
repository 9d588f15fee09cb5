"""From plain tables, as TOML gives them, to one frozen set of rules; or to everything that is wrong with them."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from rules.conditions import Condition, Group, Grouping, comparisons_in, parse_condition
from rules.deadlines import Hours
from rules.effects import Effect, placeholders
from rules.facts import Priority
from rules.faults import Fault, Place, in_file, show
from rules.keywords import KeywordIndex, index_keywords
from rules.matrix import Matrix, parse_matrix
from rules.triage_actions import LEVELS, parse_effects
from rules.triage_facts import Happening, is_customers_word
from rules.wishes import Names

_ALWAYS = Group(grouping=Grouping.ALL, members=())
_KEYS = ("name", "on", "when", "then", "stop", "once", "mode", "why")


class Mode(StrEnum):
    """Whether a rule acts, only says what it would have done, or sleeps."""

    ON = "on"
    SHADOW = "shadow"
    OFF = "off"


class RuleNeeds(StrEnum):
    """What rules want to know of the store. LOADS includes ACTIVITY and locks the agents' figures; RATINGS adds those
    of surveys."""

    NOTHING = "nothing"
    ACTIVITY = "activity"
    LOADS = "loads"
    RATINGS = "ratings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One compiled rule. `words_only`: its conditions rest on nothing but what the customer wrote."""

    name: str
    file: str = ""
    number: int = 0
    on: frozenset[Happening] = frozenset({Happening.NEW})
    when: Condition = _ALWAYS
    effects: tuple[Effect, ...]
    stop: bool = False
    once: bool = False
    mode: Mode = Mode.ON
    words_only: bool = False


@dataclass(frozen=True, kw_only=True)  # without slots, so that what follows from the rules is found once
class Ruleset:
    """All rules in file order, with the index of their keywords; `hours` tell what business time is."""

    rules: tuple[Rule, ...] = ()
    index: KeywordIndex = field(default_factory=lambda: index_keywords(()))
    matrix: Matrix = field(default_factory=Matrix)
    hours: Hours = field(default_factory=Hours)

    @cached_property
    def needs(self) -> RuleNeeds:
        """What must be looked up before these rules can run."""
        wishes = [each.assign for each in self._effects() if each.assign]
        if any("best-rated" in (each.strategy, each.otherwise) for each in wishes):
            return RuleNeeds.RATINGS
        if wishes:
            return RuleNeeds.LOADS
        return RuleNeeds.ACTIVITY if self.rules else RuleNeeds.NOTHING

    @cached_property
    def named_tickets(self) -> frozenset[str]:
        """How rules name the tickets they link to and merge into."""
        return frozenset(each.value for each in self._effects() if each.action in ("link", "merge"))

    @cached_property
    def forwards(self) -> tuple[str, ...]:
        """Every address that a rule passes mail on to."""
        return tuple(sorted({to for each in self._effects() if each.action == "forward" for to in each.values}))

    def _effects(self) -> Iterator[Effect]:
        return (each for rule in self.rules for each in rule.effects)


NO_RULES = Ruleset()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFile:
    """A file of rules as TOML gives it."""

    name: str
    tables: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """The rules that could be compiled, and all faults of the others."""

    ruleset: Ruleset
    faults: tuple[Fault, ...]


def compile_rules(files: Sequence[RuleFile], names: Names, lists: Mapping[str, str]) -> Compiled:
    """Compile rule files in the order given. `lists` are the .txt files that `in_file` may name."""
    faults: list[Fault] = []
    rules: list[Rule] = []
    matrix = Matrix()
    for each in files:
        unknown = [name for name in each.tables if name not in ("rule", "test", "matrix")]
        found = [
            Fault(place=(name,), found=f"there is no section {name!r}", allowed="[[rule]], [[test]], [matrix]")
            for name in unknown
        ]
        if "matrix" in each.tables:
            matrix = _matrix(each.tables["matrix"], found) or matrix
        rules += _rules(each, names, lists, found)
        faults += in_file(found, each.name)
    faults += _doubles(rules)
    keywords = {word for rule in rules for each in comparisons_in(rule.when) for word in each.probe.keywords}
    ruleset = Ruleset(rules=tuple(rules), index=index_keywords(keywords), matrix=matrix)
    return Compiled(ruleset=ruleset, faults=tuple(faults))


def _rules(file: RuleFile, names: Names, lists: Mapping[str, str], faults: list[Fault]) -> list[Rule]:
    tables = file.tables.get("rule", [])
    if not isinstance(tables, list):
        faults.append(Fault(place=("rule",), found="[rule] with single brackets", allowed="[[rule]]"))
        return []
    return [
        rule
        for number, table in enumerate(tables)
        if (rule := _rule(table, file.name, number, names, lists, faults)) is not None
    ]


def _rule(
    table: object, file: str, number: int, names: Names, lists: Mapping[str, str], faults: list[Fault]
) -> Rule | None:
    place: Place = ("rule", number)
    if not isinstance(table, dict):
        faults.append(Fault(place=place, found=f"got {show(table)}", allowed="a [[rule]] table"))
        return None
    before = len(faults)
    when, wrong = parse_condition(table["when"], lists, (*place, "when")) if "when" in table else (_ALWAYS, [])
    effects, wrong_effects = parse_effects(table.get("then"), names, (*place, "then"))
    faults += [*_unknown_keys(table, place), *wrong, *wrong_effects]
    rule = Rule(
        name=_name(table, place, faults),
        file=file,
        number=number,
        on=_happenings(table.get("on", "new"), (*place, "on"), faults),
        when=when,
        effects=effects,
        stop=_flag(table, "stop", place, faults),
        once=_flag(table, "once", place, faults),
        mode=_mode(table.get("mode", "on"), (*place, "mode"), faults),
        words_only=_rests_on_words(when),
    )
    faults += _uncaptured(rule, place)
    return rule if len(faults) == before else None


def _unknown_keys(table: Mapping[str, object], place: Place) -> list[Fault]:
    faults = []
    for key in table:
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else ""
            faults.append(
                Fault(place=(*place, key), found=f"there is no option {key!r}", allowed=", ".join(_KEYS), hint=hint)
            )
    return faults


def _name(table: Mapping[str, object], place: Place, faults: list[Fault]) -> str:
    name = table.get("name")
    if not isinstance(name, str) or not name.strip() or len(name) > 120 or ":" in name:
        faults.append(
            Fault(place=(*place, "name"), found=f"got {show(name)}", allowed="a name without colon, for the trace")
        )
        return ""
    return name


def _happenings(value: object, place: Place, faults: list[Fault]) -> frozenset[Happening]:
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not listed or any(each not in tuple(Happening) for each in listed):
        faults.append(Fault(place=place, found=f"got {show(value)}", allowed="one or more of " + ", ".join(Happening)))
        return frozenset({Happening.NEW})
    return frozenset(map(Happening, listed))


def _flag(table: Mapping[str, object], key: str, place: Place, faults: list[Fault]) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        faults.append(Fault(place=(*place, key), found=f"got {show(value)}", allowed="true or false"))
    return value is True


def _mode(value: object, place: Place, faults: list[Fault]) -> Mode:
    if value not in tuple(Mode):
        hint = "TOML wants quotes here" if isinstance(value, bool) else ""
        faults.append(Fault(place=place, found=f"got {show(value)}", allowed="one of " + ", ".join(Mode), hint=hint))
        return Mode.ON
    return Mode(str(value))


def _uncaptured(rule: Rule, place: Place) -> list[Fault]:
    captured = {name for each in comparisons_in(rule.when) for name in each.probe.captures}
    return [
        Fault(
            place=(*place, "then"),
            found=f"no pattern of this rule captures {{{name}}}",
            allowed="names captured in `when`: " + (", ".join(sorted(captured)) or "there are none"),
            hint=f"write (?P<{name}>...) in a pattern",
        )
        for name in sorted(placeholders(rule.effects) - captured)
    ]


def _rests_on_words(when: Condition) -> bool:
    paths = [each.path for each in comparisons_in(when)]
    return bool(paths) and all(map(is_customers_word, paths))


def _doubles(rules: Sequence[Rule]) -> list[Fault]:
    first: dict[str, Rule] = {}
    faults = []
    for rule in rules:
        other = first.setdefault(rule.name, rule)
        if other is not rule:
            faults.append(
                Fault(
                    file=rule.file,
                    place=("rule", rule.number, "name"),
                    found=f"{rule.name!r} is also the name of a rule in {other.file}",
                    allowed="names that differ: the trace and `once` go by them",
                )
            )
    return faults


def _matrix(value: object, faults: list[Fault]) -> Matrix | None:
    rows = value if isinstance(value, dict) else {"": {}}
    for impact, row in rows.items():
        cells = row if isinstance(row, dict) else {"": ""}
        wrong = [name for name, cell in cells.items() if name not in LEVELS or cell not in tuple(Priority)]
        if impact not in LEVELS or wrong:
            faults.append(
                Fault(
                    place=("matrix", impact),
                    found=f"got {impact} = {show(row)}",
                    allowed='impact high, medium or low, such as high = { high = "P1", medium = "P2", low = "P3" }',
                )
            )
            return None
    return parse_matrix(rows)
