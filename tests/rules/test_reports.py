"""Tables made of rows: figures beside those of the time before, ages, weeks, points."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from rules import reports
from rules.kpi_reference import reference
from rules.kpis import COLUMNS, FIGURES, KPIS
from rules.points import points
from rules.reports import Period, Source

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
DAY = timedelta(days=1)
WEEK = Period(start=MONDAY, end=MONDAY + 7 * DAY)


def row(day: float, **more: object) -> dict[str, object]:
    return {"at": MONDAY + day * DAY, "ticket": 1001, "team": "support", "agent": "ada", "value": 1} | more


def lengths(minutes: int) -> dict[str, int]:
    return {"business_minutes": minutes, "calendar_minutes": minutes}


def line(source: Source, title: str) -> list[str]:
    lines = reports.summary(source, WEEK).lines
    return [cell.text for each in lines if each.cells[0].text == title for cell in each.cells[1:]]


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("first-reply-median-business", [30, 10, 20], 20),
        ("first-reply-median-business", [10, 20], 15),
        ("first-reply-p90-business", list(range(1, 11)), 9),
        ("first-reply-p90-business", [5], 5),
        ("csat", [1, 0, 1, 1], 75),
        ("csat", [], None),
        ("created", [], 0),
    ],
)
def test_a_figure_is_one_number_made_of_many_rows(name: str, values: list[float], expected: float | None) -> None:
    assert FIGURES[name].of(values) == expected


def test_a_figure_stands_beside_the_one_before_and_says_whether_that_is_better() -> None:
    source = Source(rows={"csat": [row(-1), row(-2, value=0), row(1), row(2), row(3)]})
    assert line(source, "Satisfied customers") == ["100 %", "50 %", "+50 points, better", "3"]


def test_a_length_that_grew_is_worse() -> None:
    source = Source(rows={"first-reply": [row(-1, **lengths(60)), row(1, **lengths(150))]})
    assert line(source, "First reply, median, business time") == ["2 h 30 min", "1 h 00 min", "+1 h 30 min, worse", "1"]


def test_what_is_not_in_the_period_does_not_count_and_its_start_does() -> None:
    source = Source(rows={"created": [row(0), row(7), row(-7), row(-8)]})
    assert line(source, "New tickets") == ["1", "1", "same", "1"]


def test_the_backlog_is_what_stood_open_at_the_end_by_age() -> None:
    def stretch(since: float, until: float | None) -> dict[str, object]:
        ended = None if until is None else MONDAY + until * DAY
        return {"since": MONDAY + since * DAY, "until": ended, "created_at": MONDAY + since * DAY, "team": ""}

    source = Source(rows={"backlog": [stretch(6.5, None), stretch(1, 8), stretch(1, 7), stretch(-40, None)]})
    table = reports.ages(source, WEEK.end)
    assert [(each.cells[0].text, each.cells[1].value, each.bar) for each in table.lines] == [
        ("under a day", 1, 100),
        ("1 to 3 days", 0, 0),
        ("3 to 7 days", 1, 100),
        ("7 to 30 days", 0, 0),
        ("over 30 days", 1, 100),
    ]


def test_each_team_has_a_line_and_mail_without_a_team_has_none() -> None:
    rows = [row(1, calendar_minutes=1), row(1, calendar_minutes=1, team="billing"), row(2, calendar_minutes=1)]
    table = reports.by("team", Source(rows={"resolution": rows, "refused-mail": [{"at": MONDAY}]}), WEEK)
    assert [(each.cells[0].text, each.cells[2].text) for each in table.lines] == [("support", "2"), ("billing", "1")]


def test_weeks_go_from_monday_to_monday_in_their_zone_across_a_change_of_the_clock() -> None:
    first, second = reports.weeks_back(datetime(2026, 11, 2, 9, 0, tzinfo=UTC), ZoneInfo("Europe/Berlin"), 2)
    assert first.start.astimezone(UTC) == datetime(2026, 10, 18, 22, 0, tzinfo=UTC)
    assert second.start.astimezone(UTC) == datetime(2026, 10, 25, 23, 0, tzinfo=UTC)
    assert second.end.astimezone(UTC) == datetime(2026, 11, 1, 23, 0, tzinfo=UTC)


def test_points_are_counted_from_the_same_rows_and_badges_take_more_than_a_lucky_hit() -> None:
    quick = [row(1, business_minutes=5)] + [row(1, business_minutes=20, agent="ben")] * 5
    solved = [row(1, calendar_minutes=5)] * 2 + [row(8, calendar_minutes=5, agent="ben")]
    table = points(Source(rows={"first-reply": quick, "resolution": solved, "csat": [row(2, score=5)]}), WEEK)
    assert [[cell.text for cell in each.cells] for each in table.lines] == [
        ["ada", "8", "solved most"],
        ["ben", "5", "quickest"],
    ]


def test_every_figure_is_made_of_a_column_that_its_view_has_and_the_page_explains() -> None:
    assert all(each.column in KPIS[each.kpi].columns for each in FIGURES.values())
    assert {column for kpi in KPIS.values() for column in kpi.columns} == set(COLUMNS)


def test_the_reference_of_reports_is_up_to_date() -> None:
    """Write it with `postroom kpi reference > docs/reports.md`."""
    page = Path(__file__).parents[2] / "docs" / "reports.md"
    assert page.read_text(encoding="utf-8") == reference()
