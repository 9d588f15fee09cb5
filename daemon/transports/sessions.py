"""The commands of SMTP and LMTP, and the way of a mail from DATA to the store. The connection is in `conversations`."""

import asyncio
import logging
from collections.abc import Sequence
from typing import ClassVar

from aiosmtpd.smtp import Envelope

from daemon.errors import Deferred, Refused, SmtpReply
from daemon.log import Event
from daemon.ports import RawMail, Receipt
from daemon.transports.contents import Content
from daemon.transports.conversations import Conversation, SessionContext
from daemon.transports.paths import Path, parse_path
from daemon.transports.wires import PeerGone


class SmtpSession(Conversation):
    """SMTP (RFC 5321) with the extensions that `_capabilities` names. No AUTH: agents send through their own MTA."""

    protocol_name = "ESMTP"
    verbs: ClassVar[frozenset[str]] = frozenset(
        ("EHLO", "HELO", "STARTTLS", "MAIL", "RCPT", "DATA", "RSET", "NOOP", "VRFY", "HELP", "QUIT")
    )

    def __init__(self, context: SessionContext, peer: str) -> None:
        super().__init__(context, peer)
        self._content: Content | None = None
        self._recipients_asked = 0

    def give_way(self) -> None:
        """The memory is needed for smaller mails: drop what there is and hang up.

        Reading on to the dot would keep the peer in step, but cost the time of everybody else.
        """
        self._log_limit("max_bytes_in_flight")
        if self._content is not None:
            self._content.discard(_no_room())
        self.hang_up(Deferred(421, "4.3.1", "No room for a mail of this size at the moment"))
        if self.transport is not None:
            self.transport.close()

    # Around the mails

    async def smtp_EHLO(self, argument: str) -> None:
        await self._greet(argument, is_extended=True)

    async def smtp_HELO(self, argument: str) -> None:
        await self._greet(argument, is_extended=False)

    async def _greet(self, name: str, *, is_extended: bool) -> None:
        if not name:
            raise Refused(501, "5.5.4", "Host name missing")
        self.envelope = Envelope()
        self.session.host_name, self.session.extended_smtp = name, is_extended
        await self._write(self._capabilities() if is_extended else f"250 {self.hostname}\r\n".encode())

    def _capabilities(self) -> bytes:
        lines = [self.hostname, "PIPELINING", f"SIZE {self._limits.max_message_bytes}", "8BITMIME", "SMTPUTF8"]
        if self.tls_context is not None and self._tls_protocol is None:
            lines.append("STARTTLS")
        text = "".join(f"250-{line}\r\n" for line in lines) + "250 ENHANCEDSTATUSCODES\r\n"
        return text.encode()

    async def smtp_STARTTLS(self, argument: str) -> None:
        if argument:
            raise Refused(501, "5.5.4", "STARTTLS takes no argument")
        if self.tls_context is None:
            raise Refused(502, "5.5.1", "TLS is not offered")
        if self._tls_protocol is not None:
            raise Refused(503, "5.5.1", "TLS is already in use")
        await self._shake_hands()

    async def _shake_hands(self) -> None:
        self._is_in_handshake = True
        try:
            await super().smtp_STARTTLS("")
        except Exception as error:
            self._log(Event.SESSION_LIMIT, limit="tls_handshake", error=error.__cause__ or error)
        self._is_in_handshake = False
        self._wire.clear()
        if self.session.ssl is None:  # it failed, or the peer left in the middle, and asyncio tells nobody but us
            self.abort()
            self.connection_lost(None)
            raise PeerGone

    async def smtp_RSET(self, argument: str) -> None:
        if argument:
            raise Refused(501, "5.5.4", "RSET takes no argument")
        self.envelope = Envelope()
        await self._answer(SmtpReply(250, "2.0.0", "OK"))

    async def smtp_NOOP(self, argument: str) -> None:
        await self._answer(SmtpReply(250, "2.0.0", "OK"))

    async def smtp_VRFY(self, argument: str) -> None:
        """RFC 5321 7.3: nobody learns here who exists."""
        await self._answer(SmtpReply(252, "2.5.2", "Send mail to find out"))

    async def smtp_HELP(self, argument: str) -> None:
        await self._answer(SmtpReply(214, "2.0.0", " ".join(sorted(self.verbs))))

    async def smtp_QUIT(self, argument: str) -> None:
        await self._answer(SmtpReply(221, "2.0.0", "Bye"))
        self._part()

    # Envelope

    async def smtp_MAIL(self, argument: str) -> None:
        self._recipients_asked = 0
        if not self.session.host_name:
            raise Refused(503, "5.5.1", "Say hello first")
        if self.envelope.mail_from is not None:
            raise Refused(503, "5.5.1", "Sender is already given")
        path = parse_path(argument, "FROM:")
        self._check_parameters(path)
        self._context.policy.check_sender(path.address, self._peer)
        self.envelope.mail_from = path.address
        await self._answer(SmtpReply(250, "2.1.0", "Sender OK"))

    def _check_parameters(self, path: Path) -> None:
        parameters = dict(path.parameters)
        size = parameters.pop("SIZE", "0")
        if parameters.pop("BODY", "7BIT").upper() not in ("7BIT", "8BITMIME") or parameters.pop("SMTPUTF8", ""):
            raise Refused(501, "5.5.4", "BODY is 7BIT or 8BITMIME, SMTPUTF8 has no value")
        if parameters:
            raise Refused(555, "5.5.4", "Parameter not implemented")
        if not (size.isascii() and size.isdigit() and len(size) <= 20):  # RFC 1870 3: up to twenty digits
            raise Refused(501, "5.5.4", "SIZE is a number")
        if int(size) > self._limits.max_message_bytes:
            raise Refused(552, "5.3.4", "Message too big")

    async def smtp_RCPT(self, argument: str) -> None:
        self._count_recipient()
        if self.envelope.mail_from is None:
            raise Refused(503, "5.5.1", "Sender first")
        path = parse_path(argument, "TO:")
        if path.parameters:
            raise Refused(555, "5.5.4", "Parameter not implemented")
        if len(self.envelope.rcpt_tos) >= self._limits.max_recipients:
            raise Deferred(452, "4.5.3", "Too many recipients")
        self._check_recipient(path.address)
        self.envelope.rcpt_tos.append(path.address)
        await self._answer(SmtpReply(250, "2.1.5", "Recipient OK"))

    def _count_recipient(self) -> None:
        """Peers may ask for more than we take and get 452 for the rest; ten times as many is a harvest of addresses."""
        self._recipients_asked += 1
        if self._recipients_asked > 10 * self._limits.max_recipients:
            self._log_limit("max_recipients")
            raise Deferred(421, "4.7.0", "Too many recipients")

    def _check_recipient(self, address: str) -> None:
        try:
            self._context.policy.check_recipient(address)
        except SmtpReply as reply:
            self._log(Event.MAIL_REFUSED, recipient=address, code=reply.code, status=reply.status)
            raise

    # Content

    async def smtp_DATA(self, argument: str) -> None:
        self._check_ready_for_content(argument)
        await self._write(b"354 End data with <CR><LF>.<CR><LF>\r\n")
        sender, recipients = self.envelope.mail_from or "", tuple(self.envelope.rcpt_tos)
        reply = await self._take_mail(sender, recipients)
        self._commands_without_mail = 0
        self.envelope = Envelope()
        await self._answer(reply, copies=self._count_replies(recipients))

    def _count_replies(self, recipients: Sequence[str]) -> int:
        return 1

    def _check_ready_for_content(self, argument: str) -> None:
        if argument:
            raise Refused(501, "5.5.4", "DATA takes no argument")
        if not self.envelope.rcpt_tos:
            raise Refused(503, "5.5.1", "Recipients first")
        if self._context.budget.is_exhausted:
            self._log_limit("max_bytes_in_flight")
            raise _no_room()

    async def _take_mail(self, sender: str, recipients: tuple[str, ...]) -> SmtpReply:
        """Receive and store. Whatever goes wrong becomes the reply, except that the peer leaves in the middle."""
        source, peer, helo = self._context.options.protocol, self._peer, self.session.host_name or ""
        try:
            raw = await self._receive()
            mail = RawMail(raw=raw, source=source, sender=sender, recipients=recipients, peer=peer, helo=helo)
            return await self._store(mail)
        except PeerGone:
            raise
        except SmtpReply as reply:
            self._log_reply(reply, sender)
            return reply
        except Exception as error:
            return self._report(error)
        finally:
            self._content = None
            self._context.budget.release(self)
            self._pace.end_content(self._context.clock.monotonic())

    async def _receive(self) -> bytes:
        content = self._content = Content(
            max_bytes=self._limits.max_message_bytes,
            max_line_bytes=self._limits.max_line_bytes,
            refuse_bare_newlines=self._context.options.is_strict_about_newlines,
        )
        self._pace.start_content(self._context.clock.monotonic())
        rest: bytes | None = None
        while rest is None:
            rest = content.feed(await self._wire.read_chunk())
            self._context.budget.hold(self, content.size)
            if content.received_bytes > 2 * self._limits.max_message_bytes:
                raise Refused(521, "5.3.4", "Message far too big")  # no use in reading on to stay in step
        self._wire.unread(rest)
        return content.take()

    async def _store(self, mail: RawMail) -> SmtpReply:
        """The gap between the final dot and its reply. The thread finishes, whatever happens to this task."""
        self._is_storing = True
        self._pace.pause()
        self._context.budget.keep(self)
        try:
            accepting = self.loop.run_in_executor(self._context.executor, self._context.intake.accept, mail)
            receipt = await asyncio.shield(accepting)
        finally:
            self._is_storing = False
        self._log_receipt(receipt, mail)
        return SmtpReply(250, "2.0.0", f"OK, stored as {receipt.inbound_id}")

    def _log_reply(self, reply: SmtpReply, sender: str) -> None:
        event = Event.MAIL_REFUSED if reply.code >= 500 else Event.MAIL_DEFERRED
        self._log(event, level=logging.WARNING, code=reply.code, status=reply.status, reason=reply.text, sender=sender)

    def _log_receipt(self, receipt: Receipt, mail: RawMail) -> None:
        event = Event.MAIL_DUPLICATE if receipt.duplicate else Event.MAIL_ACCEPTED
        size, recipients = len(mail.raw), len(mail.recipients)
        self._log(event, inbound=receipt.inbound_id, bytes=size, sender=mail.sender, recipients=recipients)


class LmtpSession(SmtpSession):
    """LMTP (RFC 2033): LHLO only, and one reply for each accepted recipient after the dot."""

    protocol_name = "LMTP"
    verbs = (SmtpSession.verbs - {"EHLO", "HELO"}) | {"LHLO"}

    async def smtp_LHLO(self, argument: str) -> None:
        await self._greet(argument, is_extended=True)

    def _count_replies(self, recipients: Sequence[str]) -> int:
        return len(recipients)


def _no_room() -> Deferred:
    return Deferred(452, "4.3.1", "No room at the moment, try again later")
