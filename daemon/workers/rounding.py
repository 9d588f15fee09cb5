"""Rounds: each agent's digest in the morning, one after an outage instead of many reminders, the admins' week."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from daemon.policy import Policy
from daemon.store import denials, outbox, rounds
from daemon.store.denials import KeptOut
from daemon.store.engine import Connection
from daemon.store.store import Store
from parsers.mail import Address
from rules.calendars import next_opening
from rules.digests import listed, sections

DIGEST, CATCH_UP, REFUSALS = "digest", "catch-up", "refusals"
_WEEK = timedelta(days=7)
_MOST_LINES = 50


def daily(store: Store, policy: Policy, now: datetime) -> int:
    """Send the morning's digests when their time has come on an open day. Returns how many."""
    digests, calendar = policy.timing.digests, policy.timing.hours.default
    local = now.astimezone(calendar.zone)
    if not digests.daily or local.hour * 60 + local.minute < digests.minute:
        return 0
    opens = next_opening(calendar, local.replace(hour=0, minute=0, second=0, microsecond=0))
    if opens.astimezone(calendar.zone).date() != local.date():
        return 0
    day = local.date().isoformat()
    intro = f"Your tickets on {local:%A}, {local.day} {local:%B}."
    return _send(store, policy, now, DIGEST, day, "your tickets today", intro)


def after_outage(store: Store, policy: Policy, since: datetime, now: datetime) -> int:
    """Tell every agent once how things stand after an outage, instead of today's digest. Returns how many mails."""
    today = now.astimezone(policy.timing.hours.default.zone).date().isoformat()
    hours = (now - since) // timedelta(hours=1)
    down = f"The desk did not run from {since:%Y-%m-%d %H:%M} UTC on, for {hours} hours."
    intro = f"{down} This list stands for every reminder of that time."
    title = "how things stand after an outage"
    return _send(store, policy, now, CATCH_UP, since.isoformat(), title, intro, instead_of=(DIGEST, today))


def weekly_refusals(store: Store, policy: Policy, now: datetime) -> int:
    """Tell the admins on Monday what was kept out in the week before. Returns how many mails; none of a quiet week."""
    calendar = policy.timing.hours.default
    local = now.astimezone(calendar.zone)
    monday = (local - timedelta(days=local.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    if local < monday + timedelta(minutes=policy.timing.digests.minute):
        return 0
    period = monday.date().isoformat()
    with store.reading() as connection:
        if rounds.was_made(connection, REFUSALS, period):
            return 0
        found = denials.kept_out(connection, monday - _WEEK, monday)

    def unit(connection: Connection) -> int:
        if not rounds.take(connection, REFUSALS, period, now) or not found:
            return 0
        outbox.tell_admins(connection, policy.desk.admins, f"{REFUSALS} {period}", _week_of(found), now)
        return len(policy.desk.admins)

    return store.write(unit)


def _week_of(found: Sequence[KeptOut]) -> dict[str, object]:
    total = sum(each.times for each in found)
    lines = [f"{each.times} × {each.why}" + (f" ({', '.join(each.senders)})" if each.senders else "") for each in found]
    more = [f"and {len(lines) - _MOST_LINES} more reasons"] if len(lines) > _MOST_LINES else []
    return {
        "title": f"{total} mails were kept out last week",
        "lines": [*lines[:_MOST_LINES], *more],
        "remedy": "Look with `postroom deny list` and `postroom inbound list --state refused`; `postroom deny check "
        "ADDRESS` says what becomes of a sender's mail.",
    }


def _send(
    store: Store,
    policy: Policy,
    now: datetime,
    name: str,
    period: str,
    title: str,
    intro: str,
    *,
    instead_of: tuple[str, str] | None = None,
) -> int:
    with store.reading() as connection:
        if rounds.was_made(connection, name, period):
            return 0
        tickets = listed(rounds.open_situations(connection), policy.timing, now)
    agents = [agent for agent in policy.desk.agents if agent.active and agent.addresses]
    lists = [(agent, sections(agent, tickets, policy.desk.number_prefix)) for agent in agents]

    def unit(connection: Connection) -> int:
        if not rounds.take(connection, name, period, now):
            return 0
        if instead_of is not None:
            rounds.take(connection, *instead_of, now)
        wanted = [(agent, each) for agent, each in lists if each]
        for agent, each in wanted:
            recipient = Address(name=agent.display_name or agent.name, address=agent.addresses[0])
            variables = {"title": title, "intro": intro, "sections": each}
            rounds.queue(connection, "digest", recipient, variables, now, to_agent=agent.name)
        return len(wanted)

    return store.write(unit)
