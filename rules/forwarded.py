"""An agent's new mail: a customer's mail forwarded to the desk, a ticket opened on somebody's behalf, or a question."""

from parsers.mail import Address
from rules.actions import NEW, Action, AddMessage, Change, CreateTicket, MessageKind, Objection, Report
from rules.addresses import fold, mailbox_of, receiving_mailbox, unique
from rules.authentication import can_be_known
from rules.authority import Authority, Right, judge_commands
from rules.cases import Case, Plan
from rules.command_plans import plan_desk_questions, planned_for_new
from rules.command_steps import Request, Step
from rules.commands import Block, addresses_in, read_commands
from rules.facts import Agent, TicketFacts
from rules.notices import hearers, lines, notify
from rules.participants import is_outside
from rules.subjects import strip_subject

_MOST_OFFERS = 3


def plan_agents_new_mail(case: Case) -> Plan | None:
    """What an agent's mail does that is about no ticket yet. None when it is an ordinary mail of an agent who asks for
    help, or when it cannot be told from a forged one."""
    agent = case.sender.agent
    if agent is None or case.thread.ticket is not None or not agent.active or not case.is_human:
        return None
    block = read_commands(_own_words(case))
    authority = judge_commands(case, agent, None)
    is_forward = case.mail.forward is not None and _may_forward(case, authority)
    if is_forward or (_names_requester(block) and authority.right is not Right.NONE):
        return _plan_for_customer(case, agent, authority, block)
    if block.is_empty or authority.right is Right.NONE:
        return None
    return plan_desk_questions(case, agent, authority, block)


def _may_forward(case: Case, authority: Authority) -> bool:
    """Where no server vouches for anybody, a forward may still become a ticket: nothing is sent outside for it."""
    return authority.right is not Right.NONE or not can_be_known(case.envelope, case.desk)


def _own_words(case: Case) -> str:
    """Commands stand above a forwarded mail, never in it."""
    return case.mail.forward.comment if case.mail.forward else case.mail.reply


def _names_requester(block: Block) -> bool:
    return any(command.name == "requester" for command in block.commands)


def _plan_for_customer(case: Case, agent: Agent, authority: Authority, block: Block) -> Plan:
    """The ticket is the customer's, the agent's words are a note, and nothing is sent to anybody outside."""
    person, doubt = _customer(case, agent, block)
    why = f"opened by agent {agent.name} for {person.address}"
    create = _create(case, person, why)
    steps, objections = _commanded(case, agent, authority, block, create)
    agents = hearers(case.desk, create.team, "")
    told = notify(agents, NEW, "new-ticket-notice", actor=agent.name, reply_is_public=True, why=why)
    report = Report(
        ticket=NEW,
        agent=agent.name,
        recipient=Address(name=agent.display_name or agent.name, address=case.sender.address),
        changes=(Change(what="requester", new=person.address), *(line for step in steps for line in step.changes)),
        objections=(*doubt, *objections),
        taken=person.address,
        offers=_offers(case, agent, person),
        why=why,
    )
    changes = (action for step in steps for action in step.actions)
    actions = (create, *_entries(case, agent, person, block, why), *changes, *told, report)
    notices = (*lines(told), f"command-result to {case.sender.address}")
    return Plan(actions=actions, authority=f"{authority.why}; {why}", ticket=NEW, notices=notices)


def _customer(case: Case, agent: Agent, block: Block) -> tuple[Address, tuple[Objection, ...]]:
    """Whom the agent names, else who wrote what was forwarded; the agent in person when neither can be told."""
    named = [each for command in block.commands if command.name == "requester" for each in addresses_in(command.value)]
    wrote = case.mail.forward.sender if case.mail.forward else None
    person = Address(address=fold(named[0])) if named else wrote
    if person and mailbox_of(case.desk, person.address) is None and "@" in person.address:
        return Address(name=person.name, address=fold(person.address)), ()
    why = "it cannot be seen who wrote the forwarded mail: answer with #requester and the address"
    return case.sender.person, (Objection(line="", why=why),)


def _offers(case: Case, agent: Agent, person: Address) -> tuple[str, ...]:
    """The others whose ticket it may be: whom the forwarded mail names, the agent in person, or an address to type."""
    forward = case.mail.forward
    named = unique((*forward.to, *forward.cc)) if forward else ()
    outside = [fold(each.address) for each in named if is_outside(case.desk, each.address)][:_MOST_OFFERS]
    others = dict.fromkeys((*outside, agent.addresses[0], ""))
    return tuple(f"#requester {each}" for each in others if each != person.address)


def _create(case: Case, person: Address, why: str) -> CreateTicket:
    mailbox = receiving_mailbox(case.mail, case.envelope, case.desk)
    forward = case.mail.forward
    return CreateTicket(
        subject=strip_subject((forward.subject if forward else "") or case.mail.subject, case.desk.number_prefix),
        mailbox=mailbox.name if mailbox else "",
        requester=person,
        team=mailbox.team if mailbox else "",
        language=case.mail.language or (mailbox.language if mailbox else ""),
        why=why,
    )


def _commanded(
    case: Case, agent: Agent, authority: Authority, block: Block, create: CreateTicket
) -> tuple[tuple[Step, ...], tuple[Objection, ...]]:
    """Commands above the forwarded mail, judged on the ticket as it will be. Without authority there are none."""
    if block.is_empty:
        return (), ()
    if authority.right is Right.NONE:
        return (), (Objection(line=block.lines[0], why=authority.why),)
    ticket = TicketFacts(
        id=NEW,
        number=0,
        subject=create.subject,
        team=create.team,
        mailbox=create.mailbox,
        requester=create.requester.address,
        language=create.language,
    )
    return planned_for_new(Request(case=case, agent=agent, ticket=ticket, authority=authority), block)


def _entries(case: Case, agent: Agent, person: Address, block: Block, why: str) -> tuple[Action, ...]:
    """The customer's words as the customer's entry, the agent's own as a note beside it."""
    forward = case.mail.forward
    told_us = forward.body if forward else block.rest
    customers = AddMessage(
        ticket=NEW,
        kind=MessageKind.MAIL,
        public=True,
        text=told_us or case.mail.text,
        banner=f"Passed on by {agent.name}, requester taken to be {person.address}: #requester ADDRESS corrects it",
        written_by=person,
        why=why,
    )
    if not forward or not block.rest.strip():
        return (customers,)
    note = AddMessage(
        ticket=NEW, kind=MessageKind.NOTE, public=False, text=block.rest, author=agent.name, by_mail=False, why=why
    )
    return (note, customers)  # notices are about the last entry
