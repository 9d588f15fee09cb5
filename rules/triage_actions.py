"""What a rule may do: every action with its meaning, and the effects it turns into.

`ACTIONS` is the one list: `then` tables are read by it, and the reference page is made from it.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from rules.effects import Assign, Effect
from rules.errand_actions import ERRAND_ACTIONS
from rules.facts import Priority, Status
from rules.faults import Fault, Place, show
from rules.quantities import parse_duration
from rules.wishes import ActionKind, Names, Reader, Wish, is_address, known, listed

LEVELS = ("high", "medium", "low")
_TAG = re.compile(r"[+-]?[^\s,+\-][^\s,]{0,60}")


def _choice(*allowed: str) -> Reader:
    def read(wish: Wish) -> tuple[Effect, ...] | str:
        if wish.value not in allowed:
            return "one of " + ", ".join(allowed)
        return (Effect(action=wish.action, value=str(wish.value)),)

    return read


def _text(wish: Wish) -> tuple[Effect, ...] | str:
    if not isinstance(wish.value, str) or len(wish.value) > 2000:
        return "a text of at most 2000 characters"
    return (Effect(action=wish.action, target=wish.target, value=wish.value),)


def _collected(wish: Wish) -> tuple[Effect, ...] | str:
    if not isinstance(wish.value, str) or not wish.value.strip():
        return "a text"
    return (Effect(action=wish.action, value=wish.value, collects=True),)


def _reason(wish: Wish) -> tuple[Effect, ...] | str:
    if not isinstance(wish.value, str) or not wish.value.strip():
        return "the reason in words: it is shown wherever the mail is listed"
    return (Effect(action=wish.action, value=wish.value),)


def _tags(wish: Wish) -> tuple[Effect, ...] | str:
    tags = listed(wish.value)
    if not tags or not all(map(_TAG.fullmatch, tags)):
        return 'tags without spaces or commas; a leading - takes one away: ["outage", "-new"]'
    return (Effect(action="tags", values=tags, collects=True),)


def _team(wish: Wish) -> tuple[Effect, ...] | str:
    if not isinstance(wish.value, str) or wish.value not in wish.names.teams:
        return known("a team", wish.value, wish.names.teams)
    return (Effect(action="team", value=wish.value),)


STRATEGIES: Mapping[str, str] = {
    "round-robin": "whoever was given a ticket longest ago",
    "least-loaded": "whoever has the fewest open tickets",
    "skill": "round-robin among those who have all `skills` asked for",
    "last-agent": "whoever answered this requester last, else `otherwise`",
    "best-rated": "whoever customers rate best",
    "shift": "whoever came on shift most recently",
    "pull": "nobody: the ticket waits in the team's queue until somebody takes it",
}


def _assign(wish: Wish) -> tuple[Effect, ...] | str:
    if isinstance(wish.value, str):
        if wish.value != "none" and wish.value not in wish.names.agents:
            return known('an agent, "none", or { strategy = "round-robin" }', wish.value, wish.names.agents)
        return (Effect(action="assign", assign=Assign(agent=wish.value)),)
    if not isinstance(wish.value, dict):
        return 'an agent\'s name, "none", or { strategy = "round-robin", team = "..." }'
    fault = _wrong_assign(wish.value, wish.names)
    if fault:
        return fault
    spec = wish.value
    assign = Assign(
        strategy=spec["strategy"],
        team=spec.get("team", ""),
        skills=tuple(spec.get("skills", ())),
        otherwise=spec.get("otherwise", ""),
    )
    return (Effect(action="assign", assign=assign),)


def _wrong_assign(spec: Mapping[str, object], names: Names) -> str:
    unknown = set(spec) - {"strategy", "team", "skills", "otherwise"}
    if unknown:
        return f"strategy, team, skills, otherwise; not {', '.join(sorted(unknown))}"
    if spec.get("strategy") not in STRATEGIES:
        return known("a strategy", spec.get("strategy", ""), frozenset(STRATEGIES))
    if spec.get("otherwise", "pull") not in STRATEGIES:
        return known("for otherwise a strategy", spec["otherwise"], frozenset(STRATEGIES))
    if spec.get("team", "") not in names.teams | {""}:
        return known("a team", spec["team"], names.teams)
    skills = spec.get("skills", [])
    if not isinstance(skills, list) or not set(map(str, skills)) <= names.skills:
        return known("for skills a list of skills that agents have in people.toml", skills, names.skills)
    return "" if spec["strategy"] != "skill" or skills else "skills = [ ... ] beside the strategy skill"


def _notify(wish: Wish) -> tuple[Effect, ...] | str:
    named = listed(wish.value)
    there = wish.names.agents | {f"team:{team}" for team in wish.names.teams}
    unknown = next((each for each in named if each not in there), "")
    if unknown or not named:
        return known("agents and team:NAME", unknown, there)
    return (Effect(action="notify", values=named, collects=True),)


def _cc(wish: Wish) -> tuple[Effect, ...] | str:
    named = listed(wish.value)
    if not named or not all(map(is_address, named)):
        return 'e-mail addresses: ["boss@customer.example"]'
    return (Effect(action="cc", values=named, collects=True),)


def _policy(wish: Wish) -> tuple[Effect, ...] | str:
    if wish.value not in wish.names.targets:
        return known("a [[target]] of deadlines.toml", wish.value, wish.names.targets)
    return (Effect(action="deadlines", value=str(wish.value)),)


def _switched_off(wish: Wish) -> tuple[Effect, ...] | str:
    if wish.value is not False:
        return "false"
    return (Effect(action=wish.action, value="off"),)


def _snooze(wish: Wish) -> tuple[Effect, ...] | str:
    duration = parse_duration(wish.value) if isinstance(wish.value, str) else None
    if not duration:
        return 'a duration, such as "3d"'
    return (Effect(action="snooze", value=str(wish.value)),)


ACTIONS: Mapping[str, ActionKind] = {
    each.name: each
    for each in (
        ActionKind(name="status", meaning="Set the status", example='status = "on_hold"', read=_choice(*Status)),
        ActionKind(
            name="priority",
            meaning="Set the priority, whatever impact and urgency say",
            example='priority = "P1"',
            read=_choice(*Priority),
        ),
        ActionKind(
            name="impact",
            meaning="Set the impact; with the urgency it gives the priority by the matrix",
            example='impact = "high"',
            read=_choice(*LEVELS),
        ),
        ActionKind(name="urgency", meaning="Set the urgency", example='urgency = "low"', read=_choice(*LEVELS)),
        ActionKind(
            name="category", meaning="Set the category", example='category = "technical/vpn"', read=_text, fills=True
        ),
        ActionKind(name="type", meaning="Set the type", example='type = "incident"', read=_text),
        ActionKind(
            name="tags",
            meaning="Add tags; with a leading - take them away",
            example='tags = ["outage", "-new"]',
            read=_tags,
        ),
        ActionKind(
            name="field",
            meaning="Set a field of your own",
            example='field.order = "{order}"',
            read=_text,
            fills=True,
            is_family=True,
        ),
        ActionKind(name="team", meaning="Put it into a team's queue", example='team = "billing"', read=_team),
        ActionKind(
            name="assign",
            meaning="Give it to an agent, by name or by strategy ("
            + "; ".join(f"{name}: {meaning}" for name, meaning in STRATEGIES.items())
            + ")",
            example='assign = { strategy = "least-loaded", team = "billing" }',
            read=_assign,
        ),
        ActionKind(
            name="cc", meaning="Let somebody outside take part", example='cc = ["boss@customer.example"]', read=_cc
        ),
        ActionKind(
            name="notify",
            meaning="Tell agents or whole teams, besides those responsible",
            example='notify = ["ada", "team:noc"]',
            read=_notify,
        ),
        ActionKind(
            name="note",
            meaning="Write an internal note",
            example='note = "Order {order}: see the shop"',
            read=_collected,
            fills=True,
        ),
        ActionKind(
            name="acknowledge", meaning="Send no acknowledgement", example="acknowledge = false", read=_switched_off
        ),
        ActionKind(name="survey", meaning="Ask for no rating at the end", example="survey = false", read=_switched_off),
        ActionKind(
            name="deadlines",
            meaning="Count by this [[target]] of deadlines.toml, whatever else would match",
            example='deadlines = "gold"',
            read=_policy,
        ),
        ActionKind(name="snooze", meaning="Put it on hold and wake it up later", example='snooze = "3d"', read=_snooze),
        *ERRAND_ACTIONS,
        ActionKind(
            name="quarantine",
            meaning="Hold the mail for a human instead of making an entry",
            example='quarantine = "looks like phishing"',
            read=_reason,
        ),
        ActionKind(
            name="reject",
            meaning="Refuse the mail: recorded, nothing is sent to the sender",
            example='reject = "job advertisement"',
            read=_reason,
        ),
        ActionKind(
            name="drop",
            meaning="Let the mail end: recorded, nothing is sent",
            example='drop = "monitor test"',
            read=_reason,
        ),
    )
}


def parse_effects(table: object, names: Names, place: Place) -> tuple[tuple[Effect, ...], list[Fault]]:
    """The effects of a `then` table, in its order, and everything wrong with it."""
    if not isinstance(table, dict) or not table:
        fault = Fault(place=place, found=f"got {show(table)}", allowed='actions, such as { priority = "P2" }')
        return (), [fault]
    effects: list[Effect] = []
    faults: list[Fault] = []
    for name, target, value, where in _entries(table, place):
        kind = ACTIONS.get(name)
        if kind is None:
            near = difflib.get_close_matches(name, ACTIONS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "one of " + ", ".join(ACTIONS)
            faults.append(Fault(place=where, found=f"there is no action {name!r}", hint=hint))
            continue
        result = kind.read(Wish(action=name, value=value, names=names, target=target))
        if isinstance(result, str):
            faults.append(
                Fault(place=where, found=f"got {show(value)}", allowed=result, hint=f"for example {kind.example}")
            )
            continue
        effects += [replace(each, fills=kind.fills) for each in result]
    return tuple(effects), faults


def _entries(table: Mapping[str, object], place: Place) -> Iterator[tuple[str, str, object, Place]]:
    """Name, name behind the dot, value and place of each entry."""
    for name, value in table.items():
        if name in ACTIONS and ACTIONS[name].is_family and isinstance(value, dict):
            yield from ((name, target, each, (*place, name, target)) for target, each in value.items())
        else:
            yield name, "", value, (*place, name)
