"""Where a mail ends and what was in it, on bytes alone."""

import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.errors import Refused
from daemon.transports.contents import Content

NOT_THE_END = [b"\n.\n", b"\n.\r\n", b"\r.\r\n", b"\r\n.\n", b"\r\n.\r", b"\r.\r", b"\r\n\0.\r\n"]
alphabet = st.lists(st.sampled_from([b"\r\n", b".", b"\r", b"\n", b"a"]), max_size=40).map(b"".join)


def make_content(max_bytes: int = 10_000, max_line_bytes: int = 5_000, *, strict: bool = False) -> Content:
    return Content(max_bytes=max_bytes, max_line_bytes=max_line_bytes, refuse_bare_newlines=strict)


def stuff(mail: bytes) -> bytes:
    """As a client sends it (RFC 5321 4.5.2), the end included."""
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in mail.split(b"\r\n")) + b".\r\n"


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        (b".\r\n", b""),
        (b"a\r\n.\r\n", b"a\r\n"),
        (b"\r\n.\r\n", b"\r\n"),
        (b"..\r\n.\r\n", b".\r\n"),
        (b"...\r\n.a\r\n.\r\n", b"..\r\na\r\n"),
        (b"a\n.b\r\n.\r\n", b"a\n.b\r\n"),
    ],
)
def test_dots_that_were_added_for_transport_are_taken_away(sent: bytes, meant: bytes):
    content = make_content()
    assert content.feed(sent) == b""
    assert content.take() == meant


@pytest.mark.parametrize("terminator", NOT_THE_END)
def test_nothing_but_crlf_dot_crlf_ends_a_mail(terminator: bytes):
    content = make_content()
    assert content.feed(b"a" + terminator + b"MAIL FROM:<evil@x>\r\n") is None
    assert content.feed(b".\r\n") == b""
    assert content.take() == b"a" + terminator.replace(b"\r\n.", b"\r\n") + b"MAIL FROM:<evil@x>\r\n"


@pytest.mark.parametrize("mail", [b"", b".\r\n", b"..a\r\n", b"\r\n.\r\n\r\n", b"a\n.\r\r\n"])
def test_a_mail_may_come_byte_by_byte(mail: bytes):
    content = make_content()
    assert [content.feed(bytes([byte])) for byte in stuff(mail)][-1] == b""
    assert content.take() == mail


def test_what_follows_the_end_is_given_back():
    assert make_content().feed(b"a\r\n.\r\nQUIT\r\n") == b"QUIT\r\n"


@given(mail=alphabet, cuts=st.lists(st.integers(0, 60), max_size=6))
def test_any_mail_cut_anywhere_comes_out_as_it_went_in(mail: bytes, cuts: list[int]):
    mail += b"\r\n"
    wire, content = stuff(mail) + b"QUIT\r\n", make_content()
    edges = [0, *sorted(cuts), len(wire)]
    for start, stop in pairwise(edges):
        if content.feed(wire[start:stop]) is not None:
            break
    assert content.take() == mail


@pytest.mark.parametrize(("size", "fits"), [(99, True), (100, True), (101, False)])
def test_a_mail_may_be_as_big_as_the_limit_and_no_bigger(size: int, fits: bool):
    content = make_content(max_bytes=100)
    content.feed(b"a" * (size - 2) + b"\r\n.\r\n")
    assert outcome(content) == (0 if fits else 552)


def outcome(content: Content) -> int:
    try:
        content.take()
    except Refused as reply:
        return reply.code
    return 0


@pytest.mark.parametrize(
    ("chunks", "code"),
    [
        ([b"a" * 50 + b"\r\n.\r\n"], 0),
        ([b"a" * 51 + b"\r\n.\r\n"], 500),
        ([b"x\r\n" + b"a" * 51 + b"\r\ny\r\n.\r\n"], 500),
        ([b"x\r\n" + b"a" * 25, b"a" * 25, b"\r\n.\r\n"], 0),
        ([b"x\r\n" + b"a" * 25, b"a" * 25, b"a\r\n.\r\n"], 500),
        ([b"a" * 30 + b"\r\n" + b"a" * 30 + b"\r\n.\r\n"], 0),
    ],
)
def test_lines_are_measured_across_chunks(chunks: list[bytes], code: int):
    content = make_content(max_line_bytes=50)
    for chunk in chunks:
        content.feed(chunk)
    assert outcome(content) == code


@pytest.mark.parametrize(("mail", "code"), [(b"a\r\n", 0), (b"a\nb\r\n", 521), (b"a\rb\r\n", 521), (b"\r\r\n", 521)])
def test_bare_newlines_are_refused_where_that_is_asked_for(mail: bytes, code: int):
    content = make_content(strict=True)
    for byte in mail + b".\r\n":
        content.feed(bytes([byte]))
    assert outcome(content) == code


def test_discarded_content_is_still_read_to_its_end():
    content = make_content()
    content.feed(b"a" * 500)
    content.discard(Refused(552, "5.3.4", "Message too big"))
    assert content.feed(b"b" * 500 + b"\r\n.\r\nNOOP\r\n") == b"NOOP\r\n"
    assert content.size == 0


def test_unfinished_content_takes_little_more_memory_than_its_bytes():
    content, chunk = make_content(max_bytes=2**25, max_line_bytes=2**25), bytes(2**16)
    tracemalloc.start()
    for _ in range(2**9 - 1):
        content.feed(chunk)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1.13 * content.size
