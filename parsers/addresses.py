"""Addresses: one strict grammar for From, a tolerant one for every other list (RFC 5322 3.4, RFC 6532, RFC 6854).

From decides who somebody is, and readers differ about badly written ones; so `read_from` gives an address only where
every reader finds that one. In To and Cc whatever looks like an address is useful. Only ASCII is ever lower-cased:
full case folding makes different addresses equal.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from parsers.headers import clean_line, decode_header, one_line
from parsers.limits import MAX_ADDRESSES
from parsers.mail import Address

_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]"
_LOCAL = re.compile(rf"{_ATEXT}+(?:\.{_ATEXT}+)*")
_LOOSE_LOCAL = re.compile(rf"(?:{_ATEXT}|\.)+")
_QUOTED_LOCAL = re.compile(r"\"[A-Za-z0-9 .!#$%&'*+/=?^_`{|}~-]+\"")
_LABEL = r"[A-Za-z0-9_\u0080-\U0010ffff](?:[A-Za-z0-9_\u0080-\U0010ffff-]*[A-Za-z0-9_\u0080-\U0010ffff])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")
_LITERAL = re.compile(r"\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[0-9A-Fa-f:.]{2,45})\]")
_ROUTE = re.compile(r"^@[^<>@:]*(?:@[^<>@:]*)*:")
_SIMPLE_FROM = re.compile(rb"([A-Za-z0-9 '_-]*)<([A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)>")
_TOKEN = re.compile(
    r'(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<comment>\((?:[^()\\]|\\.)*\))|(?P<angle><[^<>]*>)'
    r'|(?P<text>[^"()<>]+)|(?P<stray>.)',
    re.DOTALL,
)
_LOOKS_LIKE_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"'@\\]{1,64}@[^\s<>()\[\],;:\"'@\\]{1,255}")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_LIST_TOKEN = re.compile(
    r'(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<comment>\((?:[^()\\]|\\.)*\))|(?P<angle><[^<>]*>?)'
    r'|(?P<separator>[,;])|(?P<text>(?:[^"()<>,;:\[\]]|\[[^\[\]<>,;]*\])+)|(?P<colon>:)|(?P<stray>.)',
    re.DOTALL,
)
_CONTROL_BYTES = bytes(byte for byte in range(32) if byte != 9) + b"\x7f"
_LONGEST_LOCAL = 255
_LONGEST_DOMAIN = 255


@dataclass(frozen=True, slots=True)
class FromResult:
    """The one address of a From field, or why there is none."""

    address: Address | None
    defect: str = ""


def _refused(why: str) -> FromResult:
    return FromResult(None, f"from: {why}")


def read_from(raw: bytes) -> FromResult:
    """The author's address from the raw value of the only From field, if every reader would find the same one.

    Refused: several addresses, groups, routes, text or a second address around the angle brackets, unbalanced
    quotes or comments, an encoded word that hides an address, anything in the address that is written otherwise
    than it is understood (RFC 5322 3.4.1; "Splitting the email atom", PortSwigger 2024; Chen et al. 2020).
    """
    simple = _SIMPLE_FROM.fullmatch(raw.strip(b" "))
    if simple and (spec := _exact_spec(simple[2].decode("ascii"))):
        return FromResult(Address(name=simple[1].decode("ascii").strip(), address=spec))
    text = _undecoded(raw)
    if text is None or raw.translate(None, _CONTROL_BYTES) != raw:
        return _refused("control characters or undecodable bytes")
    if spec := _exact_spec(text):
        return FromResult(Address(address=spec))
    pieces = _taken_apart(text)
    if pieces is None:
        return _refused("unbalanced quotes, comments or angle brackets")
    return _judged(pieces)


@dataclass(frozen=True, slots=True)
class _Pieces:
    """A From value taken apart: the name before the brackets, what of it is unquoted, comments, brackets, the rest."""

    name: str
    unquoted: str
    comments: tuple[str, ...]
    angles: tuple[str, ...]
    after: str
    has_quotes: bool


def _taken_apart(text: str) -> _Pieces | None:
    """Quotes before comments before angle brackets; None if one of them is not closed or not opened."""
    name: list[str] = []
    unquoted: list[str] = []
    comments: list[str] = []
    angles: list[str] = []
    after: list[str] = []
    for found in _TOKEN.finditer(text):
        kind, token = found.lastgroup, found[0]
        if kind == "stray":
            return None
        if kind == "comment":
            comments.append(_ESCAPED.sub(r"\1", token[1:-1]))
        elif kind == "angle":
            angles.append(token[1:-1])
        elif angles:
            after.append(token)
        elif kind == "quoted":
            name.append(_ESCAPED.sub(r"\1", token[1:-1]))
        else:
            name.append(token)
            unquoted.append(token)
    has_quotes = len(name) > len(unquoted)
    return _Pieces("".join(name), "".join(unquoted), tuple(comments), tuple(angles), "".join(after), has_quotes)


def _judged(pieces: _Pieces) -> FromResult:
    comment = " ".join(pieces.comments)
    if len(pieces.angles) > 1:
        return _refused("several addresses in angle brackets")
    if not pieces.angles:
        spec = "" if pieces.has_quotes else _exact_spec(pieces.unquoted.strip())
        return _unless_rivalled(spec, comment, pieces) if spec else _refused("not exactly one address")
    if pieces.after.strip():
        return _refused("text behind the address")
    spec = _exact_spec(pieces.angles[0].strip())
    if not spec:
        return _refused("no plain address in the angle brackets")
    if re.search(r"[:;\\]", pieces.unquoted):
        return _refused("a group, or special characters in the name")
    return _unless_rivalled(spec, pieces.name.strip() or comment, pieces)


def _unless_rivalled(spec: str, name: str, pieces: _Pieces) -> FromResult:
    """Refuse if unquoted text, a comment or a decoded word holds another address, which some readers would take.

    A properly quoted name may hold one: no reader takes that for the address.
    """
    shown = _shown_name(name)
    unquoted = pieces.unquoted if pieces.angles else ""
    exposed = [unquoted, *pieces.comments]
    if "=?" in name:
        exposed.append(shown)
    words = unicodedata.normalize("NFKC", " ".join(exposed)).translate(_LOWER).split()
    if any("@" in word and word.strip("<>()[],;.:'\"") != spec.translate(_LOWER) for word in words):
        return _refused("another address beside the address")
    return FromResult(Address(name=shown, address=spec))


def _undecoded(raw: bytes) -> str | None:
    """The value as text, encoded words left alone; bytes that are not UTF-8 may stand in the name only."""
    try:
        return raw.decode("utf-8").strip(" \t")
    except UnicodeError:
        opened = raw.rfind(b"<")
        return decode_header(raw).text if opened >= 0 and raw[opened:].isascii() and b"=?" not in raw else None


def _exact_spec(text: str) -> str:
    """An addr-spec with its domain in ASCII lower case, or "" unless it is written exactly as every reader reads it."""
    local, _, domain = text.rpartition("@")
    if not (_LOCAL.fullmatch(local) or _QUOTED_LOCAL.fullmatch(local)):
        return ""
    if "=?" in local or local.startswith("'"):  # some readers decode the one and strip the other
        return ""
    return _checked_spec(local, domain) if _is_stable(text) and not domain.endswith(".") else ""


def _is_stable(text: str) -> bool:
    """Whether no normalisation makes another address of it: full-width signs, one-dot leaders, Kelvin signs."""
    return text.isascii() or (text.isprintable() and unicodedata.normalize("NFKC", text) == text)


def _checked_spec(local: str, domain: str) -> str:
    if len(local.encode("utf-8", "replace")) > _LONGEST_LOCAL or len(domain) > _LONGEST_DOMAIN:
        return ""
    if not (_DOMAIN.fullmatch(domain) or _LITERAL.fullmatch(domain)):
        return ""
    return f"{local}@{domain if domain.startswith('[') else domain.translate(_LOWER)}"


def _shown_name(text: str) -> str:
    return clean_line(decode_header(text.encode("utf-8", "replace")).text).text


@dataclass(slots=True)
class _Element:
    """One element of an address list while it is scanned."""

    name: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    angle: str = ""

    def take(self, kind: str, token: str, *, is_local_part: bool) -> None:
        """Add one token; a quoted string is a local part if an "@" follows it, else its content is a name."""
        if kind == "angle":
            self.angle = token[1:-1]
        elif kind == "comment":
            self.comments.append(_ESCAPED.sub(r"\1", token[1:-1]))
        elif kind == "quoted" and not is_local_part:
            self.name.append(_ESCAPED.sub(r"\1", token[1:-1]))
        elif kind != "stray":
            self.name.append(token)

    def addresses(self) -> Iterator[Address]:
        """The addresses it holds: one as a rule, none in an empty element, several where separators are missing."""
        name = "".join(self.name).strip()
        comment = " ".join(self.comments)
        if spec := _loose_spec(self.angle):
            yield Address(name=_shown_name(name or comment), address=spec)
        elif spec := _loose_spec(name):
            yield Address(name=_shown_name(comment), address=spec)
        else:
            specs = map(_loose_spec, _LOOKS_LIKE_ADDRESS.findall(f"{name} {self.angle}"))
            yield from (Address(address=spec) for spec in specs if spec)


def read_addresses(raw: bytes) -> tuple[Address, ...]:
    """The addresses of a To, Cc, Reply-To or Sender value, as many as the limit allows; what is none is left out.

    Groups give their members, routes are dropped (RFC 5322 4.4), semicolons separate as Outlook writes them, and
    addresses without any separator are found by their look.
    """
    found: list[Address] = []
    for element in _elements(_readable(raw)):
        found += element.addresses()
        if len(found) >= MAX_ADDRESSES:
            break
    return tuple(found[:MAX_ADDRESSES])


def _readable(raw: bytes) -> str:
    """The value as text with its encoded words still encoded, so that a decoded comma separates nothing."""
    try:
        return one_line(raw.decode("utf-8"))
    except UnicodeError:
        return decode_header(raw).text


def _elements(text: str) -> Iterator[_Element]:
    element = _Element()
    for found in _LIST_TOKEN.finditer(text):
        kind = found.lastgroup or "stray"
        if kind == "separator" or (element.angle and kind in {"angle", "quoted", "text"} and not found[0].isspace()):
            yield element
            element = _Element()
        elif kind == "colon":
            element = _Element()
        if kind not in {"separator", "colon"}:
            element.take(kind, found[0], is_local_part=text.startswith("@", found.end()))
    yield element


def _loose_spec(text: str) -> str:
    """An addr-spec in what stands in angle brackets or alone, without route, "mailto:", quotes around; or ""."""
    if "@" not in text:
        return ""
    plain = clean_line(text).text.strip("<>' ").removeprefix("mailto:")
    local, _, domain = _ROUTE.sub("", plain, count=1).rpartition("@")
    local = local.strip()
    if not (_LOOSE_LOCAL.fullmatch(local) or _QUOTED_LOCAL.fullmatch(local)):
        return ""
    return _checked_spec(local, domain.strip().rstrip("."))
