"""From a validation error to words for an admin: which line, what was found, what is allowed, what to type."""

import difflib
import re
import tomllib
import typing
from typing import Any

from pydantic import BaseModel, ValidationError

from daemon.errors import Problem
from rules.faults import show

Location = tuple[str | int, ...]


def explain(error: ValidationError, model: type[BaseModel], text: str, file: str) -> list[Problem]:
    """One Problem a fault, in the order of the file."""
    problems = [_problem(dict(fault), model, text, file) for fault in error.errors(include_url=False)]
    return sorted(problems, key=lambda problem: problem.line)


def syntax_problem(error: tomllib.TOMLDecodeError, file: str) -> Problem:
    """What the TOML reader could not read, and where."""
    line = re.search(r"line (\d+)", str(error))
    message = re.sub(r" \(at .*\)", "", str(error))
    return Problem(file=file, line=int(line[1]) if line else 0, message=message)


def _problem(fault: dict[str, Any], model: type[BaseModel], text: str, file: str) -> Problem:
    location: Location = tuple(fault["loc"])
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in location)
    message, remedy = _message(fault, location, model)
    return Problem(file=file, line=line_of(text, location), key=key, message=message, remedy=remedy)


def _message(fault: dict[str, Any], location: Location, model: type[BaseModel]) -> tuple[str, str]:
    kind, found, context = fault["type"], fault["input"], fault.get("ctx", {})
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(str(location[-1]), _known_names(model, location[:-1]), n=1)
        return "there is no such option", f"did you mean {near[0]!r}?" if near else ""
    if kind == "missing":
        return "this option is required", ""
    if kind in ("literal_error", "enum"):
        return f"got {show(found)}, expected {context['expected']}", ""
    if kind == "value_error":
        return f"got {show(found)}, {context['error']}", ""
    if kind in ("model_type", "model_attributes_type"):
        # a whole section belongs here; what stands there may be a password, so it is not repeated
        return "this is a group of options, not a single value", 'write NAME = { file = "..." } for a secret'
    return f"got {show(found)}, {_expected(kind, context, fault['msg'])}", ""


_EXPECTED = {
    "int_parsing": "expected a whole number",
    "int_type": "expected a whole number",
    "int_from_float": "expected a whole number",
    "bool_parsing": "expected true or false",
    "bool_type": "expected true or false",
    "string_type": "expected text in quotes",
    "list_type": "expected a list in [ ]",
    "greater_than_equal": "expected at least {ge}",
    "less_than_equal": "expected at most {le}",
    "string_too_short": "expected some text",
    "too_short": "expected at least one",
}


def _expected(kind: str, context: dict[str, Any], message: str) -> str:
    words = _EXPECTED.get(kind)
    return words.format(**context) if words else message[:1].lower() + message[1:]


def _known_names(model: type[BaseModel], location: Location) -> list[str]:
    current: type[BaseModel] | None = model
    for part in location:
        if isinstance(part, int) or current is None:
            continue
        current = _section(current.model_fields[part].annotation) if part in current.model_fields else None
    return list(current.model_fields) if current else []


def _section(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and not typing.get_args(annotation):
        return annotation if issubclass(annotation, BaseModel) else None
    return next((found for each in typing.get_args(annotation) if (found := _section(each))), None)


def line_of(text: str, location: Location) -> int:
    """The 1-based line of a key such as ("imap", 1, "port") in TOML text; that of its table when it is not there."""
    lines = text.splitlines()
    parts = tuple(part for part in location if part != "[key]")
    while parts:
        while len(parts) > 1 and isinstance(parts[-1], int):
            parts = parts[:-1]  # an item of a list stands on the line of its list, as far as we can tell
        line = _line_in_table(lines, parts)
        if line or len(parts) == 1:
            return line
        parts = parts[:-1]  # in an inline table, which stands on the line of its own key
    return 0


def _line_in_table(lines: list[str], location: Location) -> int:
    """0 when there is no such table, nor such a key above all tables."""
    table = [part for part in location[:-1] if isinstance(part, str)]
    index = next((part for part in location if isinstance(part, int)), 0)
    header = re.compile(rf"\s*\[+\s*{re.escape('.'.join(table) or str(location[0]))}\s*\]+")
    if table and not any(map(header.match, lines)):
        return 0
    key = re.compile(rf"\s*{re.escape(str(location[-1]))}\s*=")
    start = _nth(lines, header, index)
    for number in range(start, len(lines)):
        if key.match(lines[number]):
            return number + 1
        if number > start and lines[number].lstrip().startswith("["):
            break
    return start + 1 if lines and header.match(lines[min(start, len(lines) - 1)]) else 0


def _nth(lines: list[str], pattern: re.Pattern[str], index: int) -> int:
    found = [number for number, line in enumerate(lines) if pattern.match(line)]
    return found[min(index, len(found) - 1)] if found else 0
