"""The pool of reader processes, as seen from the daemon: give it raw mail, get a future."""

import io
import json
import logging
import os
import pickle
import queue
import select
import subprocess
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, cast

from daemon.log import Event, log
from daemon.workers.frames import CONTENTS, HEADER, LENGTH, PARSE, VERIFY
from daemon.workers.own_processes import command
from parsers.mail import ParsedMail

_MAILS_PER_PROCESS = 5_000
_ALLOWED_MODULES = frozenset({"parsers.mail", "datetime"})


class ReaderKilled(Exception):
    """The reader died or ran out of time over this mail: a hostile mail, or a bug in the parser."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderLimits:
    """What one reader may use. `wall_seconds` bounds also a reader that waits for nothing."""

    memory: int = 512 * 1024**2
    cpu_seconds: int = 10
    wall_seconds: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    kind: bytes
    raw: bytes
    future: Future[Any]


class ReaderPool:
    """`size` processes, each fed by a thread of its own; a dead one is replaced."""

    def __init__(self, size: int, limits: ReaderLimits) -> None:
        self._limits = limits
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._threads = [threading.Thread(target=self._feed, name=f"reader-{i}", daemon=True) for i in range(size)]
        for thread in self._threads:
            thread.start()

    def parse(self, raw: bytes) -> Future[ParsedMail]:
        """What the mail says. The future raises ReaderKilled when the reader did not survive it."""
        return self._submit(PARSE, raw)

    def contents(self, raw: bytes) -> Future[tuple[bytes, ...]]:
        """The bytes of the mail's attachments, in the order of `ParsedMail.attachments`."""
        return self._submit(CONTENTS, raw)

    def signatures(self, raw: bytes, keys: Mapping[str, str]) -> Future[tuple[tuple[str, str, str, str], ...]]:
        """What the mail's DKIM signatures are worth, with the key records by name; see `parsers.dkim_signatures`."""
        packed = json.dumps(keys).encode()
        return self._submit(VERIFY, LENGTH.pack(len(packed)) + packed + raw)

    def close(self) -> None:
        """Finish what was submitted, then end the processes."""
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()

    def _submit(self, kind: bytes, raw: bytes) -> Future[Any]:
        job = _Job(kind=kind, raw=raw, future=Future())
        self._jobs.put(job)
        return job.future

    def _feed(self) -> None:
        process: _Process | None = _Process(self._limits)  # ready before the first mail comes
        while (job := self._jobs.get()) is not None:
            if process is None or process.served >= _MAILS_PER_PROCESS:
                process = _replace(process, self._limits)
            try:
                job.future.set_result(process.ask(job.kind, job.raw))
            except Exception as error:
                log(Event.READER_KILLED, level=logging.WARNING, size=len(job.raw), error=str(error))
                process.kill()
                process = None
                job.future.set_exception(ReaderKilled(str(error)))
        if process:
            process.end()


def _replace(old: "_Process | None", limits: ReaderLimits) -> "_Process":
    if old:
        old.end()
    return _Process(limits)


class _Process:
    """One reader process."""

    def __init__(self, limits: ReaderLimits) -> None:
        self._limits = limits
        self.served = 0
        program = "from daemon.workers.reader import main; main()"
        self._process = subprocess.Popen(  # noqa: S603  our own interpreter and our own fixed text
            command(program, limits.memory, limits.cpu_seconds),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def ask(self, kind: bytes, raw: bytes) -> Any:
        """Send one mail, wait for the answer. Raises on death, silence or nonsense."""
        stdin, stdout = cast("io.BufferedWriter", self._process.stdin), self._process.stdout
        assert stdout is not None
        deadline = time.monotonic() + self._limits.wall_seconds
        stdin.write(HEADER.pack(kind, len(raw)) + raw)
        stdin.flush()
        (length,) = LENGTH.unpack(self._read(stdout.fileno(), 4, deadline))
        self.served += 1
        return _Unpickler(io.BytesIO(self._read(stdout.fileno(), length, deadline))).load()

    def _read(self, descriptor: int, length: int, deadline: float) -> bytes:
        pieces: list[bytes] = []
        while length:
            ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError("the reader did not answer in time")
            piece = os.read(descriptor, min(length, 1 << 20))
            if not piece:
                raise EOFError("the reader died")
            pieces.append(piece)
            length -= len(piece)
        return b"".join(pieces)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._close()

    def end(self) -> None:
        """Close its input, which ends it."""
        self._close()

    def _close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            try:
                if pipe:
                    pipe.close()
            except OSError:
                continue  # it died with bytes of ours unread; there is nobody left to tell
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class _Unpickler(pickle.Unpickler):
    """Takes our own result types only, so that a reader taken over by a mail cannot reach into the daemon."""

    def find_class(self, module: str, name: str) -> Any:
        if module not in _ALLOWED_MODULES or "." in name:
            raise pickle.UnpicklingError(f"a reader sent {module}.{name}")
        return super().find_class(module, name)
