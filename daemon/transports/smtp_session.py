"""The way to a smarthost's first MAIL command: connection, TLS, EHLO, login (RFC 5321, RFC 3207, RFC 4954).

What goes wrong here says nothing about a mail: it is our trouble or the smarthost's, and the mail waits.
"""

import base64
import contextlib
import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from daemon.errors import PostroomError
from daemon.ports import SendResult, SendState

Reply = tuple[int, bytes]
_STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s+|\Z)")  # RFC 2034 4
_TEXT_LIMIT = 300


class Security(StrEnum):
    """How the connection is protected. There is no "if offered": who strips STARTTLS must not read mail."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds without progress, by stage; the defaults follow RFC 5321 4.5.3.2.

    `final` is the wait after the dot. `quick` is for RSET and QUIT, where another connection is the alternative.
    """

    connect: float = 30.0
    greeting: float = 300.0
    command: float = 300.0
    data: float = 120.0
    block: float = 180.0
    final: float = 600.0
    quick: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpOptions:
    """Where the smarthost is and who we are to it.

    `hostname` goes into EHLO. `token` returns an OAuth 2.0 access token for `username` and is asked again, with
    True, when the server refuses the first one. `ca_file` replaces the system's certificates.
    """

    host: str
    port: int = 587
    hostname: str = "localhost"
    security: Security = Security.STARTTLS
    ca_file: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    token: Callable[[bool], str] | None = field(default=None, repr=False)
    timeouts: Timeouts = field(default_factory=Timeouts)
    max_mails: int = 100
    max_idle_s: float = 30.0


class Ended(Exception):
    """The attempt is over; carries what became of it. Never leaves the SMTP client."""

    def __init__(self, state: SendState, stage: str, *, code: int = 0, status: str = "", text: str = "") -> None:
        super().__init__(text)
        self.result = SendResult(state=state, stage=stage, code=code, status=status, text=text)


def open_session(options: SmtpOptions) -> smtplib.SMTP:
    """A connection that has said EHLO, is encrypted and logged in as configured. Raises Ended, always deferring."""
    smtp = smtplib.SMTP(local_hostname=options.hostname)
    smtp.command_encoding = "utf-8"
    try:
        _dial(smtp, options)
        _greet(smtp, options)
        if options.security is Security.STARTTLS:
            _start_tls(smtp, options)
        if options.username:
            _log_in(smtp, options)
    except BaseException:
        smtp.close()
        raise
    return smtp


@contextlib.contextmanager
def deferring(stage: str) -> Iterator[None]:
    """Whatever the network, the peer's TLS, our certificates or the token's issuer do here, the mail waits."""
    try:
        yield
    except (OSError, ValueError, PostroomError) as error:
        raise Ended(SendState.DEFERRED, stage, text=printable(str(error) or type(error).__name__)) from error


def _dial(smtp: smtplib.SMTP, options: SmtpOptions) -> None:
    with deferring("connect"):
        smtp.sock = socket.create_connection((options.host, options.port), options.timeouts.connect)
        # The dot is a small write after a large one: Nagle would hold it for the peer's delayed acknowledgement, 40 ms
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if options.security is Security.TLS:
        _encrypt(smtp, options, "tls")


def _encrypt(smtp: smtplib.SMTP, options: SmtpOptions, stage: str) -> None:
    """Verified against host name and authorities. Dropping `file` drops what came in plain text with the 220."""
    with deferring(stage):
        context = ssl.create_default_context(cafile=options.ca_file or None)
        smtp.sock = context.wrap_socket(socket_of(smtp), server_hostname=options.host)
        smtp.file = None


def _greet(smtp: smtplib.SMTP, options: SmtpOptions) -> None:
    with deferring("greeting"):
        set_timeout(smtp, options.timeouts.greeting)
        _require(220, "greeting", smtp.getreply())
    _say_ehlo(smtp, options)


def _say_ehlo(smtp: smtplib.SMTP, options: SmtpOptions) -> None:
    with deferring("ehlo"):
        set_timeout(smtp, options.timeouts.command)
        _require(250, "ehlo", smtp.ehlo())


def _start_tls(smtp: smtplib.SMTP, options: SmtpOptions) -> None:
    if not smtp.has_extn("starttls"):
        raise Ended(SendState.DEFERRED, "starttls", text="the server does not offer STARTTLS")
    with deferring("starttls"):
        _require(220, "starttls", smtp.docmd("STARTTLS"))
    _encrypt(smtp, options, "starttls")
    _say_ehlo(smtp, options)


def _log_in(smtp: smtplib.SMTP, options: SmtpOptions) -> None:
    mechanisms = smtp.esmtp_features.get("auth", "").upper().split()
    with deferring("auth"):
        if options.token is not None:
            reply = _present_token(smtp, options.username, options.token)
        elif "PLAIN" in mechanisms:
            reply = smtp.docmd("AUTH", "PLAIN " + _base64(f"\0{options.username}\0{options.password}"))
        elif "LOGIN" in mechanisms:
            reply = _answer(smtp, "AUTH LOGIN", _base64(options.username), _base64(options.password))
        else:
            raise Ended(SendState.DEFERRED, "auth", text="the server offers neither AUTH PLAIN nor LOGIN")
        _require(235, "auth", reply)


def _present_token(smtp: smtplib.SMTP, username: str, token: Callable[[bool], str]) -> Reply:
    """XOAUTH2. A token may have been revoked before its time: a refused one is renewed once."""
    reply = (0, b"")
    for is_retry in (False, True):
        initial = _base64(f"user={username}\1auth=Bearer {token(is_retry)}\1\1")
        reply = _answer(smtp, f"AUTH XOAUTH2 {initial}", "")  # 334 brings the reason; an empty line asks for the code
        if reply[0] == 235:
            break
    return reply


def _answer(smtp: smtplib.SMTP, *lines: str) -> Reply:
    """Send the next line as long as the server asks for one (RFC 4954 4)."""
    reply = (334, b"")
    for line in lines:
        if reply[0] != 334:
            break
        reply = smtp.docmd(line)
    return reply


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8")).decode("ascii")


def _require(code: int, stage: str, reply: Reply) -> None:
    if reply[0] != code:
        status, text = words_of(reply[1])
        raise Ended(SendState.DEFERRED, stage, code=max(reply[0], 0), status=status, text=text)


def socket_of(smtp: smtplib.SMTP) -> socket.socket:
    if smtp.sock is None:
        raise smtplib.SMTPServerDisconnected("not connected")
    return smtp.sock


def set_timeout(smtp: smtplib.SMTP, seconds: float) -> None:
    socket_of(smtp).settimeout(seconds)


def words_of(reply: bytes) -> tuple[str, str]:
    """The enhanced status code, where there is one, and the text of a reply."""
    text = reply.decode("utf-8", "replace")
    match = _STATUS.match(text)
    return (match[1], printable(text[match.end() :])) if match else ("", printable(text))


def printable(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:_TEXT_LIMIT]
