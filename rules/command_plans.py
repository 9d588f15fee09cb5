"""An agent's mail with commands: all of them, or none and an answer that says why. Statuses come last."""

from collections.abc import Mapping
from dataclasses import replace

from rules.actions import NEW, Action, Objection, Outcome, Refuse, SetStatus, UseWord
from rules.answering import status_after_answer
from rules.authority import Authority
from rules.cases import Case, Plan
from rules.command_answers import keep_held, public_text, send_held
from rules.command_blocks import block_objections, combined, group
from rules.command_changes import CHANGES, status_after
from rules.command_conversations import CONVERSATIONS
from rules.command_once import confirmed_word, nothing_to_confirm, undo
from rules.command_outcomes import answer_to, plan_asked, plan_done, plan_refused, report_of
from rules.command_people import with_people
from rules.command_questions import question
from rules.command_steps import Draft, Planner, Request, Step, done, refuse
from rules.command_texts import Text, text_of
from rules.command_words import Group
from rules.commands import Block, Command, read_commands
from rules.facts import Agent, Status, TicketFacts, WordFacts
from rules.people_named import is_nobody

_PLANNERS: Mapping[str, Planner] = {**CHANGES, **CONVERSATIONS}


def plan_commands(case: Case, agent: Agent, ticket: TicketFacts, authority: Authority, block: Block) -> Plan:
    """What a block of commands in an agent's mail about a ticket does. The authority has been judged already."""
    request = Request(case=case, agent=agent, ticket=ticket, authority=authority)
    word = confirmed_word(request, block)
    if isinstance(word, WordFacts):
        again = replace(request, confirmed=True)
        return plan_block(again, read_commands(word.text), used=(UseWord(word=word.word),))
    return plan_block(request, block, first_objection=word)


def plan_block(request: Request, block: Block, *, used: tuple[Action, ...] = (), first_objection: str = "") -> Plan:
    """What the commands come to for a request whose authority is beyond doubt."""
    objections = [*block_objections(block)]
    if first_objection:
        objections.append(Objection(line=block.lines[0], why=first_objection))
    text = text_of(request, block)
    if isinstance(text, Step):
        objections.append(Objection(line=block.lines[0], why=text.objection))
        text = Text()
    draft = Draft(objections=objections)
    if not objections:
        _work_out(request, block, text, draft)
    if draft.objections:
        return plan_refused(request, block, tuple(draft.objections))
    if draft.confirms:
        return plan_asked(request, block, text, draft.confirms)
    return plan_done(request, block, text, draft, used)


def _work_out(request: Request, block: Block, text: Text, draft: Draft) -> None:
    """Every step in its order: text, changes, then the status."""
    commands = combined(block.commands)
    changes = [(each.line, _planner(each)(request, each)) for each in commands if group(each) is Group.CHANGE]
    answering = replace(request, ticket=with_people(request.ticket, [step for _, step in changes]))
    draft.add(block.lines[0], public_text(answering, text) if text.public else Step())
    for line, step in changes:
        draft.add(line, step)
    for command in commands:
        if group(command) in (Group.HELD, Group.UNDOING):
            draft.add(command.line, _planner(command)(answering, command))
    if not text.text and request.held and any(command.name == "note" for command in commands):
        draft.add("#note", keep_held(request, request.held))
    if text.text and any(command.name == "send" for command in commands):
        draft.objections.append(Objection(line="#send", why="sends what was held; write new text without it"))
    if any(command.name == "undo" for command in commands) and (len(commands) > 1 or text.text):
        draft.objections.append(Objection(line="#undo", why="#undo stands alone in its mail"))
    answers = text.public or any(command.name == "send" for command in commands)
    draft.add(block.lines[0], _status_step(request, commands, answers=answers))


def _planner(command: Command) -> Planner:
    own: Mapping[str, Planner] = {"send": send_held, "undo": undo, "confirm": nothing_to_confirm}
    return own.get(command.name) or _PLANNERS[command.name]


def _status_step(request: Request, commands: tuple[Command, ...], *, answers: bool) -> Step:
    """One status at the end: after an answer we wait, a snoozed ticket is on hold, an explicit word wins."""
    ticket = request.ticket
    status = status_after_answer(ticket) if answers else ticket.status
    snoozes = any(command.name == "snooze" and not is_nobody(command.value) for command in commands)
    names = [command.name for command in commands if group(command) is Group.STATUS]
    for name in ["hold"] if snoozes and status is not Status.PENDING and not names else names:
        following = status_after(ticket, name, status)
        if not isinstance(following, Status):
            return refuse(following)
        status = following
    if status is ticket.status and not names:
        return Step()
    action = SetStatus(ticket=ticket.id, old=ticket.status, new=status, why=request.why)
    return done("status", ticket.status.value, status.value, *((action,) if status is not ticket.status else ()))


def planned_for_new(request: Request, block: Block) -> tuple[tuple[Step, ...], tuple[Objection, ...]]:
    """The commands above a mail that opens a ticket: plain changes and a status, nothing about other tickets."""
    draft = Draft(objections=block_objections(block))
    for command in combined(block.commands):
        if command.name in CHANGES or command.name == "cc":
            draft.add(command.line, _planner(command)(request, command))
        elif group(command) not in (Group.STATUS, Group.TEXT) and command.name != "requester":
            draft.objections.append(Objection(line=command.line, why="not in a mail that opens a ticket"))
    draft.add("", _status_step(request, block.commands, answers=False))
    return ((), tuple(draft.objections)) if draft.objections else (tuple(draft.steps), ())


def plan_desk_questions(case: Case, agent: Agent, authority: Authority, block: Block) -> Plan:
    """Questions about the desk as a whole: no ticket is touched, the mail is recorded and answered."""
    request = Request(case=case, agent=agent, ticket=TicketFacts(id=NEW, number=0), authority=authority)
    objections = [
        *block_objections(block),
        *(
            Objection(line=each.line, why="which ticket? Write its number in the subject, as [#123]")
            for each in block.commands
            if group(each) is not Group.QUESTION
        ),
    ]
    asked = () if objections else tuple(question(request, each) for each in block.commands)
    report = replace(report_of(request), ticket=None, objections=tuple(objections), questions=asked, text=block.rest)
    reason = "commands about no ticket: " + ("not carried out" if objections else "answered")
    return Plan(
        actions=(Refuse(reason=reason), report),
        authority=f"{authority.why}; {reason}",
        outcome=Outcome.REFUSED,
        notices=(f"command-result to {answer_to(request)}",),
    )
