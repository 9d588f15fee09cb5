"""triage.toml: compiled by `rules.ruleset`; here its faults become problems with file, line and remedy."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from daemon.errors import Problem
from daemon.policy_files import files_of, tables_of
from rules.faults import Fault, Place
from rules.rule_tests import RuleTest, parse_tests
from rules.ruleset import RuleFile, Ruleset, compile_rules
from rules.wishes import Names

_HEADER = re.compile(r"\s*\[+\s*([\w.-]+)\s*\]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the triage files hold."""

    ruleset: Ruleset
    tests: tuple[RuleTest, ...]


def read_rules(files: Mapping[str, str], names: Names, problems: list[Problem]) -> Rules:
    """All triage*.toml in name order. Problems are added to the list."""
    sources = [RuleFile(name=file, tables=tables_of(file, files[file], problems)) for file in files_of(files, "triage")]
    lists = {name: text for name, text in files.items() if name.endswith(".txt")}
    compiled = compile_rules(sources, names, lists)
    tests, faults = parse_tests(sources)
    problems += [_problem(each, files.get(each.file, "")) for each in (*compiled.faults, *faults)]
    return Rules(ruleset=compiled.ruleset, tests=tests)


def _problem(fault: Fault, text: str) -> Problem:
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in fault.place)
    message = f"{fault.found}, expected {fault.allowed}" if fault.allowed else fault.found
    line = line_of_fault(text, fault.place, fault.found)
    return Problem(file=fault.file, line=line, key=key, message=message, remedy=fault.hint)


def line_of_fault(text: str, place: Place, found: str) -> int:
    """The 1-based line of a fault: in the block of its table, where its deepest key stands, best beside its value."""
    lines = text.splitlines()
    start, end = _block(lines, place)
    wanted = re.search(r'"([^"]+)"', found)
    for key in (part for part in reversed(place[1:]) if isinstance(part, str)):
        at = re.compile(rf"(?<![\w-]){re.escape(key)}(?![\w-])")
        hits = [number for number in range(start, end) if at.search(lines[number].partition("#")[0])]
        if hits:
            exact = [number for number in hits if wanted and wanted[1] in lines[number]]
            return (exact or hits)[0] + 1
    return start + 1 if lines else 0


def _block(lines: list[str], place: Place) -> tuple[int, int]:
    """First line and end of the table that a place begins with, its sub-tables included."""
    section = str(place[0])
    index = place[1] if len(place) > 1 and isinstance(place[1], int) else 0
    headers = [(number, match[1]) for number, line in enumerate(lines) if (match := _HEADER.match(line))]
    starts = [number for number, name in headers if name == section]
    if not starts:
        return 0, len(lines)
    start = starts[min(index, len(starts) - 1)]
    ends = [number for number, name in headers if number > start and not name.startswith(f"{section}.")]
    return start, min(ends, default=len(lines))
