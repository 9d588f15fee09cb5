"""How fast a rehearsal is: stored mails of a made-up desk decided again under two sets of rules.

usage: rehearse.py [MAILS=10000]      prints one JSON object; under the floor the exit code is 1
"""

import json
import random
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench"), str(ROOT / "tests" / "fakes")]

from desks import CONFIG, DESK, KEY, DeskInHand

from bench.real_store import fresh_store
from daemon.clock import FakeClock
from daemon.config import parse
from daemon.policy import Policy, load_policy
from daemon.store.store import Store
from daemon.workers.readers import ReaderLimits, ReaderPool
from daemon.workers.rehearsing import rehearse

FLOOR = 200.0
START = datetime(2026, 10, 1, 8, tzinfo=UTC)
WORDS = ("printer", "invoice", "outage", "refund", "password", "vpn", "order", "screen", "mouse", "delivery")
PEOPLE = '[[team]]\nname = "support"\n' + "".join(
    f'[[agent]]\nname = "a{n}"\naddresses = ["a{n}@desk.example"]\nteams = ["support"]\n' for n in range(10)
)


def rules(priority: str) -> str:
    """A hundred keyword rules and one that assigns."""
    keyed = "".join(
        f'[[rule]]\nname = "k{n}"\nwhen = {{ subject_or_text.contains_any = ["{WORDS[n % 10]} {n // 10}"] }}\n'
        f'then = {{ tags = ["t{n}"], priority = "{priority if n == 99 else "P3"}" }}\n'
        for n in range(100)
    )
    return keyed + '[[rule]]\nname = "give"\nthen = { assign = { strategy = "least-loaded" } }\n'


def policy(folder: Path, priority: str) -> Policy:
    folder.mkdir()
    (folder / "people.toml").write_text(PEOPLE, encoding="utf-8")
    (folder / "triage.toml").write_text(rules(priority), encoding="utf-8")
    return load_policy(parse(CONFIG.replace("[desk]", f'[desk]\nrules_dir = "{folder}"'), "bench"), (KEY,))


def mail(number: int, dice: random.Random, at: datetime) -> bytes:
    """Every third mail answers an earlier one of the same customer."""
    customer = number % 400
    answered = f"In-Reply-To: <{number - 400}@c.example>\r\n" if number >= 400 and number % 3 == 0 else ""
    text = "\r\n".join(
        " ".join(f"{dice.choice(WORDS)} {dice.randrange(400)}" for _ in range(6)) for _ in range(dice.randrange(3, 30))
    )
    return (
        f"From: Customer <c{customer}@c{customer}.example>\r\nTo: {DESK}\r\nSubject: {dice.choice(WORDS)}\r\n"
        f"Message-ID: <{number}@c.example>\r\nDate: {at:%a, %d %b %Y %H:%M:%S} +0000\r\n{answered}"
        f"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    ).encode()


def fill(store: Store, clock: FakeClock, before: Policy, count: int) -> None:
    desk, dice = DeskInHand(store, clock, before), random.Random(5)
    for number in range(count):
        clock.advance(timedelta(minutes=3))
        customer = number % 400
        desk.take(mail(number, dice, clock.now()), f"c{customer}@c{customer}.example")
        desk.decide()


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clock = FakeClock(START)
        store = fresh_store(folder, clock)
        before = policy(folder / "before", "P2")
        after = replace(policy(folder / "after", "P4"), hash="after")
        fill(store, clock, before, count)
        readers = ReaderPool(2, ReaderLimits())
        begun, used = time.perf_counter(), time.process_time()
        result = rehearse(store, readers, START, before, after)
        seconds, used = time.perf_counter() - begun, time.process_time() - used
        readers.close()
        store.close()
    rate = round(result.mails / seconds, 1)
    figures = {"mails": result.mails, "changed": result.changed, "seconds": round(seconds, 2), "mails a second": rate}
    figures |= {"processor ms a mail, without reading": round(used / result.mails * 1000, 2)}
    print(json.dumps(figures | {"floor": FLOOR}, indent=2))
    sys.exit(rate < FLOOR or result.mails != count)


if __name__ == "__main__":
    main()
