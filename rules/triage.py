"""Running the rules over the facts of one mail: which match, what they wish, whose wish wins, and why.

Every match is judged on the facts as they were; then the effects are settled in file order, the later one winning.
What a rule does starts no other rule, so no rule can trigger itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rules.effects import Effect, fill
from rules.operators import Hit, View
from rules.ruleset import Mode, Rule, Ruleset
from rules.triage_facts import TriageFacts


class Verdict(StrEnum):
    """What became of a rule that had something to say."""

    ACTED = "acted"
    SHADOW = "would have acted"
    ONCE = "has acted on this ticket before"
    FAILED = "failed and was skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A line of the trace: the rule, what became of it, because of what, and what it wished."""

    rule: str
    verdict: Verdict
    because: tuple[str, ...] = ()
    wishes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def line(self) -> str:
        """In words, as `explain` prints it."""
        parts = [f"{self.rule}: {self.verdict.value}"]
        parts += [f"because {'; '.join(self.because)}"] if self.because else []
        parts += ["; ".join(self.wishes)] if self.wishes else []
        return ", ".join(parts) + "".join(f" ({remark})" for remark in self.remarks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """An effect that won, and the rule behind it."""

    effect: Effect
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """What the rules want done, in order, and the trace."""

    actions: tuple[Chosen, ...] = ()
    trace: tuple[Said, ...] = ()

    @property
    def acted(self) -> tuple[str, ...]:
        """Names of the rules that acted."""
        return tuple(each.rule for each in self.trace if each.verdict is Verdict.ACTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Match:
    rule: Rule
    hit: Hit
    effects: tuple[Effect, ...]


def run(ruleset: Ruleset, facts: TriageFacts) -> Triage:
    """The decision of all rules about one mail. Total: a rule that fails is skipped and said so."""
    view = View(facts, ruleset.index)
    matches: list[_Match] = []
    trace: list[Said] = []
    for rule in ruleset.candidates(view.keywords):
        if rule.mode is Mode.OFF or facts.happening not in rule.on:
            continue
        said = _judge(rule, view, facts, matches)
        if said:
            trace.append(said)
        if rule.stop and said and said.verdict is Verdict.ACTED:
            break
    chosen, overruled = _settle(matches)
    return Triage(actions=tuple(chosen), trace=tuple(_with_remarks(each, overruled) for each in trace))


def _judge(rule: Rule, view: View, facts: TriageFacts, matches: list[_Match]) -> Said | None:
    try:
        hit = rule.when.evaluate(view)
        if hit is None:
            return None
        effects = tuple(fill(each, hit.captures) for each in rule.effects)
    except Exception as error:  # whatever an admin wrote, the mail must go on; the trace tells of the fault
        return Said(rule=rule.name, verdict=Verdict.FAILED, remarks=(f"{type(error).__name__}: {error}"[:200],))
    if rule.once and rule.name in facts.fired:
        return Said(rule=rule.name, verdict=Verdict.ONCE, because=hit.because)
    verdict = Verdict.SHADOW if rule.mode is Mode.SHADOW else Verdict.ACTED
    if verdict is Verdict.ACTED:
        matches.append(_Match(rule=rule, hit=hit, effects=effects))
    stop = ("stop",) if rule.stop else ()
    wishes = (*(each.describe() for each in effects), *stop)
    return Said(rule=rule.name, verdict=verdict, because=hit.because, wishes=wishes)


def _settle(matches: Sequence[_Match]) -> tuple[list[Chosen], dict[str, list[str]]]:
    """The winning effects in file order, and for each overruled rule what was overruled by whom."""
    winners: dict[tuple[str, str], tuple[Rule, Effect]] = {}
    for match in matches:
        winners |= {each.slot: (match.rule, each) for each in match.effects if not each.collects}
    chosen: list[Chosen] = []
    overruled: dict[str, list[str]] = {}
    for match in matches:
        for effect in match.effects:
            winner, winning = (match.rule, effect) if effect.collects else winners[effect.slot]
            if winner is match.rule and winning is effect:
                chosen.append(Chosen(effect=effect, rule=match.rule))
            else:
                overruled.setdefault(match.rule.name, []).append(f"{effect.describe()} overruled by {winner.name}")
    return chosen, overruled


def _with_remarks(said: Said, overruled: dict[str, list[str]]) -> Said:
    remarks = overruled.get(said.rule)
    if not remarks or said.verdict is not Verdict.ACTED:
        return said
    return Said(
        rule=said.rule,
        verdict=said.verdict,
        because=said.because,
        wishes=said.wishes,
        remarks=(*said.remarks, *remarks),
    )
