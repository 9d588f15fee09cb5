"""The fifth hand: makes the final bytes of what is due and hands them to a carrier, one recipient a transaction.

The attempt is committed before anybody connects. What a crash leaves in `sending` is uncertain, and treated so.
"""

import logging
import random
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from daemon.backoff import Done, GiveUp, next_attempt
from daemon.clock import Clock
from daemon.errors import Unavailable
from daemon.log import Event, log
from daemon.policy import Policy
from daemon.ports import Carrier, OutgoingMail, SendResult, SendState
from daemon.store import outbox, people
from daemon.store.engine import Connection
from daemon.store.letters import material
from daemon.store.outbox import Due, OutboxState
from daemon.store.store import Store
from daemon.workers.letters import NotToBeSent, make
from daemon.workers.readers import ReaderPool
from templates.render import BrokenTemplate

_BATCH = 16
_IDLE_SECONDS = 1.0
_OWN_TROUBLE = timedelta(minutes=1)
_SENDING = timedelta(hours=1)  # next time if we vanish in mid-attempt; a finished attempt sets its own


class Delivery:
    """One thread with one carrier. Several may run side by side."""

    def __init__(
        self,
        store: Store,
        readers: ReaderPool,
        policy: Callable[[], Policy],
        carrier: Carrier,
        clock: Clock,
        *,
        null_sender: bool = True,
        dice: Callable[[], float] = random.random,
    ) -> None:
        """`dice` spreads retries; tests give a fixed one."""
        self._store, self._readers, self._policy = store, readers, policy
        self._carrier, self._clock, self._null_sender, self._dice = carrier, clock, null_sender, dice
        self._wake = threading.Event()
        self._stopping = False

    def wake(self) -> None:
        """There may be something to send; callable from any thread."""
        self._wake.set()

    def stop(self) -> None:
        """End after the mail at hand."""
        self._stopping = True
        self._wake.set()

    def run(self) -> None:
        """Work until stopped. Never raises: trouble is logged and met again later."""
        while not self._stopping:
            try:
                busy = self.step()
            except Exception as error:
                log(
                    Event.DELIVERY_FAILED, level=logging.ERROR, exc_info=not isinstance(error, Unavailable), error=error
                )
                busy = False
            if not busy:
                self._wake.wait(_IDLE_SECONDS)
                self._wake.clear()
        self._carrier.close()

    def step(self) -> bool:
        """Claim a batch and deliver it. False when nothing was due."""
        now = self._clock.now()
        rows = self._store.write(lambda connection: outbox.claim(connection, now, _BATCH))
        for position, due in enumerate(rows):
            if self._stopping:
                left = [each.id for each in rows[position:]]
                self._store.write(lambda connection, ids=left: outbox.release_claims(connection, ids))  # type: ignore[misc]
                break
            self._deliver(due)
        return bool(rows)

    def _deliver(self, due: Due) -> None:
        try:
            mail = self._final_bytes(due)
        except NotToBeSent as error:
            self._end(due, OutboxState.FAILED if error.fault else OutboxState.DROPPED, str(error))
            return
        except BrokenTemplate as error:
            self._end(due, OutboxState.HELD, f"template {due.template}: {error}")
            return
        except Exception as error:
            self._postpone(due, error)
            return
        self._attempt(due, mail)

    def _final_bytes(self, due: Due) -> OutgoingMail:
        """The stored bytes, made now if this is the first time."""
        if due.sha256:
            raw = self._store.blobs.get(due.sha256)
            return OutgoingMail(outbox_id=due.id, sender=due.envelope_from, recipient=due.recipient, raw=raw)
        with self._store.reading() as connection:
            self._refuse_paused(connection, due)
            about = material(connection, due)
        if about is None:
            raise NotToBeSent("its ticket is gone", fault=False)
        letter = make(due, about, self._policy(), self._clock.now(), self._contents, null_sender=self._null_sender)
        sha256 = self._store.blobs.put(letter.raw)
        self._store.write(
            lambda connection: outbox.made(
                connection,
                due.id,
                subject=letter.subject,
                message_id=letter.message_id,
                sha256=sha256,
                envelope_from=letter.envelope_from,
            )
        )
        return OutgoingMail(outbox_id=due.id, sender=letter.envelope_from, recipient=due.recipient, raw=letter.raw)

    def _refuse_paused(self, connection: Connection, due: Due) -> None:
        if not due.to_agent and people.is_paused(connection, due.recipient, self._clock.now()):
            raise NotToBeSent("the address is paused after bounces", fault=False)

    def _contents(self, sha256: str) -> Sequence[bytes]:
        return self._readers.contents(self._store.blobs.get(sha256)).result()

    def _attempt(self, due: Due, mail: OutgoingMail) -> None:
        now = self._clock.now()
        attempt = self._store.write(lambda connection: outbox.begin_attempt(connection, due.id, now, now + _SENDING))
        if attempt is None:
            return
        result = self._carrier.send(mail)
        self._record(due, attempt, result)

    def _record(self, due: Due, attempt: int, result: SendResult) -> None:
        now = self._clock.now()
        state, again = outcome(due, result, now, self._dice())

        def unit(connection: Connection) -> None:
            outbox.end_attempt(connection, due.id, attempt, result, now, state=state, next_attempt_at=again)
            if state is OutboxState.SENT:
                people.note_delivery(connection, due.recipient)

        self._store.write(unit)
        log(
            Event.ATTEMPT_ENDED,
            outbox=due.id,
            ticket=due.ticket_id,
            state=state,
            stage=result.stage,
            code=result.code,
            answer=result.text,
        )

    def _end(self, due: Due, state: OutboxState, why: str) -> None:
        now = self._clock.now()
        self._store.write(lambda connection: outbox.end(connection, due.id, state, why, now))
        log(Event.OUTBOX_REFUSED, level=logging.WARNING, outbox=due.id, state=state, reason=why)

    def _postpone(self, due: Due, error: Exception) -> None:
        log(Event.DELIVERY_FAILED, level=logging.ERROR, exc_info=True, outbox=due.id, error=repr(error))
        until = self._clock.now() + _OWN_TROUBLE
        self._store.write(lambda connection: outbox.postpone(connection, due.id, until, repr(error)[:500]))


def outcome(due: Due, result: SendResult, now: datetime, dice: float) -> tuple[OutboxState, datetime | None]:
    """The state a row goes to after an attempt, and when it is tried again."""
    verdict = next_attempt(due.kind, due.attempts + 1, result, created_at=due.created_at, now=now, rng_fraction=dice)
    if isinstance(verdict, Done):
        return OutboxState.SENT, None
    if isinstance(verdict, GiveUp):
        return OutboxState(verdict.state.value), None
    return OutboxState.DEFERRED, verdict.at


def recover(store: Store, now: datetime, dice: float, *, alone: bool) -> int:
    """At start-up: settle attempts that a crash cut off. Their mail may have gone out, so they are uncertain.

    `alone`: no other process works on this database, so that every claim found is a dead one's.
    """
    lost = SendResult(state=SendState.UNCERTAIN, stage="crash", text="the daemon stopped during this attempt")

    def unit(connection: Connection) -> int:
        rows = outbox.unfinished(connection, now, all_claims=alone)
        for row in rows:
            verdict = next_attempt(row.kind, row.attempts, lost, created_at=row.created_at, now=now, rng_fraction=dice)
            again = None if isinstance(verdict, GiveUp | Done) else now
            state = OutboxState.UNCERTAIN if again is None else OutboxState.DEFERRED
            outbox.end_attempt(connection, row.outbox_id, row.attempt_id, lost, now, state=state, next_attempt_at=again)
        if alone:
            outbox.release_claims(connection)
        return len(rows)

    return store.write(unit)
