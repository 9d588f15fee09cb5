"""Files written into plain text are replaced by a line that names them."""

import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.encoded_text import strip_encoded

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


@given(st.text(alphabet=st.sampled_from("begin 644x`#M=yd\n")))
def test_any_text_is_read_without_an_exception(text: str) -> None:
    assert strip_encoded(text).text.count("\n") <= text.count("\n")
