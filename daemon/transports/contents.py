"""The content of a mail on its way in: where it ends, and what it was before dot-stuffing. No I/O, no session."""

import re

from daemon.errors import Refused, SmtpReply

_END = b"\r\n.\r\n"
_SMALL = 8 * 1024
_LEADING_DOT = re.compile(rb"\r\n\.")


class Content:
    """Finds the end of DATA and undoes transparency (RFC 5321 4.5.2), chunk by chunk.

    Only CRLF "." CRLF ends a mail; every other spelling of it is content (CVE-2023-51764 and its family). Lines are
    never looked at one by one: a chunk costs a few searches in C. The pieces are kept as they came and joined once: a
    buffer that grows for each of many peers leaves twice its size of holes in the heap.
    """

    def __init__(self, *, max_bytes: int, max_line_bytes: int, refuse_bare_newlines: bool) -> None:
        self._max_bytes, self._max_line_bytes = max_bytes, max_line_bytes
        self._refuse_bare_newlines = refuse_bare_newlines
        self._kept: list[bytes] = []
        self._size = 0
        # The CRLF of the DATA command stands in front, so that a lone dot on the first line ends the mail as well.
        self._carry, self._skip = b"\r\n", 2
        self._open_line_bytes = 0
        self._fault: SmtpReply | None = None
        self.received_bytes = 0

    @property
    def size(self) -> int:
        """Bytes held in memory."""
        return self._size

    def feed(self, chunk: bytes) -> bytes | None:
        """Take what came; None while the end is outstanding, else the bytes behind the end (often none)."""
        self.received_bytes += len(chunk)
        pending = self._carry + chunk
        # Most chunks have no line with a dot in front: one search, by far the fastest kind, spares them two others.
        has_dots = _LEADING_DOT.search(pending) is not None
        end = pending.find(_END) if has_dots else -1
        if end >= 0:
            self._keep(pending[: end + 2], has_dots=True)
            return pending[end + len(_END) :]
        cut = len(pending) - _held_back(pending)
        self._keep(pending[:cut], has_dots=has_dots)
        self._carry = pending[cut:]
        return None

    def discard(self, fault: SmtpReply) -> None:
        """Forget the content and keep no more of it: the mail will be answered with the first such fault."""
        self._fault = self._fault or fault
        self._kept, self._size = [], 0

    def take(self) -> bytes:
        """The mail, exactly as sent, which is no longer kept here. Raises the fault for which it was discarded."""
        if self._fault is not None:
            raise self._fault
        pieces, self._kept = self._kept, []
        return b"".join(pieces)

    def _keep(self, piece: bytes, *, has_dots: bool) -> None:
        if self._fault is not None or not piece:
            return
        plain = (piece.replace(b"\r\n.", b"\r\n") if has_dots else piece)[self._skip :]
        self._skip = 0
        fault = self._find_fault(plain)
        if fault is not None:
            self.discard(fault)
            return
        self._size += len(plain)
        if self._kept and len(self._kept[-1]) < _SMALL:
            self._kept[-1] += plain  # a peer that drips must not cost us an object a byte
        else:
            self._kept.append(plain)

    def _find_fault(self, plain: bytes) -> SmtpReply | None:
        if self.size + len(plain) > self._max_bytes:
            return Refused(552, "5.3.4", "Message too big")
        if self._longest_line_bytes(plain) > self._max_line_bytes:
            return Refused(500, "5.5.2", "Line of content too long")
        if self._refuse_bare_newlines and _has_bare_newline(plain):
            return Refused(521, "5.5.2", "Content has line breaks other than CRLF")
        return None

    def _longest_line_bytes(self, plain: bytes) -> int:
        first = plain.find(b"\r\n")
        if first < 0:
            self._open_line_bytes += len(plain)
            return self._open_line_bytes
        longest = self._open_line_bytes + first
        self._open_line_bytes = len(plain) - plain.rfind(b"\r\n") - 2
        if len(plain) > self._max_line_bytes:  # else no line inside the piece can be too long
            longest = max(longest, *map(len, plain.split(b"\r\n")[1:]))
        return longest


def _held_back(pending: bytes) -> int:
    """How many last bytes may be the beginning of the end."""
    return next((size for size in range(len(_END) - 1, 0, -1) if pending.endswith(_END[:size])), 0)


def _has_bare_newline(piece: bytes) -> bool:
    """Pieces never end between CR and LF, so counting is enough."""
    pairs = piece.count(b"\r\n")
    return piece.count(b"\n") != pairs or piece.count(b"\r") != pairs
