"""A smarthost on loopback that misbehaves at one chosen stage and counts what it accepted."""

import base64
import contextlib
import socket
import socketserver
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """One mail the smarthost answered for, with dot-stuffing undone."""

    sender: str
    recipient: str
    data: bytes


@dataclass(kw_only=True)
class Script:
    """How the smarthost behaves.

    `replies` replaces the answer to a verb ("GREETING", "EHLO", "MAIL", ... "DOT"). `cut` names where it hangs up:
    a verb (instead of answering), "MIDDATA", "DOT" (before accepting) or "ACCEPTED" (after accepting). `hang` is
    a verb after which it says nothing. A list of `replies` is used one by one, the last for ever.
    """

    replies: Mapping[str, str | list[str]] = field(default_factory=dict)
    cut: str = ""
    hang: str = ""
    extensions: tuple[str, ...] = ("SIZE 50000000", "8BITMIME", "PIPELINING")
    starttls: ssl.SSLContext | None = None
    tls: ssl.SSLContext | None = None


class Smarthost:
    """Use as a context manager; `port`, `accepted`, `commands` and `connections` tell what happened."""

    def __init__(self, **script: object) -> None:
        self.script = Script(**script)  # type: ignore[arg-type]  # the keywords are those of Script
        self.accepted: list[Accepted] = []
        self.commands: list[str] = []
        self.connections = 0
        self._used: dict[str, int] = {}

    def __enter__(self) -> Self:
        smarthost = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                smarthost.connections += 1
                with contextlib.suppress(OSError):
                    _Session(smarthost, self.request).run()

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            block_on_close = True

            def handle_error(self, request: object, client_address: object) -> None:
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def reply(self, verb: str, default: str) -> str:
        """The scripted answer, in turn when there are several."""
        scripted = self.script.replies.get(verb, default)
        if isinstance(scripted, str):
            return scripted
        turn = self._used.get(verb, 0)
        self._used[verb] = turn + 1
        return scripted[min(turn, len(scripted) - 1)]


class _HangUp(Exception):
    pass


class _Session:
    def __init__(self, host: Smarthost, connection: socket.socket) -> None:
        self.host, self.script, self.sock = host, host.script, connection
        self.sender = self.recipient = ""
        self.is_encrypted = False

    def run(self) -> None:
        try:
            if self.script.tls:
                self._encrypt(self.script.tls)
            self._file = self.sock.makefile("rb")
            self._answer("GREETING", "220 fake.example ESMTP")
            while self._command():
                pass
        except _HangUp:
            pass
        finally:
            if hasattr(self, "_file"):
                self._file.close()
            self.sock.close()

    def _encrypt(self, context: ssl.SSLContext) -> None:
        self.sock = context.wrap_socket(self.sock, server_side=True)
        self.is_encrypted = True

    def _answer(self, verb: str, default: str) -> str:
        if self.script.cut == verb:
            raise _HangUp
        if self.script.hang == verb:
            self._file.read()
            raise _HangUp
        reply = self.host.reply(verb, default)
        self.sock.sendall(reply.encode() + b"\r\n")
        return reply

    def _command(self) -> bool:
        line = self._file.readline().decode("utf-8").rstrip("\r\n")
        if not line:
            return False
        self.host.commands.append(line)
        verb = line.split()[0].upper()
        handler = getattr(self, f"_on_{verb.lower()}", None)
        if handler is None:
            self._answer(verb, "502 5.5.1 Unknown")
        else:
            handler(line)
        return verb != "QUIT"

    def _on_ehlo(self, line: str) -> None:
        offers = list(self.script.extensions)
        if self.script.starttls and not self.is_encrypted:
            offers.append("STARTTLS")
        self._answer("EHLO", "\r\n".join(["250-fake.example", *(f"250-{offer}" for offer in offers), "250 HELP"]))

    def _on_starttls(self, line: str) -> None:
        self._answer("STARTTLS", "220 2.0.0 Go ahead")
        assert self.script.starttls
        self._file.close()
        self._encrypt(self.script.starttls)
        self._file = self.sock.makefile("rb")

    def _on_auth(self, line: str) -> None:
        if line == "AUTH LOGIN":
            for prompt in ("Username:", "Password:"):
                self.sock.sendall(b"334 " + base64.b64encode(prompt.encode()) + b"\r\n")
                self.host.commands.append(self._file.readline().decode().rstrip("\r\n"))
        if self._answer("AUTH", "235 2.7.0 Welcome").startswith("334"):
            self._file.readline()
            self._answer("AUTH-END", "535 5.7.8 No")

    def _on_rset(self, line: str) -> None:
        self.sender = self.recipient = ""
        self._answer("RSET", "250 2.0.0 Ok")

    def _on_mail(self, line: str) -> None:
        self.sender = line.partition("<")[2].partition(">")[0]
        self._answer("MAIL", "250 2.1.0 Ok")

    def _on_rcpt(self, line: str) -> None:
        self.recipient = line.partition("<")[2].partition(">")[0]
        self._answer("RCPT", "250 2.1.5 Ok")

    def _on_data(self, line: str) -> None:
        if not self._answer("DATA", "354 Go").startswith("354"):
            return
        data = b"".join(self._data_lines())
        if self.script.cut == "DOT":
            raise _HangUp
        if self.host.reply("DOT", "250").startswith("250"):
            self.host.accepted.append(Accepted(sender=self.sender, recipient=self.recipient, data=data))
        if self.script.cut == "ACCEPTED":
            raise _HangUp
        self._answer("DOT", "250 2.0.0 Queued")

    def _data_lines(self) -> list[bytes]:
        lines: list[bytes] = []
        while (line := self._file.readline()) != b".\r\n":
            if not line:
                raise _HangUp
            if self.script.cut == "MIDDATA" and len(lines) > 2:
                self._complain()
            lines.append(line[1:] if line.startswith(b".") else line)
        return lines

    def _complain(self) -> None:
        if "MIDDATA" in self.script.replies:
            self._answer("-", self.host.reply("MIDDATA", ""))
        raise _HangUp

    def _on_quit(self, line: str) -> None:
        self._answer("QUIT", "221 2.0.0 Bye")


def unused_port() -> int:
    """A loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
