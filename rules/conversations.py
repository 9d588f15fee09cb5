"""An outside person's mail: a new ticket, a reply that moves one, or an entry that agents must look at first."""

from datetime import timedelta

from parsers.mail import Address
from rules import acknowledgements
from rules.actions import (
    NEW,
    Action,
    AddMessage,
    AddParticipant,
    CreateTicket,
    MailClass,
    MessageKind,
    RecordRating,
    Send,
    SetStatus,
)
from rules.addresses import is_no_reply, receiving_mailbox
from rules.authentication import Verdict
from rules.authority import doubt_about_customer, holds_customer_token, is_notice
from rules.cases import Case, Plan, internal_entry, text_to_show
from rules.customer_words import CustomerWord, actions_of, customer_word
from rules.facts import Role, Status, TicketFacts
from rules.lifecycle import Trigger, move
from rules.notices import hearers, interested, lead, lines, notify
from rules.participants import everybody, newcomers
from rules.ratings import BEST, Rating, read_rating
from rules.senders import answer_address
from rules.subjects import numbers_in, strip_subject
from rules.thanks import is_bare_thanks
from rules.threads import SUBJECT_NUMBER
from rules.tokens import issued_to

_FINISHED = (Status.SOLVED, Status.CLOSED)


def plan_conversation(case: Case) -> Plan:
    """The last hand: every mail that is still here becomes an entry, on the ticket found or on a new one."""
    ticket = case.thread.ticket
    if ticket is None:
        return _plan_new(case, None, "a new conversation")
    if not case.is_participant(ticket):
        return _plan_stranger(case, ticket)
    doubt = doubt_about_customer(case, ticket)
    if doubt:
        return _plan_kept(case, ticket, MessageKind.UNVERIFIED, f"a participant's address, but not proved: {doubt}")
    internal = _why_internal(case, ticket)
    if internal:
        return _plan_kept(case, ticket, MessageKind.NOTE, internal)
    return _plan_reply(case, ticket)


def _plan_stranger(case: Case, ticket: TicketFacts) -> Plan:
    """A number can be guessed: the stranger gets what any new sender gets, and learns nothing about the ticket."""
    if case.thread.by == SUBJECT_NUMBER:
        return _plan_new(case, None, "a stranger who names a ticket number")
    waiting = newcomers(
        case, ticket.id, (*everybody(ticket), case.sender.address), Role.WAITING, "named by somebody outside the ticket"
    )
    return _plan_kept(
        case, ticket, MessageKind.THIRD_PARTY, f"from {case.sender.address}, who takes no part in this ticket", waiting
    )


def _plan_kept(
    case: Case, ticket: TicketFacts, kind: MessageKind, why: str, waiting: tuple[AddParticipant, ...] = ()
) -> Plan:
    """Internal, flagged, without any effect; agents are told and may accept it."""
    entry = internal_entry(case, ticket, kind, banner=f"Internal, {why}", why=why)
    told = _tell(case, ticket, "third-party-notice", reply_is_public=False, why=why)
    return Plan(actions=(entry, *waiting, *told), authority=why, ticket=ticket.id, notices=lines(told))


def _why_internal(case: Case, ticket: TicketFacts) -> str:
    """A reply to an internal mail stays internal: by header, or because the last mail we sent there was internal."""
    if any(is_notice(token) for token in case.thread.answered_tokens()):
        return "answers an internal notice that was not sent to them"
    if case.sender.address in ticket.last_internal_to and not holds_customer_token(case, ticket):
        return "the last mail to this person was internal"
    return ""


def _plan_reply(case: Case, ticket: TicketFacts) -> Plan:
    rating = _rating(case)
    if rating is not None:
        return _plan_rating(case, ticket, rating)
    word = customer_word(case)
    if word:
        return _plan_word(case, ticket, word)
    if ticket.status in _FINISHED and _is_bare_thanks(case):
        entry = _entry(case, ticket.id, "a bare thanks: kept, reopens nothing")
        return Plan(actions=(entry,), authority="participant", ticket=ticket.id)
    if _is_long_closed(case, ticket) and case.is_human:
        return _plan_new(case, ticket, f"reply to ticket {ticket.number}, closed too long ago to reopen")
    why = f"reply by a participant, found by {case.thread.by}"
    told = _tell(case, ticket, "customer-reply-notice", reply_is_public=True, why=why)
    actions: tuple[Action, ...] = (
        _entry(case, ticket.id, why),
        *_status_change(case, ticket, why),
        *_invited(case, ticket),
        *told,
    )
    return Plan(actions=actions, authority="participant", ticket=ticket.id, notices=lines(told))


def _rating(case: Case) -> Rating | None:
    """A rating counts only as the answer to a survey of ours that went to this very person."""
    if not case.is_human:
        return None
    surveys = (
        token
        for token in case.thread.answered_tokens()
        if (sent := case.found.sent.get(token.serial)) and sent.kind == MailClass.SURVEY
    )
    if not any(issued_to(case.desk.keys, token, case.sender.address) for token in surveys):
        return None
    return read_rating(case.mail.reply)


def _plan_rating(case: Case, ticket: TicketFacts, rating: Rating) -> Plan:
    """Kept with its comment; the ticket stays as it is. A bad one wakes the team's lead."""
    why = f"answers a survey: {rating.score} of {BEST}"
    entry = AddMessage(
        ticket=ticket.id, kind=MessageKind.RATING, public=False, text=text_to_show(case.mail), banner=why, why=why
    )
    record = RecordRating(ticket=ticket.id, score=rating.score, comment=rating.comment, why=why)
    told: tuple[Send, ...] = ()
    if rating.score <= case.desk.low_rating:
        told = notify(lead(case.desk, ticket.team), ticket.id, "rating-notice", reply_is_public=False, why=why)
    return Plan(actions=(entry, record, *told), authority="participant", ticket=ticket.id, notices=lines(told))


def _plan_word(case: Case, ticket: TicketFacts, word: CustomerWord) -> Plan:
    """The mail is kept as it is; those who have the ticket read what was done."""
    why = f"a participant's #{word.value}"
    told = _tell(case, ticket, "customer-reply-notice", reply_is_public=True, why=why)
    actions = (_entry(case, ticket.id, why), *actions_of(case, ticket, word), *told)
    return Plan(actions=actions, authority=why, ticket=ticket.id, notices=lines(told))


def _tell(case: Case, ticket: TicketFacts, template: str, *, reply_is_public: bool, why: str) -> tuple[Send, ...]:
    """Nobody wants to hear more about spam."""
    if ticket.status is Status.SPAM:
        return ()
    agents, actor = interested(case.desk, ticket), case.sender.address
    return notify(agents, ticket.id, template, actor=actor, reply_is_public=reply_is_public, why=why)


def _status_change(case: Case, ticket: TicketFacts, why: str) -> tuple[SetStatus, ...]:
    trigger = Trigger.CUSTOMER_REPLIED if case.is_human else Trigger.MACHINE_REPLIED
    status = move(ticket.status, trigger)
    if status is None or status is ticket.status:
        return ()
    return (SetStatus(ticket=ticket.id, old=ticket.status, new=status, why=why),)


def _invited(case: Case, ticket: TicketFacts) -> tuple[AddParticipant, ...]:
    """A participant brings in whom they like, unless all that speaks for them is a number that can be guessed."""
    is_proved = case.sender.authentication.verdict is Verdict.PASS or case.thread.by != SUBJECT_NUMBER
    role = Role.CC if is_proved else Role.WAITING
    return newcomers(case, ticket.id, everybody(ticket), role, f"named in To or Cc by {case.sender.address}")


def _is_bare_thanks(case: Case) -> bool:
    files = [item for item in case.mail.attachments if not item.inline]
    return case.is_human and not files and is_bare_thanks(case.mail.reply)


def _is_long_closed(case: Case, ticket: TicketFacts) -> bool:
    if ticket.status is not Status.CLOSED or ticket.closed_at is None:
        return False
    return case.now - ticket.closed_at > timedelta(days=case.desk.reopen_days)


def _plan_new(case: Case, linked: TicketFacts | None, why: str) -> Plan:
    requester, reply_to = _requester(case)
    mailbox = receiving_mailbox(case.mail, case.envelope, case.desk)
    team = mailbox.team if mailbox else ""
    ticket = CreateTicket(
        subject=strip_subject(case.mail.subject, case.desk.number_prefix),
        mailbox=mailbox.name if mailbox else "",
        requester=requester,
        team=team,
        language=case.mail.language or (mailbox.language if mailbox else ""),
        linked_to=linked.id if linked else None,
        why=why,
    )
    entry = _entry(case, NEW, why, banner=_banner(case, reply_to), whole=linked is None)
    acknowledged, refusal = _acknowledge(case, requester)
    agents = hearers(case.desk, team, "")
    told = notify(agents, NEW, "new-ticket-notice", actor=case.sender.address, reply_is_public=True, why=why)
    sends = (*acknowledged, *told)
    notices = (*lines(sends), *((f"no acknowledgement: {refusal}",) if refusal else ()))
    actions: tuple[Action, ...] = (ticket, entry, *_first_participants(case, requester), *sends)
    return Plan(actions=actions, authority=why, ticket=NEW, notices=notices)


def _requester(case: Case) -> tuple[Address, str]:
    """From, unless nobody reads mail there and Reply-To names a colleague who does."""
    other, remark = answer_address(case.mail, case.sender, case.desk)
    is_needed = is_no_reply(case.sender.address) and case.sender.authentication.verdict is not Verdict.FAIL
    return (other if is_needed else case.sender.person), remark


def _first_participants(case: Case, requester: Address) -> tuple[AddParticipant, ...]:
    """Those named beside us; the Reply-To of the same organisation is one of them."""
    failed = case.sender.authentication.verdict is Verdict.FAIL
    role = Role.WAITING if failed else Role.CC
    other, remark = answer_address(case.mail, case.sender, case.desk)
    present = {requester.address, case.sender.address, other.address}
    named = newcomers(case, NEW, present, role, f"named in To or Cc by {case.sender.address}")
    if other.address in (requester.address, case.sender.address):
        return named
    return (AddParticipant(ticket=NEW, person=other, role=role, why=remark), *named)


def _acknowledge(case: Case, requester: Address) -> tuple[tuple[Send, ...], str]:
    refusal = acknowledgements.objection(case)
    if refusal:
        return (), refusal
    send = Send(
        ticket=NEW,
        template="ticket-received",
        mail_class=MailClass.ACKNOWLEDGEMENT,
        recipient=Address(address=requester.address),  # the name may be what a forger wants the victim to read
        to_author=acknowledgements.is_proved(case) and requester.address == case.sender.address,
        why="a new ticket",
    )
    return (send,), ""


def _banner(case: Case, reply_to: str) -> str:
    """What agents should know before they answer; a customer never sees it."""
    remarks = []
    if case.sender.authentication.verdict is Verdict.FAIL:
        remarks.append(f"Unverified sender: {case.sender.authentication.evidence}")
    numbers = numbers_in(case.mail.subject, case.desk.number_prefix)
    if case.thread.by == SUBJECT_NUMBER and case.thread.ticket and not case.is_participant(case.thread.ticket):
        remarks.append(f"The subject claimed ticket {', '.join(map(str, numbers))}; the sender takes no part in it")
    if reply_to:
        remarks.append(reply_to)
    return ". ".join(remarks)


def _entry(case: Case, ticket: int, why: str, *, banner: str = "", whole: bool = False) -> AddMessage:
    text = case.mail.text if whole else text_to_show(case.mail)
    return AddMessage(
        ticket=ticket,
        kind=MessageKind.MAIL,
        public=True,
        text=text,
        banner=banner,
        why=why,
    )
