"""An agent's mail with commands: all of them, or none and an answer that says why. Statuses come last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from parsers.mail import Address
from rules.actions import (
    NEW,
    Action,
    AddMessage,
    Change,
    ChangeMessage,
    MessageKind,
    Objection,
    Outcome,
    Refuse,
    Report,
    Send,
    SetStatus,
    Undo,
    UseWord,
)
from rules.answering import claim, objection_to_answerer, sends_of_answer, status_after_answer
from rules.authority import Authority, Right
from rules.cases import Case, Plan, internal_entry
from rules.command_changes import CHANGES, status_after
from rules.command_conversations import CONVERSATIONS, own_held
from rules.command_questions import question
from rules.command_steps import Planner, Request, Step, done, refuse
from rules.command_texts import Text, text_of, uses
from rules.command_words import BY_NAME, Group
from rules.commands import MOST_COMMANDS, Block, Command, read_commands
from rules.cutline import internal_text_shows
from rules.facts import Agent, HeldFacts, Status, TicketFacts, WordFacts
from rules.notices import interested, lines, notify
from rules.people_named import is_nobody

_PLANNERS: Mapping[str, Planner] = {**CHANGES, **CONVERSATIONS}
_COMBINED = ("tag", "cc")
_REPEATABLE = ("canned", "link", "follow", "unfollow", "kb", "list", "show", "history", "help", "field")


@dataclass(slots=True, kw_only=True)
class _Draft:
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


def plan_commands(case: Case, agent: Agent, ticket: TicketFacts, authority: Authority, block: Block) -> Plan:
    """What a block of commands in an agent's mail about a ticket does. The authority has been judged already."""
    request = Request(case=case, agent=agent, ticket=ticket, authority=authority)
    word = _confirmed(request, block)
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
    draft = _Draft(objections=objections)
    if not objections:
        _work_out(request, block, text, draft)
    if draft.objections:
        return _plan_refused(request, block, tuple(draft.objections))
    if draft.confirms:
        return _plan_asked(request, block, text, draft.confirms)
    return _plan_done(request, block, text, draft, used)


def _confirmed(request: Request, block: Block) -> WordFacts | str:
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


def block_objections(block: Block) -> list[Objection]:
    """What is wrong with the block itself, whatever the ticket."""
    found = [Objection(line=each.line, why=each.hint) for each in block.unknown]
    if len(block.lines) > MOST_COMMANDS:
        found.append(Objection(line=block.lines[MOST_COMMANDS], why=f"a mail has at most {MOST_COMMANDS} commands"))
    if block.stray:
        found.append(Objection(line=block.stray, why="commands stand at the very top, above all text"))
    keys: dict[tuple[str, str], str] = {}
    for command in block.commands:
        key = ("status", "") if _group(command) is Group.STATUS else (command.name, command.field)
        key = ("assign", "") if command.name in ("take", "assign", "team") else key
        if keys.setdefault(key, command.line) != command.line and command.name not in (*_COMBINED, *_REPEATABLE):
            found.append(Objection(line=command.line, why=f"contradicts {keys[key]}"))
    return found


def _group(command: Command) -> Group:
    return BY_NAME[command.name].group


def _work_out(request: Request, block: Block, text: Text, draft: _Draft) -> None:
    """Every step in its order: text, changes, then the status."""
    commands = _combined(block.commands)
    sent = _public_text(request, text) if text.public else Step()
    draft.add(block.lines[0], sent)
    for command in commands:
        if _group(command) in (Group.CHANGE, Group.HELD, Group.UNDOING):
            draft.add(command.line, _planner(command)(request, command))
    if not text.text and request.held and any(command.name == "note" for command in commands):
        draft.add("#note", _keep(request, request.held))
    if text.text and any(command.name == "send" for command in commands):
        draft.objections.append(Objection(line="#send", why="sends what was held; write new text without it"))
    if any(command.name == "undo" for command in commands) and (len(commands) > 1 or text.text):
        draft.objections.append(Objection(line="#undo", why="#undo stands alone in its mail"))
    answers = text.public or any(command.name == "send" for command in commands)
    draft.add(block.lines[0], _status_step(request, commands, answers=answers))


def _planner(command: Command) -> Planner:
    own: Mapping[str, Planner] = {"send": _send, "undo": _undo, "confirm": _not_now}
    return own.get(command.name) or _PLANNERS[command.name]


def _combined(commands: tuple[Command, ...]) -> tuple[Command, ...]:
    """`#tag +a` and `#tag +b` are one change; the same line twice is one line."""
    kept: dict[str, Command] = {}
    for command in commands:
        key = command.name if command.name in _COMBINED else command.line
        before = kept.get(key)
        joined = before is not None and command.name in _COMBINED
        kept[key] = replace(command, value=f"{before.value} {command.value}") if before and joined else command
    return tuple(kept.values())


def _public_text(request: Request, text: Text) -> Step:
    """A text that may go to the customer: the same doubts as for any answer."""
    case, ticket, agent = request.case, request.ticket, request.agent
    authority = request.authority
    if authority.right is Right.NONE or (authority.token is None and not authority.by_admin):
        return refuse("to write to the customer, answer a notice about the ticket: this mail answers none")
    doubt = objection_to_answerer(case, ticket, agent) or stale(case, authority, agent)
    doubt = doubt or internal_text_shows(case.mail)
    sends, remark, nobody = sends_of_answer(case, ticket, agent)
    if doubt or nobody:
        return refuse(f"not sent: {doubt or nobody}")
    why = f"reply by {agent.name}"
    entry = AddMessage(
        ticket=ticket.id, kind=MessageKind.MAIL, public=True, text=text.text, author=agent.name, banner=remark, why=why
    )
    return _answered(request, (entry, *uses(request, text), *sends))


def _answered(request: Request, actions: tuple[Action, ...]) -> Step:
    people = ", ".join(each.recipient.address for each in actions if isinstance(each, Send))
    claimed = claim(request.ticket, request.agent, request.why)
    line = (Change(what="assignee", old="", new=request.agent.name),) if claimed else ()
    return Step(actions=(*actions, *claimed), changes=(Change(what="sent to", old="", new=people), *line))


def stale(case: Case, authority: Authority, agent: Agent) -> str:
    """Whether somebody else answered since the notice was sent."""
    sent = case.found.sent.get(authority.token.serial) if authority.token else None
    if sent and sent.answered_by and sent.answered_by != agent.name:
        return f"{sent.answered_by} has answered since the notice was sent"
    return ""


def _send(request: Request, _command: Command) -> Step:
    """What was held goes out after all, without the commands that stood above it."""
    held = own_held(request)
    if not isinstance(held, HeldFacts):
        return refuse(held)
    case, ticket, agent = request.case, request.ticket, request.agent
    text = read_commands(held.text).rest
    if not text.strip():
        return refuse("there is no text in what was held")
    sends, remark, nobody = sends_of_answer(case, ticket, agent, held.message)
    doubt = objection_to_answerer(case, ticket, agent) or nobody
    if doubt:
        return refuse(f"not sent: {doubt}")
    entry = ChangeMessage(
        ticket=ticket.id,
        message=held.message,
        kind=MessageKind.MAIL,
        public=True,
        author=agent.name,
        text=text,
        banner=remark,
        why=f"{agent.name} sent what was held",
    )
    return _answered(request, (entry, *sends))


def _keep(request: Request, held: HeldFacts) -> Step:
    """What was held stays, as an internal note like any other."""
    ticket, agent = request.ticket, request.agent
    entry = ChangeMessage(
        ticket=ticket.id, message=held.message, kind=MessageKind.NOTE, public=False, banner="", why=request.why
    )
    agents = interested(request.case.desk, ticket, text=held.text)
    told = notify(
        agents, ticket.id, "note-notice", actor=agent.name, reply_is_public=False, why=f"note by {agent.name}"
    )
    about = tuple(replace(send, message=held.message) for send in told)
    return done(f"message {held.message}", "held", "kept as a note", entry, *about)


def _words(request: Request, kind: str) -> list[WordFacts]:
    """The agent's usable words about this ticket, newest first."""
    found = request.case.found
    return [word for word in found.words if word.kind == kind and found.target(word.ticket_id) == request.ticket.id]


def _undo(request: Request, command: Command) -> Step:
    typed = command.value.strip().lower()
    chosen = next((word for word in _words(request, "undo") if typed in ("", word.word)), None)
    if chosen is None:
        return refuse("nothing of yours on this ticket can be taken back, or it was more than 30 minutes ago")
    return Step(actions=(Undo(ticket=request.ticket.id, word=chosen.word, why=request.why), UseWord(word=chosen.word)))


def _not_now(_request: Request, _command: Command) -> Step:
    """A confirmation that was confirmed already by its own plan, or stands where none can be."""
    return refuse("there is nothing to confirm")


def _status_step(request: Request, commands: tuple[Command, ...], *, answers: bool) -> Step:
    """One status at the end: after an answer we wait, a snoozed ticket is on hold, an explicit word wins."""
    ticket = request.ticket
    status = status_after_answer(ticket) if answers else ticket.status
    snoozes = any(command.name == "snooze" and not is_nobody(command.value) for command in commands)
    names = [command.name for command in commands if _group(command) is Group.STATUS]
    for name in ["hold"] if snoozes and status is not Status.PENDING and not names else names:
        following = status_after(ticket, name, status)
        if not isinstance(following, Status):
            return refuse(following)
        status = following
    if status is ticket.status and not names:
        return Step()
    action = SetStatus(ticket=ticket.id, old=ticket.status, new=status, why=request.why)
    return done("status", ticket.status.value, status.value, *((action,) if status is not ticket.status else ()))


def _plan_done(request: Request, block: Block, text: Text, draft: _Draft, used: tuple[Action, ...]) -> Plan:
    actions = [action for step in draft.steps for action in step.actions]
    changes = tuple(change for step in draft.steps for change in step.changes)
    entries = tuple(each for each in actions if isinstance(each, AddMessage))
    entry = entries or (_note(request, text) if text.text else _command_entry(request, block),)
    told = _told_of_note(request, text) if text.text and not text.public else ()
    sends = (*(each for each in actions if isinstance(each, Send)), *told)
    rest = [each for each in actions if not isinstance(each, AddMessage | Send)]
    counted = () if text.public else uses(request, text)
    questions = tuple(question(request, each) for each in block.commands if _group(each) is Group.QUESTION)
    report = replace(_report(request), changes=changes, questions=questions)
    return _plan(request, block, (*entry, *used, *_in_order(rest), *counted, *_unique(sends), report), sends)


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


def _plan_refused(request: Request, block: Block, objections: tuple[Objection, ...]) -> Plan:
    """Nothing is executed, nothing sent. What was written is kept, and can be sent by a word."""
    kind = MessageKind.HELD if block.rest else MessageKind.COMMANDS
    why = f"not carried out: {objections[0].why}"
    entry = replace(
        internal_entry(request.case, request.ticket, kind, banner=f"Held: {objections[0].why}", why=why),
        text=request.case.mail.reply,
    )
    report = replace(_report(request), objections=objections, text=block.rest, message=None, why=why)
    return _plan(request, block, (entry, report), (), undoable=False)


def _plan_asked(request: Request, block: Block, text: Text, confirms: list[str]) -> Plan:
    """Nothing is done until the agent says so once more."""
    if text.text:
        objection = Objection(line=block.lines[0], why="must be confirmed first: write the text in a mail of its own")
        return _plan_refused(request, block, (objection,))
    report = replace(_report(request), confirm="\n".join(block.lines), confirm_why="; ".join(confirms))
    return _plan(request, block, (_command_entry(request, block), report), (), undoable=False)


def _report(request: Request) -> Report:
    agent = request.agent
    return Report(
        ticket=request.ticket.id,
        agent=agent.name,
        recipient=Address(name=agent.display_name or agent.name, address=_answer_to(request)),
        message=request.message,
        why=request.why,
    )


def _answer_to(request: Request) -> str:
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
        notices=(*lines(_unique(sends)), f"command-result to {_answer_to(request)}"),
        agent=request.agent.name if undoable else "",
    )


def planned_for_new(request: Request, block: Block) -> tuple[tuple[Step, ...], tuple[Objection, ...]]:
    """The commands above a mail that opens a ticket: plain changes and a status, nothing about other tickets."""
    draft = _Draft(objections=block_objections(block))
    for command in _combined(block.commands):
        if command.name in CHANGES or command.name == "cc":
            draft.add(command.line, _planner(command)(request, command))
        elif _group(command) not in (Group.STATUS, Group.TEXT) and command.name != "requester":
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
            if _group(each) is not Group.QUESTION
        ),
    ]
    asked = () if objections else tuple(question(request, each) for each in block.commands)
    report = replace(_report(request), ticket=None, objections=tuple(objections), questions=asked, text=block.rest)
    reason = "commands about no ticket: " + ("not carried out" if objections else "answered")
    return Plan(
        actions=(Refuse(reason=reason), report),
        authority=f"{authority.why}; {reason}",
        outcome=Outcome.REFUSED,
        notices=(f"command-result to {_answer_to(request)}",),
    )
