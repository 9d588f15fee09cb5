"""A mail of ours came back. A report acts only if it carries our MAC; whom it concerns, our own records say."""

from rules import tokens
from rules.actions import AddMessage, MessageKind, Outcome, RecordBounce, Refuse
from rules.addresses import fold
from rules.cases import Case, Plan, internal_entry
from rules.facts import TicketFacts
from rules.notices import interested, lines, notify
from rules.threads import ADDRESS_TOKEN, Signal, bounce_signals


def plan_bounce(case: Case) -> Plan | None:
    """Entry, record and one notice for a proved report; a recorded refusal for any other; None when it is no report."""
    if case.mail.bounce is None:
        return None
    there = case.found.tickets
    signals = bounce_signals(case.mail, case.envelope, case.desk)
    proofs = [signal for signal in signals if case.found.target(signal.ticket_id) in there]
    if not proofs:
        reason = "bounce of nothing we sent"
        return Plan(outcome=Outcome.REFUSED, actions=(Refuse(reason=reason),), authority=reason)
    return _plan_proved(case, proofs[0], there[case.found.target(proofs[0].ticket_id)])


def _plan_proved(case: Case, proof: Signal, ticket: TicketFacts) -> Plan:
    why = f"bounce proved by {proof.by}"
    entry = internal_entry(case, ticket, MessageKind.BOUNCE, why=why)
    record = _record(case, proof, ticket, why)
    if record is None:
        return Plan(actions=(entry,), authority=why, ticket=ticket.id)
    return _with_notice(case, ticket, entry, record)


def _with_notice(case: Case, ticket: TicketFacts, entry: AddMessage, record: RecordBounce) -> Plan:
    agents = interested(case.desk, ticket)
    told = notify(
        agents,
        ticket.id,
        "bounce-notice",
        actor=fold(record.address),
        reply_is_public=False,
        why=record.detail or record.why,
    )
    return Plan(actions=(entry, record, *told), authority=record.why, ticket=ticket.id, notices=lines(told))


def _record(case: Case, proof: Signal, ticket: TicketFacts, why: str) -> RecordBounce | None:
    """None for a report of success, and for one that proves a mail to one person while naming another as undeliverable.

    The return path is secret; a Message-ID is known to everybody who was sent a copy, so it must fit the recipient.
    """
    bounce, token = case.mail.bounce, proof.token
    if bounce is None or token is None:
        return None
    failed = [person for person in bounce.recipients if person.status_class != 2]
    named = [person for person in failed if person.address and tokens.issued_to(case.desk.keys, token, person.address)]
    sent = case.found.sent.get(token.serial)
    address = sent.recipient if sent else named[0].address if named else ""
    is_believed = bool(named) or proof.by == ADDRESS_TOKEN or not bounce.recipients
    if not address or not is_believed or (bounce.recipients and not failed):
        return None
    about = named or failed
    return RecordBounce(
        ticket=ticket.id,
        outbox_id=token.serial,
        address=address,
        permanent=any(person.status_class == 5 for person in about),
        detail=" ".join(filter(None, (about[0].status, about[0].diagnostic)))[:500] if about else "",
        why=why,
    )
