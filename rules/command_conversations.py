"""Commands about who takes part, about entries, and about whole tickets: copies, merging, splitting, what was held."""

from collections.abc import Mapping

from parsers.mail import Address
from rules.actions import (
    Action,
    Change,
    ChangeMessage,
    EraseMessage,
    JoinContact,
    Link,
    Merge,
    MessageKind,
    SetParticipant,
    SetRequester,
    Split,
)
from rules.addresses import agent_at, fold
from rules.command_steps import Planner, Request, Step, done, refuse
from rules.commands import Command, addresses_in
from rules.facts import HeldFacts, Participant, Role, Status, TicketFacts
from rules.participants import PARTICIPANTS_LIMIT, everybody, is_outside, role_of

_CUSTOMERS_KINDS = (MessageKind.THIRD_PARTY, MessageKind.UNVERIFIED, MessageKind.NOTE)


def _cc(request: Request, command: Command) -> Step:
    ticket = request.ticket
    add: list[str] = []
    remove: list[str] = []
    for word in command.value.replace(",", " ").replace("–", "-").split():
        addresses = addresses_in(word)
        if len(addresses) != 1:
            return refuse(f"{word[:80]!r} is no mail address; write #cc +a@b.example -c@d.example")
        (remove if word.startswith("-") else add).append(addresses[0])
    wrong = next((each for each in add if not is_outside(request.case.desk, each)), "")
    if wrong:
        return refuse(f"{wrong} is one of us, or nobody reads mail there; colleagues #follow instead")
    if len(everybody(ticket)) + len(add) > PARTICIPANTS_LIMIT:
        return refuse(f"a conversation has at most {PARTICIPANTS_LIMIT} people")
    missing = next((each for each in remove if role_of(ticket, each) in (None, Role.REQUESTER)), "")
    if missing:
        return refuse(f"{missing} gets no copies of this ticket")
    return _copies(request, add, remove)


def _copies(request: Request, add: list[str], remove: list[str]) -> Step:
    ticket, why = request.ticket, request.why
    fresh = [each for each in add if role_of(ticket, each) in (None, Role.WAITING)]
    actions: tuple[Action, ...] = (
        *(SetParticipant(ticket=ticket.id, person=_known(ticket, each), role=Role.CC, why=why) for each in fresh),
        *(SetParticipant(ticket=ticket.id, person=Address(address=each), role=None, why=why) for each in remove),
    )
    old = [person.address for person in ticket.participants if person.role is Role.CC]
    gone = {fold(each) for each in remove}
    new = [*(each for each in old if fold(each) not in gone), *(each for each in fresh)]
    return done("copies to", ", ".join(old), ", ".join(new), *actions)


def _person(ticket: TicketFacts, address: str) -> Participant | None:
    return next((each for each in ticket.participants if fold(each.address) == fold(address)), None)


def _known(ticket: TicketFacts, address: str) -> Address:
    person = _person(ticket, address)
    return Address(name=person.name if person else "", address=address)


def _requester(request: Request, command: Command) -> Step:
    """Somebody of ours may be the requester too: staff ask for help. The desk itself may not.

    Who was only taken for the requester of a forwarded mail hears no more of the ticket.
    """
    ticket, addresses = request.ticket, addresses_in(command.value)
    if len(addresses) != 1:
        return refuse("write one mail address, such as #requester a@b.example")
    address = fold(addresses[0])
    if not is_outside(request.case.desk, address) and agent_at(request.case.desk, address) is None:
        return refuse(f"{address} is a mailbox of ours, or nobody reads mail there")
    if address == fold(ticket.requester):
        return done("requester", ticket.requester, ticket.requester)
    mistaken = request.case.found.passed_on.get(ticket.id, ())
    keep = agent_at(request.case.desk, ticket.requester) is None and bool(ticket.requester) and not mistaken
    name = command.value.partition("<")[0].strip(' "') if "<" in command.value else ""
    person = Address(name=name[:64], address=address)
    action = SetRequester(ticket=ticket.id, person=person, keep=keep, entries=mistaken, why=request.why)
    return done("requester", ticket.requester, address, action)


def _join(request: Request, command: Command) -> Step:
    ticket, addresses = request.ticket, addresses_in(command.value)
    if len(addresses) != 1 or not is_outside(request.case.desk, addresses[0]):
        return refuse("write one outside mail address, such as #join a@b.example")
    address = fold(addresses[0])
    if ticket.contact and request.case.found.contacts.get(address) == ticket.contact:
        return done("addresses of the requester", address, address)
    action = JoinContact(ticket=ticket.id, address=address, why=request.why)
    return done("addresses of the requester", "", f"{ticket.requester}, {address}", action)


def _other(request: Request, command: Command) -> TicketFacts | str:
    """The other ticket a command names by its number."""
    digits = command.value.strip("#[] ").removeprefix(request.case.desk.number_prefix)
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
        return f"write one ticket number, such as #{command.name} 123"
    found = request.case.found
    other = found.tickets.get(found.target(found.by_number.get(int(digits), 0)))
    if other is None:
        return f"there is no ticket {int(digits)}"
    return other if other.id != request.ticket.id else "that is this very ticket"


def _merge(request: Request, command: Command) -> Step:
    """Across contacts it must be confirmed: each would hear what the other wrote."""
    other = _other(request, command)
    if isinstance(other, str):
        return refuse(other)
    if other.status is Status.SPAM:
        return refuse(f"ticket {other.number} is spam")
    action = Merge(ticket=request.ticket.id, into=other.id, why=request.why)
    step = done("ticket", str(request.ticket.number), f"goes on in {other.number}", action)
    if (other.contact == request.ticket.contact and other.contact) or request.confirmed:
        return step
    why = f"{request.ticket.requester} and {other.requester} would read each other's mail in ticket {other.number}"
    return Step(confirm=why)


def _link(request: Request, command: Command) -> Step:
    other = _other(request, command)
    if isinstance(other, str):
        return refuse(other)
    return done("linked to", "", str(other.number), Link(ticket=request.ticket.id, other=other.id, why=request.why))


def _split(request: Request, command: Command) -> Step:
    value = command.value.lstrip("#")
    if value and not (value.isascii() and value.isdigit() and len(value) <= 9):
        return refuse("write #split alone in an answer to the message's notice, or #split with its number in #show")
    message = int(value) if value else request.message
    entries = request.case.found.messages.get(request.ticket.id, ())
    if message not in entries:
        return refuse("answer the notice of the message to split at, or write its number, which #show tells")
    if message == entries[0]:
        return refuse("that is the ticket's first message: nothing would stay behind")
    action = Split(ticket=request.ticket.id, message=message, why=request.why)
    return done("ticket", str(request.ticket.number), f"a new ticket from message {message} on", action)


def _erase(request: Request, _command: Command) -> Step:
    if not request.message:
        return refuse("answer the notice of the message to erase")
    if not request.confirmed:
        return Step(confirm="the message's text and list of files are wiped; there is no undo")
    action = EraseMessage(ticket=request.ticket.id, message=request.message, why=request.why)
    return done(f"message {request.message}", "text", "erased", action)


def own_held(request: Request) -> HeldFacts | str:
    """The held answer that may be sent or dropped: the asking agent's own."""
    held = request.held
    if held is None or held.kind not in (MessageKind.HELD, MessageKind.UNVERIFIED):
        return "nothing is held here; answer the mail that told you of it"
    if held.author != request.agent.name and fold(held.sender) not in request.agent.addresses:
        return "what is held here was written by somebody else"
    return held


def _drop(request: Request, _command: Command) -> Step:
    held = own_held(request)
    if not isinstance(held, HeldFacts):
        return refuse(held)
    action = ChangeMessage(
        ticket=request.ticket.id,
        message=held.message,
        kind=MessageKind.NOTE,
        public=False,
        banner=f"Dropped by {request.agent.name}",
        why=request.why,
    )
    return done("held answer", "held", "dropped", action)


def _accept(request: Request, _command: Command) -> Step:
    """A third party's mail becomes part of the conversation, and the sender takes part from now on."""
    held, ticket = request.held, request.ticket
    if held is None or held.kind not in _CUSTOMERS_KINDS or not held.sender:
        return refuse("nothing waits here; answer the notice about the third party's mail")
    if not is_outside(request.case.desk, held.sender):
        return refuse(f"{held.sender} is one of us")
    entry = ChangeMessage(
        ticket=ticket.id, message=held.message, kind=MessageKind.MAIL, public=True, banner="", why=request.why
    )
    person = Address(name=held.sender_name, address=held.sender)
    role = role_of(ticket, held.sender)
    joins = (SetParticipant(ticket=ticket.id, person=person, role=Role.CC, why=request.why),)
    takes_part = role in (Role.REQUESTER, Role.CC)
    return Step(
        actions=(entry, *(() if takes_part else joins)),
        changes=(Change(what=held.sender, old=role.value if role else "", new="takes part"),),
    )


CONVERSATIONS: Mapping[str, Planner] = {
    "cc": _cc,
    "requester": _requester,
    "join": _join,
    "merge": _merge,
    "link": _link,
    "split": _split,
    "erase": _erase,
    "drop": _drop,
    "accept": _accept,
}
