"""One mail in, one ParsedMail out: what the readers found, put together."""

from datetime import UTC, datetime

from tnef_streams import attached, winmail

from parsers import contents, parse
from parsers.mail import Address, ParsedMail

HEAD = b"""From: Ann Lee <ann@b.example>
To: Support <support@us.example>, x@y.example
Cc: z@y.example
Reply-To: ann@home.example
Subject: =?utf-8?q?Dr=C3=BCcker?= kaputt
Date: Sun, 22 Nov 2026 13:00:00 +0100
Message-ID: <1@b.example>
In-Reply-To: <0@us.example>
References: <-1@us.example>
 <0@us.example>
MIME-Version: 1.0
"""
PDF = b"JVBERi0xLjc="


def mixed(*parts: bytes, kind: bytes = b"mixed") -> bytes:
    body = b"".join(b"--B\n" + part + b"\n" for part in parts)
    return HEAD + b"Content-Type: multipart/" + kind + b"; boundary=B\n\n" + body + b"--B--\n"


def pdf(name: bytes) -> bytes:
    return b'Content-Type: application/pdf; name="' + name + b'"\nContent-Transfer-Encoding: base64\n\n' + PDF


TEXT = b"Content-Type: text/plain; charset=utf-8\n\nHallo"
INNER = b"From: Bo <bo@c.example>\nTo: d@e.example\nSubject: Inner\nDate: Mon, 1 Jan 2026\n\ninner text"
FORWARDED = b"Content-Type: message/rfc822\n\n" + INNER


def test_who_when_and_what_are_read_from_the_headers() -> None:
    mail = parse(HEAD + b"\nHallo")
    assert mail.sender_from == Address(name="Ann Lee", address="ann@b.example")
    assert mail.to == (Address(name="Support", address="support@us.example"), Address(address="x@y.example"))
    assert mail.cc == (Address(address="z@y.example"),)
    assert mail.reply_to == (Address(address="ann@home.example"),)
    assert mail.subject == "Drücker kaputt"
    assert mail.date == datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_the_thread_is_read_from_the_headers() -> None:
    mail = parse(HEAD + b"\nHallo")
    assert (mail.message_id, mail.in_reply_to) == ("<1@b.example>", ("<0@us.example>",))
    assert mail.references == ("<-1@us.example>", "<0@us.example>")


def test_headers_are_kept_in_order_and_decoded() -> None:
    mail = parse(b"Received: one\nReceived: two\n" + HEAD + b"\nHallo")
    assert mail.header_all("Received") == ("one", "two")
    assert mail.header("subject") == "Drücker kaputt"


def test_body_and_files_are_told_apart() -> None:
    mail = parse(mixed(TEXT, pdf(b"a.pdf")))
    assert mail.text.strip() == "Hallo"
    assert [(file.name, file.content_type, file.size) for file in mail.attachments] == [("a.pdf", "application/pdf", 8)]


def test_contents_come_in_the_order_of_the_attachments() -> None:
    raw = mixed(TEXT, pdf(b"a.pdf"), FORWARDED)
    assert contents(raw) == (b"%PDF-1.7", INNER)
    assert [file.size for file in parse(raw).attachments] == [8, len(INNER)]


def test_an_attached_mail_is_a_forward_and_a_file() -> None:
    mail = parse(mixed(TEXT, FORWARDED))
    assert mail.forward is not None
    assert mail.forward.sender == Address(name="Bo", address="bo@c.example")
    assert (mail.forward.subject, mail.forward.body, mail.forward.date) == ("Inner", "inner text", "Mon, 1 Jan 2026")
    assert mail.forward.comment.strip() == "Hallo"
    assert [file.name for file in mail.attachments] == ["Inner.eml"]


def test_a_digest_is_no_forward() -> None:
    assert parse(mixed(b"\n" + INNER, kind=b"digest")).forward is None


def test_the_files_of_a_winmail_dat_are_attachments() -> None:
    wrapped = b"Content-Type: application/ms-tnef; name=winmail.dat\n\n" + winmail(attached(b"a.txt", b"inside"))
    raw = mixed(TEXT, wrapped)
    assert [file.name for file in parse(raw).attachments] == ["winmail.dat", "a.txt"]
    assert contents(raw)[1] == b"inside"


def test_a_body_that_is_only_in_a_winmail_dat_is_the_body() -> None:
    wrapped = b"Content-Type: application/ms-tnef\n\n" + winmail(body=b"hidden words")
    mail = parse(mixed(b"Content-Type: text/plain\n\n", wrapped))
    assert mail.text.strip() == "hidden words"


def test_an_invitation_sent_twice_in_one_mail_is_one() -> None:
    calendar = (
        b"Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Termin\n"
        b"END:VEVENT\nEND:VCALENDAR"
    )
    mail = parse(mixed(TEXT, calendar, calendar))
    assert [(found.method, found.summary) for found in mail.invitations] == [("REQUEST", "Termin")]
    assert len(mail.attachments) == 2


def test_a_mail_without_text_has_only_its_files() -> None:
    mail = parse(HEAD + pdf(b"scan.pdf"))
    assert (mail.text, [file.name for file in mail.attachments]) == ("", ["scan.pdf"])


def test_the_body_hash_is_the_same_on_every_route() -> None:
    raw = mixed(TEXT, pdf(b"a.pdf"))
    again = parse(b"Received: by another host\nX-Spam: no\n" + raw)
    assert parse(raw).body_sha256 == again.body_sha256
    assert parse(mixed(TEXT)).body_sha256 != again.body_sha256


def test_two_from_fields_identify_nobody() -> None:
    mail = parse(b"From: other@x.example\n" + HEAD + b"\nHallo")
    assert mail.sender_from is None
    assert mail.defects == ("from: more than one field",)


def test_nothing_at_all_is_a_mail_from_nobody() -> None:
    assert parse(b"").defects == ("from: missing",)
    assert parse(b"").sender_from is None


def test_the_public_shape_is_made_of_plain_values() -> None:
    mail: ParsedMail = parse(mixed(TEXT, pdf(b"a.pdf"), FORWARDED))
    shape = mail.to_dict()
    assert shape["from"] == {"name": "Ann Lee", "address": "ann@b.example"}
    assert shape["date"] == "2026-11-22T12:00:00+00:00"
    assert shape["attachments"][0]["type"] == "application/pdf"
