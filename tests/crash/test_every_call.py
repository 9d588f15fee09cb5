"""Killed at a system call that changes something, anywhere between a mail's first byte and its answer's last."""

import signal
import time
from pathlib import Path

import pytest
import strace
from loads import Client, stop_and_count
from running import Daemon
from servers import needs

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]
# The calls that change what others can see: files, the database, answers and outgoing connections.
MOMENTS = [
    ("fsync", (1, 2)),
    ("rename,renameat,renameat2", (1, 2)),
    ("pwrite64", (1, 7, 20)),
    ("fdatasync", (1, 4, 6)),
    ("write", (1, 4)),
    ("sendto", (3, 5)),
]


def kill_at(desk: Daemon, calls: str, number: int, seconds: float = 10.0) -> None:
    """Kill the daemon in the middle of its work and start it again."""
    assert desk.process is not None
    with strace.Strace(desk.process.pid, strace.killing(calls, number)):
        client = Client(desk.smtp, range(1000 * number, 1000 * number + 3))
        client.start()
        deadline = time.monotonic() + seconds
        while desk.process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)  # until the daemon has come to that call
        assert desk.process.poll() == -signal.SIGKILL, f"{calls} was not called {number} times in one thread"
    desk.end()
    desk.start()
    client.join(60)
    assert not client.left
    assert not client.refusals


@pytest.mark.parametrize(("calls", "numbers"), MOMENTS, ids=[calls for calls, _ in MOMENTS])
def test_a_kill_at_this_call_loses_nothing_and_doubles_nothing(
    tmp_path: Path, calls: str, numbers: tuple[int, ...]
) -> None:
    needs(strace.missing())
    desk = Daemon(tmp_path)
    desk.start()
    for number in numbers:
        kill_at(desk, calls, number)
    stop_and_count(desk, 3 * len(numbers))
