"""The pure heart: bytes of a mail in, one frozen `ParsedMail` out. Opens nothing, logs nothing, reads no clock."""

from parsers.mail import ParsedMail
from parsers.parse import contents, parse

__all__ = ["ParsedMail", "contents", "parse"]
