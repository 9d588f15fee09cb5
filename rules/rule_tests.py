"""Rules tested as code is: `[[test]]` tables beside them hold a mail and what should come of it.

[[test]]
name = "an outage is urgent"
mail = { subject = "Outage in Porto", text = "Nothing works since nine." }
expect = { priority = "P2", team = "noc", rules = ["outage"] }
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from parsers.mail import Address, Attachment, Automatic, AutomaticKind, ParsedMail
from rules.decide import decide
from rules.facts import Desk, Envelope, Found, Load
from rules.faults import Fault, show
from rules.outcomes import LISTED, TICKET_KEYS, outcome_of
from rules.ruleset import RuleFile, Ruleset

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a test found otherwise than expected."""

    test: RuleTest
    what: str
    expected: object
    found: object

    def __str__(self) -> str:
        found, expected = show(self.found), show(self.expected)
        return f"{self.test.file}: test {self.test.name!r}: {self.what} is {found}, expected {expected}"


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


def run_test(test: RuleTest, desk: Desk, ruleset: Ruleset, now: datetime) -> list[Difference]:
    """Decide about the test's mail as about any new mail, and compare."""
    at = test.at or now
    mail = _mail(test.mail, desk, at)
    recipients = tuple(each.address for each in mail.to)
    author = mail.sender_from.address if mail.sender_from else ""
    envelope = Envelope(source="test", sender=author, recipients=recipients, received_at=at)
    found = Found(sender_known=test.known, was_answered=test.known, loads={each.name: Load() for each in desk.agents})
    seen = outcome_of(decide(mail, envelope, found, desk, at, ruleset))
    return [
        Difference(test=test, what=name, expected=wanted, found=seen[name])
        for name, wanted in test.expect.items()
        if not _agrees(name, wanted, seen[name])
    ]


def _agrees(name: str, wanted: Any, seen: Any) -> bool:
    if name == "tags" or name in LISTED:
        return set(wanted) == set(seen)
    if name == "fields":
        return all(seen.get(field, "") == value for field, value in wanted.items())
    return bool(list(wanted) == seen if isinstance(wanted, list) else wanted == seen)


def _mail(table: Mapping[str, Any], desk: Desk, at: datetime) -> ParsedMail:
    text = str(table.get("text", ""))
    to = table.get("to", desk.mailboxes[0].address if desk.mailboxes else "")
    author = Address(name=str(table.get("from_name", "")), address=str(table.get("from", "customer@customer.example")))
    return ParsedMail(
        message_id="<test@customer.example>",
        date=at - timedelta(minutes=1),
        sender_from=author,
        to=tuple(Address(address=each) for each in ([to] if isinstance(to, str) else to)),
        cc=tuple(Address(address=each) for each in table.get("cc", [])),
        subject=str(table.get("subject", "")),
        text=text,
        reply=text,
        language=str(table.get("language", "")),
        automatic=_automatic(str(table.get("automatic", "none"))),
        attachments=tuple(_attachment(each) for each in table.get("attachments", [])),
        headers=tuple((name.lower(), str(value)) for name, value in table.get("headers", {}).items()),
    )


def _automatic(kind: str) -> Automatic:
    known = AutomaticKind(kind) if kind in tuple(AutomaticKind) else AutomaticKind.AUTO_GENERATED
    return Automatic(kind=known, acknowledge=known is AutomaticKind.NONE)


def _attachment(name: str) -> Attachment:
    return Attachment(name=name, content_type="application/octet-stream", claimed_type="", size=1000, sha256="0" * 64)
