"""Sample values for every variable of a notice, and what each variable means. Templates are tried on these at load."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from templates.moments import say_moment

TICKET: Mapping[str, Any] = {
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
# An acknowledgement may go to somebody who never wrote: it holds nothing that a sender chose.
OWN_TICKET: Mapping[str, Any] = {"number": 1042, "tag": "[#1042]"}
DESK: Mapping[str, Any] = {"name": "Example support", "address": "support@desk.example"}
MESSAGE: Mapping[str, Any] = {
    "author": "Kim Customer <kim@customer.example>",
    "text": "Hello,\nthe invoice shows *two* items.\n\nKim",
    "attachments": ["invoice.pdf"],
    "banner": "",
}
ANSWER = "Please start the VPN client again, then log in with your usual password."
OWN_MESSAGE: Mapping[str, Any] = {"author": "ada", "text": "Which of the two items is wrong?\n\nAda"}
ARTICLES = [{"title": "How to read an invoice", "url": "https://desk.example/kb/invoices"}]
DETAILS = ["the number of the invoice", "the date of your order"]
_AT = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=1), "CET"))
MOMENT = say_moment(_AT, "en")
SECTIONS = [
    {
        "title": "Overdue",
        "count": 12,
        "rows": [{"tag": "[#1042]", "subject": "Invoice is wrong", "note": "first reply was due at 09:00"}],
        "more": 11,
    }
]

ACTIONS = [{"label": "#take", "url": "mailto:support@desk.example?body=%23take"}]
RESULTS = [{"title": "Done", "header": ["what", "was", "is"], "rows": [["status", "open", "solved"]]}]
FIGURES = [
    {
        "title": "Backlog by age",
        "header": ["age        ", "tickets"],
        "has_bars": True,
        "rows": [
            {"cells": ["under a day", "12     "], "bar": 100},
            {"cells": ["1 to 3 days", "5      "], "bar": 42},
        ],
    }
]

COLLECTED: list[dict[str, Any]] = [
    {
        "tag": "[#1002]",
        "subject": "Printer broken",
        "state": "open, P3, nobody is on it",
        "entries": [{"what": "New", "at": "2026-11-22 10:15", "author": "Kim", "text": "It does not print."}],
        "actions": ACTIONS,
    }
]

MEANINGS: Mapping[str, str] = {
    "actions": "what can be done with one tap: `label`, `url` (a mail to be sent)",
    "answer": "the text of the prepared answer",
    "articles": "up to three articles of the knowledge base that match the mail; `url` may be empty",
    "answer_by": "when the first reply is due, in the reader's language; empty when no target applies",
    "canned": "names of prepared answers that may fit",
    "confirm": "the one-time word that carries out what was asked; empty when nothing has to be confirmed",
    "confirm_why": "what the agent should know before confirming",
    "cut_line": "the line above which an agent's answer is read; it has to stay in the notice",
    "desk.address": "the mailbox's address",
    "desk.name": "the mailbox's display name",
    "details": "what is asked for in this category",
    "history": "earlier entries, newest first: `at`, `author`, `public`, `text`",
    "intro": "one sentence: what this mail is about",
    "lines": "one line each",
    "message.attachments": "file names",
    "message.author": "who wrote it",
    "message.banner": "a warning about the mail; empty when there is none",
    "message.text": "what was written, as plain text",
    "next_at": "when the next step follows, in the reader's language",
    "objections": "what could not be done: `line`, `why`",
    "opens_at": "when the office opens again, in the reader's language; empty while it is open",
    "reason": "why this mail is sent; may be empty",
    "recent": "the customer's other tickets, newest first: `tag`, `status`, `subject`",
    "remedy": "what to do about it",
    "reopen_days": "for how many days a reply opens the ticket again",
    "reply_is_public": "whether an answer to this notice goes to the customer",
    "sections": "groups of tickets: `title`, `count`, `rows` (`tag`, `subject`, `note`), `more` (left out)",
    "tables": "`title`, `header`, `rows` of cells; in reports `has_bars`, and rows are `cells` and `bar` (0 to 100)",
    "signature": "what the agent or the team wants below every answer; may be empty",
    "tickets": "the tickets that the collected notices are about: `tag`, `subject`, `state`, `entries` (`what`, `at`, "
    "`author`, `text`) and `actions`",
    "taken": "who was taken for the requester of a mail that an agent passed on; empty for other mails",
    "text": "what the agent wrote below the commands and was not sent; may be empty",
    "ticket.assignee": "the agent who is on it; empty for nobody",
    "ticket.created_at": "when it was made",
    "ticket.number": "its number",
    "ticket.priority": "P1 to P4",
    "ticket.requester": "the customer",
    "ticket.status": "its status",
    "ticket.subject": "its subject, as the customer wrote it",
    "ticket.tag": "its number as it stands in subjects",
    "ticket.team": "the team it is queued for; empty for none",
    "title": "what this mail is about, in a few words",
    "undo": "the one-time word that takes the changes back; empty when there are none",
    "unread": "entries that came shortly before this one and were not told of yet: `at`, `author`, `text`",
}


def sparse(sample: Mapping[str, Any]) -> dict[str, Any]:
    """The same variables with nothing in them: what a template meets on a bare ticket."""
    return {key: _nothing(value) for key, value in sample.items()}


def _nothing(value: Any) -> Any:
    if isinstance(value, Mapping):
        return sparse(value)
    if isinstance(value, bool):
        return not value
    if isinstance(value, list):
        return []
    return 0 if isinstance(value, int) else ""


def localised(sample: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The sample with its moments said in a language."""
    return {key: say_moment(_AT, language) if value == MOMENT else value for key, value in sample.items()}


def fitted(variables: Mapping[str, Any], sample: Mapping[str, Any]) -> dict[str, Any]:
    """Only those of the variables that the sample names, so that a template can print nothing else."""
    return {
        key: fitted(value, sample[key]) if isinstance(value, Mapping) and isinstance(sample[key], Mapping) else value
        for key, value in variables.items()
        if key in sample
    }


def names(sample: Mapping[str, Any], prefix: str = "") -> list[str]:
    """Every variable by its dotted name, sorted."""
    found: list[str] = []
    for key, value in sorted(sample.items()):
        found += names(value, f"{prefix}{key}.") if isinstance(value, Mapping) else [prefix + key]
    return found
