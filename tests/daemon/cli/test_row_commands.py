"""Rows of mail and errands: listed, shown with each attempt, changed by an admin's word."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from folders import with_desk

from daemon.store import errands
from daemon.store.errands import AGAIN, ErrandState
from daemon.store.schema import errands as errand_rows

Run = Callable[..., Any]
THEN = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.fixture
def errand(folder: Path) -> None:
    """A webhook that answered 500, then 410."""
    row = {"kind": "webhook", "name": "pager", "delivery": "d", "ticket_id": 1, "rule": "r", "content": {}}
    row |= {"state": ErrandState.QUEUED, "next_attempt_at": THEN, "created_at": THEN}

    def unit(connection: Any) -> None:
        connection.execute(errand_rows.insert(), row)
        (held,) = errands.claim(connection, THEN, 1)
        errands.postpone(connection, held, THEN, "500: down", THEN)
        (held,) = errands.claim(connection, THEN, 1)
        errands.end(connection, held, ErrandState.FAILED, "410: gone", THEN)

    with_desk(folder, lambda desk: desk.store.write(unit))


@pytest.mark.parametrize("kind", ["inbound", "outbox"])
def test_mail_is_listed_newest_first(run: Run, kind: str) -> None:
    ids = [row["id"] for row in json.loads(run(kind, "list", "--json").output)]
    assert ids == sorted(ids, reverse=True)
    assert str(ids[0]) in run(kind, "list", "--most", "1").output


def test_each_attempt_at_an_outgoing_mail_is_shown(run: Run) -> None:
    (attempt,) = json.loads(run("outbox", "show", "1", "--json").output)["tries"]
    assert (attempt["outcome"], attempt["answer"]) == ("sent", "250")
    assert "Attempts" in run("outbox", "show", "1").output


def test_each_attempt_at_an_errand_is_shown(run: Run, errand: None) -> None:
    shown = json.loads(run("errands", "show", "1", "--json").output)
    assert [(each["outcome"], each["answer"]) for each in shown["tries"]] == [
        (AGAIN, "500: down"),
        ("failed", "410: gone"),
    ]
    assert "500: down" in run("errands", "show", "1").output


def test_an_errand_that_failed_is_queued_again_and_can_be_dropped(run: Run, errand: None) -> None:
    assert run("errands", "retry", "1").output == "1 is queued\n"
    assert run("errands", "drop", "1").output == "1 is dropped\n"
    assert run("errands", "drop", "1").exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("inbound", "show", "99"), "there is no inbound mail 99"),
        (("outbox", "show", "99"), "there is no outgoing mail 99"),
        (("errands", "show", "99"), "there is no errand 99"),
        (("tickets", "show", "99"), "there is no ticket 99"),
        (("outbox", "retry", "99"), "99: there is no such row, or its state does not allow this"),
    ],
)
def test_a_row_that_is_not_there_is_one_line_and_exit_1(run: Run, arguments: tuple[str, ...], said: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.output) == (1, f"postroom: {said}\n")
