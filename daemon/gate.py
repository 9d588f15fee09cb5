"""The outbound gate: the last look at final bytes before they may leave (RFC 5321, RFC 5322).

An independent, strict scanner: it knows nothing of drafts and shares no code with `compose`. It reads the bytes and
says what is wrong with them; whoever asks marks the row failed, tells the admin and sends nothing.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator

from daemon.gate_mime import Reading, haystacks, read_entity, read_fields

_ONCE = frozenset(
    {
        *("date", "from", "to", "cc", "reply-to", "subject", "message-id", "in-reply-to", "references"),
        *("mime-version", "content-type", "content-transfer-encoding"),
        *("auto-submitted", "x-auto-response-suppress", "precedence", "thread-index", "thread-topic"),
        *("list-unsubscribe", "list-unsubscribe-post"),
    }
)
_OWN = re.compile(r"x-postroom-[a-z-]{1,30}")
_REQUIRED = ("date", "from", "to", "subject", "message-id", "mime-version", "content-type")
_ADDRESSES = ("from", "to", "cc", "reply-to")
_MSG_ID = r"<[!-;=?-~]{1,250}>"
_SHAPES = {
    "date": r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}",
    "message-id": r"<[!-;=?A-~]{1,200}@[!-;=?A-~]{1,200}>",
    "in-reply-to": _MSG_ID,
    "references": rf"{_MSG_ID}(?:\s+{_MSG_ID})*",
    "mime-version": r"1\.0",
    "auto-submitted": r"auto-replied|auto-generated",
}
_CONTROLS = bytes({*range(0x20), 0x7F} - set(b"\t\r\n"))
_LINE_OCTETS = 998  # RFC 5322 2.1.1, without CRLF
_SPEC = r"[^\s\x00-\x20\x7f<>()\[\]\\,;:\"@]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?"
_PHRASE = r"(?:(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]++|\"[^\"\\<>@]*+\")[ \t]++)++"
_MAILBOX = re.compile(rf"[ \t]*(?:{_PHRASE}<({_SPEC})>|({_SPEC}))(?:,[ \t]|\Z)")


def inspect(
    raw: bytes,
    *,
    recipient: str,
    visible: Collection[str],
    own: Collection[str],
    hidden: Collection[str] = (),
    canaries: Collection[bytes] = (),
) -> tuple[str, ...]:
    """What is wrong with a mail that is about to leave; an empty tuple lets it pass.

    `recipient` is the envelope recipient: named in To or Cc, or one of `hidden` (watchers nobody may see). `visible`
    are the addresses To and Cc may show, `own` the addresses or whole domains From may have. `canaries` are passages
    of internal notes, UTF-8: none may occur in the bytes or in any decoded text, whatever its wrapping and quoting.
    """
    reading = Reading()
    reading.violations += _wire_faults(raw)
    head, separator, body = raw.partition(b"\r\n\r\n")
    if not separator:
        reading.violations.append("header block does not end")
    fields = read_fields(head, reading)
    reading.violations += _field_faults(fields)
    reading.violations += _people_faults(fields, recipient, visible, own, hidden)
    read_entity(fields, body, reading)
    reading.violations += _leaks(raw, reading, canaries)
    return tuple(dict.fromkeys(reading.violations))


def _wire_faults(raw: bytes) -> Iterator[str]:
    if not raw.count(b"\r\n") == raw.count(b"\r") == raw.count(b"\n"):
        yield "bare CR or LF"
    if len(raw.translate(None, _CONTROLS)) < len(raw):
        yield "control character"
    if max(map(len, raw.split(b"\r\n"))) > _LINE_OCTETS:
        yield "line over 998 octets"
    if not raw.endswith(b"\r\n"):
        yield "last line does not end"
    if not raw.partition(b"\r\n\r\n")[2].isascii():
        yield "8-bit body"


def _field_faults(fields: list[tuple[str, str]]) -> Iterator[str]:
    names = [name for name, _ in fields]
    yield from (f"header not allowed: {name}" for name in names if name not in _ONCE and not _OWN.fullmatch(name))
    yield from (f"header more than once: {name}" for name in names if names.count(name) > 1)
    yield from (f"header missing: {name}" for name in _REQUIRED if name not in names)
    for name, value in fields:
        if name in _SHAPES and not re.fullmatch(_SHAPES[name], value):
            yield f"header malformed: {name}"
        if name not in _ADDRESSES and not value.isascii():
            yield f"8-bit header: {name}"


def _people_faults(
    fields: list[tuple[str, str]],
    recipient: str,
    visible: Collection[str],
    own: Collection[str],
    hidden: Collection[str],
) -> Iterator[str]:
    people = {name: _addresses(value) for name, value in fields if name in _ADDRESSES}
    yield from (f"not an address list: {name}" for name, found in people.items() if not found)
    shown = {*people.get("to", ()), *people.get("cc", ())}
    if not shown <= _normal(visible):
        yield "To or Cc shows an address it may not"
    if not re.fullmatch(_SPEC, _wire(recipient)) or _wire(recipient) not in shown | _normal(hidden):
        yield "envelope recipient is not intended"
    if not all(_is_own(address, _normal(own)) for address in people.get("from", ())):
        yield "From is not ours"
    if any(len(people.get(name, ("",))) != 1 for name in ("from", "reply-to")):
        yield "more than one address in From or Reply-To"


def _addresses(value: str) -> tuple[str, ...]:
    """The addr-specs of an address list; empty when any part of it is not a plain mailbox (no groups, no comments)."""
    found, position = [], 0
    while position < len(value):
        match = _MAILBOX.match(value, position)
        if not match:
            return ()
        found.append(_wire(match[1] or match[2]))
        position = match.end()
    return () if value.endswith((",", ", ")) else tuple(found)


def _normal(addresses: Iterable[str]) -> set[str]:
    return set(map(_wire, addresses))


def _wire(address: str) -> str:
    """Lower case, domain in A-labels (RFC 5890), so that both spellings of an address are one."""
    local, at, domain = address.rpartition("@")
    labels = (label if label.isascii() else _punycode(label) for label in domain.lower().split("."))
    return local.lower() + at + ".".join(labels)


def _punycode(label: str) -> str:
    return "xn--" + unicodedata.normalize("NFC", label).encode("punycode").decode("ascii")


def _is_own(address: str, own: set[str]) -> bool:
    return address in own or address.rpartition("@")[2] in own


def _leaks(raw: bytes, reading: Reading, canaries: Collection[bytes]) -> Iterator[str]:
    wanted = [canary for canary in canaries if canary.strip()]
    if not wanted:
        return
    texts = [_squash(text) for text in haystacks(reading)]
    for canary in wanted:
        needle = _squash(canary.decode("utf-8", "replace"))
        in_text = bool(needle) and any(needle in text for text in texts)
        if in_text or canary in raw or any(canary in content for content in reading.files):
            yield "internal text in outgoing mail"


def _squash(text: str) -> str:
    """Without white space and quote marks, so that wrapping and quoting hide nothing."""
    return re.sub(r"[\s>]+", "", text).casefold()


_PROBE_RECIPIENT = "ann@customer.example"
_PROBE = (
    b"Date: Mon, 01 Jun 2026 10:00:00 +0000\r\nFrom: Desk <desk@ours.example>\r\nTo: Ann <ann@customer.example>\r\n"
    b"Subject: Printer\r\nMessage-ID: <probe@ours.example>\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nHello =E2=82=AC\r\n"
)
_SUBJECT, _TO = b"Subject: Printer\r\n", b"To: Ann <ann@customer.example>\r\n"
_EXPLOITS: dict[str, tuple[bytes, bytes]] = {
    "Bcc smuggled by a subject (CVE-2024-6923)": (_SUBJECT, b"Subject: x\r\nBcc: evil@example.com\r\n"),
    "Bcc after a bare LF": (_SUBJECT, b"Subject: x\nBcc: evil@example.com\r\n"),
    "Bcc after a bare CR": (_SUBJECT, b"Subject: x\rBcc: evil@example.com\r\n"),
    "encoded line end and Bcc": (_SUBJECT, b"Subject: =?utf-8?q?x=0ABcc:_evil@example.com?=\r\n"),
    "encoded line end within a word": (_SUBJECT, b"Subject: x=?utf-8?q?=0ABcc:_evil@example.com?=\r\n"),
    "encoded line end in base64": (_SUBJECT, b"Subject: =?utf-8?b?eApCY2M6IGVAeC5jb20=?=\r\n"),
    "subject that ends the header block": (_SUBJECT, b"Subject: a\r\n\r\n"),
    "subject with an empty folded line": (_SUBJECT, b"Subject: a\r\n \r\n b\r\n"),
    "folded comment that lost its parentheses (CVE-2025-11468)": (_TO, b"To: aaa\r\n Bcc:evil@example.com\r\n"),
    "comment in an address": (_TO, b"To: ann@customer.example (a Bcc: evil@example.com)\r\n"),
    "long name that lost its quotes": (_TO, b"To: long name <evil@example.com> <ann@customer.example>\r\n"),
    "name that became an address": (_TO, b"To: <evil@example.com>, Ann <ann@customer.example>\r\n"),
    "group": (_TO, b"To: g: ann@customer.example;\r\n"),
    "second To": (_TO, _TO + _TO),
    "Cc to a stranger": (_TO, _TO + b"Cc: evil@example.com\r\n"),
    "From that is not ours": (b"desk@ours.example", b"desk@theirs.example"),
    "white space before the colon": (_SUBJECT, _SUBJECT + b"Bcc : evil@example.com\r\n"),
    "Resent-Bcc": (_SUBJECT, _SUBJECT + b"Resent-Bcc: evil@example.com\r\n"),
    "NUL": (b"Printer", b"Prin\0ter"),
    "8-bit subject": (b"Printer", "Drücker".encode()),
    "line without an end": (b"Hello", b"x" * 999),
    "end of data after a bare LF": (b"Hello", b"Hello\n.\nMAIL FROM:<evil@example.com>"),
}


def self_probe() -> tuple[str, ...]:
    """Whether the gate still bites: names of known exploits it lets pass, and of the harmless mail if it does not.

    Every exploit is built by hand, so that nothing hides behind a builder that has become careful. Empty is good.
    """
    failures = [] if _passes(_PROBE) else ["harmless mail refused"]
    return (*failures, *(name for name, (old, new) in _EXPLOITS.items() if _passes(_PROBE.replace(old, new, 1))))


def _passes(raw: bytes) -> bool:
    return not inspect(raw, recipient=_PROBE_RECIPIENT, visible=[_PROBE_RECIPIENT], own=["desk@ours.example"])
