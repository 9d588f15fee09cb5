"""Figures of the desk: reports as tables, CSV, JSON or a page, and what one ticket adds to a figure and why."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from daemon.cli.options import config_option, desk_store, fail, json_option, load_config, print_json, print_table

if TYPE_CHECKING:
    from rules.deadlines import Step
    from rules.reports import Period, Table

_LONGEST = timedelta(days=3653)


@click.command()
@click.argument("name")
@click.option("--since", default="7d", show_default=True, help="How far back: a length such as 30d, or a date.")
@click.option("--csv", "form", flag_value="csv", help="Print CSV.")
@click.option("--json", "form", flag_value="json", help="Print JSON.")
@click.option("--html", "form", flag_value="html", help="Print an HTML page.")
@config_option
def report(name: str, since: str, form: str | None, config_file: Path) -> None:
    """Figures of the last days beside those of as many days before; `postroom report list` names the reports."""
    from daemon.app import load_desk_policy
    from daemon.workers.reporting import REPORTS
    from daemon.workers.reporting import report as make

    if name == "list":
        _list(as_json=form == "json")
        return
    if name not in REPORTS:
        fail(f"there is no report called {name!r}; see `postroom report list`")
    zone = load_desk_policy(load_config(config_file)).timing.hours.default.zone
    period = _period(since)
    with desk_store(config_file) as store, store.reading() as connection:
        tables = make(connection, name, period, zone)
    _PRINTERS[form or "table"](tables, _title(name, period))


def _list(*, as_json: bool) -> None:
    from daemon.workers.reporting import REPORTS

    rows = [{"name": name, "purpose": each.purpose} for name, each in REPORTS.items()]
    if as_json:
        print_json(rows)
        return
    print_table("Reports", ("name", "what it shows"), [list(row.values()) for row in rows])


def _period(since: str) -> "Period":
    from daemon.clock import SystemClock
    from rules.quantities import parse_duration
    from rules.reports import Period

    now = SystemClock().now()
    length = parse_duration(since)
    try:
        start = now - length if length else datetime.fromisoformat(since).astimezone(now.tzinfo)
    except ValueError as error:
        raise click.BadParameter(
            f"got {since!r}, write a length such as 30d, or a date", param_hint="--since"
        ) from error
    if not timedelta() < now - start < _LONGEST:
        raise click.BadParameter(f"{since!r} is not in the last ten years", param_hint="--since")
    return Period(start=start, end=now)


def _title(name: str, period: "Period") -> str:
    return f"{name}, {period.start:%Y-%m-%d %H:%M} to {period.end:%Y-%m-%d %H:%M} UTC"


def _print_tables(tables: list["Table"], title: str) -> None:
    click.echo(title)
    for table in tables:
        has_bars = any(line.bar is not None for line in table.lines)
        rows = [[*(cell.text for cell in line.cells), *([_blocks(line.bar)] * has_bars)] for line in table.lines]
        print_table(table.title, (*table.header, *([""] * has_bars)), rows)


def _blocks(bar: int | None) -> str:
    return "\u2588" * round((bar or 0) / 5)


def _print_csv(tables: list["Table"], _title: str) -> None:
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out)
    for number, table in enumerate(tables):
        if number:
            writer.writerow([])
        writer.writerow(table.header)
        writer.writerows([csv_cell(cell.value) for cell in line.cells] for line in table.lines)
    click.echo(out.getvalue(), nl=False)


def csv_cell(value: object) -> object:
    """A text that a spreadsheet would take for a formula is made one that it does not (OWASP, CSV injection)."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value


def _print_json(tables: list["Table"], title: str) -> None:
    print_json({"title": title, "tables": [{"title": each.title, "rows": _dicts(each)} for each in tables]})


def _dicts(table: "Table") -> list[dict[str, Any]]:
    return [dict(zip(table.header, (cell.value for cell in line.cells), strict=True)) for line in table.lines]


def _print_html(tables: list["Table"], title: str) -> None:
    from daemon.workers.weekly import TEMPLATE, table_variables
    from templates.notices import Notices, packaged

    variables = {
        "desk": {"name": "Postroom", "address": ""},
        "title": title,
        "intro": title,
        "tables": [table_variables(each) for each in tables if each.lines],
    }
    click.echo(Notices(packaged()).render(TEMPLATE, (), variables).html)


_PRINTERS = {"table": _print_tables, "csv": _print_csv, "json": _print_json, "html": _print_html}


@click.group("kpi")
def kpis() -> None:
    """The key figures, each one a published view of the database."""


@kpis.command("reference")
def kpi_reference() -> None:
    """Every figure, view and column, in Markdown."""
    from rules.kpi_reference import reference

    click.echo(reference(), nl=False)


@kpis.command("explain")
@click.argument("name")
@click.argument("number", metavar="TICKET", type=int)
@json_option
@config_option
def kpi_explain(name: str, number: int, as_json: bool, config_file: Path) -> None:
    """What a ticket adds to a key figure, and how that came about, interval by interval."""
    from daemon.app import load_desk_policy
    from daemon.cli.clocks import clock_json, print_clock
    from daemon.clock import SystemClock
    from daemon.store import figures, tickets
    from daemon.store.histories import histories
    from rules.kpis import KPIS
    from rules.measures import measured_clocks

    kpi, timing, now = KPIS.get(name), load_desk_policy(load_config(config_file)).timing, SystemClock().now()
    if kpi is None or "ticket" not in kpi.columns:
        fail(f"there is no key figure of tickets called {name!r}; there are {' '.join(_of_tickets())}")
    with desk_store(config_file) as store, store.reading() as connection:
        ids = list(tickets.by_number(connection, [number]).values())
        found, past = tickets.facts(connection, ids), histories(connection, ids)
        rows = figures.rows_of_ticket(connection, kpi, number)
    if not ids:
        fail(f"there is no ticket {number}")
    clocks = [each for each, _ in measured_clocks(found[ids[0]], past[ids[0]], timing) if _is_about(name, each.metric)]
    steps = [{"at": step.at.isoformat(), "what": _said(step)} for step in past[ids[0]]]
    if as_json:
        print_json(
            {"meaning": kpi.meaning, "rows": rows, "clocks": [clock_json(each, now) for each in clocks], "steps": steps}
        )
        return
    click.echo(kpi.meaning)
    columns = [column for column in kpi.columns if column != "ticket"]
    print_table(f"Ticket {number} counts as", columns, [[row[column] for column in columns] for row in rows])
    for each in clocks:
        print_clock(each, now)
    print_table("What happened", ("at", "what"), [list(step.values()) for step in steps])


def _of_tickets() -> list[str]:
    from rules.kpis import KPIS

    return [name for name, kpi in KPIS.items() if "ticket" in kpi.columns]


def _is_about(name: str, metric: str) -> bool:
    """Whether a figure is made of that clock: promises are of every kind."""
    return name == "attainment" or name.replace("-", "_") == metric


def _said(step: "Step") -> str:
    return " ".join(filter(None, (step.kind.value, step.status.value if step.status else "", step.who)))


COMMANDS = (report, kpis)
