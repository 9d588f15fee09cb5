"""Whom a typed name means. Ambiguity is answered with the candidates, never with a guess."""

import difflib
from collections.abc import Sequence

from rules.addresses import fold
from rules.facts import Agent, Desk, Team

_NOBODY = frozenset(("none", "nobody", "noone", "unassigned", "-"))
_SHOWN = 6


def is_nobody(typed: str) -> bool:
    """Whether the typed value means: nobody."""
    return _letters(typed) in _NOBODY or typed.strip() == "-"


def agent_meant(desk: Desk, typed: str, me: Agent) -> Agent | str:
    """The one active agent a name, mail address or unique beginning stands for; else why there is none."""
    wanted = _letters(typed)
    if wanted in ("me", "myself", "i"):
        return me
    exact = [agent for agent in desk.agents if fold(typed.strip("<> ")) in agent.addresses or _is_called(agent, wanted)]
    hits = exact or [agent for agent in desk.agents if agent.active and _begins(agent, wanted)]
    if len(hits) == 1:
        return hits[0] if hits[0].active else f"{hits[0].name} is not active"
    if hits:
        return f"{typed!r} may be {_listed([agent.name for agent in hits])}"
    return f"there is no agent {typed[:60]!r}{_near(wanted, [agent.name for agent in desk.agents if agent.active])}"


def team_meant(desk: Desk, typed: str) -> Team | str:
    """The one team of that name or unique beginning; else why there is none."""
    wanted = _letters(typed)
    hits = [team for team in desk.teams if _letters(team.name) == wanted]
    hits = hits or [team for team in desk.teams if wanted and _letters(team.name).startswith(wanted)]
    if len(hits) == 1:
        return hits[0]
    if hits:
        return f"{typed!r} may be {_listed([team.name for team in hits])}"
    return f"there is no team {typed[:60]!r}{_near(wanted, [team.name for team in desk.teams])}"


def _letters(text: str) -> str:
    """Names are compared without case, spaces and punctuation."""
    return "".join(character for character in text.casefold() if character.isalnum())


def _is_called(agent: Agent, wanted: str) -> bool:
    return bool(wanted) and wanted in (_letters(agent.name), _letters(agent.display_name))


def _begins(agent: Agent, wanted: str) -> bool:
    names = (agent.name, agent.display_name, *agent.display_name.split())
    return bool(wanted) and any(_letters(name).startswith(wanted) for name in names)


def _near(wanted: str, names: Sequence[str]) -> str:
    near = difflib.get_close_matches(wanted, names, n=1)
    return f"; did you mean {near[0]}?" if near else f": {_listed(names)}" if names else ""


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
