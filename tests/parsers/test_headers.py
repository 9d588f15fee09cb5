"""Header fields are found, unfolded and decoded to one line, however they were written."""

import pytest

from parsers.headers import AMBIGUOUS_FROM, clean_line, decode_header, message_ids, read_block

WORDS = [
    (b"plain", "plain"),
    (b"=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
    (b"=?UTF-8?B?R3LDvMOfZQ==?=", "Grüße"),
    (b"=?iso-8859-1*de?Q?Gr=FC=DFe?=", "Grüße"),
    (b"Re: =?utf-8?q?a?= =?utf-8?q?b?= c", "Re: ab c"),
    (b"=?utf-8?q?a?=b=?utf-8?q?c?=", "abc"),
    (b"=?utf-8?q?a_b?= =?iso-8859-1?q?=E4?=", "a bä"),
    (b"=?utf-8?q?=E6=97?= =?utf-8?q?=A5?=", "日"),
    (b"=?utf-8?b?5pc=?= =?utf-8?b?pQ==?=", "日"),
    (b"=?utf-8?b?5pel5?= =?utf-8?b?pys?=", "日本"),
    (b"=?gb2312?B?1tDOxA==?=", "中文"),
    (b"=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
    (b'"=?utf-8?q?in_quotes?="', '"in quotes"'),
    (b"=?utf-8?q?with literal spaces?=", "with literal spaces"),
    (b"=?utf-8?q?really?_yes?=", "really? yes"),
    (b"=?utf-8?b?R3LDvMOf\r\n ZQ==?=", "Grüße"),
    (b"=?utf-8?q?cut_o", "cut o"),
    (b"=?utf-8?q?cut =?utf-8?q?whole?=", "cutwhole"),
    (b"=?unknown-8bit?q?Gr=FC=DFe?=", "Grüße"),
    ("Grüße".encode(), "Grüße"),
    ("Grüße".encode("latin-1"), "Grüße"),
    ("=?utf-8?q?=C3=A4?= und ö".encode(), "ä und ö"),
    (b"=?rot13?q?abc?=", "abc"),
    (b"=?idna?q?abc?=", "abc"),
    (b"=?undefined?b?YWJj?=", "abc"),
    (b"=?utf-8?b?a?=", ""),
    (b"=?utf-8?q??=", ""),
    (b"=?utf-8?x?a?=", "=?utf-8?x?a?="),
    (b"=?utf-8?q?=0D=0ABcc:_evil@example.com?=", "Bcc: evil@example.com"),
    (b"=?utf-8?q?a=00b=07c?=", "abc"),
    (b"=?utf-7?q?+2AA-?=", "\ufffd"),
    (b"1 =? 2 ?= 3", "1 =? 2 ?= 3"),
    (b"a\tb", "a b"),
]


@pytest.mark.parametrize(("raw", "text"), WORDS)
def test_header_text_is_decoded(raw: bytes, text: str) -> None:
    assert decode_header(raw).text == text


def test_a_header_without_charset_is_read_with_the_charset_of_the_mail() -> None:
    raw = "Subject: Привет\nContent-Type: text/plain; charset=koi8-r\n\n".encode("koi8-r")
    assert read_block(raw, 0, len(raw)).headers.get("subject") == "Привет"


BLOCKS = [
    (b"A: 1\nB: 2\n\nbody", [("a", "1"), ("b", "2")], b"body"),
    (b"A: 1\r\n folded\r\n\tagain\r\n\r\nbody", [("a", "1 folded again")], b"body"),
    (b"A : 1\n\nbody", [("a", "1")], b"body"),
    (b"A:\n\nbody", [("a", "")], b"body"),
    (b"\nbody", [], b"body"),
    (b"\r\nbody", [], b"body"),
    (b"hello\nthere\n\nbody", [], b"hello\nthere\n\nbody"),
    (b"A: 1\nhello\n\nbody", [("a", "1")], b"hello\n\nbody"),
    (b"A: 1\nlost its indent\nSubject: x\n\nbody", [("a", "1"), ("subject", "x")], b"body"),
    (b"From x@y Mon Jan  1 00:00:00 2026\nA: 1\n\nbody", [("a", "1")], b"body"),
    (b"A: 1", [("a", "1")], b""),
    (b"A: 1\n", [("a", "1")], b""),
]


@pytest.mark.parametrize(("raw", "fields", "body"), BLOCKS)
def test_the_header_block_is_told_from_the_body(raw: bytes, fields: list[tuple[str, str]], body: bytes) -> None:
    block = read_block(raw, 0, len(raw))
    assert list(block.headers) == fields
    assert raw[block.body_start :] == body


HIDDEN = [
    b"From\0: a@us.example\nTo: x@y\n\n",
    b"From :a@us.example\nTo: x@y\n\n",
    b" From: a@us.example\nTo: x@y\n\n",
    b"X: 1\rFrom: a@us.example\nTo: x@y\n\n",
    b"X: 1\nno field\nFrom: a@us.example\n\n",
    b"X: 1\n" * 1000 + b"From: a@us.example\n\n",
]


@pytest.mark.parametrize("raw", HIDDEN)
def test_a_from_line_that_only_some_readers_see_is_called_ambiguous(raw: bytes) -> None:
    assert AMBIGUOUS_FROM in read_block(raw, 0, len(raw)).defects


@pytest.mark.parametrize("raw", [b"X: y\n" * 2000 + b"\nbody", b"X: " + b"y" * 300_000 + b"\n\nbody"])
def test_headers_over_the_limits_are_shortened_and_the_body_is_still_found(raw: bytes) -> None:
    block = read_block(raw, 0, len(raw))
    assert "headers: shortened" in block.defects
    assert raw[block.body_start :] == b"body"
    assert all(len(value) <= 64 * 1024 for _, value in block.headers)


SHOWN = [
    ("plain", "plain"),
    ("  trimmed\t", "trimmed"),
    ("a\r\nb", "a b"),
    ("a\u2028b\x85c", "a b c"),
    ("\u202egpj.exe", "gpj.exe"),
    ("pay\u200bpal \u2066x\u2069", "paypal x"),
    ("e\u0301", "é"),
    ("a\ud800b", "a\ufffdb"),
    ("\u200b.htaccess", ".htaccess"),
    ("emoji 👍 stays", "emoji 👍 stays"),
]


@pytest.mark.parametrize(("text", "shown"), SHOWN)
def test_names_and_subjects_are_cleaned_for_showing(text: str, shown: str) -> None:
    assert clean_line(text).text == shown


def test_cleaning_away_invisible_characters_is_noted() -> None:
    assert clean_line("a\u202eb").defects == ("invisible characters removed",)


IDS = [
    ("<a@b>", ("<a@b>",)),
    ("<a@b> <c@d>\t<a@b>", ("<a@b>", "<c@d>")),
    ("Your message of Monday <a@b>", ("<a@b>",)),
    ("<a\r\n @b>", ("<a@b>",)),
    ("a@b", ("<a@b>",)),
    ("a@b, c@d", ("<a@b>", "<c@d>")),
    ("<[b37@microsoft.com]>", ("<[b37@microsoft.com]>",)),
    ("<nobody>", ("<nobody>",)),
    ("<>", ()),
    ("", ()),
    ("<@>", ("<@>",)),
    ("<a@", ()),
]


@pytest.mark.parametrize(("text", "ids"), IDS)
def test_message_ids_keep_their_angle_brackets(text: str, ids: tuple[str, ...]) -> None:
    assert message_ids(text) == ids
