"""The pure heart: bytes of a mail in, one frozen `ParsedMail` out. Opens nothing, logs nothing, reads no clock."""

from parsers.mail import ParsedMail

__all__ = ["ParsedMail", "contents", "parse"]


def parse(raw: bytes) -> ParsedMail:
    """What a mail says. Total: never raises on any bytes; every repair is listed in `defects`."""
    from parsers import reading  # noqa: PLC0415  the daemon itself needs only the shapes, and starts faster

    return reading.parse(raw)


def contents(raw: bytes) -> tuple[bytes, ...]:
    """The bytes of a mail's attachments, in the order of `ParsedMail.attachments`. Total, as `parse` is."""
    from parsers import reading  # noqa: PLC0415

    return reading.contents(raw)
