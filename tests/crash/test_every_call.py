"""Killed at a system call that changes something, anywhere between a mail's first byte and its answer's last."""

from collections.abc import Callable
from pathlib import Path

import pytest
import strace
from killing import kill_daemon_at, kill_sender_at
from loads import stop_and_count
from running import Daemon
from servers import needs

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]
# The calls that change what others can see: files, the database, answers and outgoing connections.
OF_DAEMON = [
    ("fsync", (1, 2)),
    ("rename,renameat,renameat2", (1, 2)),
    ("pwrite64", (1, 7, 20)),
    ("fdatasync", (1, 4, 6)),
    ("write", (1, 4)),
    ("sendto", (3, 5)),
]
OF_SENDER = [("fsync", (1, 3)), ("rename,renameat,renameat2", (1, 2)), ("write", (2, 5))]


@pytest.mark.parametrize(
    ("kill", "calls", "numbers"),
    [
        *(pytest.param(kill_daemon_at, *each, id=f"daemon-{each[0]}") for each in OF_DAEMON),
        *(pytest.param(kill_sender_at, *each, id=f"sender-{each[0]}") for each in OF_SENDER),
    ],
)
def test_a_kill_at_this_call_loses_nothing_and_doubles_nothing(
    tmp_path: Path, kill: Callable[[Daemon, str, int], None], calls: str, numbers: tuple[int, ...]
) -> None:
    needs(strace.missing())
    desk = Daemon(tmp_path)
    desk.start()
    for number in numbers:
        kill(desk, calls, number)
    stop_and_count(desk, 3 * len(numbers))
