"""The impersonation matrix: forty-eight ways to pose as a requester, an agent or an admin, and none has any effect.

The first eighteen are the published ones (Chen, Paxson and Jiang, "Composition Kills", USENIX Security 2020, and the
tool espoofer made from it), as our own mail server and our parser hand them over: a From that readers understand
differently arrives as no sender at all. The other thirty aim at what only a help desk has.
"""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from deskwork import (
    ALICE,
    ANNA,
    BEN,
    CHIEF,
    DESK,
    EVE,
    STRICT,
    TICKET,
    US,
    checked,
    entry,
    found,
    mail,
    mails,
    our_id,
    passed,
    reply_address,
    run,
    sent,
    status,
    token,
)

from parsers.mail import Address, Bounce, BouncedRecipient
from rules import tokens
from rules.actions import (
    AddMessage,
    AddParticipant,
    CreateTicket,
    Decision,
    Quarantine,
    RecordBounce,
    Refuse,
    Send,
    SetField,
    SetStatus,
)
from rules.facts import Role
from rules.tokens import TokenKind

WHO = {"requester": ALICE, "agent": ANNA, "admin": CHIEF}
SEEN = "<first@cust.example>"
Fields = dict[str, Any]


def domain(who: str) -> str:
    return who.rpartition("@")[2]


def failed(who: str, **more: Any) -> Fields:
    return {"headers": checked(f"dmarc=fail header.from={domain(who)}"), **more}


def says(results: str) -> Callable[[str], Fields]:
    """Our server's own words, from a mail that fooled it or tried to."""
    return lambda who: {"headers": checked(results.format(domain=domain(who), who=who))}


def raw_headers(*headers: tuple[str, str]) -> Callable[[str], Fields]:
    return lambda who: {"headers": tuple((name, value.format(domain=domain(who))) for name, value in headers)}


def unreadable(defect: str) -> Callable[[str], Fields]:
    return lambda who: {"sender_from": None, "defects": (defect,), "headers": passed(who)}


def from_eve(**more: Any) -> Callable[[str], Fields]:
    return lambda who: {
        "sender_from": Address(address=EVE, name=who),
        "headers": passed(EVE),
        "to": reply_address(notice_kind(who), who),
        **{key: value(who) if callable(value) else value for key, value in more.items()},
    }


def notice_kind(who: str) -> TokenKind:
    return TokenKind.CUSTOMER if who == ALICE else TokenKind.AGENT_REPLY


def stolen(who: str) -> Fields:
    return failed(who, to=reply_address(notice_kind(who), who))


def to_token(text: str) -> Fields:
    return {"to": tokens.token_address(US, text)}


def spliced(who: str) -> str:
    kind = notice_kind(who)
    return token(kind, who)[:-16] + token(kind, who, ticket=8)[-16:]


def as_subaddress(who: str) -> Fields:
    """Authentic mail of the same domain, but not from the victim."""
    return {**stolen(who), "sender_from": Address(address=who.replace("@", "+x@")), "headers": passed(who)}


def bounce_of(who: str) -> Bounce:
    person = BouncedRecipient(address=who, status_class=5)
    return Bounce(recipients=(person,), original_message_id="<7.55@us.example>")


AR, MX = "authentication-results", "mx.us.example"
PASS = "dmarc=pass header.from={domain}"
KNOWN = {
    "sub-domain that does not exist": says(
        "spf=none smtp.mailfrom=x.nonexist.{domain}; dmarc=fail header.from={domain}"
    ),
    "empty MAIL FROM, SPF by HELO": says("spf=pass smtp.helo=evil.example; dmarc=fail header.from={domain}"),
    "NUL in the DKIM domain": says("dkim=pass header.d={domain}.evil.example; dmarc=fail"),
    "DKIM result injection": says("dkim=pass header.d={domain}(.evil.example; dmarc=pass header.from={domain}"),
    "SPF result injection": says('spf=pass smtp.mailfrom="x; dmarc=pass header.from={domain}; dkim=fail'),
    "several From headers": unreadable("two From headers"),
    "From with a space before": unreadable("two From headers, one of them indented"),
    "From with a space behind": unreadable("two From headers, one of them spaced"),
    "folded From": unreadable("two From headers, one of them folded"),
    "From and Sender differ": from_eve(sender=lambda who: Address(address=who)),
    "From and Resent-From differ": from_eve(headers=lambda who: (*passed(EVE), ("resent-from", who))),
    "several addresses in From": unreadable("two From addresses"),
    "encoded From": unreadable("an encoded word in an address"),
    "route portion": unreadable("a source route"),
    "quoted pairs": unreadable("a quoted pair splits the address"),
    "truncated From": unreadable("a NUL in From"),
    "display name": from_eve(),
    "homograph": lambda who: {**stolen(who), "sender_from": Address(address=who.replace("a", "а", 1))},
}
OWN = {
    "no word of our server, only a number": raw_headers(("received", "x")),
    "words of a foreign server": raw_headers((AR, "mx.evil.example; " + PASS)),
    "foreign words above our own": raw_headers((AR, "evil; " + PASS), (AR, "mx.us.example; dmarc=fail")),
    "forged words below our own": raw_headers((AR, f"{MX}; dmarc=fail"), ("received", "x"), (AR, f"{MX}; {PASS}")),
    "two results in one header": says(PASS + "; dmarc=fail header.from={domain}"),
    "another From judged": says("dmarc=pass header.from=evil.example"),
    "another From judged, hidden by a comment": says("dmarc=pass (header.from={domain}) header.from=evil.example"),
    "only a comment says pass": says("dmarc=fail (dmarc=pass) header.from={domain}"),
    "a quotation that never ends": says('spf=pass smtp.mailfrom="x; ' + PASS),
    "an oversize header": raw_headers((AR, f"{MX}; {'(x)' * 4000}; {PASS}")),
    "an ARC header": raw_headers(("arc-authentication-results", "i=1; mx.us.example; " + PASS)),
    "a server name that looks alike": raw_headers((AR, "mx.us.example.evil.example; " + PASS)),
    "our server's name in a comment": raw_headers((AR, "(mx.us.example) evil.example; " + PASS)),
    "SPF passes for the envelope only": says("dmarc=fail header.from={domain}; spf=pass smtp.mailfrom=evil.example"),
    "guessed Message-ID": lambda who: failed(who, in_reply_to=("<7.55@us.example>",)),
    "seen Message-ID": lambda who: failed(who, in_reply_to=(SEEN,)),
    "stolen token, mail not authenticated": stolen,
    "stolen Message-ID, mail not authenticated": lambda who: failed(who, in_reply_to=(our_id(notice_kind(who), who),)),
    "stolen token in the body": lambda who: failed(who, text=tokens.body_reference(token(notice_kind(who), who))),
    "truncated token": lambda who: {**failed(who), **to_token(token(notice_kind(who), who)[:-1])},
    "token under a foreign key": lambda who: {**failed(who), **to_token(token(notice_kind(who), who, key=b"x" * 32))},
    "MAC of another ticket": lambda who: {**failed(who), **to_token(spliced(who))},
    "token of a colleague": lambda who: failed(who, **to_token(token(TokenKind.AGENT_REPLY, BEN))),
    "return path as address": lambda who: failed(who, **to_token(token(TokenKind.RETURN_PATH, who))),
    "commands": lambda who: failed(who, text="#close\n#cc eve@evil.example\n#requester eve@evil.example"),
    "upper case": lambda who: failed(who, sender_from=Address(address=who.upper())),
    "Reply-To leads away": lambda who: failed(who, reply_to=(Address(address=EVE),)),
    "a subaddress of the victim": as_subaddress,
    "stranger with a stolen token, Reply-To the victim": from_eve(reply_to=lambda who: (Address(address=who),)),
    "bounce of a mail we never sent": lambda who: failed(who, bounce=bounce_of(who)),
}  # fmt: skip
TRICKS = {**KNOWN, **OWN}
FACTS = found(TICKET, by_message_id={SEEN: 7}, sent=sent(ANNA), sender_known=True)


def forged(trick: Callable[[str], Fields], who: str) -> Decision:
    fields: Fields = {"subject": "Re: [#123] Printer", "cc": (Address(address="x@evil.example"),), **trick(who)}
    return run(mail(who, **fields), FACTS, desk=STRICT, sender=EVE)


def effects(decision: Decision) -> list[object]:
    """Everything that reaches a customer, shows in public, or changes the ticket."""
    ours = {ANNA, BEN, CHIEF}
    return [
        action
        for action in decision.actions
        if isinstance(action, SetStatus | SetField | RecordBounce)
        or (isinstance(action, Send) and action.recipient.address not in ours)
        or (isinstance(action, AddMessage) and action.public and action.ticket == TICKET.id)
        or (isinstance(action, AddParticipant) and action.ticket == TICKET.id and action.role is not Role.WAITING)
    ]


def test_the_matrix_is_whole():
    assert (len(KNOWN), len(OWN), len(TRICKS) * len(WHO)) == (18, 30, 144)


@pytest.mark.parametrize(("trick", "role"), list(product(TRICKS, WHO)))
def test_no_forgery_reaches_a_customer_or_moves_a_ticket(trick, role):
    assert effects(forged(TRICKS[trick], WHO[role])) == []


COMMANDS = "#close\n#cc +eve@evil.example\n#requester eve@evil.example\n#undo\n#merge 124\n#list mine\n#reopen"
HARMLESS = (AddMessage, Send, AddParticipant, CreateTicket, Quarantine, Refuse)


@pytest.mark.parametrize(("trick", "role"), list(product(TRICKS, WHO)))
def test_no_forgery_gives_a_command_or_learns_anything(trick, role):
    decision = forged(lambda who: {**TRICKS[trick](who), "text": COMMANDS, "reply": COMMANDS}, WHO[role])
    assert effects(decision) == []
    assert [action for action in decision.actions if not isinstance(action, HARMLESS)] == []


# The same where the desk takes mail from the Internet itself: then no header counts, only our own look (RFC 8601 5).
LOOKS = {
    "fails": "spf=pass smtp.mailfrom=evil.example; dkim=none; dmarc=fail (p=reject) header.from={domain}",
    "a stranger's signature": "spf=none; dkim=pass header.d=evil.example header.s=s; dmarc=fail header.from={domain}",
    "no policy, SPF of a stranger": "spf=pass smtp.mailfrom=evil.example; dkim=none; dmarc=none header.from={domain}",
    "SPF and DKIM without a policy": "spf=pass smtp.mailfrom={domain}; dkim=pass header.d={domain}; dmarc=none",
    "nobody answered": "spf=temperror; dkim=temperror; dmarc=temperror",
    "passes, of whom is not said": "spf=pass smtp.mailfrom=evil.example; dmarc=pass",
}


def seen(fields: Fields, who: str, look: str) -> str:
    """What we would find: authentic mail of Eve, or of the victim's domain, passes for what it is."""
    author = fields.get("sender_from", Address(address=who))
    if author is None or author.address == EVE or fields.get("headers") == passed(who):
        return f"us.example; dmarc=pass header.from={domain(author.address if author else who)}"
    return f"us.example; {LOOKS[look].format(domain=domain(who))}"


def forged_directly(trick: Callable[[str], Fields], who: str, look: str, **more: Any) -> Decision:
    fields: Fields = {"subject": "Re: [#123] Printer", "cc": (Address(address="x@evil.example"),), **trick(who), **more}
    verified = seen(fields, who, look)
    fields["headers"] = (*passed(who), *fields.get("headers", ()))
    return run(mail(who, **fields), FACTS, desk=STRICT, sender=EVE, verified=verified)


@pytest.mark.parametrize("look", ["fails", "a stranger's signature"])
@pytest.mark.parametrize(("trick", "role"), list(product(TRICKS, WHO)))
def test_no_forgery_gains_anything_where_we_look_ourselves(trick, role, look):
    for more in ({}, {"text": COMMANDS, "reply": COMMANDS}):
        decision = forged_directly(TRICKS[trick], WHO[role], look, **more)
        assert effects(decision) == []
        assert [action for action in decision.actions if not isinstance(action, HARMLESS)] == []


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize(("trick", "role"), list(product(TRICKS, ["agent", "admin"])))
def test_nothing_short_of_a_dmarc_pass_makes_an_agent(trick, role, look):
    decision = forged_directly(TRICKS[trick], WHO[role], look, text=COMMANDS, reply=COMMANDS)
    assert effects(decision) == []
    assert [action for action in decision.actions if not isinstance(action, HARMLESS)] == []


@pytest.mark.parametrize("role", ["agent", "admin"])
def test_the_honest_agent_and_admin_reach_the_customer(role):
    who = WHO[role]
    decision = run(mail(who, to=reply_address(TokenKind.AGENT_REPLY, who), headers=passed(who)), FACTS, desk=STRICT)
    assert ("reply", ALICE) in mails(decision)
    assert entry(decision).public


@pytest.mark.parametrize("desk", [STRICT, DESK], ids=["authserv-id", "none"])
def test_the_honest_agent_reaches_the_customer_where_we_look_ourselves(desk):
    verified = "us.example; spf=none; dkim=pass header.d=us.example header.s=s1; dmarc=pass header.from=us.example"
    answer = mail(ANNA, to=reply_address(TokenKind.AGENT_REPLY, ANNA))
    assert ("reply", ALICE) in mails(run(answer, FACTS, desk=desk, verified=verified))


@pytest.mark.parametrize("look", ["nobody answered", "no policy, SPF of a stranger"])
def test_the_honest_requester_s_token_is_heard_where_nothing_can_be_found_out(look):
    answer = mail(ALICE, to=reply_address(TokenKind.CUSTOMER, ALICE))
    decision = run(answer, FACTS, verified=f"us.example; {LOOKS[look].format(domain='cust.example')}")
    assert (entry(decision).public, status(decision)) == (True, "open")


def test_without_a_token_a_requester_is_not_believed_while_nobody_answers():
    decision = run(
        mail(ALICE, subject="[#123]"), FACTS, verified="us.example; dmarc=temperror header.from=cust.example"
    )
    assert (entry(decision).public, status(decision)) == (False, None)


HONEST = {
    "token, authenticated": {"to": reply_address(TokenKind.CUSTOMER, ALICE), "headers": passed(ALICE)},
    "number, authenticated": {"subject": "AW: [#123]", "headers": passed(ALICE)},
    "seen id, a domain without any policy": {"in_reply_to": (SEEN,), "headers": checked("dmarc=none; spf=none")},
    "token, nobody has checked": {"to": reply_address(TokenKind.CUSTOMER, ALICE)},
    "signed id, only DKIM": {
        "references": (our_id(TokenKind.CUSTOMER, ALICE),),
        "headers": checked("dkim=pass header.d=cust.example"),
    },
}


@pytest.mark.parametrize("fields", HONEST.values(), ids=HONEST)
def test_the_honest_requester_is_heard(fields):
    decision = run(mail(ALICE, **fields), FACTS, desk=STRICT)
    assert (entry(decision).public, entry(decision).ticket, status(decision)) == (True, 7, "open")
