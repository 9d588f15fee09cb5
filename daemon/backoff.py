"""When an outgoing mail is tried again, and when no more: a pure schedule over what the last attempt brought.

One place for delivery's patience; how a transport waits between connections is its own affair.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from daemon.ports import SendResult, SendState
from rules.actions import MailClass

_MINUTES = (1, 2, 4, 8, 15, 30, 60)  # then every hour: greylisting ends within minutes, an outage within days
_JITTER = 0.2  # up to a fifth later, so that a thousand deferred mails do not come back in one second
_UNCERTAIN_WAIT = timedelta(minutes=15)  # each further try may be a second copy: leave the peer time to recover
_UNCERTAIN_TRIES = 3


_PATIENCE = {
    MailClass.HUMAN: timedelta(days=3),
    MailClass.ACKNOWLEDGEMENT: timedelta(days=1),
    MailClass.NOTICE: timedelta(days=1),
    MailClass.REMINDER: timedelta(hours=4),
    MailClass.SURVEY: timedelta(hours=4),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """Try the same bytes again at `at`, aware UTC."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp:
    """No further attempt. The row ends in `state`, FAILED or UNCERTAIN; `reason` is a sentence for an agent."""

    state: SendState
    reason: str


@dataclass(frozen=True, slots=True)
class Done:
    """The peer has taken the mail."""


def next_attempt(
    kind: MailClass,
    attempts: int,
    result: SendResult,
    *,
    created_at: datetime,
    now: datetime,
    rng_fraction: float,
    uncertain_before: int = 0,
) -> Retry | GiveUp | Done:
    """What to do after attempt number `attempts` (from 1), which ended in `result`.

    `rng_fraction`, from 0 to 1, spreads the retries. `uncertain_before` counts earlier attempts that ended uncertain:
    after three in all a person decides, since each may already have arrived. The last retry falls on the end of the
    patience, not after it, so that a mail is given up in time and never without a late try.
    """
    if result.state is SendState.SENT:
        return Done()
    if result.state is SendState.FAILED:
        return GiveUp(state=SendState.FAILED, reason=f"refused: {_words(result)}")
    if result.state is SendState.UNCERTAIN and not _may_repeat(kind, uncertain_before):
        return GiveUp(state=SendState.UNCERTAIN, reason="the connection was lost after the mail had been handed over")
    deadline = created_at + _PATIENCE[kind]
    if now >= deadline:
        return _expired(kind, result)
    return Retry(at=min(now + _wait(attempts, result, rng_fraction), deadline))


def _expired(kind: MailClass, result: SendResult) -> GiveUp:
    state = SendState.UNCERTAIN if result.state is SendState.UNCERTAIN else SendState.FAILED
    hours = _PATIENCE[kind] // timedelta(hours=1)
    return GiveUp(state=state, reason=f"given up after {hours} hours: {_words(result)}")


def _may_repeat(kind: MailClass, uncertain_before: int) -> bool:
    """A person's mail at least once, an automatic one at most once."""
    return kind is MailClass.HUMAN and uncertain_before + 1 < _UNCERTAIN_TRIES


def _wait(attempts: int, result: SendResult, rng_fraction: float) -> timedelta:
    step = timedelta(minutes=_MINUTES[min(max(attempts, 1), len(_MINUTES)) - 1])
    if result.state is SendState.UNCERTAIN:
        step = max(step, _UNCERTAIN_WAIT)
    return step * (1 + _JITTER * rng_fraction)


def _words(result: SendResult) -> str:
    stage = f"(at {result.stage})" if result.stage else ""
    return " ".join(filter(None, (str(result.code or ""), result.status, result.text, stage)))
