"""Header lines of outgoing mail: cleaned, encoded, folded (RFC 5322, RFC 2047, RFC 2231).

Written here because CPython's `email` package turns hostile values into real header fields (CVE-2024-6923,
CVE-2026-1299) and drops the quotes of folded names. Nothing here parses mail; `gate` shares no code with this module.
"""

import base64
import re
import unicodedata
from collections.abc import Iterable, Sequence

from daemon.errors import PostroomError

Mailbox = tuple[str, str]
"""A display name, which may be empty, and an addr-spec."""

_LINE = 76  # RFC 2047 2: no line with an encoded-word is longer; plain lines may have 78
_ENCODED_WORD = 75
_WORD_FRAME = len("=?utf-8?q??=")
_TEXT_LIMIT, _NAME_LIMIT = 500, 100  # characters; a 10 KB subject helps nobody and breaks relays
_REFERENCES_BYTES = 900
_FILE_NAME_BYTES = 255
_SEGMENT = 48  # characters of a percent-encoded value in one RFC 2231 segment, so that its line stays short

_SURROGATES = re.compile(r"[\ud800-\udfff]")
_BIDI = re.compile(r"[\u202a-\u202e\u2066-\u2069]")  # "fdp.exe" shown as "exe.pdf"
_BREAKS = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
_ATOMS = re.compile(rf"{_ATEXT}{{1,60}}(?: {_ATEXT}{{1,60}})*")
_QUOTABLE = re.compile(
    r"[ !#-;=?A-\[\]-~]{1,58}"
)  # no quote, backslash, "<", ">" or "@", which may come alive downstream
_LOCAL_ASCII = re.compile(rf"(?:{_ATEXT}|\.){{1,64}}")  # stray dots as Japanese carriers issue them
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_MSG_ID = re.compile(r"<[!-;=?-~]{1,250}>")
_Q_SAFE = frozenset(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/ "
)  # RFC 2047 5 (3): phrases too
_PLAIN_PARAMETER = re.compile(r"[ !#-\[\]-~]{1,58}")
_ATTRIBUTE_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&+-.^_`{|}~")


class BadDraft(PostroomError):
    """A value that has no place in a mail: an address, Message-ID or header that is none. For the log, not the peer."""


def clean_line(value: str, limit: int = _TEXT_LIMIT) -> str:
    """One line of text: controls and line ends become spaces, bidi overrides go, surrogates become U+FFFD.

    `limit` is in characters; a longer text ends in an ellipsis.
    """
    text = _BIDI.sub("", _SURROGATES.sub("\ufffd", value))
    text = _BREAKS.sub(" ", text).strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"


def wire_address(address: str) -> str:
    """The addr-spec as it goes on the wire: domain in A-labels, local part as it is (non-ASCII needs SMTPUTF8).

    Raises BadDraft for anything that is not one address of the form local@domain. Quoted local parts are refused.
    """
    local, at, domain = address.rpartition("@")
    ascii_domain = ".".join(map(_a_label, domain.split(".")))
    if not at or not _is_local_part(local) or not _DOMAIN.fullmatch(ascii_domain):
        raise BadDraft(f"not an address: {address!a:.120}")
    return f"{local}@{ascii_domain}"


def _is_local_part(local: str) -> bool:
    if "=?" in local or len(local.encode("utf-8", "replace")) > 64:  # RFC 5321 4.5.3.1.1
        return False
    if not local.isascii():
        local = "".join("x" if ord(char) > 127 and char.isprintable() else char for char in local)
    return _LOCAL_ASCII.fullmatch(local) is not None


def _a_label(label: str) -> str:
    """RFC 5890 2.3.2.1. Not the `idna` codec: IDNA 2003 sends mail for straße.de to strasse.de."""
    if label.isascii() or not label.isprintable():
        return label
    return "xn--" + unicodedata.normalize("NFC", label).lower().encode("punycode").decode("ascii")


def is_message_id(value: str) -> bool:
    """Whether this may stand in References: lenient on a missing "@", as real clients send, never an encoded-word."""
    return _MSG_ID.fullmatch(value) is not None and "=?" not in value


def text_header(name: str, value: str) -> str:
    """An unstructured field (RFC 5322 3.6.5), encoded unless it is ASCII that nobody can take for an encoded-word."""
    text = clean_line(value)
    room = _LINE - len(name) - 2
    words = text.split(" ")
    is_plain = text.isascii() and "=?" not in text and all(len(word) <= room for word in words)
    return fold(name, words if is_plain else encoded_words(text, room))


def address_header(name: str, mailboxes: Sequence[Mailbox]) -> str:
    """An address list (RFC 5322 3.4): no groups, no comments. Raises BadDraft for an address that is none."""
    chunks: list[str] = []
    for display_name, address in mailboxes:
        chunks += _mailbox(display_name, wire_address(address))
        chunks[-1] += ","
    return fold(name, [*chunks[:-1], chunks[-1][:-1]])


def _mailbox(display_name: str, address: str) -> list[str]:
    text = clean_line(display_name, _NAME_LIMIT)
    if not text:
        return [address]
    return [*_phrase(text), f"<{address}>"]


def _phrase(text: str) -> list[str]:
    if "=?" not in text and _ATOMS.fullmatch(text):
        return text.split(" ")
    if "=?" not in text and _QUOTABLE.fullmatch(text):
        return [f'"{text}"']
    return encoded_words(text, first_room=60)


def references_header(name: str, ids: Iterable[str]) -> str:
    """References or In-Reply-To: the first id, then the newest that fit in 900 bytes (RFC 5322 3.6.4; JWZ threading).

    Values that are no Message-IDs are left out: they come from customers' mail. Empty when none remains.
    """
    kept = list(dict.fromkeys(value for value in ids if is_message_id(value)))
    if not kept:
        return ""
    room = _REFERENCES_BYTES - len(name) - len(kept[0]) - 3
    newest: list[str] = []
    for value in reversed(kept[1:]):
        room -= len(value) + 3  # CRLF and a space, when each stands on its own line
        if room < 0:
            break
        newest.insert(0, value)
    return fold(name, [kept[0], *newest])


def structured_header(name: str, value: str) -> str:
    """A field of printable ASCII tokens. Raises BadDraft for anything else, because it cannot be encoded."""
    text = clean_line(value, limit=900)
    if not text.isascii() or "=?" in text:
        raise BadDraft(f"{name} cannot hold {text!a:.120}")
    return fold(name, text.split(" "))


def fold(name: str, chunks: Sequence[str]) -> str:
    """A header field without its last CRLF, broken only between chunks, at 76 characters where they allow it."""
    lines, line = [], f"{name}:"
    for position, chunk in enumerate(filter(None, chunks)):
        if position and len(line) + 1 + len(chunk) > _LINE:
            lines.append(line)
            line = ""
        line += f" {chunk}"
    return "\r\n".join([*lines, line])


def encoded_words(text: str, first_room: int = _ENCODED_WORD) -> list[str]:
    """RFC 2047 words in UTF-8, Q or B, whichever is shorter; none splits a character. `first_room` is in characters."""
    is_q_shorter = sum(map(_q_cost, text)) <= (len(text.encode("utf-8")) + 2) // 3 * 4
    cost, encode = (_q_cost, _q_word) if is_q_shorter else (_b_cost, _b_word)
    room = min(first_room, _ENCODED_WORD) - _WORD_FRAME
    pieces, used = [""], 0
    for char in text:
        used += cost(char)
        if used > _capacity(room, is_q_shorter):
            pieces.append("")
            used, room = cost(char), _ENCODED_WORD - _WORD_FRAME
        pieces[-1] += char
    return [encode(piece) for piece in pieces]


def _capacity(room: int, is_q: bool) -> int:
    """How much cost fits: characters in Q, bytes in B, where three become four characters."""
    return room if is_q else room // 4 * 3


def _q_cost(char: str) -> int:
    return sum(1 if byte in _Q_SAFE else 3 for byte in char.encode("utf-8"))


def _b_cost(char: str) -> int:
    return len(char.encode("utf-8"))


def _q_word(text: str) -> str:
    encoded = "".join(chr(byte) if byte in _Q_SAFE else f"={byte:02X}" for byte in text.encode("utf-8"))
    return f"=?utf-8?q?{encoded.replace(' ', '_')}?="


def _b_word(text: str) -> str:
    return f"=?utf-8?b?{base64.b64encode(text.encode('utf-8')).decode('ascii')}?="


def clean_file_name(name: str) -> str:
    """A file name without path, controls or bidi tricks, at most 255 bytes with its extension kept; may be empty."""
    text = clean_line(name).replace("/", "_").replace("\\", "_").strip(". ")
    if len(text.encode("utf-8")) <= _FILE_NAME_BYTES:
        return text
    stem, dot, extension = text.rpartition(".")
    suffix = f"{dot}{extension}" if stem and len(extension) <= 10 else ""
    return text.encode("utf-8")[: _FILE_NAME_BYTES - len(suffix.encode("utf-8"))].decode("utf-8", "ignore") + suffix


def ascii_file_name(name: str) -> str:
    """What a client that knows no RFC 2231 shows: accents dropped, other scripts as underscores."""
    letters = unicodedata.normalize("NFKD", name)
    text = "".join(char if char.isascii() else "_" for char in letters if not unicodedata.combining(char))
    return re.sub(r"[^A-Za-z0-9._ ()+,-]", "_", text)[-50:].strip() or "attachment"


def parameters(name: str, value: str) -> list[str]:
    """A MIME parameter: quoted when it is plain ASCII, else RFC 2231 in UTF-8, in segments when it is long."""
    if _PLAIN_PARAMETER.fullmatch(value) and "=?" not in value:
        return [f'{name}="{value}"']
    segments = _segments(value)
    if len(segments) == 1:
        return [f"{name}*=utf-8''{segments[0]}"]
    segments[0] = f"utf-8''{segments[0]}"
    return [f"{name}*{number}*={segment}" for number, segment in enumerate(segments)]


def _segments(value: str) -> list[str]:
    segments = [""]
    for byte in value.encode("utf-8"):
        escaped = chr(byte) if byte in _ATTRIBUTE_SAFE else f"%{byte:02X}"
        if len(segments[-1]) + len(escaped) > _SEGMENT:
            segments.append("")
        segments[-1] += escaped
    return segments


def parameter_header(name: str, value: str, attributes: Iterable[str]) -> str:
    """A MIME field with parameters, one chunk each, such as Content-Disposition (RFC 2183)."""
    chunks = [value, *attributes]
    return fold(name, [f"{chunk};" for chunk in chunks[:-1]] + chunks[-1:])
