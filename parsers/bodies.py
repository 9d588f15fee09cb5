"""Which leaves of a mail are its body, and the one text that they make.

In each multipart/alternative the real one of plain and HTML is chosen; texts that stand in order are joined in order.
Quotation and signature are found elsewhere; here only the cuts of the HTML are brought along.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from parsers.charsets import decode_text
from parsers.cuts import NO_CUTS, Cuts, Span
from parsers.encoded_text import strip_encoded
from parsers.flowed import unflow
from parsers.html import read_html
from parsers.parts import Part

_HTML_TYPES = frozenset(("text/html", "application/xhtml+xml", "text/enriched", "text/richtext"))
_NEVER_BODY = frozenset(("text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/rfc822-headers"))
_MAX_LEVELS = 50
_TAG = re.compile(r"<(?:[a-zA-Z][\w:-]*[\s/>]|/[a-zA-Z]|!)")
_WHOLE_HTML = re.compile(r"\s{0,100}<(?:!doctype html|html[\s>])", re.I)
_META_CHARSET = re.compile(rb"<meta\s[^>]{0,200}?charset\s{0,3}=\s{0,3}[\"']?\s{0,3}([\w.:-]{2,40})", re.I)
_WORD = re.compile(r"[^\W_]+")
_ANGLED_URL = re.compile(r"<(?:https?://|mailto:|tel:)[^<>\s]{1,2000}>")
# What stands in a plain part that only excuses itself, in the languages of the big newsletter and ticket systems.
_EXCUSE = re.compile(
    r"html|browser|navegador|navigateur|webbrowser|mail client|email client|e-mail client|mailprogramm|"
    r"client de messagerie|cliente de correo|view (?:it|this) (?:online|in)|brauser|przeglądar|браузер|浏览器|ブラウザ",
    re.I,
)
_MAX_EXCUSE_WORDS = 45
_MUCH_POORER = 4


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


_NOTHING = Body()


def read_body(parts: Sequence[Part]) -> Body:
    """The body of a mail with these leaves, in the order they stand. Total; a mail without a text has an empty one."""
    bodies = _read_level(parts, 0)
    return bodies if bodies.text.strip() else _Joined([bodies]).without_text()


def _read_level(parts: Sequence[Part], level: int) -> Body:
    """The body that parts with a common ancestor at this level make."""
    groups = _grouped(parts, level)
    if level >= _MAX_LEVELS or (len(groups) == 1 and len(groups[0]) == 1 and len(parts[0].container) <= level):
        return _join([_read_leaf(part, is_first=number == 0) for number, part in enumerate(parts)])
    kind = parts[0].container[level] if level < len(parts[0].container) else "mixed"
    if kind == "alternative":
        return _choose([_read_level(group, level + 1) for group in groups])
    if kind in ("report", "signed"):
        return _read_level(groups[0], level + 1)
    return _read_sequence(groups, level)
