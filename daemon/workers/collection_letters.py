"""What a mail of collected notices says: ticket by ticket, with links that answer each notice as if it had come alone.

Every link carries the token of the notice it stands for, so that rights, the guard against outdated answers and what
a reply does are those of that notice.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from daemon.store.collected import Notice
from daemon.workers.letters import mailbox_of_ticket, ticket_variables, token_of, who
from daemon.workers.taps import answer_link, taps
from rules import tokens
from rules.facts import Desk

_LONGEST_TEXT = 2000
_TITLES: Mapping[str, str] = {
    "new-ticket-notice": "New",
    "customer-reply-notice": "Reply",
    "assigned-notice": "Given to you",
    "note-notice": "Internal note",
    "third-party-notice": "From a third party, kept inside",
    "bounce-notice": "Came back",
}
_ACTIONS = ("#take", "#solve", "#show")
_ON_THIRD_PARTIES = ("#accept", "#spam")


def collection_variables(notices: Sequence[Notice], desk: Desk) -> dict[str, Any]:
    """The variables of `collected-notices`."""
    ordered = sorted(notices, key=lambda each: (each.about.ticket.number, each.due.id))
    groups = [list(group) for _, group in groupby(ordered, key=lambda each: each.about.ticket.number)]
    title = f"{len(notices)} {_plural('notice', len(notices))} about {len(groups)} {_plural('ticket', len(groups))}"
    return {"title": title, "tickets": [_ticket(group, desk) for group in groups]}


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"


def _ticket(group: Sequence[Notice], desk: Desk) -> dict[str, Any]:
    shown = ticket_variables(group[-1].about, desk.number_prefix)
    who_has_it = f"{shown['assignee']} is on it" if shown["assignee"] else "nobody is on it"
    return {
        "tag": shown["tag"],
        "subject": shown["subject"],
        "state": f"{shown['status']}, {shown['priority']}, {who_has_it}, from {shown['requester']}",
        "entries": [_entry(each) for each in group],
        "actions": _actions(group, desk, f"Re: {shown['tag']}"),
    }


def _entry(notice: Notice) -> dict[str, str]:
    message = notice.about.message
    text = message.text if message else ""
    return {
        "what": _TITLES.get(notice.due.template, notice.due.template),
        "at": notice.due.created_at.strftime("%Y-%m-%d %H:%M"),
        "author": who(message) if message else "the desk",
        "text": text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]} [...]",
    }


def _actions(group: Sequence[Notice], desk: Desk, subject: str) -> list[dict[str, str]]:
    """Answering is about the newest notice whose answer goes to the customer; commands are about the newest."""
    public = [each for each in group if each.due.reply_is_public]
    answers = [answer_link(_address(public[-1], desk), subject)] if public else []
    third = [each for each in group if each.due.template == "third-party-notice"]
    letting_in = taps(_ON_THIRD_PARTIES, _address(third[-1], desk), subject) if third else []
    return [*answers, *taps(_ACTIONS, _address(group[-1], desk), subject), *letting_in]


def _address(notice: Notice, desk: Desk) -> str:
    mailbox = mailbox_of_ticket(desk, notice.about)
    return tokens.token_address(mailbox.address, token_of(notice.due, notice.about, desk))
