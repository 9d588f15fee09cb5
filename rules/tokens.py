"""Secrets that a mail carries back to us: who was sent what about which ticket, under an HMAC.

A token stands in a recipient address (`support+tTOKEN@host`), in the Message-ID of our mail, and in its body. It proves
that somebody has seen that mail of ours, nothing more: who wrote is decided elsewhere. No form without a MAC exists.

Layout, before base 32 (RFC 4648, lower case, no padding): version and kind (one octet), ticket id and serial (LEB128),
recipient tag, MAC over all of it. The tag is itself keyed, so that no address can be guessed from a token.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from rules.addresses import fold

_VERSION = 1 << 4
_TAG_OCTETS = 6
_MAC_OCTETS = 10
_TOKEN = re.compile(r"[A-Za-z2-7]{29,60}", re.ASCII)
_ADDRESS = re.compile(r"[^@]*\+[tT]([A-Za-z2-7]{29,60})@[^@]+", re.ASCII)
_MESSAGE_ID = re.compile(r"<([A-Za-z2-7]{29,60})@[^@<>\s]+>", re.ASCII)
_BODY = re.compile(r"\[ref:([A-Za-z2-7]{29,60})\]", re.ASCII)
_BODY_LIMIT = 20


class TokenKind(IntEnum):
    """What kind of mail of ours carried the token, and so what answering it does."""

    CUSTOMER = 1
    """Mail to an outside person."""
    AGENT_REPLY = 2
    """Notice to an agent: a plain reply goes to the customer."""
    AGENT_NOTE = 3
    """Notice to an agent: a reply stays an internal note."""
    RETURN_PATH = 4
    """Envelope sender of our mail: bounces come here (RFC 3464)."""


_KINDS = frozenset(kind.value for kind in TokenKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token that has been verified. `serial` is the outbox id of the mail that carried it."""

    kind: TokenKind
    ticket_id: int
    serial: int
    recipient_tag: bytes


def sign(keys: Sequence[bytes], kind: TokenKind, ticket_id: int, recipient: str, serial: int) -> str:
    """The token's text, at most 48 characters for ids below 2**35. The first key signs; ValueError without a key."""
    if not keys:
        raise ValueError("no key to sign with")
    head = bytes([_VERSION | kind]) + _varint(ticket_id) + _varint(serial)
    body = head + _tag(keys[0], head, recipient)
    return base64.b32encode(body + _mac(keys[0], body)).rstrip(b"=").decode("ascii").lower()


def verify(keys: Sequence[bytes], text: str) -> Token | None:
    """What a token says if one of our keys signed it; else None. Case is ignored: mail systems change it."""
    if not _TOKEN.fullmatch(text):
        return None
    raw = _decode(text.upper())
    body, mac = raw[:-_MAC_OCTETS], raw[-_MAC_OCTETS:]
    if not any(hmac.compare_digest(_mac(key, body), mac) for key in keys):
        return None
    return _read(body)


def issued_to(keys: Sequence[bytes], token: Token, address: str) -> bool:
    """Whether the mail with this token went to that address."""
    head = bytes([_VERSION | token.kind]) + _varint(token.ticket_id) + _varint(token.serial)
    return any(hmac.compare_digest(_tag(key, head, address), token.recipient_tag) for key in keys)


def token_address(mailbox_address: str, token: str) -> str:
    """The mailbox's address with the token as subaddress (RFC 5233)."""
    local, _, domain = mailbox_address.rpartition("@")
    return f"{local}+t{token}@{domain}"


def read_token_address(address: str) -> str:
    """The text that stands where a token would, unverified; empty when there is none."""
    match = _ADDRESS.fullmatch(address)
    return match[1] if match else ""


def message_id(token: str, domain: str) -> str:
    """Our Message-ID for the mail that carries this token; unique because the serial is."""
    return f"<{token}@{domain}>"


def thread_id(keys: Sequence[bytes], ticket_id: int, domain: str) -> str:
    """A constant id for all mails of a ticket, so that clients keep them together; nobody can guess it."""
    mac = hmac.digest(keys[0], b"postroom thread\0%d" % ticket_id, "sha256").hex()
    return f"<{ticket_id}.{mac[:24]}@{domain}>"


def read_message_id(text: str) -> str:
    """The text that stands where a token would in a Message-ID, unverified; empty when there is none."""
    match = _MESSAGE_ID.fullmatch(text)
    return match[1] if match else ""


def body_reference(token: str) -> str:
    """The token as it stands in the text of our mail, for clients that keep nothing but the quotation."""
    return f"[ref:{token}]"


def find_body_references(text: str) -> tuple[str, ...]:
    """Every unverified token text in a body, in order, each once; a body that lists very many gets only the first."""
    found = dict.fromkeys(match[1] for match, _ in zip(_BODY.finditer(text), range(_BODY_LIMIT), strict=False))
    return tuple(found)


def _mac(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, b"postroom token\0" + body, "sha256")[:_MAC_OCTETS]


def _tag(key: bytes, head: bytes, recipient: str) -> bytes:
    address = fold(recipient).encode("utf-8", "surrogatepass")
    return hmac.digest(key, b"postroom recipient\0" + head + address, "sha256")[:_TAG_OCTETS]


def _decode(text: str) -> bytes:
    """Empty unless the text is exactly what encoding its octets gives: spare bits must be zero (RFC 4648 3.5)."""
    try:
        raw = base64.b32decode(text + "=" * (-len(text) % 8))
    except binascii.Error:
        return b""
    return raw if base64.b32encode(raw).rstrip(b"=").decode("ascii") == text else b""


def _read(body: bytes) -> Token | None:
    kind = body[0] & 0x0F
    if body[0] & 0xF0 != _VERSION or kind not in _KINDS:
        return None
    ticket_id, after_ticket = _read_varint(body, 1)
    serial, after_serial = _read_varint(body, after_ticket)
    tag = body[after_serial:]
    return Token(kind=TokenKind(kind), ticket_id=ticket_id, serial=serial, recipient_tag=tag)


def _varint(number: int) -> bytes:
    octets = bytearray()
    while number > 0x7F:
        octets.append(number & 0x7F | 0x80)
        number >>= 7
    octets.append(number)
    return bytes(octets)


def _read_varint(body: bytes, start: int) -> tuple[int, int]:
    number = shift = 0
    for place in range(start, len(body)):
        number |= (body[place] & 0x7F) << shift
        shift += 7
        if body[place] < 0x80:
            return number, place + 1
    return number, len(body)
