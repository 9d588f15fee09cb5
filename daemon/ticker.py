"""The metronome: APScheduler calls the tick every few seconds, and nothing else. Every due date is a row.

Its store is memory, a late tick is made up for once, and two ticks never run at a time.
"""

import logging
from collections.abc import Callable

from apscheduler.schedulers.background import BackgroundScheduler

from daemon.errors import Unavailable
from daemon.log import Event, log

SECONDS = 15


class Ticker:
    """Calls `tick` in a thread of its own until stopped; what it raises is logged and forgotten."""

    def __init__(self, tick: Callable[[], None], seconds: int = SECONDS) -> None:
        self._tick = tick
        # the default grace of one second deletes a late job; a store of its own would be shared by nobody safely
        defaults = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        self._scheduler = BackgroundScheduler(timezone="UTC", job_defaults=defaults)
        self._scheduler.add_job(self._call, "interval", seconds=seconds)

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    def stop(self) -> None:
        """End, after the tick at hand."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def _call(self) -> None:
        try:
            self._tick()
        except Exception as error:
            log(Event.TICK_FAILED, level=logging.ERROR, exc_info=not isinstance(error, Unavailable), error=repr(error))
