"""Errands: what a decision asks other programs to do, carried out later by a worker; and which arguments are harmless.

An argument comes out of a stranger's mail. It is one word of a strict kind, never starts with a dash, and is never seen
by a shell.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_HOSTNAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})+", re.IGNORECASE | re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_WORD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallWebhook:
    """Tell the program behind a webhook of the configuration about the ticket as it is then."""

    ticket: int
    webhook: str
    rule: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCommand:
    """Run a command line of the configuration; `arguments` by name, each of its kind."""

    ticket: int
    command: str
    arguments: tuple[tuple[str, str], ...]
    rule: str
    why: str


def is_ip(text: str) -> bool:
    """An IPv4 or IPv6 address, without zone."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def is_hostname(text: str) -> bool:
    """A host name of letters, digits and dashes (RFC 1123 2.1) with at least one dot; no bare number."""
    return bool(_HOSTNAME.fullmatch(text)) and not text.rpartition(".")[2].isdigit()


# What an argument of a command may be: the kind's name as the configuration has it, and its test.
KINDS: Mapping[str, Callable[[str], bool]] = {
    "ip": is_ip,
    "hostname": is_hostname,
    "host": lambda text: is_ip(text) or is_hostname(text),
    "number": lambda text: bool(_NUMBER.fullmatch(text)),
    "word": lambda text: bool(_WORD.fullmatch(text)),
}
