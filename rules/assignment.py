"""Who gets a ticket: filter (active, in the team, not away, on shift, below the cap, skilled), then order by strategy.

Fair by construction: ties go to whoever was given a ticket longest ago. The store holds a lock while it asks, so two
processes never choose on the same figures.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rules.effects import Assign
from rules.facts import Agent, Desk, Load
from rules.shifts import is_present, last_start, next_presence

LOOK_AGAIN = timedelta(hours=1)
# Of who is not rated yet: else nobody would ever rate them.
USUAL_RATING = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The agent chosen, empty when the ticket stays in the queue; why; and when to look again if nobody has it."""

    agent: str
    why: str
    wake_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What assignment looks at. `team` is the ticket's; `last_agent` answered its requester last."""

    desk: Desk
    loads: Mapping[str, Load]
    team: str
    last_agent: str = ""
    now: datetime

    def load(self, agent: Agent) -> Load:
        """An agent nobody knows anything about has nothing to do."""
        return self.loads.get(agent.name, Load())


def choose(assign: Assign, situation: Situation) -> Choice:
    """The agent for a ticket. Never one who is away or inactive, not even by name."""
    if assign.agent == "none":
        return Choice(agent="", why="left without assignee", wake_at=situation.now + LOOK_AGAIN)
    if assign.agent:
        return _named(assign.agent, situation)
    team = assign.team or situation.team
    members = [each for each in situation.desk.agents if not team or team in each.teams]
    refusals = {each.name: why for each in members if (why := _objection(each, assign, situation))}
    able = [each for each in members if each.name not in refusals]
    if assign.strategy != "pull" and able:
        best = _best(assign, able, situation)
        if best:
            return best
    return _queued(assign.strategy, team, members, refusals, situation)


def _named(name: str, situation: Situation) -> Choice:
    agent = next((each for each in situation.desk.agents if each.name == name), None)
    away = _absence(agent, situation) if agent else "unknown"
    if agent is None or away:
        wake = _wake([agent] if agent else [], situation)
        return Choice(agent="", why=f"{name} is {away}: left in the queue", wake_at=wake)
    return Choice(agent=name, why=f"{name} by name")


def _absence(agent: Agent, situation: Situation) -> str:
    if not agent.active:
        return "not active"
    until = situation.load(agent).away_until
    if until and until > situation.now:
        return f"away until {until:%Y-%m-%d %H:%M} UTC, says an answering machine"
    return "" if is_present(agent.work, situation.now) else "away or off shift"


def _objection(agent: Agent, assign: Assign, situation: Situation) -> str:
    away = _absence(agent, situation)
    if away:
        return away
    if agent.work.most_open and situation.load(agent).open_tickets >= agent.work.most_open:
        return f"has {agent.work.most_open} open tickets already"
    missing = set(assign.skills) - set(agent.work.skills)
    return f"lacks {', '.join(sorted(missing))}" if missing else ""


Key = Callable[[Agent], tuple[object, ...]]


def _best(assign: Assign, able: Sequence[Agent], situation: Situation) -> Choice | None:
    strategy = assign.strategy
    if strategy == "last-agent":
        if any(each.name == situation.last_agent for each in able):
            return Choice(agent=situation.last_agent, why=f"{situation.last_agent} answered this requester last")
        strategy = assign.otherwise or "round-robin"
    if strategy == "pull":
        return None
    winner = min(able, key=lambda agent: (_rank(strategy, agent, situation), *_turn(agent, situation)))
    return Choice(agent=winner.name, why=f"{winner.name} by {strategy} among {len(able)}")


def _turn(agent: Agent, situation: Situation) -> tuple[float, str]:
    """Whoever was given a ticket longest ago comes first; newcomers before all."""
    last = situation.load(agent).last_assigned_at
    return (last.timestamp() if last else 0.0, agent.name)


def _rank(strategy: str, agent: Agent, situation: Situation) -> float:
    """Smaller is better. Round robin and skill go by turn alone."""
    load = situation.load(agent)
    if strategy == "least-loaded":
        return float(load.open_tickets)
    if strategy == "best-rated":
        return -(USUAL_RATING if load.rating is None else load.rating)
    if strategy == "shift":
        return -last_start(agent.work, situation.now).timestamp()
    return 0.0


def _queued(
    strategy: str, team: str, members: Sequence[Agent], refusals: Mapping[str, str], situation: Situation
) -> Choice:
    """Nobody: the ticket stays in the queue, and somebody looks again when the first of the team is back."""
    said = "; ".join(f"{name} {why}" for name, why in refusals.items())
    why = "left in the queue to be taken" if strategy == "pull" else f"nobody can take it ({said or 'empty team'})"
    return Choice(agent="", why=f"{why}{f', team {team}' if team else ''}", wake_at=_wake(members, situation))


def _wake(members: Iterable[Agent], situation: Situation) -> datetime:
    now = situation.now
    back = [_back(each, situation) for each in members if each.active]
    later = [each for each in back if each and each > now]
    return min([*later, now + timedelta(days=1)]) if later else now + LOOK_AGAIN


def _back(agent: Agent, situation: Situation) -> datetime | None:
    until = situation.load(agent).away_until or situation.now
    return next_presence(agent.work, max(until, situation.now))
