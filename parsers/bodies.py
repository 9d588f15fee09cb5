"""Which leaves of a mail are its body, and the one text that they make.

In each multipart/alternative the real one of plain and HTML is chosen; texts that stand in order are joined in order.
Quotation and signature are judged elsewhere; here only the cuts that the HTML knows are brought along.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import accumulate, groupby

from parsers.alignment import Words, align_cuts
from parsers.charsets import Decoded, decode_text
from parsers.cuts import NO_CUTS, Cuts, Span
from parsers.encoded_text import strip_encoded
from parsers.flowed import unflow
from parsers.html import read_html
from parsers.html_guard import unescape
from parsers.parts import Part

_HTML_TYPES = frozenset(("text/html", "text/enriched", "text/richtext"))
_PLAIN_TYPES = frozenset(("text/plain", "text/markdown", "text/x-markdown", "text"))
_MAX_LEVELS = 50
_TAG = re.compile(r"<(?:[a-zA-Z][\w:-]*[\s/>]|/[a-zA-Z]|!)")
_WHOLE_HTML = re.compile(r"\s{0,100}<(?:!doctype html|html[\s>])", re.I)
_META_CHARSET = re.compile(rb"<meta\s[^>]{0,200}?charset\s{0,3}=\s{0,3}[\"']?\s{0,3}([\w.:-]{2,40})", re.I)
_META_PREFIX_BYTES = 4096
# What a plain part says that only excuses itself, in the words of newsletter systems and mail clients.
_EXCUSE = re.compile(
    r"html|browser|navegador|navigateur|mail client|mail program|mailprogramm|messagerie|cliente de correo"
    r"|online version|view (?:it|this|the) |brauser|przeglądar|браузер|浏览器|瀏覽器|ブラウザ|브라우저",
    re.I,
)
_MAX_EXCUSE_LETTERS = 300
_MUCH_POORER = 4
_MANGLED = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The body of a mail.

    `text` is the whole of it as text, `html` the decoded HTML as it came or empty. `cuts` are offsets into `text`.
    `used` are the positions of the parts it was made from, including the alternatives that were not chosen.
    """

    text: str = ""
    html: str = ""
    cuts: Cuts = NO_CUTS
    used: tuple[tuple[int, ...], ...] = ()
    defects: tuple[str, ...] = ()


def read_body(parts: Sequence[Part]) -> Body:
    """The body of a mail with these leaves, given in their order. Total; a mail without text has an empty one."""
    if not parts:
        return Body()
    return _read(parts, 0)


def _read(parts: Sequence[Part], level: int) -> Body:
    """The body made by parts that share their place down to this level."""
    first = parts[0]
    if len(parts) == 1 and len(first.position) <= level:
        return _read_leaf(first) if _may_be_body(first) else Body()
    kind = first.container[level] if level < len(first.container) else "mixed"
    if level >= _MAX_LEVELS:
        return _join(_read_leaf(part) for part in parts if _is_text_of_sequence(part, is_first=True))
    groups = [tuple(group) for _, group in groupby(parts, key=lambda part: part.position[level : level + 1])]
    if kind == "alternative":
        return _choose([_read(group, level + 1) for group in groups])
    if kind in ("report", "signed", "related"):
        bodies = (_read(group, level + 1) for group in groups)
        return next((body for body in bodies if body.used), Body())
    return _read_sequence(groups, level + 1)


def _read_sequence(groups: Sequence[Sequence[Part]], level: int) -> Body:
    """Texts one after another. A picture between them leaves a line, so that "see here:" keeps its sense."""
    bodies: list[Body] = []
    for group in groups:
        part = group[0]
        if len(group) > 1 or len(part.position) > level:
            bodies.append(_read(group, level))
        elif _is_text_of_sequence(part, is_first=not any(body.text for body in bodies)):
            bodies.append(_read_leaf(part))
        elif part.content_type.startswith("image/") and part.disposition == "inline":
            bodies.append(Body(text="" if _is_shown(part, bodies) else _marker(part)))
    return _join(bodies) if any(body.used for body in bodies) else Body()


def _marker(part: Part) -> str:
    return f"[image: {part.name}]" if part.name else "[image]"


def _is_shown(image: Part, bodies: Sequence[Body]) -> bool:
    """Whether HTML above has the picture in its text already (RFC 2392)."""
    return bool(image.content_id) and any(f"cid:{image.content_id.strip('<>')}" in body.html for body in bodies)


def _may_be_body(part: Part) -> bool:
    """A leaf whose place says it is the body: the only one, or an alternative."""
    if part.disposition == "attachment" and (part.name or part.position):
        return False
    return part.content_type in _HTML_TYPES or part.content_type in _PLAIN_TYPES


def _is_text_of_sequence(part: Part, *, is_first: bool) -> bool:
    """A leaf among others: named text is a file, unless it comes first and does not say that it is one."""
    return _may_be_body(part) and (not part.name or (is_first and not part.disposition))


def _read_leaf(part: Part) -> Body:
    is_html = part.content_type in _HTML_TYPES
    decoded = _decode_html(part) if is_html else decode_text(part.payload, part.charset)
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    if is_html and _TAG.search(text):
        return _html_body(text, part, decoded.defects)
    if is_html:
        return Body(text=unescape(text).strip("\n"), html=text, used=(part.position,), defects=decoded.defects)
    if _WHOLE_HTML.match(text):
        return _html_body(text, part, (*decoded.defects, "html in a text/plain part"))
    return _plain_body(text, part, decoded.defects)


def _html_body(html: str, part: Part, defects: tuple[str, ...]) -> Body:
    read = read_html(html)
    return Body(text=read.text, html=html, cuts=read.cuts, used=(part.position,), defects=defects)


def _plain_body(text: str, part: Part, defects: tuple[str, ...]) -> Body:
    own: tuple[Span, ...] = ()
    if part.parameters.get("format", "").lower() == "flowed":
        unflowed = unflow(text, part.parameters.get("delsp", "").lower() == "yes")
        text, own = unflowed.text, unflowed.own
    stripped = strip_encoded(text)
    found = tuple(f"encoded file in text: {name}" for name in stripped.names)
    body = stripped.text.lstrip("\n")
    moved = len(body) - len(stripped.text)
    cuts = NO_CUTS if found else Cuts(own=tuple(_moved(span, moved) for span in own))
    return Body(text=body.rstrip("\n"), cuts=cuts, used=(part.position,), defects=(*defects, *found))


def _decode_html(part: Part) -> Decoded:
    """By the declared charset; by the one in <meta> if none is declared or the declared one does not fit the bytes."""
    decoded = decode_text(part.payload, part.charset)
    meta = None if part.payload.isascii() else _META_CHARSET.search(part.payload[:_META_PREFIX_BYTES])
    if meta is None:
        return decoded
    named = meta[1].decode("ascii", "replace").lower()
    # An ASCII-readable <meta> cannot be UTF-16, whatever it says (HTML 13.2.3.2).
    if named.startswith(("utf-16", "unicode")) or named == part.charset.lower():
        return decoded
    if part.charset and not decoded.defects and named not in ("utf-8", "utf8"):
        return decoded
    return decode_text(part.payload, named) if _fits(part.payload, named) else decoded


def _fits(payload: bytes, charset: str) -> bool:
    try:
        payload.decode(charset)
    except (LookupError, ValueError):
        return False
    return True


def _choose(alternatives: Sequence[Body]) -> Body:
    """The real one of the alternatives (RFC 2046 5.1.4 orders them by richness; senders fill them as they like)."""
    used = tuple(position for body in alternatives for position in body.used)
    defects = tuple(defect for body in alternatives for defect in body.defects)
    plain = next((body for body in alternatives if body.text.strip() and not body.html), None)
    rich = next((body for body in reversed(alternatives) if body.html and body.text.strip()), None)
    if rich is None or plain is None:
        return replace(plain or rich or _first_html(alternatives), used=used, defects=defects)
    plain_words, rich_words = Words(plain.text), Words(rich.text)
    if _is_poor(plain_words, rich_words):
        return replace(rich, used=used, defects=defects)
    cuts = replace(align_cuts(rich_words, rich.cuts, plain_words), own=plain.cuts.own)
    return Body(text=plain.text, html=rich.html, cuts=cuts, used=used, defects=defects)


def _first_html(alternatives: Sequence[Body]) -> Body:
    return next((body for body in alternatives if body.html), Body())


def _is_poor(plain: Words, rich: Words) -> bool:
    """Whether plain text is a stand-in for the HTML: nothing, an excuse, a small rest, or letters become "?"."""
    letters, rich_letters = sum(map(len, plain.words)), sum(map(len, rich.words))
    lost = plain.text.count("?")
    if rich_letters > letters * _MUCH_POORER + 40 or lost > _MANGLED * (letters + lost) > 3:
        return rich_letters > letters
    is_same_start = plain.words[:8] == rich.words[: len(plain.words[:8])]
    return letters <= _MAX_EXCUSE_LETTERS and not is_same_start and bool(_EXCUSE.search(plain.text))


def _join(bodies: Iterable[Body]) -> Body:
    """Bodies in order as one. Where any has HTML, plain ones are carried in it too."""
    filled = [body for body in bodies if body.used or body.text]
    if len(filled) == 1:
        return filled[0]
    texts = [body for body in filled if body.text]
    return Body(
        text="\n".join(body.text for body in texts),
        html="\n".join(_htmls(filled)),
        cuts=_joined_cuts(texts),
        used=tuple(position for body in filled for position in body.used),
        defects=tuple(defect for body in filled for defect in body.defects),
    )


def _htmls(bodies: Sequence[Body]) -> Iterator[str]:
    if any(body.html for body in bodies):
        yield from (body.html or f"<pre>{escape(body.text)}</pre>" for body in bodies if body.html or body.text)


def _joined_cuts(bodies: Sequence[Body]) -> Cuts:
    offsets = [0, *accumulate(len(body.text) + 1 for body in bodies)]
    placed = [(body.cuts, offset) for body, offset in zip(bodies, offsets, strict=False)]
    return Cuts(
        quotes=tuple(_moved(span, offset) for cuts, offset in placed for span in cuts.quotes),
        signatures=tuple(_moved(span, offset) for cuts, offset in placed for span in cuts.signatures),
        forwards=tuple(_moved(span, offset) for cuts, offset in placed for span in cuts.forwards),
        own=tuple(_moved(span, offset) for cuts, offset in placed for span in cuts.own),
    )


def _moved(span: Span, offset: int) -> Span:
    return Span(start=span.start + offset, end=span.end + offset)
