"""Header fields: found in bytes, unfolded, decoded to one line (RFC 5322 2.2, RFC 2047), whatever their writers did.

Structured values have their own modules: `addresses`, `dates`, `parameters`. Nothing here raises on any bytes.
"""

import binascii
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from parsers.charset_names import codec_for
from parsers.charsets import Decoded, decode_text
from parsers.limits import MAX_FIELD_BYTES, MAX_HEADER_BYTES, MAX_HEADER_FIELDS, MAX_MESSAGE_IDS
from parsers.parts import Headers
from parsers.transfers import decode_base64

AMBIGUOUS_FROM = "from: a line that only some readers take for a From field"
"""A defect of the header block that leaves nobody identified: which From counts depends on the reader."""

_FIELD = re.compile(rb"([\x21-\x39\x3b-\x7e]{1,200})([ \t]*):[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)\n?")
_BLANK_LINE = re.compile(rb"\n\r?\n")
_BLANK_AT = re.compile(rb"\r?\n")
_FOLD = re.compile(rb"\r?\n")
_KNOWN_FIELD = re.compile(
    rb"^(?:content-[a-z-]+|mime-version|from|to|cc|subject|date|message-id|received|reply-to|return-path"
    rb"|in-reply-to|references)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_HIDDEN_FROM = re.compile(rb"[\r\n][ \t]*from[ \t]*:", re.IGNORECASE)
_BARE_CR_FROM = re.compile(rb"\r(?!\n)[ \t]*from[ \t]*:", re.IGNORECASE)
_NOT_SHOWN = bytes(range(33))
_DECLARED_CHARSET = re.compile(rb"charset=\"?([\w.:-]{2,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Block:
    """A header block: its fields, where the body behind it starts, what was odd about it."""

    headers: Headers
    body_start: int
    defects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _RawFields:
    fields: list[tuple[bytes, bytes]]
    end: int
    defects: list[str]


def read_block(raw: bytes, start: int, end: int) -> Block:
    """The header block of `raw[start:end]`; without one, the body starts at `start`.

    A line that is no field ends the block, as for most readers, unless a well-known field follows it: then it is
    skipped. A mailbox separator ("From ") before the first field is skipped as well.
    """
    if blank := _BLANK_AT.match(raw, start, end):
        return Block(Headers(), blank.end())
    blank = _BLANK_LINE.search(raw, start, end)
    block_end = blank.start() + 1 if blank else end
    limit = min(block_end, start + MAX_HEADER_BYTES)
    found = _raw_fields(raw, start, limit)
    defects = found.defects
    body_start = blank.end() if blank else end
    if found.end < limit and len(found.fields) < MAX_HEADER_FIELDS:
        body_start = found.end
    elif found.end < block_end:
        defects.append("headers: shortened")
        if _HIDDEN_FROM.search(raw, found.end - 1, block_end):
            defects.append(AMBIGUOUS_FROM)
    headers, more = _decoded_fields(found.fields, _charset_hint(raw, start, block_end))
    return Block(headers, body_start, (*defects, *more))


def _raw_fields(raw: bytes, start: int, end: int) -> _RawFields:
    fields: list[tuple[bytes, bytes]] = []
    defects: list[str] = []
    has_junk = False
    last_known = -1
    at = start
    while at < end and len(fields) < MAX_HEADER_FIELDS:
        if found := _FIELD.match(raw, at, end):
            at = found.end()
            fields.append((found[1].lower(), _unfolded(found[3])))
            if fields[-1][0] == b"from" and (found[2] or has_junk):
                defects.append(AMBIGUOUS_FROM)
            continue
        line_end = raw.find(b"\n", at, end) + 1 or end
        if last_known < 0:
            last_known = _last_known_field(raw, at, end)
        is_separator = not fields and raw.startswith((b"From ", b">From "), at)
        if not is_separator and last_known < line_end:
            break
        has_junk = has_junk or not is_separator
        defects.append(_junk_defect(raw[at:line_end]))
        at = line_end
    if _BARE_CR_FROM.search(raw, start, at):
        defects.append(AMBIGUOUS_FROM)
    return _RawFields(fields, at, defects)


def _last_known_field(raw: bytes, start: int, end: int) -> int:
    """Where the last well-known field starts: a line before it that is no field is not yet the body."""
    starts = [found.start() for found in _KNOWN_FIELD.finditer(raw, start, end)]
    return starts[-1] if starts else 0


def _junk_defect(line: bytes) -> str:
    if line[:1000].translate(None, _NOT_SHOWN).lower().startswith(b"from:"):
        return AMBIGUOUS_FROM
    return "headers: a line that is no field"


def _unfolded(value: bytes) -> bytes:
    if b"\n" in value:
        value = _FOLD.sub(b"", value)
    return value.rstrip(b" \t\r\n")[:MAX_FIELD_BYTES]


def _charset_hint(raw: bytes, start: int, end: int) -> str:
    """The charset the mail declares for its text, for header bytes that declare none."""
    if raw[start : min(end, start + MAX_HEADER_BYTES)].isascii():
        return ""
    found = _DECLARED_CHARSET.search(raw, start, start + MAX_HEADER_BYTES)
    return found[1].decode("ascii", "replace") if found else ""


def _decoded_fields(fields: list[tuple[bytes, bytes]], hint: str) -> tuple[Headers, list[str]]:
    out: list[tuple[str, bytes, str]] = []
    defects: list[str] = []
    for raw_name, value in fields:
        name = raw_name.decode("ascii")
        if value.isascii() and b"=?" not in value:
            out.append((name, value, one_line(value.decode("ascii"))))
            continue
        decoded = decode_header(value, hint)
        if decoded.defects and decoded.charset != "ascii":
            hint = hint or decoded.charset  # one guess a block: the detector is slow, and one writer has one charset
        out.append((name, value, decoded.text))
        defects += [f"{name[:40]}: {defect}" for defect in decoded.defects]
    return Headers(tuple(out)), defects


_WORD = re.compile(rb"=\?([^?\s=]{1,75})\?([BbQq])\?")
_ESCAPED = re.compile(rb"=([0-9A-Fa-f]{2})")
_BLANKS = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class _Word:
    """One encoded word (RFC 2047 2), undecoded."""

    charset: str
    is_base64: bool
    text: bytes


def decode_header(raw: bytes, hint: str = "") -> Decoded:
    """The text of an unstructured field (RFC 2047), on one line; `hint` is a charset for bytes that declare none.

    More tolerant than the RFC: words inside quotes, inside other text, wrongly folded, split within a character or
    within base64, without an end; raw 8-bit text beside them.
    """
    texts: list[str] = []
    defects: list[str] = []
    charset = ""
    guess = codec_for(hint)
    for piece in _runs(raw):
        if isinstance(piece, bytes):
            decoded = _decode_literal(piece, guess or charset)
        else:
            decoded = decode_text(_joined(piece), piece[0].charset, guess=guess)
            charset = charset or decoded.charset
        texts.append(decoded.text)
        defects += decoded.defects
        if decoded.defects and decoded.charset != "ascii":
            guess = guess or decoded.charset
    text = one_line("".join(texts))
    return Decoded(text=text, charset=charset or guess or "ascii", defects=tuple(dict.fromkeys(defects)))


def _decode_literal(piece: bytes, guess: str) -> Decoded:
    if piece.isascii():
        return Decoded(text=piece.decode("ascii"), charset="ascii")
    try:
        return Decoded(text=piece.decode("utf-8"), charset="utf_8", defects=("charset: raw utf-8",))
    except UnicodeError:
        return decode_text(piece, guess=guess if guess != "ascii" else "")


def _runs(raw: bytes) -> Iterator[bytes | list[_Word]]:
    """Literal stretches and runs of adjacent words of one charset; blanks between words belong to nobody."""
    run: list[_Word] = []
    for piece in _pieces(raw):
        if isinstance(piece, _Word):
            if run and run[0].charset != piece.charset:
                yield run
                run = []
            run.append(piece)
        elif run and not piece.strip(_BLANKS):
            continue
        else:
            if run:
                yield run
            run = []
            yield piece
    if run:
        yield run


def _pieces(raw: bytes) -> Iterator[bytes | _Word]:
    literal_at = at = 0
    while (start := raw.find(b"=?", at)) >= 0:
        found = _WORD.match(raw, start)
        if found is None:
            at = start + 2
            continue
        end = raw.find(b"?=", found.end())
        cut = raw.find(b" =?", found.end(), end if end >= 0 else len(raw))
        stop = cut if cut >= 0 else end if end >= 0 else len(raw)
        if start > literal_at:
            yield raw[literal_at:start]
        charset = found[1].partition(b"*")[0].decode("latin-1").lower()
        yield _Word(charset, found[2] in b"Bb", raw[found.end() : stop])
        literal_at = at = stop if cut >= 0 else stop + 2
    if literal_at < len(raw):
        yield raw[literal_at:]


def _joined(run: list[_Word]) -> bytes:
    """The bytes of a run: a character may be cut between two words, and so may a group of four base64 digits."""
    out: list[bytes] = []
    pending = b""
    for word in run:
        if not word.is_base64:
            out += (_b(pending), _q(word.text))
            pending = b""
            continue
        pending += word.text.translate(None, _BLANKS)
        if len(pending) % 4 == 0 or pending.endswith(b"="):
            out.append(_b(pending))
            pending = b""
    out.append(_b(pending))
    return b"".join(out)


def _b(text: bytes) -> bytes:
    return decode_base64(text) if text else b""


def _q(text: bytes) -> bytes:
    return _ESCAPED.sub(lambda found: binascii.unhexlify(found[1]), text.replace(b"_", b" "))


_LINE_BREAKS = re.compile("[\t\n\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029]+")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e0fff]"
)


def one_line(text: str) -> str:
    """The text without control characters and lone surrogates, line breaks and tabs turned to spaces, trimmed."""
    if not text.isprintable():
        text = _CONTROLS.sub("", _LINE_BREAKS.sub(" ", text))
        text = _SURROGATES.sub("\ufffd", text)
    return text.strip()


def clean_line(text: str) -> Decoded:
    """A subject or a name as it may be shown: NFC, nothing invisible or direction-changing (UAX 9, UTS 39)."""
    if text.isascii() and text.isprintable():
        return Decoded(text=text.strip())
    shown = one_line(text)
    cleaned = shown if shown.isprintable() else _INVISIBLE.sub("", shown)
    defects = () if cleaned == shown else ("invisible characters removed",)
    return Decoded(text=unicodedata.normalize("NFC", cleaned).strip(), defects=defects)


_MESSAGE_ID = re.compile(r"<([^<>]{1,998})>")
_BARE_ID = re.compile(r"[^\s<>\"(),;:@]{1,500}@[^\s<>\"(),;@]{1,500}")


def message_ids(text: str) -> tuple[str, ...]:
    """The msg-ids (RFC 5322 3.6.4) in a Message-ID, In-Reply-To or References value, each as `<id@host>`, in order.

    Blanks from bad folding are taken out. An id that lost its angle brackets is found by its "@".
    """
    found = (re.sub(r"\s+", "", inner) for inner in _MESSAGE_ID.findall(text))
    ids = dict.fromkeys(f"<{inner}>" for inner in found if inner)
    if not ids and "<" not in text:
        ids = dict.fromkeys(f"<{inner}>" for inner in _BARE_ID.findall(text))
    return tuple(ids)[:MAX_MESSAGE_IDS]
