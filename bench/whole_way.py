"""Accept → ticket → acknowledgement at a local SMTP sink: rate, latency and memory of the whole desk, in one run.

usage: whole_way.py [MAILS=2000] [CONNECTIONS=10]      prints one JSON object

The floors printed beside it are of the same run and machine: the bare standard-library parse of the same mails, and a
bare loop of one 5 KB file + fsync each.
"""

import asyncio
import json
import os
import smtplib
import socket
import subprocess
import sys
import tempfile
import threading
import time
from email import policy
from email.parser import BytesParser
from pathlib import Path
from statistics import quantiles
from typing import cast

ROOT = Path(__file__).parents[1]
CONFIG = """
[desk]
data_dir = "var"
[[mailbox]]
name = "support"
address = "support@desk.example"
[smtp]
port = {smtp}
[lmtp]
enabled = false
[limits]
connections_per_address = 200
commands_without_mail = 1000
[outbound]
transport = "smtp"
host = "127.0.0.1"
port = {sink}
[acknowledgements]
most_in_10_minutes = 1000000
most_per_domain_an_hour = 1000000
[log]
level = "warning"
file = "desk.log"
"""


class Sink:
    """Takes everything, counts acknowledgements (null sender) and all mails. Cheap: it is not what is measured."""

    def __init__(self) -> None:
        self.taken = 0
        self.all = 0
        self.port = 0
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        threading.Thread(target=self._serve, args=(ready,), daemon=True).start()
        ready.wait()

    def _serve(self, ready: threading.Event) -> None:
        async def start() -> None:
            server = await self._loop.create_server(lambda: Session(self), "127.0.0.1", 0)
            self.port = server.sockets[0].getsockname()[1]
            ready.set()

        self._loop.run_until_complete(start())
        self._loop.run_forever()


class Session(asyncio.Protocol):
    """One connection to the sink, as RFC 5321 has it."""

    def __init__(self, sink: Sink) -> None:
        self._sink, self._seen, self._in_data, self._is_null = sink, b"", False, False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(b"220 sink.example ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self._seen += data
        while True:
            end = b"\r\n.\r\n" if self._in_data else b"\r\n"
            piece, found, rest = self._seen.partition(end)
            if not found:
                return
            self._seen = rest
            self._transport.write(self._taken() if self._in_data else self._answer(piece.upper()))

    def _taken(self) -> bytes:
        self._in_data = False
        self._sink.all += 1
        self._sink.taken += self._is_null
        return b"250 2.0.0 ok\r\n"

    def _answer(self, line: bytes) -> bytes:
        if line.startswith(b"MAIL FROM:"):
            self._is_null = line.startswith(b"MAIL FROM:<>")
        if line.startswith(b"DATA"):
            self._in_data = True
            return b"354 go on\r\n"
        return b"250 2.0.0 ok\r\n"


def customer(number: int) -> str:
    """An address nobody has used before, at one of five hundred customers."""
    return f"c{number}@customer{number % 500}.example"


def mail(number: int) -> bytes:
    text = "".join(f"Line {n} of mail {number}: the printer shows an error again.\r\n" for n in range(80))
    return (
        f"From: Customer {number} <{customer(number)}>\r\nTo: support@desk.example\r\n"
        f"Subject: Printer {number} is broken\r\nMessage-ID: <{number}.{os.getpid()}@mail.example>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text
    ).encode()


def feed(port: int, numbers: range, latencies: list[float]) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.ehlo()
        for number in numbers:
            client.mail(customer(number))
            client.rcpt("support@desk.example")
            client.putcmd("DATA")
            client.getreply()
            raw = mail(number)
            client.send(raw[:-2])
            start = time.perf_counter()
            client.send(b"\r\n.\r\n")
            code, text = client.getreply()
            latencies.append(time.perf_counter() - start)
            assert code == 250, (code, text)


def floors(mails: int) -> dict[str, float]:
    raws = [mail(n) for n in range(min(mails, 500))]
    start = time.perf_counter()
    for raw in raws:
        message = BytesParser(policy=policy.default).parsebytes(raw)
        message.get_content()
    parse = len(raws) / (time.perf_counter() - start)
    with tempfile.TemporaryDirectory(dir=ROOT) as folder:
        start = time.perf_counter()
        for number, raw in enumerate(raws):
            descriptor = os.open(f"{folder}/{number}", os.O_WRONLY | os.O_CREAT)
            os.write(descriptor, raw)
            os.fsync(descriptor)
            os.close(descriptor)
        commits = len(raws) / (time.perf_counter() - start)
    return {"floor_parse_per_s": round(parse), "floor_fsync_per_s": round(commits)}


def family(pid: int) -> list[int]:
    """A process and its children, whichever of its threads started them."""
    children = [each.read_text().split() for each in Path(f"/proc/{pid}/task").glob("*/children")]
    return [pid, *(int(each) for some in children for each in some)]


def memory_kb(pid: int) -> int:
    """Resident memory of a process and its children."""
    status = "".join(Path(f"/proc/{each}/status").read_text() for each in family(pid))
    return sum(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def run(mails: int, connections: int, folder: Path) -> dict[str, float]:
    sink, port = Sink(), free_port()
    (folder / "postroom.toml").write_text(CONFIG.format(smtp=port, sink=sink.port))
    command = [ROOT / ".venv/bin/postroom", "run", "--config", folder / "postroom.toml"]
    daemon = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder)
    assert daemon.stdout is not None
    daemon.stdout.readline()
    latencies: list[float] = []
    feed(port, range(10**6, 10**6 + 20), [])  # warm: readers are up, templates compiled
    wait_for(sink, 20)
    before, cpu, start = memory_kb(daemon.pid), cpu_seconds(daemon.pid), time.perf_counter()
    share = mails // connections
    ranges = [range(n * share, (n + 1) * share) for n in range(connections)]
    threads = [threading.Thread(target=feed, args=(port, numbers, latencies)) for numbers in ranges]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    accepted = time.perf_counter() - start
    wait_for(sink, 20 + share * connections)
    whole, mails_out, after = time.perf_counter() - start, sink.all, memory_kb(daemon.pid)
    cpu = cpu_seconds(daemon.pid) - cpu
    daemon.terminate()
    daemon.wait()
    percentiles = quantiles(latencies, n=100)
    return {
        "mails": share * connections,
        "accepted_per_s_under_load": round(share * connections / accepted, 1),
        "whole_way_per_s": round(share * connections / whole, 1),
        "daemon_cpu_ms_per_mail": round(cpu * 1000 / (share * connections), 2),
        "mails_out_meanwhile": mails_out,
        "dot_to_250_p50_ms": round(percentiles[49] * 1000, 1),
        "dot_to_250_p99_ms": round(percentiles[98] * 1000, 1),
        "memory_before_mb": round(before / 1024, 1),
        "memory_after_mb": round(after / 1024, 1),
    }


def cpu_seconds(pid: int) -> float:
    """Processor time of a process and its children so far."""
    fields = [Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split() for each in family(pid)]
    return sum(int(each[11]) + int(each[12]) for each in fields) / os.sysconf("SC_CLK_TCK")


def wait_for(sink: Sink, count: int) -> None:
    deadline = time.monotonic() + 600
    while sink.taken < count and time.monotonic() < deadline:
        time.sleep(0.01)
    assert sink.taken >= count, f"{sink.taken} of {count} acknowledgements"


def main() -> None:
    mails = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    connections = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    with tempfile.TemporaryDirectory(dir=ROOT, prefix="bench-") as folder:
        figures = run(mails, connections, Path(folder))
    print(json.dumps(figures | floors(mails)))


if __name__ == "__main__":
    main()
