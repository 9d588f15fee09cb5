"""Mail out by SMTP, to one smarthost, one recipient a transaction (RFC 5321).

Drives the dialogue itself: `smtplib.sendmail` cannot tell a connection lost before the final dot from one lost after
it, reports a refused recipient by returning normally, and turns a 421 to QUIT into a failure of an accepted mail.
What a peer says decides about one mail only at MAIL, RCPT, DATA and the dot. Whatever goes wrong before that
(connection, TLS, login) is our trouble or the smarthost's and defers.
"""

import contextlib
import re
import smtplib
import socket
import ssl

from daemon.clock import Clock, SystemClock
from daemon.ports import OutgoingMail, SendResult, SendState
from daemon.transports.smtp_session import (
    Ended,
    Reply,
    Security,
    SmtpOptions,
    Timeouts,
    deferring,
    open_session,
    printable,
    set_timeout,
    socket_of,
    words_of,
)

__all__ = ["Security", "SmtpCarrier", "SmtpOptions", "Timeouts"]

_BLOCK_BYTES = 64 * 1024
_NOT_IN_A_PATH = re.compile(r"[\x00-\x20\x7f<>]|[\ud800-\udfff]")
_BARE_LINE_END = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_LINE_START_DOT = re.compile(rb"^\.", re.MULTILINE)
_IN_STEP = frozenset({"mail", "rcpt", "data", "dot"})
_ABOUT_US = frozenset({503, 530, 534, 535, 538})  # sequence, login: the next mail would fare no better (RFC 4954 6)


class SmtpCarrier:
    """A Carrier for one smarthost. Keeps its connection for `max_mails` mails, unless it was idle for too long."""

    def __init__(self, options: SmtpOptions, clock: Clock | None = None) -> None:
        self._options = options
        self._clock: Clock = clock or SystemClock()
        self._smtp: smtplib.SMTP | None = None
        self._mails = 0
        self._used_at = 0.0

    def send(self, mail: OutgoingMail) -> SendResult:
        """One attempt for one recipient, by RFC 5321 3.3. Blocking, for as long as the timeouts allow.

        SENT after a 2xx to the final dot, whatever follows; UNCERTAIN when the dot was written and no reply came.
        """
        try:
            _refuse_malformed(mail)
            result = _transact(self._connection(), mail, self._options.timeouts)
        except Ended as ended:
            result = ended.result
        self._settle(result)
        return result

    def close(self) -> None:
        """QUIT and hang up. A reply such as 421 changes nothing any more."""
        if self._smtp is None:
            return
        with contextlib.suppress(OSError):
            set_timeout(self._smtp, self._options.timeouts.quick)
            self._smtp.docmd("QUIT")
        self._hang_up()

    def _settle(self, result: SendResult) -> None:
        """Keep the connection only while both sides agree where in the dialogue they are."""
        self._mails += 1
        self._used_at = self._clock.monotonic()
        if result.stage == "local":
            return
        if result.code in (0, 421) or result.stage not in _IN_STEP:
            self._hang_up()
        elif self._mails >= self._options.max_mails:
            self.close()

    def _hang_up(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with contextlib.suppress(OSError):
                smtp.close()

    def _connection(self) -> smtplib.SMTP:
        if self._smtp is not None and not self._is_alive(self._smtp):
            self._hang_up()
        if self._smtp is None:
            self._smtp, self._mails = open_session(self._options), 0
        return self._smtp

    def _is_alive(self, smtp: smtplib.SMTP) -> bool:
        """RSET also ends what a refused transaction left behind."""
        if self._clock.monotonic() - self._used_at > self._options.max_idle_s:
            return False
        try:
            set_timeout(smtp, self._options.timeouts.quick)
            return smtp.docmd("RSET")[0] == 250
        except OSError:
            return False


def _refuse_malformed(mail: OutgoingMail) -> None:
    """What would break the dialogue never starts one. `smtplib` would send both as they are."""
    if not mail.recipient or _NOT_IN_A_PATH.search(mail.sender + mail.recipient):
        raise Ended(SendState.FAILED, "local", status="5.1.3", text="malformed address")
    if _BARE_LINE_END.search(mail.raw):
        raise Ended(SendState.FAILED, "local", status="5.6.0", text="bare CR or LF in the mail")


def _transact(smtp: smtplib.SMTP, mail: OutgoingMail, timeouts: Timeouts) -> SendResult:
    """MAIL, RCPT, DATA and the mail itself. Raises Ended at the first stage that does not go well."""
    set_timeout(smtp, timeouts.command)
    _command(smtp, "mail", f"MAIL FROM:<{mail.sender}>{_mail_parameters(smtp, mail)}", 250)
    _command(smtp, "rcpt", f"RCPT TO:<{mail.recipient}>", 250, 251, 252)
    set_timeout(smtp, timeouts.data)
    _command(smtp, "data", "DATA", 354)
    _write_body(smtp, mail.raw, timeouts.block)
    return _read_verdict(smtp, timeouts.final)


def _mail_parameters(smtp: smtplib.SMTP, mail: OutgoingMail) -> str:
    """RFC 1870 and RFC 6531. What the server says it cannot take is not offered to it."""
    limit = smtp.esmtp_features.get("size", "")
    if limit.isdecimal() and 0 < int(limit) < len(mail.raw):
        raise Ended(SendState.FAILED, "local", status="5.3.4", text=f"larger than the {limit} octets the server takes")
    size = f" SIZE={len(mail.raw)}" if smtp.has_extn("size") else ""
    if (mail.sender + mail.recipient).isascii() and mail.raw.isascii():
        return size
    if not smtp.has_extn("smtputf8"):
        raise Ended(SendState.FAILED, "local", status="5.6.7", text="the server takes no non-ASCII addresses")
    return f"{size} BODY=8BITMIME SMTPUTF8"


def _command(smtp: smtplib.SMTP, stage: str, line: str, *accepted: int) -> None:
    with deferring(stage):
        reply = smtp.docmd(line)
    if reply[0] not in accepted:
        raise _refusal(stage, reply)


def _refusal(stage: str, reply: Reply) -> Ended:
    """5xx fails the mail, unless it is about our session; anything strange only defers it."""
    code = max(reply[0], 0)
    state = SendState.FAILED if 500 <= code <= 599 and code not in _ABOUT_US else SendState.DEFERRED
    status, text = words_of(reply[1])
    return Ended(state, stage, code=code, status=status, text=text)


def _write_body(smtp: smtplib.SMTP, raw: bytes, timeout_s: float) -> None:
    """All up to and with the final dot. Whatever ends it ends it before the peer can have taken the mail.

    The dot goes in a write of its own: as long as that has not returned, the end of data is not on its way.
    """
    content = _LINE_START_DOT.sub(b"..", raw)  # RFC 5321 4.5.2
    if not content.endswith(b"\r\n"):
        content += b"\r\n"
    sock = socket_of(smtp)
    try:
        for start in range(0, len(content), _BLOCK_BYTES):
            sock.settimeout(timeout_s)  # of one sendall as a whole
            sock.sendall(content[start : start + _BLOCK_BYTES])
        _stop_if_peer_spoke(sock)
        sock.settimeout(timeout_s)
        sock.sendall(b".\r\n")
    except OSError as error:
        _stop_if_peer_spoke(sock)
        raise Ended(SendState.DEFERRED, "body", text=printable(str(error))) from error


def _stop_if_peer_spoke(sock: socket.socket) -> None:
    """A peer that hung up or complained in mid-data must not get the dot: after it, we could not tell any more."""
    try:
        sock.settimeout(0)
        heard = sock.recv(4096)
    except (BlockingIOError, ssl.SSLWantReadError):
        return
    except OSError as error:
        raise Ended(SendState.DEFERRED, "body", text=printable(str(error))) from error
    code = int(heard[:3]) if heard[:3].isdigit() else 0
    raise _refusal("body", (code, heard[4:]))


def _read_verdict(smtp: smtplib.SMTP, timeout_s: float) -> SendResult:
    """From here on silence means that nobody knows (RFC 1047)."""
    try:
        set_timeout(smtp, timeout_s)
        reply = smtp.getreply()
    except OSError as error:
        raise Ended(SendState.UNCERTAIN, "dot", text=printable(str(error))) from error
    status, text = words_of(reply[1])
    if 200 <= reply[0] <= 299:
        return SendResult(state=SendState.SENT, stage="dot", code=reply[0], status=status, text=text)
    if 400 <= reply[0] <= 599:
        raise _refusal("dot", reply)
    raise Ended(SendState.UNCERTAIN, "dot", text=text)
