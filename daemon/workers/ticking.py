"""One tick: compute the timers of tickets that changed, judge those whose time has come, carry out what follows.

Any number of nodes may tick; the lease lets one of them through, and the keys of fired timers keep a mistake harmless.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from daemon.clock import Clock
from daemon.clockwatch import MOST_BELIEVED, ClockWatch, is_absurd
from daemon.log import Event, log
from daemon.policy import Policy
from daemon.store import firings, leases, outbox, people, senders, situations
from daemon.store.engine import Connection
from daemon.store.leases import Lease
from daemon.store.senders import ADDRESS_WINDOW, BREAKER_WINDOW
from daemon.store.store import Store
from daemon.workers import breaker, collecting, rounding
from daemon.workers.sweeping import sweep
from daemon.workers.weekly import weekly
from rules.due import MAILS_A_MINUTE, TO_CUSTOMERS, Room, what_is_due
from rules.timers import LATE, SURVEY, Situation, Timer

NAME = "ticker"
LEASE = timedelta(minutes=2)
MOST_TICKETS = 500
_BATCH = 100
_MOST_BATCHES = 100
STOPPED = "timers_stopped"
_STEADY, _BY_ADMIN = "until the clock is steady", "until an admin confirms"


class Ticking:
    """The ticker's work, one call a tick. Not thread-safe: one metronome drives it."""

    def __init__(
        self,
        store: Store,
        policy: Callable[[], Policy],
        clock: Clock,
        *,
        breaker_limit: int,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        """`wake` is called when mail was queued."""
        self._store, self._policy, self._clock = store, policy, clock
        self._breaker_limit, self._wake = breaker_limit, wake
        self._owner = uuid.uuid4().hex
        self._watch = ClockWatch(clock)
        self._lease: Lease | None = None

    def tick(self) -> None:
        """Do what is due. Raises Unavailable when the database is away; the next tick makes up for it."""
        if self._is_stopped():
            return
        now, before = self._clock.now(), self._lease
        seen = self._store.write(lambda connection: self._take_lease(connection, now))
        if before is None and seen is not None and self._is_absurd(seen, now):
            return
        if self._lease is None:
            return
        if before is None and seen is not None and now - seen > LATE:
            self._compute()
            rounding.after_outage(self._store, self._policy(), seen, now)
        self._compute()
        breaker.look(self._store, self._policy(), now, self._breaker_limit)
        mails = self._fire_all(now) + rounding.daily(self._store, self._policy(), now)
        mails += weekly(self._store, self._policy(), now)
        mails += rounding.weekly_refusals(self._store, self._policy(), now)
        mails += collecting.collect(self._store, self._policy(), now)
        if mails:
            self._wake()
        sweep(self._store, now)

    def stop(self) -> None:
        """Let another node tick at once."""
        lease, now = self._lease, self._clock.now()
        if lease is not None:
            self._store.write(lambda connection: leases.give_back(connection, lease, now))
            self._lease = None

    def _is_stopped(self) -> bool:
        """Look at the clock: stop when it jumps, go on when it has been steady or an admin has said so."""
        jump = self._watch.look()
        if jump:
            self._halt(f"the clock jumped by {jump}", by_admin=abs(jump) > MOST_BELIEVED)
            return True
        with self._store.reading() as connection:
            stopped = situations.recall(connection, STOPPED)
        if not stopped:
            return False
        if not stopped.endswith(_STEADY) or not self._watch.is_steady:
            return True
        self._store.write(lambda connection: situations.remember(connection, STOPPED, ""))
        self._lease = None  # what lies between now and when it was last held counts as an outage
        log(Event.TICK_RESUMED, after=stopped)
        return False

    def _halt(self, why: str, *, by_admin: bool) -> None:
        now, policy = self._clock.now(), self._policy()
        stopped = f"{why}: {_BY_ADMIN if by_admin else _STEADY}"
        variables = {
            "title": "timers are stopped",
            "lines": [stopped],
            "remedy": "No reminder, follow-up or survey goes out while they are. Mail is taken and answered as ever. "
            "When the time is right, type `postroom timers resume`.",
        }

        def unit(connection: Connection) -> None:
            situations.remember(connection, STOPPED, stopped)
            outbox.tell_admins(connection, policy.desk.admins, NAME, variables, now)

        self._store.write(unit)
        log(Event.TICK_STOPPED, reason=stopped)

    def _take_lease(self, connection: Connection, now: datetime) -> datetime | None:
        """Take or renew the lease; returns until when it was held before, None if never."""
        before = leases.read(connection, NAME)
        self._lease = leases.take(connection, NAME, self._owner, now, LEASE)
        return before.until if before else None

    def _is_absurd(self, seen: datetime, now: datetime) -> bool:
        """Stop when the desk cannot have slept from when the lease was last held until now."""
        if not is_absurd(seen, now):
            return False
        self._halt(f"the desk last ran until {seen.isoformat()}, and now it is {now.isoformat()}", by_admin=True)
        return True

    def _compute(self) -> None:
        timing = self._policy().timing
        with self._store.reading() as connection:  # a commit for nothing would cost a disk's sync
            has_changed = situations.have_changed(connection, timing)
        if has_changed:
            self._store.write(lambda connection: situations.forget_when_changed(connection, timing))
        for _ in range(_MOST_BATCHES):
            with self._store.reading() as connection:  # mail waits for a write, and for no reading
                ids = situations.untimed(connection)
                if not ids:
                    return
                computed = situations.compute(connection, ids, timing)
            self._store.write(lambda connection, some=computed: situations.put(connection, some))  # type: ignore[misc]

    def _fire_all(self, now: datetime) -> int:
        """Up to so many tickets a tick; what is left is still due at the next."""
        with self._store.reading() as connection:
            ids = situations.tickets_due(connection, now, MOST_TICKETS)
        mails = in_line = 0
        for start in range(0, len(ids), _BATCH):
            unit = partial(self._fire, ids=ids[start : start + _BATCH], now=now, in_line=in_line)
            made, in_line = self._store.write(unit)
            mails += made
        return mails

    def _fire(self, connection: Connection, ids: Sequence[int], now: datetime, in_line: int) -> tuple[int, int]:
        """`in_line`: for how many mails there was no room before, in this tick. Returns the mails made, and as many."""
        held = leases.read(connection, NAME)
        if self._lease is None or held is None or (held.owner, held.fence) != (self._owner, self._lease.fence):
            log(Event.LEASE_LOST, lease=NAME)
            return 0, in_line
        due = situations.due_timers(connection, ids, now)
        left = MAILS_A_MINUTE - firings.customer_mails_after(connection, now - timedelta(minutes=1)) - in_line
        acknowledged = senders.acknowledgements_since(connection, now - BREAKER_WINDOW, self._breaker_limit)
        return self._judge(connection, due, now, left, is_open=acknowledged >= self._breaker_limit)

    def _judge(
        self, connection: Connection, due: Mapping[int, list[Timer]], now: datetime, left: int, *, is_open: bool
    ) -> tuple[int, int]:
        policy, mails, carrying = self._policy(), 0, firings.Carrying(connection, now)
        surveyed: set[str] = set()
        for ticket, before in situations.situations(connection, due).items():
            is_asked = before.ticket.requester in surveyed  # about another ticket, in this very batch
            situation = replace(before, surveyed_at=now) if is_asked else before
            room = Room()  # for mail to customers alone
            if any(each.kind in TO_CUSTOMERS for each in due[ticket]):
                carrying.flush()
                room = _room(connection, situation, now, left, breaker_open=is_open)
            judged = what_is_due(due[ticket], situation, policy.desk, policy.timing, now, room)
            mails += carrying.carry_out(situation.ticket, judged)
            left -= sum(each.takes_room for each in judged)
            if any(each.timer.kind == SURVEY and each.mailings for each in judged):
                surveyed.add(situation.ticket.requester)
        carrying.flush()
        return mails, max(0, -left)


def _room(connection: Connection, situation: Situation, now: datetime, left: int, *, breaker_open: bool) -> Room:
    requester = situation.ticket.requester
    return Room(
        automatic_today=senders.automatic_since(connection, requester, now - ADDRESS_WINDOW),
        automatic_on_ticket=senders.automatic_on_ticket(connection, situation.ticket.id, now - ADDRESS_WINDOW),
        breaker_open=breaker_open,
        requester_paused=people.is_paused(connection, requester, now),
        mails_left=left,
    )
