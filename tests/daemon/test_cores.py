"""The daemon's threads keep together on the core with most room."""

import os
import subprocess
import sys

import pytest

from daemon.cores import ALLOWED, busy_seconds, for_others, roomiest

STAT = """cpu  300 0 100 1200 40 0 0 0 0 0
cpu0 200 0 50 600 20 0 0 0 0 0
cpu1 100 0 50 600 20 0 0 0 0 0
intr 1
"""
_LOOK = """
import os, threading
from daemon.cores import OneCore
waits = threading.Event()
threading.Thread(target=waits.wait, daemon=True).start()
OneCore().look()
print(*(len(os.sched_getaffinity(int(task))) for task in os.listdir("/proc/self/task")))
"""


_LOOK_AFTER_CHILDREN = """
import os, subprocess
from daemon import cores
cores._BUSY = -1.0
child = subprocess.Popen(["cat"], stdin=subprocess.PIPE)
cores.OneCore().look()
print(len(os.sched_getaffinity(0) & os.sched_getaffinity(child.pid)))
child.communicate()
"""


@pytest.mark.parametrize(
    ("current", "busy", "own", "core"),
    [
        (None, {0: 0.9, 1: 0.2}, 0.5, 1),
        (None, {0: 0.5, 1: 0.5}, 0.0, 0),
        (0, {0: 1.0, 1: 0.0}, 1.0, 0),
        (0, {0: 1.0, 1: 0.4}, 0.5, 0),
        (0, {0: 1.0, 1: 0.1}, 0.5, 1),
        (3, {0: 0.7, 1: 0.1}, 0.5, 1),
    ],
    ids=["first", "first of equals", "alone here", "little to gain", "others need it", "a core that is gone"],
)
def test_the_core_with_least_of_others_work_is_chosen(
    current: int | None, busy: dict[int, float], own: float, core: int
) -> None:
    assert roomiest(current, busy, own) == core


def test_idle_and_disk_waits_are_not_busy() -> None:
    tick = 1 / os.sysconf("SC_CLK_TCK")
    assert busy_seconds(STAT) == pytest.approx({0: 250 * tick, 1: 150 * tick})


_ONE_CORE = pytest.mark.skipif(len(ALLOWED) < 2, reason="one core is all there is")


@_ONE_CORE
def test_all_threads_move_to_one_core() -> None:
    said = subprocess.run([sys.executable, "-c", _LOOK], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["1", "1"]


@pytest.mark.parametrize(("own", "cores"), [(0.9, {0, 2}), (0.1, {0, 1, 2})])
def test_processes_leave_a_busy_daemon_its_core_and_share_an_idle_ones(own: float, cores: set[int]) -> None:
    assert for_others(1, own, frozenset({0, 1, 2})) == cores


@_ONE_CORE
def test_processes_are_moved_away_from_a_busy_daemon() -> None:
    said = subprocess.run([sys.executable, "-c", _LOOK_AFTER_CHILDREN], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["0"]
