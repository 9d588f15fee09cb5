"""What an entry of a `then` table is read with: the names a rule may use, the wish, and the shape of an action."""

import difflib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from rules.effects import Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What rules may refer to.

    `canned`: prepared answers, each with the reason why it cannot be sent automatically, empty when it can.
    `forwards`: addresses and whole domains (`@partner.example`) that mail may be passed on to. `commands`: the
    arguments of each command line of the configuration, with their kinds.
    """

    agents: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    templates: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()
    canned: Mapping[str, str] = field(default_factory=dict)
    forwards: frozenset[str] = frozenset()
    webhooks: frozenset[str] = frozenset()
    commands: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a reader is given: the action's name, the admin's value, the name behind the dot, and known names."""

    action: str
    value: object
    names: Names
    target: str = ""


Reader = Callable[[Wish], tuple[Effect, ...] | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionKind:
    """One action. `fills`: captures of the rule's patterns, written {name}, are filled in."""

    name: str
    meaning: str
    example: str
    read: Reader
    fills: bool = False
    is_family: bool = False


def known(what: str, value: object, names: Collection[str]) -> str:
    """What would have been accepted, with the nearest name there is."""
    near = difflib.get_close_matches(str(value), names, n=1)
    return f"{what}: {', '.join(sorted(names)) or 'none is known'}" + (f" (did you mean {near[0]!r}?)" if near else "")


def listed(value: object) -> tuple[str, ...]:
    """One text or a list of texts; empty for anything else."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    return ()


def is_address(value: object) -> bool:
    """Whether it has the shape of one mail address."""
    return isinstance(value, str) and bool(re.fullmatch(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+", value))
