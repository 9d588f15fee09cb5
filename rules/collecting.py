"""When an agent who wants notices collected gets them: on the full hour, or at the times of day the agent chose."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from rules.facts import Agent

# These ask something of the agent, or lose their sense by waiting.
AT_ONCE = frozenset({"held-notice", "unverified-notice", "reminder-notice", "rating-notice", "command-result"})


def is_collected(agent: Agent, template: str) -> bool:
    """Whether such a notice waits for the agent's next collection."""
    return agent.digest and template not in AT_ONCE


def is_time(agent: Agent | None, since: datetime, now: datetime) -> bool:
    """Whether what has waited since then goes out now. It does at once when the agent no longer wants to wait."""
    return agent is None or not agent.digest or next_time(agent, since) <= now


def next_time(agent: Agent, after: datetime) -> datetime:
    """The first moment after `after` at which the agent's notices are sent together."""
    if not agent.digest_at:
        return after.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    zone = ZoneInfo(agent.time_zone or "UTC")
    today = after.astimezone(zone).date()
    days = (today, today + timedelta(days=1))
    moments = (_at(datetime.combine(day, each, zone)) for day in days for each in sorted(agent.digest_at))
    return next(moment for moment in moments if moment > after)


def _at(local: datetime) -> datetime:
    """As an instant: a time that a change of the clocks leaves out is the one after it."""
    return local.astimezone(ZoneInfo("UTC"))


def parse_times(value: object) -> tuple[bool, tuple[time, ...]] | None:
    """What an admin writes: true or "hourly", false, one time or a list of them. None when it is none of these."""
    if isinstance(value, bool):
        return value, ()
    if value == "hourly":
        return True, ()
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not texts:
        return None
    times = [_time(each) for each in texts]
    found = tuple(sorted({each for each in times if each is not None}))
    return (True, found) if None not in times else None


def _time(text: object) -> time | None:
    hour, sign, minute = text.partition(":") if isinstance(text, str) else ("", "", "")
    is_time_of_day = sign and hour.isdecimal() and minute.isdecimal() and len(hour) <= 2 and len(minute) == 2
    if not is_time_of_day or int(hour) > 23 or int(minute) > 59:
        return None
    return time(int(hour), int(minute))
