"""From the effects that won to actions on one ticket: status by the lifecycle, priority by the matrix, an assignee."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from parsers.mail import Address
from rules.actions import (
    Action,
    AddMessage,
    AddParticipant,
    AwaitAssignee,
    Merge,
    MessageKind,
    RecordRule,
    Send,
    SetStatus,
    SetTags,
    StartTimer,
)
from rules.addresses import agent_at, fold, mailbox_of
from rules.assignment import Situation, choose
from rules.cases import Case
from rules.command_changes import SNOOZE
from rules.errand_steps import DOERS as ERRANDS
from rules.facts import Role, Status, TicketFacts
from rules.lifecycle import Trigger, move
from rules.matrix import Matrix
from rules.quantities import parse_duration
from rules.sheets import Answer, Sheet
from rules.triage import Chosen

_TRIGGERS: Mapping[Status, Trigger] = {
    Status.OPEN: Trigger.AGENT_OPENED,
    Status.PENDING: Trigger.AGENT_WAITS,
    Status.ON_HOLD: Trigger.AGENT_HOLDS,
    Status.SOLVED: Trigger.AGENT_SOLVED,
    Status.CLOSED: Trigger.AGENT_CLOSED,
    Status.SPAM: Trigger.AGENT_MARKED_SPAM,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What rules do to a ticket. `moves`: it has another team or assignee now, so other people must be told.

    `answer` is the automatic answer wished for, `silenced_by` the rule that wants none. `sends` are mails to be sent
    besides, `errands` are for other programs, and `merge` comes last of all, into the ticket `merged_into`.
    """

    before_sending: tuple[Action, ...]
    notes: tuple[AddMessage, ...]
    sends: tuple[Send, ...] = ()
    errands: tuple[Action, ...] = ()
    merge: Merge | None = None
    merged_into: TicketFacts | None = None
    team: str
    assignee: str
    status: Status
    moves: bool
    notified: frozenset[str]
    answer: Answer | None = None
    silenced_by: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def actions(self) -> tuple[Action, ...]:
        """Everything but mail."""
        return (*self.before_sending, *self.notes, *self.errands, *((self.merge,) if self.merge else ()))


def take_steps(
    chosen: Sequence[Chosen], ticket: TicketFacts, situation: Situation, matrix: Matrix, case: Case | None = None
) -> Steps:
    """Apply effects in their order; the priority follows from impact and urgency unless a rule sets it.

    Without `case` there is no mail, and what is about a mail is left undone.
    """
    sheet = Sheet(ticket=ticket, situation=situation, case=case)
    for each in chosen:
        _DOERS[each.effect.action](sheet, each, f"rule {each.rule.name}")
    _prioritise(sheet, matrix)
    rules = dict.fromkeys(each.rule.name for each in chosen)
    sheet.actions += [RecordRule(ticket=ticket.id, rule=name, why=f"rule {name}") for name in rules]
    return Steps(
        before_sending=tuple(sheet.actions),
        notes=tuple(sheet.notes),
        sends=tuple(sheet.sends),
        errands=tuple(sheet.errands),
        merge=sheet.merge,
        merged_into=sheet.merged_into,
        team=sheet.ticket.team,
        assignee=sheet.ticket.assignee,
        status=sheet.ticket.status,
        moves=(sheet.ticket.team, sheet.ticket.assignee) != (ticket.team, ticket.assignee),
        notified=frozenset(sheet.notified),
        answer=sheet.answer,
        silenced_by=sheet.silenced_by,
        remarks=tuple(sheet.remarks),
    )


def _prioritise(sheet: Sheet, matrix: Matrix) -> None:
    if not sheet.levels or sheet.has_priority:
        return
    own = dict(sheet.ticket.fields)
    impact, urgency = own.get("impact", ""), own.get("urgency", "")
    words_only = all(each.rule.words_only for each in sheet.levels.values())
    priority = matrix.priority(impact, urgency, words_only=words_only)
    rules = ", ".join(dict.fromkeys(each.rule.name for each in sheet.levels.values()))
    sheet.set_field("priority", priority, f"rule {rules}")
    capped = "; the customer's words alone make no P1" if words_only else ""
    sheet.remarks.append(f"priority {priority} by impact {impact or 'medium'}, urgency {urgency or 'medium'}{capped}")


def _status(sheet: Sheet, chosen: Chosen, why: str) -> None:
    _move(sheet, Status(chosen.effect.value), why)


def _move(sheet: Sheet, wanted: Status, why: str) -> None:
    old = sheet.ticket.status
    if old is wanted:
        return
    if move(old, _TRIGGERS[wanted]) is not wanted:
        sheet.remarks.append(f"{why}: a ticket that is {old} cannot become {wanted}")
        return
    sheet.actions.append(SetStatus(ticket=sheet.ticket.id, old=old, new=wanted, why=why))
    sheet.ticket = replace(sheet.ticket, status=wanted)


def _priority(sheet: Sheet, chosen: Chosen, why: str) -> None:
    sheet.has_priority = True
    sheet.set_field("priority", chosen.effect.value, why)


def _level(sheet: Sheet, chosen: Chosen, why: str) -> None:
    sheet.levels[chosen.effect.action] = chosen
    sheet.set_own(chosen.effect.action, chosen.effect.value, why)


def _plain(sheet: Sheet, chosen: Chosen, why: str) -> None:
    sheet.set_field(chosen.effect.action, chosen.effect.value, why)


def _own(sheet: Sheet, chosen: Chosen, why: str) -> None:
    sheet.set_own(chosen.effect.target or chosen.effect.action, chosen.effect.value, why)


def _tags(sheet: Sheet, chosen: Chosen, why: str) -> None:
    wishes = chosen.effect.values
    add = tuple(each.removeprefix("+") for each in wishes if not each.startswith("-"))
    remove = tuple(each[1:] for each in wishes if each.startswith("-"))
    missing = tuple(each for each in add if each not in sheet.ticket.tags)
    present = tuple(each for each in remove if each in sheet.ticket.tags)
    if missing or present:
        sheet.actions.append(SetTags(ticket=sheet.ticket.id, add=missing, remove=present, why=why))
        kept = tuple(each for each in sheet.ticket.tags if each not in present)
        sheet.ticket = replace(sheet.ticket, tags=(*kept, *missing))


def _assign(sheet: Sheet, chosen: Chosen, why: str) -> None:
    wish = chosen.effect.assign
    if wish is None:
        return
    if wish.strategy and sheet.ticket.assignee:
        sheet.remarks.append(f"{why}: {sheet.ticket.assignee} has it already")
        return
    if wish.team:
        sheet.set_field("team", wish.team, why)
    choice = choose(wish, replace(sheet.situation, team=sheet.ticket.team))
    sheet.remarks.append(f"assigned: {choice.why}")
    sheet.set_field("assignee", choice.agent, f"{why}: {choice.why}")
    if not choice.agent and choice.wake_at:
        sheet.actions.append(AwaitAssignee(ticket=sheet.ticket.id, due_at=choice.wake_at, why=why))


def _cc(sheet: Sheet, chosen: Chosen, why: str) -> None:
    """Our own addresses are never participants."""
    desk = sheet.situation.desk
    for address in map(fold, chosen.effect.values):
        if mailbox_of(desk, address) or agent_at(desk, address):
            sheet.remarks.append(f"{why}: {address} is one of ours and takes no part as a customer")
            continue
        person = Address(address=address)
        sheet.actions.append(AddParticipant(ticket=sheet.ticket.id, person=person, role=Role.CC, why=why))


def _notify(sheet: Sheet, chosen: Chosen, why: str) -> None:
    sheet.notified.update(chosen.effect.values)


def _note(sheet: Sheet, chosen: Chosen, why: str) -> None:
    note = AddMessage(
        ticket=sheet.ticket.id,
        kind=MessageKind.NOTE,
        public=False,
        text=chosen.effect.value,
        author=why,
        by_mail=False,
        why=why,
    )
    sheet.notes.append(note)


def _silence(sheet: Sheet, chosen: Chosen, why: str) -> None:
    sheet.silenced_by = why


def _snooze(sheet: Sheet, chosen: Chosen, why: str) -> None:
    duration = parse_duration(chosen.effect.value) or timedelta(days=1)
    _move(sheet, Status.ON_HOLD, why)
    due_at = sheet.situation.now + duration
    sheet.actions.append(StartTimer(ticket=sheet.ticket.id, kind=SNOOZE, due_at=due_at, why=why))


def _not_here(sheet: Sheet, chosen: Chosen, why: str) -> None:
    """An agent's answer, or a mail that an admin let in, is not kept out any more."""
    sheet.remarks.append(f"{why}: {chosen.effect.action} does not apply to this mail")


_DOERS: Mapping[str, Callable[[Sheet, Chosen, str], None]] = {
    "status": _status,
    "priority": _priority,
    "impact": _level,
    "urgency": _level,
    "category": _plain,
    "team": _plain,
    "type": _own,
    "field": _own,
    "survey": _own,
    "deadlines": _own,
    "tags": _tags,
    "assign": _assign,
    "cc": _cc,
    "notify": _notify,
    "note": _note,
    "acknowledge": _silence,
    "snooze": _snooze,
    "quarantine": _not_here,
    "reject": _not_here,
    "drop": _not_here,
    **ERRANDS,
}
