"""Reports: tables made of the rows behind the key figures, for the command line and the weekly mail alike."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import Any

from rules.kpis import FIGURES, Better, Figure, Unit

Row = Mapping[str, Any]
_NO_TEAM = ("refused-mail", "quarantined-mail")
AGES: tuple[tuple[str, timedelta], ...] = (
    ("under a day", timedelta(days=1)),
    ("1 to 3 days", timedelta(days=3)),
    ("3 to 7 days", timedelta(days=7)),
    ("7 to 30 days", timedelta(days=30)),
    ("over 30 days", timedelta.max),
)
# Figures that stand side by side, by the words that fit above a narrow column.
_MAIN: Mapping[str, str] = {
    "created": "new",
    "solved": "solved",
    "backlog": "backlog",
    "first-reply-median-business": "first reply",
    "attainment": "promises kept",
    "csat": "satisfied",
}
_OF_AGENT: Mapping[str, str] = {
    "solved": "solved",
    "first-reply-median-business": "first reply",
    "first-contact": "at first contact",
    "reopened": "opened again",
    "attainment": "promises kept",
    "csat": "satisfied",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From a moment to another one, which is not in it."""

    start: datetime
    end: datetime

    @property
    def before(self) -> "Period":
        """As long a time right before."""
        return Period(start=self.start - (self.end - self.start), end=self.start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The rows of each key figure, by its name; those of all periods a report speaks of."""

    rows: Mapping[str, Sequence[Row]]

    def only(self, column: str, value: str) -> "Source":
        """The rows of one team or one agent; what belongs to nobody, such as refused mail, is left out."""
        return Source(
            rows={name: [each for each in rows if each.get(column) == value] for name, rows in self.rows.items()}
        )

    def found(self, column: str) -> list[str]:
        """Every team or agent there is, sorted."""
        return sorted({each[column] for rows in self.rows.values() for each in rows if each.get(column)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A value as programs read it and as people do."""

    value: float | str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of a table; `bar` is drawn beside it, out of a hundred, None for no bar."""

    cells: tuple[Cell, ...]
    bar: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of a report."""

    title: str
    header: tuple[str, ...]
    lines: tuple[Line, ...] = field(default_factory=tuple)


def figure(wanted: Figure, source: Source, period: Period) -> tuple[float | None, int]:
    """A figure of a period and of how many rows it was made."""
    rows = source.rows.get(wanted.kpi, ())
    if wanted.kpi == "backlog":
        count = len(backlog(rows, period.end))
        return float(count), count
    start, end = period.start.astimezone(UTC), period.end.astimezone(UTC)  # moments of one zone are quickly compared
    values = [each[wanted.column] for each in rows if start <= each["at"] < end]
    return wanted.of(values), len(values)


def backlog(rows: Iterable[Row], moment: datetime) -> list[Row]:
    """What was not solved at a moment."""
    moment = moment.astimezone(UTC)
    return [each for each in rows if each["since"] <= moment and (each["until"] is None or each["until"] > moment)]


def summary(source: Source, period: Period, *, of_team: bool = False) -> Table:
    """Every figure, the one before and the change. A team has no share in mail that became no ticket."""
    lines = [_compared(each, source, period) for each in FIGURES.values() if not (of_team and each.name in _NO_TEAM)]
    return Table(title="Figures", header=("figure", "now", "before", "change", "of"), lines=tuple(lines))


def _compared(wanted: Figure, source: Source, period: Period) -> Line:
    (now, count), (before, _) = figure(wanted, source, period), figure(wanted, source, period.before)
    change = None if now is None or before is None else now - before
    cells = (_text(wanted.title), number(now, wanted.unit), number(before, wanted.unit), _change(change, wanted))
    return Line(cells=(*cells, Cell(value=count, text=str(count))))


def by(column: str, source: Source, period: Period) -> Table:
    """The main figures of each team or each agent, the one who solved most first."""
    columns = _MAIN if column == "team" else _OF_AGENT
    wanted = [FIGURES[name] for name in columns]
    lines = []
    for name in source.found(column):
        own = source.only(column, name)
        found = [figure(each, own, period)[0] for each in wanted]
        solved = found[[each.name for each in wanted].index("solved")] or 0
        cells = (_text(name), *(number(value, each.unit) for value, each in zip(found, wanted, strict=True)))
        lines.append((solved, Line(cells=cells)))
    ordered = [line for _, line in sorted(lines, key=lambda each: -each[0])]
    return Table(title=f"By {column}", header=(column, *columns.values()), lines=tuple(ordered))


def ages(source: Source, moment: datetime) -> Table:
    """How old what is not solved was at a moment."""
    found = [moment - each["created_at"] for each in backlog(source.rows.get("backlog", ()), moment)]
    counts, youngest = [], timedelta()
    for _, oldest in AGES:
        counts.append(sum(youngest <= max(age, timedelta()) < oldest for age in found))
        youngest = oldest
    names = [name for name, _ in AGES]
    return Table(title="Backlog by age", header=("age", "tickets"), lines=_barred(names, counts))


def _barred(names: Sequence[str], counts: Sequence[int]) -> tuple[Line, ...]:
    most = max((*counts, 1))
    return tuple(
        Line(cells=(_text(name), Cell(value=count, text=str(count))), bar=round(100 * count / most))
        for name, count in zip(names, counts, strict=True)
    )


def weeks(source: Source, periods: Sequence[Period], zone: tzinfo) -> Table:
    """The main figures week by week, with a bar for what was solved."""
    wanted = [FIGURES[name] for name in _MAIN]
    found = [[figure(each, source, period)[0] for each in wanted] for period in periods]
    solved = [row[1] or 0 for row in found]
    most = max((*solved, 1))
    lines = tuple(
        Line(
            cells=(
                _day(period.start.astimezone(zone)),
                *(number(value, each.unit) for value, each in zip(row, wanted, strict=True)),
            ),
            bar=round(100 * count / most),
        )
        for period, row, count in zip(periods, found, solved, strict=True)
    )
    return Table(title="Week by week (bar: solved)", header=("from", *_MAIN.values()), lines=lines)


def _day(moment: datetime) -> Cell:
    return Cell(value=moment.date().isoformat(), text=f"{moment:%d\u00a0%b}")


def rows_of(columns: Sequence[str], rows: Iterable[Row], title: str) -> Table:
    """What stands behind a figure, row by row."""
    lines = tuple(Line(cells=tuple(_raw(each[name]) for name in columns)) for each in rows)
    return Table(title=title, header=tuple(columns), lines=lines)


def _raw(value: object) -> Cell:
    if isinstance(value, datetime):
        return Cell(value=value.isoformat(), text=f"{value:%Y-%m-%d %H:%M}")
    if isinstance(value, int | float):
        return Cell(value=value, text=f"{value:g}")
    return _text("" if value is None else str(value))


def weeks_back(now: datetime, zone: tzinfo, most: int) -> list[Period]:
    """The last whole weeks from Monday to Monday in a zone, in order."""
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    edges = [datetime.combine(monday - timedelta(weeks=back), time(), zone) for back in range(most, -1, -1)]
    return [Period(start=start, end=end) for start, end in pairwise(edges)]


def _text(text: str) -> Cell:
    return Cell(value=text, text=text)


def number(value: float | None, unit: Unit) -> Cell:
    """A number with its unit; a dash for none."""
    if value is None:
        return Cell(value=None, text="-")
    return Cell(value=round(value, 2), text=_SAID[unit](value))


def _change(change: float | None, wanted: Figure) -> Cell:
    """By how much it went up or down, and whether that is what one wants."""
    if change is None:
        return Cell(value=None, text="")
    said = _SAID[wanted.unit](abs(change))
    if said == _SAID[wanted.unit](0):
        return Cell(value=round(change, 2), text="same")
    words = f"{'+' if change > 0 else '-'}{said.replace(' %', ' points')}"
    if wanted.better is not Better.NEITHER:
        words += ", better" if (change > 0) == (wanted.better is Better.UP) else ", worse"
    return Cell(value=round(change, 2), text=words)


def _length(minutes: float) -> str:
    whole = round(minutes)
    if whole < 60:
        return f"{whole} min"
    return f"{whole // 60} h {whole % 60:02} min" if whole < 48 * 60 else f"{whole / 1440:.1f} days"


_SAID: Mapping[Unit, Callable[[float], str]] = {
    Unit.MINUTES: _length,
    Unit.PERCENT: lambda value: f"{value:.0f} %",
    Unit.COUNT: lambda value: f"{value:.0f}",
}
