"""Bytes become the text that was meant, whatever the sender declared."""

import pytest

from parsers.charset_names import codec_for
from parsers.charsets import decode_text

NAMES = [
    ("utf-8", "utf_8"),
    ("UTF8", "utf_8"),
    ("uft-8", "utf_8"),
    ('"utf-8 euao6"', "utf_8"),
    ("unicode-1-1-utf-7", "utf_7"),
    ("ISO-8859-1", "cp1252"),
    ("iso_8859-1:1987", "cp1252"),
    ("8859-1", "cp1252"),
    ("latin-1", "cp1252"),
    ("windows1251", "cp1251"),
    ("win-1251", "cp1251"),
    ("x-cp1250", "cp1250"),
    ("cp-850", "cp850"),
    ("gb2312", "gb18030"),
    ("x-gbk", "gb18030"),
    ("ks_c_5601-1987", "cp949"),
    ("EUC-KR", "cp949"),
    ("iso-2022-jp", "iso2022_jp"),
    ("x-sjis", "cp932"),
    ("iso-8859-8-i", "iso8859_8"),
    ("koi8-u", "koi8_u"),
    ("us-ascii", "ascii"),
]
NO_CHARSETS = [
    "", " ", "rot13", "base64", "zlib", "undefined", "idna", "punycode", "mbcs", "unicode_escape",
    "raw_unicode_escape", "a\0b", "\xff\xfe", "x-unknown", "unknown-8bit", "../../etc/passwd", "x" * 5000,
]  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), NAMES)
def test_a_charset_name_is_understood_as_it_is_meant(written: str, meant: str) -> None:
    assert codec_for(written) == meant


@pytest.mark.parametrize("name", NO_CHARSETS)
def test_a_codec_that_is_no_charset_is_never_used(name: str) -> None:
    assert codec_for(name) == ""
    assert decode_text("Grüße".encode(), name).text == "Grüße"


DECLARED = [
    ("Grüße", "utf-8", "utf-8"),
    ("“Grüße” €", "cp1252", "iso-8859-1"),
    ("镕基", "gb18030", "gb2312"),
    ("똠방각하", "cp949", "ks_c_5601-1987"),
    ("①㈱髙", "cp932", "shift_jis"),
    ("繁體中文", "cp950", "big5"),
    ("日本語", "iso-2022-jp", "iso-2022-jp"),
    ("Привет", "koi8-r", "koi8-r"),
    ("ไทย", "cp874", "tis-620"),
    ("İstanbul", "cp1254", "iso-8859-9"),
    ("Grüße", "utf-16", "utf-16"),
    ("Grüße", "utf-16-be", "utf-16"),
    ("Grüße", "utf-16-le", "utf-16"),
    ("Grüße", "utf-7", "utf-7"),
    ("Grüße", "utf-8-sig", "iso-8859-15"),
]


@pytest.mark.parametrize(("text", "really", "declared"), DECLARED)
def test_declared_charsets_are_read_with_the_superset_that_senders_mean(text: str, really: str, declared: str) -> None:
    assert decode_text(text.encode(really), declared).text == text


WRONGLY_DECLARED = [
    ("Größe", "utf-8", "us-ascii"),
    ("Größe", "utf-8", "iso-8859-1"),
    ("Größe", "utf-8", "iso-2022-jp"),
    ("Привет", "utf-8", "koi8-r"),
    ("Привет", "utf-8", "windows-1251"),
    ("25 °C", "utf-8", "iso-8859-15"),
    ("Größe für Ärger", "latin-1", "utf-8"),
    ("Größe für Ärger", "latin-1", ""),
    ("Привет, как дела? Принтер не работает.", "cp1251", "utf-8"),
    ("Привет, как дела? Принтер не работает.", "koi8-r", ""),
    ("プリンターが動きません。よろしくお願いします。", "shift_jis", "us-ascii"),
    ("プリンターが動きません。", "iso-2022-jp", ""),
    ("打印机无法使用，请尽快处理", "gb18030", "unknown-8bit"),
]


@pytest.mark.parametrize(("text", "really", "declared"), WRONGLY_DECLARED)
def test_a_wrong_or_missing_charset_is_repaired_and_noted(text: str, really: str, declared: str) -> None:
    decoded = decode_text(text.encode(really), declared)
    assert decoded.text == text
    assert decoded.defects


def test_half_width_kana_and_vendor_characters_in_iso_2022_jp_are_read() -> None:
    assert decode_text(b"\x1b$B-!\x1b(I1\x1b(B abc", "iso-2022-jp").text == "①ｱ abc"


def test_a_few_broken_bytes_do_not_cost_the_rest_of_the_text() -> None:
    decoded = decode_text("Grüße aus Köln, müde".encode() + b"\xff", "utf-8")
    assert decoded.text == "Grüße aus Köln, müde\ufffd"
    assert decoded.defects == ("charset: bytes that are not utf_8",)


def test_text_encoded_twice_is_noted_and_left_alone() -> None:
    decoded = decode_text("Grüße".encode().decode("cp1252").encode(), "utf-8")
    assert decoded.text == "GrÃ¼ÃŸe"
    assert decoded.defects == ("charset: text looks encoded twice",)


@pytest.mark.parametrize("payload", [b"+2AA-", b"\\ud800", b"\xed\xa0\x80", b"a\0b\x07c", b"+AAA-"])
@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "utf-8", "", "utf-16", "cp1252"])
def test_no_surrogate_and_no_nul_gets_through(payload: bytes, charset: str) -> None:
    text = decode_text(payload, charset).text
    text.encode("utf-8")
    assert "\0" not in text


def test_line_ends_become_line_feeds() -> None:
    assert decode_text(b"a\r\nb\rc\nd", "utf-8").text == "a\nb\nc\nd"
