"""A real daemon process for integration and crash tests: its configuration, ports and command line."""

import json
import os
import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from daemon.clock import SystemClock

POSTROOM = Path(sys.executable).with_name("postroom")
ROOT = Path(__file__).parents[2]
DESK = "support@desk.example"
_started: list[subprocess.Popen[str]] = []


@contextmanager
def none_left_running() -> Iterator[None]:
    """Ends at last what daemons were started within and still run: a test that fails must leave none behind."""
    before = len(_started)
    try:
        yield
    finally:
        for process in _started[before:]:
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()
        del _started[before:]


def environment() -> dict[str, str]:
    """Runs the code that is tested, wherever the installed command comes from."""
    return os.environ | {"PYTHONPATH": str(ROOT)}


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@dataclass(slots=True)
class Daemon:
    """`postroom run` on a folder of its own. `extra` is appended to the configuration, `options` to its [desk]."""

    folder: Path
    extra: str = ""
    outbound: str = '[outbound]\ntransport = "maildir"\nmaildir = "out"\n'
    smtp: int = field(default_factory=free_port)
    lmtp: int = field(default_factory=free_port)
    options: str = ""
    process: subprocess.Popen[str] | None = None

    @property
    def config(self) -> Path:
        return self.folder / "postroom.toml"

    def start(self) -> None:
        """Start and wait until it listens."""
        self.config.write_text(
            f'[desk]\ndata_dir = "var"\n{self.options}'
            f'[[mailbox]]\nname = "support"\naddress = "{DESK}"\nteam = "support"\n'
            f"[smtp]\nport = {self.smtp}\n[lmtp]\nport = {self.lmtp}\n"
            "[acknowledgements]\nmost_in_10_minutes = 1000000\nmost_per_domain_an_hour = 1000000\n"
            f'[log]\nfile = "{self.folder / "desk.log"}"\n{self.outbound}{self.extra}'
        )
        with (self.folder / "stderr").open("a") as stderr:
            command = [POSTROOM, "run", "--config", self.config]
            self.process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=stderr, text=True, env=environment()
            )
        _started.append(self.process)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("Postroom is up"), line + (self.folder / "stderr").read_text()

    @property
    def sender(self) -> int:
        """The process that makes and sends letters, as soon as there is one."""
        assert self.process is not None
        deadline = SystemClock().monotonic() + 30
        while not (found := _children(self.process.pid, "workers.sender")):
            assert SystemClock().monotonic() < deadline, "no sender is running"
            time.sleep(0.01)  # another process works: there is nothing to wait on but its results
        return found[0]

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        assert self.process is not None
        self.process.kill()
        self.end()

    def stop(self) -> int:
        """SIGTERM and wait; returns the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.end()

    def end(self) -> int:
        """Wait until it has ended, by whatever; returns the exit code."""
        assert self.process is not None
        code = self.process.wait(timeout=60)
        if self.process.stdout:
            self.process.stdout.close()
        return code

    def command(self, *arguments: str) -> Any:
        """Run a `postroom` command on this desk and return what its --json prints."""
        result = subprocess.run(
            [POSTROOM, *arguments, "--json", "--config", self.config],
            capture_output=True,
            text=True,
            check=False,
            env=environment(),
        )
        assert result.stdout, result.stderr
        return json.loads(result.stdout)

    def send(self, raw: bytes, sender: str = "kim@customer.example", recipient: str = DESK) -> None:
        """One mail by SMTP."""
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=10) as client:
            client.sendmail(sender, [recipient], raw)

    def wait(self, ready: Callable[[], object], seconds: float = 30) -> None:
        """Until something is true of the running daemon."""
        deadline = SystemClock().monotonic() + seconds
        while not ready():
            assert SystemClock().monotonic() < deadline, f"not so after {seconds} s"
            time.sleep(0.05)  # another process works: there is nothing to wait on but its results

    def settled(self) -> bool:
        """Whether every mail is decided and every letter has left or ended."""
        counts = self.command("status")
        busy = ("queued", "sending", "deferred")
        return not counts["inbound"].get("waiting") and not any(counts["outbox"].get(state) for state in busy)


def _children(process: int, named: str) -> list[int]:
    """The children of a process whose command line has that in it."""
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    children = [int(child) for task in tasks for child in task.read_text().split()]
    return [child for child in children if named in Path(f"/proc/{child}/cmdline").read_text()]


def mail(number: int, subject: str = "") -> bytes:
    """A mail of its own sender, so that each makes a ticket."""
    return (
        f"From: Customer <c{number}@customer.example>\r\nTo: {DESK}\r\nSubject: {subject or f'Question {number}'}\r\n"
        f"Message-ID: <{number}@customer.example>\r\nDate: Sun, 22 Nov 2026 10:00:00 +0000\r\n\r\nHello {number}\r\n"
    ).encode()
