"""The second hand: claims accepted mail, has it read in a reader process, settles it in the store.

A mail that cannot be read is tried again, then quarantined; whatever one mail does, the others flow on.
"""

import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from daemon.clock import Clock
from daemon.errors import Unavailable
from daemon.log import Event, log
from daemon.policy import Policy
from daemon.store import inbound
from daemon.store.engine import Connection
from daemon.store.inbound import MOST_ATTEMPTS, MOST_KILLED, Claimed, InboundState
from daemon.store.store import Store
from daemon.workers.claims import Claims
from daemon.workers.deciding import Decided, settle, tell_of_quarantine
from daemon.workers.pulse import Pulse
from daemon.workers.readers import ReaderKilled, ReaderPool
from parsers.mail import ParsedMail

_IN_HAND, _FEW_IN_HAND = 32, 8
_IDLE_SECONDS = 1.0
_RETRY = timedelta(seconds=30)

# Begins our own look at who sent a mail; None where that is not ours to do. What it promises never fails.
Verify = Callable[[Claimed, bytes, Future[ParsedMail]], Future[str] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    row: Claimed
    mail: Future[ParsedMail]
    verified: Future[str] | None = None

    @property
    def waits(self) -> bool:
        """For the name servers of whoever is said to have sent it."""
        return self.verified is not None and not self.verified.done()


class Intake:
    """One thread that turns waiting rows into entries, in the order they came."""

    def __init__(
        self,
        store: Store,
        readers: ReaderPool,
        policy: Callable[[], Policy],
        clock: Clock,
        *,
        breaker_limit: int,
        on_settled: Callable[[Decided], None] = lambda _decided: None,
        verify: Verify | None = None,
    ) -> None:
        """`policy` gives the policy in force; `on_settled` is called for every mail that was decided."""
        self._store, self._readers, self._policy, self._clock = store, readers, policy, clock
        self._breaker_limit, self._on_settled, self._verify = breaker_limit, on_settled, verify
        self._pulse = Pulse(_IDLE_SECONDS, Event.INTAKE_FAILED)
        self._claims = Claims(store, clock, inbound.CLAIM)
        self._reading: deque[_Reading] = deque()
        self._settling: deque[tuple[_Reading, Future[Decided | None]]] = deque()

    def wake(self) -> None:
        """There is new mail; callable from any thread."""
        self._pulse.wake()

    def stop(self) -> None:
        """Settle what is in hand, then let `run` return."""
        self._pulse.stop()

    def run(self) -> None:
        """Work until stopped. Never raises: trouble is logged and met again later."""
        self._pulse.beat(self.step)
        self._finish()

    def step(self) -> bool:
        """Claim, read and settle a little. False when there was nothing to do."""
        self._claim()
        if not self._reading and not self._settling:
            return False
        if self._reading:
            self._settle(self._next())
        while self._settling and (len(self._settling) > _IN_HAND or not self._reading):
            self._settled(*self._settling.popleft())
        return True

    def _claim(self) -> None:
        if len(self._reading) > _FEW_IN_HAND:
            return
        room = _IN_HAND - len(self._reading)
        for row in self._claims.take(partial(inbound.claim, most=room)):
            self._read(row)

    def _read(self, row: Claimed) -> None:
        try:
            raw = self._store.blobs.get(row.sha256)
        except (KeyError, Unavailable) as error:
            self._failed(row, error, killed=False)
            return
        mail = self._readers.parse(raw)
        verified = self._verify(row, raw, mail) if self._verify else None
        self._reading.append(_Reading(row=row, mail=mail, verified=verified))

    def _next(self) -> _Reading:
        """The first in hand, unless it waits: somebody's slow name servers hold up no other mail."""
        while all(each.waits for each in self._reading):
            while self._settling:
                self._settled(*self._settling.popleft())
            wait([each.verified for each in self._reading if each.verified], return_when=FIRST_COMPLETED)
        index = next(index for index, each in enumerate(self._reading) if not each.waits)
        reading = self._reading[index]
        del self._reading[index]
        return reading

    def _settle(self, reading: _Reading) -> None:
        row = reading.row
        try:
            mail = reading.mail.result()
        except ReaderKilled as error:
            self._failed(row, error, killed=True)
            return
        except Exception as error:
            self._failed(row, error, killed=False)
            return
        if reading.verified:
            row = replace(row, verified=reading.verified.result())
        policy, now = self._policy(), self._clock.now()
        unit = _unit(row, mail, policy, now, self._breaker_limit)
        self._settling.append((reading, self._store.submit(unit)))

    def _settled(self, reading: _Reading, result: Future[Decided | None]) -> None:
        row = reading.row
        try:
            decided = result.result()
        except Unavailable:
            self._reading.append(reading)  # it is read already, and settled when the database is back
            raise
        except Exception as error:
            self._failed(row, error, killed=False)
            return
        if decided:
            log(
                Event.MAIL_DECIDED,
                inbound=row.id,
                state=decided.state,
                ticket=decided.ticket_id,
                reason=decided.reason,
            )
            self._on_settled(decided)

    def _failed(self, row: Claimed, error: Exception, *, killed: bool) -> None:
        """Put the row back, or into quarantine when this was the last straw."""
        log(Event.INTAKE_FAILED, level=logging.ERROR, inbound=row.id, attempt=row.attempts, error=repr(error))
        now = self._clock.now()
        if row.attempts >= MOST_ATTEMPTS or row.killed + killed >= MOST_KILLED:
            reason = f"unreadable after {row.attempts} attempts: {error!r}"[:500]
            self._store.write(lambda connection: self._quarantine(connection, row.id, reason, now))
            log(Event.MAIL_QUARANTINED, level=logging.WARNING, inbound=row.id, reason=reason)
            return
        self._store.write(
            lambda connection: inbound.put_back(connection, row.id, now + _RETRY, repr(error)[:500], killed=killed)
        )

    def _quarantine(self, connection: Connection, inbound_id: int, reason: str, now: datetime) -> None:
        inbound.finish(connection, inbound_id, InboundState.QUARANTINED, now, reason=reason)
        tell_of_quarantine(connection, inbound_id, reason, self._policy(), now)

    def _finish(self) -> None:
        """Settle what was handed to the store, give back what was only claimed."""
        try:
            while self._settling:
                self._settled(*self._settling.popleft())
            ids = [each.row.id for each in self._reading]
            self._store.write(lambda connection: inbound.release_claims(connection, ids))
        except Unavailable as error:
            log(Event.INTAKE_FAILED, level=logging.WARNING, error=error)  # claims run out by themselves


def _unit(
    row: Claimed, mail: ParsedMail, policy: Policy, now: datetime, breaker_limit: int
) -> Callable[[Connection], Decided | None]:
    return lambda connection: settle(connection, row, mail, policy, now, breaker_limit=breaker_limit)
