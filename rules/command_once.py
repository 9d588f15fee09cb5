"""One-time words that an agent was given: to confirm what was asked back, to take back what was done."""

from rules.actions import Undo, UseWord
from rules.command_steps import Request, Step, refuse
from rules.commands import Block, Command
from rules.facts import WordFacts


def confirmed_word(request: Request, block: Block) -> WordFacts | str:
    """The word a mail confirms; else empty, or why the confirmation is none."""
    if not any(command.name == "confirm" for command in block.commands):
        return ""
    if len(block.lines) > 1:
        return "#confirm stands alone in its mail"
    typed = block.commands[0].value.strip().lower()
    words = [word for word in _words(request, "confirm") if word.word == typed]
    if not words:
        return "this word is not known, was used, or is too old; ask again"
    return words[0]


def _words(request: Request, kind: str) -> list[WordFacts]:
    """The agent's usable words about this ticket, newest first."""
    found = request.case.found
    return [word for word in found.words if word.kind == kind and found.target(word.ticket_id) == request.ticket.id]


def undo(request: Request, command: Command) -> Step:
    """Take back what the agent did last on this ticket, or what the word names."""
    typed = command.value.strip().lower()
    chosen = next((word for word in _words(request, "undo") if typed in ("", word.word)), None)
    if chosen is None:
        return refuse("nothing of yours on this ticket can be taken back, or it was more than 30 minutes ago")
    return Step(actions=(Undo(ticket=request.ticket.id, word=chosen.word, why=request.why), UseWord(word=chosen.word)))


def nothing_to_confirm(_request: Request, _command: Command) -> Step:
    """A confirmation that was confirmed already by its own plan, or stands where none can be."""
    return refuse("there is nothing to confirm")
