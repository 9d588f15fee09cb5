"""What agents ask: the ticket, lists, the history, prepared answers, the commands there are."""

from rules import canned
from rules.actions import Question, QuestionKind
from rules.command_steps import Request
from rules.command_words import WORDS
from rules.commands import Block, Command, numbers_named

LISTS = ("mine", "team", "overdue", "unassigned", "open")
_PREVIEW = 60


def question(request: Request, command: Command) -> Question:
    """The question, with all of the answer that needs no look at the store."""
    kind = QuestionKind(command.name)
    tables = {QuestionKind.HELP: _help, QuestionKind.KB: _prepared}
    table = tables[kind](request, command) if kind in tables else ()
    return Question(
        kind=kind,
        ticket=_about(request, command) if kind in (QuestionKind.SHOW, QuestionKind.HISTORY) else None,
        value=command.value,
        agent=request.agent.name,
        teams=request.agent.teams,
        table=table,
    )


def _about(request: Request, command: Command) -> int | None:
    """The ticket a number names, else the one at hand; None when there is no such ticket."""
    numbers = numbers_named(Block(commands=(command,)))
    if not numbers:
        return request.ticket.id or None
    found = request.case.found
    ticket_id = found.target(found.by_number.get(numbers[0], 0))
    return ticket_id if ticket_id in found.tickets else None


def _help(_request: Request, _command: Command) -> tuple[tuple[str, ...], ...]:
    return (("write", "and"), *((word.example, word.does.replace("`", "")) for word in WORDS))


def _prepared(request: Request, command: Command) -> tuple[tuple[str, ...], ...]:
    hits = canned.matching(request.case.desk, request.agent, command.value)
    return tuple((f"#canned {each.name}", " ".join(each.text.split())[:_PREVIEW]) for each in hits)
