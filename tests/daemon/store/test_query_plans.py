"""The way of a mail stays as short when a desk has a million tickets: no statement on it reads a whole table."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from desks import DeskInHand, mail, quote
from sqlalchemy import Engine, event

from daemon.clock import FakeClock
from daemon.store.schema import metadata
from daemon.store.store import Store
from daemon.workers.delivery import recover
from daemon.workers.errands import Errands
from daemon.workers.ticking import Ticking

ADA = "ada@desk.example"
_LARGE = metadata.tables.keys() - {"agent_states", "leases", "remembered", "rounds"}
_ALL_ON_PURPOSE = "UPDATE tickets SET timed_version"  # when hours or deadlines were changed
_READS_ALL = re.compile(r"SCAN (\w+)(?! USING)$")


def _nowhere(*_: Any) -> Any:
    raise AssertionError("there is no errand")


@contextmanager
def statements() -> Iterator[dict[str, Any]]:
    """Every statement executed within, with the parameters it had first."""
    seen: dict[str, Any] = {}

    def note(_connection: object, _cursor: object, text: str, values: Any, _context: object, many: bool) -> None:
        seen.setdefault(text, values[0] if many else values)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


def whole_tables(database: sqlite3.Connection, text: str, values: Sequence[Any]) -> list[str]:
    """The tables that SQLite means to read from end to end; what an INSERT lists are keys it might have to check."""
    if not text.startswith(("SELECT", "UPDATE", "DELETE", "WITH")) or text.startswith(_ALL_ON_PURPOSE):
        return []
    plan = [row[3] for row in database.execute("EXPLAIN QUERY PLAN " + text, values)]
    return [found[1] for line in plan if (found := _READS_ALL.match(line)) and found[1] in _LARGE]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # PostgreSQL plans by what the tables hold
def test_no_statement_of_a_mails_way_reads_a_whole_table(store: Store, clock: FakeClock, place: Path) -> None:
    desk = DeskInHand(store, clock)
    with statements() as seen:
        desk.take(mail())
        desk.work()
        notice = desk.sent_to(ADA)[0]
        answer = mail(
            "It is repaired.\n" + quote(notice), sender=ADA, message_id="<2@d>", to=notice.reply_to[0].address
        )
        desk.take(answer, ADA, notice.reply_to[0].address)
        desk.take(mail("And again.", subject="Re: [#1001] Printer", message_id="<3@customer.example>"))
        desk.work()
        ticking = Ticking(store, lambda: desk.policy, clock, breaker_limit=100)
        ticking.tick()
        clock.advance(timedelta(days=3))
        ticking.tick()
        desk.work()
        Errands(store, clock, {}, {}, post=_nowhere, run=_nowhere, commands_an_hour=1).step()
        recover(store, clock.now(), alone=False)
    with closing(sqlite3.connect(place)) as database:
        assert {text: found for text, values in seen.items() if (found := whole_tables(database, text, values))} == {}
