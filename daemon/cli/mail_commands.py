"""Reading a mail and explaining a decision, without storing or sending anything."""

import json
from pathlib import Path
from typing import Any

import click

from daemon.cli.options import config_option, desk_store, fail, json_option, load_config, print_json, print_table


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a mail and line.")
def parse(files: tuple[Path, ...], as_json: bool) -> None:
    """Show what Postroom reads in a mail (a file, or - for standard input)."""
    import parsers

    for file in files:
        mail = parsers.parse(_read(file))
        if as_json:
            click.echo(json.dumps(mail.to_dict(), ensure_ascii=False))
            continue
        rows = [
            (name, _cell(value)) for name, value in mail.to_dict().items() if value and name not in ("html", "text")
        ]
        print_table(str(file), ("", ""), rows)


def _cell(value: object) -> object:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _read(file: Path) -> bytes:
    try:
        with click.open_file(str(file), "rb") as source:
            content: bytes = source.read()
    except OSError as error:
        fail(f"{file}: cannot read: {error.strerror}")
        raise
    return content


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--inbound", type=int, default=None, help="Instead of a file: accepted mail, by its number, decided anew."
)
@click.option("--sender", default=None, help="Envelope sender; by default the mail's Return-Path or From.")
@click.option("--recipient", multiple=True, help="Envelope recipient; by default our mailboxes in To and Cc.")
@json_option
@config_option
def explain(
    file: Path | None,
    inbound: int | None,
    sender: str | None,
    recipient: tuple[str, ...],
    as_json: bool,
    config_file: Path,
) -> None:
    """Show what would happen to a mail, and why. Nothing is stored or sent."""
    from daemon.app import load_desk_policy
    from daemon.cli.explanations import explanation, lines
    from daemon.clock import SystemClock
    from daemon.workers.deciding import consider

    if (file is None) == (inbound is None):
        raise click.UsageError("Name a FILE, or an accepted mail with --inbound.")
    config = load_config(config_file)
    policy = load_desk_policy(config)
    limit = config.acknowledgements.most_in_10_minutes
    with desk_store(config_file) as store, store.reading() as connection:
        if inbound is not None:
            mail, envelope = _accepted(store, inbound)
        else:
            mail, envelope = _from_file(file, sender, recipient, policy.desk)
        decision = consider(connection, mail, envelope, policy, SystemClock().now(), breaker_limit=limit)
    found = explanation(mail, envelope, decision, policy.desk)
    if as_json:
        print_json(found)
        return
    rows = [(name, lines(value)) for name, value in found.items() if name != "mail" and value]
    print_table(f"{file or inbound}: {mail.subject or '(no subject)'}", ("step", "result"), rows)


def _accepted(store: Any, inbound_id: int) -> tuple[Any, Any]:
    """A mail as it came, with its envelope and what we found out about its sender then."""
    import parsers
    from daemon.store.inbound import accepted
    from daemon.workers.deciding import envelope_of

    with store.reading() as connection:
        row = accepted(connection, inbound_id)
    try:
        raw = store.blobs.get(row.sha256) if row else None
    except KeyError:
        raw = None
    if row is None or raw is None:
        fail(f"there is no accepted mail {inbound_id}, or its bytes are gone")
    return parsers.parse(raw), envelope_of(row)


def _from_file(file: Any, sender: str | None, recipient: tuple[str, ...], desk: Any) -> tuple[Any, Any]:
    import parsers
    from daemon.clock import SystemClock
    from rules.facts import Envelope

    mail = parsers.parse(_read(file))
    envelope = Envelope(
        source="explain",
        sender=sender if sender is not None else mail.header("return-path").strip("<> ") or _from(mail),
        recipients=recipient or _our_addresses(mail, desk),
        received_at=SystemClock().now(),
    )
    return mail, envelope


def _from(mail: Any) -> str:
    return mail.sender_from.address if mail.sender_from else ""


def _our_addresses(mail: Any, desk: Any) -> tuple[str, ...]:
    from daemon.recipients import is_ours

    named = [each.address for each in (*mail.to, *mail.cc) if is_ours(desk, each.address)]
    return tuple(named) or (desk.mailboxes[0].address,)


COMMANDS = (parse, explain)
