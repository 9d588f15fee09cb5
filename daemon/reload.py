"""Taking up changed rules and templates while the daemon runs: whole or not at all, and the admin told once if not.

The folders are looked at every two seconds. Only when two looks in a row agree is anything read: an editor or a
`git pull` that is half through is waited for. SIGHUP looks at once.
"""

import hashlib
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from daemon.clock import Clock
from daemon.errors import ConfigError, PostroomError, Problem
from daemon.log import Event, log
from daemon.policy import Policy
from daemon.store.store import Store

SECONDS = 2.0
_MOST_PROBLEMS = 100

Scan = tuple[tuple[str, int, int], ...]


def scan(folders: Sequence[Path]) -> Scan:
    """Name, size and time of change of every file below the folders, two levels deep."""
    return tuple(sorted(_files(folders)))


def _files(folders: Sequence[Path]) -> Iterator[tuple[str, int, int]]:
    for folder in folders:
        for path in (*folder.glob("*"), *folder.glob("*/*")):
            try:
                stat = path.stat()
            except OSError:  # gone between the listing and the look
                continue
            if not path.name.startswith("."):
                yield str(path), stat.st_size, stat.st_mtime_ns


class Reloader:
    """One thread that keeps the policy in force up to date with its files."""

    def __init__(
        self,
        folders: Sequence[Path],
        load: Callable[[], Policy],
        take: Callable[[Policy], None],
        store: Store,
        clock: Clock,
        admins: Sequence[str],
    ) -> None:
        """`load` reads the policy or raises ConfigError; `take` puts a good one in force in one assignment."""
        self._folders = [each for each in folders if each != Path()]
        self._load, self._take = load, take
        self._store, self._clock, self._admins = store, clock, admins
        self._loaded = self._last = scan(self._folders)
        self._wake = threading.Event()
        self._asked = False
        self._stopping = False

    def ask(self) -> None:
        """Look at once and read even if nothing seems changed (SIGHUP). Callable from a signal handler."""
        self._asked = True
        self._wake.set()

    def stop(self) -> None:
        """Let `run` return."""
        self._stopping = True
        self._wake.set()

    def run(self) -> None:
        """Look until stopped. Whatever goes wrong, the last good policy stays in force."""
        while not self._stopping:
            self._wake.wait(SECONDS)
            self._wake.clear()
            try:
                self.step()
            except Exception as error:  # a worker loop: logged, and looked at again
                log(Event.POLICY_REJECTED, level=logging.ERROR, exc_info=True, error=error)

    def step(self) -> bool:
        """One look. True when the files were read."""
        seen, before = scan(self._folders), self._last
        self._last = seen
        if not self._asked and (seen == self._loaded or seen != before):
            return False
        self._asked, self._loaded = False, seen
        try:
            policy = self._load()
        except ConfigError as error:
            self._reject(error.problems)
            return True
        self._take(policy)
        log(Event.POLICY_LOADED, policy=policy.hash)
        return True

    def _reject(self, problems: list[Problem]) -> None:
        from daemon.store import outbox  # noqa: PLC0415  it brings what decides, which a start has no time for

        lines = [str(each) for each in problems]
        log(Event.POLICY_REJECTED, level=logging.ERROR, problems=len(lines), first=lines[0] if lines else "")
        variables = {
            "title": "the changed rules or templates cannot be used",
            "lines": lines[:_MOST_PROBLEMS],
            "remedy": "The last good rules stay in force. Put these right and save; `postroom check --tests` tells "
            "beforehand.",
        }
        # A matter of its own for each set of problems: the same ones are mailed once, new ones again.
        matter = "policy " + hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
        now = self._clock.now()
        try:
            self._store.write(lambda connection: outbox.tell_admins(connection, self._admins, matter, variables, now))
        except PostroomError as error:
            log(Event.POLICY_REJECTED, level=logging.WARNING, error=error)
