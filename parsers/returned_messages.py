"""What came back with a bounce: the headers of the returned message, from its part or from below the notice.

Only the Message-ID and the recipients are wanted. They are read as text; nothing here is parsed as a mail again.
"""

import re
from collections.abc import Iterator

from parsers.parts import Structure
from parsers.reports import ADDRESS, clean_address

RETURNED_TYPES = frozenset(
    {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "message/partial"}
)
_MAX_RETURNED = 64 * 1024
_MAX_HEADERS = 16 * 1024

_ID_FIELD = re.compile(
    r"^[ \t>|]{0,20}Message-?ID[ \t]*[:=][ \t]*(?:\r?\n[ \t]+)?<?([^\s<>]{1,500}@[^\s<>]{1,400})>?",
    re.IGNORECASE | re.MULTILINE,
)
_ANGLED_ID = re.compile(r"<[^\s<>]{1,500}@[^\s<>]{1,400}>")
_HEADER = re.compile(r"^[A-Za-z][A-Za-z0-9-]{1,60}:(?:[ \t]|\r?$)", re.MULTILINE)
_RECIPIENT_FIELD = re.compile(
    r"^[ \t>]{0,10}(?:To|Cc|Envelope-To|X-Original-To|Apparently-To):"
    r"([^\r\n]{0,2000}(?:\r?\n[ \t][^\r\n]{0,2000}){0,30})",
    re.IGNORECASE | re.MULTILINE,
)
_BLANK_LINES = re.compile(r"\r?\n[ \t]*\r?\n")
_ADDRESS = re.compile(ADDRESS)


def returned_texts(structure: Structure) -> Iterator[str]:
    """The returned messages that came as parts of their own."""
    for part in structure.parts:
        if part.content_type in RETURNED_TYPES:
            yield part.payload[:_MAX_RETURNED].decode("utf-8", "replace")


def find_message_id(text: str) -> str:
    """The msg-id (RFC 5322 3.6.4) of the first Message-ID field in a text, bracketed, or an empty string."""
    match = _ID_FIELD.search(text[:_MAX_RETURNED])
    return f"<{match[1]}>" if match else ""


def threaded_id(structure: Structure) -> str:
    """The message that the bounce's own fields say it answers: some return no headers, but thread their notice."""
    for name in ("x-original-message-id", "in-reply-to", "references"):
        found: list[str] = _ANGLED_ID.findall(structure.headers.get(name)[:_MAX_HEADERS])
        if found:
            return found[-1]
    return ""


def sent_to(returned: str) -> tuple[str, ...]:
    """The addresses the returned message was sent to, as its own header block says."""
    fields = _RECIPIENT_FIELD.findall(_header_block(returned))
    found = (clean_address(address) for field in fields for address in _ADDRESS.findall(field))
    return tuple(dict.fromkeys(address for address in found if address))


def _header_block(text: str) -> str:
    """The first paragraph that has header fields."""
    paragraphs = _BLANK_LINES.split(text[:_MAX_HEADERS].lstrip())
    return next((block for block in paragraphs[:10] if len(_HEADER.findall(block)) >= 2), "")
