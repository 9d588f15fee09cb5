"""Points and badges of a week, for teams that like a game. Counted from the rows of the key figures, nothing else."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import mean, median

from rules.reports import Cell, Line, Period, Row, Source, Table

# What a row of a key figure is worth to its agent.
POINTS: Mapping[str, int] = {"first-reply": 1, "resolution": 2, "first-contact": 2, "csat": 3}
_YES_OR_NO = ("first-contact", "csat")
# A badge is for more than a lucky hit.
LEAST_REPLIES, LEAST_RATINGS = 5, 3


def points(source: Source, period: Period) -> Table:
    """Who has how many points and which badges, the most first; empty when nobody has any."""
    own = {name: _in_period(source.rows.get(name, ()), period) for name in POINTS}
    totals: dict[str, int] = defaultdict(int)
    for name, worth in POINTS.items():
        for row in own[name]:
            totals[row["agent"]] += worth * (row["value"] if name in _YES_OR_NO else 1)
    totals = {agent: total for agent, total in totals.items() if total}
    badges = _badges(own)
    most = max((*totals.values(), 1))
    lines = tuple(
        Line(
            cells=(_text(agent), Cell(value=total, text=str(total)), _text(", ".join(badges.get(agent, ())))),
            bar=round(100 * total / most),
        )
        for agent, total in sorted(totals.items(), key=lambda each: (-each[1], each[0]))
    )
    return Table(title="Points and badges", header=("agent", "points", "badges"), lines=lines)


def _in_period(rows: Sequence[Row], period: Period) -> list[Row]:
    return [each for each in rows if each["agent"] and period.start <= each["at"] < period.end]


def _badges(own: Mapping[str, Sequence[Row]]) -> dict[str, list[str]]:
    replies, ratings = _by_agent(own["first-reply"], "business_minutes"), _by_agent(own["csat"], "score")
    quickest = {agent: -median(each) for agent, each in replies.items() if len(each) >= LEAST_REPLIES}
    best_rated = {agent: mean(each) for agent, each in ratings.items() if len(each) >= LEAST_RATINGS}
    solvers = {agent: float(len(each)) for agent, each in _by_agent(own["resolution"], "calendar_minutes").items()}
    found: dict[str, list[str]] = {}
    for badge, scores in (("quickest", quickest), ("best rated", best_rated), ("solved most", solvers)):
        for agent in (name for name, score in scores.items() if score == max(scores.values())):
            found.setdefault(agent, []).append(badge)
    return found


def _by_agent(rows: Sequence[Row], column: str) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for row in rows:
        found.setdefault(row["agent"], []).append(row[column])
    return found


def _text(text: str) -> Cell:
    return Cell(value=text, text=text)
