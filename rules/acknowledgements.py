"""Whether a new ticket's sender is told that we have it. Every objection is a guard; the first one is the answer.

Whoever is not proved to have written the mail may be a victim whom a forger wants to read something. So nothing in an
acknowledgement is the sender's: no subject, name or text, and no Message-ID either, which is free text too. It threads
by an id of ours alone. Only a proved author's acknowledgement names the mail it answers (RFC 3834 3.1.5): those words
go back to whoever chose them.
"""

from datetime import timedelta

from parsers.mail import ParsedMail
from rules import budgets
from rules.addresses import is_no_reply
from rules.authentication import Verdict, can_be_known
from rules.cases import Case
from rules.facts import Deny, Envelope

_TOO_OLD = timedelta(hours=24)


def objection(case: Case) -> str:
    """Why no acknowledgement is sent; empty when one may be. Known senders, authenticated ones, and, where nobody can
    tell, strangers within the budgets (RFC 3834 2 and the wave of forged requests that desks were used for)."""
    return _about_desk(case) or _about_mail(case) or _about_sender(case) or _over_budget(case)


def is_proved(case: Case) -> bool:
    """Whether the sender is proved to be who wrote the mail."""
    return case.sender.authentication.verdict is Verdict.PASS


def _over_budget(case: Case) -> str:
    return budgets.objection(
        case.desk.budgets,
        breaker_open=case.found.breaker_open,
        to_address=case.found.automatic_today,
        to_domain=case.found.acknowledged_in_domain,
    )


def _about_desk(case: Case) -> str:
    if not case.desk.acknowledge:
        return "acknowledgements are switched off"
    if case.denied and case.denied.action is Deny.NOREPLY:
        return f"deny list says noreply ({case.denied.kind} {case.denied.value})"
    return ""


def _about_mail(case: Case) -> str:
    mail = case.mail
    if not case.is_human:
        return f"automatic mail ({mail.automatic.kind.value})"
    if not mail.automatic.acknowledge:
        return "the mail asks for no automatic answer"
    if _has_null_sender(mail, case.envelope):
        return "null reverse-path"
    written = min(filter(None, (mail.date, case.envelope.received_at)))
    if case.now - written > _TOO_OLD:
        return "the mail is more than a day old"
    return ""


def _about_sender(case: Case) -> str:
    if is_no_reply(case.sender.address):
        return "nobody reads mail to this sender"
    checked = case.sender.authentication
    if checked.verdict is Verdict.FAIL:
        return f"authentication failed ({checked.evidence})"
    is_known = case.found.was_answered or case.found.sender_known
    if checked.verdict is Verdict.PASS and is_known:
        return ""
    # Having written before proves nothing where it may have been forged too.
    if checked.verdict is Verdict.UNKNOWN and can_be_known(case.envelope, case.desk) and not case.found.was_answered:
        return f"a stranger whom nothing authenticates ({checked.evidence})"
    if case.found.acknowledged_recently:
        return "this address, which nothing authenticates or nobody knows, was sent one within a day"
    return ""


def _has_null_sender(mail: ParsedMail, envelope: Envelope) -> bool:
    """By the envelope; mail fetched by IMAP has none, there Return-Path holds it (RFC 5321 4.4)."""
    if envelope.source == "imap":
        return mail.header("return-path").replace(" ", "") == "<>"
    return envelope.sender == ""
