"""What a decision about a mail comes to, in the plain names that tests beside rules and rehearsals use."""

from collections.abc import Callable, Mapping
from typing import Any

from rules.actions import (
    Action,
    AddMessage,
    AddParticipant,
    CreateTicket,
    Decision,
    Follow,
    Link,
    MailClass,
    Merge,
    MessageKind,
    Outcome,
    Send,
    SetField,
    SetOwnField,
    SetStatus,
    SetTags,
    StartTimer,
)
from rules.errand_steps import FORWARDED
from rules.errands import CallWebhook, RunCommand
from rules.facts import Status
from rules.rule_tests import LISTED, TICKET_KEYS
from rules.triage import Verdict

_TO_AGENTS = MailClass.NOTICE
_Seen = dict[str, Any]


def outcome_of(decision: Decision) -> dict[str, Any]:
    """Ticket and mails as the decision leaves them, as far as it changes them."""
    seen: _Seen = dict.fromkeys(TICKET_KEYS, "") | {"tags": [], "fields": {}, "status": Status.OPEN.value}
    seen |= {name: [] for name in LISTED} | {"acknowledged": False, "answer": "", "merged": ""}
    for action in decision.actions:
        _READERS.get(type(action), _nothing)(seen, action, decision)
    if decision.outcome is not Outcome.ENTRY:
        seen["status"] = ""
    acted = [name for name, verdict in decision.trace.verdicts if verdict == Verdict.ACTED]
    return seen | {"rules": acted, "outcome": decision.outcome.value}


def _nothing(_seen: _Seen, _action: Any, _decision: Decision) -> None:
    """What is told elsewhere."""


def _created(seen: _Seen, action: CreateTicket, _decision: Decision) -> None:
    seen |= {"team": action.team, "priority": action.priority.value}


def _field(seen: _Seen, action: SetField, _decision: Decision) -> None:
    if action.field in TICKET_KEYS:
        seen[action.field] = str(action.value)


def _own_field(seen: _Seen, action: SetOwnField, _decision: Decision) -> None:
    if action.name in TICKET_KEYS:
        seen[action.name] = action.value
    else:
        seen["fields"] = seen["fields"] | {action.name: action.value}


def _tags(seen: _Seen, action: SetTags, _decision: Decision) -> None:
    seen["tags"] = [*(tag for tag in seen["tags"] if tag not in action.remove), *action.add]


def _status(seen: _Seen, action: SetStatus, decision: Decision) -> None:
    if action.ticket == (decision.ticket or 0):
        seen["status"] = action.new.value


def _send(seen: _Seen, action: Send, _decision: Decision) -> None:
    if action.mail_class is MailClass.ACKNOWLEDGEMENT:
        seen |= {"acknowledged": True, "answer": action.template}
    elif action.template == FORWARDED:
        seen["forwards"].append(action.recipient.address)
    elif action.mail_class is _TO_AGENTS and action.to_agent:
        seen["notified"].append(action.to_agent)


def _message(seen: _Seen, action: AddMessage, _decision: Decision) -> None:
    if action.kind is MessageKind.NOTE and not action.by_mail:
        seen["notes"].append(action.text)


def _adds(name: str, read: Callable[[Any], str]) -> Callable[[_Seen, Any, Decision], None]:
    def add(seen: _Seen, action: Any, _decision: Decision) -> None:
        seen[name].append(read(action))

    return add


def _merged(seen: _Seen, action: Merge, _decision: Decision) -> None:
    seen["merged"] = str(action.into)


_READERS: Mapping[type[Action], Callable[[_Seen, Any, Decision], None]] = {
    CreateTicket: _created,
    SetField: _field,
    SetOwnField: _own_field,
    SetTags: _tags,
    SetStatus: _status,
    Send: _send,
    AddMessage: _message,
    Merge: _merged,
    AddParticipant: _adds("copies", lambda action: str(action.person.address)),
    Follow: _adds("followers", lambda action: str(action.agent)),
    Link: _adds("links", lambda action: str(action.other)),
    CallWebhook: _adds("webhooks", lambda action: str(action.webhook)),
    RunCommand: _adds("commands", lambda action: " ".join((action.command, *(v for _, v in action.arguments)))),
    StartTimer: _adds("timers", lambda action: str(action.kind)),
}
