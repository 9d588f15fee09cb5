"""The process that makes letters and hands them to carriers: the fifth hand, beside the daemon.

It reads the database itself and writes through the daemon's one writer. Making a letter takes as much processor time
as deciding about the mail that it answers; here that is another core's. It ends when the daemon does, at once: what a
dead daemon's attempt made of a mail, the next one takes for uncertain.
"""

import os
import pickle
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

from daemon import log
from daemon.clock import SystemClock
from daemon.policy import Policy
from daemon.ports import Carrier
from daemon.store.blobs import FileBlobs
from daemon.store.far_writer import FarWriter
from daemon.store.store import Store
from daemon.workers.delivery import Delivery
from daemon.workers.readers import ReaderLimits, ReaderPool


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What a sender is told when it begins. One delivery thread a carrier."""

    database: str
    blobs: Path
    carriers: tuple[Carrier, ...]
    null_sender: bool
    readers: ReaderLimits
    policy: Policy
    log_level: str = "info"
    log_file: str = ""


class Sender:
    """The delivery threads of one process."""

    def __init__(self, orders: Orders, writers: Sequence[Pipe]) -> None:
        """`writers`: one pipe a carrier, over which it writes to the database."""
        clock, blobs, self._policy = SystemClock(), FileBlobs(orders.blobs), orders.policy
        self._readers = _LateReaders(orders.readers)
        self._deliveries = [
            Delivery(
                Store(orders.database, blobs, clock, writer=FarWriter(pipe)),
                self._readers,
                lambda: self._policy,
                carrier,
                clock,
                null_sender=orders.null_sender,
                on_more=self.wake,
            )
            for carrier, pipe in zip(orders.carriers, writers, strict=True)
        ]
        self._threads = [
            threading.Thread(target=each.run, name=f"delivery-{number}") for number, each in enumerate(self._deliveries)
        ]

    def start(self) -> None:
        """Begin with what is due."""
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """There may be something to send: enough for one of those that rest. Others look before they do."""
        resting = [each for each in self._deliveries if each.is_resting]
        for each in self._deliveries:
            if each not in resting[1:]:
                each.wake()

    def take(self, policy: Policy) -> None:
        """The letters made from now on are made by this policy."""
        self._policy = policy

    def finish(self) -> None:
        """End after the mails at hand."""
        for each in self._deliveries:
            each.stop()
        for thread in self._threads:
            thread.join()
        self._readers.close()


class _LateReaders:
    """A reader from the first letter on that carries files: many a desk has none in a day."""

    def __init__(self, limits: ReaderLimits) -> None:
        self._limits, self._lock = limits, threading.Lock()
        self._pool: ReaderPool | None = None

    def contents(self, raw: bytes) -> Future[tuple[bytes, ...]]:
        """As ReaderPool's."""
        with self._lock:
            self._pool = self._pool or ReaderPool(1, self._limits)
        return self._pool.contents(raw)

    def close(self) -> None:
        """End the reader, if there is one."""
        if self._pool:
            self._pool.close()


def main() -> None:
    """Send until told to stop. Arguments: the descriptors of the orders, the bell, and one a carrier for writing."""
    orders, bell, *writers = map(int, sys.argv[1:])
    run(Pipe(orders), bell, [Pipe(each) for each in writers])


def run(pipe: Pipe, bell: int, writers: Sequence[Pipe]) -> None:
    """Follow the orders: first Orders, then a Policy whenever there is a new one, at last None."""
    orders: Orders = pickle.loads(pipe.recv_bytes())  # noqa: S301  our own daemon
    log.configure(level=orders.log_level, file=orders.log_file)
    sender = Sender(orders, writers)
    threading.Thread(target=_listen, args=(bell, sender), name="bell", daemon=True).start()
    sender.start()
    try:
        while (policy := pickle.loads(pipe.recv_bytes())) is not None:  # noqa: S301
            sender.take(policy)
    except (EOFError, OSError):
        os._exit(1)  # the daemon is gone, and with it whoever could note what becomes of the mails at hand
    sender.finish()


def _listen(bell: int, sender: Sender) -> None:
    while os.read(bell, 4096):
        sender.wake()
