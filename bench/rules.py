"""How long rules take: keyword rules on a 20 KB body, the worst patterns on 64 KB, loading five thousand rules.

usage: rules.py      prints one JSON object; a floor that is missed makes the exit code 1
"""

import json
import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from parsers.mail import Address, ParsedMail
from rules.facts import Desk, Envelope, Mailbox, TicketFacts
from rules.patterns import Pattern, compile_pattern
from rules.ruleset import RuleFile, compile_rules
from rules.senders import identify
from rules.triage import run
from rules.triage_facts import Happening, Seen, gather
from rules.wishes import Names

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
FLOORS = {"500 rules, ms": 2.0, "5000 rules, ms": 10.0, "worst pattern, ms": 50.0, "load 5000 rules, s": 1.0}
PATTERNS = (
    r"(a+)+$",
    r"invoice.*number.*due.*date",
    r"(a|aa|aaa)*b",
    r"(x+x+)+y",
    r"(.*)(.*)(.*)(.*)[^a]",
    r"((a?){300}b)",
    r"(a?){150}a{150}b",
    r"([ab]*a[ab]{500})c",
    r"a.{90}[^x]",
    r"(?P<x>[ab]*a[ab]{700})c",
    r"((a{0,30}){0,20}b?){0,2}c",
)


def tables(count: int) -> dict[str, object]:
    """Rules of two keywords each; a hundredth of them occur in the body, a tenth are phrases."""
    rules = []
    for number in range(count):
        word = f"word{number}" if number % 100 else f"common{number % 500}"
        keywords = [word, f"rare phrase {number}" if number % 10 == 0 else f"other{number}"]
        when = {"text": {"contains_any": keywords}}
        rules.append({"name": f"rule {number}", "when": when, "then": {"tags": [f"t{number}"]}})
    return {"rule": rules}


def body(size: int) -> str:
    dice = random.Random(7)
    words = [f"lorem{n}" for n in range(900)] + [f"common{n}" for n in range(0, 500, 100)] + ["rare", "phrase"]
    text = ""
    while len(text) < size:
        text += " ".join(dice.choice(words) for _ in range(12)) + ".\n"
    return text[:size]


def seen(text: str) -> Seen:
    mail = ParsedMail(sender_from=Address(address="kim@b.example"), subject="Help", text=text, reply=text)
    envelope = Envelope(source="smtp", recipients=("support@desk.example",), received_at=NOW)
    desk = Desk(mailboxes=(Mailbox(name="support", address="support@desk.example"),))
    return Seen(
        happening=Happening.NEW,
        mail=mail,
        envelope=envelope,
        sender=identify(mail, envelope, desk),
        desk=desk,
        ticket=TicketFacts(id=0, number=0),
        now=NOW,
    )


def milliseconds(work: Callable[[], object], rounds: int) -> float:
    """The median of several runs."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return round(sorted(times)[len(times) // 2] * 1000, 3)


def keyword_rules(count: int, mail: Seen) -> tuple[float, float]:
    """Milliseconds a mail, facts and all; seconds to load."""
    start = time.perf_counter()
    compiled = compile_rules([RuleFile(name="triage.toml", tables=tables(count))], Names(), {})
    loaded = time.perf_counter() - start
    assert not compiled.faults
    return milliseconds(lambda: run(compiled.ruleset, gather(mail)), 50), round(loaded, 3)


def worst_pattern() -> tuple[float, str]:
    """The slowest of the patterns that are accepted, on the text that suits it least."""
    dice = random.Random(3)
    texts = ["a" * 65536, "".join(dice.choice("ab") for _ in range(65536)), "invoice number due " * 3400]
    worst = (0.0, "")
    for source in PATTERNS:
        pattern = compile_pattern(source)
        if isinstance(pattern, Pattern):
            took = max(milliseconds(lambda text=text, p=pattern: p.search(text), 3) for text in texts)  # type: ignore[misc]
            worst = max(worst, (took, source))
    return worst


def main() -> None:
    mail = seen(body(20_000))
    small, _ = keyword_rules(500, mail)
    large, loaded = keyword_rules(5000, mail)
    slowest, source = worst_pattern()
    result = {
        "500 rules, ms": small,
        "5000 rules, ms": large,
        "worst pattern, ms": slowest,
        "load 5000 rules, s": loaded,
    }
    missed = [name for name, floor in FLOORS.items() if result[name] >= floor]
    print(json.dumps({"measured": result, "floors": FLOORS, "worst pattern": source, "missed": missed}, indent=2))
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
