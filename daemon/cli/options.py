"""What several commands share: finding the configuration, opening the store to look, printing rows."""

import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from daemon.config import Config, load
from daemon.errors import ConfigError, Problem

_MOMENT = re.compile(r"\A(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?\+00:00\Z")  # seconds are enough for people
Command = TypeVar("Command", bound=Callable[..., Any])


def config_option(command: Command) -> Command:
    """`--config FILE`, also from POSTROOM_CONFIG; else postroom.toml here."""
    return click.option(
        "--config",
        "config_file",
        type=click.Path(dir_okay=False, path_type=Path),
        envvar="POSTROOM_CONFIG",
        default=Path("postroom.toml"),
        show_default=True,
        help="Configuration file (or environment variable POSTROOM_CONFIG).",
    )(command)


def json_option(command: Command) -> Command:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")(command)


def load_config(config_file: Path) -> Config:
    """Raises ConfigError with a hint when there is no file."""
    if not config_file.exists():
        remedy = "name one with --config, or make one with `postroom init`"
        raise ConfigError([Problem(file=str(config_file), message="there is no such file", remedy=remedy)])
    return load(config_file)


@contextmanager
def desk_store(config_file: Path) -> Iterator[Any]:
    """The store of a configuration, for commands that look at it or change a row."""
    from daemon.app import open_store
    from daemon.clock import SystemClock

    store = open_store(load_config(config_file), SystemClock())
    try:
        yield store
    finally:
        store.close()


def print_json(value: object) -> None:
    """One JSON document, as other programs like it."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table for people."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(_MOMENT.sub(r"\1 \2Z", printable(cell))) for cell in row))
    width = None if os.isatty(1) else 160
    Console(width=width).print(table)


def printable(value: object) -> str:
    """Text from a mail, safe on a terminal: no control character gets through."""
    text = "" if value is None else str(value)
    return "".join(
        c if c == "\n" or (c.isprintable() and c not in "\u202e\u202d\u2066\u2067") else "\ufffd" for c in text
    )


def fail(message: str) -> NoReturn:
    """The answer is no: one line and exit 1."""
    click.echo(f"postroom: {message}", err=True)
    raise SystemExit(1)
