"""Outgoing mail as final bytes: 7-bit, CRLF, the same for the same draft (RFC 5322, RFC 2045 to 2047, RFC 2231).

A draft holds decoded values; nothing of a received mail is serialised again. There is no Bcc: one mail, one recipient.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime

from daemon.headers import (
    BadDraft,
    Mailbox,
    address_header,
    ascii_file_name,
    clean_file_name,
    is_message_id,
    parameter_header,
    parameters,
    references_header,
    structured_header,
    text_header,
)

__all__ = ["BadDraft", "Draft", "Part", "compose"]

_CRLF = b"\r\n"
_AUTO_SUBMITTED = ("auto-replied", "auto-generated")  # RFC 3834 5
_EXTRA: Mapping[str, Callable[[str, str], str]] = {
    "List-Unsubscribe": structured_header,
    "List-Unsubscribe-Post": structured_header,
    "Precedence": structured_header,
    "Thread-Index": structured_header,
    "Thread-Topic": text_header,
    "X-Auto-Response-Suppress": structured_header,
}
_OWN_EXTRA = re.compile(r"X-Postroom-[A-Z][A-Za-z-]{0,29}")
_CONTENT_TYPE = re.compile(
    r"([a-z0-9][a-z0-9.+_-]{0,60}/[a-z0-9][a-z0-9.+_-]{0,80})(?: ?; ?charset=\"?([a-z0-9_-]{1,40})\"?)?"
)
_CONTENT_ID = re.compile(r"[A-Za-z0-9.!#$%&'*+/^_`{|}~@-]{1,200}")
_BODY_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f]")
_QP_UNSAFE = re.compile(rb"[^\t -<>-~]|[\t ]\Z|\A\.|\AF(?=rom )")
_QP_LINE = 76  # RFC 2045 6.7 (5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An attachment, or an image the HTML shows when `inline` and `content_id` (without angle brackets) are set."""

    name: str
    content_type: str = "application/octet-stream"
    content: bytes = field(repr=False)
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A mail to be: decoded values only. `date` is aware; `message_id` has its angle brackets.

    `auto_submitted` is "" for a person's mail. `extra` may hold the List-Unsubscribe, Thread, Precedence,
    X-Auto-Response-Suppress and X-Postroom fields; anything else is refused.
    """

    from_: Mailbox
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...] = ()
    reply_to: Mailbox | None = None
    subject: str
    date: datetime
    message_id: str
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    text: str
    html: str | None = None
    attachments: tuple[Part, ...] = ()
    auto_submitted: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)


def compose(draft: Draft) -> bytes:
    """The final bytes. Raises BadDraft when an address, the Message-ID, the date or an extra field cannot stand."""
    _check(draft)
    headers = [
        f"Date: {format_datetime(draft.date)}",
        address_header("From", (draft.from_,)),
        address_header("To", draft.to),
        address_header("Cc", draft.cc) if draft.cc else "",
        address_header("Reply-To", (draft.reply_to,)) if draft.reply_to else "",
        text_header("Subject", draft.subject),
        f"Message-ID: {draft.message_id}",
        references_header("In-Reply-To", (draft.in_reply_to,)),
        references_header("References", _references(draft)),
        f"Auto-Submitted: {draft.auto_submitted}" if draft.auto_submitted else "",
        *(_extra_header(name, value) for name, value in sorted(draft.extra.items())),
        "MIME-Version: 1.0",
    ]
    entity = _content(draft)
    lines = "\r\n".join(filter(None, headers)).encode("utf-8")
    return lines + _CRLF + entity.render()


def _check(draft: Draft) -> None:
    if not is_message_id(draft.message_id) or "@" not in draft.message_id:
        raise BadDraft(f"not a Message-ID: {draft.message_id!a:.120}")
    if draft.date.tzinfo is None:
        raise BadDraft("the date has no time zone")
    if not draft.to:
        raise BadDraft("there is no recipient")
    if draft.auto_submitted and draft.auto_submitted not in _AUTO_SUBMITTED:
        raise BadDraft(f"not an Auto-Submitted value: {draft.auto_submitted!a:.120}")


def _references(draft: Draft) -> tuple[str, ...]:
    """The parent closes the chain (RFC 5322 3.6.4), also when the caller left it out."""
    if draft.in_reply_to in draft.references:
        return draft.references
    return (*draft.references, draft.in_reply_to)


def _extra_header(name: str, value: str) -> str:
    build = structured_header if _OWN_EXTRA.fullmatch(name) else _EXTRA.get(name)
    if build is None:
        raise BadDraft(f"header not allowed: {name!a:.120}")
    return build(name, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entity:
    """A MIME entity: its header lines, and its encoded body without a last line end."""

    headers: tuple[str, ...]
    body: bytes

    def render(self) -> bytes:
        return "\r\n".join(self.headers).encode("ascii") + _CRLF + _CRLF + self.body + _CRLF


def _content(draft: Draft) -> _Entity:
    """RFC 2046 5.1: mixed(alternative(text, related(html, images)), files), each level only where it is needed."""
    images = [part for part in draft.attachments if _is_shown_inline(part, draft)]
    files = [part for part in draft.attachments if not _is_shown_inline(part, draft)]
    entity = _text("plain", draft.text)
    if draft.html is not None:
        html = _text("html", draft.html)
        if images:
            html = _multipart("related", [html, *map(_inline, images)], draft.message_id)
        entity = _multipart("alternative", [entity, html], draft.message_id)
    if files:
        entity = _multipart("mixed", [entity, *map(_attachment, files)], draft.message_id)
    return entity


def _is_shown_inline(part: Part, draft: Draft) -> bool:
    return part.inline and draft.html is not None and _CONTENT_ID.fullmatch(part.content_id) is not None


def _multipart(subtype: str, children: list[_Entity], message_id: str) -> _Entity:
    """The boundary holds "=_", which neither quoted-printable nor base64 can produce: it never occurs in a child."""
    boundary = "=_" + hashlib.sha256(f"{subtype} {message_id}".encode()).hexdigest()[:32]
    delimiter = b"--" + boundary.encode("ascii")
    body = b"".join(delimiter + _CRLF + child.render() for child in children) + delimiter + b"--"
    root = ['type="text/html"'] if subtype == "related" else []  # RFC 2387 3.1
    header = parameter_header("Content-Type", f"multipart/{subtype}", [*root, f'boundary="{boundary}"'])
    return _Entity(headers=(header,), body=body)


def _text(subtype: str, text: str) -> _Entity:
    """Text in UTF-8, as quoted-printable where people can read it, as base64 where that is much shorter.

    Line ends become CRLF, controls other than tab and line end go, and so do empty lines at the end.
    """
    lines = _BODY_CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).rstrip("\n").split("\n")
    raw_lines = [line.encode("utf-8", "replace") for line in lines]
    encoding, body = "quoted-printable", _CRLF.join(map(_quoted_printable, raw_lines))
    whole = _CRLF.join(raw_lines)
    if len(whole) * 4 < len(body) * 2:  # filters distrust base64 text; Cyrillic and Chinese double in the other
        encoding, body = "base64", _base64(whole)
    headers = (f"Content-Type: text/{subtype}; charset=utf-8", f"Content-Transfer-Encoding: {encoding}")
    return _Entity(headers=headers, body=body)


def _quoted_printable(line: bytes) -> bytes:
    """One line (RFC 2045 6.7). A leading dot or "From " is escaped too: relays and mailboxes mangle them."""
    if len(line) <= _QP_LINE and not _QP_UNSAFE.search(line):
        return line
    encoded = _QP_UNSAFE.sub(lambda match: b"=%02X" % match[0][0], line)
    pieces = []
    while len(encoded) > _QP_LINE:
        cut = _QP_LINE - 1
        escape = encoded.rfind(b"=", cut - 2, cut)
        cut = escape if escape >= 0 else cut
        pieces.append(encoded[:cut] + b"=\r\n")
        encoded = encoded[cut:]
    return b"".join(pieces) + encoded


def _base64(content: bytes) -> bytes:
    return base64.encodebytes(content).rstrip(b"\n").replace(b"\n", _CRLF)


def _attachment(part: Part) -> _Entity:
    return _file(part, "attachment", [])


def _inline(part: Part) -> _Entity:
    return _file(part, "inline", [f"Content-ID: <{part.content_id}>"])


def _file(part: Part, disposition: str, extra: list[str]) -> _Entity:
    name = clean_file_name(part.name)
    fallback = parameters("name", ascii_file_name(name)) if name else []
    headers = (
        parameter_header("Content-Type", *_media_type(part, fallback)),
        "Content-Transfer-Encoding: base64",
        parameter_header("Content-Disposition", disposition, parameters("filename", name) if name else []),
        *extra,
    )
    return _Entity(headers=headers, body=_base64(part.content))


def _media_type(part: Part, attributes: list[str]) -> tuple[str, list[str]]:
    """The type as declared, if it is one. A message/* may not be base64 (RFC 2046 5.2.1), so it goes as a mere file."""
    match = _CONTENT_TYPE.fullmatch(part.content_type.strip().lower())
    if not match or match[1].startswith(("multipart/", "message/")):
        return "application/octet-stream", attributes
    return match[1], [f"charset={match[2]}", *attributes] if match[2] else attributes
