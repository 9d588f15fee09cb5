"""The claim: one statement by which a worker takes rows that are due, so that no other worker has them.

The predicate stands in the outer WHERE too: on SQLite, where SKIP LOCKED is silently dropped, and under PostgreSQL's
read committed, the inner list alone could name a row that somebody else has just taken. The list is a common table
expression because PostgreSQL runs a plain sub-query again for every row, and so past the limit.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, Table, TextClause, and_, bindparam, or_, select, update
from sqlalchemy.sql import ColumnElement, Update


def ready(table: Table, *due: ColumnElement[bool] | TextClause) -> ColumnElement[bool]:
    """Rows that are due and nobody's. `due` may use `:now`.

    `:lost` is the instant of a call whose answer did not come: its rows are ours, should it have been committed.
    """
    claimed = table.c.claimed_until
    return and_(*due, or_(claimed.is_(None), claimed < bindparam("now"), claimed == bindparam("lost")))


def claiming(
    table: Table,
    wanted: ColumnElement[bool],
    *,
    order: Sequence[ColumnElement[Any]],
    returning: Sequence[ColumnElement[Any]],
    **values: Any,
) -> Update:
    """Claims up to `:most` of the `ready` rows `:until` an instant that no other claim has, and sets `values` in them.

    Build it once: constructing a statement costs more than running it.
    """
    chosen = (
        select(table.c.id)
        .where(wanted)
        .order_by(*order)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(skip_locked=True)
        .cte("chosen")
    )
    return (
        update(table)
        .where(table.c.id.in_(select(chosen.c.id)), wanted)
        .values(claimed_until=bindparam("until"), **values)
        .returning(*returning)
    )
