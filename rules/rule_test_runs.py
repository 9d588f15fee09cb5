"""Running the tests beside rules: each decides about its mail as about any new one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from parsers.mail import Address, Attachment, Automatic, AutomaticKind, ParsedMail
from rules.decide import decide
from rules.facts import Desk, Envelope, Found, Load
from rules.faults import show
from rules.outcomes import outcome_of
from rules.rule_tests import LISTED, RuleTest
from rules.ruleset import Ruleset


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
