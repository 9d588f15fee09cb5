"""Whether the wall clock can be believed: its steps are compared with those of the monotonic clock.

Pure but for the clock it is given. A wall clock that jumps makes every due date wrong at once; better no mail for two
minutes than ten years of reminders.
"""

from datetime import datetime, timedelta

from daemon.clock import Clock

TOLERANCE = timedelta(minutes=5)
STEADY_SECONDS = 120.0
# A longer jump, or one found at start, is for a person to judge.
MOST_BELIEVED = timedelta(days=30)


class ClockWatch:
    """Remembers when it last looked, and since when the clock has been steady."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wall, self._monotonic = clock.now(), clock.monotonic()
        self._steady_since = self._monotonic - STEADY_SECONDS

    def look(self) -> timedelta:
        """How far the wall clock has jumped since the last look; zero when it only ran on."""
        wall, monotonic = self._clock.now(), self._clock.monotonic()
        jump = (wall - self._wall) - timedelta(seconds=monotonic - self._monotonic)
        self._wall, self._monotonic = wall, monotonic
        if abs(jump) <= TOLERANCE:
            return timedelta()
        self._steady_since = monotonic
        return jump

    @property
    def is_steady(self) -> bool:
        """Whether the last jump is two minutes of undisturbed time ago."""
        return self._monotonic - self._steady_since >= STEADY_SECONDS


def is_absurd(last_seen: datetime, now: datetime) -> bool:
    """Whether a start finds a time that the desk cannot have slept until: long before, or long after, it last ran."""
    return now < last_seen - TOLERANCE or now > last_seen + MOST_BELIEVED
