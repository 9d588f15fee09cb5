"""Reading from a peer: command lines, content chunks, and nothing that understands either."""

import asyncio

_CHUNK_BYTES = 2**18


class PeerGone(Exception):
    """The connection ended, from whichever side. Nobody is left to answer."""


class LineTooLong(Exception):
    """A line went by that is longer than allowed; the next read begins behind it."""


class Wire:
    """What a peer sends. What was read too far can be given back: peers may send commands in batches (RFC 2920)."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self._ahead = bytearray()
        self._is_closed = False

    async def read_line(self, max_bytes: int) -> bytes:
        """One line up to and including LF. Raises LineTooLong, PeerGone."""
        searched, is_too_long = 0, False
        while (end := self._ahead.find(b"\n", searched)) < 0:
            if len(self._ahead) > max_bytes:
                is_too_long = True
                self._ahead.clear()
            searched = len(self._ahead)
            self._ahead += await self._read_more()
        line = bytes(self._ahead[: end + 1])
        del self._ahead[: end + 1]
        if is_too_long or len(line) > max_bytes:
            raise LineTooLong
        return line

    async def read_chunk(self) -> bytes:
        """Whatever has come, at least one byte. Raises PeerGone."""
        if not self._ahead:
            return await self._read_more()
        chunk = bytes(self._ahead)
        self._ahead.clear()
        return chunk

    def unread(self, rest: bytes) -> None:
        """Give back the end of the last chunk."""
        self._ahead[:0] = rest

    def clear(self) -> None:
        """Forget what came before the encryption began (RFC 3207 4.2; CVE-2024-34083)."""
        self._ahead.clear()

    def close(self) -> None:
        """Read no more: whoever waits gets PeerGone, even with bytes still in the buffer."""
        self._is_closed = True
        self._ahead.clear()
        self._reader.feed_eof()

    async def _read_more(self) -> bytes:
        try:
            chunk = await self._reader.read(_CHUNK_BYTES)
        except OSError as error:
            raise PeerGone from error
        if not chunk or self._is_closed:
            raise PeerGone
        return chunk
