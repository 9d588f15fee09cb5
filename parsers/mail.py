"""What a mail says: the frozen result of reading one.

Only shapes live here. Every text is free of NUL and lone surrogates; every single-line field (subject, names,
addresses, ids, file names) is free of CR, LF and other control characters.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A mailbox (RFC 5322 3.4): `address` is an addr-spec with an ASCII-lower-cased domain, `name` may be empty."""

    name: str = ""
    address: str


class AutomaticKind(StrEnum):
    """What sort of machine, if any, wrote the mail (RFC 3834, RFC 2919, RFC 6522, RFC 5965)."""

    NONE = "none"
    AUTO_REPLY = "auto-reply"
    AUTO_GENERATED = "auto-generated"
    BULK = "bulk"
    LIST = "list"
    REPORT = "report"
    FEEDBACK = "feedback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Automatic:
    """Whether a person wrote this. `acknowledge` says only whether the mail's own signs permit an automatic answer."""

    kind: AutomaticKind = AutomaticKind.NONE
    acknowledge: bool = True
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BouncedRecipient:
    """One recipient of a delivery report. `status` is an RFC 3463 code or empty; `status_class` 2, 4, 5 or 0."""

    address: str
    status: str = ""
    status_class: int = 0
    action: str = ""
    diagnostic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """A delivery status notification, by RFC 3464 or in free text."""

    recipients: tuple[BouncedRecipient, ...] = ()
    original_message_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """The mail that this mail forwards, inline or attached, and what the forwarder wrote above it."""

    sender: Address | None = None
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    subject: str = ""
    date: str = ""
    body: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What a calendar part asks (RFC 5546, RFC 6047). Times as written by the sender, ISO 8601."""

    method: str
    summary: str = ""
    start: str = ""
    end: str = ""
    organiser: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One attached file. `content_type` is what the content is, `claimed_type` what the sender called it.

    Of a picture that the HTML shows: how many visible characters of the whole text, and of the new text, follow it.
    -1: no HTML shows it; -2: the HTML shows it elsewhere, in what it quotes or signs with.
    """

    name: str
    content_type: str
    claimed_type: str
    size: int
    sha256: str
    inline: bool = False
    content_id: str = ""
    notes: tuple[str, ...] = ()
    after_text: int = -1
    after_reply: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedMail:
    """One mail as read. `text == ` the whole body as text; `reply`, `signature` and `quoted` together hold all of it.

    `sender_from` is None unless From names exactly one address that every reader would understand alike; why is then
    in `defects`. `headers` holds every header field in order, topmost first: lower-cased name, decoded one-line value.
    """

    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    date: datetime | None = None
    sender_from: Address | None = None
    sender: Address | None = None
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    subject: str = ""
    text: str = ""
    html: str = ""
    reply: str = ""
    signature: str = ""
    quoted: str = ""
    language: str = ""
    attachments: tuple[Attachment, ...] = ()
    automatic: Automatic = field(default_factory=Automatic)
    bounce: Bounce | None = None
    forward: Forward | None = None
    invitations: tuple[Invitation, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body_sha256: str = ""
    defects: tuple[str, ...] = ()

    def header(self, name: str) -> str:
        """The topmost header of that name, or an empty string."""
        return next((value for key, value in self.headers if key == name.lower()), "")

    def header_all(self, name: str) -> tuple[str, ...]:
        """Every header of that name, topmost first."""
        return tuple(value for key, value in self.headers if key == name.lower())

    def to_dict(self) -> dict[str, Any]:
        """The public JSON shape (see the reference page): stable, only additions are allowed."""
        return {
            "message_id": self.message_id,
            "in_reply_to": self.in_reply_to[0] if self.in_reply_to else "",
            "references": list(self.references),
            "date": self.date.isoformat() if self.date else None,
            "from": _address(self.sender_from),
            "sender": _address(self.sender),
            "reply_to": _addresses(self.reply_to),
            "to": _addresses(self.to),
            "cc": _addresses(self.cc),
            "subject": self.subject,
            "text": self.text,
            "html": self.html,
            "reply": self.reply,
            "signature": self.signature,
            "quoted": self.quoted,
            "language": self.language,
            "attachments": [_attachment(item) for item in self.attachments],
            "automatic": {
                "kind": self.automatic.kind.value,
                "acknowledge": self.automatic.acknowledge,
                "evidence": list(self.automatic.evidence),
            },
            "bounce": _bounce(self.bounce),
            "forward": _forward(self.forward),
            "invitations": [_plain(item) for item in self.invitations],
            "defects": list(self.defects),
        }


def _plain(item: Invitation) -> dict[str, Any]:
    return {name: getattr(item, name) for name in item.__slots__}


def _address(address: Address | None) -> Mapping[str, str] | None:
    return {"name": address.name, "address": address.address} if address else None


def _addresses(addresses: tuple[Address, ...]) -> list[Mapping[str, str] | None]:
    return [_address(address) for address in addresses]


def _attachment(item: Attachment) -> dict[str, Any]:
    return {
        "name": item.name,
        "type": item.content_type,
        "claimed_type": item.claimed_type,
        "size": item.size,
        "sha256": item.sha256,
        "inline": item.inline,
        "content_id": item.content_id,
        "notes": list(item.notes),
    }


def _bounce(bounce: Bounce | None) -> dict[str, Any] | None:
    if bounce is None:
        return None
    return {
        "recipients": [
            {
                "address": r.address,
                "status": r.status,
                "class": r.status_class,
                "action": r.action,
                "diagnostic": r.diagnostic,
            }
            for r in bounce.recipients
        ],
        "original_message_id": bounce.original_message_id,
    }


def _forward(forward: Forward | None) -> dict[str, Any] | None:
    if forward is None:
        return None
    return {
        "from": _address(forward.sender),
        "to": _addresses(forward.to),
        "cc": _addresses(forward.cc),
        "subject": forward.subject,
        "date": forward.date,
        "body": forward.body,
        "comment": forward.comment,
    }
