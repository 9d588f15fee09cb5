"""The commands that print figures and take them apart."""

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from ticking_desks import TickingDesk

from daemon.cli.commands import cli
from daemon.cli.report_commands import csv_cell
from daemon.clock import SystemClock

CONFIG = """
[desk]
data_dir = "."
[[mailbox]]
name = "support"
address = "support@desk.example"
team = "support"
"""
Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, store, clock) -> Run:
    """The command line on a desk that answered a ticket an hour ago, half an hour after it came."""
    clock.jump(SystemClock().now() - timedelta(minutes=90))
    desk = TickingDesk(store, clock)
    desk.customer_writes(subject="=HYPERLINK(1)")
    desk.clock.advance(timedelta(minutes=30))
    desk.agent_answers(notice=0)
    desk.ticking.tick()
    (tmp_path / "postroom.toml").write_text(CONFIG, encoding="utf-8")

    def call(*arguments: str) -> str:
        return CliRunner().invoke(cli, [*arguments, "--config", str(tmp_path / "postroom.toml")]).output

    return call


def test_the_summary_puts_every_figure_beside_the_one_before(run: Run) -> None:
    tables = {each["title"]: each["rows"] for each in json.loads(run("report", "summary", "--json"))["tables"]}
    figures = {row["figure"]: row for row in tables["Figures"]}
    assert figures["First reply, median, calendar time"]["now"] == 30
    assert figures["New tickets"] == {"figure": "New tickets", "now": 1, "before": 0, "change": 1, "of": 1}
    assert [row["tickets"] for row in tables["Backlog by age"]] == [1, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("name", "form", "begins"),
    [
        ("teams", (), "teams, "),
        ("agents", ("--csv",), "agent,solved,"),
        ("weeks", ("--json",), '{\n  "title": "weeks, '),
        ("quarantined-mail", ("--csv",), "at,mail,sender,reason,value"),
        ("ages", ("--html",), "<html>"),
    ],
)
def test_a_report_is_a_table_csv_json_or_a_page(run: Run, name: str, form: tuple[str, ...], begins: str) -> None:
    assert run("report", name, *form).startswith(begins)


def test_a_figure_can_be_printed_row_by_row(run: Run) -> None:
    header, row = csv.reader(io.StringIO(run("report", "first-reply", "--csv", "--since", "1d")))
    assert dict(zip(header, row, strict=True)).items() >= {"ticket": "1001", "calendar_minutes": "30.0"}.items()


def test_list_names_every_report(run: Run) -> None:
    names = [each["name"] for each in json.loads(run("report", "list", "--json"))]
    assert {"summary", "teams", "first-reply", "csat"} <= set(names)


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (("report", "sumary"), "see `postroom report list`"),
        (("report", "summary", "--since", "soon"), "write a length such as 30d, or a date"),
        (("report", "summary", "--since", "2199-01-01"), "is not in the last ten years"),
        (("kpi", "explain", "refused-mail", "1001"), "there are created first-reply"),
        (("kpi", "explain", "first-reply", "7"), "there is no ticket 7"),
    ],
)
def test_what_is_asked_wrongly_is_answered_with_what_there_is(
    run: Run, arguments: tuple[str, ...], answer: str
) -> None:
    assert answer in run(*arguments)


def test_a_ticket_is_taken_apart_interval_by_interval(run: Run) -> None:
    told = json.loads(run("kpi", "explain", "first-reply", "1001", "--json"))
    [row], [clock] = told["rows"], told["clocks"]
    assert (row["agent"], row["calendar_minutes"]) == ("ada", 30)
    assert sum(line["minutes"] for line in clock["lines"]) == pytest.approx(row["business_minutes"], abs=0.001)
    assert [step["what"] for step in told["steps"]][:3] == ["created", "customer wrote", "agent replied ada"]
    assert "counts as" in run("kpi", "explain", "first-reply", "1001")


def test_what_a_spreadsheet_would_compute_is_printed_as_text() -> None:
    assert [csv_cell(each) for each in ("=1+1", "@x", "fine", -3, None)] == ["'=1+1", "'@x", "fine", -3, None]
