"""What the listener tests share: a peer on a raw socket, an intake in memory, a desk that knows a few addresses."""

import asyncio
import ssl
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

from daemon.clock import Clock, FakeClock
from daemon.errors import Refused
from daemon.ports import RawMail, Receipt
from daemon.transports.listener import Listener, ListenerLimits, ListenerOptions

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
QUICK = ListenerLimits(sweep_seconds=0.005, linger_seconds=0.05)
MAIL = b"From: ann@customer.test\r\nSubject: Printer\r\n\r\nIt burns.\r\n"


class MemoryIntake:
    """Keeps mails in a list. `gate` holds every mail back until it is set; `error` is raised instead of a receipt."""

    def __init__(self) -> None:
        self.mails: list[RawMail] = []
        self.error: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()

    def accept(self, mail: RawMail) -> Receipt:
        self.entered.set()
        self.gate.wait(10)
        if self.error is not None:
            raise self.error
        duplicate = any(mail.raw == other.raw for other in self.mails)
        self.mails.append(mail)
        return Receipt(inbound_id=len(self.mails), duplicate=duplicate)


class SupportDesk:
    """Owns support@us and sales@us, knows the postmaster, listens to nobody at bad.test."""

    def __init__(self) -> None:
        self.error: Exception | None = None

    def check_sender(self, sender: str, peer: str) -> None:
        if sender.endswith("@bad.test"):
            raise Refused(550, "5.7.1", "Not welcome")

    def check_recipient(self, recipient: str) -> None:
        if self.error is not None:
            raise self.error
        if recipient.lower() not in ("support@us", "sales@us", "postmaster", "hilfe-ä@us"):
            raise Refused(550, "5.7.1", "No such mailbox here")


class Peer:
    """The other side, on a raw socket: nothing is corrected, nothing is retried."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def reply(self) -> str:
        """One reply, its lines joined by newlines; "" when the server has closed."""
        lines = []
        while True:
            try:
                line = (await asyncio.wait_for(self.reader.readline(), 5)).decode()
            except ConnectionError:
                line = ""
            lines.append(line.rstrip("\r\n"))
            if line[3:4] != "-":
                return "\n".join(lines)

    async def replies(self, count: int) -> list[str]:
        return [await self.reply() for _ in range(count)]

    def send(self, data: bytes) -> None:
        if not self.writer.is_closing():
            self.writer.write(data)

    async def ask(self, command: str | bytes) -> str:
        self.send(command if isinstance(command, bytes) else command.encode() + b"\r\n")
        return await self.reply()

    async def rest(self) -> bytes:
        """All that comes until the server closes."""
        try:
            return await asyncio.wait_for(self.reader.read(), 5)
        except ConnectionError:
            return b""

    async def greet(self, hello: str = "EHLO") -> str:
        await self.reply()
        return await self.ask(f"{hello} peer.test")

    async def envelope(self, *recipients: str, sender: str = "ann@customer.test") -> list[str]:
        replies = [await self.ask(f"MAIL FROM:<{sender}>")]
        return replies + [await self.ask(f"RCPT TO:<{recipient}>") for recipient in recipients or ("support@us",)]

    async def start_data(self, *recipients: str) -> str:
        """Greet, give an envelope, and ask for DATA."""
        await self.greet()
        await self.envelope(*recipients)
        return await self.ask("DATA")

    async def deliver(self, content: bytes) -> str:
        """One whole mail, content as given; the reply to the dot."""
        await self.envelope()
        await self.ask("DATA")
        return await self.ask(content + b".\r\n")

    async def start_tls(self) -> None:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        await self.writer.start_tls(context)

    def hang_up(self) -> None:
        self.writer.transport.abort()


class House:
    """A listener with all its fakes, and the peers that called."""

    def __init__(self, options: ListenerOptions, clock: Clock) -> None:
        self.intake, self.desk, self.clock = MemoryIntake(), SupportDesk(), clock
        self.executor = ThreadPoolExecutor(4)
        self.listener = Listener(options, self.intake, self.desk, self.executor, clock)
        self._peers: list[Peer] = []

    async def call(self, *, source: str = "127.0.0.1") -> Peer:
        host, port = self.listener.address
        peer = Peer(*await asyncio.open_connection(host, port, local_addr=(source, 0)))
        self._peers.append(peer)
        return peer

    async def close(self) -> None:
        self.intake.gate.set()
        for peer in self._peers:
            peer.hang_up()
        await self.listener.stop(1)
        self.executor.shutdown()


def options(**changes: object) -> ListenerOptions:
    standard = ListenerOptions(
        name="front",
        protocol="smtp",
        host="127.0.0.1",
        port=0,
        hostname="mx.us",
        limits=QUICK,
        refuse_bare_newlines=False,
    )
    return replace(standard, **changes)


def limits(**changes: object) -> ListenerLimits:
    return replace(QUICK, **changes)


@asynccontextmanager
async def listening(clock: Clock | None = None, **changes: object) -> AsyncIterator[House]:
    """A started listener; `changes` are made to its options."""
    house = House(options(**changes), clock or FakeClock(NOON))
    await house.listener.start()
    try:
        yield house
    finally:
        await house.close()
