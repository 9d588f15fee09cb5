"""Every notice the desk can write: what it is for, to whom, and which variables its template may use.

Variables are plain dicts, strings, numbers and lists. A template is checked against its notice's sample before use.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_TICKET: Mapping[str, Any] = {
    "number": 1042,
    "tag": "[#1042]",
    "subject": "Invoice {{ 7*7 }} is wrong",
    "status": "open",
    "priority": "P3",
    "team": "billing",
    "assignee": "ada",
    "requester": "Kim Customer <kim@customer.example>",
    "created_at": "2026-11-22 10:15 UTC",
}
_DESK: Mapping[str, Any] = {"name": "Example support", "address": "support@desk.example"}
_MESSAGE: Mapping[str, Any] = {
    "author": "Kim Customer <kim@customer.example>",
    "text": "Hello,\nthe invoice shows *two* items.\n\nKim",
    "attachments": ["invoice.pdf"],
    "banner": "",
}
_HISTORY = [{"at": "2026-11-22 10:15", "author": "ada", "public": False, "text": "Called billing."}]
_AGENT: Mapping[str, Any] = {
    "desk": _DESK,
    "ticket": _TICKET,
    "message": _MESSAGE,
    "reply_is_public": True,
    "cut_line": "##-- postroom: write your reply above this line (aaaa) --##",
    "history": _HISTORY,
    "reason": "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One kind of mail. `internal` notices go to agents only and may show internal notes."""

    name: str
    purpose: str
    internal: bool = False
    sample: Mapping[str, Any] = field(default_factory=dict)


NOTICES: Mapping[str, Notice] = {
    notice.name: notice
    for notice in (
        Notice(
            name="ticket-received",
            purpose="Tells a customer that the mail has become a ticket.",
            sample={"desk": _DESK, "ticket": _TICKET},
        ),
        Notice(
            name="reply",
            purpose="Carries an agent's answer to the customer.",
            sample={"desk": _DESK, "ticket": _TICKET, "message": _MESSAGE},
        ),
        Notice(name="new-ticket-notice", purpose="Tells agents of a new ticket.", internal=True, sample=_AGENT),
        Notice(
            name="customer-reply-notice", purpose="Tells agents of a customer's reply.", internal=True, sample=_AGENT
        ),
        Notice(
            name="third-party-notice",
            purpose="Tells agents that somebody else answered on a ticket.",
            internal=True,
            sample=_AGENT,
        ),
        Notice(
            name="unverified-notice",
            purpose="Tells an agent that a mail in the agent's name was not proven to be theirs.",
            internal=True,
            sample=_AGENT,
        ),
        Notice(
            name="held-notice",
            purpose="Tells an agent that an answer was not sent, and why.",
            internal=True,
            sample=_AGENT,
        ),
        Notice(name="note-notice", purpose="Tells agents of an internal note.", internal=True, sample=_AGENT),
        Notice(
            name="admin-notice",
            purpose="Tells the admins of something that needs them: mail held, rules or templates broken.",
            internal=True,
            sample={"desk": _DESK, "title": "1 mail is held", "lines": ["inbound 7: unreadable"], "remedy": "look"},
        ),
        Notice(name="bounce-notice", purpose="Tells agents that a mail came back.", internal=True, sample=_AGENT),
    )
}
