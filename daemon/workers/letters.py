"""Making the final bytes of an outgoing mail: template, token addresses, thread, MIME, and the gate's consent.

Pure but for the reading of attachments, which happens in a reader process: what goes in decides what comes out.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from daemon import gate
from daemon.compose import Draft, compose
from daemon.policy import Policy
from daemon.store.letters import Entry, Material, TicketLine
from daemon.store.outbox import COMMAND_RESULT, TO_AUTHOR, Due
from daemon.thread_headers import thread_headers
from daemon.workers.enclosures import Contents, Enclosures, marked, of_answer, of_notice, put_in
from daemon.workers.results import result_variables
from daemon.workers.taps import one_tap
from rules import tokens
from rules.actions import MailClass
from rules.addresses import agent_named, domain_of, fold
from rules.canned import expand_for_desk, suggested
from rules.cutline import cut_line
from rules.errand_steps import FORWARDED
from rules.facts import Desk, Mailbox, Role
from rules.promises import promise
from rules.tokens import TokenKind
from templates.catalogue import NOTICES
from templates.moments import say_moment
from templates.rendered import Rendered
from templates.samples import fitted, sparse

_SHORTEST_CANARY = 60
_WITH_FILES = ("reply", FORWARDED)


class NotToBeSent(Exception):
    """The letter is no longer true, or the gate found a fault: the row ends here, with the reason."""

    def __init__(self, reason: str, *, fault: bool) -> None:
        super().__init__(reason)
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Final bytes for one recipient, checked. `problem`: why an admin's own template was not used."""

    raw: bytes
    subject: str
    message_id: str
    envelope_from: str
    problem: str = ""


def make(
    due: Due, material: Material, policy: Policy, now: datetime, contents: Contents, *, null_sender: bool
) -> Letter:
    """Write the letter of an outbox row. `contents` reads the attachments of a stored mail by its hash.

    Raises NotToBeSent when the gate refuses it or its ticket turned to spam; BrokenTemplate when no template works,
    BadDraft when an address cannot stand in a mail.
    """
    desk = policy.desk
    mailbox = mailbox_of_ticket(desk, material)
    notice = NOTICES[due.template]
    if material.ticket.status == "spam" and not notice.internal:
        raise NotToBeSent("the ticket is spam", fault=False)
    token = token_of(due, material, desk)
    enclosed = _enclosed(due, material, desk, contents)
    rendered = policy.notices.render(
        due.template,
        _languages(material, mailbox),
        _variables(due, _with_marks(material, enclosed), policy, mailbox, token, now),
        _brands(mailbox, material),
    )
    rendered = put_in(rendered, enclosed.pictures)
    draft = _draft(due, material, desk, mailbox, rendered, token, now, enclosed)
    raw = compose(draft)
    faults = _inspect(raw, due, material, desk, internal=notice.internal)
    if faults:
        raise NotToBeSent("refused by the outbound gate: " + "; ".join(faults), fault=True)
    return Letter(
        raw=raw,
        subject=draft.subject,
        message_id=draft.message_id,
        envelope_from=_envelope_from(due, material, desk, mailbox, null_sender=null_sender),
        problem=rendered.problem,
    )


def make_admin_notice(due: Due, policy: Policy, now: datetime) -> Letter:
    """Write a letter to an admin, which is about no ticket and is answered to nobody. Raises as `make` does."""
    mailbox = policy.desk.mailboxes[0]
    desk = {"name": mailbox.display_name, "address": mailbox.address}
    rendered = policy.notices.render(due.template, (), due.variables | {"desk": desk})
    draft = Draft(
        from_=(mailbox.display_name, mailbox.address),
        to=((due.recipient_name, due.recipient),),
        subject=rendered.subject,
        date=now,
        message_id=f"<admin-{due.id}@{policy.desk.domain}>",
        text=rendered.text,
        html=rendered.html,
        auto_submitted="auto-generated",
        extra={"X-Auto-Response-Suppress": "All"},
    )
    raw = compose(draft)
    faults = gate.inspect(raw, recipient=due.recipient, visible=[due.recipient], own=[mailbox.address])
    if faults:
        raise NotToBeSent("refused by the outbound gate: " + "; ".join(faults), fault=True)
    return Letter(
        raw=raw, subject=draft.subject, message_id=draft.message_id, envelope_from="", problem=rendered.problem
    )


def _enclosed(due: Due, material: Material, desk: Desk, contents: Contents) -> Enclosures:
    """An answer's files and pictures; a notice's pictures. What came with internal entries is shown to no customer."""
    secret = b"%d\0%b" % (due.id, desk.keys[0])
    if due.template in _WITH_FILES:
        others = (each for each in material.entries if not each.public)
        hidden = {item["sha256"] for each in others for item in each.attachments}
        return of_answer(material.message, contents, secret, desk.domain, hidden)
    is_quoted = NOTICES[due.template].internal and due.template != COMMAND_RESULT
    return of_notice(material.message, contents, secret, desk.domain) if is_quoted else Enclosures()


def _with_marks(material: Material, enclosed: Enclosures) -> Material:
    message = material.message
    if message is None or not enclosed.pictures:
        return material
    return replace(material, message=replace(message, text=marked(message.text, enclosed.pictures)))


def mailbox_of_ticket(desk: Desk, material: Material) -> Mailbox:
    """The ticket's mailbox, by the address that the customer wrote to."""
    named = (box for box in desk.mailboxes if box.name == material.ticket.mailbox)
    return _as_addressed(next(named, desk.mailboxes[0]), material)


def token_of(due: Due, material: Material, desk: Desk) -> str:
    """What proves that an answer answers this letter, and says what the answer does."""
    kind = _token_kind(due, internal=NOTICES[due.template].internal)
    return tokens.sign(desk.keys, kind, material.ticket.id, due.recipient, due.id)


def _as_addressed(mailbox: Mailbox, material: Material) -> Mailbox:
    """The mailbox by the address the customer wrote to, which may be an alias: answers come from there."""
    last = material.last_from_outside
    named = (fold(each) for each in (*last.to, *last.cc)) if last else ()
    plain = (f"{each.rpartition('@')[0].partition('+')[0]}@{domain_of(each)}" for each in named)
    return replace(mailbox, address=next((each for each in plain if each in mailbox.aliases), mailbox.address))


def _token_kind(due: Due, *, internal: bool) -> TokenKind:
    if not internal:
        return TokenKind.CUSTOMER
    return TokenKind.AGENT_REPLY if due.reply_is_public else TokenKind.AGENT_NOTE


def _languages(material: Material, mailbox: Mailbox) -> tuple[str, ...]:
    return tuple(each for each in (material.ticket.language, mailbox.language) if each)


def _said(due: Due, material: Material, policy: Policy, mailbox: Mailbox, now: datetime) -> dict[str, Any]:
    """What a customer's notice says in the reader's language and the office's time: moments, details, articles."""
    language = policy.notices.language(due.template, _languages(material, mailbox), _brands(mailbox, material))
    zone = policy.timing.hours.of(material.ticket).zone
    moments: dict[str, datetime | None] = {}
    moments |= {name: datetime.fromisoformat(text) for name, text in due.variables.get("moments", {}).items()}
    lists: dict[str, Any] = {}
    if due.kind is MailClass.ACKNOWLEDGEMENT:
        promised = promise(material.ticket, policy.timing, language, now)
        moments |= {"answer_by": promised.answer_by, "opens_at": promised.opens_at}
        said = f"{material.ticket.subject} {material.message.text if material.message else ''}"
        articles = policy.library.matching(said, language)
        lists = {
            "details": list(promised.details),
            "articles": [{"title": each.title, "url": each.url} for each in articles],
        }
    spoken = {name: say_moment(at.astimezone(zone), language) for name, at in moments.items() if at}
    return spoken | lists


def _brands(mailbox: Mailbox, material: Material) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in (mailbox.name, material.ticket.team) if each))


def _variables(
    due: Due, material: Material, policy: Policy, mailbox: Mailbox, token: str, now: datetime
) -> dict[str, Any]:
    message = material.message
    prefix = policy.desk.number_prefix
    variables: dict[str, Any] = {
        "desk": {"name": mailbox.display_name, "address": mailbox.address},
        "ticket": ticket_variables(material, prefix),
        "message": _message(message),
        "signature": _signature(material, policy.desk),
        "reopen_days": policy.desk.reopen_days,
    }
    notice = NOTICES[due.template]
    if not notice.internal:
        moments = _said(due, material, policy, mailbox, now)
        own = due.variables | _answer(due, material, mailbox)
        return sparse(notice.sample) | fitted(variables | own | moments, notice.sample)
    unread = _unread(due, material)
    own = {"ticket": variables["ticket"], **_for_agents(due, material, policy, mailbox, token)}
    return fitted(variables | due.variables, notice.sample) | {
        "reply_is_public": due.reply_is_public,
        "cut_line": cut_line(policy.desk.keys, due.id, "write your reply above this line"),
        "history": [_past(entry) for entry in material.history if entry not in unread],
        "reason": str(due.variables.get("reason", "")),
        **own,
    }


def _answer(due: Due, material: Material, mailbox: Mailbox) -> dict[str, str]:
    """A prepared answer, now that its ticket has a number."""
    text = due.variables.get("answer", "")
    return {"answer": expand_for_desk(text, material.ticket.number, mailbox.display_name)} if text else {}


def _for_agents(due: Due, material: Material, policy: Policy, mailbox: Mailbox, token: str) -> dict[str, Any]:
    """What only agents' notices hold: things to tap, prepared answers, the customer's other tickets."""
    address = tokens.token_address(mailbox.address, token)
    subject = f"Re: {ticket_variables(material, policy.desk.number_prefix)['tag']}"
    agent, message = agent_named(policy.desk, due.to_agent), material.message
    said = f"{material.ticket.subject} {message.text if message else ''}"
    shared: dict[str, Any] = {
        "actions": one_tap(due.template, address, subject, passed_on=bool(message and message.passed_on)),
        "canned": [each.name for each in suggested(policy.desk, agent, said)] if agent else [],
        "recent": [_other(each, policy.desk.number_prefix) for each in material.recent],
        "unread": [_past(entry) for entry in _unread(due, material)],
    }
    return shared | (result_variables(due.variables, address, subject) if due.template == COMMAND_RESULT else {})


def _other(other: TicketLine, prefix: str) -> dict[str, Any]:
    return {"tag": f"[{prefix}{other.number}]", "status": other.status, "subject": other.subject or "(no subject)"}


def _unread(due: Due, material: Material) -> list[Entry]:
    """Entries whose notices were joined with this one."""
    joined = due.variables.get("joined", [])
    return [each for each in material.entries if each.id in joined and each.id != due.message_ref]


def ticket_variables(material: Material, prefix: str) -> dict[str, Any]:
    """A ticket as templates see it."""
    ticket = material.ticket
    return {
        "number": ticket.number,
        "tag": f"[{prefix}{ticket.number}]",
        "subject": ticket.subject or "(no subject)",
        "status": ticket.status.value,
        "priority": ticket.priority.value,
        "team": ticket.team,
        "assignee": ticket.assignee,
        "requester": ticket.requester,
        "created_at": ticket.created_at.strftime("%Y-%m-%d %H:%M UTC") if ticket.created_at else "",
    }


def _message(entry: Entry | None) -> dict[str, Any]:
    if entry is None:
        return {"author": "", "text": "", "attachments": [], "banner": ""}
    return {
        "author": who(entry),
        "text": entry.text,
        "attachments": [item["name"] for item in entry.attachments if not item.get("repeated")],
        "banner": entry.banner,
    }


def who(entry: Entry) -> str:
    """Who wrote an entry, for people."""
    if entry.author:
        return entry.author
    return f"{entry.from_name} <{entry.from_address}>" if entry.from_name else entry.from_address or "Somebody"


def _past(entry: Entry) -> dict[str, Any]:
    return {
        "at": entry.created_at.strftime("%Y-%m-%d %H:%M"),
        "author": who(entry),
        "public": entry.public,
        "text": entry.text,
    }


def _draft(
    due: Due,
    material: Material,
    desk: Desk,
    mailbox: Mailbox,
    rendered: Rendered,
    token: str,
    now: datetime,
    enclosed: Enclosures,
) -> Draft:
    internal = NOTICES[due.template].internal
    to, cc = _visible(due, material, internal=internal)
    human = due.kind is MailClass.HUMAN
    in_reply_to, references = _thread(due, material, desk, internal=internal)
    return Draft(
        from_=(_from_name(due, material, mailbox, desk), mailbox.address),
        to=to,
        cc=cc,
        reply_to=(mailbox.display_name, tokens.token_address(mailbox.address, token)),
        subject=rendered.subject,
        date=now,
        message_id=tokens.message_id(token, desk.domain),
        in_reply_to=in_reply_to,
        references=references,
        text=rendered.text,
        html=rendered.html,
        attachments=enclosed.parts,
        auto_submitted="" if human else _auto_submitted(due),
        extra=_extra(due, material, desk, human=human, internal=internal),
    )


def _extra(due: Due, material: Material, desk: Desk, *, human: bool, internal: bool) -> dict[str, str]:
    """What an acknowledgement says must not be a stranger's words, the topic included."""
    ticket = material.ticket
    suppress = {} if human else {"X-Auto-Response-Suppress": "OOF, AutoReply"}
    if due.template == FORWARDED:
        return suppress | {"X-Postroom-Forwarded": desk.domain}
    if not (human or internal) or ticket.created_at is None:
        return suppress
    identity = tokens.thread_id(desk.keys, ticket.id, desk.domain)
    return suppress | thread_headers(ticket.subject, identity, ticket.created_at)


def _auto_submitted(due: Due) -> str:
    return "auto-replied" if due.kind is MailClass.ACKNOWLEDGEMENT else "auto-generated"


def _from_name(due: Due, material: Material, mailbox: Mailbox, desk: Desk) -> str:
    author = material.message.author if material.message and due.template == "reply" else ""
    agent = agent_named(desk, author)
    name = (agent.display_name or agent.name) if agent else ""  # an admin at the command line answers for the desk
    return f"{name} ({mailbox.display_name})" if name else mailbox.display_name


def _signature(material: Material, desk: Desk) -> str:
    """What the agent, or else the agent's team, wants below every answer. A mail's own signature is not passed on."""
    agent = agent_named(desk, material.message.author) if material.message else None
    if agent is None:
        return ""
    teams = [team for team in desk.teams if team.name in (material.ticket.team, *agent.teams)]
    return agent.signature or next((team.signature for team in teams if team.signature), "")


def _visible(due: Due, material: Material, *, internal: bool) -> tuple[tuple[tuple[str, str], ...], ...]:
    """To and Cc: everybody in the public conversation when a person answers, else the recipient alone."""
    recipient = ((due.recipient_name, due.recipient),)
    if internal or due.template != "reply":
        return recipient, ()
    people = [each for each in material.ticket.participants if each.role in (Role.REQUESTER, Role.CC)]
    to = tuple((each.name, each.address) for each in people if each.role is Role.REQUESTER)
    cc = tuple((each.name, each.address) for each in people if each.role is Role.CC)
    if due.recipient not in {address for _, address in (*to, *cc)}:
        return recipient, ()
    return to or recipient, cc


def _thread(due: Due, material: Material, desk: Desk, *, internal: bool) -> tuple[str, tuple[str, ...]]:
    """What the recipient's client threads by: the customer's own mails, or a constant id of the ticket.

    That id alone is for agents, and for acknowledgements to whoever is not proved to have written: a Message-ID is free
    text, and what a forger writes there must not go out in our name.
    """
    constant = tokens.thread_id(desk.keys, material.ticket.id, desk.domain)
    may_be_forged = due.kind is MailClass.ACKNOWLEDGEMENT and not due.variables.get(TO_AUTHOR)
    if internal or may_be_forged:
        return constant, (constant,)
    last = material.last_from_outside
    if last is None or not last.message_id:
        return constant, (constant,)
    return last.message_id, tuple(dict.fromkeys((constant, *last.references, last.message_id)))


def _inspect(raw: bytes, due: Due, material: Material, desk: Desk, *, internal: bool) -> tuple[str, ...]:
    visible = {due.recipient, *(each.address for each in material.ticket.participants)}
    return gate.inspect(
        raw,
        recipient=due.recipient,
        visible=visible,
        own=[address for box in desk.mailboxes for address in (box.address, *box.aliases)],
        canaries=() if internal else _canaries(material),
    )


def _canaries(material: Material) -> list[bytes]:
    """Passages of internal entries that are long enough to be no coincidence and are not public as well."""
    public = " ".join(" ".join(each.text.split()) for each in material.entries if each.public)
    passages = (" ".join(line.split()) for text in material.internal_texts for line in re.split(r"\n\s*\n", text))
    return [each.encode() for each in passages if len(each) >= _SHORTEST_CANARY and each not in public]


def _envelope_from(due: Due, material: Material, desk: Desk, mailbox: Mailbox, *, null_sender: bool) -> str:
    """Acknowledgements go with the null sender (RFC 3834 3.3); bounces of all else find their ticket by a token."""
    if due.kind is MailClass.ACKNOWLEDGEMENT and null_sender:
        return ""
    token = tokens.sign(desk.keys, TokenKind.RETURN_PATH, material.ticket.id, due.recipient, due.id)
    return tokens.token_address(mailbox.address, token)
