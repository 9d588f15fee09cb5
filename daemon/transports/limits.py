"""What a listener allows, and the counters that hold it to that: connections, bytes, time. No sockets here."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

_MIB = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerLimits:
    """Limits of one listener. Bytes and seconds as named; the defaults suit a port open to the Internet.

    Whatever breaks a limit gets a 4xx reply and may come back (RFC 5321 4.5.3), except for the size of a mail or line.
    """

    max_message_bytes: int = 35 * _MIB
    """Size of one mail after dot-unstuffing, announced by SIZE (RFC 1870); more is answered 552."""
    max_line_bytes: int = _MIB
    """Length of one line of content without CRLF. RFC 5321 asks for 1,000; real customers send far longer ones."""
    max_connections: int = 500
    max_connections_per_address: int = 20
    """Connections from one address; a listener's trusted peers are exempt."""
    session_seconds: float = 600.0
    """Length of a session, not counting the time in which content arrives or is stored."""
    idle_seconds: float = 300.0
    """Silence of the peer, restarted by every chunk it sends (RFC 5321 4.5.3.2.7 asks for five minutes)."""
    min_bytes_per_second: float = 1024.0
    """Average rate at which content has to arrive, once `rate_grace_seconds` have passed since DATA."""
    rate_grace_seconds: float = 60.0
    max_commands_without_mail: int = 25
    """Commands since the last mail; RCPT has its own limit."""
    max_bad_commands: int = 5
    """Unknown or malformed commands in a session."""
    max_recipients: int = 100
    """Recipients of one mail; the ones beyond get 452 and the peer sends them another copy (RFC 5321 4.5.3.1.10)."""
    max_bytes_in_flight: int = 128 * _MIB
    """Content of all sessions together that is received and not yet stored. Memory comes to an eighth more, plus what
    each connection has unread: less than half a MiB."""
    linger_seconds: float = 2.0
    """How long a peer that was sent away may take to read why and close."""
    sweep_seconds: float = 1.0
    """How often the time limits are looked at."""


class Connections:
    """Counts connections, all and by address."""

    def __init__(self, limits: ListenerLimits, trusted_peers: Collection[str] = ()) -> None:
        self._limits = limits
        self._trusted = frozenset(trusted_peers)
        self._by_address: Counter[str] = Counter()
        self._total = 0

    def admit(self, address: str) -> str:
        """Counts a connection in and returns "", or returns the name of the limit that keeps it out."""
        if self._total >= self._limits.max_connections:
            return "max_connections"
        if address not in self._trusted and self._by_address[address] >= self._limits.max_connections_per_address:
            return "max_connections_per_address"
        self._total += 1
        self._by_address[address] += 1
        return ""

    def leave(self, address: str) -> None:
        """Counts out a connection that was admitted."""
        self._total -= 1
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]


class Holder(Protocol):
    """Somebody who holds content in memory."""

    def give_way(self) -> None:
        """Throw the unfinished content away; the peer may send it again later."""
        ...


class ByteBudget:
    """Shares out the memory for content that is received and not yet stored.

    When it runs out the largest unfinished mail gives way. So a few huge uploads cannot keep the many small mails
    out, and no declared size has to be believed. Content that is being stored is counted and never thrown away.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._unfinished: dict[Holder, int] = {}
        self._storing: dict[Holder, int] = {}
        self.held_bytes = 0

    @property
    def is_exhausted(self) -> bool:
        """True while the mails being stored alone fill the budget, so that no new one could find room."""
        return sum(self._storing.values()) >= self._max_bytes

    def hold(self, holder: Holder, size: int) -> None:
        """The holder's unfinished content has grown to `size` bytes; makes room if that is too much."""
        self.held_bytes += size - self._unfinished.get(holder, 0)
        self._unfinished[holder] = size
        while self.held_bytes > self._max_bytes and self._unfinished:
            largest = max(self._unfinished, key=self._unfinished.__getitem__)
            self.release(largest)
            largest.give_way()

    def keep(self, holder: Holder) -> None:
        """The holder's content is complete and going to the store: from now on it does not give way."""
        self._storing[holder] = self._unfinished.pop(holder, 0)

    def release(self, holder: Holder) -> None:
        """The holder's content is stored or thrown away. Harmless when it holds nothing."""
        self.held_bytes -= self._unfinished.pop(holder, 0) + self._storing.pop(holder, 0)


class Pace:
    """When a session began and last moved, in monotonic seconds, and which time limit that breaks."""

    def __init__(self, limits: ListenerLimits, now: float) -> None:
        self._limits = limits
        self._started = self._moved = now
        self._content_since = 0.0
        self._content_bytes = 0
        self._is_content = self._is_paused = False

    def move(self, now: float, size: int) -> None:
        """The peer sent `size` bytes."""
        self._moved = now
        if self._is_content:
            self._content_bytes += size

    def start_content(self, now: float) -> None:
        """Content begins to arrive: from now on the rate counts and the session clock stands."""
        self._is_content, self._content_since, self._content_bytes = True, now, 0

    def pause(self) -> None:
        """Content is complete and being stored: waiting for us is nobody's delay."""
        self._is_paused = True

    def end_content(self, now: float) -> None:
        """The peer has its answer: the session clock goes on from where it stood."""
        self._started += now - self._content_since
        self._moved = now
        self._is_content = self._is_paused = False

    def broken_limit(self, now: float) -> str:
        """The name of the limit that is broken at `now`, or ""."""
        if self._is_paused:
            return ""
        if now - self._moved > self._limits.idle_seconds:
            return "idle_seconds"
        if self._is_content:
            return "min_bytes_per_second" if self._is_too_slow(now - self._content_since) else ""
        return "session_seconds" if now - self._started > self._limits.session_seconds else ""

    def _is_too_slow(self, seconds: float) -> bool:
        if seconds <= self._limits.rate_grace_seconds:
            return False
        return self._content_bytes < self._limits.min_bytes_per_second * seconds
