"""The process that sends, as seen from the daemon: started, woken, given new policies; a dead one is replaced."""

import contextlib
import logging
import os
import pickle
import socket
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from multiprocessing.connection import Connection as Pipe
from typing import Any

from daemon.clock import Clock
from daemon.log import Event, log
from daemon.policy import Policy
from daemon.store.far_writer import serve
from daemon.store.store import Store
from daemon.workers.delivery import recovery
from daemon.workers.insisting import insist
from daemon.workers.own_processes import command
from daemon.workers.pulse import Pulse
from daemon.workers.sender import Orders
from rules.ruleset import NO_RULES

_PAUSE_SECONDS = 1.0


class Sending:
    """One thread that keeps one sender process going."""

    def __init__(self, store: Store, orders: Orders, clock: Clock, *, alone: bool, keep_open: tuple[int, ...]) -> None:
        """`alone`: no other node sends from this database. `keep_open`: descriptors that the process holds open too."""
        self._store, self._clock = store, clock
        self._orders = replace(orders, policy=for_letters(orders.policy))
        self._alone, self._keep_open = alone, keep_open
        self._pulse = Pulse(_PAUSE_SECONDS, Event.SENDER_ENDED)
        self._lock = threading.Lock()
        self._process: _Process | None = None

    def wake(self) -> None:
        """There may be something to send; callable from any thread."""
        if process := self._process:
            process.ring()

    def take(self, policy: Policy) -> None:
        """Letters are made by this policy from now on."""
        with self._lock:
            self._orders = replace(self._orders, policy=for_letters(policy))
            if self._process:
                self._process.tell(self._orders.policy)

    def stop(self) -> None:
        """End after the mails at hand."""
        with self._lock:
            self._pulse.stop()
            if self._process:
                self._process.tell(None)

    def run(self) -> None:
        """Work until stopped. Never raises."""
        self._pulse.beat(self.step)

    def step(self) -> bool:
        """Let one process send until it ends. False: the next one is started after a pause."""
        with self._lock:
            if self._pulse.is_stopping:
                return False
            process = self._process = _Process(self._orders, self._store.submit, self._keep_open)
        code = process.wait()
        with self._lock:
            self._process = None
        if not self._pulse.is_stopping:
            log(Event.SENDER_ENDED, level=logging.ERROR, code=code)
            insist(self._store, partial(recovery, now=self._clock.now(), alone=self._alone), self._pulse)
        return False


def for_letters(policy: Policy) -> Policy:
    """The policy without its rules: they are functions, and no letter asks them."""
    return replace(policy, ruleset=NO_RULES, tests=())


class _Process:
    """One sender process and the threads that write for it."""

    def __init__(self, orders: Orders, submit: Callable[..., Future[Any]], keep_open: tuple[int, ...]) -> None:
        ours, theirs = zip(*(socket.socketpair() for _ in ("orders", "bell", *orders.carriers)), strict=True)
        numbers = [each.fileno() for each in theirs]
        program = (
            f"from daemon.workers.following import end_with; end_with({os.getpid()}); "
            "from daemon.workers.sender import main; main()"
        )
        self._process = subprocess.Popen(  # noqa: S603  our own interpreter and our own fixed text
            command(program, *numbers), pass_fds=[*numbers, *keep_open]
        )
        for each in theirs:
            each.close()
        told, self._bell, *writers = ours
        self._bell.setblocking(False)
        self._pipe = Pipe(told.detach())
        self._served = [Pipe(each.detach()) for each in writers]
        self._threads = [threading.Thread(target=serve, args=(each, submit), name="sender") for each in self._served]
        for thread in self._threads:
            thread.start()
        self.tell(orders)

    def ring(self) -> None:
        """Wake it; one that has not heard the last ring yet is awake."""
        with contextlib.suppress(OSError):
            self._bell.send(b"\0")

    def tell(self, what: Orders | Policy | None) -> None:
        """Send it orders; to one that has ended, nothing."""
        with contextlib.suppress(OSError):
            self._pipe.send_bytes(pickle.dumps(what))

    def wait(self) -> int:
        """Until it has ended and nothing is written for it any more; its exit code."""
        code = self._process.wait()
        for thread in self._threads:
            thread.join()
        for each in (self._bell, self._pipe, *self._served):
            each.close()
        return code
