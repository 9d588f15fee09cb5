"""The key figures: what each one counts, in which published view its rows stand, and how a number is made of them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median


class Unit(StrEnum):
    """What a figure's number is."""

    MINUTES = "minutes"
    PERCENT = "percent"
    COUNT = "count"


class Statistic(StrEnum):
    """How one number is made of many rows."""

    MEDIAN = "median"
    P90 = "p90"
    """The nearest rank: nine in ten are not above this one, and it is one of them."""
    SHARE = "share"
    """How many in a hundred are 1, not 0."""
    COUNT = "count"
    SUM = "sum"


class Better(StrEnum):
    """Which way a figure should go."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """One key figure's rows. `meaning` says which ones count; `columns` are those of its view."""

    name: str
    meaning: str
    columns: tuple[str, ...]

    @property
    def view(self) -> str:
        return f"kpi_{self.name.replace('-', '_')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number made of the rows of a key figure."""

    name: str
    title: str
    kpi: str
    statistic: Statistic
    unit: Unit
    better: Better
    column: str = "value"

    def of(self, values: Sequence[float]) -> float | None:
        """The number; None when there is nothing to make it of."""
        if self.statistic is Statistic.COUNT:
            return float(len(values))
        if self.statistic is Statistic.SUM:
            return float(sum(values))
        if not values:
            return None
        if self.statistic is Statistic.MEDIAN:
            return float(median(values))
        if self.statistic is Statistic.P90:
            return sorted(values)[math.ceil(len(values) * 0.9) - 1]
        return 100 * sum(values) / len(values)


_WHO = ("at", "ticket", "team", "agent")
_MAIL = ("at", "mail", "sender", "reason", "value")

COLUMNS: Mapping[str, str] = {
    "at": "the moment it counts at, in UTC",
    "ticket": "the ticket's number",
    "team": "the ticket's team, empty for none",
    "agent": "whose it is: who answered, whose ticket it was when it was solved, who was rated",
    "value": "1 for yes, 0 for no",
    "business_minutes": "minutes in which the office was open and the ticket did not wait for somebody else",
    "calendar_minutes": "minutes by the wall clock",
    "goal_minutes": "what was promised, in the same minutes",
    "metric": "`first_reply`, `next_reply`, `update` or `resolution`",
    "score": "1 (bad) to 5 (very good)",
    "comment": "what the customer wrote beside it",
    "since": "since when there was something to do",
    "until": "until when, empty while there is",
    "created_at": "when the ticket was made",
    "mail": "the number in `postroom inbound list`, empty where no mail is stored",
    "sender": "the envelope's sender",
    "reason": "why",
    "times": "how often: the same sender within SMTP sessions may stand for many refusals",
    "what": "what the rule had set: `status`, `priority`, `category`, `team`, `assignee`, `field` or `tags`",
    "rule": "the rule, and what it said",
}

KPIS: Mapping[str, Kpi] = {
    each.name: each
    for each in (
        Kpi(name="created", meaning="Every ticket but spam, when it was made.", columns=(*_WHO, "value")),
        Kpi(
            name="first-reply",
            meaning="Every ticket with a first public answer of an agent, from its creation to that answer. Notes, "
            "acknowledgements and automatic answers are none; tickets that an agent began have none.",
            columns=(*_WHO, "business_minutes", "calendar_minutes"),
        ),
        Kpi(
            name="resolution",
            meaning="Every solved ticket, from its creation to when it was solved for good. Business minutes leave out "
            "the time that the customer or somebody else was waited for.",
            columns=(*_WHO, "business_minutes", "calendar_minutes"),
        ),
        Kpi(
            name="first-contact",
            meaning="Every ticket, when it was first solved: 1 if it took exactly one public answer and the ticket was "
            "not opened again within 72 hours.",
            columns=(*_WHO, "value"),
        ),
        Kpi(
            name="reopened",
            meaning="Every ticket, when it was first solved: 1 if it was opened again afterwards.",
            columns=(*_WHO, "value"),
        ),
        Kpi(
            name="backlog",
            meaning="Every stretch of time in which a ticket was not solved. The backlog of a moment is the rows that "
            "began by then and had not ended; its age counts from `created_at`.",
            columns=("since", "until", "created_at", "ticket", "team", "agent"),
        ),
        Kpi(
            name="attainment",
            meaning="Every promise of deadlines.toml that was kept (1) or missed (0), at the moment of the answer or "
            "of the miss. What is open and overdue is missed.",
            columns=(*_WHO, "metric", "goal_minutes", "business_minutes", "value"),
        ),
        Kpi(
            name="csat",
            meaning="Every rating: 1 if its score is 4 or 5.",
            columns=(*_WHO, "score", "comment", "value"),
        ),
        Kpi(
            name="survey-response",
            meaning="Every survey sent: 1 if it was answered.",
            columns=(*_WHO, "value"),
        ),
        Kpi(
            name="untouched",
            meaning="Every solved ticket: 1 if no agent wrote anything on it, be it an answer, a note or a command.",
            columns=(*_WHO, "value"),
        ),
        Kpi(
            name="wrote-again",
            meaning="Every ticket that a customer began: 1 if they wrote again before the first answer.",
            columns=(*_WHO, "value"),
        ),
        Kpi(
            name="refused-mail",
            meaning="Every mail that a deny entry or a rule refused, and every sender whom a deny entry refused within "
            "SMTP sessions.",
            columns=("at", "mail", "sender", "reason", "times", "value"),
        ),
        Kpi(
            name="quarantined-mail",
            meaning="Every mail that was held for a human, released since or not.",
            columns=_MAIL,
        ),
        Kpi(
            name="rules-overridden",
            meaning="Every change that a triage rule made: 1 if the next one to change the same was not a rule.",
            columns=(*_WHO, "what", "rule", "value"),
        ),
    )
}


def _figure(name: str, title: str, kpi: str, statistic: Statistic, better: Better, column: str = "value") -> Figure:
    units = {Statistic.COUNT: Unit.COUNT, Statistic.SUM: Unit.COUNT, Statistic.SHARE: Unit.PERCENT}
    unit = units.get(statistic, Unit.MINUTES)
    return Figure(name=name, title=title, kpi=kpi, statistic=statistic, unit=unit, better=better, column=column)


def _lengths(kpi: str, title: str) -> tuple[Figure, ...]:
    return tuple(
        _figure(f"{kpi}-{statistic}-{time}", f"{title}, {statistic}, {time} time", kpi, statistic, Better.DOWN, column)
        for time, column in (("business", "business_minutes"), ("calendar", "calendar_minutes"))
        for statistic in (Statistic.MEDIAN, Statistic.P90)
    )


def _share(kpi: str, title: str, better: Better) -> Figure:
    return _figure(kpi, title, kpi, Statistic.SHARE, better)


def _count(name: str, title: str, kpi: str, better: Better = Better.NEITHER, column: str = "value") -> Figure:
    return _figure(name, title, kpi, Statistic.COUNT, better, column)


FIGURES: Mapping[str, Figure] = {
    each.name: each
    for each in (
        _count("created", "New tickets", "created"),
        _count("solved", "Solved tickets", "resolution", Better.UP, "calendar_minutes"),
        _count("backlog", "Backlog at the end", "backlog", Better.DOWN, "since"),
        *_lengths("first-reply", "First reply"),
        *_lengths("resolution", "Resolution"),
        _share("attainment", "Promises kept", Better.UP),
        _share("first-contact", "Solved at first contact", Better.UP),
        _share("reopened", "Opened again", Better.DOWN),
        _share("csat", "Satisfied customers", Better.UP),
        _share("survey-response", "Surveys answered", Better.UP),
        _share("untouched", "Handled untouched", Better.NEITHER),
        _share("wrote-again", "Wrote again before the first reply", Better.DOWN),
        _figure("refused-mail", "Refused mails", "refused-mail", Statistic.SUM, Better.NEITHER, "times"),
        _count("quarantined-mail", "Quarantined mails", "quarantined-mail"),
        _share("rules-overridden", "Rules put right by agents", Better.DOWN),
    )
}
