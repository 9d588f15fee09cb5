"""HTML to readable text, together with the cuts its mark-up tells.

One pass over the tokens with a stack of the elements that matter to text; no tree. Time and memory grow with length
only (see `html_guard`), so there is no hostile input to except: elements nested deeper than the limit lose their
meaning but keep their text.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from parsers.cuts import NO_CUTS, Cuts
from parsers.html_guard import attributes, bound, strip_tags, tokens, unescape
from parsers.html_inline import has_target, picture_text, unsaid_target
from parsers.html_marks import PLAIN, Mark, Traits, read_traits
from parsers.html_page import Page
from parsers.html_places import Places, is_attribution
from parsers.html_stack import CELLS, INLINE, LISTS, PREFORMATTED, SPACED, TIGHT, TRACKED, Open, Stack

_RULER = "_" * 32


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


_PLAIN_OPEN = {name: Open(name, is_plain=True) for name in TIGHT}


class _Reader:
    """Tags and texts in, a page and the marked places on it out."""

    __slots__ = ("_hidden", "_places", "_preformatted", "_shows_hidden", "_stack", "has_hidden", "page")

    def __init__(self, *, shows_hidden: bool = False) -> None:
        self.page = Page()
        self.has_hidden = False
        self._places = Places()
        self._stack = Stack()
        self._shows_hidden = shows_hidden
        self._hidden = 0
        self._preformatted = 0

    def read(self, html: str) -> None:
        """Read bounded HTML to its end."""
        found, rest = tokens(html)
        for name, raw, behind, alone in found:
            if name:
                act, element = _ACTS.get(name, _UNKNOWN)
                if act:
                    act(self, element or name, raw)
            if text := behind or alone:
                self._write(text)
        if rest:  # more tags than mails have: read without regard to what is hidden, quoted or listed
            self.page.add_lines(strip_tags(rest))
        self._close_to(0)
        self.page.break_line()

    def result(self) -> HtmlText:
        """What was read."""
        text, offsets = self.page.finish()
        return HtmlText(text=text, cuts=self._places.cuts(self.page.lines, offsets))

    def _write(self, text: str) -> None:
        if self._hidden:
            return
        if "&" in text:
            text = unescape(text)
        if self._preformatted:
            self.page.add_preformatted(text)
        else:
            self.page.add(text)

    def read_unknown(self, name: str, raw: str) -> None:
        """A name in capitals, an address in angle brackets, or an element that says nothing to text."""
        lowered = name.lower()
        if lowered != name:
            act, element = _ACTS.get(lowered, _UNKNOWN)
            if act:
                act(self, element or lowered, raw)
        elif "@" in name or name in ("http:", "https:"):  # <jane@example.com>, written by those who do not escape
            self._write(f"<{name}{raw}>")

    def open_tight(self, name: str, raw: str) -> None:
        """A block that only begins a line."""
        traits = read_traits(raw) if raw else PLAIN
        if traits is not PLAIN:
            self._open(name, traits)
            return
        self._close_to(self._stack.closed_by_start(name))
        self.page.break_line()
        self._stack.push(_PLAIN_OPEN[name])

    def open_signature(self, name: str, raw: str) -> None:
        """Mailspring's own element for what it puts below a letter."""
        self._open(name, replace(read_traits(raw), mark=Mark.SIGNATURE))

    def open_spaced(self, name: str, raw: str) -> None:
        """A paragraph, a heading, preformatted text. Word's paragraphs are lines."""
        traits = read_traits(raw)
        element = self._open(name, traits)
        if not traits.is_tight:
            element.is_spaced = True
            self.page.leave_gap()

    def open_span(self, name: str, raw: str) -> None:
        """A span that says nothing is followed only inside one that does, to find the right end."""
        traits = read_traits(raw)
        if traits is not PLAIN or self._stack.place("span") >= 0:
            self._open(name, traits)

    def open_link(self, name: str, raw: str) -> None:
        """A link: its target is written at its end, when its text is known."""
        element = self._open(name, read_traits(raw))
        element.href = attributes(raw).get("href", "").strip()
        element.text_from = self.page.place()

    def open_list(self, name: str, raw: str) -> None:
        """A list. Lists in lists are not set apart."""
        element = self._open(name, read_traits(raw))
        element.is_spaced = not self.page.indent
        element.number = _number(attributes(raw).get("start", ""))
        element.is_listing = True
        if element.is_spaced:
            self.page.leave_gap()
        self.page.indent += 1

    def open_item(self, name: str, raw: str) -> None:
        """A list item and its bullet or number."""
        self._open(name, read_traits(raw))
        place = self._stack.place("ul", "ol")
        if place < 0 or self._stack.opened[place].name == "ul":
            self.page.add_marker("- ")
            return
        numbered, value = self._stack.opened[place], attributes(raw).get("value", "")
        numbered.number = _number(value) + 1 if value else numbered.number + 1
        self.page.add_marker(f"{numbered.number}. ")

    def open_row(self, name: str, raw: str) -> None:
        """A table row, the how-manyth it is, and the cells to come."""
        element = self._open(name, read_traits(raw))
        element.cells = []
        if (place := self._stack.place("table")) >= 0:
            table = self._stack.opened[place]
            if table.is_plain:  # shared by all elements that have nothing to remember
                table = self._stack.opened[place] = Open("table")
            table.number += 1
            element.number = table.number

    def open_cell(self, name: str, raw: str) -> None:
        """A table cell, counted by its row."""
        self._open(name, read_traits(raw))
        row = self._stack.place("tr")
        if row > self._stack.place("table") and (cells := self._stack.opened[row].cells) is not None:
            cells.append(len(self.page.lines))

    def open_quote(self, name: str, raw: str) -> None:
        """A block quote quotes a mail, or the author's own source, or only indents (`border:none`, as Gmail does)."""
        page, traits = self.page, read_traits(raw)
        self._close_to(self._stack.closed_by_start(name))
        page.break_line()
        above = page.last_line()
        introduced = not self._places.has_quote and above >= 0 and is_attribution(page.lines[above])
        is_quotation = traits.is_cited or introduced or traits.mark in (Mark.QUOTE, Mark.HOLDER)
        holder = self._stack.opened[-1] if self._stack.opened else None
        if is_quotation and holder and holder.mark is Mark.HOLDER and holder.quoted_from is None:
            holder.quoted_from = len(page.lines)
        mark = Mark.QUOTE if is_quotation else traits.mark
        element = self._open(name, traits, mark, above if introduced else len(page.lines))
        if is_quotation or not traits.is_indented:
            element.is_quoting = True
            page.leave_gap()
            page.depth += 1

    def _open(self, name: str, traits: Traits, mark: Mark | None = None, start: int | None = None) -> Open:
        """Open an element of any kind; what is particular to its kind is up to the caller."""
        page, mark = self.page, mark or traits.mark
        if name not in INLINE:
            self._close_to(self._stack.closed_by_start(name))
            page.break_line()
        elif mark:
            page.break_line()
        element = Open(name, len(page.lines) if start is None else start, mark)
        if not self._stack.push(element):
            return Open(name)
        if traits is PLAIN and not mark and name not in PREFORMATTED:
            return element
        self._undergo(element, traits)
        return element

    def _undergo(self, element: Open, traits: Traits) -> None:
        """What the traits of an element do until its end."""
        if traits.is_hidden and not self._shows_hidden:
            self.has_hidden = element.is_hidden = True
            self._hidden += 1
        if traits.keeps_spaces or element.name in PREFORMATTED:
            element.is_preformatted = True
            self._preformatted += 1
        if traits.is_word_list:
            self.page.mark_listed()
        if element.mark:
            self._places.enter(element.mark, element.start)

    def end(self, name: str, _raw: str) -> None:
        """An end tag; stray ones only end the line."""
        if self._stack.takes_ignored(name):
            return
        if name in INLINE:
            self._close_to(self._stack.closed_by_end(name))
            return
        self.page.break_line()
        opened = self._stack.opened
        if opened and opened[-1].name == name:
            self._close()
        else:
            self._close_to(self._stack.closed_by_end(name))

    def _close_to(self, place: int) -> None:
        opened = self._stack.opened
        while len(opened) > place:
            self._close()

    def _close(self) -> None:
        element, page = self._stack.pop(), self.page
        if element.name == "a":
            self._finish_link(element)
        elif element.name != "span" or element.mark not in (None, Mark.SIGNATURE):
            page.break_line()
        if element.is_plain:
            return
        self._hidden -= element.is_hidden
        self._preformatted -= element.is_preformatted
        page.depth -= element.is_quoting
        page.indent -= element.is_listing
        if element.name == "li":
            page.add_marker("")
        if element.mark:
            end = len(page.lines) + page.has_text()
            self._places.leave(element.mark, (element.start, end), page.lines, element.quoted_from)
        if element.cells and self._places.latest <= element.start:
            page.merge(element.cells, is_first=element.number == 1)
        if element.is_spaced or element.is_quoting:
            page.leave_gap()

    def _finish_link(self, element: Open) -> None:
        if self._hidden or not has_target(element.href):
            return
        if target := unsaid_target(element.href, self.page.text_since(element.text_from)):
            self.page.add_behind(f" <{target}>")

    def write_break(self, _name: str, _raw: str) -> None:
        """A line break."""
        if not self._hidden:
            self.page.new_line()

    def write_image(self, _name: str, raw: str) -> None:
        """What stands for a picture."""
        text = "" if self._hidden else picture_text(attributes(raw))
        if text:
            self.page.add(text)

    def write_ruler(self, name: str, raw: str) -> None:
        """A horizontal line, which some clients mark as the start of what they quote."""
        traits = read_traits(raw)
        self._close_to(self._stack.closed_by_start(name))
        self.page.break_line()
        if traits.mark:
            self._places.enter(traits.mark, len(self.page.lines))
        if not self._hidden and not traits.is_hidden:
            self.page.add(_RULER)
            self.page.break_line()


_Act = Callable[[_Reader, str, str], None]
_UNKNOWN: tuple[_Act, str] = (_Reader.read_unknown, "")
_IDLE = ("b", "i", "u", "o:p", "font", "strong", "em", "small", "big", "tt", "code", "sup", "sub", "s", "wbr")
_ACTS: dict[str, tuple[_Act | None, str]] = {
    **{name: (_Reader.open_tight, name) for name in TIGHT},
    **{name: (_Reader.open_spaced, name) for name in SPACED},
    **{name: (_Reader.open_list, name) for name in LISTS},
    **{name: (_Reader.open_cell, name) for name in CELLS},
    **{f"/{name}": (_Reader.end, name) for name in TRACKED},
    **{f"{slash}{name}": (None, name) for name in _IDLE for slash in ("", "/")},
    "signature": (_Reader.open_signature, "signature"),
    "span": (_Reader.open_span, "span"),
    "a": (_Reader.open_link, "a"),
    "li": (_Reader.open_item, "li"),
    "tr": (_Reader.open_row, "tr"),
    "blockquote": (_Reader.open_quote, "blockquote"),
    "br": (_Reader.write_break, "br"),
    "/br": (_Reader.write_break, "br"),
    "img": (_Reader.write_image, "img"),
    "hr": (_Reader.write_ruler, "hr"),
}


def _number(text: str) -> int:
    """The number before the one a list states, in sane limits."""
    return int(text) - 1 if text.isascii() and text.isdecimal() and len(text) < 7 else 0
