"""Where rules meet a decision: the plan for a mail, with what the rules want of its ticket worked in.

Only mail that becomes an ordinary entry is triaged: notes, unverified claims and bounces start no rules.
"""

from dataclasses import dataclass, replace
from typing import Any

from rules.actions import (
    NEW,
    Action,
    AddMessage,
    CreateTicket,
    MailClass,
    MessageKind,
    Outcome,
    Quarantine,
    RecordRule,
    Refuse,
    Send,
    SetField,
    SetStatus,
)
from rules.assignment import Situation
from rules.automatic_answers import automatic_answers
from rules.cases import Case, Plan
from rules.effects import REFUSALS
from rules.facts import Activity, Status, TicketFacts
from rules.notices import interested, lines, notify, responsible
from rules.ruleset import Ruleset
from rules.triage import Chosen, Triage, run
from rules.triage_facts import Happening, Seen, gather
from rules.triage_steps import Steps, take_steps

_REBUILT = ("new-ticket-notice", "customer-reply-notice")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """A plan after the rules: what they said, in words and as (rule, verdict)."""

    plan: Plan
    lines: tuple[str, ...] = ()
    verdicts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """What the rules are about: the ticket as the plan leaves it, and as the mail found it."""

    happening: Happening
    ticket: TicketFacts
    before: TicketFacts | None = None


def apply_rules(case: Case, plan: Plan, ruleset: Ruleset) -> Ruled:
    """Run the rules over a planned mail and work their actions in. Without rules the plan stays as it is."""
    subject = _subject(case, plan) if ruleset.rules else None
    if subject is None:
        return Ruled(plan=plan)
    triage = run(ruleset, gather(_seen(case, subject, ruleset)))
    verdicts = tuple((said.rule, said.verdict.value) for said in triage.trace)
    plan, remarks = _worked_in(case, plan, subject, triage, ruleset)
    return Ruled(plan=plan, lines=(*(said.line() for said in triage.trace), *remarks), verdicts=verdicts)


def _subject(case: Case, plan: Plan) -> _Subject | None:
    created = next((each for each in plan.actions if isinstance(each, CreateTicket)), None)
    if created:
        ticket = TicketFacts(
            id=NEW,
            number=0,
            subject=created.subject,
            priority=created.priority,
            team=created.team,
            mailbox=created.mailbox,
            requester=created.requester.address,
            language=created.language,
        )
        return _Subject(happening=Happening.NEW, ticket=ticket)
    entry = next((each for each in plan.actions if isinstance(each, AddMessage)), None)
    before = case.found.tickets.get(plan.ticket or NEW)
    happening = _happening(entry) if entry else None
    if happening is None or before is None:
        return None
    return _Subject(happening=happening, ticket=_as_planned(before, plan), before=before)


def _happening(entry: AddMessage) -> Happening | None:
    if entry.kind is MessageKind.AUTO_REPLY:
        return Happening.AUTOMATIC
    if entry.kind is not MessageKind.MAIL or not entry.public:
        return None
    return Happening.ANSWER if entry.author else Happening.REPLY


def _as_planned(ticket: TicketFacts, plan: Plan) -> TicketFacts:
    for action in plan.actions:
        if isinstance(action, SetStatus):
            ticket = replace(ticket, status=action.new)
        elif isinstance(action, SetField) and action.field in ("assignee", "team", "category"):
            changed: dict[str, Any] = {action.field: action.value}
            ticket = replace(ticket, **changed)
    return ticket


def _seen(case: Case, subject: _Subject, ruleset: Ruleset) -> Seen:
    return Seen(
        happening=subject.happening,
        mail=case.mail,
        envelope=case.envelope,
        sender=case.sender,
        desk=case.desk,
        ticket=subject.ticket,
        before=subject.before,
        activity=_activity(case, subject.ticket),
        sender_known=case.found.sender_known,
        hours=ruleset.hours,
        now=case.now,
    )


def _activity(case: Case, ticket: TicketFacts) -> Activity:
    return case.found.activity.get(ticket.id, Activity())


def _worked_in(
    case: Case, plan: Plan, subject: _Subject, triage: Triage, ruleset: Ruleset
) -> tuple[Plan, tuple[str, ...]]:
    refusal = next((each for each in triage.actions if each.effect.action in REFUSALS), None)
    if refusal and subject.happening is not Happening.ANSWER and not case.envelope.released:
        return _kept_out(refusal), ()
    situation = Situation(
        desk=case.desk,
        loads=case.found.loads,
        team=subject.ticket.team,
        last_agent=_activity(case, subject.ticket).last_agent,
        now=case.now,
    )
    steps = take_steps(triage.actions, subject.ticket, situation, ruleset.matrix, case)
    return _with_steps(case, plan, subject, steps)


def _kept_out(refusal: Chosen) -> Plan:
    """No ticket is touched. `reject` and `drop` are recorded alike: after acceptance nobody is told."""
    reason = f"rule {refusal.rule.name}: {refusal.effect.value}"
    if refusal.effect.action == "quarantine":
        return Plan(outcome=Outcome.QUARANTINED, actions=(Quarantine(reason=reason),), authority=reason)
    refused = Refuse(reason=f"{refusal.effect.action} by {reason}")
    return Plan(outcome=Outcome.REFUSED, actions=(refused,), authority=reason)


def _with_steps(case: Case, plan: Plan, subject: _Subject, steps: Steps) -> tuple[Plan, tuple[str, ...]]:
    if not steps.actions and not steps.answer and not steps.sends and not steps.silenced_by:
        return plan, steps.remarks
    answers, objection = automatic_answers(case, plan.actions, subject.happening, subject.ticket.id, steps)
    last = (steps.merge,) if steps.merge else ()
    sends = (*answers, *_notices(case, plan, subject, steps), *_passed_on(steps))
    entries = tuple(each for each in plan.actions if not isinstance(each, Send))
    actions: tuple[Action, ...] = (*entries, *steps.before_sending, *sends, *steps.errands, *steps.notes, *last)
    remarks = tuple(each for each in plan.notices if each.startswith("no acknowledgement"))
    silenced = (f"no acknowledgement: {steps.silenced_by}",) if steps.silenced_by and not remarks else ()
    changed = replace(plan, actions=actions, notices=(*lines(sends), *remarks, *silenced))
    return changed, (*steps.remarks, *((objection,) if objection else ()))


def _passed_on(steps: Steps) -> tuple[Send, ...]:
    """Nobody wants to be sent spam."""
    return () if steps.status is Status.SPAM else steps.sends


def _notices(case: Case, plan: Plan, subject: _Subject, steps: Steps) -> list[Send]:
    """The plan's other mails: people's own, and notices to whoever is responsible now."""
    planned = [
        each for each in plan.actions if isinstance(each, Send) and each.mail_class is not MailClass.ACKNOWLEDGEMENT
    ]
    if steps.status is Status.SPAM:
        return [each for each in planned if each.mail_class is MailClass.HUMAN]
    template = next((each.template for each in planned if each.template in _REBUILT), "")
    kept = planned
    if template and (steps.moves or steps.merged_into):
        kept = [each for each in planned if each.template not in _REBUILT]
        kept += _told(case, subject, template, steps)
    return kept + _told_besides(case, subject, template or "new-ticket-notice", steps, kept)


def _told(case: Case, subject: _Subject, template: str, steps: Steps) -> list[Send]:
    """Of a merged ticket those of the other one, who read it as an answer there."""
    actor = case.sender.address
    other = steps.merged_into
    if other:
        agents, why = interested(case.desk, other), f"goes on in ticket {other.number}"
        return list(notify(agents, other.id, "customer-reply-notice", actor=actor, reply_is_public=True, why=why))
    agents, why = responsible(case.desk, steps.team, steps.assignee), "responsible after triage"
    return list(notify(agents, subject.ticket.id, template, actor=actor, reply_is_public=True, why=why))


def _told_besides(case: Case, subject: _Subject, template: str, steps: Steps, kept: list[Send]) -> list[Send]:
    """Those whom rules name, unless they are told anyway."""
    already = {each.to_agent for each in kept}
    named = [
        each
        for each in case.desk.agents
        if each.active
        and each.name not in already
        and (each.name in steps.notified or any(f"team:{team}" in steps.notified for team in each.teams))
    ]
    actor, ticket = case.sender.address, subject.ticket.id
    return list(notify(named, ticket, template, actor=actor, reply_is_public=True, why="a rule says so"))


def assign_again(ticket: TicketFacts, why: str, situation: Situation, ruleset: Ruleset) -> tuple[Action, ...]:
    """What to do about a ticket that nobody could take: the wish of the rule named in `why`, as it reads now.

    Nothing when the rule is gone or assigns no more.
    """
    rule = next((each for each in ruleset.rules if f"rule {each.name}" == why), None)
    wishes = [each for each in rule.effects if each.assign] if rule else []
    if rule is None or not wishes:
        return ()
    steps = take_steps([Chosen(effect=each, rule=rule) for each in wishes], ticket, situation, ruleset.matrix)
    changes = tuple(each for each in steps.actions if not isinstance(each, RecordRule))
    if not steps.assignee:
        return changes
    agents = responsible(situation.desk, steps.team, steps.assignee)
    told = notify(agents, ticket.id, "new-ticket-notice", reply_is_public=True, why="assigned from the queue")
    return (*changes, *told)
