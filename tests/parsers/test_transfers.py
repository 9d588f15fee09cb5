"""Transfer encodings are undone, also where they are damaged, misnamed or missing."""

import base64

import pytest

from parsers.transfers import decode_transfer

DATA = bytes(range(256)) * 3
ENCODED = base64.encodebytes(DATA)

CASES = [
    ("base64", ENCODED, DATA),
    ("BASE64 ", ENCODED.replace(b"\n", b"\r\n"), DATA),
    ("base-64", ENCODED, DATA),
    ("base64", base64.b64encode(b"hello").rstrip(b"="), b"hello"),
    ("base64", b"aGVsbG8=aGVsbG8=", b"hellohello"),
    ("base64", b"aGVsbG8s\n!IHdvcmxk\n", b"hello, world"),
    ("base64", b"aGVsbG8", b"hello"),
    ("base64", b"aGVsbG8hx", b"hello!"),
    ("base64", b"aGVsbG8=\n\n-- \nlist footer, unsubscribe\n", b"hello"),
    ("base64", b"", b""),
    ("base64", b"This was never base64, was it?", b"This was never base64, was it?"),
    ("quoted-printable", b"Gr=C3=BC=\r\n=C3=9Fe =\n", "Grüße ".encode()),
    ("quoted-printable", b"soft = \r\nbreak 100% =ZZ", b"soft break 100% =ZZ"),
    ("Quoted/Printable", b"=41", b"A"),
    ("x-uuencode", b"begin 644 a\n%:&5L;&\\\n`\nend\n", b"hello"),
    ("7bit", b"as is", b"as is"),
    ("8bit", b"\xff", b"\xff"),
    ("", b"as is", b"as is"),
    ("nonsense", b"as is", b"as is"),
]


@pytest.mark.parametrize(("encoding", "body", "payload"), CASES)
def test_a_transfer_encoding_is_undone(encoding: str, body: bytes, payload: bytes) -> None:
    assert decode_transfer(body, encoding, is_text=True).payload == payload


def test_base64_without_a_declaration_is_recognised_in_files_only() -> None:
    assert decode_transfer(ENCODED, "", is_text=False).payload == DATA
    assert decode_transfer(ENCODED, "", is_text=True).payload == ENCODED


def test_what_stands_behind_base64_is_noted() -> None:
    assert decode_transfer(b"aGVsbG8=\nfooter, text", "base64", is_text=True).defects


@pytest.mark.timeout(5)
@pytest.mark.parametrize("body", [b"=\n" * 200_000, b"= " * 200_000, b"=" * 400_000, b"a=" * 200_000])
@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "uuencode"])
def test_hostile_encodings_are_undone_in_linear_time(encoding: str, body: bytes) -> None:
    assert len(decode_transfer(body, encoding, is_text=True).payload) <= len(body)
