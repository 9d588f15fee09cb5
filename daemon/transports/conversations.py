"""One connection from greeting to good-bye: reading commands, answering them, hanging up. Not what the commands mean.

aiosmtpd gives the plumbing: protocol and streams, the STARTTLS handshake, session and envelope. Replaced is what would
lose mail, answer 500 for our own faults or hold too much: the command loop (bare LF, limits, exceptions), the timer
that cuts slow uploads, and the cancelling of a handler whose peer hung up.
"""

import asyncio
import logging
import secrets
import ssl
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from aiosmtpd.smtp import SMTP, Envelope, Session

from daemon.clock import Clock
from daemon.errors import Deferred, Refused, SmtpReply, Unavailable
from daemon.log import Event, log
from daemon.ports import Intake, RecipientPolicy
from daemon.transports.limits import ByteBudget, Connections, ListenerLimits, Pace
from daemon.transports.paths import parse_command
from daemon.transports.wires import LineTooLong, PeerGone, Wire

_MAX_COMMAND_BYTES = 2048  # RFC 5321 4.5.3.1.4 asks for 512 and more for every extension
_HANG_UP_CODES = (421, 521)  # RFC 5321 3.8, RFC 7504: after these the server closes
_MALFORMED_CODES = (500, 501, 502)
_UNCOUNTED_VERBS = ("RCPT", "DATA")  # after a refused MAIL a peer that pipelines still sends these, innocently

Method = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerOptions:
    """One listener. `name` appears in the log, `hostname` in the greeting; port 0 takes any free port.

    `tls` offers STARTTLS. `trusted_peers` are addresses without a cap on their connections, such as our own MTA.
    `refuse_bare_newlines` answers content with a bare CR or LF with 521: right for a port that is open to the
    Internet, wrong behind an MTA that has already accepted the mail (None: on for smtp, off for lmtp).
    """

    name: str
    protocol: Literal["smtp", "lmtp"]
    host: str
    port: int
    hostname: str
    tls: ssl.SSLContext | None = None
    limits: ListenerLimits = field(default_factory=ListenerLimits)
    refuse_bare_newlines: bool | None = None
    trusted_peers: frozenset[str] = frozenset()

    @property
    def is_strict_about_newlines(self) -> bool:
        """Whether content with a bare CR or LF is refused."""
        return self.protocol == "smtp" if self.refuse_bare_newlines is None else self.refuse_bare_newlines


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionContext:
    """What all sessions of a listener share."""

    options: ListenerOptions
    intake: Intake
    policy: RecipientPolicy
    executor: Executor
    clock: Clock
    connections: Connections
    budget: ByteBudget


class Conversation(SMTP):
    """The server's side of a connection. Subclasses have the verbs, one method `smtp_VERB` each.

    A verb's method raises SmtpReply to answer with an error; any other exception is our fault and answered 451.
    """

    line_length_limit = 2**16  # the stream's limit: reading pauses when twice as much lies unread
    verbs: ClassVar[frozenset[str]]
    protocol_name: ClassVar[str]

    transport: asyncio.Transport | None
    _original_transport: asyncio.Transport | None
    # Set by connection_made, so before any command.
    session: Session
    envelope: Envelope
    _wire: Wire

    def __init__(self, context: SessionContext, peer: str) -> None:
        options = context.options
        super().__init__(
            None,
            hostname=options.hostname,
            data_size_limit=options.limits.max_message_bytes,
            enable_SMTPUTF8=True,
            tls_context=options.tls,
            loop=asyncio.get_running_loop(),
        )
        self._context, self._limits, self._peer = context, options.limits, peer
        self._id = secrets.token_hex(4)
        self._pace = Pace(options.limits, context.clock.monotonic())
        self._lost = self.loop.create_future()
        self._farewell: SmtpReply | None = None
        self._parted_at: float | None = None
        self._is_storing = self._is_half_closed = self._is_in_handshake = False
        self._commands_without_mail = self._bad_commands = 0

    # What the listener asks of a session

    def begin(self, transport: asyncio.Transport) -> "asyncio.Task[None]":
        """Take the connection over. The task runs until the connection is gone and nothing is being stored."""
        transport.set_protocol(self)
        self.connection_made(transport)
        assert self._handler_coroutine is not None
        return self._handler_coroutine

    def hang_up(self, reply: SmtpReply) -> None:
        """Say this and close; a mail that is being stored is answered first. Harmless on a session that is ending."""
        if self._is_storing:
            self._farewell = reply
        elif self._is_in_handshake or self.transport is None:
            self.abort()
        elif self._parted_at is None:
            self._writer.write(render(reply))
            self._part()

    def check_time(self, now: float) -> None:
        """Hang up if a time limit is broken; abort if the peer does not let itself be sent away."""
        if self._parted_at is not None:
            if now - self._parted_at > self._limits.linger_seconds:
                self.abort()
            return
        limit = self._pace.broken_limit(now)
        if limit:
            self._log_limit(limit)
            self.hang_up(Deferred(421, "4.4.2", "Timeout, closing connection"))

    def abort(self) -> None:
        """Drop the connection without another word."""
        transport = self._original_transport or self.transport
        if transport is not None:
            transport.abort()

    # What asyncio tells

    def data_received(self, data: bytes) -> None:
        if self._parted_at is None:
            self._pace.move(self._context.clock.monotonic(), len(data))
            super().data_received(data)

    def eof_received(self) -> bool | None:
        """A peer that half-closes still wants its answer: read to the end, cancel nothing."""
        self._is_half_closed = True
        if self._parted_at is not None:
            return False
        return asyncio.StreamReaderProtocol.eof_received(self)

    def connection_lost(self, error: Exception | None) -> None:
        """Unlike the base class, cancel nothing: a mail may be on its way into the store."""
        if self._lost.done():
            return
        if self._original_transport is not None:
            self._original_transport.close()
        asyncio.StreamReaderProtocol.connection_lost(self, error)
        self.transport = None
        self._lost.set_result(None)
        self._context.connections.leave(self._peer)

    def _cb_client_connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        super()._cb_client_connected(reader, writer)
        self._wire = Wire(reader)

    def _reset_timeout(self, duration: float | None = None) -> None:
        """The listener's sweep looks at the time; the timer of the base class would cut slow uploads."""

    # The loop

    async def _handle_client(self) -> None:
        try:
            await self._converse()
        except PeerGone:
            pass
        finally:
            if self._parted_at is None and self.transport is not None:
                self.transport.close()
            await self._lost

    async def _converse(self) -> None:
        await self._write(f"220 {self.hostname} {self.protocol_name} Postroom\r\n".encode())
        while self._parted_at is None:
            await self._serve_command()
            if self._farewell is not None:
                self.hang_up(self._farewell)

    async def _serve_command(self) -> None:
        try:
            verb, argument = parse_command(await self._wire.read_line(_MAX_COMMAND_BYTES))
            self._count_command(verb)
            await self._find_method(verb)(argument)
        except PeerGone:
            raise
        except LineTooLong:
            await self._answer_error(Refused(500, "5.5.2", "Command line too long"))
        except SmtpReply as reply:
            await self._answer_error(reply)
        except Exception as error:
            await self._answer_error(self._report(error))

    def _find_method(self, verb: str) -> Method:
        if verb not in self.verbs:
            raise Refused(500, "5.5.1", "Command not recognized")
        method: Method = getattr(self, f"smtp_{verb}")
        return method

    def _count_command(self, verb: str) -> None:
        if verb not in _UNCOUNTED_VERBS:
            self._commands_without_mail += 1
        if self._commands_without_mail > self._limits.max_commands_without_mail and verb != "QUIT":
            self._log_limit("max_commands_without_mail")
            raise Deferred(421, "4.7.0", "Too many commands without a mail")

    # Answers

    async def _answer_error(self, reply: SmtpReply) -> None:
        if reply.code in _MALFORMED_CODES:
            self._bad_commands += 1
        if self._bad_commands > self._limits.max_bad_commands:
            self._log_limit("max_bad_commands")
            reply = Deferred(421, "4.7.0", "Too many bad commands")
        await self._answer(reply)

    async def _answer(self, reply: SmtpReply, *, copies: int = 1) -> None:
        if self._parted_at is not None:
            raise PeerGone
        await self._write(render(reply) * copies)
        if reply.code in _HANG_UP_CODES:
            self._part()

    async def _write(self, data: bytes) -> None:
        self._writer.write(data)
        try:
            await self._writer.drain()
        except OSError as error:
            raise PeerGone from error

    def _part(self) -> None:
        """Close our side and wait for the peer's: closing with its bytes unread would reset away our last reply."""
        self._parted_at = self._context.clock.monotonic()
        self._wire.close()
        if self.transport is None:
            return
        if self.transport.can_write_eof() and not self._is_half_closed:
            self.transport.write_eof()
            self.transport.resume_reading()
        else:
            self.transport.close()

    def _report(self, error: Exception) -> SmtpReply:
        """Our fault, so try again later; what happened is for the log only."""
        log_id = secrets.token_hex(4)
        if isinstance(error, Unavailable):
            self._log(Event.MAIL_DEFERRED, level=logging.WARNING, log_id=log_id, error=error)
        else:
            self._log(Event.SESSION_FAILED, level=logging.ERROR, exc_info=True, log_id=log_id)
        return Deferred(451, "4.3.0", f"Local trouble, try again later (log id {log_id})")

    def _log(self, event: Event, **fields: Any) -> None:
        log(event, listener=self._context.options.name, session=self._id, peer=self._peer, **fields)

    def _log_limit(self, limit: str) -> None:
        self._log(Event.SESSION_LIMIT, level=logging.WARNING, limit=limit)


def render(reply: SmtpReply) -> bytes:
    """One line of printable ASCII, whatever the text is made of."""
    text = "".join(char if " " <= char <= "~" else "?" for char in reply.text)
    return f"{reply.code} {reply.status} {text}\r\n".encode("ascii")
