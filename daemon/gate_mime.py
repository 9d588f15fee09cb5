"""The gate's own reading of MIME: strict, and written from the RFCs alone (RFC 2045, RFC 2046, RFC 2047).

Takes final bytes apart into header fields and decoded leaves and notes every departure. It repairs nothing and
shares no code with `compose`: a fault of one must not be a fault of both.
"""

import binascii
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_FIELD = re.compile(rb"([A-Za-z][A-Za-z0-9-]{0,76}):(?: (.*))?", re.DOTALL)
_ENCODED_WORD = re.compile(r"(?:^|(?<=[ \t]))=\?([A-Za-z0-9-]{1,40})\?([QqBb])\?([!->@-~]{0,75})\?=(?=[ \t]|$)")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
_CONTENT_TYPE = re.compile(r'([a-z0-9.+_-]+/[a-z0-9.+_-]+)((?:; [a-z0-9*-]+=(?:"[^"\\]*"|[^\s;"]+))*)', re.IGNORECASE)
_BOUNDARY = re.compile(r'; boundary="([A-Za-z0-9\'()+_,./:=?-]{1,70})"')
_EXTENDED_CONTROL = re.compile(r"\*=[^;]*%(?:0|1|7f)", re.IGNORECASE)
_QP_LINE = re.compile(rb"(?!.{77})(?:[\t -<>-~]|=[0-9A-F]{2})*=?(?<![\t ])", re.DOTALL)
_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/]{76}\r\n)*[A-Za-z0-9+/]{0,76}={0,2}(?:\r\n)?")
_PART_FIELDS = frozenset({"content-type", "content-transfer-encoding", "content-disposition", "content-id"})
_MAX_DEPTH = 4


@dataclass(slots=True)
class Reading:
    """What was found: `violations` in words, `texts` decoded headers and text parts, `files` the rest."""

    violations: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    files: list[bytes] = field(default_factory=list)


def read_fields(block: bytes, reading: Reading) -> list[tuple[str, str]]:
    """Header fields as (lower-case name, unfolded value). RFC 5322 2.2, without its obsolete forms."""
    fields: list[tuple[str, str]] = []
    for line in re.split(rb"\r\n(?![ \t])", block):
        match = _FIELD.fullmatch(line)
        if not match or re.search(rb"\r\n[ \t]*(?:\r\n|\Z)", line):
            reading.violations.append(f"not a header line: {line[:40]!a}")
            continue
        value = re.sub(rb"\r\n(?=[ \t])", b"", match[2] or b"")
        fields.append((match[1].decode("ascii").lower(), _read_value(value, reading)))
    return fields


def _read_value(value: bytes, reading: Reading) -> str:
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        reading.violations.append("header is not UTF-8")
        return ""
    reading.texts.append(_decode_words(text, reading))
    return text


def _decode_words(text: str, reading: Reading) -> str:
    """The text a reader sees. An encoded-word that decodes to a control is live ammunition for whoever decodes it."""
    if "=?" not in text:
        return text
    decoded = _ENCODED_WORD.sub(lambda match: _decode_word(match, reading), re.sub(r"(?<=\?=)\s+(?==\?)", " ", text))
    if "=?" in _ENCODED_WORD.sub("", text):
        reading.violations.append("stray encoded-word")
    return decoded


def _decode_word(match: re.Match[str], reading: Reading) -> str:
    charset, encoding, payload = match.groups()
    try:
        raw = _from_q(payload) if encoding in "Qq" else _from_base64(payload.encode("ascii"))
        text = raw.decode(charset)
    except (ValueError, LookupError):
        reading.violations.append("encoded-word that does not decode")
        return ""
    if _CONTROL.search(text):
        reading.violations.append("encoded-word hides a control character")
    return text


def _from_q(payload: str) -> bytes:
    spaced = payload.replace("_", " ")
    return re.sub(rb"=([0-9A-Fa-f]{2})", lambda match: bytes([int(match[1], 16)]), spaced.encode("ascii"))


def read_entity(fields: list[tuple[str, str]], body: bytes, reading: Reading, depth: int = 0) -> None:
    """Walks one entity: `fields` its content fields, `body` what follows the empty line."""
    content = dict(fields)
    match = _CONTENT_TYPE.fullmatch(content.get("content-type", ""))
    if not match:
        reading.violations.append("Content-Type is missing or malformed")
        return
    if any(_EXTENDED_CONTROL.search(content.get(name, "")) for name in ("content-type", "content-disposition")):
        reading.violations.append("parameter hides a control character")
    if match[1].lower().startswith("multipart/"):
        _read_multipart(match[2], body, reading, depth)
    else:
        _read_leaf(match[1].lower(), content.get("content-transfer-encoding", ""), body, reading)


def _read_multipart(attributes: str, body: bytes, reading: Reading, depth: int) -> None:
    boundary = _BOUNDARY.search(attributes)
    if not boundary or depth >= _MAX_DEPTH:
        reading.violations.append("multipart without a boundary, or too deep")
        return
    before, *parts = (b"\r\n" + body).split(b"\r\n--" + boundary[1].encode("ascii"))
    if before or len(parts) < 2 or parts[-1] not in (b"--", b"--\r\n"):
        reading.violations.append("multipart with text outside its parts")
        return
    for part in parts[:-1]:
        _read_part(part, reading, depth + 1)


def _read_part(part: bytes, reading: Reading, depth: int) -> None:
    head, separator, body = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    if not part.startswith(b"\r\n") or not separator:
        reading.violations.append("part without a header block")
        return
    fields = read_fields(head, reading)
    names = [name for name, _ in fields]
    if not _PART_FIELDS.issuperset(names) or len(set(names)) < len(names):
        reading.violations.append("part with a header it may not have")
    read_entity(fields, body, reading, depth)


def _read_leaf(content_type: str, encoding: str, body: bytes, reading: Reading) -> None:
    try:
        decoded = _decode(encoding, body)
    except ValueError:
        reading.violations.append(f"body is not {encoding or 'encoded'}"[:60])
        return
    if content_type.startswith("text/"):
        reading.texts.append(decoded.decode("utf-8", "replace"))
    else:
        reading.files.append(decoded)


def _decode(encoding: str, body: bytes) -> bytes:
    """Raises ValueError when the body is not what its encoding says."""
    if encoding == "7bit":
        return body
    if encoding == "quoted-printable" and all(map(_QP_LINE.fullmatch, body.split(b"\r\n"))):
        return binascii.a2b_qp(body)
    if encoding == "base64" and _BASE64.fullmatch(body):
        return _from_base64(body.replace(b"\r\n", b""))
    raise ValueError(encoding)


def _from_base64(encoded: bytes) -> bytes:
    """Raises ValueError. The length is checked here: strict mode overlooks padding after a full group."""
    if len(encoded) % 4:
        raise ValueError("not base64")
    return binascii.a2b_base64(encoded, strict_mode=True)


def haystacks(reading: Reading) -> Iterator[str]:
    """Every text in the forms in which a leaked passage could stand: as it is, and with markup taken away."""
    for text in reading.texts:
        yield text
        if "<" in text or "&" in text:
            yield html.unescape(re.sub(r"<[^<>]*>", "", text))
