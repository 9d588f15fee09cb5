"""Faults in the system calls of a running process, injected by strace."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self


def missing() -> str:
    """What keeps us from injecting faults, "" if nothing does."""
    return "" if shutil.which("strace") else "strace is not installed (apt-get install strace)"


class Strace:
    """Attached to all threads of a process while the context lasts. `options` are strace's own."""

    def __init__(self, pid: int, options: Sequence[str], output: Path | None = None) -> None:
        self._pid = pid
        self._command = ["strace", "-f", "-o", str(output or os.devnull), *options, "-p", str(pid)]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command, stderr=subprocess.DEVNULL)
        while not _is_traced(self._pid):
            assert self._process.poll() is None, f"strace ended: {self._command}"
            time.sleep(0.01)  # another process works: there is nothing to wait on but its result
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        self._process.wait(10)


def failing(calls: str, error: str, every: int, first: int = 1) -> list[str]:
    """Options: each thread's `first` of these calls fails with `error`, and every `every`-th after it."""
    return ["-e", f"trace={calls}", "-e", f"inject={calls}:error={error}:when={first}+{every}"]


def killing(calls: str, number: int) -> list[str]:
    """Options: SIGKILL when a thread makes its `number`-th of these calls."""
    return ["-e", f"trace={calls}", "-e", f"inject={calls}:signal=KILL:when={number}"]


def _is_traced(pid: int) -> bool:
    threads = [(task / "status").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
    return not any("TracerPid:\t0\n" in status for status in threads)
