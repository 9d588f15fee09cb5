"""What is new in a text: here all of it."""

from dataclasses import dataclass

from parsers.cuts import NO_CUTS, Cuts


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """The newly written text, the signature, the quoted text."""

    reply: str
    signature: str = ""
    quoted: str = ""


def split_reply(text: str, cuts: Cuts = NO_CUTS) -> Split:
    """Split a body; without any knowledge of clients everything is new that mark-up does not call quotation."""
    end = min((span.start for span in cuts.quotes), default=len(text))
    return Split(reply=text[:end], quoted=text[end:])
