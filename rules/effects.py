"""The wishes of a rule, settled by `triage` and turned into the store's actions by `triage_plans`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
LONGEST_CAPTURE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign:
    """How an assignee is to be found. `agent` names one; else the strategy chooses in the team (default: ticket's)."""

    agent: str = ""
    strategy: str = ""
    team: str = ""
    skills: tuple[str, ...] = ()
    otherwise: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One wish of a rule. Two effects with the same slot contradict each other; those that collect add up.

    `fills`: captures of the rule's patterns, written {name}, are filled into the value and the arguments. `kinds`:
    what each argument must be once it is filled in.
    """

    action: str
    target: str = ""
    value: str = ""
    values: tuple[str, ...] = ()
    arguments: tuple[tuple[str, str], ...] = ()
    kinds: tuple[tuple[str, str], ...] = ()
    assign: Assign | None = None
    collects: bool = False
    fills: bool = False

    @property
    def slot(self) -> tuple[str, str]:
        """What it is about. All ways of keeping a mail out of the tickets are about the same thing."""
        return ("refusal", "") if self.action in REFUSALS else (self.action, self.target)

    def describe(self) -> str:
        """In the words of the trace."""
        name = f"{self.action}.{self.target}" if self.target else self.action
        if self.assign:
            return f"{name} = {self.assign.agent or self.assign.strategy}"
        parts = (*(self.values or (self.value,)), *(f"{argument}={value}" for argument, value in self.arguments))
        return f"{name} = {', '.join(parts)}"

    @property
    def texts(self) -> tuple[str, ...]:
        """Where captures may stand."""
        return (self.value, *(value for _, value in self.arguments)) if self.fills else ()


REFUSALS = ("quarantine", "reject", "drop")


def placeholders(effects: tuple[Effect, ...]) -> set[str]:
    """The captures that effects want filled in."""
    return {name for each in effects for text in each.texts for name in PLACEHOLDER.findall(text)}


def fill(effect: Effect, captures: Mapping[str, str]) -> Effect:
    """The effect with what the customer wrote in place of {name}: one line, shortened, never filled in again."""
    if not any("{" in text for text in effect.texts):
        return effect
    clean = {name: " ".join(text.split())[:LONGEST_CAPTURE] for name, text in captures.items()}

    def filled(text: str) -> str:
        return PLACEHOLDER.sub(lambda match: clean.get(match[1], match[0]), text)

    arguments = tuple((name, filled(text)) for name, text in effect.arguments)
    return replace(effect, value=filled(effect.value), arguments=arguments)
