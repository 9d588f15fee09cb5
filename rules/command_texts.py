"""The text of an agent's mail with commands: what of it goes to the customer, what becomes a note."""

import re
from dataclasses import dataclass

from rules import canned
from rules.actions import UseCanned
from rules.authority import Right
from rules.command_steps import Request, Step, refuse
from rules.commands import Block, Command
from rules.facts import Agent

_CLOSINGS = frozenset(
    (
        "best",
        "best regards",
        "best wishes",
        "bests",
        "cheers",
        "cordialement",
        "greetings",
        "grüße",
        "gruß",
        "kind regards",
        "kr",
        "lg",
        "many thanks",
        "mfg",
        "mit freundlichen grüßen",
        "mvh",
        "pozdrawiam",
        "regards",
        "saludos",
        "saluti",
        "sincerely",
        "thank you",
        "thanks",
        "thanks in advance",
        "viele grüße",
        "warm regards",
        "yours",
        "yours sincerely",
    )
)
_MOST_CLOSING_LINES = 4
_NOT_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What is left to say. `public`: it goes to the customer. `used`: prepared answers in it."""

    text: str = ""
    public: bool = False
    used: tuple[str, ...] = ()


def text_of(request: Request, block: Block) -> Text | Step:
    """The text below the commands and where it goes; a Step with an objection when that cannot be told."""
    kinds = {command.name for command in block.commands if command.name in ("note", "reply")}
    if len(kinds) > 1:
        return refuse("#note and #reply in one mail: write two mails")
    prepared = _prepared(request, block.commands)
    if isinstance(prepared, Step):
        return prepared
    inline = [command.value for command in block.commands if command.name in kinds and command.value]
    own = "" if is_only_closing(block.rest, request.agent) and not (inline or prepared) else block.rest
    text = "\n\n".join(filter(None, (*(each for _, each in prepared), "\n".join(inline), own)))
    public = "reply" in kinds or (not kinds and request.authority.right is Right.REPLY)
    if kinds == {"note"} and not text.strip() and request.held:
        return Text()
    if kinds and not text.strip():
        return refuse(f"there is no text for #{kinds.pop()}")
    return Text(text=text, public=public and bool(text.strip()), used=tuple(name for name, _ in prepared))


def _prepared(request: Request, commands: tuple[Command, ...]) -> list[tuple[str, str]] | Step:
    desk, there_are = request.case.desk, canned.usable(request.case.desk, request.agent)
    by_name = {name.casefold(): each for name, each in there_are.items()}
    found = []
    for command in commands:
        if command.name != "canned":
            continue
        answer = by_name.get(command.value.casefold())
        if answer is None:
            near = ", ".join(each.name for each in canned.matching(desk, request.agent, command.value))
            return refuse(f"there is no prepared answer {command.value[:60]!r}" + (f"; perhaps {near}" if near else ""))
        found.append((answer.name, canned.expand(answer, desk, request.ticket, request.agent)))
    return found


def uses(request: Request, text: Text) -> tuple[UseCanned, ...]:
    """So that the desk learns which are worth keeping."""
    return tuple(UseCanned(ticket=request.ticket.id, name=name, why=request.why) for name in text.used)


def is_only_closing(text: str, agent: Agent) -> bool:
    """Whether the text is nothing but "Regards, Anna" under commands: that is not worth a mail to anybody."""
    lines = [_NOT_LETTERS.sub(" ", line).strip().casefold() for line in text.split("\n") if line.strip()]
    names = set(_NOT_LETTERS.sub(" ", f"{agent.name} {agent.display_name}").casefold().split())
    if len(lines) > _MOST_CLOSING_LINES:
        return False
    return all(line in _CLOSINGS or not line or set(line.split()) <= names for line in lines)
