"""Command lines of SMTP and LMTP, taken apart: verbs, reverse-paths and forward-paths, their parameters. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from daemon.errors import Refused

_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_PATH = re.compile(
    r"""
    \s* (?: < (?:@[^:<>"\s]+:)? (?P<path> (?: "(?:[^"\\]|\\.)*" | [^"<>\s] )* ) >
        | (?P<bare> [^"<>\s]+ ) )        # devices leave the brackets out
    (?: \s+ (?P<parameters> .* ) )? \s* \Z
    """,
    re.VERBOSE | re.ASCII,
)
_PARAMETER = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)(?:=([!-<>-~]+))?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """The argument of MAIL or RCPT. `address` is as written, without source route, "" for `<>`.

    Parameter names are in capitals; a parameter without a value has "".
    """

    address: str
    parameters: Mapping[str, str]


def parse_command(line: bytes) -> tuple[str, str]:
    """Verb in capitals and argument. Raises Refused(500) for lines that end in anything but CRLF (RFC 5321 2.3.8)."""
    if not line.endswith(b"\r\n"):
        raise Refused(500, "5.5.2", "Commands end with CRLF")
    if _CONTROL.search(line, 0, len(line) - 2):
        raise Refused(500, "5.5.2", "Control characters in a command")
    verb, _, argument = line.strip().partition(b" ")
    if not verb.isascii():
        raise Refused(500, "5.5.2", "Command not recognized")
    return verb.decode("ascii").upper(), argument.strip().decode("utf-8", "surrogateescape")


def parse_path(argument: str, keyword: str) -> Path:
    """What follows MAIL or RCPT (RFC 5321 4.1.1.2 and 4.1.1.3); `keyword` is "FROM:" or "TO:".

    The grammar only finds the address; whether it is a sensible one is for policy to say. Source routes are dropped
    (RFC 5321 appendix C). Raises Refused: 501 for syntax, 553 for an address that is not UTF-8.
    """
    match = _PATH.match(argument, len(keyword)) if argument[: len(keyword)].upper() == keyword else None
    if match is None:
        raise Refused(501, "5.5.4", f"Syntax: {keyword}<address> [parameters]")
    address = match["bare"] if match["path"] is None else match["path"]
    if not _is_unicode(address):
        raise Refused(553, "5.1.3", "Address is not UTF-8")
    return Path(address=address, parameters=_parse_parameters(match["parameters"] or ""))


def _parse_parameters(text: str) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for word in text.split():
        match = _PARAMETER.match(word)
        if match is None or match[1].upper() in parameters:
            raise Refused(501, "5.5.4", "Malformed or repeated parameter")
        parameters[match[1].upper()] = match[2] or ""
    return parameters


def _is_unicode(text: str) -> bool:
    """False when undecodable bytes were smuggled through as lone surrogates."""
    return not any("\ud800" <= char <= "\udfff" for char in text)
