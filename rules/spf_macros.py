"""Macros in SPF records (RFC 7208 7): who is sending, spelled into a name that is then asked for."""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from parsers.host_names import LONGEST_NAME

_TOKEN = re.compile(r"%\{([A-Za-z])([0-9]*)([rR]?)([.\-+,/_=]*)\}|%([%_-])", re.ASCII)
_LITERALS = {"%": "%", "_": " ", "-": "%20"}

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Who sends: the address of the peer, the identity that is checked (always with a local part), its greeting."""

    ip: IpAddress
    sender: str
    helo: str


def expand(spec: str, domain: str, sending: Sending, validated: Callable[[], str]) -> str:
    """A domain-spec with its macros filled in for `domain`, cut to a name's length (7.3).

    `validated` finds the name for the macro p, which costs questions to the DNS.
    """
    return _shortened(_TOKEN.sub(lambda match: _filled(match, domain, sending, validated), spec))


def _filled(match: re.Match[str], domain: str, sending: Sending, validated: Callable[[], str]) -> str:
    letter, digits, reverse, delimiters, literal = match.groups(default="")
    if literal:
        return _LITERALS[literal]
    value = validated() if letter in "pP" else _value(letter.lower(), domain, sending)
    text = _transformed(value, int(digits or 0), bool(reverse), delimiters or ".")
    return quote(text, safe="") if letter.isupper() else text


def dotted(ip: IpAddress) -> str:
    """The address as macro i has it: nibbles with dots for IPv6 (7.3)."""
    return str(ip) if ip.version == 4 else ".".join(ip.exploded.replace(":", ""))


def _value(letter: str, domain: str, sending: Sending) -> str:
    local, _, sender_domain = sending.sender.rpartition("@")
    values = {
        "s": sending.sender,
        "l": local,
        "o": sender_domain,
        "d": domain,
        "i": dotted(sending.ip),
        "v": "in-addr" if sending.ip.version == 4 else "ip6",
        "h": sending.helo,
    }
    return values[letter]


def _transformed(value: str, most: int, reverse: bool, delimiters: str) -> str:
    parts = re.split(f"[{re.escape(delimiters)}]", value)
    ordered = parts[::-1] if reverse else parts
    return ".".join(ordered[-most:] if most else ordered)


def _shortened(name: str) -> str:
    while len(name) > LONGEST_NAME and "." in name:
        name = name.partition(".")[2]
    return name
