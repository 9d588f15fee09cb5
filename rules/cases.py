"""What the hands of a decision pass to each other: the case they look at, and the plan one of them makes."""

from dataclasses import dataclass
from datetime import datetime

from parsers.mail import AutomaticKind, ParsedMail
from rules.actions import Action, AddMessage, MessageKind, Outcome
from rules.facts import DenyEntry, Desk, Envelope, Found, TicketFacts
from rules.senders import Sender
from rules.threads import Thread, takes_part


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One mail with everything known about it."""

    mail: ParsedMail
    envelope: Envelope
    found: Found
    desk: Desk
    now: datetime
    sender: Sender
    denied: DenyEntry | None
    thread: Thread

    @property
    def is_human(self) -> bool:
        """Nothing says that a machine wrote it."""
        return self.mail.automatic.kind is AutomaticKind.NONE

    def is_participant(self, ticket: TicketFacts) -> bool:
        """Whether From names somebody who takes part in the ticket."""
        return takes_part(ticket, self.sender.address)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one hand wants done. `authority` and `notices` go into the trace. `agent`: who may undo it."""

    actions: tuple[Action, ...]
    authority: str
    outcome: Outcome = Outcome.ENTRY
    ticket: int | None = None
    notices: tuple[str, ...] = ()
    agent: str = ""


_BY_AGENTS = (MessageKind.NOTE, MessageKind.HELD, MessageKind.COMMANDS)


def text_to_show(mail: ParsedMail) -> str:
    """What the sender newly wrote, or the whole text when nothing new was found (a mere quotation or forward)."""
    return mail.reply if mail.reply.strip() else mail.text


def internal_entry(case: Case, ticket: TicketFacts, kind: MessageKind, *, banner: str = "", why: str) -> AddMessage:
    """The mail kept on the ticket for agents' eyes only: the safe end of every doubt."""
    author = case.sender.agent.name if case.sender.agent and kind in _BY_AGENTS else case.sender.address
    return AddMessage(
        ticket=ticket.id, kind=kind, public=False, text=text_to_show(case.mail), author=author, banner=banner, why=why
    )
