"""SPF records (RFC 7208): which of a name's TXT records counts, and its terms. Nothing is asked or evaluated here.

A record is right as a whole or wrong as a whole: a syntax error anywhere makes it void (4.6).
"""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass

_LONGEST = 4096
_VERSION = re.compile(r"v=spf1(?: |\Z)", re.IGNORECASE)
_MACRO = r"%(?:\{[slodiphvSLODIPHV](?:0*[1-9][0-9]{0,8})?r?[.\-+,/_=]*+\}|[%_-])"
_ANY_MACRO = _MACRO.replace("hv", "hvcrt").replace("HV", "HVCRT")  # c, r and t are for explanations only (7.2)
_TOKEN = re.compile(rf"{_MACRO}|[\x21-\x24\x26-\x7e]", re.ASCII)
_MACRO_STRING = re.compile(rf"(?:{_ANY_MACRO}|[\x21-\x24\x26-\x7e])*+", re.ASCII)
_TOP_LABEL = re.compile(r"(?=[0-9]*+[A-Za-z-])[0-9A-Za-z][0-9A-Za-z-]*+(?<!-)", re.ASCII)
_DIRECTIVE = re.compile(r"([+?~-]?)([A-Za-z][A-Za-z0-9]*)(.*)", re.ASCII)
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9_.-]*)=(.*)", re.ASCII)
_PREFIXES = re.compile(r"(.*?)(?:/(0|[1-9][0-9]?))?(?://(0|[1-9][0-9]{0,2}))?", re.ASCII)
_IP4 = re.compile(r"(?:0|[1-9][0-9]{0,2})(?:\.(?:0|[1-9][0-9]{0,2})){3}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpfDirective:
    """A qualifier (one of `+-~?`) and a mechanism. `target`: a domain-spec with its macros, or the address of ip4, ip6.

    `prefix4` and `prefix6`: how many leading bits of an address count.
    """

    qualifier: str
    mechanism: str
    target: str = ""
    prefix4: int = 32
    prefix6: int = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class SpfRecord:
    """The directives in order, and where to go on when none matches."""

    directives: tuple[SpfDirective, ...]
    redirect: str = ""


def spf_texts(texts: Sequence[str]) -> tuple[str, ...]:
    """Those TXT records that are SPF records (4.5); more than one is an error of the domain's owner."""
    return tuple(text for text in texts if _VERSION.match(text))


def read_spf_record(text: str) -> SpfRecord | None:
    """The terms of a record that starts with `v=spf1`. None for a syntax error."""
    directives: list[SpfDirective] = []
    modifiers: dict[str, str] = {}
    if len(text) > _LONGEST:
        return None
    for term in filter(None, text[len("v=spf1") :].split(" ")):
        if modifier := _MODIFIER.fullmatch(term):
            name, value = modifier[1].lower(), modifier[2]
            if name in modifiers or not _is_modifier(name, value):
                return None
            if name in ("redirect", "exp"):
                modifiers[name] = value
            continue
        directive = _read_directive(term)
        if directive is None:
            return None
        directives.append(directive)
    return SpfRecord(directives=tuple(directives), redirect=modifiers.get("redirect", ""))


def _is_modifier(name: str, value: str) -> bool:
    if name in ("redirect", "exp"):
        return _is_domain_spec(value)
    return _MACRO_STRING.fullmatch(value) is not None  # of an unknown one only the form is looked at (6)


def _read_directive(term: str) -> SpfDirective | None:
    match = _DIRECTIVE.fullmatch(term)
    if match is None:
        return None
    qualifier, mechanism, rest = match[1] or "+", match[2].lower(), match[3]
    if mechanism == "all":
        return None if rest else SpfDirective(qualifier=qualifier, mechanism=mechanism)
    if mechanism in ("include", "exists"):
        return _with_target(qualifier, mechanism, rest) if rest else None
    if mechanism == "ptr":
        return _with_target(qualifier, mechanism, rest)
    if mechanism in ("a", "mx"):
        return _with_prefixes(qualifier, mechanism, rest)
    if mechanism in ("ip4", "ip6"):
        return _with_network(qualifier, mechanism, rest)
    return None


def _with_target(qualifier: str, mechanism: str, rest: str) -> SpfDirective | None:
    if rest and not (rest.startswith(":") and _is_domain_spec(rest[1:])):
        return None
    return SpfDirective(qualifier=qualifier, mechanism=mechanism, target=rest[1:])


def _with_prefixes(qualifier: str, mechanism: str, rest: str) -> SpfDirective | None:
    match = _PREFIXES.fullmatch(rest)
    assert match is not None
    plain = _with_target(qualifier, mechanism, match[1])
    prefix4, prefix6 = int(match[2] or 32), int(match[3] or 128)
    if plain is None or prefix4 > 32 or prefix6 > 128:
        return None
    return SpfDirective(qualifier=qualifier, mechanism=mechanism, target=plain.target, prefix4=prefix4, prefix6=prefix6)


def _with_network(qualifier: str, mechanism: str, rest: str) -> SpfDirective | None:
    address, slash, length = rest.removeprefix(":").partition("/")
    most = 32 if mechanism == "ip4" else 128
    if not rest.startswith(":") or (slash and not re.fullmatch(r"0|[1-9][0-9]{0,2}", length, re.ASCII)):
        return None
    try:
        read = ipaddress.IPv4Address(address) if mechanism == "ip4" else ipaddress.IPv6Address(address)
    except ValueError:
        return None
    prefix = int(length or most)
    if prefix > most or "%" in address or (mechanism == "ip4" and not _IP4.fullmatch(address)):
        return None
    return SpfDirective(
        qualifier=qualifier, mechanism=mechanism, target=str(read), prefix4=min(prefix, 32), prefix6=prefix
    )


def _is_domain_spec(text: str) -> bool:
    """RFC 7208 7.1: a macro string that ends in a macro, or in a dot and a top label."""
    tokens = [match[0] for match in _TOKEN.finditer(text)]
    if not tokens or sum(map(len, tokens)) != len(text):
        return False
    _, dot, label = text.removesuffix(".").rpartition(".")
    return tokens[-1].startswith("%") or (bool(dot) and _TOP_LABEL.fullmatch(label) is not None)
