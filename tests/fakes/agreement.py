"""Random rules and random mails, and whether what `explain` says of a mail is what the store holds afterwards.

The expectation is worked out from the explained actions alone, by other code than the store's.
"""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from desks import CONFIG, CUSTOMER, DESK, KEY, DeskInHand
from sqlalchemy import select

import parsers
from daemon.clock import FakeClock
from daemon.config import parse
from daemon.policy import load_policy
from daemon.store import schema
from daemon.store.engine import Connection
from daemon.store.store import Store
from daemon.workers.deciding import consider, reason_of, trace_of
from rules import actions as acts
from rules.errands import CallWebhook, RunCommand
from rules.facts import Envelope

OUTSIDE = """
[rules]
forward_to = ["@partner.example"]
[[webhook]]
name = "pager"
url = "https://pager.example/hook"
secret = { env = "PAGER" }
[[command]]
name = "ping"
run = ["/usr/bin/ping", "{host}"]
arguments = { host = "host" }
"""
PEOPLE = """
[[team]]
name = "support"
[[team]]
name = "noc"
""" + "".join(
    f'[[agent]]\nname = "a{n}"\naddresses = ["a{n}@desk.example"]\nteams = ["{"noc" if n % 2 else "support"}"]\n'
    f'skills = ["s{n % 2}"]\nmost_open = {n * 40}\n'
    for n in range(4)
)
GOLD = '[[target]]\nname = "gold"\nfirst_reply = "1h"\n'
WORDS = ("printer", "invoice", "outage", "refund", "vpn", "order", "thanks", "urgent")
_WHEN = (
    'subject_or_text.contains_any = ["{w}", "{v}"]', 'subject.starts = "{w}"', 'text.contains_all = ["{w}", "{v}"]',
    'known.is = false', 'replies.greater = 1', 'status.changed = {{ to = "open" }}', 'automatic.is = "none"',
    'from.glob = "c1*"', 'tags.is = "{w}"', 'priority.is_not = "P1"', 'open_tickets.greater = 2', 'team.is = "noc"',
    'previous.status.is = "pending"', 'attachment_count.is = 0', 'assignee.is = ""', 'since_created.less = "2h"',
    'field.kind.is = "{w}"', 'language.is_not = "xx"', 'header.x-kind.is = "{w}"', 'business_hours.is = true',
)  # fmt: skip
_THEN = (
    'status = "{status}"', 'priority = "{p}"', 'impact = "{level}"', 'urgency = "{level}"', 'category = "{w}/{v}"',
    'type = "{w}"', 'tags = ["{w}", "-{v}"]', 'field.kind = "{w}"', 'team = "{team}"', 'assign = "{agent}"',
    'assign = {{ strategy = "{strategy}" }}', 'assign = {{ strategy = "skill", skills = ["s1"], team = "noc" }}',
    'cc = ["boss@c1.example"]', 'follower = ["{agent}"]', 'notify = ["{agent}", "team:noc"]', 'note = "{w} {v}"',
    'reply = "ticket-received"', 'reply = {{ canned = "hello" }}', 'acknowledge = false', 'survey = false',
    'deadlines = "gold"', 'snooze = "3d"', 'link = {number}', 'merge = {number}', 'merge = "same-subject"',
    'forward = "kay@partner.example"', 'webhook = "pager"', 'run = {{ command = "ping", host = "fe.desk.example" }}',
    'quarantine = "{w}"', 'reject = "{w}"', 'drop = "{w}"',
)  # fmt: skip
_RARE = ("quarantine", "reject", "drop", "status")


def random_rules(dice: random.Random, many: int) -> str:
    """Rules of every kind of condition and action; those that keep mail out are rare."""
    return "".join(_rule(dice, number) for number in range(many))


def _rule(dice: random.Random, number: int) -> str:
    values = {
        "w": dice.choice(WORDS),
        "v": dice.choice(WORDS),
        "p": dice.choice(("P1", "P2", "P3", "P4")),
        "level": dice.choice(("high", "medium", "low")),
        "team": dice.choice(("support", "noc")),
        "agent": f"a{dice.randrange(4)}",
        "strategy": dice.choice(("round-robin", "least-loaded", "last-agent", "best-rated", "shift", "pull")),
        "status": dice.choice(("open", "pending", "on_hold", "solved", "closed", "spam")),
        "number": dice.randrange(1001, 1040),
    }
    when = ", ".join(each.format(**values) for each in dice.sample(_WHEN, dice.randrange(1, 3)))
    wishes: dict[str, str] = {}
    for template in dice.sample(_THEN, dice.randrange(1, 4)):
        name = template.partition(" ")[0].partition(".")[0]
        if name not in _RARE or dice.random() < 0.06:
            wishes[name] = template.format(**values)
    then = ", ".join(wishes.values()) or f'tags = ["{values["w"]}"]'
    on = dice.sample(("new", "reply", "answer", "automatic"), dice.randrange(1, 4))
    flags = "".join(f"{flag} = true\n" for flag in ("stop", "once") if dice.random() < 0.1)
    mode = 'mode = "shadow"\n' if dice.random() < 0.1 else ""
    return f'[[rule]]\nname = "r{number}"\non = {on}\nwhen = {{ {when} }}\nthen = {{ {then} }}\n{flags}{mode}'


def random_mail(dice: random.Random, number: int, known_ids: list[str]) -> tuple[bytes, str]:
    """A mail of a handful of customers: new ones, answers to any earlier mail, machines, files."""
    customer = f"c{dice.randrange(8)}@c{dice.randrange(3)}.example" if dice.random() < 0.9 else CUSTOMER
    answered = f"In-Reply-To: {dice.choice(known_ids[-40:])}\n" if known_ids and dice.random() < 0.45 else ""
    extra = dice.choice(("", "", "", "Auto-Submitted: auto-generated\n", "Auto-Submitted: auto-replied\n"))
    extra += dice.choice(("", f"X-Kind: {dice.choice(WORDS)}\n", f"Cc: copy{dice.randrange(3)}@c1.example\n"))
    text = "\n".join(" ".join(dice.choice(WORDS) for _ in range(6)) for _ in range(dice.randrange(1, 5)))
    subject = f"{'Re: ' if answered else ''}{dice.choice(WORDS)}" + dice.choice(("", "", f" [#{1001 + number // 3}]"))
    head = (
        f"From: <{customer}>\nTo: {DESK}\nSubject: {subject}\nMessage-ID: <{number}@agree.example>\n"
        f"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n{answered}{extra}\n"
    )
    known_ids.append(f"<{number}@agree.example>")
    return (head + text + f"\nNo. {number}\n").replace("\n", "\r\n").encode(), customer


@dataclass(slots=True)
class _Picture:
    """Everything there is about tickets, as plain values."""

    tickets: dict[int, dict[str, Any]] = field(default_factory=dict)
    messages: list[tuple[Any, ...]] = field(default_factory=list)
    mails: list[tuple[Any, ...]] = field(default_factory=list)
    errands: list[tuple[Any, ...]] = field(default_factory=list)
    events: list[tuple[Any, ...]] = field(default_factory=list)
    awaited: set[int] = field(default_factory=set)


_COLUMNS = ("subject", "status", "priority", "mailbox", "team", "assignee", "category", "language", "merged_into")


def picture(connection: Connection) -> _Picture:
    """The store as it is."""
    seen = _Picture()
    for row in connection.execute(select(schema.tickets)):
        plain: dict[str, Any] = {name: getattr(row, name) or "" for name in _COLUMNS}
        sets: dict[str, Any] = {"people": set(), "followers": set(), "links": set(), "timers": set()}
        seen.tickets[row.id] = plain | sets | {"tags": list(row.tags), "fields": dict(row.fields)}
    people = select(schema.participants, schema.addresses.c.address).join(schema.addresses)
    for row in connection.execute(people):
        seen.tickets[row.ticket_id]["people"].add((row.address, row.role))
    for table, name, column in (
        (schema.follows, "followers", "agent"),
        (schema.links, "links", "other_id"),
        (schema.timers, "timers", "kind"),
    ):
        for row in connection.execute(select(table)):
            seen.tickets[row.ticket_id][name].add(getattr(row, column))
    for row in connection.execute(select(schema.messages).order_by(schema.messages.c.id)):
        seen.messages.append((row.ticket_id, row.kind, row.public, row.text, row.author, row.banner))
    for row in connection.execute(select(schema.outbox).order_by(schema.outbox.c.id)):
        seen.mails.append((row.ticket_id, row.template, row.recipient, row.kind, row.variables.get("answer", "")))
    for row in connection.execute(select(schema.errands).order_by(schema.errands.c.id)):
        seen.errands.append((row.ticket_id, row.kind, row.name, row.rule))
    for row in connection.execute(select(schema.events).order_by(schema.events.c.id)):
        seen.events.append((row.ticket_id, row.kind, row.why))
    seen.awaited = set(connection.execute(select(schema.awaited_assignees.c.ticket_id)).scalars())
    return seen


def expected(before: _Picture, decision: acts.Decision, new_id: int) -> _Picture:
    """What the store must hold if exactly these actions are carried out."""
    picture = _Picture(
        tickets={
            ticket: {
                name: value.copy() if isinstance(value, set | list | dict) else value for name, value in each.items()
            }
            for ticket, each in before.tickets.items()
        },
        messages=list(before.messages),
        mails=list(before.mails),
        errands=list(before.errands),
        awaited=set(before.awaited),
    )
    for action in decision.actions:
        _apply(picture, action, getattr(action, "ticket", None) or new_id)
    return picture


def _apply(picture: _Picture, action: Any, ticket: int) -> None:
    seen = (
        picture.tickets.setdefault(ticket, {})
        if isinstance(action, acts.CreateTicket)
        else picture.tickets.get(ticket, {})
    )
    match action:
        case acts.CreateTicket():
            seen |= dict.fromkeys(_COLUMNS, "") | {"subject": action.subject, "status": "open", "team": action.team}
            seen |= {"priority": action.priority, "mailbox": action.mailbox, "language": action.language, "tags": []}
            seen |= {"people": {(action.requester.address, "requester")}, "followers": set(), "links": set()}
            seen |= {"timers": set(), "fields": {}}
        case acts.AddMessage():
            text = (ticket, action.kind, action.public, action.text, action.author, action.banner)
            picture.messages.append(text)
        case acts.SetStatus():
            seen["status"] = action.new
        case acts.SetField():
            seen[action.field] = action.value
        case acts.SetOwnField():
            seen["fields"] = {**seen["fields"], action.name: action.value}
        case acts.SetTags():
            kept = [each for each in seen["tags"] if each not in action.remove]
            seen["tags"] = list(dict.fromkeys((*kept, *action.add)))
        case acts.AddParticipant():
            if action.person.address not in {address for address, _ in seen["people"]}:
                seen["people"].add((action.person.address, action.role))
        case acts.Follow():
            seen["followers"].add(action.agent)
        case acts.Link():
            seen["links"].add(action.other)
            picture.tickets[action.other]["links"].add(ticket)
        case acts.StartTimer():
            seen["timers"].add(action.kind)
        case acts.Send():
            picture.mails.append((ticket, action.template, action.recipient.address, action.mail_class, action.text))
        case CallWebhook():
            picture.errands.append((ticket, "webhook", action.webhook, action.rule))
        case RunCommand():
            picture.errands.append((ticket, "command", action.command, action.rule))
        case acts.AwaitAssignee():
            picture.awaited.add(ticket)
        case acts.Merge():
            _merge(picture, ticket, action.into)


def _merge(picture: _Picture, source: int, target: int) -> None:
    seen, other = picture.tickets[source], picture.tickets[target]
    seen |= {"status": "closed", "merged_into": target, "timers": set()}
    there = {address for address, _ in other["people"]}
    fresh = {each for each in seen["people"] if each[0] not in there}
    other["people"] |= {(address, "cc" if role == "requester" else role) for address, role in fresh}
    other["followers"] |= seen["followers"]
    picture.messages = [(target, *each[1:]) if each[0] == source else each for each in picture.messages]
    for each in picture.tickets.values():
        each["merged_into"] = target if each["merged_into"] == source else each["merged_into"]


def differences(desk: DeskInHand, raw: bytes, sender: str) -> list[str]:
    """Explain a mail, then let it in, and say in which fields the two do not agree."""
    now, mail = desk.clock.now(), parsers.parse(raw)
    envelope = Envelope(source="smtp", sender=sender, recipients=(DESK,), received_at=now)
    with desk.store.reading() as connection:
        explained = consider(connection, mail, envelope, desk.policy, now, breaker_limit=100)
        before = picture(connection)
    row = desk.take(raw, sender)
    desk.decide()
    with desk.store.reading() as connection:
        after = picture(connection)
        inbound = connection.execute(select(schema.inbound).where(schema.inbound.c.id == row)).one()
    new_id = max(after.tickets, default=0)
    wanted = expected(before, explained, new_id)
    found = [
        f"{name}: explained {getattr(wanted, name)!r}, found {getattr(after, name)!r}"
        for name in ("tickets", "messages", "errands", "awaited")
        if getattr(wanted, name) != getattr(after, name)
    ]
    if inbound.reason != reason_of(explained) or inbound.trace != _plain(trace_of(explained, desk.policy)):
        found.append(f"inbound: explained {reason_of(explained)!r}, {explained.trace}, found {inbound.trace}")
    return found + _mail_differences(before, wanted, after) + _event_differences(before, explained, after)


def _plain(trace: dict[str, Any]) -> dict[str, Any]:
    """As JSON keeps it."""
    return {name: _listed(value) for name, value in trace.items()}


def _listed(value: Any) -> Any:
    return [_listed(each) for each in value] if isinstance(value, list | tuple) else value


def _mail_differences(before: _Picture, wanted: _Picture, after: _Picture) -> list[str]:
    """Notices of one ticket to one agent may be joined with one that waits already; admins' mail is about no ticket."""
    fresh = wanted.mails[len(before.mails) :]
    queued = [each for each in after.mails[len(before.mails) :] if each[0] is not None]
    joinable = {(ticket, recipient) for ticket, _, recipient, kind, _ in before.mails if kind == acts.MailClass.NOTICE}
    missing = [each for each in fresh if each not in queued and (each[0], each[2]) not in joinable]
    surplus = [each for each in queued if each not in fresh]
    return [f"mails: missing {missing!r}, too many {surplus!r}"] if missing or surplus else []


def _event_differences(before: _Picture, explained: acts.Decision, after: _Picture) -> list[str]:
    """Every change of the history is one that was explained, with the same reason."""
    reasons = {getattr(each, "why", "") for each in explained.actions}
    odd = [each for each in after.events[len(before.events) :] if each[2] not in reasons]
    return [f"events: not explained {odd!r}"] if odd else []


def make_desk(store: Store, clock: FakeClock, folder: Path, dice: random.Random, *, rules: int) -> DeskInHand:
    """A desk of random rules, its files in the folder."""
    for kind in ("rules", "canned"):
        (folder / kind).mkdir()
    (folder / "canned" / "hello.md").write_text("Hello from {{ desk.name }}.", encoding="utf-8")
    for name, text in (("people", PEOPLE), ("deadlines", GOLD), ("triage", random_rules(dice, rules))):
        (folder / "rules" / f"{name}.toml").write_text(text, encoding="utf-8")
    config = CONFIG.replace("[desk]", f'[desk]\nrules_dir = "{folder}/rules"\ntemplates_dir = "{folder}"') + OUTSIDE
    return DeskInHand(store, clock, load_policy(parse(config, "test.toml"), (KEY,)))


def run(desk: DeskInHand, dice: random.Random, mails: int) -> list[str]:
    """So many mails, one after another. The first that does not agree ends it, with what differs."""
    known_ids: list[str] = []
    for number in range(mails):
        desk.clock.advance(timedelta(minutes=dice.randrange(1, 90)))
        raw, sender = random_mail(dice, number, known_ids)
        found = differences(desk, raw, sender)
        if found:
            return [f"mail {number}: {each}" for each in found]
    return []
