"""`postroom demo`: real-shaped mails through SMTP to the running daemon, then what it made of them.

Everything goes in by the front door. The demo looks at the store only to find the daemon's own mails, as the people
who got them would, and to print the result.
"""

import secrets
import smtplib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import formatdate
from pathlib import Path
from typing import Any

import click

import parsers
from daemon.cli.options import desk_store, print_table
from daemon.cli.row_commands import print_ticket
from daemon.clock import SystemClock
from daemon.config import Config

_AGENT = "ada@desk.example"


class DemoFailed(Exception):
    """The demo could not go on; the message says what to do."""


@dataclass(slots=True, kw_only=True)
class _Stage:
    """One run of the demo: where to send, and ids nobody used before."""

    config: Config
    store: Any
    seconds: int
    run: str = field(default_factory=lambda: secrets.token_hex(4))

    @property
    def customer(self) -> str:
        return f"kim.{self.run}@customer.example"

    @property
    def desk(self) -> str:
        return self.config.mailbox[0].address

    def send(self, title: str, sender: str, recipient: str, headers: dict[str, str], body: str) -> None:
        """One mail through the SMTP listener."""
        lines = "".join(f"{name}: {value}\n" for name, value in headers.items())
        raw = f"{lines}Date: {formatdate()}\nMIME-Version: 1.0\n{_utf8(headers)}\n{body}".replace("\n", "\r\n").encode()
        smtp = self.config.smtp
        try:
            with smtplib.SMTP(smtp.host, smtp.port, timeout=10) as client:
                client.sendmail(sender, [recipient], raw)
        except OSError as error:
            raise DemoFailed(f"no daemon on {smtp.host}:{smtp.port} ({error}): start it with ./run") from error
        click.echo(f"  sent: {title}")

    def wait(self, what: str, look: Callable[[Any], Any]) -> Any:
        """Look into the store until there is something to see."""
        deadline = time.monotonic() + self.seconds
        while time.monotonic() < deadline:
            with self.store.reading() as connection:
                if seen := look(connection):
                    return seen
            time.sleep(0.05)
        raise DemoFailed(f"waited {self.seconds} s for {what}; the daemon's log says why")

    def message_id(self, name: str) -> str:
        return f"<{name}.{self.run}@customer.example>"


def play(config: Config, config_file: Path, seconds: int) -> None:
    """Send, wait, show. Raises DemoFailed."""
    with desk_store(config_file) as store:
        stage = _Stage(config=config, store=store, seconds=seconds)
        first = _inbound_count(store)
        click.echo("Mails to the desk:")
        number = _conversation(stage)
        _machines(stage)
        _stranger_things(stage)
        stage.wait("all mails to be decided", lambda connection: not _waiting(connection))
        stage.wait("the outgoing mails", lambda connection: not _unsent(connection))
        _show(store, number, first, config)


def _conversation(stage: _Stage) -> int:
    """A new ticket, two replies, an agent's answer. Returns the ticket's number."""
    name = f"Kim Customer <{stage.customer}>"
    question = {
        "From": name,
        "To": stage.desk,
        "Subject": "Invoice 4711 shows two items",
        "Message-ID": stage.message_id("question"),
    }
    stage.send("a question: a new ticket", stage.customer, stage.desk, question, "Hello,\nI ordered one.\n\nKim\n")
    ticket = stage.wait("the ticket", lambda connection: _ticket_of(connection, stage.customer))
    by_number = {
        "From": name,
        "To": stage.desk,
        "Subject": f"Re: [{stage.config.desk.number_prefix}{ticket}] Invoice 4711 shows two items",
        "Message-ID": stage.message_id("by-number"),
    }
    stage.send("a reply with the ticket number", stage.customer, stage.desk, by_number, "The order number is 99-12.\n")
    by_references = {
        "From": name,
        "To": stage.desk,
        "Subject": "and one more thing",
        "Message-ID": stage.message_id("by-references"),
        "References": stage.message_id("question"),
    }
    stage.send("a reply known by References only", stage.customer, stage.desk, by_references, "It is urgent.\n")
    _agent_answers(stage, ticket)
    return int(ticket)


def _agent_answers(stage: _Stage, ticket: int) -> None:
    notice = stage.wait("the notice to the agent", lambda connection: _sent_to(connection, ticket, _AGENT))
    seen = parsers.parse(stage.store.blobs.get(notice["sha256"]))
    reply_to = seen.reply_to[0].address
    answer = {
        "From": f"Ada Agent <{_AGENT}>",
        "To": reply_to,
        "Subject": f"Re: {notice['subject']}",
        "Message-ID": f"<answer.{stage.run}@desk.example>",
        "In-Reply-To": notice["message_id"],
    }
    body = "Hello Kim,\n\nthe second item is gone from the invoice.\n\nAda\n\n"
    quoted = "".join(f"> {line}\n" for line in seen.text.splitlines())
    body += f"On {formatdate()}, Example support <{stage.desk}> wrote:\n{quoted}"
    stage.send("an agent's answer from her own client", _AGENT, reply_to, answer, body)


def _machines(stage: _Stage) -> None:
    """An out-of-office and a bounce, both about our own mail."""
    ours = stage.wait("the acknowledgement", lambda connection: _sent_to(connection, None, stage.customer))
    away = {
        "From": stage.customer,
        "To": stage.desk,
        "Subject": f"Automatic reply: {ours['subject']}",
        "Message-ID": stage.message_id("away"),
        "In-Reply-To": ours["message_id"],
        "Auto-Submitted": "auto-replied",
    }
    stage.send("an out-of-office", stage.customer, stage.desk, away, "I am away until Monday.\n")
    reply = stage.wait("the relayed answer", lambda connection: _return_path(connection, stage.customer))
    report = {
        "From": "Mail Delivery System <MAILER-DAEMON@customer.example>",
        "To": reply["envelope_from"],
        "Subject": "Undelivered Mail Returned to Sender",
        "Message-ID": stage.message_id("bounce"),
        "Auto-Submitted": "auto-replied",
        "Content-Type": 'multipart/report; report-type=delivery-status; boundary="b"',
    }
    body = (
        "--b\nContent-Type: text/plain\n\nThe mail could not be delivered.\n\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.customer.example\n\n"
        f"Final-Recipient: rfc822; {stage.customer}\nAction: failed\nStatus: 4.2.2\n"
        "Diagnostic-Code: smtp; 452 4.2.2 mailbox full\n\n--b--\n"
    )
    stage.send("a bounce of the answer", "", reply["envelope_from"], report, body)


def _stranger_things(stage: _Stage) -> None:
    denied = {
        "From": "winner@spam.example",
        "To": stage.desk,
        "Subject": "You have won",
        "Message-ID": stage.message_id("spam"),
    }
    stage.send("a denied sender", "winner@spam.example", stage.desk, denied, "Click here.\n")


def _inbound_count(store: Any) -> int:
    from daemon.store import views

    with store.reading() as connection:
        return sum(views.status(connection)["inbound"].values())


def _waiting(connection: Any) -> bool:
    from daemon.store import views

    return bool(views.inbound_list(connection, state="waiting", most=1))


def _unsent(connection: Any) -> bool:
    """Whether anything that is due has not left; notices that wait for more of the same are not due."""
    from daemon.store import views

    now = SystemClock().now()
    rows = [row for state in ("queued", "sending") for row in views.outbox_list(connection, state=state)]
    return any(not row["next_attempt_at"] or datetime.fromisoformat(row["next_attempt_at"]) <= now for row in rows)


def _ticket_of(connection: Any, requester: str) -> int | None:
    from daemon.store import views

    rows = views.ticket_list(connection, most=50)
    return next((row["number"] for row in rows if row["requester"] == requester), None)


def _outgoing(connection: Any, recipient: str) -> list[dict[str, Any]]:
    from daemon.store import views

    rows = [row for row in views.outbox_list(connection, state="sent") if row["recipient"] == recipient]
    return [views.outbox_one(connection, row["id"]) or {} for row in rows]


def _sent_to(connection: Any, ticket: int | None, recipient: str) -> dict[str, Any] | None:
    rows = [row for row in _outgoing(connection, recipient) if ticket in (None, row["ticket"])]
    return rows[-1] if rows else None


def _return_path(connection: Any, recipient: str) -> dict[str, Any] | None:
    return next((row for row in _outgoing(connection, recipient) if row["envelope_from"]), None)


def _show(store: Any, number: int, before: int, config: Config) -> None:
    from daemon.store import views

    with store.reading() as connection:
        ticket = views.ticket(connection, number)
        inbound = [row for row in views.inbound_list(connection) if row["id"] > before]
        outbox = [row for row in views.outbox_list(connection) if row["ticket"] == number]
        ticket_rows = views.ticket_list(connection, most=10)
    _table("Tickets", ("number", "status", "subject", "requester", "assignee", "messages"), ticket_rows)
    if ticket:
        print_ticket(ticket)
    _table("What became of each mail", ("id", "state", "ticket", "envelope_from", "reason"), inbound[::-1])
    _table("Mails that went out", ("id", "kind", "recipient", "subject", "state", "detail"), outbox[::-1])
    if config.outbound.transport == "maildir":
        click.echo(f"Read them with:  mutt -f {config.outbound.maildir}")


def _table(title: str, columns: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    print_table(title, columns, [[row[name] for name in columns] for row in rows])


def _utf8(headers: dict[str, str]) -> str:
    if "Content-Type" in headers:
        return ""
    return "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
