"""The files of the rules folder: which kind each is, several of a kind in name order, and where things stand."""

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from daemon.config_problems import explain, line_of, syntax_problem
from daemon.errors import ConfigError, Problem

KINDS = ("deny", "triage", "people", "hours", "deadlines")
Model = TypeVar("Model", bound=BaseModel)


def rule_files(folder: Path) -> dict[str, str]:
    """Every .toml and .txt file by name; the packaged defaults for the empty path. Raises ConfigError."""
    source = resources.files("rules") / "defaults" if folder == Path() else folder
    with reading(folder, "desk.rules_dir"):
        return {
            each.name: each.read_text(encoding="utf-8")
            for each in source.iterdir()
            if each.name.endswith((".toml", ".txt")) and not each.name.startswith(".")
        }


@contextmanager
def reading(place: Path, key: str) -> Iterator[None]:
    """Raises ConfigError when what is read within cannot be. `key`: the setting that named the place."""
    try:
        yield
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([Problem(file=str(place), key=key, message=f"cannot read: {error}")]) from error


def files_of(files: Mapping[str, str], kind: str) -> list[str]:
    """The files of a kind in the order they count: `triage.toml` first, then `triage-*.toml` by name."""
    return sorted((name for name in files if _kind_of(name) == kind), key=lambda name: name.removesuffix(".toml"))


def _kind_of(name: str) -> str:
    return name.removesuffix(".toml").partition("-")[0] if name.endswith(".toml") else ""


def unknown_files(files: Mapping[str, str]) -> list[Problem]:
    """Files that would silently do nothing, such as `triag.toml`."""
    problems = []
    for name in sorted(files):
        kind = _kind_of(name)
        if kind and kind not in KINDS:
            near = difflib.get_close_matches(kind, KINDS, n=1)
            remedy = (
                f"did you mean {near[0]}.toml?"
                if near
                else "KIND.toml or KIND-anything.toml, KIND: " + ", ".join(KINDS)
            )
            problems.append(Problem(file=name, message="there is no such kind of file", remedy=remedy))
    return problems


def tables_of(file: str, text: str, problems: list[Problem]) -> dict[str, Any]:
    """The tables of a file; none, and a problem, when it cannot be read."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problems.append(syntax_problem(error, file))
    return {}


def read_kind(files: Mapping[str, str], kind: str, model: type[Model], problems: list[Problem]) -> Model:
    """All files of a kind as one: lists are joined in the order of the files, other values are those of the last."""
    parts = [_read(file, files[file], model, problems) for file in files_of(files, kind)]
    if len(parts) == 1:
        return parts[0]
    merged: dict[str, Any] = {}
    for part in parts:
        for name in part.model_fields_set:
            value = getattr(part, name)
            merged[name] = [*merged.get(name, []), *value] if isinstance(value, list) else value
    return model.model_validate(merged)


def _read(file: str, text: str, model: type[Model], problems: list[Problem]) -> Model:
    try:
        return model.model_validate(tables_of(file, text, problems))
    except ValidationError as error:
        problems += explain(error, model, text, file)
    return model()


def place(files: Mapping[str, str], kind: str, section: str, index: int, key: str) -> tuple[str, int]:
    """File and line of a key in the index-th table of a section, counted over all files of the kind.

    Without a section it is a key above all tables, of which the last file's counts.
    """
    if not section:
        there = [(file, line) for file in files_of(files, kind) if (line := line_of(files[file], (key,)))]
        return there[-1] if there else (f"{kind}.toml", 0)
    for file in files_of(files, kind):
        count = len(tables_of(file, files[file], []).get(section, []))
        if index < count:
            return file, line_of(files[file], (section, index, key))
        index -= count
    return f"{kind}.toml", 0
