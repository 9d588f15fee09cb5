"""A poller running in its thread against a server, with the waits cut short: what the IMAP tests share."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from daemon.clock import SystemClock
from daemon.transports.imap import ImapAccount, ImapPoller
from daemon.transports.imap_account import Security, Start
from tests.fakes.ledger import MemoryLedger


def account(port: int, **options: object) -> ImapAccount:
    """An account on loopback that retries at once and takes everything, unless told otherwise."""
    settings: dict[str, object] = {
        "name": "support",
        "host": "127.0.0.1",
        "port": port,
        "user": "support@example.test",
        "secret": lambda: "secret",
        "recipient": "support@example.test",
        "security": Security.NONE,
        "start": Start.EVERYTHING,
        "handled": "keep",
        "backoff_seconds": 0.02,
        "longest_backoff_seconds": 0.05,
    }
    return ImapAccount(**{**settings, **options})  # type: ignore[arg-type]  # a table of overrides


@dataclass
class Desk:
    """What a test looks at."""

    poller: ImapPoller
    ledger: MemoryLedger
    thread: threading.Thread

    def stop(self, seconds: float = 5) -> None:
        """Stop the poller and see its thread end."""
        self.poller.stop()
        self.thread.join(seconds)
        assert not self.thread.is_alive(), "the poller did not stop"


@contextmanager
def desk(wanted: ImapAccount, ledger: MemoryLedger | None = None) -> Iterator[Desk]:
    """Run a poller for this account while the block lasts."""
    ledger = ledger or MemoryLedger()
    poller = ImapPoller(wanted, ledger, SystemClock(), threading.Event(), random.Random(1))
    running = Desk(poller, ledger, threading.Thread(target=poller.run, daemon=True))
    running.thread.start()
    try:
        yield running
    finally:
        running.stop()
