"""Looking at tickets, accepted mail and outgoing mail, and the few things an admin may do to a row."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from daemon.cli.options import config_option, desk_store, fail, json_option, print_json, print_table, printable


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

    with desk_store(config_file) as store, store.reading() as connection:
        rows = views.ticket_list(connection, status=status, most=most)
    if as_json:
        print_json(rows)
        return
    columns = ("number", "status", "priority", "subject", "requester", "team", "assignee", "messages", "updated_at")
    print_table("Tickets", columns, [[row[name] for name in columns] for row in rows])


@tickets.command("show")
@click.argument("number", type=int)
@json_option
@config_option
def tickets_show(number: int, as_json: bool, config_file: Path) -> None:
    """One ticket with its messages, events and participants."""
    from daemon.store import views

    with desk_store(config_file) as store, store.reading() as connection:
        ticket = views.ticket(connection, number)
    if ticket is None:
        fail(f"there is no ticket {number}")
        return
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

    with desk_store(config_file) as store, store.reading() as connection:
        rows = views.inbound_list(connection, state=state, most=most)
    if as_json:
        print_json(rows)
        return
    columns = ("id", "state", "reason", "source", "envelope_from", "received_at", "attempts", "ticket")
    print_table("Inbound mail", columns, [[row[name] for name in columns] for row in rows])


@inbound.command("show")
@click.argument("inbound_id", type=int)
@click.option("--raw", is_flag=True, help="Print the mail itself.")
@json_option
@config_option
def inbound_show(inbound_id: int, raw: bool, as_json: bool, config_file: Path) -> None:
    """One accepted mail: its state, and the trace of its decision."""
    from daemon.store import views

    with desk_store(config_file) as store:
        with store.reading() as connection:
            row = views.inbound_one(connection, inbound_id)
        if row is None:
            fail(f"there is no inbound mail {inbound_id}")
            return
        if raw:
            _print_bytes(store, row["sha256"])
            return
    _print_row(f"Inbound mail {inbound_id}", row, as_json=as_json)


@inbound.command("retry")
@click.argument("inbound_id", type=int)
@config_option
def inbound_retry(inbound_id: int, config_file: Path) -> None:
    """Read a stuck or quarantined mail again."""
    from daemon.store import inbound as rows

    _change(config_file, inbound_id, lambda connection, _now: rows.retry(connection, inbound_id), "waits again")


@inbound.command("release")
@click.argument("inbound_id", type=int)
@config_option
def inbound_release(inbound_id: int, config_file: Path) -> None:
    """Let a quarantined mail in: it is decided again, with the deny list and the quarantine set aside."""
    from daemon.store import inbound as rows

    _change(config_file, inbound_id, lambda connection, _now: rows.release(connection, inbound_id), "is released")


@inbound.command("drop")
@click.argument("inbound_id", type=int)
@config_option
def inbound_drop(inbound_id: int, config_file: Path) -> None:
    """End a waiting or quarantined mail as refused; the raw mail is kept."""
    from daemon.store import inbound as rows

    why = "dropped by an admin"
    _change(config_file, inbound_id, lambda connection, now: rows.drop(connection, inbound_id, why, now), "is dropped")


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

    with desk_store(config_file) as store, store.reading() as connection:
        rows = views.outbox_list(connection, state=state, most=most)
    if as_json:
        print_json(rows)
        return
    columns = ("id", "kind", "recipient", "subject", "state", "attempts", "next_attempt_at", "ticket", "detail")
    print_table("Outbox", columns, [[row[name] for name in columns] for row in rows])


@outbox.command("show")
@click.argument("outbox_id", type=int)
@click.option("--raw", is_flag=True, help="Print the mail itself, as it is or was sent.")
@json_option
@config_option
def outbox_show(outbox_id: int, raw: bool, as_json: bool, config_file: Path) -> None:
    """One outgoing mail and every attempt at it."""
    from daemon.store import views

    with desk_store(config_file) as store:
        with store.reading() as connection:
            row = views.outbox_one(connection, outbox_id)
        if row is None:
            fail(f"there is no outgoing mail {outbox_id}")
            return
        if raw:
            if not row["sha256"]:
                fail("its bytes are not made yet")
            _print_bytes(store, row["sha256"])
            return
    _print_row(f"Outgoing mail {outbox_id}", row, as_json=as_json)


@outbox.command("retry")
@click.argument("outbox_id", type=int)
@config_option
def outbox_retry(outbox_id: int, config_file: Path) -> None:
    """Send again what failed, is held or uncertain: the same bytes, the same Message-ID."""
    from daemon.store import outbox as rows

    _change(config_file, outbox_id, lambda connection, now: rows.retry(connection, outbox_id, now), "is queued")


@outbox.command("hold")
@click.argument("outbox_id", type=int)
@config_option
def outbox_hold(outbox_id: int, config_file: Path) -> None:
    """Keep a mail back until it is retried or dropped."""
    from daemon.store import outbox as rows

    _change(config_file, outbox_id, lambda connection, _now: rows.hold(connection, outbox_id), "is held")


@outbox.command("drop")
@click.argument("outbox_id", type=int)
@config_option
def outbox_drop(outbox_id: int, config_file: Path) -> None:
    """Never send it."""
    from daemon.store import outbox as rows

    _change(config_file, outbox_id, lambda connection, now: rows.drop(connection, outbox_id, now), "is dropped")


def _print_bytes(store: Any, digest: str) -> None:
    if store.blobs.is_erased(digest):
        fail("its bytes were erased")
    click.echo(store.blobs.get(digest), nl=False)


def _change(config_file: Path, row_id: int, unit: Callable[[Any, Any], bool], done: str) -> None:
    from daemon.clock import SystemClock

    with desk_store(config_file) as store:
        now = SystemClock().now()
        if not store.write(lambda connection: unit(connection, now)):
            fail(f"{row_id}: there is no such row, or its state does not allow this")
    click.echo(f"{row_id} {done}")


def _print_row(title: str, row: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(row)
        return
    print_table(title, ("", ""), [(name, value) for name, value in row.items() if value not in (None, "")])


COMMANDS = (tickets, inbound, outbox)
