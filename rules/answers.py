"""An agent's mail about a ticket: relayed to the customer, kept as a note, or held and the agent asked."""

import re

from rules.actions import Action, AddMessage, MailClass, MessageKind, Send, SetField, SetStatus
from rules.authority import Authority, Right, judge_authority
from rules.cases import Case, Plan, internal_entry
from rules.cutline import internal_text_shows
from rules.facts import Agent, TicketFacts
from rules.lifecycle import Trigger, move
from rules.notices import lines, notify, responsible
from rules.participants import answered_people

_COMMAND = re.compile(r"\s*#[ \t]?[^\W\d_]")


def plan_answer(case: Case) -> Plan | None:
    """What an agent's mail does to the ticket it names. None for everybody else, for an agent's new mail, and for an
    agent who is a participant (staff ask for help too) and did not answer a notice."""
    agent, ticket = case.sender.agent, case.thread.ticket
    if agent is None or ticket is None:
        return None
    authority = judge_authority(case, agent, ticket)
    if authority.right is Right.NONE:
        return None if case.is_participant(ticket) else _plan_unverified(case, agent, ticket, authority)
    doubt = _doubt(case, authority, agent)
    if doubt:
        return _plan_held(case, agent, ticket, authority, doubt)
    if authority.right is Right.NOTE:
        return _plan_note(case, agent, ticket, authority)
    return _plan_reply(case, agent, ticket, authority)


def _doubt(case: Case, authority: Authority, agent: Agent) -> str:
    """Why a proved mail is better asked about than sent; empty when nothing speaks against it."""
    if authority.doubt:
        return authority.doubt
    if _COMMAND.match(case.mail.reply):
        return "the text begins like a command"
    if authority.right is Right.NOTE:
        return ""
    if not case.mail.reply.strip():
        return "there is no new text"
    return _stale(case, authority, agent) or internal_text_shows(case.mail)


def _stale(case: Case, authority: Authority, agent: Agent) -> str:
    sent = case.found.sent.get(authority.token.serial) if authority.token else None
    if sent and sent.answered_by and sent.answered_by != agent.name:
        return f"{sent.answered_by} has answered since the notice was sent"
    return ""


def _plan_unverified(case: Case, agent: Agent, ticket: TicketFacts, authority: Authority) -> Plan:
    """Never relayed. The agent named is told at their own address: they know whether it was them."""
    why = f"claims to be agent {agent.name}: {authority.why}"
    entry = internal_entry(case, ticket, MessageKind.UNVERIFIED, banner=f"Unverified, {why}", why=why)
    told_agents = (agent,) if agent.active else responsible(case.desk, ticket.team, ticket.assignee)
    told = notify(told_agents, ticket.id, "held-notice", reply_is_public=False, why=why)
    return Plan(actions=(entry, *told), authority=why, ticket=ticket.id, notices=lines(told))


def _plan_held(case: Case, agent: Agent, ticket: TicketFacts, authority: Authority, doubt: str) -> Plan:
    entry = internal_entry(case, ticket, MessageKind.NOTE, banner=f"Held: {doubt}", why=f"held: {doubt}")
    told = notify((agent,), ticket.id, "held-notice", reply_is_public=False, why=doubt)
    return Plan(actions=(entry, *told), authority=f"{authority.why}; held", ticket=ticket.id, notices=lines(told))


def _plan_note(case: Case, agent: Agent, ticket: TicketFacts, authority: Authority) -> Plan:
    entry = internal_entry(case, ticket, MessageKind.NOTE, why="answers a notice whose replies stay internal")
    agents = responsible(case.desk, ticket.team, ticket.assignee)
    told = notify(
        agents, ticket.id, "note-notice", actor=agent.name, reply_is_public=False, why=f"note by {agent.name}"
    )
    return Plan(actions=(entry, *told), authority=authority.why, ticket=ticket.id, notices=lines(told))


def _plan_reply(case: Case, agent: Agent, ticket: TicketFacts, authority: Authority) -> Plan:
    people, left_out = answered_people(case, ticket)
    if not people:
        doubt = "mail to every participant keeps coming back" if left_out else "nobody to send it to"
        return _plan_held(case, agent, ticket, authority, doubt)
    why = f"reply by {agent.name}"
    sends = tuple(
        Send(ticket=ticket.id, template="reply", mail_class=MailClass.HUMAN, recipient=person, why=why)
        for person in people
    )
    banner = f"Not sent to {', '.join(left_out)}: mail to them keeps coming back" if left_out else ""
    entry = AddMessage(
        ticket=ticket.id,
        kind=MessageKind.MAIL,
        public=True,
        text=case.mail.reply,
        author=agent.name,
        banner=banner,
        why=why,
    )
    actions = (entry, *_changes(ticket, agent, why), *sends)
    return Plan(actions=actions, authority=authority.why, ticket=ticket.id, notices=lines(sends))


def _changes(ticket: TicketFacts, agent: Agent, why: str) -> tuple[Action, ...]:
    """Who answers an unassigned ticket has taken it; then we wait for the customer."""
    claim = () if ticket.assignee else (SetField(ticket=ticket.id, field="assignee", value=agent.name, why=why),)
    status = move(ticket.status, Trigger.AGENT_REPLIED)
    if status is None or status is ticket.status:
        return claim
    return (*claim, SetStatus(ticket=ticket.id, old=ticket.status, new=status, why=why))
