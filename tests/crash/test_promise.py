"""Promise after commit, seen from outside: the order of the system calls of one accepted mail."""

import itertools
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from running import Daemon, mail

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]
CALL = re.compile(r"(\d+) +[\d.]+ (?:<\.\.\. )?(\w+)(?:\(| resumed>)(.*)")


@pytest.fixture
def traced(tmp_path: Path) -> list[tuple[str, str]]:
    """The calls of a daemon while it takes ten mails: name and arguments, in order of their beginning."""
    if not shutil.which("strace"):
        pytest.skip("strace is not installed: apt-get install strace")
    desk = Daemon(tmp_path)
    desk.start()
    assert desk.process is not None
    trace, pid = tmp_path / "trace", desk.process.pid
    calls = "trace=write,pwrite64,fsync,fdatasync,rename,sendto"
    command = ["strace", "-f", "-ttt", "-y", "-s", "80", "-e", calls, "-o", trace, "-p", str(pid)]
    tracer = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    desk.wait(lambda: is_traced(pid))
    for number in range(10):
        desk.send(mail(number))
    tracer.send_signal(signal.SIGINT)
    tracer.wait()
    desk.stop()
    return finished(trace.read_text(errors="replace").splitlines())


def is_traced(pid: int) -> bool:
    threads = [(task / "status").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
    return not any("TracerPid:\t0\n" in status for status in threads)


def finished(lines: list[str]) -> list[tuple[str, str]]:
    """Calls in the order in which they returned: a sync that is under way has promised nothing yet."""
    done: list[tuple[str, str]] = []
    begun: dict[str, str] = {}
    for line in lines:
        if not (found := CALL.match(line)):
            continue
        thread, name, text = found.groups()
        if line.endswith("<unfinished ...>"):
            begun[thread] = text
        else:
            done.append((name, begun.pop(thread, "") + text))
    return done


def test_bytes_are_synced_then_the_row_then_comes_the_250(traced: list[tuple[str, str]]) -> None:
    promises = [at for at, (name, text) in enumerate(traced) if name == "sendto" and '"250 2.0.0 OK, stored' in text]
    assert len(promises) == 10
    order = ["fsync .*tmp/", "rename .*tmp/", "fsync .*blobs/..>", "pwrite64 .*-wal", "fdatasync .*-wal"]
    for start, end in itertools.pairwise([0, *promises]):
        assert in_order(traced[start:end], order), traced[start:end]


def test_the_test_notices_a_promise_that_comes_too_early() -> None:
    steps = [("pwrite64", "x-wal"), ("sendto", "250"), ("fdatasync", "x-wal")]
    assert not in_order(steps[:2], ["pwrite64 .*-wal", "fdatasync .*-wal"])


def in_order(steps: list[tuple[str, str]], wanted: list[str]) -> bool:
    """Whether calls matching `wanted` occur in that order."""
    patterns = iter(wanted)
    pattern = next(patterns)
    for name, text in steps:
        if re.search(pattern, f"{name} {text}"):
            pattern = next(patterns, "")
            if not pattern:
                return True
    return False
