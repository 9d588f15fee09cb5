"""The whole decision about one mail, as a table of contents: each hand looks, and the first that has a plan decides."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from parsers.mail import ParsedMail
from rules import deny, tokens
from rules.absences import note_absence
from rules.actions import Decision, Outcome, Quarantine, Refuse, Trace
from rules.answers import plan_answer
from rules.bounces import plan_bounce
from rules.cases import Case, Plan
from rules.conversations import plan_conversation
from rules.facts import Deny, Desk, Envelope, Found
from rules.forwarded import plan_agents_new_mail
from rules.machines import plan_machine
from rules.ruleset import NO_RULES, Ruleset
from rules.senders import SenderKind, identify
from rules.threads import Lookups, find_thread
from rules.threads import lookups as lookups_of_mail
from rules.triage_lookups import with_rules
from rules.triage_plans import apply_rules

__all__ = ["conclude", "decide", "lookups"]


def lookups(mail: ParsedMail, envelope: Envelope, desk: Desk, ruleset: Ruleset = NO_RULES) -> Lookups:
    """What the store must fetch before `decide` can be asked."""
    return with_rules(lookups_of_mail(mail, envelope, desk), mail, ruleset)


def decide(
    mail: ParsedMail, envelope: Envelope, found: Found, desk: Desk, now: datetime, ruleset: Ruleset = NO_RULES
) -> Decision:
    """What to do about the mail, and why. Total and deterministic; `found` answers what `lookups` asked for."""
    sender = identify(mail, envelope, desk)
    denied = deny.judge(desk.deny, mail, envelope.sender, now)
    thread = find_thread(mail, envelope, found, desk, sender=sender.address, now=now)
    case = Case(
        mail=mail, envelope=envelope, found=found, desk=desk, now=now, sender=sender, denied=denied, thread=thread
    )
    plan = next(filter(None, (hand(case) for hand in _HANDS)), None) or plan_conversation(case)
    return conclude(case, note_absence(case, plan), ruleset)


def conclude(case: Case, plan: Plan, ruleset: Ruleset) -> Decision:
    """The decision that a hand's plan comes to when the rules have spoken."""
    ruled = apply_rules(case, plan, ruleset)
    plan = ruled.plan
    trace = replace(_trace(case, plan), rules=ruled.lines, verdicts=ruled.verdicts)
    return Decision(outcome=plan.outcome, actions=plan.actions, trace=trace, ticket=plan.ticket, agent=plan.agent)


def _plan_own_mail_back(case: Case) -> Plan | None:
    """A loop: what we sent came back, or somebody writes in our name."""
    if tokens.verify(case.desk.keys, tokens.read_message_id(case.mail.message_id)):
        return _refused("loop: a mail of ours came back")
    if case.sender.kind is SenderKind.OURSELVES:
        return _refused("loop: From is a mailbox of ours")
    return None


def _plan_denied(case: Case) -> Plan | None:
    entry = case.denied
    if entry is None or entry.action in (Deny.ALLOW, Deny.NOREPLY):
        return None
    if case.envelope.released and entry.action is Deny.QUARANTINE:
        return None
    reason = f"denied: {entry.kind} {entry.value}" + (f" ({entry.why})" if entry.why else "")
    if entry.action is Deny.QUARANTINE:
        return _quarantined(reason)
    return _refused(reason)


def _plan_unidentified(case: Case) -> Plan | None:
    if case.sender.kind is SenderKind.UNIDENTIFIED:
        return _quarantined("From names no single address that every reader understands alike")
    return None


_HANDS: tuple[Callable[[Case], Plan | None], ...] = (
    plan_bounce,
    _plan_own_mail_back,
    _plan_denied,
    _plan_unidentified,
    plan_machine,
    plan_answer,
    plan_agents_new_mail,
)


def _refused(reason: str) -> Plan:
    return Plan(outcome=Outcome.REFUSED, actions=(Refuse(reason=reason),), authority=reason)


def _quarantined(reason: str) -> Plan:
    return Plan(outcome=Outcome.QUARANTINED, actions=(Quarantine(reason=reason),), authority=reason)


def _trace(case: Case, plan: Plan) -> Trace:
    automatic, entry = case.mail.automatic, case.denied
    evidence = f" ({', '.join(automatic.evidence)})" if automatic.evidence else ""
    return Trace(
        sender=case.sender.describe(),
        automatic=f"{automatic.kind.value}{evidence}",
        deny=f"{entry.action.value}: {entry.kind} {entry.value}" if entry else "",
        thread_by="new" if plan.ticket == 0 else case.thread.by,
        thread=case.thread.evidence,
        authority=plan.authority,
        notices=plan.notices,
    )
