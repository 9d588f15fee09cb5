"""One mail decided: what the rules make of it, carried out in the transaction that calls this."""

import hashlib
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from daemon.policy import Policy
from daemon.store import denials, inbound, outbox, tickets
from daemon.store.engine import Connection
from daemon.store.found import find
from daemon.store.inbound import Claimed, InboundState
from parsers.mail import ParsedMail
from rules.actions import Decision, Outcome, Quarantine, Refuse
from rules.decide import decide, lookups
from rules.errands import CallWebhook, RunCommand
from rules.facts import Envelope
from rules.triage import Verdict

_STATES = {
    Outcome.ENTRY: InboundState.ENTRY,
    Outcome.QUARANTINED: InboundState.QUARANTINED,
    Outcome.REFUSED: InboundState.REFUSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """How an inbound row ended; `has_errands`: other programs are to be told of it."""

    state: InboundState
    ticket_id: int | None = None
    reason: str = ""
    has_errands: bool = False


def content_key(mail: ParsedMail) -> str:
    """The same mail has the same key whatever route it took; another mail with the same Message-ID has not."""
    sender = mail.sender_from.address if mail.sender_from else mail.header("from")
    date = mail.date.isoformat() if mail.date else mail.header("date")
    parts = (mail.message_id, sender, date, mail.body_sha256)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def consider(
    connection: Connection, mail: ParsedMail, envelope: Envelope, policy: Policy, now: datetime, *, breaker_limit: int
) -> Decision:
    """Decide without doing: what `explain` shows and what `settle` carries out."""
    wanted = lookups(mail, envelope, policy.desk, policy.ruleset)
    found = find(connection, wanted, now, breaker_limit=breaker_limit, budgets=policy.desk.budgets, needs=policy.needs)
    return decide(mail, envelope, found, policy.desk, now, policy.ruleset)


def settle(
    connection: Connection, row: Claimed, mail: ParsedMail, policy: Policy, now: datetime, *, breaker_limit: int
) -> Decided | None:
    """Decide a claimed row and carry the decision out. None when somebody else has settled it."""
    key = content_key(mail)
    undecided = inbound.undecided(connection, row.id, key)
    if undecided is None:
        return None
    if undecided.earlier is not None:
        reason, earlier = "the same mail came before by another route", undecided.earlier
        inbound.finish(connection, row.id, InboundState.DUPLICATE, now, duplicate_of=earlier, reason=reason)
        return Decided(state=InboundState.DUPLICATE, reason=reason)
    decision = consider(connection, mail, envelope_of(row), policy, now, breaker_limit=breaker_limit)
    ticket_id = tickets.apply(connection, decision, mail, row.id, now)
    if decision.trace.deny:
        sender = mail.sender_from.address if mail.sender_from else row.envelope_from
        denials.record(connection, decision.trace.deny, sender, row.id, now)
    state, reason = _STATES[decision.outcome], reason_of(decision)
    outcome = {"ticket_id": ticket_id, "reason": reason, "trace": trace_of(decision, policy)}
    outcome |= {"verified": row.verified} if row.verified else {}
    inbound.finish(connection, row.id, state, now, content_key=key, **outcome)
    if state is InboundState.QUARANTINED:
        tell_of_quarantine(connection, row.id, reason, policy, now)
    tell_of_failed_rules(connection, row.id, decision, policy, now)
    has_errands = any(isinstance(each, CallWebhook | RunCommand) for each in decision.actions)
    return Decided(state=state, ticket_id=ticket_id, reason=reason, has_errands=has_errands)


def tell_of_failed_rules(
    connection: Connection, inbound_id: int, decision: Decision, policy: Policy, now: datetime
) -> None:
    """Tell the admins, once a day, that a rule failed: the mail went on without it."""
    if not any(verdict == Verdict.FAILED for _, verdict in decision.trace.verdicts):
        return
    variables = {
        "title": "a triage rule failed and was skipped",
        "lines": [f"inbound {inbound_id}: {line}" for line in decision.trace.rules if Verdict.FAILED in line],
        "remedy": "The mail was handled without the rule. You are told once a day.",
    }
    outbox.tell_admins(connection, policy.desk.admins, "failed rule", variables, now)


def tell_of_quarantine(connection: Connection, inbound_id: int, reason: str, policy: Policy, now: datetime) -> None:
    """Tell the admins, once a day, that mail is held."""
    variables = {
        "title": "mail is held in quarantine",
        "lines": [f"inbound {inbound_id}: {reason}"],
        "remedy": "Look with `postroom inbound list --state quarantined`; let a mail in with `postroom inbound release "
        "ID`, or end it with `postroom inbound drop ID`. You are told once a day.",
    }
    outbox.tell_admins(connection, policy.desk.admins, "quarantine", variables, now)


def envelope_of(row: Claimed) -> Envelope:
    """The envelope as the rules see it."""
    return Envelope(
        source=row.source,
        sender=row.envelope_from,
        recipients=row.envelope_to,
        authenticated_as=row.authenticated_as,
        received_at=row.received_at,
        released=row.released,
        verified=row.verified,
    )


def reason_of(decision: Decision) -> str:
    """Why a mail was held or refused; empty for an entry."""
    return next((each.reason for each in decision.actions if isinstance(each, Quarantine | Refuse)), "")


def trace_of(decision: Decision, policy: Policy) -> dict[str, Any]:
    """What is kept of the way to a decision, with the policy that led there."""
    return {each.name: getattr(decision.trace, each.name) for each in fields(decision.trace)} | {"policy": policy.hash}
