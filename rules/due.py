"""What to do about timers whose time has come: whom to tell, what to move, what is no longer true.

Of one ticket, agents get one mail however many timers are due, and the customer one a day at the most.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from parsers.mail import Address
from rules import budgets
from rules import timers as kinds
from rules.actions import MailClass, Send
from rules.calendars import next_opening
from rules.customer_words import has_unsubscribed
from rules.deadlines import FINISHED
from rules.facts import Agent, Desk, Role, Status, TicketFacts
from rules.lifecycle import Trigger, move
from rules.notices import lead, notify, responsible
from rules.reminders import sentence, title
from rules.timers import LATE, Fired, Situation, Timer, timers
from rules.timing import Tell, Timing

# Customers' mails, the most important first: of several that are due only the first goes out.
_TO_CUSTOMERS = (
    kinds.WAITING_SOLVED,
    kinds.WAITING_LAST,
    kinds.WAITING_REMINDER,
    kinds.SOLVED_QUESTION,
    kinds.SURVEY,
    kinds.SURVEY_REMINDER,
)
TO_CUSTOMERS = frozenset(_TO_CUSTOMERS)
MAILS_A_MINUTE = 60
"""How many mails to customers may be made in any minute, reminders and surveys of all tickets together."""
_SURVEYS = (kinds.SURVEY, kinds.SURVEY_REMINDER)
_TRIGGERS: Mapping[str, Trigger] = {
    kinds.WAITING_SOLVED: Trigger.CHASE_ENDED,
    kinds.CLOSE: Trigger.SOLVED_LONG_AGO,
    kinds.SNOOZE: Trigger.WAIT_ENDED,
}
_FOLLOWED_BY: Mapping[str, tuple[str, ...]] = {
    kinds.WAITING_REMINDER: (kinds.WAITING_LAST, kinds.WAITING_SOLVED),
    kinds.WAITING_LAST: (kinds.WAITING_SOLVED,),
    kinds.SOLVED_QUESTION: (kinds.CLOSE,),
}


class Verdict(StrEnum):
    """What becomes of a timer."""

    FIRED = "fired"
    GONE = "gone"
    LATER = "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """A mail to be made, with what its template may print."""

    send: Send
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """One timer judged. `again_at` goes with LATER; `status` is the status the ticket moves to.

    `takes_room`: it is a mail to a customer, or stands in line for one.
    """

    timer: Timer
    verdict: Verdict
    why: str
    mailings: tuple[Mailing, ...] = ()
    status: Status | None = None
    again_at: datetime | None = None
    takes_room: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much automatic mail there is room for: to this requester and on this ticket today, to all right now.

    `mails_left` is zero or less when so many stand in line already.
    """

    automatic_today: int = 0
    automatic_on_ticket: int = 0
    breaker_open: bool = False
    requester_paused: bool = False
    mails_left: int = 1


def what_is_due(
    due: Iterable[Timer], situation: Situation, desk: Desk, timing: Timing, now: datetime, room: Room
) -> tuple[Firing, ...]:
    """Judge the timers of one ticket whose time has come."""
    true_now = {(each.kind, each.anchor): each for each in timers(situation, timing)}
    judged: list[Firing] = []
    ready: list[Timer] = []
    for timer in due:
        current = timer if timer.kind in kinds.EXPLICIT else true_now.get((timer.kind, timer.anchor))
        if current is None or (timer.kind in kinds.EXPLICIT and situation.ticket.status in FINISHED):
            judged.append(Firing(timer=timer, verdict=Verdict.GONE, why="no longer true"))
        elif current.due_at > now:
            judged.append(Firing(timer=timer, verdict=Verdict.LATER, why="moved", again_at=current.due_at))
        else:
            ready.append(current)
    for_customer = [each for each in ready if each.kind in _TO_CUSTOMERS]
    for_agents = [each for each in ready if each.kind not in (*_TO_CUSTOMERS, kinds.CLOSE)]
    closing = [_moved(each, situation.ticket) for each in ready if each.kind == kinds.CLOSE]
    return (
        *judged,
        *_to_agents(for_agents, situation, desk, timing, now),
        *_to_customer(for_customer, situation, desk, timing, now, room),
        *closing,
    )


def _moved(timer: Timer, ticket: TicketFacts, mailings: tuple[Mailing, ...] = ()) -> Firing:
    trigger = _TRIGGERS.get(timer.kind)
    status = move(ticket.status, trigger) if trigger else None
    return Firing(timer=timer, verdict=Verdict.FIRED, why=timer.why, mailings=mailings, status=status)


def _to_agents(ready: Sequence[Timer], situation: Situation, desk: Desk, timing: Timing, now: datetime) -> list[Firing]:
    """One mail an agent about all of them; what is late by an outage stands in the digest instead."""
    newest = _newest_rungs(ready)
    told = [each for each in newest if now - each.due_at <= LATE]
    mailings = _reminders(told, situation, desk, timing) if told else ()
    firings = []
    for timer in ready:
        why = timer.why if timer in told else "late: in the digest" if timer in newest else "a later step is due too"
        firing = replace(_moved(timer, situation.ticket, mailings), why=why)
        firings.append(firing)
        mailings = ()
    return firings


def _newest_rungs(ready: Sequence[Timer]) -> list[Timer]:
    """Of several steps of one ladder, only the last."""
    last: dict[str, Timer] = {}
    for timer in ready:
        family, _, number = timer.kind.partition(":")
        seen = last.get(family)
        if seen is None or int(number or 0) > int(seen.kind.partition(":")[2] or 0):
            last[family] = timer
    return list(last.values())


def _reminders(told: Sequence[Timer], situation: Situation, desk: Desk, timing: Timing) -> tuple[Mailing, ...]:
    ticket = situation.ticket
    agents = dict.fromkeys(agent for timer in told for agent in _agents(timer, ticket, desk, timing))
    variables = {
        "title": title(told[0]),
        "reason": " ".join(sentence(each, situation, timing) for each in told),
        "timers": _keys(told),
    }
    sends = notify(agents, ticket.id, "reminder-notice", reply_is_public=False, why=told[0].why)
    return tuple(Mailing(send=send, variables=variables) for send in sends)


def _agents(timer: Timer, ticket: TicketFacts, desk: Desk, timing: Timing) -> list[Agent]:
    family, _, number = timer.kind.partition(":")
    if family == kinds.SILENT_LEAD:
        return _told(Tell.LEAD, ticket, desk)
    if family == kinds.ESCALATION:
        tell = timing.ladder[-1].tell
    else:
        tell = next((rung.tell for rung in timing.ladder if str(rung.percent) == number), (Tell.ASSIGNEE,))
    return [agent for each in tell for agent in _told(each, ticket, desk)]


def _told(tell: Tell, ticket: TicketFacts, desk: Desk) -> list[Agent]:
    if tell is Tell.ADMINS:
        admins = [agent for agent in desk.agents if agent.active and agent.admin]
        return admins or _told(Tell.LEAD, ticket, desk)
    if tell is Tell.LEAD:
        return list(lead(desk, ticket.team))
    return list(responsible(desk, ticket.team, ticket.assignee))


def _to_customer(
    ready: Sequence[Timer], situation: Situation, desk: Desk, timing: Timing, now: datetime, room: Room
) -> list[Firing]:
    """The first one now, in office hours; the rest another day."""
    if not ready:
        return []
    chosen, *others = sorted(ready, key=lambda each: _TO_CUSTOMERS.index(each.kind))
    calendar = timing.hours.of(situation.ticket)
    tomorrow = next_opening(calendar, now.replace(second=0, microsecond=0) + timing.surveys.after)
    later = [Firing(timer=each, verdict=Verdict.LATER, why="one mail a day", again_at=tomorrow) for each in others]
    opens_at = next_opening(calendar, now)
    if opens_at > now:
        return [Firing(timer=chosen, verdict=Verdict.LATER, why="the office is closed", again_at=opens_at), *later]
    objection = _objection(room, desk, situation.ticket)
    if objection:
        return [replace(_moved(chosen, situation.ticket), why=f"no mail: {objection}"), *later]
    if room.mails_left <= 0:
        return [_in_line(chosen, now, room), *later]
    sent = _moved(chosen, situation.ticket, (_customer_mail(chosen, situation, timing, now),))
    return [replace(sent, takes_room=True), *later]


def _in_line(timer: Timer, now: datetime, room: Room) -> Firing:
    """Those for whom there is no room line up, so that they do not stand in front of what is due by itself."""
    again_at = now + timedelta(minutes=1 + -room.mails_left // MAILS_A_MINUTE)
    return Firing(
        timer=timer, verdict=Verdict.LATER, why="enough mail for this minute", again_at=again_at, takes_room=True
    )


def _objection(room: Room, desk: Desk, ticket: TicketFacts) -> str:
    if has_unsubscribed(ticket):
        return "the requester has unsubscribed"
    if room.requester_paused:
        return "mail to this address keeps coming back"
    return budgets.objection(
        desk.budgets,
        breaker_open=room.breaker_open,
        to_address=room.automatic_today,
        on_ticket=room.automatic_on_ticket,
    )


def _customer_mail(timer: Timer, situation: Situation, timing: Timing, now: datetime) -> Mailing:
    ticket = situation.ticket
    following = _next_step(timer, situation, timing, now)
    template = timer.kind
    if template == kinds.WAITING_REMINDER and following and following.kind == kinds.WAITING_SOLVED:
        template = kinds.WAITING_LAST
    name = next((each.name for each in ticket.participants if each.role is Role.REQUESTER), "")
    send = Send(
        ticket=ticket.id,
        template=template,
        mail_class=MailClass.SURVEY if timer.kind in _SURVEYS else MailClass.REMINDER,
        recipient=Address(name=name, address=ticket.requester),
        why=timer.why,
    )
    moments = {"next_at": following.due_at.isoformat()} if following else {}
    return Mailing(send=send, variables={"moments": moments, "timers": _keys([timer])})


def _next_step(timer: Timer, situation: Situation, timing: Timing, now: datetime) -> Timer | None:
    """What will follow if nobody answers: what the mail announces is what will happen."""
    fired = {**situation.fired, (timer.kind, timer.anchor): Fired(due_at=timer.due_at, at=now)}
    expected = _FOLLOWED_BY.get(timer.kind, ())
    return next((each for each in timers(replace(situation, fired=fired), timing) if each.kind in expected), None)


def _keys(of: Iterable[Timer]) -> list[list[str]]:
    """What the sender of the mail looks up again before it goes out."""
    return [[each.kind, each.anchor.isoformat()] for each in of]
