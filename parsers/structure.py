"""A mail's bytes taken apart into its leaves (RFC 2045, RFC 2046): multiparts walked, transfer encodings undone.

Boundaries are looked for, not trusted: wrong, missing, shared and unterminated ones still give the parts. Inner mails
(message/rfc822) stay leaves. Every limit and every repair is a defect, never an exception.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from parsers.headers import AMBIGUOUS_FROM, clean_line, read_block
from parsers.limits import MAX_DECODED_BYTES, MAX_DEFECTS, MAX_DEPTH, MAX_PARTS
from parsers.parameters import Parameterised, read_parameterised
from parsers.part_names import part_name
from parsers.parts import Headers, Part, Structure
from parsers.transfers import decode_transfer

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}")
_AFTER_DELIMITER = re.compile(rb"(--)?[ \t]*(?:\r?\n|\Z)")
_LIKELY_DELIMITER = re.compile(
    rb"(?:\A|\n)--([^\s][^\r\n]{0,199}?)[ \t]*\r?\n(?=content-[a-z-]+[ \t]*:)", re.IGNORECASE
)
_HTML_START = re.compile(rb"\s{0,200}<(?:!doctype html|html|head|body|div|p)\b", re.IGNORECASE)
_UNDECLARED_MULTIPART = re.compile(
    rb"\s*(?:This is a multi-?part message in MIME format[^\n]*\n\s*)?"
    rb"--[^\s-][^\r\n]{3,199}\r?\ncontent-[a-z-]+[ \t]*:",
    re.IGNORECASE,
)
_LEADING = re.compile(rb"(?:\xef\xbb\xbf)?[\r\n]*")
_SNIFFED_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the tree an entity stands, and which bytes it is."""

    start: int
    end: int
    container: tuple[str, ...] = ()
    position: tuple[int, ...] = ()
    default_type: str = "text/plain"


def read_structure(raw: bytes) -> Structure:
    """Take a mail apart. Total: any bytes give a Structure, with at least no parts."""
    if b"\r" in raw and b"\n" not in raw:
        return _Reader(raw.replace(b"\r", b"\n"), ["structure: lines end in bare CR"]).read()
    return _Reader(raw, []).read()


class _Reader:
    """The walk over one mail: what is still allowed, and what has been found so far."""

    def __init__(self, raw: bytes, defects: list[str]) -> None:
        self._raw = raw
        self._parts: list[Part] = []
        self._defects = defects
        self._bytes_left = MAX_DECODED_BYTES

    def read(self) -> Structure:
        leading = _LEADING.match(self._raw)
        start = leading.end() if leading else 0
        if start:
            self._defects.append("structure: blank lines or a byte order mark before the headers")
        headers, declared = self._entity(_Place(start, len(self._raw)))
        return Structure(
            headers=headers,
            content_type=declared.value,
            parameters=declared.parameters,
            parts=tuple(self._parts),
            defects=tuple(dict.fromkeys(self._defects))[:MAX_DEFECTS],
        )

    def _entity(self, place: _Place) -> tuple[Headers, Parameterised]:
        """Read one entity: its children if it is a multipart, else itself as a leaf."""
        block = read_block(self._raw, place.start, place.end)
        self._defects += (defect for defect in block.defects if defect != AMBIGUOUS_FROM or not place.position)
        declared = self._declared(block.headers, place, block.body_start)
        is_multipart = declared.value.startswith("multipart/")
        if not (is_multipart and self._children(declared, place, block.body_start)):
            shown = declared
            if is_multipart:
                self._defects.append("structure: multipart without parts")
                if len(place.position) < MAX_DEPTH and len(self._parts) < MAX_PARTS:
                    shown = Parameterised(self._undivided_type(block.body_start), declared.parameters)
            self._leaf(block.headers, shown, place, block.body_start)
        return block.headers, declared

    def _declared(self, headers: Headers, place: _Place, body_start: int) -> Parameterised:
        fields = headers.raw_all("content-type")
        declared = read_parameterised(fields[0] if fields else b"")
        self._defects += declared.defects
        if not declared.value and not place.position and _UNDECLARED_MULTIPART.match(self._raw, body_start):
            self._defects.append("structure: undeclared multipart")
            return Parameterised("multipart/mixed", declared.parameters)
        if _TYPE.fullmatch(declared.value):
            return declared
        if declared.value:
            self._defects.append("structure: invalid content type")
        if declared.value.startswith("multipart") and "boundary" in declared.parameters:
            return Parameterised("multipart/mixed", declared.parameters)
        is_file = bool(declared.value) and ("name" in declared.parameters or "content-disposition" in headers)
        return Parameterised("application/octet-stream" if is_file else place.default_type, declared.parameters)

    def _children(self, declared: Parameterised, place: _Place, start: int) -> bool:
        """Read the parts of a multipart; False if there are none, so that its body is not lost."""
        if len(place.position) >= MAX_DEPTH:
            self._defects.append("structure: nested too deep")
            return False
        spans = self._spans(declared.parameters.get("boundary", ""), start, place.end)
        subtype = declared.value.partition("/")[2]
        default_type = "message/rfc822" if subtype == "digest" else "text/plain"
        before = len(self._parts)
        for number, (child_start, child_end) in enumerate(spans):
            if len(self._parts) >= MAX_PARTS:
                self._defects.append("structure: too many parts")
                break
            self._entity(
                _Place(child_start, child_end, (*place.container, subtype), (*place.position, number), default_type)
            )
        return len(self._parts) > before

    def _undivided_type(self, start: int) -> str:
        """What the body of a multipart is that no delimiter divides: somebody's words, most likely."""
        return "text/html" if _HTML_START.match(self._raw, start) else "text/plain"

    def _spans(self, boundary: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The byte ranges between the delimiter lines, by the declared boundary or by one that is seen in use."""
        mark = boundary.encode("utf-8", "surrogateescape").rstrip()
        if mark and self._raw.find(b"--" + mark, start, end) >= 0:
            return self._between(mark, start, end)
        found = _LIKELY_DELIMITER.search(self._raw, max(start - 1, 0), min(end, start + _SNIFFED_BYTES))
        if found is None:
            return iter(())
        self._defects.append("structure: missing or wrong boundary")
        return self._between(found[1], start, end)

    def _between(self, mark: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
        raw, opened, closed = self._raw, -1, False
        for line_start, line_end, is_last in self._delimiters(b"--" + mark, start, end):
            if opened >= 0 and line_start > opened:
                yield opened, line_start - (2 if raw[line_start - 2 : line_start] == b"\r\n" else 1)
            if closed and not is_last:
                self._defects.append("structure: parts behind the last delimiter")
            closed = closed or is_last
            opened = -1 if is_last else line_end
        if opened >= 0:
            self._defects.append("structure: multipart without end")
            if opened < end:
                yield opened, end

    def _delimiters(self, mark: bytes, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
        """Delimiter lines (RFC 2046 5.1.1): start, end, and whether it is the closing one."""
        raw = self._raw
        at = raw.find(mark, start, end)
        while at >= 0:
            after = at + len(mark)
            tail = _AFTER_DELIMITER.match(raw, after, end) if at == start or raw[at - 1] == 0x0A else None
            if tail:
                yield at, tail.end(), tail[1] is not None
                after = max(after, tail.end() - 1)
            at = raw.find(mark, after, end)

    def _leaf(self, headers: Headers, declared: Parameterised, place: _Place, start: int) -> None:
        body = self._raw[start : place.end]
        content_type = declared.value
        done = decode_transfer(body, headers.get("content-transfer-encoding"), is_text=_is_textual(content_type))
        self._defects += done.defects
        charset = declared.parameters.get("charset", "")
        disposition = read_parameterised(b"".join(headers.raw_all("content-disposition")[:1]), charset)
        self._parts.append(
            Part(
                headers=headers,
                content_type=content_type,
                charset=charset,
                parameters=declared.parameters,
                disposition=disposition.value,
                name=self._name(part_name(headers, disposition, declared)),
                content_id=headers.get("content-id").strip("<> "),
                payload=self._within_budget(done.payload),
                container=place.container,
                position=place.position,
            )
        )

    def _name(self, name: str) -> str:
        cleaned = clean_line(name)
        self._defects += [f"file name: {defect}" for defect in cleaned.defects]
        return cleaned.text

    def _within_budget(self, payload: bytes) -> bytes:
        if len(payload) > self._bytes_left:
            self._defects.append("structure: decoded content shortened")
            payload = payload[: self._bytes_left]
        self._bytes_left -= len(payload)
        return payload


def _is_textual(content_type: str) -> bool:
    return content_type.startswith(("text/", "message/", "multipart/"))
