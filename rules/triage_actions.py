"""What a rule may do: every action with its meaning, and the effects it turns into.

`ACTIONS` is the one list: `then` tables are read by it, and the reference page is made from it.
"""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from rules.conditions import Fault, Place, show
from rules.effects import Assign, Effect
from rules.facts import Priority, Status
from rules.quantities import parse_duration

LEVELS = ("high", "medium", "low")
_TAG = re.compile(r"[+-]?[^\s,+\-][^\s,]{0,60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What rules may refer to."""

    agents: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    templates: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What a reader is given: the action's name, the admin's value, the name behind the dot, and known names."""

    action: str
    value: object
    names: Names
    target: str = ""


Reader = Callable[[_Wish], tuple[Effect, ...] | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionKind:
    """One action. `fills`: captures of the rule's patterns, written {name}, are filled in."""

    name: str
    meaning: str
    example: str
    read: Reader
    fills: bool = False
    is_family: bool = False


def _choice(*allowed: str) -> Reader:
    def read(wish: _Wish) -> tuple[Effect, ...] | str:
        if wish.value not in allowed:
            return "one of " + ", ".join(allowed)
        return (Effect(action=wish.action, value=str(wish.value)),)

    return read


def _text(wish: _Wish) -> tuple[Effect, ...] | str:
    if not isinstance(wish.value, str) or len(wish.value) > 2000:
        return "a text of at most 2000 characters"
    return (Effect(action=wish.action, target=wish.target, value=wish.value),)


def _collected(wish: _Wish) -> tuple[Effect, ...] | str:
    if not isinstance(wish.value, str) or not wish.value.strip():
        return "a text"
    return (Effect(action=wish.action, value=wish.value, collects=True),)


def _reason(wish: _Wish) -> tuple[Effect, ...] | str:
    if not isinstance(wish.value, str) or not wish.value.strip():
        return "the reason in words: it is shown wherever the mail is listed"
    return (Effect(action=wish.action, value=wish.value),)


def _tags(wish: _Wish) -> tuple[Effect, ...] | str:
    listed = [wish.value] if isinstance(wish.value, str) else wish.value
    if not isinstance(listed, list) or not listed:
        return 'tags: ["outage", "-new"]'
    if not all(isinstance(each, str) and _TAG.fullmatch(each) for each in listed):
        return 'tags without spaces or commas; a leading - takes one away: ["outage", "-new"]'
    return (Effect(action="tags", values=tuple(listed), collects=True),)


def _team(wish: _Wish) -> tuple[Effect, ...] | str:
    if not isinstance(wish.value, str) or wish.value not in wish.names.teams:
        return _known("a team", wish.value, wish.names.teams)
    return (Effect(action="team", value=wish.value),)


def _known(what: str, value: object, names: frozenset[str]) -> str:
    near = difflib.get_close_matches(str(value), names, n=1)
    return f"{what}: {', '.join(sorted(names)) or 'none is known'}" + (f" (did you mean {near[0]!r}?)" if near else "")


STRATEGIES: Mapping[str, str] = {
    "round-robin": "whoever was given a ticket longest ago",
    "least-loaded": "whoever has the fewest open tickets",
    "skill": "round-robin among those who have all `skills` asked for",
    "last-agent": "whoever answered this requester last, else `otherwise`",
    "best-rated": "whoever customers rate best",
    "shift": "whoever came on shift most recently",
    "pull": "nobody: the ticket waits in the team's queue until somebody takes it",
}


def _assign(wish: _Wish) -> tuple[Effect, ...] | str:
    if isinstance(wish.value, str):
        if wish.value != "none" and wish.value not in wish.names.agents:
            return _known('an agent, "none", or { strategy = "round-robin" }', wish.value, wish.names.agents)
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
        return _known("a strategy", spec.get("strategy", ""), frozenset(STRATEGIES))
    if spec.get("otherwise", "pull") not in STRATEGIES:
        return _known("for otherwise a strategy", spec["otherwise"], frozenset(STRATEGIES))
    if spec.get("team", "") not in names.teams | {""}:
        return _known("a team", spec["team"], names.teams)
    skills = spec.get("skills", [])
    if not isinstance(skills, list) or not set(map(str, skills)) <= names.skills:
        return _known("for skills a list of skills that agents have in people.toml", skills, names.skills)
    return "" if spec["strategy"] != "skill" or skills else "skills = [ ... ] beside the strategy skill"


def _notify(wish: _Wish) -> tuple[Effect, ...] | str:
    listed = [wish.value] if isinstance(wish.value, str) else wish.value
    known = wish.names.agents | {f"team:{team}" for team in wish.names.teams}
    if not isinstance(listed, list) or not listed:
        return 'agents and teams: ["ada", "team:noc"]'
    unknown = [each for each in listed if each not in known]
    if unknown:
        return _known("agents and team:NAME", unknown[0], known)
    return (Effect(action="notify", values=tuple(listed), collects=True),)


def _cc(wish: _Wish) -> tuple[Effect, ...] | str:
    listed = [wish.value] if isinstance(wish.value, str) else wish.value
    if not isinstance(listed, list) or not listed or not all(map(_is_address, listed)):
        return 'e-mail addresses: ["boss@customer.example"]'
    return (Effect(action="cc", values=tuple(listed), collects=True),)


def _is_address(value: object) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+", value))


def _template(wish: _Wish) -> tuple[Effect, ...] | str:
    if wish.value not in wish.names.templates:
        return _known("a customer's notice", wish.value, wish.names.templates)
    return (Effect(action="reply", value=str(wish.value)),)


def _switched_off(wish: _Wish) -> tuple[Effect, ...] | str:
    if wish.value is not False:
        return "false"
    return (Effect(action=wish.action, value="off"),)


def _snooze(wish: _Wish) -> tuple[Effect, ...] | str:
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
            name="reply",
            meaning="Acknowledge with another notice of the catalogue; the budgets of automatic mail hold",
            example='reply = "ticket-received"',
            read=_template,
        ),
        ActionKind(
            name="acknowledge", meaning="Send no acknowledgement", example="acknowledge = false", read=_switched_off
        ),
        ActionKind(name="survey", meaning="Ask for no rating at the end", example="survey = false", read=_switched_off),
        ActionKind(
            name="deadlines",
            meaning="Apply a policy of deadlines.toml by its name",
            example='deadlines = "gold"',
            read=_text,
        ),
        ActionKind(name="snooze", meaning="Put it on hold and wake it up later", example='snooze = "3d"', read=_snooze),
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
        result = kind.read(_Wish(action=name, value=value, names=names, target=target))
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
