"""The known traps of mail parsers, one by one: inputs that hung, exploded or misled others."""

import re

import pytest

from parsers import contents, parse
from parsers.mail import ParsedMail

HEAD = b"From: Ann <ann@b.example>\nTo: us@us.example\nSubject: x\nMIME-Version: 1.0\n"
ONE_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def single_lines(mail: ParsedMail) -> list[str]:
    people = [mail.sender_from, mail.sender, *mail.reply_to, *mail.to, *mail.cc]
    texts = [text for person in people if person for text in (person.name, person.address)]
    files = [text for file in mail.attachments for text in (file.name, file.content_type, file.content_id)]
    headers = [text for pair in mail.headers for text in pair]
    ids = [mail.message_id, *mail.in_reply_to, *mail.references]
    return [mail.subject, *texts, *files, *headers, *ids, *mail.defects]


def assert_sound(raw: bytes) -> ParsedMail:
    mail = parse(raw)
    assert not [text for text in single_lines(mail) if ONE_LINE.search(text)]
    "".join((mail.text, mail.html, mail.reply, mail.signature, mail.quoted)).encode("utf-8")
    assert "\0" not in mail.text + mail.html
    assert [len(content) for content in contents(raw)] == [file.size for file in mail.attachments]
    return mail


def typed(content_type: bytes, body: bytes = b"text", more: bytes = b"") -> bytes:
    return HEAD + b"Content-Type: " + content_type + b"\n" + more + b"\n" + body


CHARSETS = [
    b"unknown-8bit", b'"utf-8 euao6"', b"", b"rot13", b"base64", b"zlib", b"undefined", b"idna", b"punycode", b"mbcs",
    b'"a\0b"', b"\xff\xfe", b"cp-850", b"uft-8", b"unicode_escape", b"utf-7", b"utf-16", b"utf-32", b"utf-8-sig",
]  # fmt: skip
BODIES = [b"Gr\xc3\xbc\xc3\x9fe", b"\xff\xfe\x00", b"\\ud800", b"+ADw-script+AD4-", b"\xed\xa0\x80", b"+2AA-"]


@pytest.mark.parametrize("charset", CHARSETS)
def test_no_charset_breaks_the_body(charset: bytes) -> None:
    for body in BODIES:
        assert_sound(typed(b"text/plain; charset=" + charset, body))


def test_utf_7_is_decoded_before_anything_looks_at_the_text() -> None:
    assert assert_sound(typed(b"text/plain; charset=utf-7", b"+ADw-script+AD4-")).text == "<script>"


FIELDS = [
    b"Content-Type: text/plain; name*",
    b"Content-Type: text/plain; name*0*",
    b"Content-Type: font/woff",
    b"Content-Type: model/stl",
    b"Content-Type: /",
    b"Content-Type: multipart/mixed",
    b"Content-Type: multipart/mixed; boundary=\xe4\xf6",
    b"Content-Type: multipart/mixed; boundary=x\nContent-Transfer-Encoding: base64",
    b"Content-Type: message/partial; id=x; number=1; total=2",
    b'Content-Type: message/external-body; access-type=URL; URL="http://x.example/"',
    b"Content-Type: message/delivery-status\n\n\xff: garbage\n\n::\n",
    b"Content-Disposition: attachment; " + b"f" * 64 + b'="\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"',
    b"Content-Disposition: attachment; filename*0=a; filename*1*=b; filename=c",
    b"Content-Disposition: attachment; filename*" + b"9" * 5000 + b"=a",
    b"To: (c):",
    b"Cc: (x): a@b.example;",
    b'To: "',
    b"To: foo <a@b>, ",
    b"Message-ID: <>",
    b"Message-ID: <@>",
    b"Message-ID: <a@",
    b"Message-ID: <[b37@microsoft.com]>",
    b"References: " + b"<a@b> " * 5000,
    b"Date: ",
    b"Date: junk",
    b"Date: Mon, 1 Jan 99999 00:00:00 +0000",
    b"Date: Mon, 1 Jan 2026 00:00:00 +999999999999",
    b"Subject: =?rot13?q?abc?= =?x-unknown?q?abc?= =?utf-8*en?q?abc?= =?utf-8?b?a?= =?utf-8?q?=ED=A0=80?=",
    b"Subject: =?idna?q?abc?= =?undefined?q?abc?=",
    b"Subject: a=?utf-8?q?=0D=0ABcc:_evil@x.example?=",
    b"Subject: =?utf-8?q?=E2=80=A8=C2=85=00=1B?=",
    b"Sender: =?utf-8?q?a=0D=0Ab?= <s@x.example>",
    b"Subject: \xff\xfe raw \xe4",
    b"no colon at all",
    b"Subject: bare\rreturn",
]


@pytest.mark.parametrize("field", FIELDS)
def test_no_header_field_breaks_the_mail(field: bytes) -> None:
    assert_sound(HEAD + field + b"\n\ntext")
    assert_sound(field + b"\n" + HEAD + b"\ntext")


def test_an_encoded_line_break_makes_no_new_header() -> None:
    mail = assert_sound(b"From: a@b.example\nSubject: x =?utf-8?q?=0D=0ABcc:_evil@x.example?=\n\ntext")
    assert mail.subject == "x  Bcc: evil@x.example"
    assert not mail.header("bcc")


FORGED = [
    b"From: alice@example.org)bob@example.com\n",
    b"From: a@us.example\nFrom: evil@x.example\n",
    b"From: a@us.example, <evil@x.example>\n",
    b"From: <a@us.example> <evil@x.example>\n",
    b"From: a@us.example <evil@x.example>\n",
    b"From: g: a@us.example;\n",
    b"From: <@us.example,@x.example:a@y.example>\n",
    b'From: "a@us.example"@x.example\n',
    b"From\0: a@us.example\n",
    b"From :a@us.example\n",
    b" From: a@us.example\n",
    b"From: =?utf-8?q?a@us.example,?= <evil@x.example>\n",
    b"From :a@us.example\nFrom: evil@x.example\n",
    b"From: evil@x.example\nFrom\0: a@us.example\n",
    b"From: evil@x.example\rFrom: a@us.example\n",
]


@pytest.mark.parametrize("field", FORGED)
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_a_forged_from_identifies_nobody(field: bytes, line_end: bytes) -> None:
    raw = (field + b"To: us@us.example\nSubject: x\n\ntext").replace(b"\n", line_end)
    assert assert_sound(raw).sender_from is None


def nested(depth: int, content_type: bytes = b"multipart/mixed") -> bytes:
    level = b"Content-Type: " + content_type + b"; boundary=b%d\n\n--b%d\n"
    return HEAD + b"".join(level % (number, number) for number in range(depth)) + b"\ninner"


BOMBS = [
    b"", b"\r\n", b"\r", b"\0", b"From ", b"From x\n", b":", b"\n" * 200_000, b"x" * 400_000,
    nested(50), nested(100), nested(400), nested(1000), nested(10_000),
    HEAD + b"Content-Type: message/rfc822\n\n" * 10_000,
    typed(b"multipart/mixed; boundary=b", b"--b\n\nx\n" * 20_000),
    typed(b"multipart/mixed; boundary=b", b"--b\n" * 40_000),
    typed(b"multipart/mixed; boundary=b", b"--b--\n" * 40_000),
    typed(b"multipart/mixed; boundary=b", b"--b" * 60_000),
    typed(b'multipart/mixed; boundary=""', b"--\n\nx\n--\n"),
    typed(b'multipart/mixed; boundary="' + b"b" * 300 + b'"', b"--" + b"b" * 300 + b"\n\nx\n"),
    HEAD + b"X: y\n" * 20_000,
    HEAD + b"X\n" * 20_000 + b"To: x\n\n",
    HEAD + b"Subject: " + b"a " * 100_000,
    HEAD + b"Subject: " + b"=?a?q?" * 20_000,
    HEAD + b"Subject: " + b"=?utf-8?b?" * 20_000,
    HEAD + b"To: " + b"(" * 12_000,
    HEAD + b"To: " + b"a:" * 6_000,
    HEAD + b"To: " + b"<a@b>," * 10_000,
    b"From: " + b'"' * 20_000, b"From: " + b"." * 20_000, b"From: " + b"," * 20_000, b"From: " + b"(" * 20_000,
    b"From: " + b"a:" * 2_000, b"From: a@" + b"b." * 20_000, b"From: " + b"a" * 12_000 + b"@b",
    HEAD + b"Content-Type: text/plain" + b";" * 10_000,
    HEAD + b"Content-Type: text/plain" + b";\n x*0*=a" * 5_000,
    HEAD + b"References: " + b"<" * 12_000,
    HEAD + b"Date: " + b"1 " * 6_000,
    typed(b"application/x", b"A" * 1_000_000, b"Content-Transfer-Encoding: base64\n"),
    typed(b"text/plain", b"=\n" * 200_000, b"Content-Transfer-Encoding: quoted-printable\n"),
    typed(b"text/plain", b"M\n" * 200_000, b"Content-Transfer-Encoding: x-uuencode\n"),
    typed(b"text/plain; charset=unknown-8bit", bytes(range(128, 256)) * 20_000),
    typed(b"text/plain; charset=iso-2022-jp", b"\x1b$B" * 60_000),
    typed(b"text/plain; charset=iso-2022-jp", b"\x1b$B!!!" * 100_000),
    typed(b"text/plain; charset=utf-7", b"+" * 100_000),
    typed(b"text/plain; charset=hz", b"~{" * 60_000),
]  # fmt: skip


@pytest.mark.parametrize("raw", BOMBS, ids=range(len(BOMBS)))
@pytest.mark.timeout(5)
def test_a_mail_bomb_is_only_a_mail(raw: bytes) -> None:
    mail = assert_sound(raw)
    assert len(mail.attachments) <= 500
    assert len(mail.headers) <= 1000
    assert all(len(value) <= 64 * 1024 for _, value in mail.headers)
    assert len(mail.to) <= 200
