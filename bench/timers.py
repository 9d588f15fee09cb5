"""How long a tick takes over many open timers, of which few are due: python -m bench.timers TIMERS DUE.

Digests and the weekly mail, which read every ticket once a day or week, are switched off.
"""

import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.real_store import fresh_store
from daemon.clock import FakeClock
from daemon.policy import Policy
from daemon.policy_time import DeadlinesFile, DigestsSection, HoursFile, timing_of
from daemon.store import schema, situations
from daemon.store.engine import Connection
from daemon.workers.ticking import Ticking
from rules.facts import Agent, Desk, Mailbox
from templates.notices import Notices

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
TIMERS_A_TICKET = 4


def fill(connection: Connection, timers: int, due: int) -> None:
    """Tickets of which `due` have nobody on them for half an hour, and the rest timers of next week."""
    connection.execute(schema.contacts.insert().values(id=1, created_at=NOW))
    connection.execute(schema.addresses.insert().values(id=1, address="kim@customer.example", contact_id=1))
    made = NOW - timedelta(minutes=31)
    tickets = timers // TIMERS_A_TICKET
    row = {"status": "open", "priority": "P3", "mailbox": "support", "requester_id": 1, "tags": [], "fields": {}}
    row |= {"subject": "x", "team": "support", "created_at": made, "updated_at": made, "timed_version": 1}
    chunk = 5000
    for start in range(0, tickets, chunk):
        numbers = range(start + 1, min(start + chunk, tickets) + 1)
        connection.execute(schema.tickets.insert(), [row | {"id": each, "number": 1000 + each} for each in numbers])
        connection.execute(schema.timers.insert(), [each for number in numbers for each in _timers(number, due, made)])


def _timers(ticket: int, due: int, made: datetime) -> list[dict[str, object]]:
    first = {"ticket_id": ticket, "kind": "unassigned", "anchor": made, "why": "nobody has this ticket"}
    first["due_at"] = NOW - timedelta(minutes=1) if ticket <= due else NOW + timedelta(days=7)
    later = NOW + timedelta(days=7)
    rest = [
        {"ticket_id": ticket, "kind": f"resolution:{number}", "anchor": made, "why": "", "due_at": later}
        for number in range(TIMERS_A_TICKET - 1)
    ]
    return [first, *rest]


def main() -> None:
    """Fill a fresh store, tick once, print what it took."""
    timers, due = int(sys.argv[1]), int(sys.argv[2])
    folder = Path(tempfile.mkdtemp())
    clock = FakeClock(NOW)
    store = fresh_store(folder, clock)
    digests = DigestsSection(daily=False, weekly=False)
    timing = timing_of(HoursFile(), DeadlinesFile(digests=digests), "bench")
    agents = (Agent(name="ada", addresses=("ada@desk.example",), teams=("support",)),)
    desk = Desk(mailboxes=(Mailbox(name="support", address="support@desk.example"),), agents=agents)
    policy = Policy(desk=desk, notices=Notices({}), hash="", timing=timing)
    store.write(lambda connection: fill(connection, timers, due))
    store.write(lambda connection: situations.remember(connection, "timing", timing.hash))
    ticking = Ticking(store, lambda: policy, clock, breaker_limit=100)
    started, spent = time.perf_counter(), time.process_time()
    ticking.tick()
    took, spent = time.perf_counter() - started, time.process_time() - spent
    with store.reading() as connection:
        mails = len(connection.execute(schema.outbox.select()).all())
    print(f"{timers} timers, {due} due: one tick {took:.2f} s, {spent:.2f} s of CPU, {mails} mails queued")
    store.close()


if __name__ == "__main__":
    main()
