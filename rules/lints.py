"""What is allowed in rules and still most likely a mistake."""

from collections.abc import Iterator

from rules.conditions import Comparison, Condition, Group, Grouping, comparisons_in
from rules.effects import REFUSALS
from rules.ruleset import Mode, Rule, Ruleset
from rules.triage_facts import Happening


def lint(ruleset: Ruleset) -> tuple[str, ...]:
    """Warnings in the order of the rules."""
    active = [each for each in ruleset.rules if each.mode is not Mode.OFF]
    return tuple(
        f"{rule.file}: rule {rule.name!r}: {warning}"
        for number, rule in enumerate(active)
        for warning in _warnings(rule, active[:number])
    )


def _warnings(rule: Rule, before: list[Rule]) -> Iterator[str]:
    blocker = next((each for each in before if _hides(each, rule)), None)
    if blocker:
        yield f"never reached: {blocker.name!r} matches whenever this one does, and stops"
    if _negates_in_or(rule.when):
        yield "an `any` group with a negation matches nearly everything; put that into a `none` group outside it"
    changed = {each.path for each in comparisons_in(rule.when) if each.operator == "changed"}
    own = sorted(changed & {effect.action for effect in rule.effects})
    if own:
        yield f"waits for a change of {', '.join(own)} and makes one; what rules change starts no rule"
    if Happening.REPLY in rule.on and not rule.once and any(each.action == "note" for each in rule.effects):
        yield "writes its note at every reply; `once = true` writes it once a ticket"
    if not any(comparisons_in(rule.when)) and any(each.action in REFUSALS for each in rule.effects):
        yield "has no condition and keeps out all mail"


def _hides(earlier: Rule, later: Rule) -> bool:
    return (
        earlier.stop
        and earlier.mode is Mode.ON
        and not earlier.once
        and earlier.on >= later.on
        and _demands(earlier.when) <= _demands(later.when)
    )


def _demands(condition: Condition) -> frozenset[str]:
    """Everything that must hold, as signatures: more demands match less."""
    if isinstance(condition, Group) and condition.grouping is Grouping.ALL:
        return frozenset(each for member in condition.members for each in _demands(member))
    return frozenset({_signature(condition)})


def _signature(condition: Condition) -> str:
    if isinstance(condition, Comparison):
        return f"{condition.path} {condition.operator} {condition.value}"
    return f"{condition.grouping.value}[{', '.join(sorted(map(_signature, condition.members)))}]"


def _negates_in_or(condition: Condition) -> bool:
    if isinstance(condition, Comparison):
        return False
    negated = any(map(_is_negation, condition.members))
    if condition.grouping is Grouping.ANY and negated and len(condition.members) > 1:
        return True
    return any(map(_negates_in_or, condition.members))


def _is_negation(condition: Condition) -> bool:
    if isinstance(condition, Comparison):
        return condition.operator == "is_not"
    return condition.grouping is Grouping.NONE
