"""What a rendering gives: the words of a notice, or why there are none."""

from dataclasses import dataclass


class BrokenTemplate(Exception):
    """A template that cannot be used: `line` is 1-based, 0 when unknown."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What a notice says. `problem` tells why an admin's own template was not used; empty when all is well."""

    subject: str
    text: str
    html: str
    problem: str = ""
