"""Content-Transfer-Encoding undone (RFC 2045 6), also where it is misspelt, wrong, damaged or missing."""

import binascii
import re
from dataclasses import dataclass

_DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_BLANKS = b" \t\r\n"
_PAD = re.compile(rb"=+")
_LOOSE_SOFT_BREAK = re.compile(rb"=[ \t]+(?=\r?\n)")
_BASE64_LINES = re.compile(rb"\s*(?:[A-Za-z0-9+/]{60,76}\r?\n){3}")
_SAMPLE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Transferred:
    """The decoded bytes and what was wrong with their encoding."""

    payload: bytes
    defects: tuple[str, ...] = ()


def decode_transfer(body: bytes, encoding: str, *, is_text: bool) -> Transferred:
    """Undo the transfer encoding of a leaf. `encoding` is the header's value as it came. Never raises."""
    name = re.sub(r"[^a-z0-9]", "", encoding[:60].lower())
    if name.startswith(("base64", "b64")):
        return _from_base64(body)
    if name.startswith(("quotedprintable", "qp")):
        return Transferred(decode_quoted_printable(body))
    if "uu" in name:
        return decode_uuencode(body)
    if not is_text and _BASE64_LINES.match(body):
        return Transferred(decode_base64(body), ("transfer encoding: undeclared base64",))
    known = name.startswith(("7bit", "8bit", "binary")) or not name
    return Transferred(body, () if known else ("transfer encoding: unknown name",))


def decode_quoted_printable(body: bytes) -> bytes:
    """Quoted-printable (RFC 2045 6.7); what is no valid escape stays as it is."""
    if b"= " in body or b"=\t" in body:
        body = _LOOSE_SOFT_BREAK.sub(b"=", body)
    return binascii.a2b_qp(body)


def _from_base64(body: bytes) -> Transferred:
    sample = body[:_SAMPLE_BYTES].partition(b"=")[0].strip(_BLANKS)
    strange = sample.translate(None, _DIGITS + b"-_\r\n")
    if len(strange) * 10 > len(sample):
        return Transferred(body, ("transfer encoding: declared base64 is none",))
    data, tail = _without_footer(body)
    payload = decode_base64(data)
    return Transferred(payload, ("transfer encoding: text behind base64 left out",) if tail else ())


def _without_footer(body: bytes) -> tuple[bytes, bytes]:
    """Base64 up to its padding, and what a list server appended behind that."""
    pad = body.find(b"=")
    if pad < 0:
        return body, b""
    tail = body[pad:].lstrip(b"=\r\n\t ")
    if not tail or not tail[:_SAMPLE_BYTES].translate(None, _DIGITS + _BLANKS):
        return body, b""
    return body[: pad + 2], tail


def decode_base64(data: bytes) -> bytes:
    """Base64 (RFC 2045 6.8): foreign characters skipped, padding restored, several padded pieces joined."""
    try:
        if b"=" not in data.rstrip(b"=\r\n\t "):
            return binascii.a2b_base64(data)
    except binascii.Error:
        pass
    digits = data.translate(_URL_SAFE).translate(None, _NOT_DIGITS)
    return b"".join(_piece(piece) for piece in _PAD.split(digits) if piece)


_NOT_DIGITS = bytes(byte for byte in range(256) if byte not in _DIGITS)


def _piece(digits: bytes) -> bytes:
    whole = digits[: len(digits) - 1] if len(digits) % 4 == 1 else digits
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


def decode_uuencode(body: bytes) -> Transferred:
    """The lines between "begin" and "end" of uuencode (POSIX.1-2017); a line that cannot be read is left out."""
    lines = body.splitlines()
    begin = next((number for number, line in enumerate(lines) if line.startswith(b"begin ")), -1)
    out: list[bytes] = []
    damaged = False
    for line in lines[begin + 1 :]:
        if line.rstrip() == b"end":
            break
        try:
            out.append(binascii.a2b_uu(line)[: len(line)])  # a short line is padded to the length it claims
        except binascii.Error:
            damaged = True
    return Transferred(b"".join(out), ("transfer encoding: damaged uuencode",) if damaged else ())
