#!/usr/bin/env python3
"""Parse texts made to provoke quadratic behaviour, each in a process of its own; print CPU seconds and memory as JSON.

usage: hostile.py [--seconds LIMIT]

Every mail must be read in less than the limit (1 second by default) and within 256 MiB. Exit code 1 if one is not.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from parsers import parse

MIB = 1024 * 1024
LIMIT_SECONDS = 1.0
LIMIT_MIB = 256
HEAD = b"From: Ann <ann@customer.example>\nTo: support@desk.example\nSubject: hostile\nMIME-Version: 1.0\n"
PLAIN = HEAD + b"Content-Type: text/plain; charset=utf-8\n\n"
HTML = HEAD + b"Content-Type: text/html; charset=utf-8\n\n"
ROW = b"<tr><td>item</td><td>1</td><td><a href='https://shop.example/1'>see</a></td></tr>\n"


def nested_multiparts() -> bytes:
    opening = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2_000))
    return HEAD + opening + b"\n\nx\n"


MAILS: dict[str, Callable[[], bytes]] = {
    "767 KB of quotes": lambda: PLAIN + b"> " * (767 * 512),
    "767 KB of quoted lines": lambda: PLAIN + b"> quoted words\n" * (767 * 1024 // 15),
    "767 KB of nested quotes": lambda: PLAIN + b">" * (767 * 1024) + b"\nanswer\n",
    "50 KB of semicolons in Content-Type": lambda: HEAD + b"Content-Type: text/plain" + b";" * 50_000 + b"\n\nx\n",
    "50 KB of semicolons in To": lambda: b"To: " + b";" * 50_000 + b"\n" + PLAIN + b"x\n",
    "50 KB of parentheses in From": lambda: b"From: " + b"(" * 50_000 + b"\n\nx\n",
    "50 KB of one word in From": lambda: b"From: " + b"a" * 50_000 + b"\nReturn-Path: <>\n\nx\n",
    "50 KB of encoded words": lambda: b"Subject: " + b"=?utf-8?q?a?= " * 4_000 + b"\n" + PLAIN + b"x\n",
    "50 KB of unfinished encoded words": lambda: b"Subject: " + b"=?utf-8?q?" * 5_000 + b"\n" + PLAIN + b"x\n",
    "20,000 unclosed tags": lambda: HTML + b"<b" * 20_000,
    "20,000 unclosed elements": lambda: HTML + b"<table><tr><td><b><i>" * 4_000,
    "100,000 nested divs": lambda: HTML + b"<div>" * 100_000 + b"deep" + b"</div>" * 100_000,
    "100,000 nested blockquotes": lambda: HTML + b"<blockquote>" * 100_000 + b"deep",
    "100,000 opening brackets": lambda: HTML + b"<" * 100_000,
    "100,000 unfinished comments": lambda: HTML + b"<!--" * 100_000,
    "10 MB of HTML rows": lambda: HTML + b"<table>" + ROW * (10 * MIB // len(ROW)) + b"</table>",
    "10 MB of HTML in one word": lambda: HTML + b"<p>" + b"x" * (10 * MIB) + b"</p>",
    "10 MB of plain lines": lambda: PLAIN + b"The scanner prints grey stripes on every page.\n" * (10 * MIB // 47),
    "10 MB in one line": lambda: PLAIN + b"wrote: " * (10 * MIB // 7),
    "100,000 attributions": lambda: PLAIN + b"On 10 Nov 2026, Ann <a@b.example> wrote:\n" * 100_000,
    "100,000 labels": lambda: PLAIN + b"From: a\n" * 100_000,
    "100,000 rules": lambda: PLAIN + b"--\n" * 100_000,
    "100,000 separators": lambda: PLAIN + b"---------- Forwarded message ---------\n" * 100_000,
    "100,000 empty parts": lambda: HEAD + b"Content-Type: multipart/mixed; boundary=B\n\n" + b"--B\n\n" * 100_000,
    "2,000 nested multiparts": nested_multiparts,
    "100,000 header fields": lambda: b"X-A: b\n" * 100_000 + b"\nx\n",
    "100,000 lines of initials": lambda: PLAIN + b"You wrote:\n\n" + b"JD> a\n" * 100_000,
    "100,000 frames of Notes": lambda: PLAIN + b"|---------+--------->\n" * 100_000,
    "50,000 columns of Notes": lambda: PLAIN + b"x                  To\ny             Subject\n" * 50_000,
    "100,000 pasted headers": lambda: PLAIN + b"X-A: b\nFrom: a@b.example\nSubject: c\nDate: 2020\n" * 25_000,
    "10,000 signed headers": lambda: (
        PLAIN.replace(b"Ann <", b"Ann Lee <")
        + b"From: a@b.example\nSubject: c\nDate: 2020\n\nRegards\nAnn Lee\n\n" * 10_000
    ),
    "50,000 sentences of an absence": lambda: PLAIN + b"I am away. Thank you for your mail. " * 50_000,
    "100,000 typed quote marks": lambda: (
        PLAIN.replace(b"utf-8", b"utf-8; format=flowed") + b" >typed \n >more\n" * 50_000
    ),
    "bounce of 100,000 addresses": lambda: (
        b"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nSubject: Undelivered Mail\n\nThe mail to these failed:\n"
        + b"<user@customer.example>: 550 unknown user\n" * 100_000
    ),
}


def measure(pipe: Connection, name: str) -> None:
    """CPU seconds and MiB that parsing this mail took, sent through the pipe."""
    raw = MAILS[name]()
    parse(PLAIN + b"warm\n")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    parse(raw)
    seconds = time.process_time() - started
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    pipe.send({"bytes": len(raw), "cpu_seconds": round(seconds, 3), "mib": round(grown / 1024, 1)})


def measured(name: str) -> dict[str, float]:
    """The measurement of one mail from a process of its own, because memory peaks do not go down again."""
    context = get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=measure, args=(theirs, name))
    process.start()
    result: dict[str, float] = ours.recv()
    process.join()
    return result


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=LIMIT_SECONDS)
    limit = options.parse_args().seconds
    results = {name: measured(name) for name in MAILS}
    too_much = [name for name, got in results.items() if got["cpu_seconds"] >= limit or got["mib"] > LIMIT_MIB]
    print(
        json.dumps({"limit_seconds": limit, "limit_mib": LIMIT_MIB, "too_much": too_much, "mails": results}, indent=1)
    )
    return 1 if too_much else 0


if __name__ == "__main__":
    sys.exit(main())
