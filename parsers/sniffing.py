"""What a file is by its first bytes: the kinds that matter to a help desk, dangerous ones before harmless ones.

A table instead of libmagic: no system library, no surprise. A type is only given when the bytes are proof.
"""

import re

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"MZ", "application/x-msdownload"),
    (0, b"\x7fELF", "application/x-elf"),
    (0, b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (0, b"\xfe\xed\xfa\xcf", "application/x-mach-binary"),
    (0, b"\xca\xfe\xba\xbe", "application/java-vm"),
    (0, b"#!", "text/x-shellscript"),
    (0, b"L\x00\x00\x00\x01\x14\x02\x00", "application/x-ms-shortcut"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"MSCF", "application/vnd.ms-cab-compressed"),
    (0, b"ITSF", "application/vnd.ms-htmlhelp"),
    (32769, b"CD001", "application/x-iso9660-image"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"%!PS", "application/postscript"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"8BPS", "image/vnd.adobe.photoshop"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\x00", "application/x-xz"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (257, b"ustar", "application/x-tar"),
    (0, b"\x78\x9f\x3e\x22", "application/ms-tnef"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (0, b"BEGIN:VCALENDAR", "text/calendar"),
    (0, b"BEGIN:VCARD", "text/vcard"),
)
_ENTRY_TYPES = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)
_BOXES = {b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heic", b"avif": "image/avif"}
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_MARKUP = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*)*<(?:!doctype\s+)?(html|head|body|script|svg)\b", re.I | re.S
)
_SEEN_BYTES = 1024
_ZIP_BYTES = 64 * 1024


def sniff(content: bytes) -> str:
    """The media type that the content proves to be, or "" where it proves nothing."""
    for offset, magic, media_type in _MAGIC:
        if content.startswith(magic, offset) and _is_more_than_chance(content, magic):
            return media_type
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_type(content)
    if content[4:8] == b"ftyp":
        return _BOXES.get(content[8:12], "video/quicktime" if content[8:10] == b"qt" else "video/mp4")
    if content.startswith(b"RIFF"):
        return _RIFF.get(content[8:12], "")
    markup = _MARKUP.match(content.removeprefix(b"\xef\xbb\xbf")[:_SEEN_BYTES])
    if markup:
        return "image/svg+xml" if markup[1].lower() == b"svg" else "text/html"
    return ""


def _is_more_than_chance(content: bytes, magic: bytes) -> bool:
    """Two letters may begin any text ("BM", "MZ"): then the content must be binary."""
    return len(magic) > 2 or not magic.isalpha() or b"\x00" in content[:_SEEN_BYTES]


def _zip_type(content: bytes) -> str:
    """Zip containers by their entries: Office Open XML (ECMA-376 2), OpenDocument 1.2 3.3, EPUB, Java archives."""
    start = content[:_ZIP_BYTES]
    if start[30:38] == b"mimetype":
        size = int.from_bytes(start[18:22], "little")
        declared = start[38 : 38 + min(size, 100)]
        return (
            declared.decode("ascii", "replace").strip() if declared.startswith(b"application/") else "application/zip"
        )
    if b"[Content_Types].xml" in start or b"_rels/.rels" in start:
        around = start + content[-_ZIP_BYTES:]
        return next((media_type for entry, media_type in _ENTRY_TYPES if entry in around), "application/zip")
    return "application/java-archive" if b"META-INF/MANIFEST.MF" in start else "application/zip"
