"""Commands that speak to the customer: new text, and what was held and goes out after all or stays a note."""

from dataclasses import replace

from rules.actions import Action, AddMessage, Change, ChangeMessage, MessageKind, Send
from rules.answering import claim, objection_to_answerer, objection_to_files, sends_of_answer
from rules.authority import Authority, Right
from rules.cases import Case
from rules.command_conversations import own_held
from rules.command_steps import Request, Step, done, refuse
from rules.command_texts import Text, uses
from rules.commands import Command, read_commands
from rules.cutline import internal_text_shows
from rules.facts import Agent, HeldFacts
from rules.notices import interested, notify


def public_text(request: Request, text: Text) -> Step:
    """A text that may go to the customer: the same doubts as for any answer."""
    case, ticket, agent = request.case, request.ticket, request.agent
    authority = request.authority
    if authority.right is Right.NONE or (authority.token is None and not authority.by_admin):
        return refuse("to write to the customer, answer a notice about the ticket: this mail answers none")
    doubt = objection_to_answerer(case, ticket, agent) or stale(case, authority, agent)
    doubt = doubt or internal_text_shows(case.mail) or objection_to_files(case.mail)
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


def send_held(request: Request, _command: Command) -> Step:
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


def keep_held(request: Request, held: HeldFacts) -> Step:
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
