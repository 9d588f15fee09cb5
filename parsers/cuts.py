"""Where a mail client's own mark-up says that something other than new text begins.

HTML tells what plain text only hints at (`div.gmail_quote`, `blockquote[type=cite]`, `#divRplyFwdMsg`): the reader of
HTML notes the places, the splitter of replies uses them. Offsets count characters of the text both speak about.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Characters `start` up to, not including, `end` of the text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cuts:
    """Spans that mark-up calls quotation, signature or forwarded mail; in order, each kind without overlaps.

    `own` are lines that look quoted and are not: format=flowed tells a typed ">" from a quotation's (RFC 3676 4.4).
    """

    quotes: tuple[Span, ...] = ()
    signatures: tuple[Span, ...] = ()
    forwards: tuple[Span, ...] = ()
    own: tuple[Span, ...] = ()


NO_CUTS = Cuts()
