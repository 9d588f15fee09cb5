"""Delivery reports: is this mail one, whom does it concern, and which of our messages came back.

Evidence first: delivery status fields (`reports`), then what only mail systems send, then prose (`bounce_texts`).
An auto-reply, a challenge, a read receipt, an abuse report and a person who writes about a bounce are none.
"""

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass

from flufl.bounce import all_failures

from parsers.bounce_statuses import best_reading
from parsers.bounce_texts import judge_mentions, judged, read_mentions, says_delayed, split_notice
from parsers.mail import Bounce, BouncedRecipient
from parsers.parts import Structure
from parsers.reports import ADDRESS, STATUS_TYPES, clean_address, one_diagnostic, read_reports

_MAX_TEXT = 64 * 1024
_MAX_RETURNED = 64 * 1024
_RETURNED_TYPES = frozenset(
    {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "message/partial"}
)
_OTHER_REPORTS = {"feedback-report", "disposition-notification"}
_OTHER_REPORT_TYPES = frozenset(
    {"message/feedback-report", "message/disposition-notification", "message/global-disposition-notification"}
)

_DAEMON = re.compile(
    r"mailer[-_. ]?daemon|mail[-_. ]?daemon|post[-_ ]?master|mail (?:delivery|administrator|system)|mailadm|mdaemon|maildelivery"
    r"|delivery[-_ ](?:subsystem|system|service|status|notification|failure|agent)|system administrator|postoffice|mail router"
    r"|microsoft exchange|undeliver|bounce|mail server|internet mail|mmdf|mailsystem|mail transfer|returned mail|mta[@ ]",
    re.IGNORECASE,
)
_DAEMON_LIKE = re.compile(
    r"^(?:no-?reply|admin(?:istrator)?|root|system|sysadmin|info|mail|exchange|notes|ims)@", re.IGNORECASE
)
_SUBJECT = re.compile(
    r"undeliver|not deliver|n't deliver|delivery (?:status|failure|failed|has failed|error|problem|report|notification|warning|incomplete)"
    r"|delivery .{0,40}\b(?:delayed|failed|suspended)|(?:returned|failed|failing|rejected|bounced|nondeliverable|non-?deliverable) (?:mail|message|e-?mail)"
    r"|failure notice|failure (?:delivery|report)|mail(?:er)? (?:delivery|failure|system error|error|could not)|error sending|delivery$"
    r"|could not (?:be )?(?:send|sent|delivered)|message (?:could|not|delivery|undeliverable|status)|mail not|non remis|non[- ]delivery"
    r"|unzustellbar|nicht zustellbar|zustellung|unbestellbar|non distribu|\u00e9chec|impossible de (?:remettre|distribuer)|no se (?:puede|pudo|ha podido)"
    r"|no entregado|mancata consegna|non recapitabile|impossibile recapitare|n\u00e3o entreg|onbestelbaar|olevererbart|kan inte levereras"
    r"|niedostarcz|nedoru\u010d|\u043d\u0435 \u0434\u043e\u0441\u0442\u0430\u0432\u043b|\u043d\u0435\u0434\u043e\u0441\u0442\u0430\u0432\u043b|\u914d\u4fe1\u4e0d\u80fd|\u914d\u9001|\u9001\u4fe1\u3067\u304d|\u9000\u4fe1|\u65e0\u6cd5\u6295\u9012|\u53cd\u9001|iletilemedi"
    r"|user unknown|unknown user|nondeliv|permanent delivery|warning: could not send|warning: message|your message.{0,40}(?:delayed|rejected)"
    r"|rejected:|e-?mail delivery|delivered mail|report: |mail delivery|dsn",
    re.IGNORECASE,
)
_REPLY_PREFIX = re.compile(
    r"^\s*(?:re|aw|sv|vs|antw|fwd?|wg|tr|rv|i|odp|\u56de\u590d|\u7b54\u590d|\u8f6c\u53d1)\s*(?:\[\d+\])?\s*[:\uff1a]",
    re.IGNORECASE,
)
_AUTO_REPLY_SUBJECT = re.compile(
    r"^\s*(?:out of (?:the )?office|automatic reply|auto(?:matic)?[- ]?(?:response|reply)|automatische antwort|r\u00e9ponse automatique|abwesen"
    r"|respuesta autom|risposta automatica|vacation|away from|\u81ea\u52d5\u5fdc\u7b54|read:|gelesen:|lu\s*:|le\u00eddo:|letto:)",
    re.IGNORECASE,
)
_SHAPE = re.compile(
    r"this is the (?:\S+ )?(?:qmail-send|deliver|mail|postfix|mail delivery|dragonfly|james|mailer-daemon|smtp)\b.{0,40}(?:program|system|server|agent|daemon|please)"
    r"|created automatically by (?:the )?(?:mail(?:er)?|smtp|mx)|the following address(?:es|\(es\))? (?:had|failed)"
    r"|transcript of session follows|technical details of (?:permanent|temporary) (?:failure|delay)"
    r"|did(?: not|n't) reach (?:the following|some|all|any|its|one)|delivery (?:has )?failed (?:to|for) (?:these|the following)"
    r"|(?:message|mail|e-?mail|following|it|recipients?|delivery|address(?:es)?)\b.{0,80}?(?:was not|wasn't|could not|couldn't|cannot|can't|can not|not) (?:yet )?(?:be(?:en)? )?"
    r"(?:delivered|sent|reached|delivering|forwarded|processed)|(?:unable|not able|failed|impossible|cannot|can't|could not|couldn't|wasn't able|trouble) (?:to )?"
    r"(?:be )?(?:deliver|send|forward|relay)|undeliver(?:able|ed) (?:to|mail|message|for|because)|could not be (?:reached|delivered)"
    r"|delivery (?:to|of) .{0,80}?(?:failed|delayed|impossible|unsuccessful)|(?:permanent|fatal|unrecoverable|delivery) (?:fatal )?(?:error|failure)s?\b"
    r"|failure reasons|failed (?:recipient|address)|rejected recipient|was rejected by|were rejected|unsent users|user\(s\) account is"
    r"|(?:recipient|user|address|mailbox|host|domain)s? (?:unknown|not found|full|was not found)|unknown (?:user|recipient|address|host)|(?:has been|was|is) (?:delayed|undeliverable)|returned (?:mail|to sender)"
    r"|not listed in .{0,30}(?:directory|address book)|remote host said|diagnostic information for administrators|said: [45]\d\d"
    r"|non-?deliver|bounced, cannot deliver|we had trouble delivering|not yet been delivered|delivery attempts|undelivered mail"
    r"|nicht (?:zugestellt|ausgeliefert|zustellbar|\u00fcbermittelt)|n'a pas (?:pu |\u00e9t\u00e9 ).{0,20}(?:remis|distribu|d\u00e9livr|envoy|achemin)"
    r"|no (?:se )?(?:pudo|puede|ha podido|ha sido).{0,30}entrega|non (?:\u00e8 stato possibile |\u00e8 stato |pu\u00f2 essere ).{0,20}(?:consegna|recapita)"
    r"|n\u00e3o (?:p\u00f4de|foi poss\u00edvel|foi) .{0,20}entreg|\u043d\u0435 (?:\u0431\u044b\u043b[\u0430\u043e]?|\u043c\u043e\u0436\u0435\u0442|\u0443\u0434\u0430\u043b\u043e\u0441\u044c).{0,30}\u0434\u043e\u0441\u0442\u0430\u0432"
    r"|(?:\u914d\u4fe1|\u9001\u4fe1|\u914d\u9054|\u304a\u5c4a\u3051|\u8ee2\u9001).{0,20}(?:\u3067\u304d\u307e\u305b\u3093|\u51fa\u6765\u307e\u305b\u3093|\u3067\u304d\u306a|\u5931\u6557|\u4e0d\u80fd)|\u65e0\u6cd5(?:\u6295\u9012|\u53d1\u9001|\u9001\u8fbe|\u9012\u9001)|\u9000\u4fe1|\u6295\u9012\u5931\u8d25"
    r"|niet (?:worden |kunnen )?(?:bezorgd|afgeleverd)|kunde inte levereras|nie (?:zosta\u0142|mo\u017cna|m\u00f3g\u0142).{0,30}(?:dostarcz|dor\u0119cz)|iletilemedi",
    re.IGNORECASE,
)
_CHALLENGE = re.compile(
    r"challenge[- ]response|confirm (?:that )?you(?:r message| are)|verify (?:that )?you|spam ?arrest|boxtrapper|tmda|to release your message"
    r"|one-?time (?:verification|confirmation)|sender verification|reply to this (?:message|mail) to (?:confirm|have)",
    re.IGNORECASE,
)
_ID_FIELD = re.compile(
    r"^[ \t>|]{0,20}Message-?ID[ \t]*[:=][ \t]*(?:\r?\n[ \t]+)?<?([^\s<>]{1,500}@[^\s<>]{1,400})>?",
    re.IGNORECASE | re.MULTILINE,
)
_ANGLED_ID = re.compile(r"<[^\s<>]{1,500}@[^\s<>]{1,400}>")
_RETURNED_TO = re.compile(
    r"^[ \t>]{0,10}(?:To|Cc|Envelope-To|X-Original-To|Apparently-To)[ \t]*:[ \t]*(.{1,2000}(?:\r?\n[ \t]+.{1,2000}){0,20})",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS = re.compile(ADDRESS)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mail:
    """What the judgement of free text needs, read once."""

    structure: Structure
    subject: str
    notice: str
    returned: str
    ignored: frozenset[str]
    expected: tuple[str, ...]


def read_bounce(structure: Structure, text: str) -> Bounce | None:
    """The delivery report this mail is, or None. Never raises; `text` is the mail's whole body as text."""
    if _is_other_report(structure):
        return None
    recipients = read_reports(structure, loose=False)
    mail = _read_mail(structure, text[:_MAX_TEXT])
    if not recipients and not _is_bounce(mail):
        return None
    recipients = recipients or read_reports(structure, loose=True) or _read_prose(mail)
    recipients = tuple(_completed(recipient, mail) for recipient in recipients)
    return Bounce(recipients=recipients, original_message_id=_original_id(mail))


def is_daemon(sender: str) -> bool:
    """Whether a From value is that of a mail system (RFC 5321 4.5.1, RFC 2142 5, and what systems use instead)."""
    return _DAEMON.search(sender) is not None


def has_null_path(structure: Structure) -> bool:
    """Whether the envelope sender was empty (RFC 5321 4.5.5), as the delivering system recorded it."""
    return any(value.strip() in {"<>", "< >"} for value in structure.headers.get_all("return-path")[:1])


def _is_other_report(structure: Structure) -> bool:
    types = {part.content_type for part in structure.parts}
    if types & STATUS_TYPES:
        return False
    report_type = structure.parameters.get("report-type", "").strip().lower()
    return report_type in _OTHER_REPORTS or bool(types & _OTHER_REPORT_TYPES)


def _read_mail(structure: Structure, text: str) -> _Mail:
    notice, tail = split_notice(text or "\n".join(_texts(structure)))
    returned = "\n".join((*_returned_parts(structure), tail))
    headers = structure.headers
    own = " ".join((*headers.get_all("to"), *headers.get_all("from"), *headers.get_all("delivered-to")))
    ignored = frozenset(address.lower() for address in _ADDRESS.findall(own[:8_000]))
    found = [
        clean_address(a) for value in _RETURNED_TO.findall(returned[:_MAX_RETURNED]) for a in _ADDRESS.findall(value)
    ]
    return _Mail(
        structure=structure,
        subject=headers.get("subject"),
        notice=notice,
        returned=returned,
        ignored=ignored,
        expected=tuple(dict.fromkeys(address for address in found if address)),
    )


def _texts(structure: Structure) -> Iterator[str]:
    for part in structure.parts:
        if part.content_type.startswith("text/") and part.content_type not in _RETURNED_TYPES:
            yield part.payload[:_MAX_TEXT].decode("utf-8", "replace")


def _returned_parts(structure: Structure) -> Iterator[str]:
    for part in structure.parts:
        if part.content_type in _RETURNED_TYPES:
            yield part.payload[:_MAX_RETURNED].decode("utf-8", "replace")


def _is_bounce(mail: _Mail) -> bool:
    """Whether prose is a bounce: its shape, and that a mail system sent it. A subject alone proves nothing."""
    headers = mail.structure.headers
    if "x-failed-recipients" in headers:
        return True
    if _AUTO_REPLY_SUBJECT.search(mail.subject) or _CHALLENGE.search(mail.notice[:4_000]):
        return False
    is_report = mail.structure.parameters.get("report-type", "").lower() == "delivery-status"
    sender = headers.get("from")
    address = clean_address(sender)
    from_system = is_daemon(sender) or not sender.strip() or is_report
    has_subject = bool(_SUBJECT.search(mail.subject)) and not _REPLY_PREFIX.match(mail.subject)
    has_shape = _SHAPE.search(" ".join(mail.notice[:16_000].split())) is not None
    if from_system:
        return is_report or has_shape or has_subject
    null_path = has_null_path(mail.structure)
    return has_subject and has_shape and (null_path or bool(_DAEMON_LIKE.match(address)) or bool(mail.returned.strip()))


def _read_prose(mail: _Mail) -> tuple[BouncedRecipient, ...]:
    """Recipients from X-Failed-Recipients, from the notice, or - if it names none - from the returned message."""
    is_delayed = says_delayed(mail.subject, mail.notice)
    mentions = read_mentions(mail.notice, ignored=mail.ignored, expected=frozenset(a.lower() for a in mail.expected))
    told = {r.address.lower(): r for r in judge_mentions(mail.notice, mentions, is_delayed=is_delayed)}
    named = _failed_header(mail) or tuple(r.address for r in told.values()) or _by_library(mail)
    if not named and len(mail.expected) == 1:
        named = mail.expected
    return tuple(told.get(address.lower()) or _from_whole(mail, address, is_delayed) for address in named)


def _failed_header(mail: _Mail) -> tuple[str, ...]:
    values = mail.structure.headers.get_all("x-failed-recipients")
    found = (clean_address(address) for value in values for address in value[:16_000].split(","))
    return tuple(dict.fromkeys(address for address in found if address))


def _from_whole(mail: _Mail, address: str, is_delayed: bool) -> BouncedRecipient:
    reading, source = best_reading((mail.notice[:8_000],))
    return judged(address, reading, one_diagnostic(source)[:300], is_delayed=is_delayed)


def _by_library(mail: _Mail) -> tuple[str, ...]:
    """flufl.bounce knows some formats of the last century; it is shown text only, and only its addresses are used."""
    sender = mail.structure.headers.get("from").encode("ascii", "replace")
    raw = b"From: " + sender + b"\n\n" + mail.notice[:_MAX_TEXT].encode("ascii", "replace")
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    try:
        temporary, permanent = all_failures(message)
    except Exception:  # the detectors assume a well-formed mail and raise whatever the parts they miss make them raise
        return ()
    found = (clean_address(item.decode("ascii", "replace")) for item in (*temporary, *permanent))
    return tuple(sorted({address for address in found if address and address.lower() not in mail.ignored}))


def _completed(recipient: BouncedRecipient, mail: _Mail) -> BouncedRecipient:
    """A report that says no more than `failed` is completed from the notice beside it."""
    if recipient.status and not (recipient.status.endswith(".0.0") and not recipient.diagnostic):
        return recipient
    reading, source = best_reading((mail.notice[:8_000],))
    wanted = str(recipient.status_class or "")
    if not reading.status.startswith(wanted) or (recipient.status and reading.certainty < 3):
        reading = type(reading)(recipient.status, 0)
    done = judged(recipient.address, reading, recipient.diagnostic, is_delayed=recipient.action == "delayed")
    return recipient if recipient.status_class == 2 else done if source or not recipient.status else recipient


def _original_id(mail: _Mail) -> str:
    """The Message-ID of what bounced: from the returned message, else from the notice, else from the threading fields."""
    for text in (mail.returned[:_MAX_RETURNED], mail.notice):
        match = _ID_FIELD.search(text)
        if match:
            return f"<{match[1]}>"
    headers = mail.structure.headers
    for name in ("x-original-message-id", "in-reply-to", "references"):
        found = _ANGLED_ID.findall(headers.get(name)[:16_000])
        if found:
            return str(found[-1])
    return ""
