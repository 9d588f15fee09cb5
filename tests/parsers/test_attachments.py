"""Leaves that are not body become files with a name, a true type and a hash."""

import hashlib

import pytest

from parsers.attachments import read_files, shown_name, true_type
from parsers.parts import Headers, Part
from parsers.tnef import TnefFile

PDF = b"%PDF-1.7 x"


def part(content_type: str, payload: bytes = b"x", **more: str) -> Part:
    return Part(headers=Headers(), content_type=content_type, payload=payload, position=(1,), **more)  # type: ignore[arg-type]  # every other field here is text


def only(*parts: Part) -> list[str]:
    return [file.attachment.name for file in read_files(parts, ())]


def test_a_file_has_its_size_and_hash() -> None:
    (file,) = read_files([part("application/pdf", PDF, name="a.pdf")], ())
    assert (file.attachment.size, file.payload) == (len(PDF), PDF)
    assert file.attachment.sha256 == hashlib.sha256(PDF).hexdigest()


def test_the_body_is_no_file() -> None:
    assert read_files([part("text/plain")], ((1,),)) == ()


def test_an_empty_text_behind_the_files_is_no_file() -> None:
    assert only(part("text/plain", b"\r\n"), part("application/pdf", PDF)) == ["attachment-1.pdf"]


NAMED = [
    (part("application/pdf", name="a.pdf"), "a.pdf"),
    (part("application/pdf"), "attachment-1.pdf"),
    (part("application/octet-stream", PDF), "attachment-1.pdf"),
    (part("application/octet-stream", b"\x00"), "attachment-1"),
    (part("application/pdf", name="../"), "attachment-1.pdf"),
    (part("message/rfc822", b"Subject: =?utf-8?q?Hilfe?=\n\nx"), "Hilfe.eml"),
    (part("message/rfc822", b"Subject: Re: a/b\n\nx"), "b.eml"),
    (part("message/rfc822", b"\n\nx"), "forwarded message.eml"),
    (part("text/calendar", b"BEGIN:VCALENDAR"), "attachment-1.ics"),
]


@pytest.mark.parametrize(("leaf", "name"), NAMED)
def test_every_file_has_a_name(leaf: Part, name: str) -> None:
    assert only(leaf) == [name]


SHOWN = [
    ("report.pdf", "report.pdf"),
    ("../../etc/passwd", "passwd"),
    ("..\\..\\x.exe", "x.exe"),
    ("C:\\new\\table.txt", "table.txt"),
    ("/", ""),
    ("..", ""),
    ("....//", ""),
    (".htaccess", ".htaccess"),
    ("\u200b.htaccess", ".htaccess"),
    ("x.html ", "x.html"),
    ("a.", "a"),
    ("invoice\u202efdp.exe", "invoicefdp.exe"),
    ("a\0b\r\nc.txt", "ab c.txt"),
    ("a\u0308.txt", "ä.txt"),
    ("n" * 400 + ".pdf", "n" * 251 + ".pdf"),
    ("n" * 400, "n" * 255),
]


@pytest.mark.parametrize(("name", "shown"), SHOWN)
def test_names_are_cleaned_for_showing(name: str, shown: str) -> None:
    assert shown_name(name) == shown


TYPES = [
    (b"\x89PNG\r\n\x1a\n", "image/png", "image/png"),
    (b"\xff\xd8\xff", "image/jpg", "image/jpeg"),
    (b"MZ\x00", "application/pdf", "application/x-msdownload"),
    (PDF, "application/octet-stream", "application/pdf"),
    (b"PK\x03\x04", "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword", "application/msword"),
    (b"<html>", "text/plain", "text/html"),
    (b"hello", "text/csv", "text/csv"),
    (b"<html>", "message/rfc822", "message/rfc822"),
]


@pytest.mark.parametrize(("content", "claimed", "true"), TYPES)
def test_the_type_is_the_true_one(content: bytes, claimed: str, true: str) -> None:
    assert true_type(content, claimed) == true


NOTED = [
    (part("application/pdf", b"MZ\x00"), "claims to be application/pdf, is application/x-msdownload"),
    (part("application/pkcs7-mime"), "S/MIME: encrypted or signed content, not opened"),
    (part("application/pgp-encrypted"), "PGP: encrypted content, not opened"),
    (part("message/external-body"), "external body: never fetched"),
]


@pytest.mark.parametrize(("leaf", "note"), NOTED)
def test_what_an_agent_should_know_of_a_file_is_noted(leaf: Part, note: str) -> None:
    assert read_files([leaf], ())[0].attachment.notes == (note,)


INLINE = [("inline", "c1", True), ("", "c1", True), ("attachment", "c1", False), ("inline", "", False)]


@pytest.mark.parametrize(("disposition", "content_id", "inline"), INLINE)
def test_images_with_a_content_id_are_inline(disposition: str, content_id: str, inline: bool) -> None:
    leaf = part("image/png", b"\x89PNG\r\n\x1a\n", disposition=disposition, content_id=content_id)
    assert read_files([leaf], ())[0].attachment.inline is inline


def test_an_attached_image_that_the_html_shows_is_inline() -> None:
    leaf = part("image/png", b"\x89PNG\r\n\x1a\n", disposition="attachment", content_id="a+b@x")
    assert read_files([leaf], (), "<img src='cid:a%2Bb@x'>")[0].attachment.inline
    assert not read_files([leaf], (), "<img src='cid:other@x'>")[0].attachment.inline


def test_files_from_a_winmail_dat_come_last_with_clean_names() -> None:
    leaf = part("application/ms-tnef", name="winmail.dat")
    files = read_files([leaf], (), "", [TnefFile("..\\x.pdf", PDF), TnefFile("", b"?")])
    assert [file.attachment.name for file in files] == ["winmail.dat", "x.pdf", "attachment-3"]
    assert files[1].attachment.notes == ("unpacked from winmail.dat",)


def test_a_file_encoded_in_the_body_comes_before_those_of_a_winmail_dat() -> None:
    body = part("text/plain", b"see:\nbegin 644 a.bin\n#86)C\n`\nend\n")
    files = read_files([body], ((1,),), unwrapped=[TnefFile(name="b.pdf", payload=PDF)])
    assert [(file.attachment.name, file.payload) for file in files] == [("a.bin", b"abc"), ("b.pdf", PDF)]
