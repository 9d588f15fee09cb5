"""The wiring: from a configuration to a running desk, and back down without losing anything."""

import asyncio
import contextlib
import fcntl
import logging
import os
import random
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from daemon import gate
from daemon.clock import Clock, SystemClock
from daemon.config import Config
from daemon.cores import ALLOWED
from daemon.errors import ConfigError, PostroomError, Problem, Unavailable
from daemon.keys import load_keys
from daemon.log import Event, log
from daemon.policy import Policy, load_policy
from daemon.ports import ImapLedger
from daemon.recipients import Recipients
from daemon.refusals import Refusals
from daemon.reload import Reloader
from daemon.store import inbound, leases, migrations
from daemon.store.blobs import FileBlobs
from daemon.store.engine import open_engines
from daemon.store.fenced_ledger import FencedLedger
from daemon.store.leases import Lease
from daemon.store.store import Store
from daemon.ticker import Ticker
from daemon.transport_options import carrier, command_lines, imap_accounts, listeners, webhooks
from daemon.transports import processes
from daemon.transports.imap import ImapAccount, ImapPoller
from daemon.transports.listener import Listener
from daemon.transports.webhooks import post
from daemon.workers.assigning import Assigning
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

STORING_THREADS = 16
_LOCK_TRIES, _LOCK_PAUSE_SECONDS = 200, 0.05


def database_url(config: Config) -> str:
    """Where the rows are."""
    return config.store.url or f"sqlite:///{config.desk.data_dir / 'postroom.db'}"


def _blobs(config: Config) -> Path:
    return config.desk.data_dir / "blobs"


def open_store(
    config: Config,
    clock: Clock,
    on_accept: Callable[[], None] = lambda: None,
    on_broken: Callable[[], None] = lambda: None,
) -> Store:
    """The store of this configuration, brought up to date. Raises Unavailable."""
    blobs = FileBlobs(_blobs(config))
    url = database_url(config)
    write_engine, read_engine = open_engines(url)
    try:
        if not migrations.is_current(write_engine):
            migrations.upgrade(write_engine)
    except Exception as error:
        raise Unavailable(f"store.url: cannot open {url.split('@')[-1]}: {error}") from error
    finally:
        write_engine.dispose()
        read_engine.dispose()
    return Store(url, blobs, clock, on_accept, on_broken)


def load_desk_policy(config: Config) -> Policy:
    """The policy the configuration names, with this desk's keys."""
    return load_policy(config, load_keys(config.desk.data_dir / "keys" / "tokens"))


@contextmanager
def only_daemon(data_dir: Path) -> Iterator[tuple[int, ...]]:
    """Hold the data folder's lock; on SQLite two daemons would each think they are alone. Raises ConfigError.

    Gives the descriptor of the lock: a process of ours that holds it open too keeps the next daemon out while it lives.
    """
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (data_dir / "lock").open("a+", encoding="ascii") as file:
        _lock(file, data_dir)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield (file.fileno(),)


def _lock(file: TextIO, data_dir: Path) -> None:
    """Take the lock; of a daemon that was killed, as soon as its sender has ended too."""
    for _ in range(_LOCK_TRIES):
        with contextlib.suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        file.seek(0)
        if _is_running(file.read()):
            break
        time.sleep(_LOCK_PAUSE_SECONDS)
    problem = Problem(
        file=str(data_dir), key="desk.data_dir", message="another postroom daemon is running on this folder"
    )
    raise ConfigError([problem])


def _is_running(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        pass
    return True


@dataclass(slots=True)
class Desk:
    """A running desk: the parts, so that they can be stopped in the right order."""

    store: Store
    readers: ReaderPool
    verifier: "Verifier | None"
    intake: Intake
    sending: Sending
    listeners: dict[str, Listener]
    pollers: list[ImapPoller | Leased]
    reloader: Reloader
    assigning: Assigning
    refusals: Refusals
    errands: Errands
    ticking: Ticking
    ticker: Ticker
    threads: list[threading.Thread] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class Application:
    """One daemon. `run` returns when it is told to stop."""

    def __init__(self, config: Config, clock: Clock | None = None) -> None:
        """Loads keys and policy. Raises ConfigError with every problem."""
        self.config = config
        self._clock = clock or SystemClock()
        self.policy = load_desk_policy(config)
        probe = gate.self_probe()
        if probe:
            raise ConfigError(
                [Problem(file="gate", message=f"the outbound gate let through: {each}") for each in probe]
            )

    async def run(self, ready: Callable[[Desk], None], stop: asyncio.Event | None = None) -> None:
        """Serve until `stop` is set or SIGTERM or SIGINT arrives. `ready` is called when everything is up."""
        stopping = stop or asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            with contextlib.suppress(RuntimeError, ValueError):
                loop.add_signal_handler(number, stopping.set)
        lock = only_daemon(self.config.desk.data_dir) if self._alone else contextlib.nullcontext(())
        broken = threading.Event()

        def give_up() -> None:
            broken.set()
            loop.call_soon_threadsafe(stopping.set)

        with lock as held, ThreadPoolExecutor(STORING_THREADS, "store") as executor:
            desk = await loop.run_in_executor(None, self._open, give_up, held)
            with contextlib.suppress(RuntimeError, ValueError):
                loop.add_signal_handler(signal.SIGHUP, desk.reloader.ask)
            try:
                await self._listen(desk, executor)
                ready(desk)
                log(Event.STARTED, pid=os.getpid(), policy=self.policy.hash)
                await stopping.wait()
            finally:
                log(Event.STOPPING)
                await self._close(desk)
                log(Event.STOPPED)
        if broken.is_set():
            raise Unavailable("desk.data_dir: the disk failed to sync the database; start again when it is sound")

    @property
    def _alone(self) -> bool:
        """Whether no other node may work on the same rows: SQLite is for one process."""
        return not self.config.store.url

    def _open(self, give_up: Callable[[], None], held: tuple[int, ...]) -> Desk:
        hooks: list[Callable[[], None]] = []
        store = open_store(self.config, self._clock, lambda: _call(hooks), give_up)
        recover(store, self._clock.now(), alone=self._alone)
        if self._alone:
            store.write(inbound.release_all_claims)
            store.write(lambda connection: leases.release_all(connection, self._clock.now()))
        workers = self.config.workers
        limits = ReaderLimits(memory=workers.memory, cpu_seconds=workers.seconds)
        readers = ReaderPool(workers.readers, limits)
        sending = Sending(store, self._orders(limits), self._clock, alone=self._alone, keep_open=held)
        errands = self._errands(store)
        verifier = self._verifier(readers)
        intake = Intake(
            store,
            readers,
            self._policy,
            self._clock,
            breaker_limit=self.config.acknowledgements.most_in_10_minutes,
            on_settled=lambda decided: _call([sending.wake, *[errands.wake] * decided.has_errands]),
            verify=verifier.verify if verifier else None,
        )
        hooks.append(intake.wake)
        ticking, refusals = self._ticking(store, sending), Refusals()
        desk = Desk(
            store=store,
            readers=readers,
            verifier=verifier,
            intake=intake,
            sending=sending,
            listeners={},
            pollers=self._pollers(store),
            reloader=self._reloader(store, sending),
            assigning=Assigning(store, self._policy, self._clock),
            refusals=refusals,
            errands=errands,
            ticking=ticking,
            ticker=Ticker(lambda: _tick(ticking, refusals, store)),
        )
        self._start_threads(desk)
        return desk

    def _policy(self) -> Policy:
        return self.policy

    def _take_policy(self, policy: Policy, sending: Sending) -> None:
        """One assignment: whoever decides next, decides by the new policy."""
        self.policy = policy
        sending.take(policy)

    def _verifier(self, readers: ReaderPool) -> "Verifier | None":
        if not self.config.verification.enabled:
            return None
        from daemon.verification import open_verifier  # noqa: PLC0415  only who verifies senders pays for it

        return open_verifier(self.config, readers.signatures, self._clock)

    def _reloader(self, store: Store, sending: Sending) -> Reloader:
        desk = self.config.desk
        return Reloader(
            (desk.rules_dir, desk.templates_dir),
            lambda: load_desk_policy(self.config),
            lambda policy: self._take_policy(policy, sending),
            store,
            self._clock,
            desk.admins,
        )

    def _start_threads(self, desk: Desk) -> None:
        desk.threads = [
            threading.Thread(target=desk.intake.run, name="intake"),
            threading.Thread(target=desk.reloader.run, name="reload"),
            threading.Thread(target=desk.assigning.run, name="assigning"),
            threading.Thread(target=desk.errands.run, name="errands"),
            threading.Thread(target=desk.sending.run, name="sending"),
        ]
        desk.threads += [threading.Thread(target=each.run, name=f"imap-{each.name}") for each in desk.pollers]
        for thread in desk.threads:
            thread.start()
        desk.ticker.start()

    def _errands(self, store: Store) -> Errands:
        return Errands(
            store,
            self._clock,
            webhooks(self.config),
            command_lines(self.config),
            post=post,
            run=processes.run,
            commands_an_hour=self.config.rules.commands_an_hour,
            admins=self.config.desk.admins,
        )

    def _ticking(self, store: Store, sending: Sending) -> Ticking:
        return Ticking(
            store,
            self._policy,
            self._clock,
            breaker_limit=self.config.acknowledgements.most_in_10_minutes,
            wake=sending.wake,
        )

    def _pollers(self, store: Store) -> list[ImapPoller | Leased]:
        """One for each account; where several nodes may run, only one of them reads an account at a time."""
        accounts = imap_accounts(self.config)
        if self._alone:
            return [self._poller(account, store) for account in accounts]
        owner = f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"
        return [self._leased(account, owner, store) for account in accounts]

    def _leased(self, account: ImapAccount, owner: str, store: Store) -> Leased:
        def start(lease: Lease) -> ImapPoller:
            return self._poller(account, FencedLedger(store, lease))

        return Leased(f"imap:{account.name}", owner, store, self._clock, start)

    def _poller(self, account: ImapAccount, ledger: ImapLedger) -> ImapPoller:
        return ImapPoller(account, ledger, self._clock, threading.Event(), random.Random())

    def _orders(self, limits: ReaderLimits) -> Orders:
        outbound, log_options = self.config.outbound, self.config.log
        return Orders(
            database=database_url(self.config),
            blobs=_blobs(self.config),
            carriers=tuple(carrier(self.config) for _ in range(outbound.connections)),
            null_sender=outbound.null_sender,
            readers=limits,
            policy=self.policy,
            log_level=log_options.level,
            log_file=log_options.file,
            cores=ALLOWED,
        )

    async def _listen(self, desk: Desk, executor: ThreadPoolExecutor) -> None:
        """Open every port that can be; one in use, or a certificate that cannot be, stops its listener and no more."""
        recipients = Recipients(self._policy, self._clock, desk.refusals.note)
        for name, options in listeners(self.config).items():
            try:
                listener = Listener(options(), desk.store, recipients, executor, self._clock)
                await listener.start()
            except (OSError, ConfigError) as error:
                told = _told(name, error)
                desk.problems += told
                log(Event.LISTEN_FAILED, level=logging.ERROR, listener=name, error="; ".join(told))
                continue
            desk.listeners[name] = listener

    async def _close(self, desk: Desk) -> None:
        """Stop taking mail, then finish what is in hand, then let go of the store."""
        await asyncio.gather(*(each.stop() for each in desk.listeners.values()))
        takers = [desk.reloader.stop, desk.assigning.stop, *(each.stop for each in desk.pollers), desk.intake.stop]
        _call([*takers, desk.errands.stop, desk.sending.stop])
        await asyncio.get_running_loop().run_in_executor(None, self._join, desk)

    def _join(self, desk: Desk) -> None:
        desk.ticker.stop()
        with contextlib.suppress(Unavailable):
            desk.ticking.stop()
            desk.refusals.write(desk.store)
        for thread in desk.threads:
            thread.join()
        if desk.verifier:
            desk.verifier.close()
        desk.readers.close()
        desk.store.close()


def _tick(ticking: Ticking, refusals: Refusals, store: Store) -> None:
    ticking.tick()
    refusals.write(store)


def _call(hooks: Iterable[Callable[[], None]]) -> None:
    for hook in hooks:
        hook()


def check(config: Config) -> Policy:
    """Everything a start would check, without starting. Raises ConfigError."""
    policy = load_desk_policy(config)
    imap_accounts(config)
    for name, options in listeners(config).items():
        if not options().host:
            raise ConfigError([Problem(file="config", key=f"{name}.host", message="is empty")])
    if config.verification.enabled:
        from daemon.verification import open_resolver  # noqa: PLC0415  see above

        open_resolver(config)
    return policy


def _told(listener: str, error: OSError | ConfigError) -> list[str]:
    if isinstance(error, OSError):
        return [f"{listener}.port: {error.strerror}"]
    return [str(problem) for problem in error.problems]


__all__ = ["Application", "Desk", "PostroomError", "check", "load_desk_policy", "open_store"]
