"""Who wrote this: a person, or which kind of machine (RFC 3834, 5230, 3464, 6522, 8098, 5965, 2919, 2369).

Strong signs first, each a small question that answers with its evidence. `Auto-Submitted: no` outweighs the weak ones.
Whether we *want* to answer is no matter of this module: `acknowledge` says what the mail's own signs allow.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from parsers.absence_notices import asks_something_else, is_only_a_notice
from parsers.absences import is_challenge, is_marked_subject, mentions_absence, says_absent
from parsers.automatic_headers import (
    AUTO_GENERATED_HEADERS,
    AUTO_REPLY_HEADERS,
    BULK_HEADERS,
    DESK_HEADERS,
    LIST_HEADERS,
    SPELLING,
)
from parsers.bounces import has_null_path, is_daemon
from parsers.mail import Automatic, AutomaticKind, Bounce
from parsers.parts import Headers, Structure
from parsers.reports import clean_address

_MAX_EVIDENCE = 120
_NO = re.compile(r"^\s*no\s*(?:[;(].*)?$", re.IGNORECASE)
_TOKEN = re.compile(r"[a-z][a-z0-9_-]*", re.IGNORECASE)
_SUPPRESSED = frozenset({"all", "autoreply", "oof"})
_NO_REPLY = re.compile(
    r"(?:^|[._+-])(?:no[._-]?repl(?:y|ies)|do[._-]?not[._-]?reply|not[._-]?reply|no[._-]?response|noanswer"
    r"|unattended|bounces?)(?:$|[._+-])"
    r"|^(?:nicht[._-]?antworten|keine[._-]?antwort|ne[._-]?pas[._-]?repondre|nepasrepondre|noresponder"
    r"|nao[._-]?responda|non[._-]?rispondere)"
    r"|^(?:auto[._-]?confirm|notifications?|notify|alerts?|automat(?:ed|ic)|auto[._-]?mail(?:er)?)(?:$|[._+-])",
    re.IGNORECASE,
)
_REPORT_PARTS = {
    "message/disposition-notification": "Content-Type: message/disposition-notification",
    "message/global-disposition-notification": "Content-Type: message/global-disposition-notification",
    "message/delivery-status": "Content-Type: message/delivery-status",
    "message/global-delivery-status": "Content-Type: message/global-delivery-status",
    "message/tracking-status": "Content-Type: message/tracking-status",
}
_RECEIPT = re.compile(
    r"^\s*(?:read|not read|gelesen|ungelesen gelöscht|lu|non lu|le\u00eddo|lido|letto|gelezen|läst|læst|lest"
    r"|luettu|przeczytano|прочитано|okundu|"
    r"開封済み|已读|return receipt(?: \(displayed\))?|read receipt|lesebestätigung|accusé de (?:lecture"
    r"|r\u00e9ception))\s*(?:[:\uff1a-]|$)",
    re.IGNORECASE,
)
_RECEIPT_BODY = re.compile(
    r"(?:your|this is a) (?:message|return receipt|read receipt)|was (?:read|displayed|deleted without)"
    r"|wurde.{0,40}gelesen|a été lu"
    r"|fue le\u00eddo|è stato letto|foi lid|no guarantee that the message has been read|開封",
    re.IGNORECASE,
)

Question = Callable[["_Mail"], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mail:
    structure: Structure
    text: str
    subject: str

    @property
    def headers(self) -> Headers:
        return self.structure.headers


def classify(structure: Structure, text: str, subject: str, bounce: Bounce | None) -> Automatic:
    """What kind of machine wrote the mail, if any, on which evidence, and whether its signs permit an automatic "
    "answer."""
    mail = _Mail(structure=structure, text=text, subject=subject)
    declared = _declared_human(mail.headers)
    if bounce is not None:
        return _automatic(AutomaticKind.REPORT, _bounce_evidence(structure))
    for kind, is_weak, question in _QUESTIONS:
        evidence = "" if is_weak and declared else question(mail)
        if evidence:
            return _automatic(kind, evidence)
    warnings = tuple(_warnings(mail))
    return Automatic(acknowledge=not warnings, evidence=((declared,) if declared else ()) + warnings)


def _automatic(kind: AutomaticKind, evidence: str) -> Automatic:
    return Automatic(kind=kind, acknowledge=False, evidence=(evidence,))


def _bounce_evidence(structure: Structure) -> str:
    if structure.content_type == "multipart/report":
        return "Content-Type: multipart/report"
    if "x-failed-recipients" in structure.headers:
        return _shown("x-failed-recipients", structure.headers.get("x-failed-recipients"))
    return "text of a delivery failure"


def _declared_human(headers: Headers) -> str:
    values = headers.get_all("auto-submitted")
    return _shown("auto-submitted", values[0]) if values and all(_NO.match(value) for value in values) else ""


def _warnings(mail: _Mail) -> Iterator[str]:
    """Signs that a person may well have written under, but that forbid an automatic answer."""
    if _is_suppressing(mail.headers):
        yield _shown("x-auto-response-suppress", mail.headers.get("x-auto-response-suppress"))
    if has_null_path(mail.structure):
        yield "Return-Path: <>"
    desk = next(((name, value) for name, value in mail.headers if DESK_HEADERS.match(name)), None)
    if desk:
        yield _shown(*desk)
    if "x-loop" in mail.headers:
        yield _shown("x-loop", mail.headers.get("x-loop"))
    if _is_bulky(mail.headers):
        yield _precedence(mail.headers)
    address = clean_address(mail.headers.get("from"))
    if _is_no_reply(address):
        yield _shown("from", address)


def _feedback(mail: _Mail) -> str:
    if mail.structure.parameters.get("report-type", "").lower() == "feedback-report":
        return "Content-Type: multipart/report; report-type=feedback-report"
    has_part = any(part.content_type == "message/feedback-report" for part in mail.structure.parts)
    return "Content-Type: message/feedback-report" if has_part else ""


def _report(mail: _Mail) -> str:
    part = next((p.content_type for p in mail.structure.parts if p.content_type in _REPORT_PARTS), "")
    if part:
        return _REPORT_PARTS[part]
    if mail.structure.content_type == "multipart/report":
        return "Content-Type: multipart/report"
    if _RECEIPT.match(mail.subject) and _RECEIPT_BODY.search(mail.text[:2_000]):
        return _shown("subject", mail.subject)
    return ""


def _submitted(*wanted: str) -> Question:
    """A question about the first token of Auto-Submitted (RFC 3834 5, RFC 5436 2.7.1); none wanted: any but `no`."""

    def ask(mail: _Mail) -> str:
        for value in mail.headers.get_all("auto-submitted"):
            token = _TOKEN.search(value)
            name = token[0].lower() if token else ""
            if name and name != "no" and (not wanted or name in wanted):
                return _shown("auto-submitted", value)
        return ""

    return ask


def _has_any(table: tuple[tuple[str, str], ...]) -> Question:
    patterns: dict[str, list[re.Pattern[str]]] = {}
    for name, pattern in table:
        patterns.setdefault(name, []).append(re.compile(pattern, re.IGNORECASE))

    def ask(mail: _Mail) -> str:
        for name, value in mail.headers:
            if any(pattern.match(value.strip()) for pattern in patterns.get(name, ())):
                return _shown(name, value)
        return ""

    return ask


def _inbox_rule(mail: _Mail) -> str:
    """Exchange marks what an inbox rule sent. A redirected mail has it too, but then somebody wrote it (RFC 5322 "
    "3.6.6)."""
    value = mail.headers.get("x-ms-exchange-inbox-rules-loop")
    return _shown("x-ms-exchange-inbox-rules-loop", value) if value and "resent-from" not in mail.headers else ""


def _marked_subject(mail: _Mail) -> str:
    return _shown("subject", mail.subject) if is_marked_subject(mail.subject) and _is_confirmed(mail) else ""


def _is_confirmed(mail: _Mail) -> bool:
    """A subject mark alone could be a person's ticket about auto-replies: body, headers or nothing else must "
    "agree."""
    headers = mail.headers
    agrees = has_null_path(mail.structure) or _is_bulky(headers) or "x-auto-response-suppress" in headers
    return agrees or re.search(r"[:\uff1a]\s*\S", mail.subject) is not None or says_absent(mail.text)


def _absent(mail: _Mail) -> str:
    """Out-of-office mail without a mark: words in subject and body, or in the body with a machine's header.

    Without either, a text that says nothing but that nobody is there.
    """
    sign = _absence_sign(mail)
    if sign:
        return sign if says_absent(mail.text) else ""
    return "text of an absence notice" if is_only_a_notice(mail.text) else ""


def _absence_sign(mail: _Mail) -> str:
    """What besides the body speaks for an absence: looked at first, because it costs least."""
    if mentions_absence(mail.subject) and not _is_reply(mail.subject) and _is_notice(mail):
        return _shown("subject", mail.subject)
    if has_null_path(mail.structure):
        return "Return-Path: <> and a text of absence"
    if _is_suppressing(mail.headers) or _is_bulky(mail.headers):
        return "text of absence under a machine's headers"
    return ""


def _is_notice(mail: _Mail) -> bool:
    """Absence told as one's own, short and with no question or request in it, not asked about."""
    return len(mail.text) < 3_000 and "?" not in mail.text[:600] and not asks_something_else(mail.text)


def _is_suppressing(headers: Headers) -> bool:
    tokens = _TOKEN.findall(headers.get("x-auto-response-suppress"))
    return bool(_SUPPRESSED & {token.lower() for token in tokens})


def _is_reply(subject: str) -> bool:
    return re.match(r"\s*(?:re|aw|sv|vs|antw|r|rif|odp|ynt)\s*(?:\[\d+\])?\s*:", subject, re.IGNORECASE) is not None


def _challenge(mail: _Mail) -> str:
    if mail.text.lstrip().startswith(">") or not is_challenge(mail.subject, mail.text):
        return ""
    return f"challenge to the sender: {_cut(mail.subject)}"


def _listed(mail: _Mail) -> str:
    name = next((name for name in LIST_HEADERS if name in mail.headers), "")
    if name:
        return _shown(name, mail.headers.get(name))
    value = mail.headers.get("precedence")
    return _shown("precedence", value) if value.strip().lower() == "list" else ""


def _bulk(mail: _Mail) -> str:
    name = next((name for name in BULK_HEADERS if name in mail.headers), "")
    if name:
        return _shown(name, mail.headers.get(name))
    if "feedback-id" in mail.headers and _is_no_reply(clean_address(mail.headers.get("from"))):
        return _shown("feedback-id", mail.headers.get("feedback-id"))
    return _precedence(mail.headers) if _is_bulky(mail.headers) else ""


def _precedence(headers: Headers) -> str:
    name = "precedence" if "precedence" in headers else "x-precedence"
    return _shown(name, headers.get(name))


def _is_bulky(headers: Headers) -> bool:
    values = {headers.get(name).strip().lower() for name in ("precedence", "x-precedence")}
    return bool(values & {"bulk", "junk", "list"})


def _robot_sender(mail: _Mail) -> str:
    sender = mail.headers.get("from")
    address = clean_address(sender)
    if is_daemon(sender) or _is_no_reply(address):
        return _shown("from", address or sender)
    return ""


def _null_path(mail: _Mail) -> str:
    return "Return-Path: <>" if has_null_path(mail.structure) else ""


def _looped(mail: _Mail) -> str:
    return _shown("x-loop", mail.headers.get("x-loop")) if "x-loop" in mail.headers else ""


def _is_no_reply(address: str) -> bool:
    return _NO_REPLY.search(address.partition("@")[0]) is not None


def _shown(name: str, value: str) -> str:
    """Evidence as `Header-Name: value`, the way the RFCs write the name."""
    written = "-".join(word if word.isupper() else word.capitalize() for word in name.split("-"))
    return f"{SPELLING.get(name, written)}: {_cut(value)}"


def _cut(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= _MAX_EVIDENCE else line[:_MAX_EVIDENCE] + "\u2026"


_QUESTIONS: tuple[tuple[AutomaticKind, bool, Question], ...] = (
    # kind, whether `Auto-Submitted: no` outweighs it, the question
    (AutomaticKind.FEEDBACK, False, _feedback),
    (AutomaticKind.REPORT, False, _report),
    (AutomaticKind.AUTO_REPLY, False, _submitted("auto-replied")),
    (AutomaticKind.AUTO_REPLY, True, _has_any(AUTO_REPLY_HEADERS)),
    (AutomaticKind.AUTO_REPLY, True, _marked_subject),
    (AutomaticKind.AUTO_REPLY, True, _inbox_rule),
    (AutomaticKind.AUTO_REPLY, True, _absent),
    (AutomaticKind.AUTO_REPLY, True, _challenge),
    (AutomaticKind.AUTO_GENERATED, False, _submitted()),
    (AutomaticKind.AUTO_GENERATED, True, _has_any(AUTO_GENERATED_HEADERS)),
    (AutomaticKind.LIST, False, _listed),
    (AutomaticKind.BULK, True, _bulk),
    (AutomaticKind.AUTO_GENERATED, True, _robot_sender),
    (AutomaticKind.AUTO_GENERATED, True, _null_path),
    (AutomaticKind.AUTO_GENERATED, True, _looped),
)
