"""The reference of reports and published views, made from the key figures so that it cannot fall behind them."""

from rules.kpis import COLUMNS, FIGURES, KPIS, Kpi
from rules.points import LEAST_RATINGS, LEAST_REPLIES, POINTS

_HEAD = """\
# Reports

`postroom report list` names the reports; `postroom report summary --since 30d` prints one, with `--csv`, `--json` or
`--html` for other programs and people. Every report is made of the published views below: read them with any SQL tool
and you get the same numbers, on SQLite and on PostgreSQL. They hold nothing of mail but senders, reasons and survey
comments.

`postroom kpi explain first-reply 1042` says what ticket 1042 adds to a figure and takes it apart, interval by interval.

Business time cannot be told by SQL, so it is measured whenever a ticket changes and kept in the table `measures`, which
the views read. A closed ticket is not measured again when targets or hours change: figures of the past stay.

The weekly mail (`[digests]` in deadlines.toml: `weekly`, `weekly_on`, `at`) carries the summary of the week before,
from Monday to Monday in the time zone of the default calendar, to the lead of each team and to the admins.
"""


def reference() -> str:
    """The whole page as Markdown."""
    figures = [f"| {each.title} | `{KPIS[each.kpi].view}` | {each.statistic} |" for each in FIGURES.values()]
    table = ["## Figures", "", "| figure | view | made by |", "|---|---|---|", *figures, "", _STATISTICS]
    views = [line for kpi in KPIS.values() for line in _view(kpi)]
    return "\n".join([_HEAD, *table, "## Views", "", *views, _points()])


_STATISTICS = """\
`median` is the middle one, or halfway between the two in the middle; `p90` is the one that nine in ten are not above;
`share` is the percentage of rows whose `value` is 1; `count` is the number of rows, `sum` that of their `times`. The
backlog counts those that stand open at the end of the time.
"""


def _view(kpi: Kpi) -> list[str]:
    columns = [f"| `{name}` | {COLUMNS[name]} |" for name in kpi.columns]
    return [f"### {kpi.view}", "", kpi.meaning, "", "| column | meaning |", "|---|---|", *columns, ""]


def _points() -> str:
    worth = ", ".join(f"{points} for a row of `{KPIS[name].view}`" for name, points in POINTS.items())
    return (
        "## Points and badges\n\nWith `points = true` in `[digests]` the weekly mail ends with a table of points: "
        f"{worth}; where there is a `value`, only if it is 1. Badges: quickest (median of the first replies, from "
        f"{LEAST_REPLIES} on), best rated (mean, from {LEAST_RATINGS} ratings on), solved most.\n"
    )
