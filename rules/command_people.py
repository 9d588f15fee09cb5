"""Who takes part once the commands of a mail are carried out: an answer in the same mail goes to them."""

from collections.abc import Iterable
from dataclasses import replace

from parsers.mail import Address
from rules.actions import SetParticipant, SetRequester
from rules.addresses import fold
from rules.command_steps import Step
from rules.facts import Participant, Role, TicketFacts


def with_people(ticket: TicketFacts, steps: Iterable[Step]) -> TicketFacts:
    """The ticket as these steps leave its people; all else as it is."""
    for step in steps:
        for action in step.actions:
            if isinstance(action, SetParticipant):
                ticket = _with(ticket, action.person, action.role)
            elif isinstance(action, SetRequester):
                ticket = _of(ticket, action)
    return ticket


def _of(ticket: TicketFacts, action: SetRequester) -> TicketFacts:
    before = Address(address=ticket.requester)
    ticket = _with(ticket, before, Role.CC if action.keep else None)
    return replace(_with(ticket, action.person, Role.REQUESTER), requester=action.person.address)


def _with(ticket: TicketFacts, person: Address, role: Role | None) -> TicketFacts:
    wanted = fold(person.address)
    known = next((each for each in ticket.participants if fold(each.address) == wanted), None)
    rest = tuple(each for each in ticket.participants if each is not known)
    if role is None:
        return replace(ticket, participants=rest)
    name = person.name or (known.name if known else "")
    return replace(ticket, participants=(*rest, Participant(address=person.address, role=role, name=name)))
