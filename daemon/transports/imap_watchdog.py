"""Ends connections that have gone quiet, from outside the thread that waits for them.

A socket time-out counts from byte to byte: a server that sends one byte now and then holds its reader for ever, and
nothing in a library frees a thread in the middle of a TLS handshake. Shutting the connection does.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Watchdog:
    """Holds a twin of the connection's descriptor. It shuts the connection and never reads, writes or closes it.

    The twin stays valid when TLS wraps the socket, and cannot hit a stranger's descriptor after a close.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._twin: socket.socket | None = None
        self._stopped = False
        self.has_bitten = False

    def watch(self, connection: socket.socket) -> None:
        """From now on guard this connection, before it connects and before TLS."""
        with self._lock:
            self._drop_twin()
            self._twin = connection.dup()
            self.has_bitten = False
            if self._stopped:
                raise ConnectionAbortedError("stopped")

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Shut the connection unless the block ends within `seconds`."""
        timer = threading.Timer(seconds, self._bite)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def stop(self) -> None:
        """Shut this connection and every later one: whoever waits for it wakes with an error."""
        with self._lock:
            self._stopped = True
            self._shut()

    def release(self) -> None:
        """Forget the connection."""
        with self._lock:
            self._drop_twin()

    def _bite(self) -> None:
        with self._lock:
            self.has_bitten = True
            self._shut()

    def _shut(self) -> None:
        if self._twin is not None:
            with suppress(OSError):  # the other side was quicker
                self._twin.shutdown(socket.SHUT_RDWR)

    def _drop_twin(self) -> None:
        if self._twin is not None:
            self._twin.close()
            self._twin = None
