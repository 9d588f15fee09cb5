"""When mail is tried again, by what it is and what became of the last attempt."""

from datetime import UTC, datetime, timedelta

import pytest

from daemon.backoff import Done, GiveUp, Retry, next_attempt
from daemon.ports import SendResult, SendState
from rules.actions import MailClass

MADE = datetime(2026, 1, 1, tzinfo=UTC)
SENT = SendResult(state=SendState.SENT, code=250)
DEFERRED = SendResult(state=SendState.DEFERRED, stage="rcpt", code=450, status="4.7.1", text="Greylisted")
FAILED = SendResult(state=SendState.FAILED, stage="rcpt", code=550, status="5.1.1", text="No such user")
UNCERTAIN = SendResult(state=SendState.UNCERTAIN, stage="dot")
AUTOMATIC = [kind for kind in MailClass if kind is not MailClass.HUMAN]


def decide(
    result: SendResult,
    *,
    kind: MailClass = MailClass.HUMAN,
    attempts: int = 1,
    age: timedelta = timedelta(),
    fraction: float = 0.0,
    uncertain_before: int = 0,
) -> Retry | GiveUp | Done:
    return next_attempt(
        kind,
        attempts,
        result,
        created_at=MADE,
        now=MADE + age,
        rng_fraction=fraction,
        uncertain_before=uncertain_before,
    )


@pytest.mark.parametrize("kind", MailClass)
def test_a_sent_mail_is_done_however_old(kind: MailClass) -> None:
    assert decide(SENT, kind=kind, age=timedelta(days=30)) == Done()


@pytest.mark.parametrize("kind", MailClass)
def test_a_refused_mail_is_given_up_at_once_with_the_peers_words(kind: MailClass) -> None:
    assert decide(FAILED, kind=kind) == GiveUp(
        state=SendState.FAILED, reason="refused: 550 5.1.1 No such user (at rcpt)"
    )


@pytest.mark.parametrize(
    ("attempts", "minutes"),
    [(0, 1), (1, 1), (2, 2), (3, 4), (4, 8), (5, 15), (6, 30), (7, 60), (8, 60), (80, 60)],
)
def test_each_deferral_waits_longer_up_to_an_hour(attempts: int, minutes: int) -> None:
    assert decide(DEFERRED, attempts=attempts) == Retry(at=MADE + timedelta(minutes=minutes))


@pytest.mark.parametrize(("fraction", "seconds"), [(0.0, 600 * 1.5), (0.5, 990), (1.0, 1080)])
def test_jitter_delays_by_up_to_a_fifth(fraction: float, seconds: float) -> None:
    assert decide(DEFERRED, attempts=5, fraction=fraction) == Retry(at=MADE + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("kind", "hours"),
    [
        (MailClass.HUMAN, 72),
        (MailClass.ACKNOWLEDGEMENT, 24),
        (MailClass.NOTICE, 24),
        (MailClass.REMINDER, 4),
        (MailClass.SURVEY, 4),
    ],
)
def test_patience_depends_on_what_the_mail_is(kind: MailClass, hours: int) -> None:
    just_before = decide(DEFERRED, kind=kind, attempts=9, age=timedelta(hours=hours, minutes=-1))
    assert just_before == Retry(at=MADE + timedelta(hours=hours))
    assert decide(DEFERRED, kind=kind, attempts=9, age=timedelta(hours=hours)) == GiveUp(
        state=SendState.FAILED, reason=f"given up after {hours} hours: 450 4.7.1 Greylisted (at rcpt)"
    )


@pytest.mark.parametrize("kind", AUTOMATIC)
def test_automatic_mail_is_never_sent_twice_on_a_doubt(kind: MailClass) -> None:
    decision = decide(UNCERTAIN, kind=kind)
    assert isinstance(decision, GiveUp)
    assert decision.state is SendState.UNCERTAIN


def test_a_persons_mail_is_sent_again_on_a_doubt_but_not_soon() -> None:
    assert decide(UNCERTAIN) == Retry(at=MADE + timedelta(minutes=15))


@pytest.mark.parametrize(("uncertain_before", "is_retried"), [(0, True), (1, True), (2, False), (9, False)])
def test_a_server_that_always_swallows_its_answer_gets_three_copies_at_most(
    uncertain_before: int, is_retried: bool
) -> None:
    assert isinstance(decide(UNCERTAIN, attempts=9, uncertain_before=uncertain_before), Retry) is is_retried


def test_a_doubt_at_the_end_of_patience_stays_a_doubt() -> None:
    decision = decide(UNCERTAIN, age=timedelta(days=3))
    assert isinstance(decision, GiveUp)
    assert decision.state is SendState.UNCERTAIN


def test_three_days_of_greylisting_are_a_bounded_number_of_attempts() -> None:
    attempts, age = 1, timedelta()
    while isinstance(decision := decide(DEFERRED, attempts=attempts, age=age), Retry):
        attempts, age = attempts + 1, decision.at - MADE
    assert (attempts, age) == (78, timedelta(days=3))
