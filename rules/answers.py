"""An agent's mail about a ticket: relayed to the customer, kept as a note, or held and the agent asked."""

from rules.actions import Action, AddMessage, MessageKind, SetStatus
from rules.answering import claim, objection_to_answerer, objection_to_files, sends_of_answer, status_after_answer
from rules.authority import Authority, Right, judge_authority, judge_commands
from rules.cases import Case, Plan, internal_entry
from rules.command_answers import stale
from rules.command_plans import plan_commands
from rules.commands import Block, read_commands
from rules.cutline import internal_text_shows
from rules.facts import Agent, TicketFacts
from rules.notices import interested, lines, notify, responsible


def plan_answer(case: Case) -> Plan | None:
    """What an agent's mail does to the ticket it names. None for everybody else, for an agent's new mail, and for an
    agent who is a participant (staff ask for help too) and did not answer a notice."""
    agent, ticket = case.sender.agent, case.thread.ticket
    if agent is None or ticket is None:
        return None
    block = read_commands(case.mail.reply)
    authority = judge_authority(case, agent, ticket) if block.is_empty else judge_commands(case, agent, ticket)
    if authority.right is Right.NONE:
        return None if case.is_participant(ticket) else _plan_unverified(case, agent, ticket, authority)
    if not block.is_empty and not authority.doubt:
        return plan_commands(case, agent, ticket, authority, block)
    doubt = _doubt(case, authority, agent, ticket, block)
    if doubt:
        return _plan_held(case, agent, ticket, authority, doubt)
    if authority.right is Right.NOTE:
        return _plan_note(case, agent, ticket, authority)
    return _plan_reply(case, agent, ticket, authority)


def _doubt(case: Case, authority: Authority, agent: Agent, ticket: TicketFacts, block: Block) -> str:
    """Why a proved mail is better asked about than sent; empty when nothing speaks against it."""
    if authority.doubt or authority.right is Right.NOTE:
        return authority.doubt
    if not case.mail.reply.strip():
        return "there is no new text"
    if block.stray:
        return f"the line {block.stray} stands below the text, commands stand above it"
    doubt = objection_to_answerer(case, ticket, agent) or stale(case, authority, agent)
    return doubt or internal_text_shows(case.mail) or objection_to_files(case.mail)


def _plan_unverified(case: Case, agent: Agent, ticket: TicketFacts, authority: Authority) -> Plan:
    """Never relayed. The agent named is told at their own address: they know whether it was them."""
    why = f"claims to be agent {agent.name}: {authority.why}"
    entry = internal_entry(case, ticket, MessageKind.UNVERIFIED, banner=f"Unverified, {why}", why=why)
    told_agents = (agent,) if agent.active else responsible(case.desk, ticket.team, ticket.assignee)
    told = notify(told_agents, ticket.id, "held-notice", reply_is_public=False, why=why)
    return Plan(actions=(entry, *told), authority=why, ticket=ticket.id, notices=lines(told))


def _plan_held(case: Case, agent: Agent, ticket: TicketFacts, authority: Authority, doubt: str) -> Plan:
    entry = internal_entry(case, ticket, MessageKind.HELD, banner=f"Held: {doubt}", why=f"held: {doubt}")
    told = notify((agent,), ticket.id, "held-notice", reply_is_public=False, why=doubt)
    return Plan(actions=(entry, *told), authority=f"{authority.why}; held", ticket=ticket.id, notices=lines(told))


def _plan_note(case: Case, agent: Agent, ticket: TicketFacts, authority: Authority) -> Plan:
    entry = internal_entry(case, ticket, MessageKind.NOTE, why="answers a notice whose replies stay internal")
    agents, why = interested(case.desk, ticket, text=case.mail.reply), f"note by {agent.name}"
    told = notify(agents, ticket.id, "note-notice", actor=agent.name, reply_is_public=False, why=why)
    actions: tuple[Action, ...] = (entry, *told)
    return Plan(actions=actions, authority=authority.why, ticket=ticket.id, notices=lines(told), agent=agent.name)


def _plan_reply(case: Case, agent: Agent, ticket: TicketFacts, authority: Authority) -> Plan:
    sends, remark, nobody = sends_of_answer(case, ticket, agent)
    if nobody:
        return _plan_held(case, agent, ticket, authority, nobody)
    why = f"reply by {agent.name}"
    entry = AddMessage(
        ticket=ticket.id,
        kind=MessageKind.MAIL,
        public=True,
        text=case.mail.reply,
        author=agent.name,
        banner=remark,
        why=why,
    )
    new = status_after_answer(ticket)
    moved = (SetStatus(ticket=ticket.id, old=ticket.status, new=new, why=why),) if new is not ticket.status else ()
    actions: tuple[Action, ...] = (entry, *claim(ticket, agent, why), *moved, *sends)
    return Plan(actions=actions, authority=authority.why, ticket=ticket.id, notices=lines(sends), agent=agent.name)
