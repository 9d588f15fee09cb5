"""Rules tested as code is: `[[test]]` tables beside them hold a mail and what should come of it.

[[test]]
name = "an outage is urgent"
mail = { subject = "Outage in Porto", text = "Nothing works since nine." }
expect = { priority = "P2", team = "noc", rules = ["outage"] }

`rules.rule_test_runs` runs them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rules.faults import Fault, show
from rules.ruleset import RuleFile

TICKET_KEYS = ("status", "priority", "team", "assignee", "category", "impact", "urgency", "type", "tags")
LISTED = ("followers", "copies", "notified", "notes", "links", "forwards", "webhooks", "commands", "timers")
_MAIL_KEYS = ("from", "from_name", "to", "cc", "subject", "text", "language", "headers", "attachments", "automatic")
_EXPECT_KEYS = (*TICKET_KEYS, *LISTED, "fields", "rules", "outcome", "acknowledged", "answer", "merged")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTest:
    """One test: the mail and what is expected of it. `at` is when it comes, aware UTC; None is now."""

    name: str
    file: str
    mail: Mapping[str, Any]
    expect: Mapping[str, Any]
    known: bool = False
    at: datetime | None = None


def parse_tests(files: Sequence[RuleFile]) -> tuple[tuple[RuleTest, ...], list[Fault]]:
    """The tests of all files, and what is wrong with them."""
    tests: list[RuleTest] = []
    faults: list[Fault] = []
    for file in files:
        tables = file.tables.get("test", [])
        for number, table in enumerate(tables if isinstance(tables, list) else [tables]):
            fault = _fault(table, file.name, number)
            if fault:
                faults.append(fault)
            else:
                tests.append(_test(table, file.name, number))
    return tuple(tests), faults


def _fault(table: Any, file: str, number: int) -> Fault | None:
    place = ("test", number)
    if not isinstance(table, dict) or not isinstance(table.get("mail"), dict):
        return Fault(file=file, place=place, found="a test without mail", allowed='mail = { subject = "..." }')
    checks = (
        ((), table, ("name", "mail", "expect", "known", "at")),
        (("mail",), table["mail"], _MAIL_KEYS),
        (("expect",), table.get("expect", {}), _EXPECT_KEYS),
    )
    for where, each, allowed in checks:
        if not isinstance(each, dict) or not each:
            return Fault(file=file, place=(*place, *where), found=f"got {show(each)}", allowed=", ".join(allowed))
        wrong = [name for name in each if name not in allowed]
        if wrong:
            found = f"there is no option {wrong[0]!r}"
            return Fault(file=file, place=(*place, *where, wrong[0]), found=found, allowed=", ".join(allowed))
    at = table.get("at")
    if at is not None and not (isinstance(at, datetime) and at.tzinfo):
        return Fault(file=file, place=(*place, "at"), found=f"got {show(at)}", allowed="such as 2026-03-02T09:00:00Z")
    return None


def _test(table: Mapping[str, Any], file: str, number: int) -> RuleTest:
    return RuleTest(
        name=str(table.get("name", f"number {number + 1}")),
        file=file,
        mail=table["mail"],
        expect=table["expect"],
        known=bool(table.get("known", False)),
        at=table.get("at"),
    )
