"""Inline forwards: none is known here."""

from parsers.cuts import NO_CUTS, Cuts
from parsers.mail import Forward


def read_forward(text: str, subject: str, cuts: Cuts = NO_CUTS) -> Forward | None:
    """The forwarded mail inside a text, where mark-up says that there is one."""
    if not cuts.forwards:
        return None
    span = cuts.forwards[0]
    return Forward(subject=subject, body=text[span.start : span.end], comment=text[: span.start])
