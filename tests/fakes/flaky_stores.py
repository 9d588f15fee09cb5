"""A store whose database vanishes at chosen commits."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from daemon.errors import Unavailable
from daemon.store.store import Store


class Flaky:
    """The database vanishes around some commits, counted from one: before it, or before the reply to it arrives."""

    def __init__(self, store: Store) -> None:
        self._store, self.writes = store, 0
        self.lost_replies: set[int] = set()
        self.lost_commits: set[int] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def write(self, unit: Callable[[Any], Any]) -> Any:
        self.writes += 1
        if self.writes in self.lost_commits:
            raise Unavailable("gone before the commit")
        result = self._store.write(unit)
        if self.writes in self.lost_replies:
            raise Unavailable("gone before the reply")
        return result

    def submit(self, unit: Callable[[Any], Any], *, patient: bool = True) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(self.write(unit))
        except Unavailable as error:
            future.set_exception(error)
        return future
