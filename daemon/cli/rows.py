"""Looking at rows of one kind, listing them, and changing the state of one: what the commands of each kind share."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from daemon.cli.options import desk_store, fail, print_json, print_table

Row = dict[str, Any]
_TRIES = "tries"


def list_rows(
    config_file: Path, title: str, columns: Sequence[str], find: Callable[[Any], list[Row]], *, as_json: bool
) -> None:
    """Print what `find` finds on a connection: these columns as a table, everything as JSON."""
    with desk_store(config_file) as store, store.reading() as connection:
        rows = find(connection)
    if as_json:
        print_json(rows)
        return
    print_table(title, columns, [[row[name] for name in columns] for row in rows])


def one_row(store: Any, what: str, row_id: int, find: Callable[[Any, int], Row | None]) -> Row:
    """The row with this number; ends the command when there is none."""
    with store.reading() as connection:
        row = find(connection, row_id)
    if row is None:
        fail(f"there is no {what} {row_id}")
    return row


def print_row(what: str, row: Row, *, as_json: bool) -> None:
    """One row, and below it each try at it where there were any."""
    if as_json:
        print_json(row)
        return
    shown = [(name, value) for name, value in row.items() if value not in (None, "") and name != _TRIES]
    print_table(f"{what} {row['id']}", ("", ""), shown)
    if tries := row.get(_TRIES):
        columns = list(tries[0])
        print_table("Attempts", columns, [[each[name] for name in columns] for each in tries])


def change_row(config_file: Path, row_id: int, change: Callable[[Any, int, datetime], bool], done: str) -> None:
    """Make one change to a row and say so; ends the command when its state does not allow it."""
    from daemon.clock import SystemClock

    with desk_store(config_file) as store:
        now = SystemClock().now()
        if not store.write(lambda connection: change(connection, row_id, now)):
            fail(f"{row_id}: there is no such row, or its state does not allow this")
    click.echo(f"{row_id} {done}")
