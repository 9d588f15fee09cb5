"""HTML of a mail made harmless for showing: no scripts, no forms, nothing fetched from anywhere.

The tree builder behind the sanitiser is quadratic in nesting, in attributes and in formatting left open, so it is given
mark-up that is balanced, shallow and free of everything that is not allowed anyway. This cleans what a browser shows;
the page around it still needs its Content-Security-Policy.
"""

import re
from collections.abc import Iterator, Mapping
from html import escape
from types import MappingProxyType
from urllib.parse import unquote

import nh3

from parsers.html_guard import attributes, bound, strip_tags, tokens

_NONE: Mapping[str, str] = MappingProxyType({})
_MAX_OPEN = 200
_MAX_FORMATTING = 12
_MAX_VALUE = 4000
_VOID = frozenset(("br", "hr", "img", "wbr", "col"))
_FORMATTING = frozenset(("a", "b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u"))
_TAGS = (
    _VOID
    | _FORMATTING
    | frozenset(
        (
            *("abbr", "address", "article", "aside", "bdi", "bdo", "blockquote", "caption", "center"),
            *("cite", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "figcaption", "figure"),
            *("footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "ins", "kbd", "li", "mark", "ol"),
            *("p", "pre", "q", "samp", "section", "span", "sub", "summary", "sup", "table", "tbody", "td"),
            *("tfoot", "th", "thead", "time", "tr", "ul", "var"),
        )
    )
)
_ANY_TAG = {"style", "title", "dir", "lang", "align", "valign", "width", "height", "bgcolor", "border", "color"}
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "table": {"cellpadding", "cellspacing"},
    "ol": {"start", "type"},
    "font": {"face", "size"},
    "blockquote": {"type"},
}
_STYLES = {
    *("color", "background-color", "font", "font-family", "font-size", "font-style", "font-weight", "line-height"),
    *("text-align", "text-decoration", "text-indent", "vertical-align", "white-space", "letter-spacing", "direction"),
    *("margin", "margin-top", "margin-right", "margin-bottom", "margin-left"),
    *("padding", "padding-top", "padding-right", "padding-bottom", "padding-left"),
    *("border", "border-top", "border-right", "border-bottom", "border-left", "border-collapse", "border-spacing"),
    *("border-color", "border-style", "border-width", "border-radius"),
    *("width", "height", "max-width", "max-height", "min-width", "list-style-type"),
}
# Anything in a style value that could fetch, or hide from this very test that it does.
_FETCHES = re.compile(
    r"[\\@<]|/\*|(?:url|image|image-set|cross-fade|element|expression|src|attr|var|env)\s*\(|javascript:", re.I
)
_LINK = re.compile(r"(?:https?://|mailto:|tel:)[^\s\x00-\x20]", re.I)
_PICTURE_DATA = re.compile(r"data:image/(?:png|gif|jpeg|webp);base64,[A-Za-z0-9+/=\s]+", re.I)


def sanitise(html: str, images: Mapping[str, str] = _NONE) -> str:
    """HTML that is safe to show. `images` maps a content-id (no angle brackets) to the URL that serves it.

    Remote pictures, fonts and styles are gone, so are pictures whose content-id is unknown. Links keep their target and
    get `rel="noopener noreferrer nofollow"`. Total, and linear in the first million characters.
    """

    def keep(tag: str, name: str, value: str) -> str | None:
        if name == "href":
            return value if _LINK.match(value) else None
        if name == "src":
            return _picture(value, images)
        if name == "style":
            return None if _FETCHES.search(value) else value
        return value

    return nh3.clean(
        "".join(_tame(bound(html))),
        tags=set(_TAGS),
        attributes={tag: _ATTRIBUTES.get(tag, set()) | _ANY_TAG for tag in _TAGS},
        attribute_filter=keep,
        filter_style_properties=_STYLES,
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )


def _picture(source: str, images: Mapping[str, str]) -> str | None:
    """Where a picture is really served: ours by content-id (RFC 2392), or the small one written into the mark-up."""
    if source[:4].lower() == "cid:":
        name = source[4:].strip()
        return images.get(name) or images.get(unquote(name))
    return source if _PICTURE_DATA.fullmatch(source) else None


def _tame(html: str) -> Iterator[str]:
    """The same mark-up with allowed elements only, each of them closed, none nested deeper than the limits."""
    opened: list[str] = []
    formatting = 0
    found, rest = tokens(html)
    for tag, raw, behind, alone in found:
        name = tag.lstrip("/").lower()
        if name in _VOID:
            yield _start_tag(name, raw)
        elif tag.startswith("/") and name in opened:
            closed = ""
            while closed != name:
                closed = opened.pop()
                formatting -= closed in _FORMATTING
                yield f"</{closed}>"
        elif name in _TAGS and name == tag.lower() and _may_open(name, len(opened), formatting):
            opened.append(name)
            formatting += name in _FORMATTING
            yield _start_tag(name, raw)
        yield behind or alone.replace("<", "&lt;")
    yield escape(strip_tags(rest))
    yield from (f"</{name}>" for name in reversed(opened))


def _may_open(name: str, depth: int, formatting: int) -> bool:
    return depth < _MAX_OPEN and (name not in _FORMATTING or formatting < _MAX_FORMATTING)


def _start_tag(name: str, raw: str) -> str:
    if not raw or raw.isspace():
        return f"<{name}>"
    allowed = _ATTRIBUTES.get(name, _NONE)
    kept = "".join(
        f' {key}="{escape(value)}"'
        for key, value in attributes(raw).items()
        if (key in allowed or key in _ANY_TAG) and (len(value) <= _MAX_VALUE or key == "src")
    )
    return f"<{name}{kept}>"
