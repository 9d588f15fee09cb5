"""Kills at a chosen system call of the daemon or of its sender, while mail comes in."""

import os
import signal
import time
from contextlib import suppress

import strace
from loads import Client
from running import Daemon


def is_running(process: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(process, 0)
        return True
    return False


def kill_sender_at(desk: Daemon, calls: str, number: int) -> None:
    """Kill the sender when a thread of it makes its `number`-th of these calls; the daemon goes on."""
    sender = desk.sender
    with strace.Strace(sender, strace.killing(calls, number)):
        client = Client(desk.smtp, range(1000 * number, 1000 * number + 3))
        client.start()
        desk.wait(lambda: not is_running(sender), 30)
    client.join(60)
    assert not client.left
    assert not client.refusals


def kill_daemon_at(desk: Daemon, calls: str, number: int, seconds: float = 10.0) -> None:
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
