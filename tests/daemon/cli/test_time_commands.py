"""The commands that show office hours and take clocks apart."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from desks import DeskInHand, mail

from daemon.cli.commands import cli

CONFIG = """
[desk]
data_dir = "."
rules_dir = "rules"
[[mailbox]]
name = "support"
address = "support@desk.example"
"""
HOURS = """
[[calendar]]
name = "office"
time_zone = "Europe/Berlin"
week = { mon = ["09:00-17:00"], tue = ["09:00-17:00"] }
dates = { "2026-11-24" = ["09:00-10:00"] }
"""
Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    (tmp_path / "rules").mkdir()
    (tmp_path / "postroom.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "rules" / "hours.toml").write_text('default = "office"' + HOURS, encoding="utf-8")
    (tmp_path / "rules" / "deadlines.toml").write_text('[[target]]\nname = "all"\nfirst_reply = "4h"', encoding="utf-8")

    def call(*arguments: str) -> str:
        result = CliRunner().invoke(cli, [*arguments, "--config", str(tmp_path / "postroom.toml")])
        return result.output

    return call


def test_show_lists_the_hours_day_by_day(run: Run) -> None:
    rows = json.loads(run("hours", "show", "--from", "2026-11-23", "--days", "3", "--json"))
    assert [(row["weekday"], row["open"], row["counted"], row["note"]) for row in rows] == [
        ("Monday", "09:00-17:00", "8 h 00 min", ""),
        ("Tuesday", "09:00-10:00", "1 h 00 min", "own date"),
        ("Wednesday", "closed", "0 h 00 min", ""),
    ]


def test_show_of_a_calendar_that_is_not_there_names_those_that_are(run: Run) -> None:
    assert "there are always office" in run("hours", "show", "night")


@pytest.mark.parametrize(
    ("arguments", "until"),
    [
        (("4h",), "2026-11-23T12:00:00+00:00"),
        (("9h",), "2026-11-24T09:00:00+00:00"),
        (("2bd",), "2026-11-30T15:00:00+00:00"),
        (("30m", "--calendar", "always"), "2026-11-21T12:30:00+00:00"),
    ],
)
def test_when_says_when_business_time_is_up(run: Run, arguments: tuple[str, ...], until: str) -> None:
    answer = json.loads(run("hours", "when", *arguments, "--from", "2026-11-21T12:00", "--json"))
    assert answer["until"] == until


def test_when_refuses_a_length_without_a_unit(run: Run) -> None:
    assert "write a number and a unit" in run("hours", "when", "4")


def test_clock_takes_a_tickets_waiting_time_apart(run: Run, store: Any, clock: Any) -> None:
    desk = DeskInHand(store, clock)  # on a Sunday
    desk.take(mail())
    desk.decide()
    [measured] = json.loads(run("ticket", "clock", "1001", "--json"))
    assert measured["metric"] == "first_reply"
    assert measured["due_at"] == "2026-11-23T12:00:00+00:00"
    assert sum(line["minutes"] for line in measured["lines"]) == measured["elapsed_minutes"]


def test_clock_of_a_ticket_that_is_not_there_says_so(run: Run, store: Any) -> None:
    assert "there is no ticket 7" in run("ticket", "clock", "7")
