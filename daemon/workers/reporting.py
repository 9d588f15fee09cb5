"""Reports by name: the rows of a stretch of time are read once, and the rules make tables of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta, tzinfo

from daemon.store import figures
from daemon.store.engine import Connection
from rules import reports
from rules.kpis import KPIS
from rules.reports import Period, Source, Table

WEEKS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedReport:
    """A report of the command line. `make` is given the rows of the period and of the one before, and the zone."""

    purpose: str
    make: Callable[[Source, Period, tzinfo], list[Table]]


def _every_week(source: Source, period: Period, zone: tzinfo) -> list[Table]:
    count = max(1, (period.end - period.start) // timedelta(weeks=1))
    return [reports.weeks(source, reports.weeks_back(period.end, zone, count), zone)]


def _of_kpi(name: str) -> Callable[[Source, Period, tzinfo], list[Table]]:
    def make(source: Source, period: Period, _zone: tzinfo) -> list[Table]:
        rows = source.rows[name]
        inside = [each for each in rows if "at" not in each or period.start <= each["at"] < period.end]
        shown = inside if name != "backlog" else reports.backlog(rows, period.end)
        return [reports.rows_of(KPIS[name].columns, shown, name)]

    return make


REPORTS: Mapping[str, NamedReport] = {
    "summary": NamedReport(
        purpose="Every figure, beside that of the time before and the change.",
        make=lambda source, period, _zone: [reports.summary(source, period), reports.ages(source, period.end)],
    ),
    "teams": NamedReport(
        purpose="The main figures by team.", make=lambda source, period, _zone: [reports.by("team", source, period)]
    ),
    "agents": NamedReport(
        purpose="The main figures by agent.", make=lambda source, period, _zone: [reports.by("agent", source, period)]
    ),
    "weeks": NamedReport(purpose="The main figures of each whole week since then.", make=_every_week),
    "ages": NamedReport(
        purpose="How old the backlog is.", make=lambda source, period, _zone: [reports.ages(source, period.end)]
    ),
    **{name: NamedReport(purpose=f"Row by row: {kpi.meaning}", make=_of_kpi(name)) for name, kpi in KPIS.items()},
}


def load(connection: Connection, period: Period) -> Source:
    """The rows of every key figure in a period."""
    return Source(rows={name: figures.rows(connection, kpi, period.start, period.end) for name, kpi in KPIS.items()})


def report(connection: Connection, name: str, period: Period, zone: tzinfo) -> list[Table]:
    """The tables of a report over a period. Raises KeyError when there is none of that name."""
    wanted = REPORTS[name]
    slack = timedelta(weeks=1)  # a whole week may begin before the period does
    return wanted.make(load(connection, Period(start=period.before.start - slack, end=period.end)), period, zone)
