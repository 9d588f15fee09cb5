"""Host names as the DNS takes them: letters, digits, hyphens and dots, no longer than it allows (RFC 1035 2.3.4)."""

import re

_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?", re.ASCII)
_ANY_LABEL = re.compile(r"[ -\-/-\[\]-~]{1,63}", re.ASCII)
LONGEST_NAME = 253


def is_host_name(name: str) -> bool:
    """Two labels or more, each one that can be asked for; a final dot is allowed."""
    plain = name.removesuffix(".")
    labels = plain.split(".")
    return len(plain) <= LONGEST_NAME and len(labels) > 1 and all(map(_LABEL.fullmatch, labels))


def can_be_asked(name: str) -> bool:
    """A name of any printable labels: what a macro made of a local part need be no host."""
    plain = name.removesuffix(".")
    return 0 < len(plain) <= LONGEST_NAME and all(map(_ANY_LABEL.fullmatch, plain.split(".")))


def as_ascii(name: str) -> str:
    """The name lower-cased as the DNS has it (RFC 5890: U-labels to A-labels), "" when it has no such form."""
    plain = name.removesuffix(".")
    if len(plain) > LONGEST_NAME:
        return ""
    try:
        ascii_name = plain.lower() if plain.isascii() else plain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
    return ascii_name if is_host_name(ascii_name) else ""
