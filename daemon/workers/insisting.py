"""Writing what has happened outside already: it must be noted, however long the database is away."""

import logging
from collections.abc import Callable
from typing import TypeVar

from daemon.errors import Unavailable
from daemon.log import log
from daemon.store.engine import Connection
from daemon.store.store import Store
from daemon.workers.pulse import Pulse

Result = TypeVar("Result")


def insist(store: Store, unit: Callable[[Connection], Result], pulse: Pulse) -> Result:
    """Write until it is committed. Running `unit` again must not change what it did before.

    Raises Unavailable when the worker whose `pulse` it is has been told to stop.
    """
    while True:
        try:
            return store.write(unit)
        except Unavailable as error:
            log(pulse.trouble, level=logging.WARNING, error=error)
            if not pulse.rest():
                raise
