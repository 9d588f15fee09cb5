"""What rules do beyond the ticket: followers, automatic answers, other tickets, forwards, webhooks, commands.

Every doubt ends in a remark of the trace and in nothing done.
"""

from collections.abc import Callable, Mapping

from parsers.mail import Address, AutomaticKind
from rules.actions import NEW, Follow, Link, MailClass, Merge, Send, SetStatus
from rules.addresses import agent_at, fold, mailbox_of
from rules.authority import doubt_about_customer
from rules.cases import Case
from rules.errand_actions import SAME_SUBJECT
from rules.errands import KINDS, CallWebhook, RunCommand
from rules.facts import Status, TicketFacts
from rules.lifecycle import Trigger, move
from rules.sheets import Answer, Sheet
from rules.subjects import strip_subject
from rules.tokens import issued_to
from rules.triage import Chosen

FORWARDED = "forwarded"
FORWARDED_HEADER = "x-postroom-forwarded"
# Enough for a busy night shift; two desks that forward to each other fall silent.
FORWARDS_A_DAY = 200
_ANSWERS_OF_MACHINES = (AutomaticKind.AUTO_REPLY, AutomaticKind.REPORT, AutomaticKind.FEEDBACK)


def _follower(sheet: Sheet, chosen: Chosen, why: str) -> None:
    """Who follows hears of this mail too."""
    for agent in chosen.effect.values:
        if agent not in sheet.ticket.followers:
            sheet.actions.append(Follow(ticket=sheet.ticket.id, agent=agent, on=True, why=why))
    sheet.notified.update(chosen.effect.values)


def _reply(sheet: Sheet, chosen: Chosen, why: str) -> None:
    effect, desk = chosen.effect, sheet.situation.desk
    name = dict(effect.arguments).get("canned", "")
    text = next((each.text for each in desk.canned if each.name == name and not (each.team or each.agent)), "")
    sheet.answer = Answer(template=effect.value, text=text, why=why)


def _link(sheet: Sheet, chosen: Chosen, why: str) -> None:
    other = _named(sheet, chosen.effect.value)
    if isinstance(other, str):
        sheet.remarks.append(f"{why}: {other}")
        return
    sheet.actions.append(Link(ticket=sheet.ticket.id, other=other.id, why=why))


def _merge(sheet: Sheet, chosen: Chosen, why: str) -> None:
    other = _named(sheet, chosen.effect.value)
    if isinstance(other, str):
        sheet.remarks.append(f"{why}: {other}")
        return
    objection = _objection_to_merge(sheet, other)
    if objection:
        sheet.remarks.append(f"{why}: {objection}; linked instead")
        sheet.actions.append(Link(ticket=sheet.ticket.id, other=other.id, why=why))
        return
    status = move(other.status, Trigger.CUSTOMER_REPLIED)
    if status and status is not other.status:
        sheet.actions.append(SetStatus(ticket=other.id, old=other.status, new=status, why=why))
    sheet.merge = Merge(ticket=sheet.ticket.id, into=other.id, why=why)
    sheet.merged_into = other


def _named(sheet: Sheet, value: str) -> TicketFacts | str:
    """The other ticket, or why there is none."""
    case = sheet.case
    if case is None:
        return "there is no mail"
    if value == SAME_SUBJECT:
        return _of_same_subject(sheet, case) or "the customer has no other open ticket of this subject"
    if not (value.isascii() and value.isdigit() and len(value) <= 9):
        return f"{value[:40]!r} is no ticket number"
    other = case.found.tickets.get(case.found.target(case.found.by_number.get(int(value), NEW)))
    if other is None:
        return f"there is no ticket {int(value)}"
    return other if other.id != sheet.ticket.id else "that is this very ticket"


def _of_same_subject(sheet: Sheet, case: Case) -> TicketFacts | None:
    wanted = _plain(sheet.ticket.subject, case)
    others = (case.found.tickets.get(each) for each in case.found.siblings)
    return next(
        (each for each in others if each and each.id != sheet.ticket.id and _plain(each.subject, case) == wanted), None
    )


def _plain(subject: str, case: Case) -> str:
    return strip_subject(subject, case.desk.number_prefix).casefold().strip()


def _objection_to_merge(sheet: Sheet, other: TicketFacts) -> str:
    """Whoever takes part in a ticket reads what is answered there, so both must be one customer's, beyond doubt."""
    if other.status in (Status.SPAM, Status.CLOSED):
        return f"ticket {other.number} is {other.status}"
    if sheet.merge:
        return "the ticket goes on in another one already"
    requester = fold(sheet.ticket.requester)
    contact = sheet.ticket.contact or (sheet.case.found.contacts.get(requester, 0) if sheet.case else 0)
    if requester != fold(other.requester) and (not contact or contact != other.contact):
        return f"ticket {other.number} is another customer's"
    return doubt_about_customer(sheet.case, other) if sheet.case else "there is no mail"


def _forward(sheet: Sheet, chosen: Chosen, why: str) -> None:
    case = sheet.case
    for address in chosen.effect.values:
        objection = _objection_to_forward(case, address) if case else "there is no mail"
        if objection:
            sheet.remarks.append(f"{why}: not passed on to {address}: {objection}")
            continue
        send = Send(
            ticket=sheet.ticket.id,
            template=FORWARDED,
            mail_class=MailClass.NOTICE,
            recipient=Address(address=address),
            why=why,
        )
        sheet.sends.append(send)


def _objection_to_forward(case: Case, address: str) -> str:
    """What goes to a machine may come back: by its header, by our token, by its sender, or just too often."""
    if mailbox_of(case.desk, address) or agent_at(case.desk, address):
        return "it is one of ours"
    if case.sender.agent is not None:
        return "an agent wrote it"
    if case.mail.automatic.kind in _ANSWERS_OF_MACHINES:
        return f"automatic mail ({case.mail.automatic.kind.value})"
    if case.mail.header(FORWARDED_HEADER):
        return "it was passed on once already"
    is_answer = any(issued_to(case.desk.keys, token, address) for token in case.thread.answered_tokens())
    if case.sender.address == address or is_answer:
        return "it comes from there"
    if case.found.forwarded_today.get(address, 0) >= FORWARDS_A_DAY:
        return f"{FORWARDS_A_DAY} mails went there within a day"
    return ""


def _webhook(sheet: Sheet, chosen: Chosen, why: str) -> None:
    rule, ticket = chosen.rule.name, sheet.ticket.id
    sheet.errands += [CallWebhook(ticket=ticket, webhook=each, rule=rule, why=why) for each in chosen.effect.values]


def _run(sheet: Sheet, chosen: Chosen, why: str) -> None:
    """The values come out of a mail: what is not of its kind is not run."""
    effect, kinds = chosen.effect, dict(chosen.effect.kinds)
    wrong = next((name for name, value in effect.arguments if not KINDS[kinds[name]](value)), "")
    if wrong:
        value = dict(effect.arguments)[wrong]
        sheet.remarks.append(f"{why}: {effect.value} is not run: {wrong} is {value[:60]!r}")
        return
    errand = RunCommand(
        ticket=sheet.ticket.id, command=effect.value, arguments=effect.arguments, rule=chosen.rule.name, why=why
    )
    sheet.errands.append(errand)


DOERS: Mapping[str, Callable[[Sheet, Chosen, str], None]] = {
    "follower": _follower,
    "reply": _reply,
    "link": _link,
    "merge": _merge,
    "forward": _forward,
    "webhook": _webhook,
    "run": _run,
}
