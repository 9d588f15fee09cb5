"""The wiring: from a configuration to a running desk, and back down without losing anything.

First the listeners, then the crew behind them: a peer waits for its `250`, and nobody for the second it takes to load.
"""

import asyncio
import contextlib
import fcntl
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from daemon import gate
from daemon.clock import Clock, SystemClock
from daemon.config import Config
from daemon.desk import Desk
from daemon.errors import ConfigError, PostroomError, Problem, Unavailable
from daemon.keys import load_keys
from daemon.log import Event, log
from daemon.places import blobs_folder, database_url
from daemon.policy import Policy, load_policy
from daemon.recipients import Recipients
from daemon.refusals import Refusals
from daemon.reload import Reloader
from daemon.store import inbound, leases, migrations
from daemon.store.blobs import FileBlobs
from daemon.store.engine import open_engines
from daemon.store.store import Store
from daemon.transport_options import listeners, open_peers
from daemon.transports.listener import Listener

if TYPE_CHECKING:
    from daemon.crew import Crew

STORING_THREADS = 16
_LOCK_TRIES, _LOCK_PAUSE_SECONDS = 200, 0.05
_CREW_PAUSE_SECONDS = 1.0


def open_store(
    config: Config,
    clock: Clock,
    on_accept: Callable[[], None] = lambda: None,
    on_broken: Callable[[], None] = lambda: None,
) -> Store:
    """The store of this configuration, brought up to date. Raises Unavailable."""
    blobs = FileBlobs(blobs_folder(config))
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


class Application:
    """One daemon. `run` returns when it is told to stop."""

    def __init__(self, config: Config, clock: Clock | None = None) -> None:
        """Loads keys and policy. Raises ConfigError with every problem."""
        self.config = config
        self._clock = clock or SystemClock()
        self._crew: Crew | None = None
        self.policy = load_desk_policy(config)
        probe = gate.self_probe()
        if probe:
            raise ConfigError(
                [Problem(file="gate", message=f"the outbound gate let through: {each}") for each in probe]
            )

    async def run(self, ready: Callable[[Desk], None], stop: asyncio.Event | None = None) -> None:
        """Serve until `stop` is set or SIGTERM or SIGINT arrives. `ready` is called when the desk listens."""
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
                await self._engage(desk, stopping)
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
        peers = open_peers(self.config)
        store = open_store(self.config, self._clock, self._wake, give_up)
        if self._alone:  # a dead daemon's; by this the writer has its connection before any mail comes
            store.write(inbound.release_all_claims)
            store.write(lambda connection: leases.release_all(connection, self._clock.now()))
        return Desk(
            config=self.config,
            clock=self._clock,
            policy=self._policy,
            store=store,
            peers=peers,
            refusals=Refusals(),
            reloader=self._reloader(store),
            alone=self._alone,
            keep_open=held,
        )

    async def _engage(self, desk: Desk, stopping: asyncio.Event) -> None:
        """Have the crew begin; a disk or database that fails just then is waited for, as at any later time."""
        while not stopping.is_set():
            try:
                await asyncio.get_running_loop().run_in_executor(None, self._start_crew, desk)
            except (Unavailable, OSError) as error:
                log(Event.STORE_FAILED, level=logging.WARNING, error=error)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), _CREW_PAUSE_SECONDS)
            else:
                log(Event.STARTED, pid=os.getpid(), policy=self.policy.hash)
                return

    def _start_crew(self, desk: Desk) -> None:
        from daemon.crew import Crew  # noqa: PLC0415  takes longer to load than all that a desk needs to listen

        self._crew = Crew(desk)
        self._crew.start()

    def _wake(self) -> None:
        """A mail came; without a crew yet it is found by the crew's first look."""
        if self._crew:
            self._crew.wake()

    def _policy(self) -> Policy:
        return self.policy

    def _take_policy(self, policy: Policy) -> None:
        """One assignment: whoever decides next, decides by the new policy."""
        self.policy = policy
        if self._crew:
            self._crew.take(policy)

    def _reloader(self, store: Store) -> Reloader:
        desk = self.config.desk
        return Reloader(
            (desk.rules_dir, desk.templates_dir),
            lambda: load_desk_policy(self.config),
            self._take_policy,
            store,
            self._clock,
            desk.admins,
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
        if self._crew:
            self._crew.stop()
        await asyncio.get_running_loop().run_in_executor(None, self._join, desk)

    def _join(self, desk: Desk) -> None:
        if self._crew:
            self._crew.join()
        with contextlib.suppress(Unavailable):
            desk.refusals.write(desk.store)
        desk.store.close()


def check(config: Config) -> Policy:
    """Everything a start would check, without starting. Raises ConfigError."""
    policy = load_desk_policy(config)
    open_peers(config)
    for name, options in listeners(config).items():
        if not options().host:
            raise ConfigError([Problem(file="config", key=f"{name}.host", message="is empty")])
    return policy


def _told(listener: str, error: OSError | ConfigError) -> list[str]:
    if isinstance(error, OSError):
        return [f"{listener}.port: {error.strerror}"]
    return [str(problem) for problem in error.problems]


__all__ = ["Application", "Desk", "PostroomError", "check", "load_desk_policy", "open_store"]
