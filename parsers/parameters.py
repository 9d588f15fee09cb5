"""Content-Type and Content-Disposition values and their parameters (RFC 2045 5.1, RFC 2183, RFC 2231)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from parsers.charsets import decode_text
from parsers.headers import decode_header, one_line
from parsers.limits import MAX_PARAMETERS

_VALUE = re.compile(rb"[^;=]*(?=;|\Z)|\s*\S*")
_PARAMETER = re.compile(rb'([^\s=;"]{1,200})\s*=\s*("[^"\\]*(?:\\.[^"\\]*)*"(?=\s*(?:;|\Z))|[^;]*)', re.DOTALL)
_GAP = re.compile(rb"[;\s]*")
_WHOLE_ESCAPES = re.compile(rb'\\(["\\])')
_COMMENT = re.compile(r"\s*\([^()]*\)?\s*$")
_SECTION = re.compile(r"(.*?)(?:\*(\d{1,4}))?(\*?)")
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_TOKENS_ONLY = frozenset({"charset", "boundary", "format", "delsp", "method", "report-type"})


@dataclass(frozen=True, slots=True)
class Parameterised:
    """A lower-cased value such as "text/plain" and its parameters by lower-cased name, decoded, on one line each."""

    value: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    defects: tuple[str, ...] = ()


NOTHING = Parameterised()


@dataclass(frozen=True, slots=True)
class _Section:
    """One section of a parameter (RFC 2231 3): its place, whether percent-encoded, its bytes."""

    number: int
    is_extended: bool
    value: bytes


def read_parameterised(raw: bytes, hint: str = "") -> Parameterised:
    """The value and parameters of such a field; `hint` is a charset for raw 8-bit values. Never raises.

    Of two parameters of one name the first counts; an extended one (RFC 2231) counts before a plain one, since
    senders add the plain one for old readers.
    """
    if not raw:
        return NOTHING
    head = _VALUE.match(raw)
    at = head.end() if head else 0
    value = _COMMENT.sub("", one_line(raw[:at].decode("latin-1"))).lower()
    if "=" in value and "/" not in value:  # the value is left out, and parameters follow at once
        value, at = "", 0
    plain: dict[str, bytes] = {}
    sections: dict[str, dict[int, _Section]] = {}
    count = 0
    for name, text in _assignments(raw, at):
        count += 1
        if count > MAX_PARAMETERS:
            break
        _collect(name, text, plain, sections)
    defects = ("parameters: too many",) if count > MAX_PARAMETERS else ()
    return Parameterised(value, _decoded(plain, sections, hint), defects)


def _assignments(raw: bytes, at: int) -> Iterator[tuple[str, bytes]]:
    """Each `name=value` behind a semicolon; what has no value is stepped over."""
    size = len(raw)
    while at < size:
        gap = _GAP.match(raw, at)
        at = gap.end() if gap else at
        if found := _PARAMETER.match(raw, at):
            yield found[1].decode("latin-1").lower(), _unquoted(found[2])
            at = found.end()
        else:
            at = raw.find(b";", at)
            at = size if at < 0 else at


def _collect(name: str, value: bytes, plain: dict[str, bytes], sections: dict[str, dict[int, _Section]]) -> None:
    found = _SECTION.fullmatch(name)
    if found is None or not (found[2] or found[3]):
        plain.setdefault(name, value)
        return
    number = int(found[2] or 0)
    sections.setdefault(found[1], {}).setdefault(number, _Section(number, bool(found[3]), value))


def _unquoted(value: bytes) -> bytes:
    """A quoted-string's content. Backslashes before other than quotes stay: Windows paths are sent unescaped."""
    value = value.strip()
    if not value.startswith(b'"'):
        return value
    inner = value[1:-1] if len(value) > 1 and value.endswith(b'"') else value[1:]
    return _WHOLE_ESCAPES.sub(rb"\1", inner)


def _decoded(plain: dict[str, bytes], sections: dict[str, dict[int, _Section]], hint: str) -> dict[str, str]:
    out = {name: _plain_value(name, value, hint) for name, value in plain.items()}
    for name, numbered in sections.items():
        if text := _joined(numbered):
            out[name] = one_line(text)
    return out


def _plain_value(name: str, value: bytes, hint: str) -> str:
    text = decode_header(value, hint).text
    if name in _TOKENS_ONLY and name != "boundary":
        text = _COMMENT.sub("", text)
    return text


def _joined(numbered: dict[int, _Section]) -> str:
    """Sections in the order of their numbers up to the first gap; the first names the charset (RFC 2231 4.1)."""
    charset = ""
    out: list[bytes] = []
    for number in range(len(numbered)):
        section = numbered.get(number)
        if section is None:
            break
        value = section.value
        if section.is_extended:
            if number == 0 and value.count(b"'") >= 2:
                declared, _, value = value.split(b"'", 2)
                charset = declared.decode("latin-1")
            value = _PERCENT.sub(lambda found: bytes.fromhex(found[1].decode("ascii")), value)
        out.append(value)
    data = b"".join(out)
    if not charset and b"=?" in data:
        return decode_header(data).text
    return decode_text(data, charset).text
