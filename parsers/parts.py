"""The pieces a mail falls into, between bytes and meaning.

`structure` makes these; the readers of bodies, attachments, reports and automatic mail consume them. Only shapes here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Headers:
    """Header fields in order, topmost first: (lower-cased name, raw unfolded value, decoded one-line value)."""

    fields: tuple[tuple[str, bytes, str], ...] = ()

    def get(self, name: str) -> str:
        """The decoded value of the topmost field of that lower-case name, or an empty string."""
        for key, _, text in self.fields:  # asked for dozens of times a mail: a generator costs twice as much
            if key == name:
                return text
        return ""

    def get_all(self, name: str) -> tuple[str, ...]:
        """The decoded values of all fields of that lower-case name, topmost first."""
        return tuple(text for key, _, text in self.fields if key == name)

    def raw_all(self, name: str) -> tuple[bytes, ...]:
        """The raw unfolded values of all fields of that lower-case name, topmost first."""
        return tuple(raw for key, raw, _ in self.fields if key == name)

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _, _ in self.fields)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((key, text) for key, _, text in self.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One leaf of the MIME tree. `payload` is transfer-decoded; a message/* part is a leaf with the inner mail's bytes.

    `container` is the subtype chain of the multiparts around it, outermost first, such as ("mixed", "alternative");
    `position` the child index at each level, so that parts of one alternative can be told from another's.
    """

    headers: Headers
    content_type: str
    charset: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    disposition: str = ""
    name: str = ""
    content_id: str = ""
    payload: bytes = b""
    container: tuple[str, ...] = ()
    position: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """A mail taken apart: its own headers, its content type, its leaves in order, and what had to be repaired."""

    headers: Headers
    content_type: str = "text/plain"
    parameters: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    defects: tuple[str, ...] = ()
