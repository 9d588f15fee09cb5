"""The wire under the IMAP client: dialling that can be stopped, and a limit on what a server may make us read."""

import imaplib
import socket
import ssl
from io import BufferedReader
from typing import cast

from imapclient import IMAPClient, SocketTimeout

from daemon.transports.imap_account import ImapAccount, Security
from daemon.transports.imap_watchdog import Watchdog

# What the lines of one answer may hold in all; the longest honest one is a SEARCH just under imaplib's million bytes.
_LINE_BYTES = 8 * 1024 * 1024
_SMALL_LITERAL_BYTES = 64 * 1024


class _Wire(imaplib.IMAP4):
    """imaplib with our own socket. The library allocates whatever size a literal announces (gh-119511)."""

    def __init__(self, account: ImapAccount, watchdog: Watchdog) -> None:
        self._account, self._watchdog = account, watchdog
        self.has_refused_literal = False
        self.grant(0)
        super().__init__(account.host, account.port, account.connect_seconds)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        connection = _dial(self._account, self._watchdog)
        if self._account.security is not Security.TLS:
            return connection
        context = self._account.tls or ssl.create_default_context()
        return context.wrap_socket(connection, server_hostname=self._account.host)

    @property
    def buffer(self) -> BufferedReader:
        """Where bytes wait that were received but not read yet."""
        return cast(BufferedReader, self.file)

    def grant(self, literal_bytes: int) -> None:
        """Limit what the next answer may make us read: so much in literals, and some megabytes of lines."""
        self._literal_budget = max(literal_bytes, _SMALL_LITERAL_BYTES)
        self._line_budget = _LINE_BYTES

    def read(self, size: int) -> bytes:
        if size > self._literal_budget:
            self.has_refused_literal = True  # a flag, because the library wraps what we raise here
            raise self.abort(f"a literal of {size} bytes was announced, {self._literal_budget} are allowed")
        self._literal_budget -= size
        return super().read(size)

    def readline(self) -> bytes:
        """As in the library, but too long a line ends the connection: what follows it is out of step."""
        try:
            line = super().readline()
        except imaplib.IMAP4.error as error:
            raise self.abort(str(error)) from error
        self._line_budget -= len(line)
        if self._line_budget < 0:
            raise self.abort("the answer does not end")
        return line


class Client(IMAPClient):  # type: ignore[misc]  # imapclient carries no types
    """The library's client on our wire."""

    def __init__(self, account: ImapAccount, watchdog: Watchdog) -> None:
        self._account, self._watchdog = account, watchdog
        super().__init__(
            account.host,
            account.port,
            ssl=account.security is Security.TLS,
            timeout=SocketTimeout(account.connect_seconds, account.silence_seconds),
        )

    def _create_IMAP4(self) -> _Wire:  # the library's name for it
        return _Wire(self._account, self._watchdog)

    @property
    def wire(self) -> _Wire:
        """What carries the commands."""
        wire: _Wire = self._imap
        return wire


def _dial(account: ImapAccount, watchdog: Watchdog) -> socket.socket:
    """Connect to the first address that answers; like socket.create_connection, but guarded from the first packet."""
    failure: OSError = ConnectionError("no address")
    for family, kind, protocol, _, address in socket.getaddrinfo(account.host, account.port, type=socket.SOCK_STREAM):
        connection = socket.socket(family, kind, protocol)
        try:
            watchdog.watch(connection)
            connection.settimeout(account.connect_seconds)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            # The library writes a command in pieces; Nagle would hold the last one until the first is acknowledged.
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.connect(address)
        except OSError as error:
            connection.close()
            failure = error
        else:
            return connection
    raise failure
