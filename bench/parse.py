#!/usr/bin/env python3
"""Time the full parse of mails against the bare standard-library parse-and-decode of the same mails, in the same run.

usage: parse.py [--rounds N] [FOLDER]

The mails are the *.eml files below the folder (default: tests/mail). Bare means: message_from_bytes, every header as
text, every part decoded to text or bytes; once with `policy.default`, once with `compat32`. All are measured in turn,
round by round, in CPU seconds of this process; the best round counts. Guessing the language is measured apart, on the
same replies. Prints one JSON object, times in milliseconds a mail.
"""

import argparse
import email
import email.policy
import json
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from email.header import decode_header
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from parsers import parse
from parsers.languages import guess_language

GOLDEN = Path(__file__).resolve().parent.parent / "tests" / "mail"


def parse_by_default_policy(raw: bytes) -> object:
    """What a program gets from the modern API: structured headers, parts with their content."""
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    headers = [(name, str(value)) for name, value in mail.items()]
    parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
    return headers, parts


def parse_by_compat32(raw: bytes) -> object:
    """What a program gets from the old API, with headers decoded by `decode_header`."""
    mail = email.message_from_bytes(raw, policy=email.policy.compat32)
    headers = [(name, decode_header(value)) for name, value in mail.items()]
    parts = []
    for part in mail.walk():
        if not part.is_multipart():
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            is_text = part.get_content_maintype() == "text"
            parts.append(payload.decode(part.get_content_charset("utf-8"), "replace") if is_text else payload)
    return headers, parts


def seconds(run: Callable[[bytes], object], raws: Sequence[bytes]) -> list[float]:
    """CPU seconds for each mail, in order."""
    taken = []
    for raw in raws:
        started = time.process_time_ns()
        run(raw)
        taken.append((time.process_time_ns() - started) / 1e9)
    return taken


def readable(raws: Sequence[bytes]) -> list[bytes]:
    """The mails that the standard library can read in both ways: where it raises there is nothing to compare."""
    return [raw for raw in raws if not any(raises(run, raw) for run in (parse_by_default_policy, parse_by_compat32))]


def raises(run: Callable[[bytes], object], raw: bytes) -> bool:
    try:
        run(raw)
    except Exception:  # whatever it is: unknown charsets, recursion, its own bugs
        return True
    return False


def milliseconds(rounds: Sequence[Sequence[float]]) -> dict[str, float]:
    """Mean of the best round, and median and worst of the best times of each mail."""
    best = [min(times) for times in zip(*rounds, strict=True)]
    return {
        "mean_ms": round(min(map(statistics.fmean, rounds)) * 1000, 3),
        "median_ms": round(statistics.median(best) * 1000, 3),
        "worst_ms": round(max(best) * 1000, 3),
    }


def compare(raws: Sequence[bytes], rounds: int) -> dict[str, object]:
    replies = {raw: mail.reply or mail.text for raw in raws for mail in [parse(raw)]}
    runs: dict[str, Callable[[bytes], object]] = {
        "postroom_parse": parse,
        "stdlib_policy_default": parse_by_default_policy,
        "stdlib_compat32": parse_by_compat32,
        "language_detection_alone": lambda raw: guess_language(replies[raw], ""),
    }
    taken: dict[str, list[list[float]]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            taken[name].append(seconds(run, raws))
    report: dict[str, object] = {name: milliseconds(times) for name, times in taken.items()}
    means = {name: min(map(statistics.fmean, times)) for name, times in taken.items()}
    without_language = means["postroom_parse"] - means["language_detection_alone"]
    report["postroom_without_language_mean_ms"] = round(without_language * 1000, 3)
    report["ratio_to_policy_default"] = round(without_language / means["stdlib_policy_default"], 3)
    report["ratio_to_compat32"] = round(without_language / means["stdlib_compat32"], 3)
    return report


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", nargs="?", type=Path, default=GOLDEN)
    options.add_argument("--rounds", type=int, default=5)
    given = options.parse_args()
    warnings.simplefilter("ignore")
    raws = [path.read_bytes() for path in sorted(given.folder.rglob("*.eml"))]
    if not raws:
        options.error(f"no *.eml below {given.folder}")
    read = readable(raws)
    sizes = sorted(map(len, read))
    report: dict[str, object] = {
        "mails": len(read),
        "mails_the_standard_library_cannot_read": len(raws) - len(read),
        "median_bytes": statistics.median(sizes),
        "largest_bytes": sizes[-1],
    }
    print(json.dumps(report | compare(read, given.rounds), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
