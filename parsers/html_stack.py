"""The open elements of a document being read, and which tags close which of them.

A small part of HTML's tree construction (13.2.6), as much as text needs: end tags that may be left out, inline elements
held in by blocks, blocks held in by table cells. Every question is answered without a search.
"""

from dataclasses import dataclass

from parsers.html_guard import MAX_DEPTH
from parsers.html_marks import Mark
from parsers.html_page import Place

TIGHT = frozenset(
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
        *("main", "nav", "option", "section", "summary", "signature", "table"),
    )
)
"""Blocks that only begin and end a line."""
SPACED = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "dl", "pre", "listing", "xmp"))
"""Blocks with a blank line before and behind."""
PREFORMATTED = frozenset(("pre", "listing", "xmp"))
LISTS = frozenset(("ul", "ol"))
CELLS = frozenset(("td", "th"))
INLINE = frozenset(("span", "a"))
_TABLE_PARTS = frozenset(("td", "th", "tr", "tbody", "thead", "tfoot", "caption"))
TRACKED = TIGHT | SPACED | LISTS | CELLS | INLINE | {"blockquote", "li", "tr"}


@dataclass(slots=True)
class Open:
    """An element whose end tag is awaited. `start` is its first line, the rest what its end undoes or finishes."""

    name: str
    start: int = 0
    mark: Mark | None = None
    is_plain: bool = False
    is_hidden: bool = False
    is_preformatted: bool = False
    is_quoting: bool = False
    is_spaced: bool = False
    is_listing: bool = False
    quoted_from: int | None = None
    href: str = ""
    text_from: Place = (0, 0)
    number: int = 0
    cells: list[int] | None = None


class Stack:
    """Open elements, with the place of the innermost of each name at hand."""

    __slots__ = ("_blocks", "_ignored", "_places", "opened")

    def __init__(self) -> None:
        self.opened: list[Open] = []
        self._places: dict[str, list[int]] = {name: [] for name in TRACKED}
        self._blocks: list[int] = []
        self._ignored: dict[str, int] = {}

    def push(self, element: Open) -> bool:
        """Open an element; False if nesting is too deep, and the element is only counted."""
        name, place = element.name, len(self.opened)
        if place >= MAX_DEPTH:
            self._ignored[name] = self._ignored.get(name, 0) + 1
            return False
        self._places[name].append(place)
        if name not in INLINE:
            self._blocks.append(place)
        self.opened.append(element)
        return True

    def pop(self) -> Open:
        """Close the innermost element."""
        element = self.opened.pop()
        self._places[element.name].pop()
        if element.name not in INLINE:
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

    def closed_by_end(self, name: str) -> int:
        """The place down to which an end tag closes; beyond the top of the stack if it closes nothing."""
        place = self.place(name)
        if name in INLINE:
            wall = self._blocks[-1] if self._blocks else -1
        elif name in _TABLE_PARTS:
            wall = self.place("table")
        else:
            wall = -1 if name == "table" else self.place("td", "th")
        return place if place > wall else MAX_DEPTH

    def closed_by_start(self, name: str) -> int:
        """The place down to which a start tag closes what it cannot stand in (13.1.2.4); beyond the top if nothing."""
        if name in _SIBLINGS:
            siblings, walls = _SIBLINGS[name]
            place = max(self.place(sibling) for sibling in siblings)
            if place > max(self.place(wall) for wall in walls):
                return place
        paragraphs = self._places["p"]
        return paragraphs[-1] if paragraphs and paragraphs[-1] == self._blocks[-1] else MAX_DEPTH


_SIBLINGS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "li": (("li",), ("ul", "ol", "td", "th", "blockquote")),
    "tr": (("tr",), ("table",)),
    "td": (("td", "th"), ("table",)),
    "th": (("td", "th"), ("table",)),
}
