"""Who wrote: one of us, an agent by name, an outside person, or nobody we could tell. No authority is given here."""

from dataclasses import dataclass
from enum import StrEnum

from parsers.mail import Address, ParsedMail
from rules.addresses import agent_at, fold, is_no_reply, mailbox_of, same_organisation
from rules.authentication import Authentication, authenticate
from rules.facts import Agent, Desk, Envelope


class SenderKind(StrEnum):
    """What From says; a claim until authority has been judged."""

    CONTACT = "contact"
    AGENT = "agent"
    OURSELVES = "ourselves"
    UNIDENTIFIED = "unidentified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """The one From address (folded), what it belongs to, and what is known of its authenticity."""

    kind: SenderKind
    person: Address
    agent: Agent | None = None
    authentication: Authentication

    @property
    def address(self) -> str:
        """The folded From address; empty for an unidentified sender."""
        return self.person.address

    def describe(self) -> str:
        """One line for the trace."""
        who = f"agent {self.agent.name}" if self.agent else self.kind.value
        checked = self.authentication
        return f"{self.address or 'nobody'}: {who}; {checked.verdict.value} ({checked.evidence})"


def identify(mail: ParsedMail, envelope: Envelope, desk: Desk) -> Sender:
    """The sender by exactly one From address; the display name is never looked at."""
    checked = authenticate(mail, envelope, desk)
    if mail.sender_from is None and envelope.released and envelope.sender:
        # an admin has looked and let it in: then the envelope sender is whom to answer, and never one of us
        person = Address(address=fold(envelope.sender))
        return Sender(kind=SenderKind.CONTACT, person=person, authentication=checked)
    if mail.sender_from is None:
        return Sender(kind=SenderKind.UNIDENTIFIED, person=Address(address=""), authentication=checked)
    person = Address(name=mail.sender_from.name, address=fold(mail.sender_from.address))
    agent = agent_at(desk, person.address)
    ours = agent is None and mailbox_of(desk, person.address) is not None
    kind = SenderKind.OURSELVES if ours else SenderKind.AGENT if agent else SenderKind.CONTACT
    return Sender(kind=kind, person=person, agent=agent, authentication=checked)


def answer_address(mail: ParsedMail, sender: Sender, desk: Desk) -> tuple[Address, str]:
    """Where answers to a new conversation go besides or instead of From, and why; From itself in every doubtful case.

    Reply-To is a stranger's word: it counts only as one address of the same organisation, and of nobody on our side.
    """
    others = [person for person in mail.reply_to if fold(person.address) != sender.address]
    if not others:
        return sender.person, ""
    if len(others) > 1:
        return sender.person, "Reply-To names several addresses and is ignored"
    other = Address(name=others[0].name, address=fold(others[0].address))
    if mailbox_of(desk, other.address) or agent_at(desk, other.address):
        return sender.person, "Reply-To names one of ours and is ignored"
    if is_no_reply(other.address) or not same_organisation(other.address, sender.address):
        return sender.person, f"Reply-To {other.address[:100]} is of another organisation and is ignored"
    return other, f"Reply-To {other.address[:100]} is of the same organisation"
