"""What comes of a block of commands: carried out, refused as a whole, or asked back. Each ends in a result mail."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from parsers.mail import Address
from rules.actions import Action, AddMessage, MessageKind, Objection, Report, Send
from rules.cases import Plan, internal_entry
from rules.command_blocks import group
from rules.command_questions import question
from rules.command_steps import Draft, Request
from rules.command_texts import Text, uses
from rules.command_words import Group
from rules.commands import Block
from rules.notices import interested, lines, notify


def plan_done(request: Request, block: Block, text: Text, draft: Draft, used: tuple[Action, ...]) -> Plan:
    """Everything is carried out: one entry, the changes in their order, one mail a person, the result."""
    actions = [action for step in draft.steps for action in step.actions]
    changes = tuple(change for step in draft.steps for change in step.changes)
    entries = tuple(each for each in actions if isinstance(each, AddMessage))
    entry = entries or (_note(request, text) if text.text else _command_entry(request, block),)
    told = _told_of_note(request, text) if text.text and not text.public else ()
    sends = (*(each for each in actions if isinstance(each, Send)), *told)
    rest = [each for each in actions if not isinstance(each, AddMessage | Send)]
    counted = () if text.public else uses(request, text)
    questions = tuple(question(request, each) for each in block.commands if group(each) is Group.QUESTION)
    report = replace(report_of(request), changes=changes, questions=questions)
    return _plan(request, block, (*entry, *used, *_in_order(rest), *counted, *_unique(sends), report), sends)


def plan_refused(request: Request, block: Block, objections: tuple[Objection, ...]) -> Plan:
    """Nothing is executed, nothing sent. What was written is kept, and can be sent by a word."""
    kind = MessageKind.HELD if block.rest else MessageKind.COMMANDS
    why = f"not carried out: {objections[0].why}"
    entry = replace(
        internal_entry(request.case, request.ticket, kind, banner=f"Held: {objections[0].why}", why=why),
        text=request.case.mail.reply,
    )
    report = replace(report_of(request), objections=objections, text=block.rest, message=None, why=why)
    return _plan(request, block, (entry, report), (), undoable=False)


def plan_asked(request: Request, block: Block, text: Text, confirms: list[str]) -> Plan:
    """Nothing is done until the agent says so once more."""
    if text.text:
        objection = Objection(line=block.lines[0], why="must be confirmed first: write the text in a mail of its own")
        return plan_refused(request, block, (objection,))
    report = replace(report_of(request), confirm="\n".join(block.lines), confirm_why="; ".join(confirms))
    return _plan(request, block, (_command_entry(request, block), report), (), undoable=False)


def _in_order(actions: Sequence[Action]) -> list[Action]:
    """Statuses after plain changes; what moves entries to another ticket last of all."""
    ranks: Mapping[str, int] = {"SetStatus": 1, "Undo": 2, "Split": 3, "Merge": 4}
    return sorted(actions, key=lambda action: ranks.get(type(action).__name__, 0))


def _unique(sends: tuple[Send, ...]) -> tuple[Send, ...]:
    """One mail a person, however many reasons there are."""
    return tuple({send.recipient.address: send for send in reversed(sends)}.values())[::-1]


def _note(request: Request, text: Text) -> AddMessage:
    why = f"note by {request.agent.name}"
    return AddMessage(
        ticket=request.ticket.id,
        kind=MessageKind.NOTE,
        public=False,
        text=text.text,
        author=request.agent.name,
        why=why,
    )


def _told_of_note(request: Request, text: Text) -> tuple[Send, ...]:
    agents = interested(request.case.desk, request.ticket, text=text.text)
    why = f"note by {request.agent.name}"
    return notify(agents, request.ticket.id, "note-notice", actor=request.agent.name, reply_is_public=False, why=why)


def _command_entry(request: Request, block: Block) -> AddMessage:
    return AddMessage(
        ticket=request.ticket.id,
        kind=MessageKind.COMMANDS,
        public=False,
        text="\n".join(block.lines),
        author=request.agent.name,
        why=request.why,
    )


def report_of(request: Request) -> Report:
    """The result mail to who asked, still empty."""
    agent = request.agent
    return Report(
        ticket=request.ticket.id,
        agent=agent.name,
        recipient=Address(name=agent.display_name or agent.name, address=answer_to(request)),
        message=request.message,
        why=request.why,
    )


def answer_to(request: Request) -> str:
    """Where the commands came from, which is one of the agent's own addresses."""
    return request.case.sender.address or request.agent.addresses[0]


def _plan(
    request: Request, block: Block, actions: tuple[Action, ...], sends: tuple[Send, ...], *, undoable: bool = True
) -> Plan:
    words = " ".join(f"#{command.name}" for command in block.commands) or "none understood"
    return Plan(
        actions=actions,
        authority=f"{request.authority.why}; commands: {words}",
        ticket=request.ticket.id,
        notices=(*lines(_unique(sends)), f"command-result to {answer_to(request)}"),
        agent=request.agent.name if undoable else "",
    )
