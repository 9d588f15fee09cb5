"""The difference between two decisions about the same mail, and what a whole rehearsal comes to, rule by rule."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rules.actions import Decision
from rules.outcomes import outcome_of

MOST_EXAMPLES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One mail that would be treated otherwise. `changes` in words; `rules` are those that speak differently."""

    inbound_id: int
    ticket: int | None
    subject: str
    changes: tuple[str, ...]
    rules: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class RuleChange:
    """What one rule's difference comes to."""

    mails: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    examples: list[Changed] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Rehearsal:
    """What has been replayed so far."""

    mails: int = 0
    unread: int = 0
    changed: int = 0
    rules: dict[str, RuleChange] = field(default_factory=dict)

    def count(self, difference: Changed | None) -> None:
        """One more mail."""
        self.mails += 1
        if difference is None:
            return
        self.changed += 1
        for rule in difference.rules or ("(no rule)",):
            entry = self.rules.setdefault(rule, RuleChange())
            entry.mails += 1
            entry.changes.update(difference.changes)
            if len(entry.examples) < MOST_EXAMPLES:
                entry.examples.append(difference)

    def to_dict(self) -> dict[str, Any]:
        """The JSON shape of `postroom rehearse --json`."""
        return {
            "mails": self.mails,
            "unread": self.unread,
            "changed": self.changed,
            "rules": [
                {
                    "rule": name,
                    "mails": each.mails,
                    "changes": dict(each.changes.most_common()),
                    "examples": [
                        {
                            "inbound": example.inbound_id,
                            "ticket": example.ticket,
                            "subject": example.subject,
                            "changes": list(example.changes),
                        }
                        for example in each.examples
                    ],
                }
                for name, each in sorted(self.rules.items(), key=lambda item: -item[1].mails)
            ],
        }


def compare(inbound_id: int, ticket: int | None, subject: str, before: Decision, after: Decision) -> Changed | None:
    """What the second decision does otherwise; None when it comes to the same."""
    old, new = outcome_of(before), outcome_of(after)
    differing = [name for name in old if name != "rules" and old[name] != new[name]]
    changes = tuple(f"{name}: {_show(old[name])} -> {_show(new[name])}" for name in differing)
    if not changes:
        return None
    return Changed(
        inbound_id=inbound_id, ticket=ticket, subject=subject, changes=changes, rules=_responsible(before, after)
    )


def _show(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={each}" for name, each in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value) if value != "" else "none"


def _responsible(before: Decision, after: Decision) -> tuple[str, ...]:
    """Rules that said something in one decision only, or something else in the other."""
    old, new = _said(before), _said(after)
    return tuple(name for name in dict.fromkeys((*new, *old)) if old.get(name) != new.get(name))


def _said(decision: Decision) -> dict[str, str]:
    lines = {line.partition(":")[0]: line for line in decision.trace.rules}
    return {name: f"{verdict} {lines.get(name, '')}" for name, verdict in decision.trace.verdicts}
