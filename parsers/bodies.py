"""The body among the leaves: the smallest reader that works, joined plain texts or else the first HTML as it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from parsers.charsets import decode_text
from parsers.cuts import NO_CUTS, Cuts
from parsers.parts import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The whole body as text, the raw HTML if any, and which leaves they came from."""

    text: str = ""
    html: str = ""
    cuts: Cuts = NO_CUTS
    used: tuple[tuple[int, ...], ...] = ()
    defects: tuple[str, ...] = ()


def read_body(parts: Sequence[Part]) -> Body:
    """Choose and decode the body."""
    inline = [part for part in parts if part.disposition != "attachment" and not part.name]
    plain = [part for part in inline if part.content_type == "text/plain"]
    html = [part for part in inline if part.content_type == "text/html"][:1]
    decoded = [decode_text(part.payload, part.charset) for part in (*plain, *html)]
    texts = [item.text for item in decoded]
    return Body(
        text="\n".join(texts[: len(plain)] or texts),
        html="".join(texts[len(plain) :]),
        used=tuple(part.position for part in (*plain, *html)),
        defects=tuple(defect for item in decoded for defect in item.defects),
    )
