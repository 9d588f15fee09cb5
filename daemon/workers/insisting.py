"""Writing what has happened outside already: it must be noted, however long the database is away."""

import logging
from collections.abc import Callable
from typing import TypeVar

from daemon.errors import Unavailable
from daemon.log import Event, log
from daemon.store.engine import Connection
from daemon.store.store import Store

Result = TypeVar("Result")


def insist(store: Store, unit: Callable[[Connection], Result], go_on: Callable[[], bool], event: Event) -> Result:
    """Write until it is committed. Running `unit` again must not change what it did before.

    `go_on` waits a moment and says whether to try again; when not, raises Unavailable. A failure is logged as `event`.
    """
    while True:
        try:
            return store.write(unit)
        except Unavailable as error:
            log(event, level=logging.WARNING, error=error)
            if not go_on():
                raise
