"""What machines wrote and no person waits to have answered: absence notes, read receipts, reports, complaints."""

from parsers.mail import AutomaticKind
from rules.actions import MessageKind, Outcome, Quarantine, Refuse
from rules.cases import Case, Plan, internal_entry
from rules.facts import TicketFacts
from rules.threads import SUBJECT_NUMBER

_REPORTS = (AutomaticKind.REPORT, AutomaticKind.FEEDBACK)


def plan_machine(case: Case) -> Plan | None:
    """An internal entry on the ticket it answers, without any effect. None for people, and for machines that report
    news (monitoring, web forms, lists): theirs are conversations like any other, without an acknowledgement."""
    kind = case.mail.automatic.kind
    ticket = _answered_ticket(case)
    answers = kind is AutomaticKind.AUTO_REPLY or kind in _REPORTS
    if ticket and (answers or (case.sender.agent and not case.is_human)):
        why = f"{kind.value} by {case.thread.by}: kept, changes nothing, told to nobody"
        entry = internal_entry(case, ticket, MessageKind.AUTO_REPLY, why=why)
        return Plan(actions=(entry,), authority=why, ticket=ticket.id)
    if kind is AutomaticKind.AUTO_REPLY:
        reason = "auto-reply to nothing we know of"
        return Plan(outcome=Outcome.REFUSED, actions=(Refuse(reason=reason),), authority=reason)
    if kind in _REPORTS:
        reason = f"{kind.value} about nothing we know of"
        return Plan(outcome=Outcome.QUARANTINED, actions=(Quarantine(reason=reason),), authority=reason)
    return None


def _answered_ticket(case: Case) -> TicketFacts | None:
    """A number in the subject proves nothing for a stranger, be it a machine."""
    ticket = case.thread.ticket
    if ticket is None or (
        case.thread.by == SUBJECT_NUMBER and not case.is_participant(ticket) and not case.sender.agent
    ):
        return None
    return ticket
