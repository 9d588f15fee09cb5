"""What rules ask other programs to do: webhooks and command lines, looked at and made again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from daemon.cli.options import config_option, desk_store, fail, json_option, print_json, print_table


@click.group()
def errands() -> None:
    """Webhooks and command lines that rules have asked for."""


@errands.command("list")
@click.option("--state", default="", help="queued, done, failed or dropped.")
@click.option("--most", default=200, show_default=True, help="How many at the most.")
@json_option
@config_option
def errands_list(state: str, most: int, as_json: bool, config_file: Path) -> None:
    """Errands, newest first."""
    from daemon.store import errands as rows

    with desk_store(config_file) as store, store.reading() as connection:
        found = rows.listing(connection, state=state, most=most)
    if as_json:
        print_json(found)
        return
    columns = ("id", "kind", "name", "ticket", "rule", "state", "attempts", "next_attempt_at", "detail")
    print_table("Errands", columns, [[row[name] for name in columns] for row in found])


@errands.command("show")
@click.argument("errand_id", type=int)
@json_option
@config_option
def errands_show(errand_id: int, as_json: bool, config_file: Path) -> None:
    """One errand with what it carries."""
    from daemon.store import errands as rows

    with desk_store(config_file) as store, store.reading() as connection:
        row = rows.one(connection, errand_id)
    if row is None:
        fail(f"there is no errand {errand_id}")
        return
    if as_json:
        print_json(row)
        return
    print_table(f"Errand {errand_id}", ("", ""), [(name, value) for name, value in row.items() if value is not None])


@errands.command("retry")
@click.argument("errand_id", type=int)
@config_option
def errands_retry(errand_id: int, config_file: Path) -> None:
    """Make one again that failed or was dropped: a webhook is called with the same delivery id."""
    from daemon.store import errands as rows

    _change(config_file, errand_id, rows.retry, "is queued")


@errands.command("drop")
@click.argument("errand_id", type=int)
@config_option
def errands_drop(errand_id: int, config_file: Path) -> None:
    """Never make it."""
    from daemon.store import errands as rows

    _change(config_file, errand_id, rows.drop, "is dropped")


def _change(config_file: Path, errand_id: int, unit: Callable[[Any, int, Any], bool], done: str) -> None:
    from daemon.clock import SystemClock

    with desk_store(config_file) as store:
        now = SystemClock().now()
        if not store.write(lambda connection: unit(connection, errand_id, now)):
            fail(f"{errand_id}: there is no such errand, or its state does not allow this")
    click.echo(f"{errand_id} {done}")


COMMANDS = (errands,)
