"""A file is what its bytes prove."""

import io
import zipfile

import pytest

from parsers.sniffing import sniff


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "application/vnd.oasis.opendocument.text" if name == "mimetype" else "x")
    return buffer.getvalue()


KINDS = [
    (b"MZ\x90\x00", "application/x-msdownload"),
    (b"\x7fELF\x02", "application/x-elf"),
    (b"#!/bin/sh\n", "text/x-shellscript"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "application/x-ms-shortcut"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"\x00" * 32769 + b"CD001", "application/x-iso9660-image"),
    (b"%PDF-1.7", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff\xe0", "image/jpeg"),
    (b"GIF89a", "image/gif"),
    (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
    (b"\x00\x00\x00\x18ftypheic", "image/heic"),
    (b"\x00\x00\x00\x18ftypisom", "video/mp4"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"{\\rtf1", "application/rtf"),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
    (zipped("a.txt"), "application/zip"),
    (zipped("[Content_Types].xml", "word/document.xml"),
     "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (zipped("[Content_Types].xml", "xl/workbook.xml"),
     "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (zipped("mimetype", "content.xml"), "application/vnd.oasis.opendocument.text"),
    (zipped("META-INF/MANIFEST.MF", "A.class"), "application/java-archive"),
    (b"<!DOCTYPE html><html>", "text/html"),
    (b"\xef\xbb\xbf  <HTML>", "text/html"),
    (b"<script>alert(1)</script>", "text/html"),
    (b"<?xml version='1.0'?><!-- c --><svg xmlns='x'>", "image/svg+xml"),
    (b"BEGIN:VCALENDAR\r\n", "text/calendar"),
    (b"plain text", ""),
    (b"BMW is a car, MZ was one", ""),
    (b"", ""),
    (b"<!--" * 100_000, ""),
]  # fmt: skip


@pytest.mark.parametrize(("content", "kind"), KINDS)
@pytest.mark.timeout(2)
def test_content_is_recognised_by_its_bytes(content: bytes, kind: str) -> None:
    assert sniff(content) == kind
