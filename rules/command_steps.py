"""One step a command: the actions it asks for and its line in the result table, or why it cannot be done."""

from collections.abc import Callable
from dataclasses import dataclass, field

from rules.actions import Action, Change, Objection
from rules.authority import Authority
from rules.cases import Case
from rules.commands import Command
from rules.facts import Agent, HeldFacts, SentFacts, TicketFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Who asks, about which ticket, in which mail. `confirmed`: the agent has said yes to what cannot be taken back."""

    case: Case
    agent: Agent
    ticket: TicketFacts
    authority: Authority
    confirmed: bool = False

    @property
    def why(self) -> str:
        """The reason every event of this request gets."""
        return f"command of {self.agent.name}"

    @property
    def held(self) -> HeldFacts | None:
        """The entry that the answered notice was about and that waits for a word."""
        sent = self._sent()
        return sent.held if sent else None

    @property
    def message(self) -> int:
        """The entry that the answered notice was about; 0 if none."""
        sent = self._sent()
        return sent.message if sent else 0

    def _sent(self) -> SentFacts | None:
        token = self.authority.token
        return self.case.found.sent.get(token.serial) if token else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one command comes to. `confirm`: done only when the agent has confirmed, and why."""

    actions: tuple[Action, ...] = ()
    changes: tuple[Change, ...] = ()
    objection: str = ""
    confirm: str = ""


@dataclass(slots=True, kw_only=True)
class Draft:
    """What the commands read so far come to."""

    steps: list[Step] = field(default_factory=list)
    objections: list[Objection] = field(default_factory=list)
    confirms: list[str] = field(default_factory=list)

    def add(self, line: str, step: Step) -> None:
        if step.objection:
            self.objections.append(Objection(line=line, why=step.objection))
        elif step.confirm:
            self.confirms.append(step.confirm)
        else:
            self.steps.append(step)


Planner = Callable[[Request, Command], Step]


def refuse(why: str) -> Step:
    """The command cannot be done."""
    return Step(objection=why)


def done(what: str, old: str, new: str, *actions: Action) -> Step:
    """One change with its line."""
    return Step(actions=actions, changes=(Change(what=what, old=old, new=new),))
