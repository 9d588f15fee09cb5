"""What keeps a worker's thread going: it works while there is something to do, rests while there is not, ends if told.

A worker holds a pulse and gives it its `step`.
"""

import logging
import threading
from collections.abc import Callable

from daemon.errors import Unavailable
from daemon.log import Event, log


class Pulse:
    """One thread's. `wake` and `stop` are callable from any other."""

    def __init__(self, seconds: float, trouble: Event) -> None:
        """`seconds`: the longest rest; `trouble`: the event as which a failure is logged."""
        self._seconds, self.trouble = seconds, trouble
        self._wake = threading.Event()
        self.is_stopping = self.is_resting = False

    def wake(self) -> None:
        """There may be something to do."""
        self._wake.set()

    def stop(self) -> None:
        """End after what is at hand."""
        self.is_stopping = True
        self._wake.set()

    def rest(self) -> bool:
        """Wait a moment, or until woken; whether to go on then."""
        if not self.is_stopping:
            self.is_resting = True
            self._wake.wait(self._seconds)
            self.is_resting = False
            self._wake.clear()
        return not self.is_stopping

    def beat(self, step: Callable[[], bool]) -> None:
        """Work until stopped. `step` says whether there was anything; what it raises is logged and met again later."""
        while not self.is_stopping:
            try:
                is_busy = step()
            except Exception as error:  # a worker loop
                is_foreseen = isinstance(error, Unavailable)
                log(self.trouble, level=logging.ERROR, exc_info=not is_foreseen, error=error)
                is_busy = False
            if not is_busy:
                self.rest()
