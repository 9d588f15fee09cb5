"""From bytes to text: the declared charset, repaired where senders get it wrong, then evidence, then a guess.

Total: any bytes under any declared name give a text without NUL and lone surrogates, with LF line ends. Names
are understood in `charset_names`; words in headers are decoded in `headers`, transfer encodings in `transfers`.
"""

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import chardet

from parsers.charset_names import codec_for
from parsers.languages import plausibility
from parsers.limits import DETECTED_BYTES, REPAIRED_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A decoded text, the Python name of the codec that gave it, and what had to be repaired on the way."""

    text: str
    charset: str = ""
    defects: tuple[str, ...] = ()


_SINGLE_BYTE = re.compile(r"cp125\d|cp437|cp850|iso8859_(?!11)\d+|koi8_[rtu]|mac_roman")
"""Charsets whose real texts are practically never valid UTF-8; Thai and DOS Cyrillic words may be."""

_UNSAFE_ASCII = ("utf_7", "utf_16", "utf_32", "iso2022", "hz")
_WIDER = {
    "euc_jp": ("cp932", "euc_jis_2004"),
    "cp950": ("big5hkscs", "gb18030"),
    "cp949": ("johab",),
}
"""Codecs worth a try, in order, when the declared one cannot read the bytes."""

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf_8"),
    (codecs.BOM_UTF32_LE, "utf_32"),
    (codecs.BOM_UTF32_BE, "utf_32"),
    (codecs.BOM_UTF16_LE, "utf_16"),
    (codecs.BOM_UTF16_BE, "utf_16"),
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_LATIN_CODECS = ("cp1252", "iso8859_2", "cp1250", "cp1254", "cp1257")
_CLEARLY = 1.0
# A sign between letters, which a wrong charset makes of a letter.
_NO_LETTERS = re.compile(r"(?<=[^\W\d_])[¡-ª¬-¹»-¿×÷](?=[^\W\d_])")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_LETTERS = re.compile(rb"[A-Za-z]")
_UTF8_RUN = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")
_CESU_PAIR = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf]")
_MOJIBAKE = re.compile("Ã[\x80-\xbf\u0152-\u2122]|â€[\x80-\xbf\u0152-\u2122]|Ð[\x80-\xbf\u0152-\u2122]")
_JIS_ESCAPE = re.compile(rb"\x1b(\$[@B]|\([BJI]|\$\([A-Z])")
_UNDEFINED_1252 = b"\x81\x8d\x8f\x90\x9d"


def decode_text(payload: bytes, charset: str = "", *, guess: str = "") -> Decoded:
    """The text of a payload: as declared if that can be, else by the evidence of the bytes. Never raises.

    `guess` is a codec to use where else the statistics of the bytes would be asked, which takes milliseconds.
    """
    codec = codec_for(charset) if charset else ""
    defects = (f"charset: unknown name {_shown(charset)}",) if charset and not codec else ()
    if marked := _by_byte_order_mark(payload):
        return marked
    if codec.startswith(("utf_16", "utf_32")):
        codec = _width_seen(payload, codec)
    if payload.isascii() and not codec.startswith(_UNSAFE_ASCII):
        return _decode_ascii(payload, defects)
    if codec in {"", "ascii"}:
        return _decode_undeclared(payload, defects, guess)
    text = _strictly(payload, codec)
    if text is None:
        return _decode_misdeclared(payload, codec, guess)
    if _SINGLE_BYTE.fullmatch(codec) and _looks_like_utf8(payload):
        return _decoded(payload.decode("utf-8"), "utf_8", (f"charset: declared {codec}, is utf-8",))
    return _decoded(text, codec, _mojibake_defects(text))


def _width_seen(payload: bytes, codec: str) -> str:
    """UTF-16 and UTF-32 without a mark: NULs tell the byte order (RFC 2781 4.3), their absence that it is neither."""
    if b"\0" not in payload:
        return "" if payload.isascii() else codec
    if codec != "utf_16":
        return codec
    return "utf_16_be" if payload[::2].count(0) > payload[1::2].count(0) else "utf_16_le"


def _shown(charset: str) -> str:
    return ascii(charset[:40])


def _decode_ascii(payload: bytes, defects: tuple[str, ...]) -> Decoded:
    if b"\x1b$" in payload and (text := _strictly(payload, "iso2022_jp")) is not None:
        return _decoded(text, "iso2022_jp", (*defects, "charset: undeclared iso-2022-jp"))
    return _decoded(payload.decode("ascii"), "ascii", defects)


def _decoded(text: str, codec: str, defects: tuple[str, ...] = ()) -> Decoded:
    """The one way out of here: clean text, whatever the codec let through."""
    if codec == "utf_7" and _SURROGATES.search(text):
        text = _SURROGATES.sub("\ufffd", text)
        defects = (*defects, "charset: lone surrogates")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isprintable() and _CONTROLS.search(text):
        text = _CONTROLS.sub("", text)
        defects = (*defects, "charset: control characters removed")
    return Decoded(text=text.removeprefix("\ufeff"), charset=codec, defects=defects)


def _mojibake_defects(text: str) -> tuple[str, ...]:
    """Text that was encoded twice before it came to us is only noted: the sender may mean it literally."""
    return ("charset: text looks encoded twice",) if _MOJIBAKE.search(text) else ()


def _by_byte_order_mark(payload: bytes) -> Decoded | None:
    for mark, codec in _BYTE_ORDER_MARKS:
        if payload.startswith(mark) and (text := _strictly(payload, codec)) is not None:
            return _decoded(text, codec)
    return None


def _strictly(payload: bytes, codec: str) -> str | None:
    if codec == "cp1252":
        return _windows_1252(payload)
    try:
        return payload.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        is_repairable = codec.startswith("iso2022_jp") and payload.isascii() and len(payload) <= REPAIRED_BYTES
        return _shift_jis_inside(payload) if is_repairable else None


def _windows_1252(payload: bytes) -> str:
    """Every byte has a meaning to browsers; the five undefined ones become C1 controls and are dropped here."""
    return payload.translate(None, _UNDEFINED_1252).decode("cp1252")


def _looks_like_utf8(payload: bytes) -> bool:
    """Whether it is valid UTF-8 and uses a sequence of several bytes."""
    if not _UTF8_RUN.search(payload):
        return False
    try:
        payload.decode("utf-8")
    except UnicodeError:
        return False
    return True


def _shift_jis_inside(payload: bytes) -> str | None:
    """ISO-2022-JP as Microsoft writes it: NEC and IBM extensions and half-width kana, read by way of Shift_JIS."""
    pieces = _JIS_ESCAPE.split(payload)
    out = [pieces[0]]
    for escape, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        out.append(_SHIFTED.get(escape, _unchanged)(piece))
    try:
        return b"".join(out).decode("cp932")
    except UnicodeError:
        return None


def _unchanged(piece: bytes) -> bytes:
    return piece


def _kana(piece: bytes) -> bytes:
    return bytes(byte | 0x80 if 0x21 <= byte <= 0x5F else byte for byte in piece)


def _kanji(piece: bytes) -> bytes:
    """JIS X 0208 rows to Shift_JIS (JIS X 0208:1997, annex 1)."""
    out = bytearray()
    at = 0
    while at + 1 < len(piece):
        row, cell = piece[at], piece[at + 1]
        if not (0x21 <= row <= 0x7E and 0x21 <= cell <= 0x7E):
            out.append(row)
            at += 1
            continue
        lead = (row - 0x21) // 2
        out.append(lead + (0x81 if lead < 0x1F else 0xC1))
        out.append(cell + (0x1F + (cell >= 0x60) if row % 2 else 0x7E))
        at += 2
    return bytes(out) + piece[at:]


_SHIFTED: dict[bytes, Callable[[bytes], bytes]] = {b"$@": _kanji, b"$B": _kanji, b"(I": _kana}


def _decode_undeclared(payload: bytes, defects: tuple[str, ...], guess: str) -> Decoded:
    """Eight-bit text without a usable charset: UTF-8 proves itself, everything else is a guess."""
    text = _strictly(payload, "utf_8")
    if text is not None:
        return _decoded(text, "utf_8", defects or ("charset: undeclared, is utf-8",))
    text = payload.decode("utf-8", "replace")
    if _UTF8_RUN.search(payload) and _is_mostly_right(text, payload):
        return _decoded(text, "utf_8", (*defects, "charset: undeclared, is utf-8 but for some bytes"))
    codec, text = _guessed(payload, guess)
    return _decoded(text, codec, (*defects, f"charset: undeclared, read as {codec}"))


def _decode_misdeclared(payload: bytes, codec: str, guess: str) -> Decoded:
    """Bytes that the declared codec refuses: wider relatives, then UTF-8, then mostly right, then a guess."""
    for other in (*_WIDER.get(codec, ()), "utf_8"):
        if other != codec and (text := _strictly(payload, other)) is not None:
            return _decoded(text, other, (f"charset: declared {codec}, read as {other}",))
    if codec == "utf_8" and (text := _paired_surrogates(payload)) is not None:
        return _decoded(text, codec, ("charset: declared utf_8, is cesu-8",))
    text = payload.decode(codec, "replace")
    if _is_mostly_right(text, payload):
        return _decoded(_SURROGATES.sub("\ufffd", text), codec, (f"charset: bytes that are not {codec}",))
    other, text = _guessed(payload, guess)
    return _decoded(text, other, (f"charset: declared {codec}, read as {other}",))


def _paired_surrogates(payload: bytes) -> str | None:
    """The text of CESU-8 (Unicode TR 26), which some Java and database software takes for UTF-8; None if it is not."""
    if not _CESU_PAIR.search(payload):
        return None
    try:
        return payload.decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeError:
        return None


def _is_mostly_right(text: str, payload: bytes) -> bool:
    """Whether replacement characters are the exception among the characters that are not ASCII."""
    wrong = text.count("\ufffd")
    right = len(text) - wrong - len(payload.translate(None, _HIGH_BYTES))
    return wrong <= max(1, right // 4) and right > wrong


_HIGH_BYTES = bytes(range(128, 256))


def _guessed(payload: bytes, guess: str) -> tuple[str, str]:
    """Codec and text by the statistics of the bytes, Western where these are too few to be statistics."""
    sample = payload[:DETECTED_BYTES]
    codec = guess or (_latin(sample) if _is_short_latin(sample) else _detected(sample))
    text = _strictly(payload, codec) if codec else None
    return (codec, text) if text is not None else ("cp1252", _windows_1252(payload))


def _latin(sample: bytes) -> str:
    """Which Latin charset makes words of the bytes; the Western one, unless another does so clearly better."""
    readings = {codec: text for codec in _LATIN_CODECS if (text := _strictly(sample, codec)) is not None}
    marks = {codec: plausibility(text) - len(_NO_LETTERS.findall(text)) for codec, text in readings.items()}
    best = max(marks, key=lambda codec: marks[codec])
    return best if marks[best] > marks["cp1252"] + _CLEARLY else "cp1252"


def _is_short_latin(sample: bytes) -> bool:
    """A few accented letters, one or two at a time, among more plain ones: the detector errs on half of these."""
    runs = _HIGH_RUN.findall(sample)
    high = sum(map(len, runs))
    return 0 < high < 30 and max(map(len, runs)) <= 2 and high <= len(_LETTERS.findall(sample))


@lru_cache(maxsize=32)
def _detected(sample: bytes) -> str:
    found = chardet.detect(sample, encoding_era=chardet.EncodingEra.MODERN_WEB)["encoding"]
    codec = codec_for(found) if found else ""
    return "" if codec in {"ascii", "utf_7"} else codec
