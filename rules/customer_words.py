"""The few words a customer's mail can do something with. All else that looks like a command is text."""

import re
from enum import StrEnum

from parsers.mail import Address
from rules.actions import Action, SetOwnField, SetParticipant, SetStatus
from rules.authentication import Verdict
from rules.cases import Case
from rules.facts import Role, TicketFacts
from rules.lifecycle import Trigger, move
from rules.participants import role_of
from rules.threads import SUBJECT_NUMBER


class CustomerWord(StrEnum):
    """Closing, opening again, and leaving."""

    CLOSE = "close"
    REOPEN = "reopen"
    UNSUBSCRIBE = "unsubscribe"


_LINE = re.compile(r"\s*[#＃][ \t]?(?P<word>close|reopen|unsubscribe)[ \t]*[.!]?[ \t]*(?:\n|$)", re.IGNORECASE)
_UNSUBSCRIBED = "unsubscribed"
_TRIGGERS = {CustomerWord.CLOSE: Trigger.CUSTOMER_CLOSED, CustomerWord.REOPEN: Trigger.CUSTOMER_REOPENED}


def has_unsubscribed(ticket: TicketFacts) -> bool:
    """Whether the requester wants no reminders and surveys about this ticket."""
    return any(name == _UNSUBSCRIBED and value for name, value in ticket.fields)


def customer_word(case: Case) -> CustomerWord | None:
    """The word that stands alone on the first line. Believed only from somebody who is more than a guessed number."""
    match = _LINE.match(case.mail.reply)
    is_proved = case.sender.authentication.verdict is Verdict.PASS or case.thread.by != SUBJECT_NUMBER
    return CustomerWord(match["word"].lower()) if match and is_proved and case.is_human else None


def actions_of(case: Case, ticket: TicketFacts, word: CustomerWord) -> tuple[Action, ...]:
    """What the word does; nothing where the ticket's life does not allow it.

    A requester cannot leave, but gets nothing automatic about the ticket any more.
    """
    why = f"#{word.value} by {case.sender.address}"
    if word is CustomerWord.UNSUBSCRIBE:
        if role_of(ticket, case.sender.address) is Role.REQUESTER:
            return (SetOwnField(ticket=ticket.id, name=_UNSUBSCRIBED, value="yes", why=why),)
        return (SetParticipant(ticket=ticket.id, person=Address(address=case.sender.address), role=None, why=why),)
    status = move(ticket.status, _TRIGGERS[word])
    return (SetStatus(ticket=ticket.id, old=ticket.status, new=status, why=why),) if status else ()
