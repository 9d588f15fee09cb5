"""`parse`: any bytes in, one frozen ParsedMail out. Never raises, never hangs; every repair is a defect.

The order of reading: structure, body, what the body says (new text, forward), what the headers say (who, when, which
thread), what sort of mail it is, files. The readers know nothing of each other; only this module knows all of them.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from parsers.addresses import read_addresses, read_from
from parsers.attachments import File, read_files
from parsers.automatic import classify
from parsers.bodies import Body, read_body
from parsers.bounces import read_bounce
from parsers.calendars import read_invitations
from parsers.dates import read_date
from parsers.forwards import find_forward
from parsers.headers import AMBIGUOUS_FROM, clean_line, message_ids
from parsers.languages import guess_language
from parsers.limits import MAX_DEFECTS, MAX_INVITATIONS
from parsers.mail import Address, Forward, Invitation, ParsedMail
from parsers.marks import Marks
from parsers.parts import Headers, Part, Structure
from parsers.pasted import Writer
from parsers.pictures import place_pictures
from parsers.quotes import read_page
from parsers.replies import split_page
from parsers.structure import read_structure
from parsers.tnef import Unwrapped, unwrap

_INNER_MAIL = frozenset({"message/rfc822", "message/global"})
_CALENDAR = frozenset({"text/calendar", "application/ics"})
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_NOT_UNWRAPPED = Unwrapped()


@dataclass(frozen=True, slots=True)
class _Opened:
    """A mail taken apart, before anything is concluded from it."""

    structure: Structure
    body: Body
    unwrapped: Unwrapped

    def files(self) -> tuple[File, ...]:
        return read_files(self.structure.parts, self.body.used, self.body.html, self.unwrapped.files)


def parse(raw: bytes) -> ParsedMail:
    """Read one mail (RFC 5322, MIME). Total: any bytes give a ParsedMail, and what was repaired is in its defects."""
    opened = _open(raw)
    structure, body, headers = opened.structure, opened.body, opened.structure.headers
    subject = clean_line(headers.get("subject"))
    sender, sender_defects = _author(structure)
    marks = Marks(read_page(body.text, body.cuts))
    to, cc = _listed(headers, "to"), _listed(headers, "cc")
    split = split_page(marks, body.text, _writer(sender, (*to, *cc)))
    bounce = read_bounce(structure, body.text)
    forward = find_forward(marks, body.text, subject.text)
    if forward is None and bounce is None:
        forward = _attached_forward(structure, split.reply)
    subject_defects = tuple(f"subject: {defect}" for defect in subject.defects)
    found = (*structure.defects, *subject_defects, *sender_defects, *body.defects, *opened.unwrapped.defects)
    return ParsedMail(
        message_id=next(iter(message_ids(headers.get("message-id"))), ""),
        in_reply_to=message_ids(headers.get("in-reply-to")),
        references=message_ids(" ".join(headers.get_all("references"))),
        date=read_date(headers.get("date")),
        sender_from=sender,
        sender=next(iter(_listed(headers, "sender")), None),
        reply_to=_listed(headers, "reply-to"),
        to=to,
        cc=cc,
        subject=subject.text,
        text=body.text,
        html=body.html,
        reply=split.reply,
        signature=split.signature,
        quoted=split.quoted,
        language=guess_language(split.reply or body.text, headers.get("content-language")),
        attachments=place_pictures(
            body.html,
            body.text,
            split.reply,
            [file.attachment for file in opened.files()],
            is_all_new=not (split.quoted or split.signature),
        ),
        automatic=classify(structure, body.text, subject.text, bounce),
        bounce=bounce,
        forward=forward,
        invitations=_invitations(structure.parts),
        headers=tuple(headers),
        body_sha256=_body_sha256(structure.parts),
        defects=tuple(dict.fromkeys(found))[:MAX_DEFECTS],
    )


def contents(raw: bytes) -> tuple[bytes, ...]:
    """The bytes of the attachments of a mail, in the order of `parse(raw).attachments`. Total, as `parse` is."""
    return tuple(file.payload for file in _open(raw).files())


def _open(raw: bytes) -> _Opened:
    structure = read_structure(raw)
    wrapped = next((part for part in structure.parts if _is_tnef(part)), None)
    unwrapped = unwrap(wrapped.payload) if wrapped else _NOT_UNWRAPPED
    body = read_body(structure.parts)
    if wrapped and not body.text.strip() and (unwrapped.text or unwrapped.html):
        inner = read_body(_unwrapped_body(unwrapped))
        body = Body(text=inner.text, html=inner.html, cuts=inner.cuts, used=body.used, defects=inner.defects)
    return _Opened(structure, body, unwrapped)


def _is_tnef(part: Part) -> bool:
    return part.content_type in _TNEF or part.name.lower() == "winmail.dat"


def _unwrapped_body(unwrapped: Unwrapped) -> tuple[Part, ...]:
    """The body that Outlook hid in winmail.dat, as a leaf that the reader of bodies understands."""
    content_type, text = ("text/html", unwrapped.html) if unwrapped.html else ("text/plain", unwrapped.text)
    payload = text.encode("utf-8", "replace")
    return (Part(headers=Headers(), content_type=content_type, charset="utf-8", payload=payload),)


def _author(structure: Structure) -> tuple[Address | None, tuple[str, ...]]:
    """The one author all readers agree on (RFC 5322 3.6.2), or None and why not."""
    values = structure.headers.raw_all("from")
    if AMBIGUOUS_FROM in structure.defects:
        return None, ()
    if len(values) != 1:
        return None, ("from: missing" if not values else "from: more than one field",)
    result = read_from(values[0])
    return result.address, (result.defect,) if result.defect else ()


def _writer(sender: Address | None, addressees: Sequence[Address]) -> Writer:
    domains = frozenset(person.address.rpartition("@")[2] for person in addressees)
    return Writer(name=sender.name if sender else "", addressed=domains)


def _listed(headers: Headers, name: str) -> tuple[Address, ...]:
    values = headers.raw_all(name)
    return read_addresses(b", ".join(values)) if values else ()


def _attached_forward(structure: Structure, comment: str) -> Forward | None:
    """The first attached mail as a forward with this comment; mails inside it are not looked at.

    A digest and a report hold other people's mail for other reasons.
    """
    inner = next((part for part in structure.parts if part.content_type in _INNER_MAIL), None)
    if inner is None or not {"digest", "report"}.isdisjoint(inner.container):
        return None
    mail = read_structure(inner.payload)
    headers = mail.headers
    return Forward(
        sender=_author(mail)[0] or next(iter(_listed(headers, "from")), None),
        to=_listed(headers, "to"),
        cc=_listed(headers, "cc"),
        subject=clean_line(headers.get("subject")).text,
        date=headers.get("date"),
        body=read_body(mail.parts).text,
        comment=comment,
    )


def _invitations(parts: Sequence[Part]) -> tuple[Invitation, ...]:
    """What the calendar parts ask; senders repeat the same one as alternative and as file."""
    found = (
        invitation
        for part in parts
        if part.content_type in _CALENDAR
        for invitation in read_invitations(part.payload, part.parameters.get("method", ""))
    )
    return tuple(dict.fromkeys(found))[:MAX_INVITATIONS]


def _body_sha256(parts: Sequence[Part]) -> str:
    """The same for every copy of a mail, whatever headers its routes added."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.payload)
    return digest.hexdigest()
