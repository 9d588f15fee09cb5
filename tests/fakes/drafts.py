"""Drafts for tests: a plain one to vary, and how to look at its bytes with the standard library's parser."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from daemon import gate
from daemon.compose import Draft

ANN, BOB, DESK = "ann@customer.example", "bob@customer.example", "desk@ours.example"


def draft(**changes: Any) -> Draft:
    """One mail from the desk to Ann, with whatever is to differ."""
    fields: dict[str, Any] = {
        "from_": ("Desk", DESK),
        "to": (("Ann", ANN),),
        "subject": "Printer",
        "date": datetime(2026, 6, 1, 10, tzinfo=UTC),
        "message_id": "<one@ours.example>",
        "text": "Hello",
    }
    return Draft(**(fields | changes))


def parsed(raw: bytes) -> EmailMessage:
    """As another implementation reads it."""
    return message_from_bytes(raw, policy=policy.default)


def faults(raw: bytes, *visible: str, recipient: str = ANN) -> tuple[str, ...]:
    """The gate's verdict on a mail to Ann, with Bob allowed in Cc."""
    return gate.inspect(raw, recipient=recipient, visible=visible or (ANN, BOB), own=["ours.example"])
