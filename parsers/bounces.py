"""Delivery reports: recognised by their content type only."""

from parsers.mail import Bounce
from parsers.parts import Structure


def read_bounce(structure: Structure, text: str) -> Bounce | None:
    """A report without its recipients, or None."""
    is_report = structure.content_type == "multipart/report" or text.startswith("Hi. This is the qmail-send program")
    return Bounce() if is_report else None
