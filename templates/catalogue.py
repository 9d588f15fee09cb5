"""Every notice the desk can write: what it is for, to whom, and which variables its template may use.

Variables are plain dicts, strings, numbers and lists. A template is checked against its notice's sample before use.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from templates import samples

_HISTORY = [{"at": "2026-11-22 10:15", "author": "ada", "public": False, "text": "Called billing."}]
_AGENT: dict[str, Any] = {
    "desk": samples.DESK,
    "ticket": samples.TICKET,
    "message": samples.MESSAGE,
    "reply_is_public": True,
    "cut_line": "##-- postroom: write your reply above this line (aaaa) --##",
    "history": _HISTORY,
    "reason": "",
    "actions": samples.ACTIONS,
    "canned": ["invoice-copy"],
    "recent": [{"tag": "[#1001]", "status": "solved", "subject": "Password forgotten"}],
    "unread": _HISTORY,
}
_CUSTOMER: dict[str, Any] = {"desk": samples.DESK, "ticket": samples.TICKET}


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
            sample={
                "desk": samples.DESK,
                "ticket": samples.OWN_TICKET,
                "answer_by": samples.MOMENT,
                "opens_at": samples.MOMENT,
                "details": samples.DETAILS,
                "articles": samples.ARTICLES,
            },
        ),
        Notice(
            name="reply",
            purpose="Carries an agent's answer to the customer.",
            sample={
                "desk": samples.DESK,
                "ticket": samples.TICKET,
                "message": samples.MESSAGE,
                "signature": "Ada, first line support",
            },
        ),
        Notice(
            name="prepared-answer",
            purpose="Carries a prepared answer that a rule sends.",
            sample={"desk": samples.DESK, "ticket": samples.OWN_TICKET, "answer": samples.ANSWER},
        ),
        Notice(
            name="forwarded",
            purpose="Passes a customer's mail on to somebody outside, as a rule wants it.",
            sample={"desk": samples.DESK, "ticket": samples.TICKET, "message": samples.MESSAGE},
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
            name="assigned-notice",
            purpose="Tells an agent, or a team, that a ticket is theirs now.",
            internal=True,
            sample=_AGENT,
        ),
        Notice(
            name="command-result",
            purpose="Tells an agent what came of the commands in a mail.",
            internal=True,
            sample=_AGENT
            | {
                "objections": [{"line": "#sovle", "why": "there is no #sovle; did you mean #solve?"}],
                "confirm": "3f9a1c20",
                "confirm_why": "two customers would read each other's mail",
                "undo": "5b21d0aa",
                "text": "Dear Kim, ...",
                "taken": "kim@customer.example",
                "tables": samples.RESULTS,
            },
        ),
        Notice(
            name="admin-notice",
            purpose="Tells the admins of something that needs them: mail held, rules or templates broken.",
            internal=True,
            sample={
                "desk": samples.DESK,
                "title": "1 mail is held",
                "lines": ["inbound 7: unreadable"],
                "remedy": "look",
            },
        ),
        Notice(name="bounce-notice", purpose="Tells agents that a mail came back.", internal=True, sample=_AGENT),
        Notice(
            name="waiting-reminder",
            purpose="Reminds a customer that we wait for an answer.",
            sample=_CUSTOMER | {"message": samples.OWN_MESSAGE, "next_at": samples.MOMENT},
        ),
        Notice(
            name="waiting-last-notice",
            purpose="Reminds a customer for the last time, and says when the ticket is taken as solved.",
            sample=_CUSTOMER | {"next_at": samples.MOMENT},
        ),
        Notice(
            name="waiting-solved",
            purpose="Tells a customer who did not answer that the ticket is taken as solved.",
            sample=_CUSTOMER | {"reopen_days": 14},
        ),
        Notice(
            name="solved-question",
            purpose="Asks a customer whether a solved ticket is solved for them too, and says when it closes.",
            sample=_CUSTOMER | {"next_at": samples.MOMENT},
        ),
        Notice(name="survey", purpose="Asks a customer how satisfied they are.", sample=_CUSTOMER),
        Notice(name="survey-reminder", purpose="Asks a second and last time.", sample=_CUSTOMER),
        Notice(
            name="reminder-notice",
            purpose="Reminds agents of a ticket: nobody has it, a deadline nears or has passed, a snooze is over.",
            internal=True,
            sample=_AGENT | {"title": "Nobody has this ticket"},
        ),
        Notice(name="rating-notice", purpose="Tells a team's lead of a low rating.", internal=True, sample=_AGENT),
        Notice(
            name="collected-notices",
            purpose="Tells an agent who wants notices collected, in one mail, what happened on which tickets.",
            internal=True,
            sample={
                "desk": samples.DESK,
                "title": "3 notices about 2 tickets",
                "tickets": samples.COLLECTED,
            },
        ),
        Notice(
            name="digest",
            purpose="Lists an agent's tickets: once a day, and after an outage instead of many reminders.",
            internal=True,
            sample={
                "desk": samples.DESK,
                "title": "your tickets today",
                "intro": "Good morning.",
                "sections": samples.SECTIONS,
            },
        ),
        Notice(
            name="report",
            purpose="Carries the figures of last week to team leads and admins.",
            internal=True,
            sample={
                "desk": samples.DESK,
                "title": "last week in figures",
                "intro": "16 November to 22 November 2026, beside the week before.",
                "tables": samples.FIGURES,
            },
        ),
    )
}
