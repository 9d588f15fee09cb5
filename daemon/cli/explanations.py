"""A decision in words: who the mail is taken for, on what evidence, what it asks for, what would be sent to whom."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from parsers.mail import ParsedMail
from rules.actions import AddMessage, Decision, MailClass, Report, Send
from rules.addresses import agent_at, fold
from rules.commands import read_commands
from rules.facts import Desk, Envelope
from rules.senders import identify

_LONGEST = 300


def explanation(mail: ParsedMail, envelope: Envelope, decision: Decision, desk: Desk) -> dict[str, Any]:
    """The public JSON shape of `explain`; additions only."""
    trace = decision.trace
    return {
        "mail": {"message_id": mail.message_id, "subject": mail.subject, "from": _address(mail)},
        "outcome": decision.outcome.value,
        "taken_for": _taken_for(mail, envelope, desk),
        "sender": trace.sender,
        "verified": envelope.verified,
        "automatic": trace.automatic,
        "deny": trace.deny,
        "thread": {"by": trace.thread_by, "ticket": decision.ticket, "signals": list(trace.thread)},
        "authority": trace.authority,
        "commands": _commands(mail, desk),
        "results": _results(decision),
        "rules": list(trace.rules),
        "sends": _sends(decision),
        "actions": [{"action": type(each).__name__} | _plain(asdict(each)) for each in decision.actions],
        "notices": list(trace.notices),
    }


def _address(mail: ParsedMail) -> str:
    return mail.sender_from.address if mail.sender_from else ""


def _taken_for(mail: ParsedMail, envelope: Envelope, desk: Desk) -> str:
    sender = identify(mail, envelope, desk)
    return f"agent {sender.agent.name}" if sender.agent else sender.kind.value


def _commands(mail: ParsedMail, desk: Desk) -> list[str]:
    """What an agent's mail asks for, as it is understood; nothing is a command in anybody else's."""
    if agent_at(desk, fold(_address(mail))) is None:
        return []
    block = read_commands(mail.forward.comment if mail.forward else mail.reply)
    known = {each.line: " ".join(filter(None, (each.name, each.field, each.value))) for each in block.commands}
    unknown = {each.line: f"not understood: {each.hint}" for each in block.unknown}
    meanings = known | unknown
    return [f"{line}: {meanings[line]}" for line in block.lines if line in meanings]


def _results(decision: Decision) -> list[str]:
    """What the agent would be told: changes, objections, what must be confirmed."""
    reports = [each for each in decision.actions if isinstance(each, Report)]
    return [
        *(f"{change.what}: {change.old} -> {change.new}" for each in reports for change in each.changes),
        *(f"not done: {objection.line} {objection.why}" for each in reports for objection in each.objections),
        *(f"to be confirmed: {each.confirm_why}" for each in reports if each.confirm),
    ]


def _sends(decision: Decision) -> list[dict[str, Any]]:
    """Every mail, with the words that a customer would read."""
    said = next((each.text for each in decision.actions if isinstance(each, AddMessage) and each.public), "")
    return [
        *(
            {
                "to": each.recipient.address,
                "template": each.template,
                "text": _short(said) if each.mail_class is MailClass.HUMAN else "",
            }
            for each in decision.actions
            if isinstance(each, Send)
        ),
        *(
            {"to": each.recipient.address, "template": "command-result", "text": ""}
            for each in decision.actions
            if isinstance(each, Report)
        ),
    ]


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, datetime) else value for name, value in values.items()}


def lines(value: object) -> str:
    """One step of an explanation for people."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "\n".join(f"{key}: {each}" for key, each in value.items() if each)
    if isinstance(value, list):
        return "\n".join(_line(each) if isinstance(each, dict) else str(each) for each in value)
    return str(value)


def _line(item: dict[str, Any]) -> str:
    if "template" in item and "action" not in item:
        return f"{item['template']} to {item['to']}" + (f":\n{item['text']}" if item["text"] else "")
    details = ", ".join(
        f"{key}={value}"
        for key, value in item.items()
        if key not in ("action", "why", "text") and value not in ("", None)
    )
    return f"{item['action']}({details}): {item.get('why', '')}"
