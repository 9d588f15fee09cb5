"""The first, linear look at HTML from outside: size, comments, raw text elements, tokens, attributes.

Browser-grade tree builders are quadratic in nesting depth and in attributes per tag (measured: 100,000 nested divs cost
minutes). Everything here is one pass: no expression can look further back or ahead than the next few `<`, so that time
grows with length and nothing else. Meaning is given elsewhere.
"""

import html as entities
import re
from collections.abc import Iterator

MAX_CHARACTERS = 1_048_576
MAX_TOKENS = 50_000
MAX_DEPTH = 500

_CONTROLS = bytes(byte for byte in range(0x20) if byte not in b"\t\n\f\r") + b"\x7f"
_RAW = re.compile(r"<(?:!--|(style|script|title|svg|iframe|template|noframes|noembed|xml)(?=[\s/>]))", re.I | re.A)
# Numbers this long are no character, and int() refuses more than 4,300 digits with an exception.
_ABSURD_ENTITY = re.compile(r"&#[xX]?[0-9a-fA-F]{9,}+;?")
# Samsung's mail client marks its quotation with nothing but a comment.
_ORIGINAL = re.compile(r"<!-- ?originalMessage ?-->")
# A quoted value may hold a few "<" (`title="Jane <jane@example.com>"`); the bound keeps the scan linear.
_ATTRIBUTES = r"""[^<>"']*+(?:(?:"[^"<]*+(?:<[^"<]*+){0,4}+"|'[^'<]*+(?:<[^'<]*+){0,4}+'|["'])[^<>"']*+)*+"""
_TOKEN = re.compile(rf"<(/?[A-Za-z][^ \t\n\r\f/<>]*+)({_ATTRIBUTES})>([^<]*+)|(<?[^<]*+)")
_DECLARATION = re.compile(r"<[!?][^<>]*+>")
_LINE_TAG = re.compile(rf"</?(?:br|p|div|li|tr|h\d|table|blockquote|pre)(?:[\s/]{_ATTRIBUTES})?>", re.I | re.A)
_ANY_TAG = re.compile(rf"</?[A-Za-z]{_ATTRIBUTES}>")
_ATTRIBUTE = re.compile(r"""([^\s=>"'/]++)(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'>]*+))?""")


def bound(html: str) -> str:
    """HTML of at most a million characters without comments, scripts, styles, controls and lone surrogates."""
    html = html[:MAX_CHARACTERS].encode("utf-8", "replace").translate(None, _CONTROLS).decode("utf-8")
    if "originalMessage" in html:
        html = _ORIGINAL.sub('<hr class="samsung_original">', html)
    html = "".join(_without_raw(html))
    return _DECLARATION.sub("", html) if "<!" in html or "<?" in html else html


def tokens(html: str) -> tuple[list[tuple[str, str, str, str]], str]:
    """Bounded HTML as (name with the slash of an end tag, raw attributes, text behind the tag, text behind no tag).

    What follows the first MAX_TOKENS tags is returned as it is: no mail has so many, and it would be slow.
    """
    pieces = html.split("<", MAX_TOKENS)
    rest = f"<{pieces[-1]}" if len(pieces) > MAX_TOKENS else ""
    return _TOKEN.findall(html, 0, len(html) - len(rest)), rest


def _without_raw(html: str) -> Iterator[str]:
    """What stands outside comments and raw text elements. One that never ends hides nothing: only its start goes."""
    at = 0
    endless: set[str] = set()
    while found := _RAW.search(html, at):
        yield html[at : found.start()]
        kind = (found[1] or "!--").lower()
        end = -1 if kind in endless else _end_of_raw(html, kind, found)
        if end < 0:
            endless.add(kind)
            end = found.end()
        yield " "
        at = end
    yield html[at:]


def _end_of_raw(html: str, kind: str, start: re.Match[str]) -> int:
    if kind == "!--":  # "<!-->" and "<!--->" are whole comments (HTML 13.2.5.43)
        end = html.find("-->", start.start() + 2)
        return end + 3 if end >= 0 else -1
    closing = re.compile(f"</{kind}(?=[\\s/>])", re.I | re.A).search(html, start.end())
    return html.find(">", closing.end()) + 1 or -1 if closing else -1


def strip_tags(html: str) -> str:
    """Crudely the text of bounded HTML, a line for each block: for what is too much to be read with care."""
    text = _LINE_TAG.sub("\n", html.replace("\n", " "))
    return unescape(_ANY_TAG.sub("", text))


def attributes(raw: str) -> dict[str, str]:
    """Attributes of a start tag: lower-case name to value with its entities resolved. The first of a name counts."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(raw):
        found.setdefault(match[1].lower(), unescape((match[2] or "").strip("\"'")))
    return found


def unescape(text: str) -> str:
    """Character references resolved, the absurd ones dropped. Never raises."""
    if "&" not in text:
        return text
    return entities.unescape(_ABSURD_ENTITY.sub("", text))
