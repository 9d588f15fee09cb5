"""Tag lists, `tag=value; tag=value`: the form of DKIM signatures, of DKIM keys and of DMARC records (RFC 6376 3.2)."""

import re
from collections.abc import Mapping

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_BLANKS = " \t\r\n"
_LONGEST = 8192


def read_tags(text: str) -> Mapping[str, str] | None:
    """The tags in order, values trimmed. None when the list is malformed or has a tag twice: then it is void."""
    if len(text) > _LONGEST:
        return None
    tags: dict[str, str] = {}
    *specs, last = text.split(";")
    for spec in [*specs, last] if last.strip(_BLANKS) else specs:
        name, equals, value = spec.partition("=")
        name = name.strip(_BLANKS)
        if not equals or not _NAME.fullmatch(name) or name in tags:
            return None
        tags[name] = value.strip(_BLANKS)
    return tags
