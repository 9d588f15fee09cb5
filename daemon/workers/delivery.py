"""The fifth hand: makes the final bytes of what is due and hands them to a carrier, one recipient a transaction.

The attempt is committed before anybody connects. What a crash leaves in `sending` is uncertain, and treated so.
"""

import logging
import random
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from daemon.backoff import Done, GiveUp, next_attempt
from daemon.clock import Clock
from daemon.compose import BadDraft
from daemon.errors import Unavailable
from daemon.headers import wire_address
from daemon.log import Event, log
from daemon.policy import Policy
from daemon.ports import Carrier, OutgoingMail, SendResult, SendState
from daemon.store import collected, erasures, inbound, outbox, people
from daemon.store.engine import Connection
from daemon.store.letters import material
from daemon.store.outbox import Due, Made, OutboxState
from daemon.store.situations import is_still_true
from daemon.store.store import Store
from daemon.workers.claims import Claims
from daemon.workers.collection_letters import collection_variables
from daemon.workers.insisting import Result, insist
from daemon.workers.letters import Letter, NotToBeSent, make, make_admin_notice
from daemon.workers.pulse import Pulse
from rules.actions import MailClass
from templates.rendered import BrokenTemplate

_BATCH = 4
_IDLE_SECONDS = 1.0
_A_MOMENT = timedelta(seconds=15)
_OWN_TROUBLE = timedelta(minutes=1)
_SENDING = timedelta(hours=1)  # longer than any attempt; then its holder has vanished, and the row is recovered
_RECOVERY_SECONDS = 60.0


class Contents(Protocol):
    """Reads the files of a mail; see ReaderPool."""

    def contents(self, raw: bytes) -> Future[tuple[bytes, ...]]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ended:
    """An attempt whose end is being written by `unit`; `state`: of its row from then on."""

    due: Due
    result: SendResult
    unit: Callable[[Connection], OutboxState]
    state: Future[OutboxState]


class NotYet(Exception):
    """Not to be sent before something else is known."""


class Delivery:
    """One thread with one carrier. Several may run side by side."""

    def __init__(
        self,
        store: Store,
        readers: Contents,
        policy: Callable[[], Policy],
        carrier: Carrier,
        clock: Clock,
        *,
        null_sender: bool = True,
        dice: Callable[[], float] = random.random,
        on_more: Callable[[], None] = lambda: None,
    ) -> None:
        """`dice` spreads retries; tests give a fixed one. `on_more`: there may be work for another one."""
        self._store, self._readers, self._policy = store, readers, policy
        self._carrier, self._clock, self._null_sender, self._dice = carrier, clock, null_sender, dice
        self._pulse = Pulse(_IDLE_SECONDS, Event.DELIVERY_FAILED)
        self._claims = Claims(store, clock, outbox.CLAIM, dice)
        self._recovery_due = clock.monotonic() + _RECOVERY_SECONDS
        self._on_more = on_more
        self._ended: _Ended | None = None

    @property
    def is_resting(self) -> bool:
        """Whether it waits to be woken."""
        return self._pulse.is_resting

    def wake(self) -> None:
        """There may be something to send; callable from any thread."""
        self._pulse.wake()

    def stop(self) -> None:
        """End after the mail at hand."""
        self._pulse.stop()

    def run(self) -> None:
        """Work until stopped. Never raises: trouble is logged and met again later."""
        self._pulse.beat(self.step)
        self._carrier.close()

    def step(self) -> bool:
        """Claim a batch and deliver it. False when nothing was due."""
        self._recover()
        rows = self._claims.take(partial(outbox.claim, most=_BATCH))
        if len(rows) == _BATCH:
            self._on_more()
        for position, due in enumerate(rows):
            if self._pulse.is_stopping:
                left = [each.id for each in rows[position:]]
                self._store.write(partial(outbox.release_claims, ids=left))
                break
            self._deliver(due)
        self._confirm()
        return bool(rows)

    def _recover(self) -> None:
        """Now and then, look for attempts whose holder is gone: another node, or we with a database that was away."""
        if self._clock.monotonic() < self._recovery_due:
            return
        self._recovery_due = self._clock.monotonic() + _RECOVERY_SECONDS
        recover(self._store, self._clock.now(), alone=False)

    def _insist(self, unit: Callable[[Connection], Result]) -> Result:
        return insist(self._store, unit, self._pulse)

    def _deliver(self, due: Due) -> None:
        try:
            self._refuse_untrue(due)
            letter = self._letter(due)
            sha256 = due.sha256 or self._store.blobs.put(letter.raw)
            recipient = wire_address(due.recipient)
        except (NotToBeSent, BadDraft) as error:
            is_fault = isinstance(error, BadDraft) or error.fault
            self._end(due, OutboxState.FAILED if is_fault else OutboxState.DROPPED, str(error))
        except BrokenTemplate as error:
            self._end(due, OutboxState.HELD, f"template {due.template}: {error}")
        except NotYet as error:
            until = self._clock.now() + _A_MOMENT
            self._insist(partial(outbox.postpone, outbox_id=due.id, until=until, detail=str(error)))
        except Exception as error:
            self._postpone(due, error)
        else:
            self._attempt(due, letter, sha256, recipient)

    def _letter(self, due: Due) -> Letter:
        """The stored bytes, or those made now because this is the first time."""
        if due.sha256:
            raw = self._store.blobs.get(due.sha256)
            return Letter(raw=raw, subject="", message_id=due.message_id or "", envelope_from=due.envelope_from)
        if due.template == outbox.COLLECTION:
            return self._collection(due)
        if due.ticket_id is None:
            return make_admin_notice(due, self._policy(), self._clock.now())
        with self._store.reading() as connection:
            self._refuse_paused(connection, due)
            about = material(connection, due)
        if about is None:
            raise NotToBeSent("its ticket is gone", fault=False)
        return make(due, about, self._policy(), self._clock.now(), self._contents, null_sender=self._null_sender)

    def _collection(self, due: Due) -> Letter:
        with self._store.reading() as connection:
            notices = collected.notices(connection, due)
        variables = collection_variables(notices, self._policy().desk)
        return make_admin_notice(replace(due, variables=variables), self._policy(), self._clock.now())

    def _refuse_untrue(self, due: Due) -> None:
        """A reminder is looked at again before each attempt: an answer may have come in the same minute."""
        if "timers" not in due.variables:
            return
        with self._store.reading() as connection:
            if not due.to_agent and inbound.has_fresh(connection, self._clock.now()):
                raise NotYet("mail that may answer it waits to be read")
            if not is_still_true(connection, due, self._policy().timing):
                raise NotToBeSent("no longer true", fault=False)

    def _refuse_paused(self, connection: Connection, due: Due) -> None:
        if not due.to_agent and people.is_paused(connection, due.recipient, self._clock.now()):
            raise NotToBeSent("the address is paused after bounces", fault=False)

    def _contents(self, sha256: str) -> Sequence[bytes]:
        if self._store.blobs.is_erased(sha256):
            return ()
        return self._readers.contents(self._store.blobs.get(sha256)).result()

    def _attempt(self, due: Due, letter: Letter, sha256: str, recipient: str) -> None:
        """Commit bytes and attempt, then connect."""
        now = self._clock.now()
        until = now + _SENDING + timedelta(microseconds=self._dice() * 1e6)
        begin = partial(
            _begin,
            due=due,
            sha256=sha256,
            made=Made(subject=letter.subject, message_id=letter.message_id, envelope_from=letter.envelope_from),
            now=now,
            until=until,
            problem=letter.problem,
            admins=self._policy().desk.admins,
        )
        attempt = self._insist(begin)
        self._confirm()
        if attempt is None:
            return
        mail = OutgoingMail(outbox_id=due.id, sender=letter.envelope_from, recipient=recipient, raw=letter.raw)
        self._record(due, attempt, self._carrier.send(mail))

    def _record(self, due: Due, attempt: int, result: SendResult) -> None:
        now, dice = self._clock.now(), self._dice()
        end = partial(_end_attempt, due=due, attempt=attempt, result=result, now=now, dice=dice)
        self._ended = _Ended(due=due, result=result, unit=end, state=self._store.submit(end, patient=False))

    def _confirm(self) -> None:
        """See that the end of the last attempt is committed: the next letter is made meanwhile, and not sent before."""
        if self._ended is None:
            return
        ended, self._ended = self._ended, None
        try:
            state = ended.state.result()
        except Unavailable:  # what a peer has been given cannot be taken back by forgetting it
            state = self._insist(ended.unit)
        log(
            Event.ATTEMPT_ENDED,
            outbox=ended.due.id,
            ticket=ended.due.ticket_id,
            state=state,
            stage=ended.result.stage,
            code=ended.result.code,
            answer=ended.result.text,
        )

    def _end(self, due: Due, state: OutboxState, why: str) -> None:
        self._insist(partial(outbox.end, outbox_id=due.id, state=state, detail=why, now=self._clock.now()))
        log(Event.OUTBOX_REFUSED, level=logging.WARNING, outbox=due.id, state=state, reason=why)

    def _postpone(self, due: Due, error: Exception) -> None:
        log(Event.DELIVERY_FAILED, level=logging.ERROR, exc_info=True, outbox=due.id, error=repr(error))
        until = self._clock.now() + _OWN_TROUBLE
        self._insist(partial(outbox.postpone, outbox_id=due.id, until=until, detail=repr(error)[:500]))


def _begin(
    connection: Connection,
    *,
    due: Due,
    sha256: str,
    made: Made,
    now: datetime,
    until: datetime,
    problem: str,
    admins: Sequence[str],
) -> int | None:
    """Count an attempt, or let go of the bytes that were made for it. `problem`: the admins' template that failed."""
    attempt = outbox.begin_attempt(connection, due, sha256, now, until, None if due.sha256 else made)
    if attempt is None and not due.sha256:
        erasures.let_go(connection, due.id, sha256, now)
    if attempt is not None and problem:
        _tell_of_template(connection, problem, admins, now)
    return attempt


def _tell_of_template(connection: Connection, problem: str, admins: Sequence[str], now: datetime) -> None:
    """The mail goes out all the same, in the packaged words; the admins mend the template."""
    variables = {
        "title": "a template of yours does not work",
        "lines": [problem],
        "remedy": "The packaged template was used instead. Try yours with `postroom template check`.",
    }
    outbox.tell_admins(connection, admins, "template", variables, now)


def _end_attempt(
    connection: Connection, *, due: Due, attempt: int, result: SendResult, now: datetime, dice: float
) -> OutboxState:
    """Note what came of an attempt; the state its row goes to."""
    before = outbox.uncertain_attempts(connection, due.id) if result.state is SendState.UNCERTAIN else 0
    state, again = outcome(due.kind, due.attempts + 1, result, due.created_at, now, dice=dice, uncertain_before=before)
    outbox.end_attempt(connection, due.id, attempt, result, now, state=state, next_attempt_at=again)
    if state is OutboxState.SENT:
        people.note_delivery(connection, due.recipient)
    return state


def outcome(
    kind: MailClass,
    attempts: int,
    result: SendResult,
    created_at: datetime,
    now: datetime,
    *,
    dice: float,
    uncertain_before: int,
) -> tuple[OutboxState, datetime | None]:
    """The state a row goes to after attempt number `attempts`, and when it is tried again."""
    verdict = next_attempt(
        kind,
        attempts,
        result,
        created_at=created_at,
        now=now,
        rng_fraction=dice,
        uncertain_before=uncertain_before,
    )
    if isinstance(verdict, Done):
        return OutboxState.SENT, None
    if isinstance(verdict, GiveUp):
        return OutboxState(verdict.state.value), None
    return OutboxState.DEFERRED, verdict.at


def recover(store: Store, now: datetime, *, alone: bool) -> int:
    """Settle attempts that were cut off. Their mail may have gone out, so they are uncertain.

    `alone`: no other process works on this database, so that every claim found is a dead one's.
    """
    return store.write(partial(recovery, now=now, alone=alone))


def recovery(connection: Connection, *, now: datetime, alone: bool) -> int:
    """The same as a unit of work."""
    lost = SendResult(state=SendState.UNCERTAIN, stage="crash", text="the daemon stopped during this attempt")
    rows = outbox.unfinished(connection, now, all_claims=alone)
    for row in rows:
        before = outbox.uncertain_attempts(connection, row.outbox_id)
        state, again = outcome(row.kind, row.attempts, lost, row.created_at, now, dice=0.0, uncertain_before=before)
        outbox.end_attempt(
            connection, row.outbox_id, row.attempt_id, lost, now, state=state, next_attempt_at=again and now
        )
    if alone:
        outbox.release_claims(connection)
    return len(rows)
