"""After a week down with 30,000 overdue reminders: who is sent what, and how fast. python -m bench.catch_up [TICKETS]

Nobody has had any of the tickets for a week; what else had been due about them is no longer true.
"""

import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

from bench.real_store import fresh_store
from bench.timers import NOW, fill
from daemon.clock import FakeClock
from daemon.policy import Policy
from daemon.policy_time import DeadlinesFile, DigestsSection, HoursFile, timing_of
from daemon.store import leases, schema, situations
from daemon.store.store import Store
from daemon.workers.ticking import Ticking
from rules.due import MAILS_A_MINUTE
from rules.facts import Agent, Desk, Mailbox
from templates.notices import Notices

AGENTS, WEEK = 12, timedelta(days=7)


def main() -> None:
    """Fill a store, let a week pass, tick every minute until nothing is due; fail when a budget does not hold."""
    tickets = int(sys.argv[1]) if len(sys.argv) > 1 else 30_000
    folder = Path(tempfile.mkdtemp())
    clock = FakeClock(NOW)
    store = fresh_store(folder, clock)
    timing = timing_of(HoursFile(), DeadlinesFile(digests=DigestsSection(weekly=False)), "bench")
    agents = tuple(Agent(name=f"a{n}", addresses=(f"a{n}@desk.example",), teams=("support",)) for n in range(AGENTS))
    desk = Desk(mailboxes=(Mailbox(name="support", address="support@desk.example"),), agents=agents)
    policy = Policy(desk=desk, notices=Notices({}), hash="", timing=timing)
    store.write(lambda connection: fill(connection, tickets * 4, tickets))
    overdue = schema.timers.update().values(due_at=NOW + timedelta(days=1))
    overdue = overdue.where(schema.timers.c.kind != "resolution:0")
    store.write(lambda connection: connection.execute(overdue))
    store.write(lambda connection: situations.remember(connection, "timing", timing.hash))
    store.write(lambda connection: leases.take(connection, "ticker", "before", NOW, timedelta(minutes=2)))
    clock.advance(WEEK)
    ticking, started, ticks = Ticking(store, lambda: policy, clock, breaker_limit=100), time.perf_counter(), 0
    while not ticks or _is_something_due(store, clock):
        ticking.tick()
        clock.advance(timedelta(minutes=1))
        ticks += 1
    took = time.perf_counter() - started
    with store.reading() as connection:
        mails = connection.execute(schema.outbox.select()).all()
        fired = len(connection.execute(schema.fired.select()).all())
    store.close()
    digests = Counter(each.recipient for each in mails if each.template == "digest")
    a_ticket = Counter((each.ticket_id, each.recipient) for each in mails if each.ticket_id)
    a_minute = Counter(each.created_at for each in mails if not each.to_agent)
    print(f"{tickets} overdue: {ticks} ticks, {took:.1f} s, {fired} timers fired")
    print(
        f"digests an agent: {sorted(set(digests.values()))}, mails a ticket: {max(a_ticket.values(), default=0)}, ",
        end="",
    )
    print(f"mails to customers a minute: {max(a_minute.values(), default=0)}")
    if set(digests.values()) != {1} or max(a_ticket.values(), default=0) > 1 or len(digests) != AGENTS:
        sys.exit(1)
    if max(a_minute.values(), default=0) > MAILS_A_MINUTE:
        sys.exit(1)


def _is_something_due(store: Store, clock: FakeClock) -> bool:
    with store.reading() as connection:
        return bool(situations.tickets_due(connection, clock.now(), 1))


if __name__ == "__main__":
    main()
