"""How fast mail is accepted durably, next to bare aiosmtpd that does the same fsync: `python bench/accept.py`.

Both take the same mails over the same number of connections in the same run, in turns, each in a process of its own
and both fed by one client; every mail is one file, synced before its 250. Prints one JSON object: mails a second,
and milliseconds from final dot to 250. `--intake MODULE:FACTORY` measures another intake: a callable that takes a
directory and gives an `Intake`.
"""

import argparse
import asyncio
import importlib
import itertools
import json
import multiprocessing
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from aiosmtpd.smtp import SMTP, Envelope

from daemon.clock import SystemClock
from daemon.ports import Intake, RawMail, Receipt
from daemon.transports.listener import Listener, ListenerLimits, ListenerOptions

_HEADER = b"From: ann@customer.test\r\nTo: support@us\r\nSubject: Bench %d\r\nMessage-ID: <%d@customer.test>\r\n\r\n"
_LINE = b"All work and no play makes the queue a dull place to be on Mondays.\r\n"

IntakeFactory = Callable[[Path], Intake]


class FileIntake:
    """One synced file for each mail, and nothing else: the least that keeps a promise (bar the directory)."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._numbers = folder, itertools.count(1)

    def accept(self, mail: RawMail) -> Receipt:
        number = next(self._numbers)
        write_synced(self._folder / str(number), mail.raw)
        return Receipt(inbound_id=number)


class AnyRecipient:
    """Policy that takes everything."""

    def check_sender(self, sender: str, peer: str) -> None:
        return

    def check_recipient(self, recipient: str) -> None:
        return


class BareHandler:
    """What one would write first with aiosmtpd: sync in the handler, on the event loop."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._numbers = folder, itertools.count(1)

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        write_synced(self._folder / str(next(self._numbers)), envelope.content)
        return "250 OK"


def write_synced(path: Path, data: bytes) -> None:
    """Write and fsync."""
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        os.write(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


async def serve_bare(folder: Path, ready: Connection) -> None:
    """The floor."""
    handler = BareHandler(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, hostname="mx.us", loop=loop), "127.0.0.1", 0)
    ready.send(server.sockets[0].getsockname()[1])
    await asyncio.Event().wait()


async def serve_ours(folder: Path, ready: Connection, make_intake: IntakeFactory, threads: int) -> None:
    """Our listener with an intake."""
    limits = ListenerLimits(max_connections_per_address=500)
    options = ListenerOptions(name="bench", protocol="smtp", host="127.0.0.1", port=0, hostname="mx.us", limits=limits)
    with ThreadPoolExecutor(threads) as executor:
        listener = Listener(options, make_intake(folder), AnyRecipient(), executor, SystemClock())
        await listener.start()
        ready.send(listener.address[1])
        await asyncio.Event().wait()


def run_server(kind: str, folder: Path, ready: Connection, intake: str, threads: int) -> None:
    """Entry of the server process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve = serve_bare(folder, ready) if kind == "bare" else serve_ours(folder, ready, load_factory(intake), threads)
    asyncio.run(serve)


def load_factory(name: str) -> IntakeFactory:
    """The callable behind "module:attribute"; this file's own intake for ""."""
    if not name:
        return FileIntake
    module, _, attribute = name.partition(":")
    factory: IntakeFactory = getattr(importlib.import_module(module), attribute)
    return factory


def make_mail(number: int, size: int) -> bytes:
    """A mail of about `size` bytes, different from all others, dot and all."""
    header = _HEADER % (number, number)
    return header + _LINE * ((size - len(header)) // len(_LINE)) + b".\r\n"


async def send_mails(port: int, numbers: Iterator[int], size: int, waits: list[float]) -> None:
    """One connection: mails until the shared numbers are used up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await reader.readline()
    await ask(reader, writer, b"EHLO bench\r\n")
    for number in numbers:
        await ask(reader, writer, b"MAIL FROM:<ann@customer.test>\r\n")
        await ask(reader, writer, b"RCPT TO:<support@us>\r\n")
        await ask(reader, writer, b"DATA\r\n")
        mail = make_mail(number, size)
        start = time.perf_counter()
        reply = await ask(reader, writer, mail)
        waits.append(time.perf_counter() - start)
        if not reply.startswith(b"250"):
            raise SystemExit(f"not accepted: {reply!r}")
    writer.close()


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, data: bytes) -> bytes:
    """Send, and read one reply."""
    writer.write(data)
    while (line := await reader.readline())[3:4] == b"-":
        pass
    return line


async def load(port: int, mails: int, connections: int, size: int) -> dict[str, float]:
    """Send all mails; the figures."""
    numbers, waits = iter(range(mails)), list[float]()
    start = time.perf_counter()
    await asyncio.gather(*(send_mails(port, numbers, size, waits) for _ in range(connections)))
    seconds = time.perf_counter() - start
    cuts = statistics.quantiles(waits, n=100)
    return {"rate": round(mails / seconds), "p50_ms": round(1e3 * cuts[49], 2), "p99_ms": round(1e3 * cuts[98], 2)}


def measure(kind: str, arguments: argparse.Namespace) -> dict[str, float]:
    """One server, one load."""
    ours, theirs = multiprocessing.Pipe()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        process = multiprocessing.Process(
            target=run_server, args=(kind, Path(folder), theirs, arguments.intake, arguments.threads), daemon=True
        )
        process.start()
        theirs.close()  # or we would wait for ever for a server that could not start
        try:
            return asyncio.run(load(ours.recv(), arguments.mails, arguments.connections, arguments.size))
        finally:
            process.terminate()
            process.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--mails", type=int, default=3000, help="mails in each round")
    parser.add_argument("--rounds", type=int, default=3, help="rounds; the median is printed")
    parser.add_argument("--connections", type=int, default=10)
    parser.add_argument("--size", type=int, default=5000, help="bytes of a mail")
    parser.add_argument("--threads", type=int, default=10, help="threads that store")
    parser.add_argument("--folder", default=None, help="where mails are written (default: the temporary directory)")
    parser.add_argument("--intake", default="", metavar="MODULE:FACTORY")
    arguments = parser.parse_args()
    rounds = [{kind: measure(kind, arguments) for kind in ("bare", "ours")} for _ in range(arguments.rounds)]
    figures = {
        kind: {name: statistics.median(each[kind][name] for each in rounds) for name in ("rate", "p50_ms", "p99_ms")}
        for kind in ("bare", "ours")
    }
    ratio = round(figures["ours"]["rate"] / figures["bare"]["rate"], 2)
    print(json.dumps({"mails": arguments.mails, "rounds": arguments.rounds, **figures, "ours_to_bare": ratio}))


if __name__ == "__main__":
    main()
