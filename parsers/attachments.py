"""Which leaves are files, what they are called and what they are.

A name from a mail is for showing only: no file is ever stored under it.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from parsers.encoded_text import read_encoded
from parsers.headers import clean_line, read_block
from parsers.limits import MAX_NAME_CHARACTERS
from parsers.mail import Attachment
from parsers.parts import Part
from parsers.sniffing import sniff
from parsers.tnef import TnefFile

_EXTENSIONS = {
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/gzip": ".gz",
    "application/rtf": ".rtf",
    "application/json": ".json",
    "application/xml": ".xml",
    "application/pgp-signature": ".asc",
    "application/pgp-keys": ".asc",
    "application/pkcs7-signature": ".p7s",
    "application/pkcs7-mime": ".p7m",
    "application/ms-tnef": ".dat",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "audio/mpeg": ".mp3",
    "audio/wav": ".wav",
    "image/bmp": ".bmp",
    "image/gif": ".gif",
    "image/heic": ".heic",
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "image/png": ".png",
    "image/svg+xml": ".svg",
    "image/tiff": ".tiff",
    "image/webp": ".webp",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
    "message/feedback-report": ".txt",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
    "text/rfc822-headers": ".txt",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
}
_NOTES = {
    "application/pkcs7-mime": "S/MIME: encrypted or signed content, not opened",
    "application/x-pkcs7-mime": "S/MIME: encrypted or signed content, not opened",
    "application/pkcs7-signature": "S/MIME: signature, not checked",
    "application/x-pkcs7-signature": "S/MIME: signature, not checked",
    "application/pgp-encrypted": "PGP: encrypted content, not opened",
    "application/pgp-signature": "PGP: signature, not checked",
    "application/pgp-keys": "PGP: public key",
    "message/external-body": "external body: never fetched",
    "message/partial": "one part of a message sent in pieces",
}
_SAME = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "application/x-zip-compressed": "application/zip",
    "application/x-gzip": "application/gzip",
    "application/x-pdf": "application/pdf",
    "text/rtf": "application/rtf",
    "image/x-ms-bmp": "image/bmp",
    "application/vnd.ms-tnef": "application/ms-tnef",
    "application/x-rar-compressed": "application/vnd.rar",
}
_VAGUE = frozenset({"application/octet-stream", "application/binary", "application/x-download", "text/plain"})
_CONTAINERS = {
    "application/zip": ("application/vnd.", "application/java", "application/epub", "application/x-zip"),
    "application/x-ole-storage": (
        "application/msword",
        "application/vnd.ms-",
        "application/x-msi",
        "application/vnd.visio",
    ),
    "text/html": ("application/xhtml",),
    "application/gzip": ("application/x-tgz", "application/x-gtar", "application/x-tar"),
    "video/mp4": ("audio/", "video/"),
    "audio/ogg": ("application/ogg", "video/ogg"),
}
"""Content of the key may truthfully be claimed to be one of these."""


_CID = re.compile(r"""\bcid:([^\s"'<>()\\]{1,998})""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class File:
    """An attachment and its bytes."""

    attachment: Attachment
    payload: bytes


def read_files(
    parts: Sequence[Part], used: Iterable[tuple[int, ...]], html: str = "", unwrapped: Sequence[TnefFile] = ()
) -> tuple[File, ...]:
    """Every leaf that is not body as a file, in order; files written into the body, then those of a winmail.dat last.

    An image with a Content-ID is inline (RFC 2392), and one called an attachment too if the HTML body shows it.
    """
    body = frozenset(used)
    texts = (part.payload for part in parts if part.position in body and part.content_type == "text/plain")
    encoded = [(file.name, file.payload, "encoded in the text") for text in texts for file in read_encoded(text)]
    packed = [(file.name, file.payload, "unpacked from winmail.dat") for file in unwrapped]
    shown = frozenset(unquote(found) for found in _CID.findall(html))
    rest = [part for part in parts if part.position not in body and not _is_empty_filler(part)]
    files = [_file(part, number, part.content_id in shown) for number, part in enumerate(rest, start=1)]
    inner = [_inner_file(*file, len(files) + number) for number, file in enumerate((*encoded, *packed), start=1)]
    return (*files, *inner)


def _is_empty_filler(part: Part) -> bool:
    """An empty nameless text leaf, such as senders put behind the last attachment."""
    return part.content_type in {"text/plain", "text/html"} and not part.name and not part.payload.strip()


def _file(part: Part, number: int, is_shown: bool) -> File:
    content_type = true_type(part.payload, part.content_type)
    notes = tuple(_notes(part, content_type))
    may_be_inline = bool(part.content_id) and content_type.startswith("image/")
    attachment = Attachment(
        name=shown_name(part.name) or _made_up_name(part, content_type, number),
        content_type=content_type,
        claimed_type=part.content_type,
        size=len(part.payload),
        sha256=hashlib.sha256(part.payload).hexdigest(),
        inline=may_be_inline and (is_shown or part.disposition != "attachment"),
        content_id=part.content_id,
        notes=notes,
    )
    return File(attachment, part.payload)


def _inner_file(name: str, payload: bytes, note: str, number: int) -> File:
    """A file that was inside a part; nobody claimed a type for it."""
    content_type = sniff(payload) or "application/octet-stream"
    attachment = Attachment(
        name=shown_name(name) or f"attachment-{number}{_EXTENSIONS.get(content_type, '')}",
        content_type=content_type,
        claimed_type="application/octet-stream",
        size=len(payload),
        sha256=hashlib.sha256(payload).hexdigest(),
        notes=(note,),
    )
    return File(attachment, payload)


def true_type(content: bytes, claimed: str) -> str:
    """What the content is: by its bytes where they prove something else than the claim, else as claimed."""
    known = _SAME.get(claimed, claimed)
    seen = sniff(content)
    if not seen or seen == known or claimed.startswith(("message/", "multipart/")):
        return known
    return known if known.startswith(_CONTAINERS.get(seen, ("\0",))) else seen


def _notes(part: Part, content_type: str) -> Iterator[str]:
    claimed = _SAME.get(part.content_type, part.content_type)
    if content_type != claimed and claimed not in _VAGUE:
        yield f"claims to be {part.content_type[:100]}, is {content_type}"
    if note := _NOTES.get(part.content_type):
        yield note


def shown_name(name: str) -> str:
    """A file name fit for showing: no folders (of Unix or Windows), no invisible characters, not too long."""
    base = clean_line(name).text.replace("\\", "/").rstrip("/. ").rpartition("/")[2].strip()
    if len(base) <= MAX_NAME_CHARACTERS:
        return base
    stem, dot, extension = base.rpartition(".")
    if not dot or len(extension) > 20:
        return base[:MAX_NAME_CHARACTERS]
    return f"{stem[: MAX_NAME_CHARACTERS - len(extension) - 1]}.{extension}"


def _made_up_name(part: Part, content_type: str, number: int) -> str:
    if part.content_type in {"message/rfc822", "message/global"}:
        block = read_block(part.payload, 0, len(part.payload))
        subject = shown_name(clean_line(block.headers.get("subject")).text[:100])
        return f"{subject or 'forwarded message'}.eml"
    return f"attachment-{number}{_EXTENSIONS.get(content_type, '')}"
