"""Reading lines and chunks from a peer."""

import asyncio

import pytest

from daemon.transports.wires import LineTooLong, PeerGone, Wire


def make_wire(data: bytes) -> Wire:
    reader = asyncio.StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    return Wire(reader)


async def test_lines_come_one_by_one_however_they_were_sent():
    wire = make_wire(b"NOOP\r\nQUIT\r\n")
    assert [await wire.read_line(100), await wire.read_line(100)] == [b"NOOP\r\n", b"QUIT\r\n"]


async def test_what_was_read_too_far_is_read_again():
    wire = make_wire(b"a\r\n.\r\nQUIT\r\n")
    await wire.read_chunk()
    wire.unread(b"QUIT\r\n")
    assert await wire.read_line(100) == b"QUIT\r\n"


async def test_a_line_that_is_too_long_goes_by_and_the_next_is_read():
    wire = make_wire(b"x" * 500 + b"\r\nQUIT\r\n")
    with pytest.raises(LineTooLong):
        await wire.read_line(100)
    assert await wire.read_line(100) == b"QUIT\r\n"


async def test_half_a_line_before_the_end_is_no_line():
    with pytest.raises(PeerGone):
        await make_wire(b"QUI").read_line(100)


async def test_a_closed_wire_forgets_what_had_already_come():
    wire = make_wire(b"NOOP\r\nQUIT\r\n")
    await wire.read_line(100)
    wire.close()
    with pytest.raises(PeerGone):
        await wire.read_line(100)
