"""Keeping the daemon's threads together on one processor core, the one with the most room.

They share the interpreter's lock, so that one of them runs at a time whatever the number of cores; on several cores
the lock wanders from core to core at every statement and system call that gives it up. Measured with
`bench/whole_way.py`: 13 to 16 ms of processor time a mail on two cores, 9.7 on one. Processes of their own, such as
the readers, use all cores; while the daemon itself is busy, all but its own.
"""

import contextlib
import os
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

FIRST_SECONDS = 0.5
PERIOD_SECONDS = 2.0
_BUSY = 0.5  # of a core: from then on the daemon's processes leave it to the daemon itself
_WORTH_MOVING = 0.2  # of a core: less is not worth the cold caches
_PROC, _STAT = Path("/proc"), Path("/proc/stat")
_IDLE = slice(3, 5)  # idle and waiting for a disk, among the times of a line of /proc/stat (proc(5))
# The cores this process may use, as it was before any thread was kept anywhere; empty where the system does not tell.
ALLOWED = frozenset(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else frozenset()


def roomiest(current: int | None, busy: Mapping[int, float], own: float) -> int:
    """The core to be on. `busy`: the part of the time that each core was; `own`: the part of it that we were."""
    others = {core: part - own if core == current else part for core, part in busy.items()}
    best = min(others, key=lambda core: (others[core], core))
    if current in others and others[current] - others[best] < _WORTH_MOVING:
        return current
    return best


def for_others(core: int, own: float, allowed: frozenset[int]) -> frozenset[int]:
    """Where our processes may be when we are on `core` and have been busy for the part `own` of the time."""
    return allowed - {core} if own > _BUSY else allowed


def keep_together() -> None:
    """Keep all threads of this process on one core from now on. Nothing to do with one core, or where none are told."""
    if len(ALLOWED) > 1 and _STAT.exists():
        threading.Thread(target=OneCore().run, name="cores", daemon=True).start()


class OneCore:
    """Looks every few seconds where there is room, and moves all threads of this process there."""

    def __init__(self) -> None:
        self._current: int | None = None
        self._before = _times()

    def look(self) -> None:
        """See what there was to do since the last look, and go where there is most room."""
        before, self._before = self._before, _times()
        busy, own = self._before.busy_since(before), self._before.own_since(before)
        if not busy:
            return
        core = roomiest(self._current, busy, own)
        if core != self._current:
            self._current = core
            for _ in range(2):  # a thread that was just being started has its starter's old core
                _keep(os.getpid(), {core})
        for child in _children():
            _keep(child, for_others(core, own, ALLOWED))

    def run(self) -> None:
        """Look for ever."""
        time.sleep(FIRST_SECONDS)
        while True:
            self.look()
            time.sleep(PERIOD_SECONDS)


def _keep(process: int, cores: Collection[int]) -> None:
    """Let all threads of a process run on these cores alone."""
    with contextlib.suppress(OSError):  # one has ended, or a core was taken from us
        for task in (_PROC / str(process) / "task").iterdir():
            os.sched_setaffinity(int(task.name), cores)


def _children() -> list[int]:
    """The processes that threads of this one have started (proc(5)); none where the system does not tell."""
    with contextlib.suppress(OSError):
        return [int(each) for some in (_PROC / "self/task").glob("*/children") for each in some.read_text().split()]
    return []


@dataclass(frozen=True, slots=True, kw_only=True)
class _Times:
    """Processor seconds since the start of the machine, and of this process."""

    at: float
    own: float
    busy: dict[int, float]

    def busy_since(self, before: "_Times") -> dict[int, float]:
        """The part of the time that each of our cores was busy."""
        past = max(self.at - before.at, 0.001)
        return {core: (self.busy[core] - before.busy.get(core, 0)) / past for core in ALLOWED if core in self.busy}

    def own_since(self, before: "_Times") -> float:
        """The part of the time that this process worked."""
        return (self.own - before.own) / max(self.at - before.at, 0.001)


def _times() -> _Times:
    return _Times(at=time.monotonic(), own=time.process_time(), busy=busy_seconds(_STAT.read_text(encoding="ascii")))


def busy_seconds(stat: str) -> dict[int, float]:
    """How long each core has been busy, from the text of /proc/stat (proc(5))."""
    ticks = os.sysconf("SC_CLK_TCK")
    rows = (line.split() for line in stat.splitlines() if line.startswith("cpu"))
    return {
        int(name[3:]): (sum(map(int, times[:8])) - sum(map(int, times[_IDLE]))) / ticks
        for name, *times in rows
        if name != "cpu"
    }
