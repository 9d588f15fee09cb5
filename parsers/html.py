"""HTML to readable text, together with the cuts its mark-up tells.

One pass over the tokens with a stack of the elements that matter to text; no tree. Time and memory grow with length
only (see `html_guard`), so there is no hostile input to except: elements nested deeper than the limit lose their
meaning but keep their text.
"""

import re
from dataclasses import dataclass

from parsers.cuts import NO_CUTS, Cuts
from parsers.html_guard import MAX_DEPTH, MAX_TOKENS, TOKEN, attributes, bound, strip_tags, unescape
from parsers.html_marks import PLAIN, Mark, Traits, read_traits
from parsers.html_page import Page, Place
from parsers.html_places import Places, is_attribution

_TIGHT = frozenset(
    (
        *(
            "div",
            "body",
            "html",
            "head",
            "center",
            "form",
            "tbody",
            "thead",
            "tfoot",
            "caption",
            "dd",
            "dt",
            "dir",
            "menu",
        ),
        *("address", "article", "aside", "details", "fieldset", "figcaption", "figure", "footer", "header", "legend"),
        *("main", "nav", "option", "section", "summary", "signature"),
    )
)
_SPACED = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "dl", "pre", "listing", "xmp"))
_LISTS = frozenset(("ul", "ol"))
_CELLS = frozenset(("td", "th"))
_INLINE = frozenset(("span", "a"))
_OPENED = _TIGHT | _SPACED | _LISTS | _CELLS | _INLINE | {"blockquote", "li", "table", "tr"}
_TABLE_PARTS = frozenset(("td", "th", "tr", "tbody", "thead", "tfoot", "caption"))
_PREFORMATTED = frozenset(("pre", "listing", "xmp"))
_RULER = "_" * 32
_MAX_URL = 2000
_FILE_NAME = re.compile(r"^(?:[^ ]+|image ?\d*|img.?\d+)\.(?:png|jpe?g|gif|bmp|svg|webp|tiff?)$", re.I)
_EMPTY_ALT = re.compile(
    r"(?:inline[- ]?)?(?:image|picture|photo|bild|grafik|img|logo|icon|spacer|pixel|banner)?[-_ #\d]*|cid:.*|https?://.*",
    re.I | re.S,
)
_URL = re.compile(r"(?i)^(?:https?://|ftp://|mailto:|tel:)\S")


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlText:
    """Readable text of HTML. `cuts` are offsets into `text`, each from a line's first character to a line's last."""

    text: str = ""
    cuts: Cuts = NO_CUTS


def read_html(html: str) -> HtmlText:
    """Readable text of an HTML body, and the quotation, signature and forwarded mail its mark-up names.

    Total: any string, at most the first million characters of it. Elements hidden by style are left out, unless
    nothing else is there.
    """
    bounded = bound(html)
    reader = _Reader()
    reader.read(bounded)
    if reader.has_hidden and not any(reader.page.lines):
        reader = _Reader(shows_hidden=True)
        reader.read(bounded)
    return reader.result()


@dataclass(slots=True)
class _Open:
    """An element whose end tag is awaited. `start` is its first line, the rest what its end undoes or finishes."""

    name: str
    start: int
    mark: Mark | None = None
    is_hidden: bool = False
    is_preformatted: bool = False
    is_quoting: bool = False
    is_spaced: bool = False
    quoted_from: int | None = None
    href: str = ""
    text_from: Place = (0, 0)
    number: int = 0
    cells: list[int] | None = None


_PLAIN_OPEN = {name: _Open(name, 0) for name in _TIGHT}


class _Stack:
    """Open elements, with the place of the innermost of each name at hand, so that no end tag has to search."""

    __slots__ = ("_blocks", "_ignored", "_places", "opened")

    def __init__(self) -> None:
        self.opened: list[_Open] = []
        self._places: dict[str, list[int]] = {name: [] for name in _OPENED}
        self._blocks: list[int] = []
        self._ignored: dict[str, int] = {}

    def push(self, element: _Open) -> bool:
        """Open an element; False if nesting is too deep, and the element is only counted."""
        if len(self.opened) >= MAX_DEPTH:
            self._ignored[element.name] = self._ignored.get(element.name, 0) + 1
            return False
        self._places[element.name].append(len(self.opened))
        if element.name not in _INLINE:
            self._blocks.append(len(self.opened))
        self.opened.append(element)
        return True

    def pop(self) -> _Open:
        """Close the innermost element."""
        element = self.opened.pop()
        self._places[element.name].pop()
        if element.name not in _INLINE:
            self._blocks.pop()
        return element

    def takes_ignored(self, name: str) -> bool:
        """Whether an end tag of that name belongs to an element too deep to count; it is then used up."""
        if not self._ignored or not self._ignored.get(name):
            return False
        self._ignored[name] -= 1
        return True

    def place(self, name: str, other: str = "") -> int:
        """The place of the innermost open element of that name, or of either of two names; or -1."""
        places = self._places[name]
        place = places[-1] if places else -1
        return max(place, self.place(other)) if other else place

    def innermost_block(self) -> int:
        """The place of the innermost element that is not inline, or -1."""
        return self._blocks[-1] if self._blocks else -1

    def closed_by_end(self, name: str) -> int:
        """The place down to which an end tag closes, or -1. Cells hold blocks in, blocks hold inline elements in."""
        place = self.place(name)
        if place < 0 or name == "table":
            return place
        if name in _INLINE:
            wall = self.innermost_block()
        else:
            wall = self.place("table") if name in _TABLE_PARTS else self.place("td", "th")
        return place if place > wall else -1

    def closed_by_start(self, name: str) -> int:
        """The place down to which a start tag closes what it cannot stand in (HTML 13.1.2.4), or -1."""
        paragraph = self.place("p")
        if paragraph >= 0 and paragraph == self.innermost_block():
            return paragraph
        if name == "li":
            place, wall = (
                self.place("li"),
                max(self.place("ul", "ol"), self.place("td", "th"), self.place("blockquote")),
            )
        elif name == "tr":
            place, wall = self.place("tr"), self.place("table")
        elif name in _CELLS:
            place, wall = self.place("td", "th"), self.place("table")
        else:
            return -1
        return place if place > wall else -1


class _Reader:
    """Tokens in, a page and the marked places on it out."""

    __slots__ = ("_hidden", "_places", "_preformatted", "_shows_hidden", "_stack", "has_hidden", "page")

    def __init__(self, *, shows_hidden: bool = False) -> None:
        self.page = Page()
        self.has_hidden = False
        self._places = Places()
        self._stack = _Stack()
        self._shows_hidden = shows_hidden
        self._hidden = 0
        self._preformatted = 0

    def read(self, html: str) -> None:
        """Read bounded HTML to its end."""
        for count, token in enumerate(TOKEN.finditer(html)):
            if count == MAX_TOKENS:
                self._read_crudely(html[token.start() :])
                break
            slash, name, raw, stray, text = token.groups()
            if name is not None:
                self._read_tag(slash, name.lower(), raw)
            elif stray:
                self._write("<")
            if text:
                self._write(text)
        self._close_to(0)
        self.page.break_line()

    def result(self) -> HtmlText:
        """What was read."""
        text, offsets = self.page.finish()
        return HtmlText(text=text, cuts=self._places.cuts(self.page.lines, offsets))

    def _read_crudely(self, html: str) -> None:
        """More tags than mails have: the rest is read without regard to what is hidden, quoted or listed."""
        self.page.add_lines(strip_tags(html))

    def _write(self, text: str) -> None:
        if self._hidden:
            return
        if "&" in text:
            text = unescape(text)
        if self._preformatted:
            self.page.add_preformatted(text)
        else:
            self.page.add(text)

    def _read_tag(self, slash: str, name: str, raw: str) -> None:
        if name in _OPENED:
            if slash:
                self._end(name)
                return
            traits = read_traits(raw)
            # A span that says nothing needs its end found only inside one that does.
            if traits is not PLAIN or name != "span" or self._stack.place("span") >= 0:
                self._start(name, traits, raw)
        elif name == "br":
            self.page.new_line() if not self._hidden else None
        elif name == "img":
            self._write_image(attributes(raw))
        elif name == "hr":
            self._write_ruler(read_traits(raw))
        elif "@" in name or name in ("http:", "https:"):  # <jane@example.com>, written by those who do not escape
            self._write(f"<{slash}{name}{raw}>")

    def _start(self, name: str, traits: Traits, raw: str) -> None:
        page = self.page
        if traits is PLAIN and name in _TIGHT:
            self._close_to(self._stack.closed_by_start(name))
            page.break_line()
            self._stack.push(_PLAIN_OPEN[name])
            return
        if name not in _INLINE:
            self._close_to(self._stack.closed_by_start(name))
            if name in ("td", "th", "li", "tr"):  # an unclosed paragraph in an unclosed cell hides the cell
                self._close_to(self._stack.closed_by_start(name))
            page.break_line()
        elif traits.mark:
            page.break_line()
        element = _Open(name, len(page.lines), traits.mark)
        parent = self._stack.opened[-1] if self._stack.opened else None
        if not self._stack.push(element):
            return
        if traits.is_hidden and not self._shows_hidden:
            self.has_hidden = element.is_hidden = True
            self._hidden += 1
        if traits.keeps_spaces or name in _PREFORMATTED:
            element.is_preformatted = True
            self._preformatted += 1
        if traits.is_word_list:
            page.mark_listed()
        if name not in _TIGHT and name != "span":
            self._lay_out(element, traits, raw, parent)
        if element.mark:
            self._places.enter(element.mark, element.start)

    def _lay_out(self, element: _Open, traits: Traits, raw: str, parent: _Open | None) -> None:
        """What the start of a particular element does to the page."""
        name, page = element.name, self.page
        if name in _SPACED:
            element.is_spaced = not traits.is_tight
            if element.is_spaced:
                page.leave_gap()
        elif name == "a":
            element.href = attributes(raw).get("href", "").strip()
            element.text_from = page.place()
        elif name == "blockquote":
            self._start_quote(element, traits, parent)
        elif name == "li":
            self._start_item(attributes(raw).get("value", ""))
        elif name in _LISTS:
            element.is_spaced = not page.indent
            element.number = _number(attributes(raw).get("start", "")) if name == "ol" else 0
            page.indent += 1
        elif name == "tr":
            self._start_row(element)
        elif name in _CELLS and (row := self._stack.place("tr")) > self._stack.place("table"):
            cells = self._stack.opened[row].cells
            if cells is not None:
                cells.append(len(page.lines))

    def _start_row(self, element: _Open) -> None:
        element.cells = []
        if (place := self._stack.place("table")) >= 0:
            self._stack.opened[place].number += 1
            element.number = self._stack.opened[place].number

    def _start_quote(self, element: _Open, traits: Traits, parent: _Open | None) -> None:
        """A block quote quotes a mail, or the author's own source, or only indents (`border:none`, as Gmail does)."""
        page = self.page
        above = page.last_line()
        introduced = not self._places.has_quote and above >= 0 and is_attribution(page.lines[above])
        is_quotation = traits.is_cited or introduced or traits.mark in (Mark.QUOTE, Mark.HOLDER)
        if traits.is_indented and not is_quotation:
            return
        if is_quotation:
            element.mark = Mark.QUOTE
            if parent and parent.mark is Mark.HOLDER and parent.quoted_from is None:
                parent.quoted_from = element.start
        if introduced:
            element.start = above
        page.leave_gap()
        page.depth += 1
        element.is_quoting = True

    def _start_item(self, value: str) -> None:
        place = self._stack.place("ul", "ol")
        if place < 0 or self._stack.opened[place].name == "ul":
            self.page.add_marker("- ")
            return
        numbered = self._stack.opened[place]
        numbered.number = _number(value) + 1 if value else numbered.number + 1
        self.page.add_marker(f"{numbered.number}. ")

    def _end(self, name: str) -> None:
        if self._stack.takes_ignored(name):
            return
        if name in _INLINE:
            self._close_to(self._stack.closed_by_end(name))
            return
        self.page.break_line()
        opened = self._stack.opened
        if opened and opened[-1].name == name:
            self._close()
        else:
            self._close_to(self._stack.closed_by_end(name))

    def _close_to(self, place: int) -> None:
        if place < 0:
            return
        opened = self._stack.opened
        while len(opened) > place:
            self._close()

    def _close(self) -> None:
        element, page = self._stack.pop(), self.page
        if element is _PLAIN_OPEN.get(element.name):
            page.break_line()
            return
        if element.name == "a":
            self._finish_link(element)
        elif element.name != "span" or element.mark not in (None, Mark.SIGNATURE):
            page.break_line()
        self._hidden -= element.is_hidden
        self._preformatted -= element.is_preformatted
        page.depth -= element.is_quoting
        if element.name in _LISTS:
            page.indent -= 1
        elif element.name == "li":
            page.add_marker("")
        if element.mark:
            end = len(page.lines) + page.has_text()
            self._places.leave(element.mark, (element.start, end), page.lines, element.quoted_from)
        if element.cells and self._places.latest <= element.start:
            page.merge(element.cells, is_first=element.number == 1)
        if element.is_spaced or element.is_quoting:
            page.leave_gap()

    def _finish_link(self, element: _Open) -> None:
        url = element.href
        if self._hidden or len(url) > _MAX_URL or not _URL.match(url):
            return
        text = " ".join(self.page.text_since(element.text_from).split())
        shown = re.sub(r"(?i)^(?:mailto|tel):", "", url)
        if text and _bare(text) != _bare(url) and shown.lower() not in text.lower():
            self.page.add_behind(f" <{shown}>")

    def _write_image(self, found: dict[str, str]) -> None:
        alt = " ".join(found.get("alt", "").split())
        if self._hidden or found.get("width") == "1" or found.get("height") == "1":
            return
        if alt and len(alt) <= 8 and not alt.isascii() and not any(c.isalnum() for c in alt):
            self.page.add(alt)  # an emoji that its client drew as a picture
        elif len(alt) <= 200 and not _EMPTY_ALT.fullmatch(alt) and not _FILE_NAME.match(alt):
            self.page.add(f"[{alt}]")

    def _write_ruler(self, traits: Traits) -> None:
        self._close_to(self._stack.closed_by_start("hr"))
        self.page.break_line()
        if traits.mark:
            self._places.enter(traits.mark, len(self.page.lines))
        if not self._hidden and not traits.is_hidden:
            self.page.add(_RULER)
            self.page.break_line()


def _number(text: str) -> int:
    """The number before the one a list states, in sane limits."""
    return int(text) - 1 if text.isascii() and text.isdecimal() and len(text) < 7 else 0


def _bare(url: str) -> str:
    """A URL without what people leave out when they write it."""
    return re.sub(r"(?i)^(?:mailto:|tel:|(?:https?|ftp)://)?(?:www\.)?", "", url).rstrip("/").lower()
