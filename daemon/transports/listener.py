"""SMTP and LMTP in: a listening socket, the sessions it opens, their time limits and their orderly end.

The talking is in `conversations` and `sessions`, the end of a mail in `contents`, the counters in `limits`.
"""

import asyncio
import contextlib
import logging
import os
from collections import Counter
from concurrent.futures import Executor

from daemon.clock import Clock
from daemon.errors import Deferred
from daemon.log import Event, log
from daemon.ports import Intake, RecipientPolicy
from daemon.transports.conversations import ListenerOptions, SessionContext
from daemon.transports.limits import ByteBudget, Connections, ListenerLimits
from daemon.transports.sessions import LmtpSession, SmtpSession

__all__ = ["Listener", "ListenerLimits", "ListenerOptions"]

_MAX_GRACE_SECONDS = 10.0


class Listener:
    """Takes mail in on one port. Belongs to the event loop that runs `start`.

    `intake.accept` is called in `executor`, whose threads bound how many mails are stored at the same time; `policy`
    is asked on the event loop.
    """

    def __init__(
        self, options: ListenerOptions, intake: Intake, policy: RecipientPolicy, executor: Executor, clock: Clock
    ) -> None:
        self._options, self._clock = options, clock
        self._context = SessionContext(
            options=options,
            intake=intake,
            policy=policy,
            executor=executor,
            clock=clock,
            connections=Connections(options.limits, options.trusted_peers),
            budget=ByteBudget(options.limits.max_bytes_in_flight),
        )
        self._sessions: dict[SmtpSession, asyncio.Task[None]] = {}
        self._turned_away: Counter[str] = Counter()
        self._server: asyncio.Server | None = None
        self._sweeper: asyncio.Task[None] | None = None
        self._is_stopping = False

    @property
    def address(self) -> tuple[str, int]:
        """Host and port really listened on. Only after `start`."""
        assert self._server is not None
        host, port = self._server.sockets[0].getsockname()[:2]
        return str(host), int(port)

    async def start(self) -> None:
        """Listen. Raises OSError, naming listener, host and port, when the address cannot be had."""
        options = self._options
        try:
            self._server = await asyncio.get_running_loop().create_server(
                lambda: _Door(self), options.host, options.port
            )
        except OSError as error:
            why = os.strerror(error.errno) if error.errno else str(error)
            place = f"cannot listen on {options.host} port {options.port}"
            raise OSError(error.errno, f"{options.name}: {place}: {why}") from error
        self._sweeper = asyncio.create_task(self._sweep_for_ever())
        host, port = self.address
        log(Event.LISTENING, listener=options.name, protocol=options.protocol, host=host, port=port)

    async def stop(self, grace_seconds: float = _MAX_GRACE_SECONDS) -> None:
        """Take no more, answer 421 to the unfinished, let stores finish. Never longer than ten seconds."""
        if self._server is None or self._is_stopping:
            return
        self._is_stopping = True
        self._server.close()
        for session in tuple(self._sessions):
            session.hang_up(Deferred(421, "4.3.2", "Shutting down, try again later"))
        await self._await_sessions(min(grace_seconds, _MAX_GRACE_SECONDS))
        assert self._sweeper is not None
        self._sweeper.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._sweeper

    def admit(self, transport: asyncio.Transport) -> None:
        """A connection has come in: give it a session, or turn it away."""
        peer = str((transport.get_extra_info("peername") or ("",))[0])
        reason = "stopping" if self._is_stopping else self._context.connections.admit(peer)
        if reason:
            self._turned_away[reason] += 1
            transport.write(b"421 4.7.0 Too many connections, try again later\r\n")
            transport.close()
            return
        kind = LmtpSession if self._options.protocol == "lmtp" else SmtpSession
        session = kind(self._context, peer)
        task = self._sessions[session] = session.begin(transport)
        task.add_done_callback(lambda task: self._forget(session, task))

    def _forget(self, session: SmtpSession, task: "asyncio.Task[None]") -> None:
        del self._sessions[session]
        if not task.cancelled() and (error := task.exception()):
            log(Event.SESSION_FAILED, level=logging.ERROR, listener=self._options.name, error=repr(error))

    async def _await_sessions(self, seconds: float) -> None:
        """Give everybody `seconds`, then drop the rest; their stores still finish, because they are shielded."""
        if not self._sessions:
            return
        _, late = await asyncio.wait(self._sessions.values(), timeout=seconds)
        for session in tuple(self._sessions):
            session.abort()
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _sweep_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._options.limits.sweep_seconds)
            self._sweep()

    def _sweep(self) -> None:
        now = self._clock.monotonic()
        for session in tuple(self._sessions):
            session.check_time(now)
        # One line for each sweep, not for each connection: a flood should not fill the disk.
        for reason, count in self._turned_away.items():
            log(
                Event.SESSION_LIMIT, level=logging.WARNING, listener=self._options.name, limit=reason, connections=count
            )
        self._turned_away.clear()


class _Door(asyncio.Protocol):
    """Stands in front of the sessions: turning a connection away must not cost what a session costs."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._listener.admit(transport)
