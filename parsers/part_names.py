"""What the sender called a part: by the fields meant for that, else by those that some senders use instead."""

import re
from urllib.parse import unquote

from parsers.parameters import Parameterised
from parsers.parts import Headers

# A description is a name only if it looks like one.
_LIKE_A_NAME = re.compile(r"[^\s/\\:*?\"<>|][^/\\:*?\"<>|]{0,98}\.[A-Za-z0-9]{2,5}")
_LAST_SEGMENT = re.compile(r"([^/\\?#]{1,200})(?:[?#].*)?$")


def part_name(headers: Headers, disposition: Parameterised, declared: Parameterised) -> str:
    """The name as written, decoded; empty if the part has none. RFC 2183 2.3 comes first, RFC 2045 5.1 next.

    The two parameters are mixed up by some senders; Content-Location (RFC 2557 4.2) names what the HTML refers to.
    """
    named = (
        disposition.parameters.get("filename"),
        declared.parameters.get("name"),
        disposition.parameters.get("name") if disposition.value != "form-data" else None,
        declared.parameters.get("filename"),
    )
    return next((name for name in named if name), "") or _located(headers) or _described(headers)


def _located(headers: Headers) -> str:
    found = _LAST_SEGMENT.search(headers.get("content-location")[:1000])
    name = unquote(found[1]) if found else ""
    return name if _LIKE_A_NAME.fullmatch(name) else ""


def _described(headers: Headers) -> str:
    name = headers.get("content-description")[:200]
    return name if _LIKE_A_NAME.fullmatch(name) else ""
