"""Conditions of a rule: tests of single facts, in groups `all`, `any` and `none` that may hold groups again.

    when = { mailbox.is = "support", any = [ { subject.contains_any = ["outage"] }, { header.x-alarm.is = "1" } ] }

A table holds when all of its entries do. What is wrong with one is returned as `Fault`s, all of them at once.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from rules.faults import Fault, Place, show
from rules.operators import OPERATORS, Hit, Operand, Operator, Probe, View
from rules.triage_facts import FAMILIES, FIELDS, Kind, kind_of

DEEPEST = 8


class Grouping(StrEnum):
    """How a group's members are combined."""

    ALL = "all"
    ANY = "any"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One fact compared by one operator. `value` is what the admin wrote, for lints and differences."""

    path: str
    operator: str
    probe: Probe
    value: str = ""

    def evaluate(self, view: View) -> Hit | None:
        """The hit, or None."""
        return self.probe.test(view)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Several conditions together. An empty group of any kind but ANY holds always."""

    grouping: Grouping
    members: tuple["Comparison | Group", ...]

    def evaluate(self, view: View) -> Hit | None:
        """The hit of all that had to hold; of an ANY group, of the first that did."""
        if self.grouping is Grouping.ALL:
            return _all(self.members, view)
        hit = next(filter(None, (each.evaluate(view) for each in self.members)), None)
        if self.grouping is Grouping.ANY:
            return hit
        return None if hit else Hit(because=(f"none of {len(self.members)}",))


Condition = Comparison | Group


def _all(members: Iterable[Condition], view: View) -> Hit | None:
    hits: list[Hit] = []
    for member in members:
        hit = member.evaluate(view)
        if hit is None:
            return None
        hits.append(hit)
    if len(hits) == 1:
        return hits[0]
    captures = {name: value for hit in hits for name, value in hit.captures.items()}
    return Hit(because=tuple(line for hit in hits for line in hit.because), captures=captures)


def comparisons_in(condition: Condition) -> Iterator[Comparison]:
    """Every comparison of a condition, at any depth."""
    if isinstance(condition, Comparison):
        yield condition
        return
    for member in condition.members:
        yield from comparisons_in(member)


def parse_condition(table: object, files: Mapping[str, str], place: Place) -> tuple[Condition, list[Fault]]:
    """The condition an admin wrote as a table, and everything wrong with it."""
    reader = _Reader(files=files, faults=[])
    members = reader.table(table, place, 0)
    condition = members[0] if len(members) == 1 else Group(grouping=Grouping.ALL, members=tuple(members))
    return condition, reader.faults


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    files: Mapping[str, str]
    faults: list[Fault]

    def table(self, table: object, place: Place, depth: int) -> list[Condition]:
        if not isinstance(table, dict):
            self._fault(place, table, 'a table, such as { subject.contains_any = ["refund"] }')
            return []
        if depth > DEEPEST:
            self._fault(place, f"groups in groups, {depth} deep", f"at most {DEEPEST}")
            return []
        members: list[Condition] = []
        for name, value in table.items():
            if name in tuple(Grouping):
                members.append(self._group(Grouping(name), value, (*place, name), depth))
            else:
                members += self._fact(name, value, (*place, name))
        return members

    def _group(self, grouping: Grouping, entries: object, place: Place, depth: int) -> Group:
        listed = [entries] if isinstance(entries, dict) else entries
        if not isinstance(listed, list) or not listed:
            self._fault(place, entries, "a list of conditions: [ { ... }, { ... } ]")
            return Group(grouping=grouping, members=())
        members: list[Condition] = []
        for number, entry in enumerate(listed):
            parts = self.table(entry, (*place, number), depth + 1)
            members.append(parts[0] if len(parts) == 1 else Group(grouping=Grouping.ALL, members=tuple(parts)))
        return Group(grouping=grouping, members=tuple(members))

    def _fact(self, path: str, value: object, place: Place) -> list[Condition]:
        kind = kind_of(path)
        if kind is not None:
            return self._comparisons(path, kind, value, place)
        if path in FAMILIES and isinstance(value, dict) and value:
            names = [(f"{path}.{_header_case(path, name)}", each, (*place, name)) for name, each in value.items()]
            return [member for name, each, where in names for member in self._fact(name, each, where)]
        near = difflib.get_close_matches(path, [*FIELDS, *FAMILIES, *Grouping], n=1)
        hint = f"did you mean {near[0]!r}?" if near else "`postroom rules reference` lists every fact"
        self.faults.append(Fault(place=place, found=f"there is no fact {path!r}", hint=hint))
        return []

    def _comparisons(self, path: str, kind: Kind, value: object, place: Place) -> list[Condition]:
        if not isinstance(value, dict) or not value:
            example = FIELDS[path].example if path in FIELDS else FAMILIES[path.partition(".")[0]][2]
            self._fault(place, value, f"an operator and a value: {example}")
            return []
        members: list[Condition] = []
        for name, operand in value.items():
            probe = self._probe(name, Operand(path=path, kind=kind, value=operand, files=self.files), (*place, name))
            if probe:
                members.append(Comparison(path=path, operator=name, probe=probe, value=repr(operand)))
        return members

    def _probe(self, name: str, operand: Operand, place: Place) -> Probe | None:
        operator = OPERATORS.get(name)
        if operator is None or operand.kind not in operator.kinds:
            self.faults.append(_no_operator(name, operator, operand, place))
            return None
        probe = operator.build(operand)
        if isinstance(probe, str):
            self._fault(place, operand.value, probe, _example(operator, operand.path))
            return None
        return probe

    def _fault(self, place: Place, found: object, allowed: str, example: str = "") -> None:
        hint = f"for example {example}" if example else ""
        self.faults.append(Fault(place=place, found=f"got {show(found)}", allowed=allowed, hint=hint))


def _example(operator: Operator, path: str) -> str:
    """The fact's own example when it shows this operator."""
    own = FIELDS[path].example if path in FIELDS else ""
    return own if f".{operator.name} " in own else operator.example


def _header_case(family: str, name: str) -> str:
    return name.lower() if family == "header" else name


def _no_operator(name: str, operator: Operator | None, operand: Operand, place: Place) -> Fault:
    fitting = [each.name for each in OPERATORS.values() if operand.kind in each.kinds]
    near = difflib.get_close_matches(name, fitting, n=1)
    found = f"{name!r} does not fit {operand.path}, which is {operand.kind.value}"
    if operator is None:
        found = f"there is no operator {name!r}"
    return Fault(
        place=place,
        found=found,
        allowed="one of " + ", ".join(fitting),
        hint=f"did you mean {near[0]!r}?" if near else "",
    )
