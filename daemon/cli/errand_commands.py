"""What rules ask other programs to do: webhooks and command lines, looked at and made again."""

from functools import partial
from pathlib import Path

import click

from daemon.cli.options import config_option, desk_store, json_option
from daemon.cli.rows import change_row, list_rows, one_row, print_row


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

    columns = ("id", "kind", "name", "ticket", "rule", "state", "attempts", "next_attempt_at", "detail")
    list_rows(config_file, "Errands", columns, partial(rows.listing, state=state, most=most), as_json=as_json)


@errands.command("show")
@click.argument("errand_id", type=int)
@json_option
@config_option
def errands_show(errand_id: int, as_json: bool, config_file: Path) -> None:
    """One errand with what it carries, and each attempt at it: when, how it ended, what was answered."""
    from daemon.store import errands as rows

    with desk_store(config_file) as store:
        row = one_row(store, "errand", errand_id, rows.one)
    print_row("Errand", row, as_json=as_json)


@errands.command("retry")
@click.argument("errand_id", type=int)
@config_option
def errands_retry(errand_id: int, config_file: Path) -> None:
    """Make one again that failed or was dropped: a webhook is called with the same delivery id."""
    from daemon.store import errands as rows

    change_row(config_file, errand_id, rows.retry, "is queued")


@errands.command("drop")
@click.argument("errand_id", type=int)
@config_option
def errands_drop(errand_id: int, config_file: Path) -> None:
    """Never make it."""
    from daemon.store import errands as rows

    change_row(config_file, errand_id, rows.drop, "is dropped")


COMMANDS = (errands,)
