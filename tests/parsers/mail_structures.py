"""A mail's text as a Structure, by the standard library: enough for tests of what reads structures."""

import email
import email.policy
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import Message

from parsers.parts import Headers, Part, Structure


def structure_of(eml: str) -> Structure:
    """Take a mail written out in a test apart."""
    message = email.message_from_bytes(eml.lstrip("\n").encode(), policy=email.policy.compat32)
    return Structure(
        headers=_headers(message),
        content_type=message.get_content_type(),
        parameters=_parameters(message),
        parts=tuple(_leaves(message, ())),
    )


def text_of(structure: Structure) -> str:
    """The text parts, one after the other."""
    parts = (part for part in structure.parts if part.content_type in {"text/plain", "text/html"})
    return "\n".join(part.payload.decode("utf-8", "replace") for part in parts)


def _headers(message: Message) -> Headers:
    raw = [(name.lower(), str(value).encode("utf-8", "surrogateescape")) for name, value in message.raw_items()]
    return Headers(tuple((name, value, _decoded(value.decode("utf-8", "replace"))) for name, value in raw))


def _decoded(value: str) -> str:
    """One line, with encoded words read (RFC 2047)."""
    return " ".join((str(make_header(decode_header(value))) if "=?" in value else value).split())


def _parameters(message: Message) -> dict[str, str]:
    return {name.lower(): str(value) for name, value in (message.get_params() or [])[1:]}


def _leaves(message: Message, container: tuple[str, ...]) -> Iterator[Part]:
    children = message.get_payload() if message.is_multipart() else []
    if message.get_content_maintype() == "multipart" and children:
        for child in children:
            yield from _leaves(child, (*container, message.get_content_subtype()))
        return
    inner = b"\n".join(child.as_bytes() for child in children)
    yield Part(
        headers=_headers(message),
        content_type=message.get_content_type(),
        charset=message.get_content_charset() or "",
        parameters=_parameters(message),
        payload=inner or message.get_payload(decode=True) or b"",
        container=container,
    )
