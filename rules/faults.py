"""What is wrong in a rule file, in words for the admin who wrote it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something wrong in a rule file: where, what was found, what is allowed, what to type."""

    file: str = ""
    place: Place
    found: str
    allowed: str = ""
    hint: str = ""


def show(value: object) -> str:
    """What was found, as TOML has it and short enough for one line; None stands for nothing at all."""
    text = _as_toml(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _as_toml(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_as_toml, value))}]"
    if isinstance(value, Mapping):
        inside = ", ".join(f"{name} = {_as_toml(each)}" for name, each in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    return f'"{value}"' if isinstance(value, str) else repr(value)


def in_file(faults: Iterable[Fault], file: str) -> list[Fault]:
    """The same faults, with the file named."""
    return [replace(each, file=file) for each in faults]
