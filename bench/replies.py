"""How many replies are found exactly, by us and by the public libraries, on the golden mails and on our own layouts.

    python bench/replies.py [--peers VENV]

`VENV` is a virtual environment that has the libraries (mail-parser-reply, email-reply-parser, quotequail, unquotemail,
talon); each one that is missing there is named and skipped. "exact" ignores white space, "near" is a token F1 of .95.
"""

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import parsers
from parsers.replies import split_reply

LAYOUTS = ROOT / "tests" / "parsers" / "replies"
GOLDEN = ROOT / "tests" / "mail"
NEAR_F1 = 0.95
# What a peer needs per library: read JSON texts, write JSON replies and the seconds taken.
PEERS = {
    "mail-parser-reply": "from mailparser_reply import EmailReplyParser as P\n"
    "p = P(languages=['en','de','fr','it','nl','pl','sv','es'])\nf = lambda t: p.parse_reply(text=t) or ''",
    "email-reply-parser": "from email_reply_parser import EmailReplyParser as P\nf = P.parse_reply",
    "quotequail": "import quotequail as q\nf = lambda t: (q.unwrap(t) or {}).get('text_top') or t",
    "unquotemail": "from unquotemail import Unquote\n"
    "def f(t):\n u = Unquote(None, t); u.parse(); return u.get_text() or ''",
    "talon": "from talon import quotations as q\nf = q.extract_from_plain",
}
RUNNER = """
import json, sys, time
{setup}
texts = json.load(sys.stdin)
started = time.perf_counter()
replies = [f(text) for text in texts]
json.dump([replies, time.perf_counter() - started], sys.stdout)
"""


def layouts() -> list[tuple[str, str]]:
    """Text and expected reply of our own layouts."""
    return [
        (path.read_text(encoding="utf-8"), path.with_suffix(".expected").read_text(encoding="utf-8"))
        for path in sorted(LAYOUTS.glob("*.txt"))
    ]


def golden() -> list[tuple[str, str]]:
    """Whole text and expected reply of the golden mails."""
    cases = []
    for path in sorted(GOLDEN.rglob("*.json")):
        expected = json.loads(path.read_text(encoding="utf-8"))
        if path.with_suffix(".eml").exists() and "reply" in expected:
            text = expected.get("text") or parsers.parse(path.with_suffix(".eml").read_bytes()).text
            cases.append((text, expected["reply"]))
    return cases


def f1(found: str, expected: str) -> float:
    """Harmonic mean of precision and recall over words."""
    ours, theirs = Counter(found.split()), Counter(expected.split())
    if not ours or not theirs:
        return float(ours == theirs)
    return 2 * (ours & theirs).total() / (ours.total() + theirs.total())


def score(replies: list[str], expected: list[str]) -> tuple[int, int]:
    """How many replies are exact, and how many near."""
    pairs = list(zip(replies, expected, strict=True))
    return sum(a.split() == b.split() for a, b in pairs), sum(f1(a, b) >= NEAR_F1 for a, b in pairs)


def ours(texts: list[str]) -> tuple[list[str], float]:
    """Our replies and the seconds they took."""
    started = time.perf_counter()
    replies = [split_reply(text).reply for text in texts]
    return replies, time.perf_counter() - started


def peers_replies(name: str, python: Path, texts: list[str]) -> tuple[list[str], float] | None:
    """A library's replies and seconds; None if it is not installed or fails."""
    code = RUNNER.format(setup=PEERS[name])
    done = subprocess.run([python, "-c", code], input=json.dumps(texts), capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no output"])[-1]
        print(f"  {name:<22} skipped: {reason}")
        return None
    replies, seconds = json.loads(done.stdout)
    return replies, seconds


def print_row(name: str, replies: list[str], expected: list[str], seconds: float) -> None:
    """One line of the table."""
    exact, near = score(replies, expected)
    total = len(expected)
    print(f"  {name:<22} {exact:>4}/{total} exact {near:>4}/{total} near {1000 * seconds / total:>8.3f} ms a mail")


def print_table(title: str, cases: list[tuple[str, str]], python: Path | None) -> None:
    """All parsers on one corpus."""
    if not cases:
        print(f"{title}: skipped, no cases found")
        return
    print(f"{title}: {len(cases)} mails")
    texts, expected = [text for text, _ in cases], [reply for _, reply in cases]
    print_row("postroom", ours(texts)[0], expected, ours(texts)[1])
    for name in PEERS:
        if python is None:
            print(f"  {name:<22} skipped: no --peers given")
            continue
        found = peers_replies(name, python, texts)
        if found is not None:
            print_row(name, found[0], expected, found[1])


def main() -> None:
    """Print the tables."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--peers", type=Path, help="virtual environment with the libraries to compare with")
    peers = arguments.parse_args().peers
    python = peers / "bin" / "python" if peers else None
    print_table("own layouts", layouts(), python)
    print_table("golden mails", golden(), python)


if __name__ == "__main__":
    main()
