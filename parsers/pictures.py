"""Where the pictures of an HTML body stand within its text (RFC 2392), so that they can be shown there again.

A place is told by how many visible characters follow: what stands above may be taken away, what stands below may not.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from parsers.html import read_html
from parsers.mail import Attachment

MOST_PICTURES = 50
ELSEWHERE = -2  # within the HTML, but in what it quotes or signs with
# What mail clients and this reader write into plain text in place of a picture.
MARKER = re.compile(r"\[(?:image|inline image|cid|bild|grafik)(?:[: ][^\]\n]{0,200})?\]", re.IGNORECASE)

_IMAGE = re.compile(r"<img\b[^>]{0,4000}>", re.IGNORECASE)
_SOURCE = re.compile(r"\bsrc\s{0,9}=\s{0,9}[\"']?cid:([^\"'\s>]{1,300})", re.IGNORECASE)
_MARK = re.compile("\ue0f0(\\d{1,3})\ue0f1")
_SPACE = re.compile(r"\s+")
_CONTEXTS = (40, 20, 10)
_FOLLOWING = 12
_MOST_REPEATED = 50


@dataclass(frozen=True, slots=True)
class _Seen:
    """One picture and the visible characters around it."""

    content_id: str
    before: str
    after: str


def place_pictures(
    html: str, text: str, reply: str, attachments: Sequence[Attachment], *, is_all_new: bool
) -> tuple[Attachment, ...]:
    """The attachments with the places of those that the HTML shows. `is_all_new`: nothing in the mail is quoted."""
    if not html or not any(each.inline and each.content_id for each in attachments):
        return tuple(attachments)
    seen = {each.content_id: each for each in reversed(_pictures(html))}
    whole, new = visible(text), visible(reply)
    return tuple(
        _placed(each, seen[each.content_id], whole, new, is_all_new=is_all_new)
        if each.inline and each.content_id in seen
        else each
        for each in attachments
    )


def _placed(item: Attachment, picture: _Seen, whole: str, new: str, *, is_all_new: bool) -> Attachment:
    """At the end of the text, when it is certainly in it and nobody can tell where."""
    in_text, in_reply = max(_after(whole, picture), 0), _after(new, picture)
    return replace(item, after_text=in_text, after_reply=max(in_reply, 0) if is_all_new else in_reply)


def visible(text: str) -> str:
    """The text without white space and without what stands for pictures."""
    return _SPACE.sub("", MARKER.sub("", text))


def _pictures(html: str) -> list[_Seen]:
    ids: list[str] = []

    def mark(tag: re.Match[str]) -> str:
        source = _SOURCE.search(tag[0])
        if source is None or len(ids) >= MOST_PICTURES:
            return ""
        ids.append(unquote(source[1]))
        return f"\ue0f0{len(ids) - 1}\ue0f1"

    text = _SPACE.sub("", read_html(_IMAGE.sub(mark, html)).text)
    longest = _CONTEXTS[0]
    return [
        _Seen(
            content_id=ids[int(found[1])],
            before=_MARK.sub("", text[: found.start()])[-longest:],
            after=_MARK.sub("", text[found.end() : found.end() + 4 * longest])[:longest],
        )
        for found in _MARK.finditer(text)
        if int(found[1]) < len(ids)
    ]


def _after(text: str, picture: _Seen) -> int:
    """How many characters follow the picture, told by those in front of it; ELSEWHERE when they are not here."""
    if len(picture.before) < _CONTEXTS[0]:  # near the top: nothing else stands above it
        end = len(picture.before)
        if text.startswith(picture.before) and _goes_on(text, end, picture):
            return len(text) - end
    for size in _CONTEXTS:
        ends = _ends(text, picture.before[-size:]) if len(picture.before) >= size else []
        if ends:
            return len(text) - next((end for end in ends if _goes_on(text, end, picture)), ends[0])
    return ELSEWHERE


def _ends(text: str, context: str) -> list[int]:
    """Where the context ends, each time it occurs; a text that repeats itself is not followed for ever."""
    ends: list[int] = []
    start = text.find(context)
    while start >= 0 and len(ends) < _MOST_REPEATED:
        ends.append(start + len(context))
        start = text.find(context, start + 1)
    return ends


def _goes_on(text: str, end: int, picture: _Seen) -> bool:
    """Whether what follows here is what follows the picture, as far as the text goes."""
    rest = text[end : end + _FOLLOWING]
    return picture.after.startswith(rest)
