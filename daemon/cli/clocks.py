"""Clocks of tickets as the command line shows them: interval by interval, as JSON or as a table."""

from datetime import datetime, timedelta
from typing import Any

from daemon.cli.options import print_table
from rules.calendars import Calendar
from rules.deadlines import Clock, explain


def clock_json(clock: Clock, now: datetime) -> dict[str, Any]:
    """Every number of a clock, and the lines it is the sum of."""
    return {
        "metric": clock.metric.value,
        "goal_minutes": clock.goal.total_seconds() / 60,
        "elapsed_minutes": clock.elapsed(now).total_seconds() / 60,
        "started_at": clock.started_at.isoformat(),
        "due_at": clock.due_at.isoformat() if clock.due_at else None,
        "ended_at": clock.ended_at.isoformat() if clock.ended_at else None,
        "missed": clock.is_missed(now),
        "calendar": clock.calendar.name,
        "lines": [
            {
                "from": line.start.isoformat(),
                "until": line.end.isoformat(),
                "minutes": line.counted.total_seconds() / 60,
                "total_minutes": line.total.total_seconds() / 60,
                "why": line.why,
            }
            for line in explain(clock, now)
        ],
    }


def print_clock(clock: Clock, now: datetime) -> None:
    """The same as a table."""
    due = local(clock.due_at, clock.calendar) if clock.due_at else "stands still"
    state = "missed" if clock.is_missed(now) else "ended in time" if clock.ended_at else f"due {due}"
    title = f"{clock.metric}: {length(clock.elapsed(now))} of {length(clock.goal)} in {clock.calendar.name}, {state}"
    rows = [
        (local(line.start, clock.calendar), local(line.end, clock.calendar), length(line.counted),
         length(line.total), line.why)
        for line in explain(clock, now)
    ]  # fmt: skip
    print_table(title, ("from", "until", "counted", "sum", ""), rows)


def local(moment: datetime, calendar: Calendar) -> str:
    """A moment in the calendar's own zone."""
    return moment.astimezone(calendar.zone).strftime("%a %Y-%m-%d %H:%M %Z")


def length(length: timedelta) -> str:
    """Hours and minutes."""
    minutes = int(length.total_seconds()) // 60
    return f"{minutes // 60} h {minutes % 60:02} min"
