"""The crew: those who work behind the listeners. They read, decide, send, remind, run errands and poll IMAP accounts.

Loading them takes longer than all that a desk needs to listen. `app` does it when the desk listens: a mail that comes
meanwhile is stored, and is the first that the crew finds.
"""

import contextlib
import os
import random
import secrets
import socket
import threading
from typing import TYPE_CHECKING

from daemon.desk import Desk
from daemon.errand_options import command_lines, webhooks
from daemon.errors import Unavailable
from daemon.places import blobs_folder, database_url
from daemon.policy import Policy
from daemon.ports import ImapLedger
from daemon.store.fenced_ledger import FencedLedger
from daemon.store.leases import Lease
from daemon.ticker import Ticker
from daemon.transports import processes
from daemon.transports.imap import ImapAccount, ImapPoller
from daemon.transports.webhooks import post
from daemon.workers.assigning import Assigning
from daemon.workers.deciding import Decided
from daemon.workers.delivery import recover
from daemon.workers.errands import Errands
from daemon.workers.intake import Intake
from daemon.workers.leased import Leased
from daemon.workers.readers import ReaderLimits, ReaderPool
from daemon.workers.sender import Orders
from daemon.workers.sending import Sending
from daemon.workers.ticking import Ticking

if TYPE_CHECKING:
    from daemon.workers.verifying import Verifier


class Crew:
    """All workers of one daemon, from `start` to `stop` and `join`."""

    def __init__(self, desk: Desk) -> None:
        """Settles what an earlier daemon had begun to send. Raises Unavailable, and nobody has begun then."""
        self._desk, self._config, self._store, self._clock = desk, desk.config, desk.store, desk.clock
        recover(self._store, self._clock.now(), alone=desk.alone)
        workers = self._config.workers
        self._limits = ReaderLimits(memory=workers.memory, cpu_seconds=workers.seconds)
        self._readers = ReaderPool(workers.readers, self._limits)
        self._sending = Sending(self._store, self._orders(), self._clock, alone=desk.alone, keep_open=desk.keep_open)
        self._errands = self._make_errands()
        self._verifier = self._make_verifier()
        self._intake = self._make_intake()
        self._assigning = Assigning(self._store, desk.policy, self._clock)
        self._pollers = self._make_pollers()
        self._ticking = self._make_ticking()
        self._ticker = Ticker(self._tick)
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to work, each in a thread of its own."""
        self._threads = [
            threading.Thread(target=self._intake.run, name="intake"),
            threading.Thread(target=self._desk.reloader.run, name="reload"),
            threading.Thread(target=self._assigning.run, name="assigning"),
            threading.Thread(target=self._errands.run, name="errands"),
            threading.Thread(target=self._sending.run, name="sending"),
            *(threading.Thread(target=each.run, name=f"imap-{each.name}") for each in self._pollers),
        ]
        for thread in self._threads:
            thread.start()
        self._ticker.start()

    def wake(self) -> None:
        """There is new mail; callable from any thread."""
        self._intake.wake()

    def take(self, policy: Policy) -> None:
        """Letters are made by this policy from now on."""
        self._sending.take(policy)

    def stop(self) -> None:
        """Take nothing new in hand."""
        for poller in self._pollers:
            poller.stop()
        for each in (self._desk.reloader, self._assigning, self._intake, self._errands, self._sending):
            each.stop()

    def join(self) -> None:
        """Wait until what is in hand is finished."""
        self._ticker.stop()
        with contextlib.suppress(Unavailable):
            self._ticking.stop()
        for thread in self._threads:
            thread.join()
        if self._verifier:
            self._verifier.close()
        self._readers.close()

    def _tick(self) -> None:
        self._ticking.tick()
        self._desk.refusals.write(self._store)

    def _orders(self) -> Orders:
        return Orders(
            database=database_url(self._config),
            blobs=blobs_folder(self._config),
            carriers=self._desk.peers.carriers,
            null_sender=self._config.outbound.null_sender,
            readers=self._limits,
            policy=self._desk.policy(),
            log_level=self._config.log.level,
            log_file=self._config.log.file,
        )

    def _make_errands(self) -> Errands:
        return Errands(
            self._store,
            self._clock,
            webhooks(self._config),
            command_lines(self._config),
            post=post,
            run=processes.run,
            commands_an_hour=self._config.rules.commands_an_hour,
            admins=self._config.desk.admins,
        )

    def _make_verifier(self) -> "Verifier | None":
        names = self._desk.peers.names
        if names is None:
            return None
        from daemon.verification import open_verifier  # noqa: PLC0415  only who verifies senders pays for it

        return open_verifier(self._config, names, self._readers.signatures, self._clock)

    def _make_intake(self) -> Intake:
        return Intake(
            self._store,
            self._readers,
            self._desk.policy,
            self._clock,
            breaker_limit=self._config.acknowledgements.most_in_10_minutes,
            on_settled=self._settled,
            verify=self._verifier.verify if self._verifier else None,
        )

    def _settled(self, decided: Decided) -> None:
        self._sending.wake()
        if decided.has_errands:
            self._errands.wake()

    def _make_ticking(self) -> Ticking:
        return Ticking(
            self._store,
            self._desk.policy,
            self._clock,
            breaker_limit=self._config.acknowledgements.most_in_10_minutes,
            wake=self._sending.wake,
        )

    def _make_pollers(self) -> list[ImapPoller | Leased]:
        """One for each account; where several nodes may run, only one of them reads an account at a time."""
        accounts = self._desk.peers.accounts
        if self._desk.alone:
            return [self._poller(account, self._store) for account in accounts]
        owner = f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"
        return [self._leased(account, owner) for account in accounts]

    def _leased(self, account: ImapAccount, owner: str) -> Leased:
        def start(lease: Lease) -> ImapPoller:
            return self._poller(account, FencedLedger(self._store, lease))

        return Leased(f"imap:{account.name}", owner, self._store, self._clock, start)

    def _poller(self, account: ImapAccount, ledger: ImapLedger) -> ImapPoller:
        return ImapPoller(account, ledger, self._clock, threading.Event(), random.Random())
