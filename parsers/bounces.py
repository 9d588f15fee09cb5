"""Delivery reports: is this mail one, whom does it concern, and which of our messages came back.

Evidence first: delivery status fields (`reports`), then what only mail systems send, then prose (`bounce_texts`).
An auto-reply, a challenge, a read receipt, an abuse report and a person who writes about a bounce are none.
"""

import email
import email.policy
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from flufl.bounce import all_failures

from parsers.absences import is_marked_subject
from parsers.bounce_events import is_event_sender, read_event
from parsers.bounce_phrases import (
    CHALLENGES,
    DAEMON_BOXES,
    DAEMON_LIKE_BOXES,
    DAEMON_NAMES,
    DIGESTS,
    PROGRAM_OPENINGS,
    PROGRAM_SHAPES,
    SHAPES,
    SUBJECTS,
)
from parsers.bounce_statuses import Reading, best_reading
from parsers.bounce_texts import (
    Mention,
    judge_mentions,
    judged,
    read_mentions,
    says_delayed,
    split_notice,
    telling_line,
)
from parsers.mail import Bounce, BouncedRecipient
from parsers.parts import Headers, Structure
from parsers.reports import ADDRESS, STATUS_TYPES, clean_address, read_reports
from parsers.returned_messages import RETURNED_TYPES, find_message_id, returned_texts, sent_to, threaded_id

_MAX_TEXT = 64 * 1024
_MAX_JUDGED = 8 * 1024
_OTHER_REPORTS = frozenset({"feedback-report", "disposition-notification"})
_OTHER_REPORT_TYPES = frozenset(
    {"message/feedback-report", "message/disposition-notification", "message/global-disposition-notification"}
)
_REPLY_PREFIX = re.compile(
    r"^\s*(?:re|aw|sv|vs|antw|fwd?|wg|tr|rv|odp|回复|答复|转发)\s*(?:\[\d+\])?\s*[:\uff1a]", re.IGNORECASE
)
_ADDRESS = re.compile(ADDRESS)

# The detectors log their own exceptions; parsers log nothing.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signs:
    """What the headers alone say for a bounce."""

    is_report: bool
    is_event: bool
    names_failed: bool
    is_from_system: bool
    has_null_path: bool
    has_subject: bool
    is_reply: bool

    @property
    def any(self) -> bool:
        from_machine = self.is_report or self.is_event or self.names_failed or self.is_from_system
        return from_machine or self.has_null_path or self.has_subject


@dataclass(frozen=True, slots=True, kw_only=True)
class _Story:
    """The text of a suspected bounce: what the system says, what it returned, and who is who."""

    headers: Headers
    notice: str
    returned: str
    ignored: frozenset[str]
    expected: tuple[str, ...]


def read_bounce(structure: Structure, text: str) -> Bounce | None:
    """The delivery report this mail is, or None. Never raises; `text` is the mail's whole body as text."""
    signs = _read_signs(structure)
    if not signs.any or _is_other_report(structure):
        return None
    story = _read_story(structure, text[:_MAX_TEXT])
    event = read_event(story.headers.get("from"), text[:_MAX_TEXT])
    if event:
        return event
    reported = read_reports(structure, loose=False)
    if not reported and not _is_bounce(story, signs):
        return None
    reported = reported or read_reports(structure, loose=True)
    return Bounce(
        recipients=_completed(reported, story.notice) if reported else _read_prose(story),
        original_message_id=find_message_id(story.returned) or find_message_id(story.notice) or threaded_id(structure),
    )


def is_daemon(sender: str) -> bool:
    """Whether a From value is that of a mail system (RFC 5321 4.5.1, RFC 2142 5, and what systems use instead)."""
    name = sender.partition("<")[0]
    box = clean_address(sender).partition("@")[0] or sender.strip(" <>")
    return DAEMON_BOXES.search(box) is not None or DAEMON_NAMES.search(name) is not None


def has_null_path(structure: Structure) -> bool:
    """Whether the envelope sender was empty (RFC 5321 4.5.5), as the delivering system recorded it."""
    return any(value.strip() in {"<>", "< >"} for value in structure.headers.get_all("return-path")[:1])


def _is_other_report(structure: Structure) -> bool:
    types = {part.content_type for part in structure.parts}
    if types & STATUS_TYPES:
        return False
    report_type = structure.parameters.get("report-type", "").strip().lower()
    return report_type in _OTHER_REPORTS or bool(types & _OTHER_REPORT_TYPES)


def _read_signs(structure: Structure) -> _Signs:
    headers = structure.headers
    subject, sender = headers.get("subject"), headers.get("from")
    report_type = structure.parameters.get("report-type", "").strip().lower()
    is_reply = _REPLY_PREFIX.match(subject) is not None
    return _Signs(
        is_report=report_type == "delivery-status"
        or (structure.content_type == "multipart/report" and not report_type),
        is_event=is_event_sender(sender),
        names_failed="x-failed-recipients" in headers,
        is_from_system=not sender.strip(" <>") or is_daemon(sender),
        has_null_path=has_null_path(structure),
        has_subject=not is_reply and SUBJECTS.search(subject) is not None,
        is_reply=is_reply,
    )


def _read_story(structure: Structure, text: str) -> _Story:
    headers = structure.headers
    notice, tail = split_notice(text or "\n".join(_texts(structure)))
    returned = "\n\n".join((*returned_texts(structure), tail))
    own = " ".join((*headers.get_all("to"), *headers.get_all("from"), *headers.get_all("delivered-to")))
    return _Story(
        headers=headers,
        notice=notice,
        returned=returned,
        ignored=frozenset(address.lower() for address in _ADDRESS.findall(own[:_MAX_JUDGED])),
        expected=sent_to(returned),
    )


def _texts(structure: Structure) -> Iterator[str]:
    for part in structure.parts:
        if part.content_type.startswith("text/") and part.content_type not in RETURNED_TYPES:
            yield part.payload[:_MAX_TEXT].decode("utf-8", "replace")


def _is_bounce(story: _Story, signs: _Signs) -> bool:
    """Whether prose is a bounce: a mail system sent it and it reads like one. A subject alone proves nothing."""
    if signs.names_failed or signs.is_report:
        return True
    subject = story.headers.get("subject")
    if is_marked_subject(subject) or DIGESTS.search(subject) or CHALLENGES.search(story.notice[:_MAX_JUDGED]):
        return False
    if signs.is_reply and not signs.has_null_path:
        return False
    said = " ".join(story.notice[:_MAX_JUDGED].split())
    has_shape = PROGRAM_SHAPES.search(said) is not None or SHAPES.search(said) is not None
    if signs.is_from_system:
        return has_shape or (signs.has_subject and bool(_mentions(story)))
    box = clean_address(story.headers.get("from")).partition("@")[0]
    from_machine = (
        signs.has_null_path
        or PROGRAM_OPENINGS.match(said) is not None
        or DAEMON_LIKE_BOXES.match(box) is not None
        or bool(story.expected)
    )
    return signs.has_subject and has_shape and from_machine and bool(_mentions(story))


def _mentions(story: _Story) -> tuple[Mention, ...]:
    expected = frozenset(address.lower() for address in story.expected)
    return read_mentions(story.notice, ignored=story.ignored, expected=expected)


def _read_prose(story: _Story) -> tuple[BouncedRecipient, ...]:
    """Recipients from X-Failed-Recipients, from the notice, or - if it names none - from the returned message."""
    is_delayed = says_delayed(story.headers.get("subject"), story.notice)
    mentions = _mentions(story)
    judgements = judge_mentions(story.notice, mentions, is_delayed=is_delayed)
    told = {recipient.address.lower(): recipient for recipient in judgements}
    named = _failed_header(story.headers) or tuple(m.address for m in mentions if m.is_sure)
    named = named or _by_library(story) or tuple(m.address for m in mentions)
    if not named and len(story.expected) == 1:
        named = story.expected
    return tuple(told.get(address.lower()) or _judged_by_all(story.notice, address, is_delayed) for address in named)


def _failed_header(headers: Headers) -> tuple[str, ...]:
    """X-Failed-Recipients, as Exim and Gmail write it."""
    values = headers.get_all("x-failed-recipients")
    found = (clean_address(address) for value in values for address in value[:_MAX_JUDGED].split(","))
    return tuple(dict.fromkeys(address for address in found if address))


def _judged_by_all(notice: str, address: str, is_delayed: bool) -> BouncedRecipient:
    reading, source = best_reading((notice[:_MAX_JUDGED],))
    return judged(address, reading, telling_line(source), is_delayed=is_delayed)


def _by_library(story: _Story) -> tuple[str, ...]:
    """flufl.bounce knows some formats of the last century; it is shown text only, and only its addresses are used."""
    sender = story.headers.get("from").encode("ascii", "replace")
    raw = b"From: " + sender + b"\n\n" + story.notice[:_MAX_JUDGED].encode("ascii", "replace")
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    try:
        temporary, permanent = all_failures(message)
    except Exception:  # detectors assume the parts of a well-formed mail and raise whatever their absence makes them
        return ()
    found = (clean_address(item.decode("ascii", "replace")) for item in (*temporary, *permanent))
    return tuple(sorted({address for address in found if address and address.lower() not in story.ignored}))


def _completed(recipients: tuple[BouncedRecipient, ...], notice: str) -> tuple[BouncedRecipient, ...]:
    """Reports that say no more than that it failed are completed by an exact code of their class in the notice."""
    if all(_is_told(recipient) for recipient in recipients):
        return recipients
    reading, source = best_reading((notice[:_MAX_JUDGED],))
    line = telling_line(source)
    return tuple(r if _is_told(r) else _completed_one(r, reading, line) for r in recipients)


def _is_told(recipient: BouncedRecipient) -> bool:
    is_vague = not recipient.status or (recipient.status.endswith(".0.0") and not recipient.diagnostic)
    return recipient.status_class == 2 or not is_vague


def _completed_one(recipient: BouncedRecipient, reading: Reading, line: str) -> BouncedRecipient:
    in_class = reading.status.startswith(str(recipient.status_class or ""))
    if not in_class or (recipient.status and reading.certainty < 3):
        return recipient
    diagnostic = recipient.diagnostic or line
    done = judged(recipient.address, reading, diagnostic, is_delayed=recipient.action == "delayed")
    return replace(done, action=recipient.action or done.action)
