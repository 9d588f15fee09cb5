"""Key figures in rows: what is measured of each ticket is written, and the published views are read."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Float, Integer, MetaData, String, Table, bindparam, or_, select
from sqlalchemy.types import TypeEngine

from daemon.store.column_types import Utc
from daemon.store.schema import measures
from rules.kpis import KPIS, Kpi
from rules.measures import Measure
from rules.measures import measures as measures_of
from rules.timers import Situation
from rules.timing import Timing

_FIELDS = tuple(each.name for each in fields(Measure))
_NEW = measures.insert()
_FORGET = measures.delete().where(measures.c.ticket_id.in_(bindparam("ids", expanding=True)))


def measured(situations: Mapping[int, Situation], timing: Timing) -> list[dict[str, Any]]:
    """What is measured of these tickets, as rows."""
    return [
        {"ticket_id": ticket, **{name: getattr(each, name) for name in _FIELDS}}
        for ticket, situation in situations.items()
        for each in measures_of(situation.ticket, situation.history, timing)
    ]


def put(connection: Connection, tickets: Sequence[int], found: Sequence[Mapping[str, Any]]) -> None:
    """Put what is measured of these tickets in place of what was."""
    connection.execute(_FORGET, {"ids": tickets})
    if found:
        connection.execute(_NEW, found)


def _type(column: str) -> TypeEngine[Any]:
    if column in ("at", "since", "until", "created_at"):
        return Utc()
    if column.endswith("_minutes"):
        return Float()
    return Integer() if column in ("ticket", "value", "score", "mail", "times") else String()


_VIEWS = {
    kpi.name: Table(kpi.view, MetaData(), *(Column(name, _type(name)) for name in kpi.columns)) for kpi in KPIS.values()
}


def rows(connection: Connection, kpi: Kpi, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """The rows of a key figure from one moment to another, in order; of the backlog all that reach into that time."""
    view = _VIEWS[kpi.name]
    if "at" in view.c:
        query = select(view).where(view.c.at >= since, view.c.at < until).order_by(view.c.at)
    else:
        reaches = or_(view.c.until.is_(None), view.c.until >= since)
        query = select(view).where(view.c.since < until, reaches).order_by(view.c.since)
    return [dict(each._mapping) for each in connection.execute(query)]


def rows_of_ticket(connection: Connection, kpi: Kpi, number: int) -> list[dict[str, Any]]:
    """What one ticket adds to a key figure."""
    view = _VIEWS[kpi.name]
    return [dict(each._mapping) for each in connection.execute(select(view).where(view.c.ticket == number))]
