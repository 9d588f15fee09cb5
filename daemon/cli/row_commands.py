"""Looking at tickets, accepted mail and outgoing mail, and the few things an admin may do to a row."""

from functools import partial
from pathlib import Path
from typing import Any

import click

from daemon.cli.options import config_option, desk_store, fail, json_option, print_json, print_table, printable
from daemon.cli.rows import change_row, list_rows, one_row, print_row


@click.group()
def tickets() -> None:
    """The conversations."""


@tickets.command("list")
@click.option("--status", default="", help="Only tickets of this status.")
@click.option("--most", default=200, show_default=True, help="How many at the most.")
@json_option
@config_option
def tickets_list(status: str, most: int, as_json: bool, config_file: Path) -> None:
    """Tickets, the most recently changed first."""
    from daemon.store import views

    columns = ("number", "status", "priority", "subject", "requester", "team", "assignee", "messages", "updated_at")
    find = partial(views.ticket_list, status=status, most=most)
    list_rows(config_file, "Tickets", columns, find, as_json=as_json)


@tickets.command("show")
@click.argument("number", type=int)
@json_option
@config_option
def tickets_show(number: int, as_json: bool, config_file: Path) -> None:
    """One ticket with its messages, events and participants."""
    from daemon.store import views

    with desk_store(config_file) as store:
        ticket = one_row(store, "ticket", number, views.ticket)
    if as_json:
        print_json(ticket)
        return
    print_ticket(ticket)


def print_ticket(ticket: dict[str, Any]) -> None:
    """A ticket for people: what was said, and on what evidence it ended up here."""
    facts = [(name, ticket[name]) for name in ("status", "priority", "requester", "team", "assignee", "created_at")]
    print_table(f"Ticket {ticket['number']}: {printable(ticket['subject'])}", ("", ""), facts)
    for message in ticket["messages"]:
        side = "public" if message["public"] else "internal"
        who = message["author"] or message["from"]
        title = f"{message['id']}. {message['direction']} {message['kind']} ({side}) by {who}"
        signals = message["evidence"].get("signals") or [message["evidence"].get("by", "")]
        rows = [("text", message["text"]), ("evidence", "\n".join(map(str, signals)))]
        if message["banner"]:
            rows.insert(0, ("warning", message["banner"]))
        print_table(title, ("", ""), rows)
    print_table(
        "History",
        ("at", "actor", "what", "why"),
        [(e["at"], e["actor"], e["kind"], e["why"]) for e in ticket["events"]],
    )


@click.group()
def inbound() -> None:
    """Accepted mail and what became of it."""


@inbound.command("list")
@click.option("--state", default="", help="waiting, entry, duplicate, quarantined or refused.")
@click.option("--most", default=200, show_default=True, help="How many at the most.")
@json_option
@config_option
def inbound_list(state: str, most: int, as_json: bool, config_file: Path) -> None:
    """Accepted mail, newest first."""
    from daemon.store import views

    columns = ("id", "state", "reason", "source", "envelope_from", "received_at", "attempts", "ticket")
    find = partial(views.inbound_list, state=state, most=most)
    list_rows(config_file, "Inbound mail", columns, find, as_json=as_json)


@inbound.command("show")
@click.argument("inbound_id", type=int)
@click.option("--raw", is_flag=True, help="Print the mail itself.")
@json_option
@config_option
def inbound_show(inbound_id: int, raw: bool, as_json: bool, config_file: Path) -> None:
    """One accepted mail: its state, and the trace of its decision."""
    from daemon.store import views

    with desk_store(config_file) as store:
        row = one_row(store, "inbound mail", inbound_id, views.inbound_one)
        if raw:
            _print_bytes(store, row["sha256"])
            return
    print_row("Inbound mail", row, as_json=as_json)


@inbound.command("retry")
@click.argument("inbound_id", type=int)
@config_option
def inbound_retry(inbound_id: int, config_file: Path) -> None:
    """Read a stuck or quarantined mail again."""
    from daemon.store import inbound as rows

    change_row(config_file, inbound_id, lambda connection, row, _now: rows.retry(connection, row), "waits again")


@inbound.command("release")
@click.argument("inbound_id", type=int)
@config_option
def inbound_release(inbound_id: int, config_file: Path) -> None:
    """Let a quarantined mail in: it is decided again, with the deny list and the quarantine set aside."""
    from daemon.store import inbound as rows

    change_row(config_file, inbound_id, lambda connection, row, _now: rows.release(connection, row), "is released")


@inbound.command("drop")
@click.argument("inbound_id", type=int)
@config_option
def inbound_drop(inbound_id: int, config_file: Path) -> None:
    """End a waiting or quarantined mail as refused; the raw mail is kept."""
    from daemon.store import inbound as rows

    why = "dropped by an admin"
    change_row(config_file, inbound_id, lambda connection, row, now: rows.drop(connection, row, why, now), "is dropped")


@click.group()
def outbox() -> None:
    """Outgoing mail."""


@outbox.command("list")
@click.option("--state", default="", help="queued, sending, sent, deferred, uncertain, failed, held or dropped.")
@click.option("--most", default=200, show_default=True, help="How many at the most.")
@json_option
@config_option
def outbox_list(state: str, most: int, as_json: bool, config_file: Path) -> None:
    """Outgoing mail, newest first."""
    from daemon.store import views

    columns = ("id", "kind", "recipient", "subject", "state", "attempts", "next_attempt_at", "ticket", "detail")
    find = partial(views.outbox_list, state=state, most=most)
    list_rows(config_file, "Outbox", columns, find, as_json=as_json)


@outbox.command("show")
@click.argument("outbox_id", type=int)
@click.option("--raw", is_flag=True, help="Print the mail itself, as it is or was sent.")
@json_option
@config_option
def outbox_show(outbox_id: int, raw: bool, as_json: bool, config_file: Path) -> None:
    """One outgoing mail and every attempt at it."""
    from daemon.store import views

    with desk_store(config_file) as store:
        row = one_row(store, "outgoing mail", outbox_id, views.outbox_one)
        if raw:
            if not row["sha256"]:
                fail("its bytes are not made yet")
            _print_bytes(store, row["sha256"])
            return
    print_row("Outgoing mail", row, as_json=as_json)


@outbox.command("retry")
@click.argument("outbox_id", type=int)
@config_option
def outbox_retry(outbox_id: int, config_file: Path) -> None:
    """Send again what failed, is held or uncertain: the same bytes, the same Message-ID."""
    from daemon.store import outbox as rows

    change_row(config_file, outbox_id, rows.retry, "is queued")


@outbox.command("hold")
@click.argument("outbox_id", type=int)
@config_option
def outbox_hold(outbox_id: int, config_file: Path) -> None:
    """Keep a mail back until it is retried or dropped."""
    from daemon.store import outbox as rows

    change_row(config_file, outbox_id, lambda connection, row, _now: rows.hold(connection, row), "is held")


@outbox.command("drop")
@click.argument("outbox_id", type=int)
@config_option
def outbox_drop(outbox_id: int, config_file: Path) -> None:
    """Never send it."""
    from daemon.store import outbox as rows

    change_row(config_file, outbox_id, rows.drop, "is dropped")


def _print_bytes(store: Any, digest: str) -> None:
    if store.blobs.is_erased(digest):
        fail("its bytes were erased")
    click.echo(store.blobs.get(digest), nl=False)


COMMANDS = (tickets, inbound, outbox)
