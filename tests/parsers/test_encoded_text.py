"""Files written into plain text are replaced by a line that names them, and decoded."""

import binascii
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.encoded_text import read_encoded, strip_encoded

DATA = bytes(range(120))
UU = "".join(binascii.b2a_uu(DATA[at : at + 45]).decode() for at in range(0, 120, 45))


@pytest.mark.parametrize(
    "block",
    [
        f"begin 644 a file.bin\n{UU}`\nend",
        f"begin 644 a file.bin\r\n{UU}`\r\nend",
        f"begin 0755 a file.bin\n{UU}",
        "begin-base64 644 a file.bin\nAAECAwQF\n====",
        "=ybegin line=128 size=5 name=a file.bin\n\x8f\x90)*+\n=yend size=5",
        "=ybegin part=1 line=128 size=5 name=a file.bin\n=ypart begin=1 end=5\nRST\n=yend size=5",
    ],
)
def test_an_encoded_file_becomes_one_line(block: str) -> None:
    stripped = strip_encoded(f"before\n{block}\nafter")
    assert [line for line in stripped.text.split("\n") if line] == ["before", "[encoded file: a file.bin]", "after"]
    assert stripped.names == ("a file.bin",)


@pytest.mark.parametrize("text", ["begin 644 times\nand never stop", "begin\nend", "=ybegin", "a begin 644 x\nb"])
def test_prose_that_begins_is_left_alone(text: str) -> None:
    assert strip_encoded(text).text == text


def test_two_files_are_both_named() -> None:
    block = f"begin 644 {{}}\n{UU}`\nend\n"
    assert strip_encoded(block.format("a") + "between\n" + block.format("b")).names == ("a", "b")


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("begin 644x`#M=yd\n")))
def test_any_text_is_read_without_an_exception(text: str) -> None:
    assert strip_encoded(text).text.count("\n") <= text.count("\n")


def uuencoded(content: bytes) -> bytes:
    lines = (binascii.b2a_uu(content[at : at + 45], backtick=True) for at in range(0, len(content), 45))
    return b"words\nbegin 644 a.bin\n" + b"".join(lines) + b"`\nend\nmore words\n"


def yencoded(content: bytes) -> bytes:
    shifted = bytes((byte + 42) % 256 for byte in content)
    escaped = b"".join(b"=%c" % ((byte + 64) % 256) if byte in b"\0\r\n=" else b"%c" % byte for byte in shifted)
    lines = re.findall(rb"(?:=?[^=]){1,64}", escaped, re.DOTALL)
    return b"=ybegin line=128 size=1 name=a.bin\r\n" + b"\r\n".join(lines) + b"\r\n=yend size=1\r\nmore words\n"


@pytest.mark.parametrize("encode", [uuencoded, yencoded])
@given(content=st.binary(min_size=1, max_size=400))
def test_an_encoded_file_comes_back_as_it_was(encode: Callable[[bytes], bytes], content: bytes) -> None:
    (file,) = read_encoded(encode(content))
    assert (file.name, file.payload) == ("a.bin", content)


def test_base64_between_begin_and_end_is_decoded_too() -> None:
    (file,) = read_encoded(b"begin-base64 644 a.bin\nAAECAwQF\n====\n")
    assert file.payload == b"\0\1\2\3\4\5"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from([b"begin 644 x\n", b"M", b"#abc\n", b"=ybegin name=y\n", b"=", b"=yend\n", b"\xff", b"end\n"])
    )
)
def test_as_many_files_are_decoded_as_are_named(pieces: list[bytes]) -> None:
    raw = b"".join(pieces)
    assert len(read_encoded(raw)) == len(strip_encoded(raw.decode("latin-1")).names)
