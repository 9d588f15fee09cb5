#!/usr/bin/env python3
"""Parse mutants of mails in limited worker processes; print exceptions, hangs and the worst time as one JSON object.

usage: fuzz_parse.py N [DIR ...] [--seed SEED] [--workers W] [--keep DIR]

The seeds are the *.eml files below the folders, or a few built-in mails. Every mutant is made from its own number, so
a finding can be made again with the same seed. A worker has 5 CPU seconds and 256 MiB of its own for one mail; one
that is killed counts as a hang or as out of memory, and a new one goes on behind that mail. Exit code 1 if anything
was found.
"""

import argparse
import json
import random
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from parsers import contents, parse

SECONDS_A_MAIL = 5
MIB = 1024 * 1024
MEMORY_BYTES = 256 * MIB
LARGEST_SEED_BYTES = 512 * 1024

BUILT_IN = [
    b'From: Ann <ann@b.example>\nTo: us@us.example, "B, C" <c@d.example>\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n'
    b"Date: Sun, 22 Nov 2026 13:00:00 +0100\nMessage-ID: <1@b.example>\nReferences: <0@us.example>\n"
    b'Content-Type: multipart/mixed; boundary="=_B"\n\n--=_B\nContent-Type: multipart/alternative; boundary=C\n\n'
    b"--C\nContent-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: base64\n\n8NLJ18XU\n"
    b"--C\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
    b"<p>Gr=C3=BC=C3=9Fe<blockquote>x</blockquote>\n--C--\n--=_B\n"
    b"Content-Type: application/pdf; name*0*=utf-8''a%e4; name*1=.pdf\nContent-Disposition: attachment\n"
    b"Content-Transfer-Encoding: base64\n\nJVBERi0xLjc=\n--=_B\nContent-Type: message/rfc822\n\n"
    b"From: d@e.example\nSubject: inner\n\ninner\n--=_B\nContent-Type: text/calendar; method=REQUEST\n\n"
    b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nDTSTART:20261122T090000Z\nEND:VEVENT\nEND:VCALENDAR\n--=_B--\n",
    b"Return-Path: <>\nFrom: MAILER-DAEMON@b.example\nContent-Type: multipart/report; report-type=delivery-status;\n"
    b" boundary=R\n\n--R\n\nYour mail could not be delivered.\n--R\nContent-Type: message/delivery-status\n\n"
    b"Reporting-MTA: dns; b.example\n\nFinal-Recipient: rfc822; x@y.example\nAction: failed\nStatus: 5.1.1\n\n--R\n"
    b"Content-Type: message/rfc822\n\nMessage-ID: <2@us.example>\nSubject: x\n\nx\n--R--\n",
]
TOKENS = [
    b"\n", b"\r\n", b"\r", b"\0", b"\n\n", b"--", b"--=_B", b'"', b"(", b"<", b">", b";", b":", b",", b"=",
    b"=?utf-8?b?", b"?=", b"%e4", b"\xff", b"\x1b$B", b"charset=", b"utf-7", b"utf-16", b"boundary=", b"Content-Type: ",
    b"From: a@b\n", b"message/rfc822", b"multipart/mixed", b"base64", b"<div>", b"> ",
    b"On x wrote:\n", b"\xe2\x80\xae",
]  # fmt: skip


def mutant(seeds: Sequence[bytes], seed: int, number: int) -> bytes:
    """The mutant of that number: a seed with one to twelve cuts, repeats, swaps, flips and foreign tokens."""
    chance = random.Random(f"{seed}/{number}")
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, 12)):
        mutate(data, chance, seeds)
    return bytes(data)


def mutate(data: bytearray, chance: random.Random, seeds: Sequence[bytes]) -> None:
    at = chance.randrange(len(data) + 1)
    end = min(len(data), at + int(chance.expovariate(1 / 20)) + 1)
    match chance.randrange(7):
        case 0:
            del data[at:end]
        case 1:
            data[at:at] = chance.choice(TOKENS)
        case 2:
            data[at:end] = bytes(data[at:end]) * chance.choice([2, 3, 50, 1000])
        case 3:
            data[at:end] = chance.randbytes(end - at)
        case 4:
            data[at:at] = chance.choice(TOKENS) * chance.choice([2, 10, 2000])
        case 5:
            other = chance.choice(seeds)
            start = chance.randrange(len(other) + 1)
            data[at:at] = other[start : start + chance.randint(1, 400)]
        case _:
            del data[at:]


def unsound(raw: bytes) -> str:
    """What is wrong with the result of parsing these bytes, or ""."""
    mail = parse(raw)
    texts = [mail.subject, mail.message_id, *(value for _, value in mail.headers)]
    texts += [file.name for file in mail.attachments]
    if any(character in text for text in texts for character in "\r\n\0"):
        return "a single-line field has several lines"
    "".join((*texts, mail.text, mail.html, mail.reply, mail.signature, mail.quoted)).encode("utf-8")
    if sorted(len(content) for content in contents(raw)) != sorted(file.size for file in mail.attachments):
        return "contents do not match the attachments"
    return ""


def worker(pipe: Connection, seeds: Sequence[bytes], seed: int) -> None:
    """Parse the mutants whose numbers come through the pipe; tell the time and what went wrong."""
    parse(BUILT_IN[0])
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    address_space = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (address_space + MEMORY_BYTES, address_space + MEMORY_BYTES))
    while (number := pipe.recv()) is not None:
        signal.setitimer(signal.ITIMER_PROF, SECONDS_A_MAIL + 1)
        raw = mutant(seeds, seed, number)
        started = time.process_time()
        try:
            found = unsound(raw)
        except MemoryError:
            found = "out of memory"
        except Exception as error:  # a finding, whatever it is
            found = f"{type(error).__name__}: {error}"[:200]
        seconds = time.process_time() - started
        signal.setitimer(signal.ITIMER_PROF, 0)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - used
        pipe.send((seconds, found, peak))


class Runner:
    """One worker process and the pipe to it; it is replaced when a mail killed it."""

    def __init__(self, seeds: Sequence[bytes], seed: int) -> None:
        self._seeds, self._seed = seeds, seed
        self._start()

    def _start(self) -> None:
        context = get_context("fork")
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(target=worker, args=(theirs, self._seeds, self._seed), daemon=True)
        self._process.start()
        theirs.close()

    def run(self, number: int) -> tuple[float, str, int]:
        self.pipe.send(number)
        try:
            answer: tuple[float, str, int] = self.pipe.recv()
        except EOFError:
            self._process.join()
            killed_by = self._process.exitcode
            self._start()
            return SECONDS_A_MAIL + 1.0, f"killed: exit code {killed_by}", 0
        return answer

    def stop(self) -> None:
        self.pipe.send(None)
        self._process.join()


def read_seeds(folders: Sequence[str]) -> list[bytes]:
    files = sorted(path for folder in folders for path in Path(folder).rglob("*.eml"))
    raws = [path.read_bytes()[:LARGEST_SEED_BYTES] for path in files]
    return raws or BUILT_IN


def results(numbers: range, seeds: Sequence[bytes], seed: int) -> Iterator[tuple[int, float, str, int]]:
    runner = Runner(seeds, seed)
    for number in numbers:
        yield (number, *runner.run(number))
    runner.stop()


def share(pipe: Connection, numbers: range, seeds: Sequence[bytes], seed: int) -> None:
    """One supervisor: its part of the mutants, summed up."""
    findings: Counter[str] = Counter()
    examples: dict[str, int] = {}
    worst, worst_number, total, peak = 0.0, -1, 0.0, 0
    for number, seconds, found, memory in results(numbers, seeds, seed):
        total, peak = total + seconds, max(peak, memory)
        if seconds > worst:
            worst, worst_number = seconds, number
        if found:
            findings[found] += 1
            examples.setdefault(found, number)
    pipe.send((findings, examples, worst, worst_number, total, peak))


def run(count: int, seeds: Sequence[bytes], seed: int, workers: int) -> dict[str, object]:
    context = get_context("fork")
    pipes = []
    for first in range(workers):
        ours, theirs = context.Pipe()
        context.Process(target=share, args=(theirs, range(first, count, workers), seeds, seed)).start()
        pipes.append(ours)
    answers = [pipe.recv() for pipe in pipes]
    findings: Counter[str] = sum((answer[0] for answer in answers), Counter())
    examples = {found: number for answer in answers for found, number in answer[1].items()}
    worst = max(answers, key=lambda answer: answer[2])
    return {
        "mutants": count,
        "seeds": len(seeds),
        "seed": seed,
        "findings": dict(findings),
        "examples": examples,
        "worst_seconds": round(worst[2], 3),
        "worst_number": worst[3],
        "mean_ms": round(sum(answer[4] for answer in answers) / count * 1000, 3),
        "peak_mib": round(max(answer[5] for answer in answers) / MIB, 1),
    }


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("count", type=int)
    options.add_argument("folders", nargs="*")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--keep", help="write the mutants of findings and the slowest one here")
    given = options.parse_args()
    seeds = read_seeds(given.folders)
    report = run(given.count, seeds, given.seed, given.workers)
    if given.keep:
        keep(Path(given.keep), report, seeds)
    print(json.dumps(report))
    return 1 if report["findings"] else 0


def keep(folder: Path, report: dict[str, object], seeds: Sequence[bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    examples = report["examples"]
    numbers = [*examples.values()] if isinstance(examples, dict) else []
    for number in [*numbers, report["worst_number"]]:
        raw = mutant(seeds, int(str(report["seed"])), int(str(number)))
        (folder / f"{number}.eml").write_bytes(raw)


if __name__ == "__main__":
    sys.exit(main())
