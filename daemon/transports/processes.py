"""Running one command line of the configuration: no shell, no input, a bare environment, and an end to everything."""

import contextlib
import os
import resource
import selectors
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass

_MEMORY_BYTES = 512 * 1024**2
_ENVIRONMENT = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LANG": "C.UTF-8", "HOME": "/nonexistent"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How it ended. `code` is None when it was ended by us or could not start, and `why` says so; output is cut."""

    code: int | None
    output: str
    why: str = ""


def run(argv: Sequence[str], *, timeout_seconds: float, most_bytes: int) -> Ran:
    """Run it to its end, or to ours: too long, or more printed than is wanted. Never raises for what it does."""
    try:
        process = subprocess.Popen(  # noqa: S603  # a list, and the program is the admin's own
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_ENVIRONMENT,
            cwd="/",
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        return Ran(code=None, output="", why=f"could not be started: {error}")
    try:
        _limit(process.pid, timeout_seconds)
        output, why = _read(process, timeout_seconds, most_bytes)
    finally:
        _end(process)
    text = output.decode("utf-8", "replace")
    return Ran(code=None if why else process.returncode, output=text, why=why)


def _limit(pid: int, timeout_seconds: float) -> None:
    """Set from outside: code between fork and exec is not safe beside threads."""
    seconds = int(timeout_seconds) + 1
    limits = ((resource.RLIMIT_AS, _MEMORY_BYTES), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_FSIZE, 0))
    for which, most in limits:
        with contextlib.suppress(OSError, ValueError):  # it has ended already, or the system knows no such limit
            resource.prlimit(pid, which, (most, most))


def _read(process: "subprocess.Popen[bytes]", timeout_seconds: float, most_bytes: int) -> tuple[bytes, str]:
    """What it printed, and why it must be ended."""
    output, deadline = b"", time.monotonic() + timeout_seconds
    pipe = process.stdout
    if pipe is None:
        return b"", ""
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0:
            if not selector.select(left):
                continue
            chunk = os.read(pipe.fileno(), 4096)
            if not chunk:
                return _ended(process, output, deadline, timeout_seconds)
            output += chunk
            if len(output) > most_bytes:
                return output[:most_bytes], f"ended: it printed more than {most_bytes} bytes"
    return output, f"ended: it took longer than {timeout_seconds:g} seconds"


def _ended(
    process: "subprocess.Popen[bytes]", output: bytes, deadline: float, timeout_seconds: float
) -> tuple[bytes, str]:
    """It closed its output; that is not yet its end."""
    try:
        process.wait(max(0.01, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return output, f"ended: it took longer than {timeout_seconds:g} seconds"
    return output, ""


def _end(process: "subprocess.Popen[bytes]") -> None:
    """It and all that it started, which may outlive it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout:
        process.stdout.close()
