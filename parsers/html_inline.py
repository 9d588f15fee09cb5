"""What is written in the text for a link's target and for a picture."""

import re
from collections.abc import Mapping

_MAX_URL = 2000
_ICON_PIXELS = 48
_FILE_NAME = re.compile(r"^(?:[^ ]+|image ?\d*|img.?\d+)\.(?:png|jpe?g|gif|bmp|svg|webp|tiff?)$", re.I)
_EMPTY_ALT = re.compile(
    r"(?:inline[- ]?)?(?:image|picture|photo|bild|grafik|img|logo|icon|spacer|pixel|banner)?[-_ #\d]*|cid:.*|https?://.*",
    re.I | re.S,
)
_URL_START = re.compile(r"^(?:(?:https?|ftp)://)?(?:www\.)?")
_ADDRESS_SCHEME = re.compile(r"(?i)^(?:mailto|tel):")
_URL = re.compile(r"(?i)^(?:https?://|ftp://|mailto:|tel:)\S")


def has_target(url: str) -> bool:
    """Whether a link leads where a reader of text could go."""
    return len(url) <= _MAX_URL and _URL.match(url) is not None


def unsaid_target(url: str, text: str) -> str:
    """The target as it is shown behind the link's text; empty where the text says it already."""
    said = " ".join(text.split()).lower()
    shown = _ADDRESS_SCHEME.sub("", url)
    return shown if said and shown.lower() not in said and _bare(said) != _bare(shown) else ""


def picture_text(attributes: Mapping[str, str]) -> str:
    """What stands for a picture: the alternative text that a person wrote, or that one is here, if the mail has it."""
    alt = " ".join(attributes.get("alt", "").split())
    if attributes.get("width") == "1" or attributes.get("height") == "1":
        return ""
    if alt and len(alt) <= 8 and not alt.isascii() and not any(c.isalnum() for c in alt):
        return alt  # an emoji that its client drew as a picture
    if len(alt) <= 200 and not _EMPTY_ALT.fullmatch(alt) and not _FILE_NAME.match(alt):
        return f"[{alt}]"
    comes_with_mail = attributes.get("src", "")[:4].lower() == "cid:"
    return " [image] " if comes_with_mail and not _is_small(attributes) else ""


def _is_small(attributes: Mapping[str, str]) -> bool:
    """Whether a picture is as high as a line or an icon."""
    height = attributes.get("height", "").removesuffix("px")
    return height.isdecimal() and int(height[:5]) <= _ICON_PIXELS


def _bare(url: str) -> str:
    """A URL without what people leave out when they write it."""
    return _URL_START.sub("", url.lower()).rstrip("/")
