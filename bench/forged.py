"""A wave of mails in the names of people who never wrote, through the whole desk: python -m bench.forged [COUNT]

Real store, intake, rules, ticker and delivery, a fake clock. Two waves of two hours, twelve hours apart; each name is
forged twice in either, so that what holds one address to one acknowledgement a day is put to the test as well as the
breaker. What strangers are sent is counted.
"""

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "fakes")]

from desks import InlineReaders

import parsers
from bench.real_store import fresh_store
from daemon.clock import FakeClock
from daemon.config import AcknowledgementSection, parse
from daemon.policy import Policy, load_policy
from daemon.ports import OutgoingMail, RawMail, SendResult, SendState
from daemon.store.store import Store
from daemon.workers.delivery import Delivery
from daemon.workers.intake import Intake
from daemon.workers.ticking import Ticking
from rules.timing import Digests, Timing

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DESK, ADMIN, SERVER = "support@desk.example", "root@desk.example", "mx.desk.example"
MAILS_A_NAME, WAVES, WAVE, APART = 4, 2, timedelta(hours=2), timedelta(hours=12)
DAY, TICK = timedelta(days=1), timedelta(minutes=1)
USUAL_COUNT = 10_000
PIECE = 8
LURE = "FREE DISCORD NITRO, claim it at http://evil.test/now before midnight"
# What a desk's own server may have found out about them: nothing, no policy, a failure; what lies below is forged.
FOUND = ("", "dmarc=none; spf=none; dkim=none", "dmarc=fail", "spf=softfail; dkim=none", "spf=fail", "dmarc=temperror")
LIES = f"Received: from a by b; Mon, 23 Nov 2026 08:59:00 +0000\r\nAuthentication-Results: {SERVER}; dmarc=pass"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a wave. `most_a_day`: to one address on one calendar day; `worst_window`: in ten minutes, to all."""

    mails: int
    tickets: int
    acknowledged: int
    most_a_day: int
    worst_window: int
    told: tuple[str, ...]
    spoken: tuple[str, ...]


class _Sent:
    """Takes every mail and keeps it with its moment."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.mails: list[tuple[datetime, OutgoingMail]] = []

    def send(self, mail: OutgoingMail) -> SendResult:
        self.mails.append((self._clock.now(), mail))
        return SendResult(state=SendState.SENT, code=250)

    def close(self) -> None:
        pass


def policy(*, is_checked: bool) -> Policy:
    """The packaged rules; `is_checked`: the desk trusts its mail server's findings."""
    trusts = f'authserv_ids = ["{SERVER}"]\n' if is_checked else ""
    box = f'[[mailbox]]\nname = "support"\naddress = "{DESK}"\n'
    loaded = load_policy(parse(f'[desk]\nadmins = ["{ADMIN}"]\n{trusts}{box}', "forged"), (bytes(range(32)),))
    timing = Timing(digests=Digests(daily=False, weekly=False))  # agents' notices and reminders are not what is counted
    return replace(loaded, desk=replace(loaded.desk, agents=(), teams=()), timing=timing)


def forged(number: int, victim: str, now: datetime, *, is_checked: bool) -> bytes:
    """One such mail, the lure wherever a sender may write."""
    found = FOUND[number % len(FOUND)]
    result = f"Authentication-Results: {SERVER}; {found}\r\n" if is_checked and found else ""
    lies = f"{LIES} header.from={victim.partition('@')[2]}\r\n" if is_checked and found else ""
    identity = f"FREE.DISCORD.NITRO.{number}@claim.it.at.evil.test"
    return (
        f'{result}{lies}From: "{LURE}" <{victim}>\r\nTo: "{LURE}" <{DESK}>\r\nSubject: {LURE}\r\n'
        f"Message-ID: <{identity}>\r\nReferences: <{identity}.before>\r\nIn-Reply-To: <{identity}.before>\r\n"
        f"Date: {now:%a, %d %b %Y %H:%M:%S} +0000\r\nThread-Topic: {LURE}\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{LURE}\r\n{number}\r\n"
    ).encode()


def flood(store: Store, clock: FakeClock, count: int, *, is_checked: bool, breaker_limit: int) -> Outcome:
    """Send that many through a desk in hand and count what comes back to those named."""
    desk, sent = policy(is_checked=is_checked), _Sent(clock)
    readers = InlineReaders()
    intake = Intake(store, readers, lambda: desk, clock, breaker_limit=breaker_limit)  # type: ignore[arg-type]
    delivery = Delivery(store, readers, lambda: desk, sent, clock, dice=lambda: 0.0)  # type: ignore[arg-type]
    ticking = Ticking(store, lambda: desk, clock, breaker_limit=breaker_limit)
    names = -(-count // MAILS_A_NAME)
    began = looked = clock.now()
    for number in range(count):
        clock.advance(began + _since_begin(number, count) - clock.now())
        victim = f"victim{number % names}@elsewhere{number % names % 97}.example"
        raw = forged(number, victim, clock.now(), is_checked=is_checked)
        store.accept(RawMail(raw=raw, source="smtp", sender=victim, recipients=(DESK,)))
        _work(intake, delivery)
        if clock.now() - looked >= TICK:
            looked = clock.now()
            ticking.tick()
    _work(intake, delivery)
    return _outcome(store, count, sent.mails)


def _since_begin(number: int, count: int) -> timedelta:
    """When a mail comes."""
    wave, place = divmod(number * WAVES, count)
    return wave * APART + WAVE * place / count


def _work(intake: Intake, delivery: Delivery) -> None:
    while intake.step():
        pass
    while delivery.step():
        pass


def _outcome(store: Store, count: int, mails: Sequence[tuple[datetime, OutgoingMail]]) -> Outcome:
    theirs = [(at, mail) for at, mail in mails if mail.recipient != ADMIN]
    moments = [at for at, _ in theirs]
    with store.reading() as connection:
        tickets = int(connection.exec_driver_sql("SELECT count(*) FROM tickets").scalar_one())
    return Outcome(
        mails=count,
        tickets=tickets,
        acknowledged=len(theirs),
        most_a_day=_most_within_a_day(theirs),
        worst_window=max((_within(moments, place, timedelta(minutes=10)) for place in range(len(moments))), default=0),
        told=tuple(parsers.parse(mail.raw).subject for _, mail in mails if mail.recipient == ADMIN),
        spoken=tuple(dict.fromkeys(piece for _, mail in theirs for piece in spoken(mail.raw))),
    )


def _within(moments: Sequence[datetime], first: int, window: timedelta) -> int:
    """How many from this one on lie within that time."""
    last = first
    while last < len(moments) and moments[last] - moments[first] < window:
        last += 1
    return last - first


def _most_within_a_day(mails: Sequence[tuple[datetime, OutgoingMail]]) -> int:
    """The most that one address was sent in any 24 hours."""
    by_address: dict[str, list[datetime]] = {}
    for at, mail in mails:
        by_address.setdefault(mail.recipient, []).append(at)
    return max((_within(ats, place, DAY) for ats in by_address.values() for place in range(len(ats))), default=0)


def spoken(raw: bytes) -> list[str]:
    """Which pieces of the lure a mail holds, in its bytes or in what a reader sees."""
    read = parsers.parse(raw)
    said = "\n".join((raw.decode("utf-8", "replace"), read.subject, read.text, read.html)).casefold()
    lures = (LURE.casefold(), "free.discord.nitro.", "claim.it.at.evil.test")
    pieces = {lure[at : at + PIECE] for lure in lures for at in range(len(lure) - PIECE + 1)}
    return sorted(piece for piece in pieces if piece in said)


def run(count: int, *, is_checked: bool, breaker_limit: int) -> Outcome:
    """One wave on a fresh desk; prints its figures."""
    clock, started = FakeClock(START), time.process_time()
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None  # what is measured is not the disk
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        store = fresh_store(Path(folder), clock)
        outcome = flood(store, clock, count, is_checked=is_checked, breaker_limit=breaker_limit)
        store.close()
    title = "an authserv-id configured" if is_checked else f"none configured, breaker at {breaker_limit} in 10 minutes"
    print(f"{title}: {outcome.mails} forged mails, {outcome.tickets} tickets, {outcome.acknowledged} acknowledgements")
    print(
        f"  most to one address in 24 hours {outcome.most_a_day}, most in 10 minutes {outcome.worst_window}, "
        f"pieces of the sender's words {len(outcome.spoken)}; {time.process_time() - started:.0f} s of CPU"
    )
    print(f"  admins were told: {dict(Counter(outcome.told)) or 'nothing'}")
    return outcome


def main() -> None:
    """Run both desks; fail when one of them is a weapon."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else USUAL_COUNT
    limit = AcknowledgementSection().most_in_10_minutes * count // USUAL_COUNT
    checked = run(count, is_checked=True, breaker_limit=limit)
    unchecked = run(count, is_checked=False, breaker_limit=limit)
    is_opened = any("no more acknowledgements" in each for each in unchecked.told)
    if checked.acknowledged or unchecked.most_a_day > 1 or unchecked.worst_window > limit or not is_opened:
        sys.exit(1)
    if checked.spoken or unchecked.spoken or {checked.tickets, unchecked.tickets} != {count}:
        sys.exit(1)


if __name__ == "__main__":
    main()
