"""Who takes part in a conversation: newcomers by To and Cc, and who gets an agent's answer."""

from collections.abc import Iterable

from parsers.mail import Address
from rules.actions import AddParticipant
from rules.addresses import ERASED_DOMAIN, agent_at, domain_of, fold, is_no_reply, mailbox_of, unique
from rules.cases import Case
from rules.facts import Desk, Participant, Role, TicketFacts

PARTICIPANTS_LIMIT = 20
_ROLES_WE_ANSWER = (Role.REQUESTER, Role.CC, Role.FOLLOWER)


def newcomers(case: Case, ticket: int, present: Iterable[str], role: Role, why: str) -> tuple[AddParticipant, ...]:
    """Whom To and Cc bring in. Never anyone of ours, never anyone twice, and never more than a conversation holds."""
    known = {fold(address) for address in present}
    named = unique((*case.mail.to, *case.mail.cc))
    fresh = [person for person in named if fold(person.address) not in known and is_outside(case.desk, person.address)]
    room = max(0, PARTICIPANTS_LIMIT - len(known))
    return tuple(AddParticipant(ticket=ticket, person=person, role=role, why=why) for person in fresh[:room])


def is_outside(desk: Desk, address: str) -> bool:
    """Whether somebody outside can be reached there: not a mailbox of ours in any form, not an agent, not a robot."""
    return (
        "@" in address
        and mailbox_of(desk, address) is None
        and agent_at(desk, address) is None
        and not is_no_reply(address)
    )


def everybody(ticket: TicketFacts) -> tuple[str, ...]:
    """Every address on the ticket in whatever role."""
    return tuple(filter(None, (ticket.requester, *(person.address for person in ticket.participants))))


def role_of(ticket: TicketFacts, address: str) -> Role | None:
    """What an address is to a ticket; None for somebody who takes no part."""
    wanted = fold(address)
    if wanted == fold(ticket.requester):
        return Role.REQUESTER
    return next((person.role for person in ticket.participants if fold(person.address) == wanted), None)


def answered_people(case: Case, ticket: TicketFacts) -> tuple[tuple[Address, ...], tuple[str, ...]]:
    """Who gets an agent's public answer, and the addresses left out because mail to them keeps coming back."""
    requester = Participant(address=ticket.requester, role=Role.REQUESTER, name=_name_of_requester(ticket))
    public = [person for person in (requester, *ticket.participants) if person.role in _ROLES_WE_ANSWER]
    reachable = unique(
        Address(name=person.name, address=person.address) for person in public if _may_get_answer(case, person, ticket)
    )
    paused = {fold(address) for address in case.found.paused}
    left_out = tuple(person.address for person in reachable if fold(person.address) in paused)
    return tuple(person for person in reachable if person.address not in left_out), left_out


def _may_get_answer(case: Case, person: Participant, ticket: TicketFacts) -> bool:
    """An agent may be the requester of a ticket (staff ask for help too), but is a participant in no other role."""
    address = fold(person.address)
    agent = case.sender.agent
    if (
        "@" not in address
        or domain_of(address) == ERASED_DOMAIN
        or mailbox_of(case.desk, address)
        or (agent and address in map(fold, agent.addresses))
    ):
        return False
    return address == fold(ticket.requester) or agent_at(case.desk, address) is None


def _name_of_requester(ticket: TicketFacts) -> str:
    wanted = fold(ticket.requester)
    return next((person.name for person in ticket.participants if fold(person.address) == wanted), "")
