"""What a letter carries besides words: an agent's files, and pictures shown where their sender had them.

A picture is shown only if it stood in the new text: what a client quotes along, or keeps in a signature, stays behind.
"""

import hmac
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from daemon.compose import Part
from daemon.store.letters import Entry
from parsers.pictures import ELSEWHERE, MARKER
from templates.rendered import Rendered

Contents = Callable[[str], Sequence[bytes]]
MOST_ATTACHED = 10 * 1024**2
MOST_SHOWN = 2 * 1024**2  # in a notice: the agent may be on a telephone
_SHOWN_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_VISIBLE = re.compile(rf"{MARKER.pattern}|\S", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture: the mark that stands for it while the template is rendered, and its part of the mail."""

    mark: str
    after: int
    part: Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosures:
    """Files to attach, pictures to show."""

    files: tuple[Part, ...] = ()
    pictures: tuple[Picture, ...] = ()

    @property
    def parts(self) -> tuple[Part, ...]:
        """All of it, for the composer."""
        return (*(each.part for each in self.pictures), *self.files)


def of_answer(
    entry: Entry | None, contents: Contents, secret: bytes, domain: str, hidden: Collection[str]
) -> Enclosures:
    """Files and pictures of an agent's answer, as many as fit. `hidden`: hashes of what only agents have seen."""
    if entry is None or not entry.attachments or not entry.raw:
        return Enclosures()
    room, files, pictures = MOST_ATTACHED, [], []
    for number, (item, content) in enumerate(zip(entry.attachments, contents(entry.raw), strict=False)):
        is_left_behind = _place(item) == ELSEWHERE or (item["inline"] and item["sha256"] in hidden)
        if is_left_behind or len(content) > room:
            continue
        room -= len(content)
        if _is_shown(item):
            pictures.append(_picture(item, content, number, secret, domain))
        else:
            files.append(Part(name=item["name"], content_type=item["type"], content=content))
    return Enclosures(files=tuple(files), pictures=tuple(pictures))


def of_notice(entry: Entry | None, contents: Contents, secret: bytes, domain: str) -> Enclosures:
    """The pictures within what a notice quotes; files are only named."""
    if entry is None or not entry.raw or not any(map(_is_shown, entry.attachments)):
        return Enclosures()
    room, pictures = MOST_SHOWN, []
    for number, (item, content) in enumerate(zip(entry.attachments, contents(entry.raw), strict=False)):
        if _is_shown(item) and len(content) <= room:
            room -= len(content)
            pictures.append(_picture(item, content, number, secret, domain))
    return Enclosures(pictures=tuple(pictures))


def _place(item: Mapping[str, Any]) -> int | None:
    """How much text follows the picture; None for a file, and for a picture that no HTML shows."""
    return item.get("after") if item["inline"] and item["content_id"] else None


def _is_shown(item: Mapping[str, Any]) -> bool:
    place = _place(item)
    return place is not None and place >= 0 and item["type"] in _SHOWN_TYPES


def _picture(item: Mapping[str, Any], content: bytes, number: int, secret: bytes, domain: str) -> Picture:
    """The sender's Content-ID is not used: it need not be unique, and it is a stranger's text."""
    seal = hmac.digest(secret, b"picture\0%d" % number, "sha256").hex()[:24]
    part = Part(
        name=item["name"],
        content_type=item["type"],
        content=content,
        content_id=f"picture.{seal}@{domain}",
        inline=True,
    )
    return Picture(mark=f"picture{seal}", after=int(item["after"]), part=part)


def marked(text: str, pictures: Sequence[Picture]) -> str:
    """The text with a mark where each picture stood; a client's own words for it give way."""
    for picture in sorted(pictures, key=lambda each: each.after):  # from the end on: earlier places stay true
        text = _with_mark(text, picture)
    return text


def _with_mark(text: str, picture: Picture) -> str:
    shown = [found for found in _VISIBLE.finditer(text) if not _is_marker(found)]
    after = min(picture.after, len(shown))
    end = shown[len(shown) - after - 1].end() if after < len(shown) else 0
    rest = text[end:]
    marker = MARKER.match(rest.lstrip())
    if marker:
        blank = rest[: len(rest) - len(rest.lstrip())]
        return f"{text[:end]}{blank}{picture.mark}{rest.lstrip()[marker.end() :]}"
    gap = "\n" if not end or rest[:1] in ("", "\n") else " "
    return f"{text[:end]}{gap if end else ''}{picture.mark}{'' if end else gap}{rest}"


def _is_marker(found: re.Match[str]) -> bool:
    return len(found[0]) > 1


def put_in(rendered: Rendered, pictures: Sequence[Picture]) -> Rendered:
    """The marks turned into what the reader sees: the picture, or its name in plain text."""
    text, html = rendered.text, rendered.html
    for each in pictures:
        name = " ".join(each.part.name.split())
        text = text.replace(each.mark, f"[image: {name}]")
        shown = f'<img src="cid:{each.part.content_id}" alt="{escape(name)}" style="max-width: 100%">'
        html = html.replace(each.mark, shown)
    return replace(rendered, text=text, html=html)
