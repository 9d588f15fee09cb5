"""An independent reference for business time: a walk minute by minute with a look at the wall clock.

Slow and plain on purpose. It knows nothing of the code it checks.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
WEEKDAYS = {"mon-fri": range(5), "daily": range(7), "sun": (6,), "sat-sun": (5, 6)}


class Office:
    """Opening hours written as `zone days from-to[,from-to] [closed dates]`."""

    def __init__(self, text: str) -> None:
        zone, days, spans, *closed = text.split(" ")
        self.zone, self.days = ZoneInfo(zone), WEEKDAYS[days]
        self.spans = [tuple(_minute(each) for each in span.split("-")) for span in spans.split(",")]
        self.closed = {date.fromisoformat(each) for each in closed}

    def is_open(self, moment: datetime) -> bool:
        wall = moment.astimezone(self.zone)
        minute = wall.hour * 60 + wall.minute
        if wall.weekday() not in self.days or wall.date() in self.closed:
            return False
        return any(start <= minute < end for start, end in self.spans)

    def add(self, start: datetime, minutes: int) -> datetime:
        """The end of the open minute number `minutes`, counted from the start."""
        moment = start
        while minutes:
            minutes -= self.is_open(moment)
            moment += MINUTE
        return moment

    def between(self, start: datetime, end: datetime) -> int:
        moment, minutes = start, 0
        while moment < end:
            minutes += self.is_open(moment)
            moment += MINUTE
        return minutes


def _minute(text: str) -> int:
    hour, _, minute = text.partition(":")
    return int(hour) * 60 + int(minute or 0)


def parse_moment(text: str) -> datetime:
    """`2026-03-27T16:30` as aware UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
