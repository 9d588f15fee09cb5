"""Whether what `explain` says of a mail is what happens to it: generated mails through random sets of rules.

usage: agree.py [--count MAILS=10000] [--seed N=0]      prints one JSON object; a difference makes the exit code 1
"""

import argparse
import json
import random
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "fakes")]

from agreement import make_desk, run

from bench.real_store import fresh_store
from daemon.clock import FakeClock
from daemon.store.rule_figures import figures

START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
MAILS_A_DESK = 100


def one_desk(seed: int, mails: int) -> tuple[list[str], int]:
    """The differences, and how often rules acted."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clock, dice = FakeClock(START), random.Random(seed)
        store = fresh_store(folder, clock)
        found = run(make_desk(store, clock, folder, dice, rules=60), dice, mails)
        with store.reading() as connection:
            acted = sum(each.hits for each in figures(connection, START).values())
        store.close()
    return found, acted


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    begun, mails, acted, wrong = time.perf_counter(), 0, 0, list[str]()
    for desk in range(-(-options.count // MAILS_A_DESK)):
        found, hits = one_desk(options.seed + desk, MAILS_A_DESK)
        mails, acted = mails + MAILS_A_DESK, acted + hits
        wrong += [f"seed {options.seed + desk}: {each}"[:2000] for each in found]
    seconds = round(time.perf_counter() - begun, 1)
    print(json.dumps({"mails": mails, "rules acted": acted, "differences": wrong, "seconds": seconds}, indent=2))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
