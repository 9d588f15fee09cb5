"""Replaying stored mail under another policy: both decide about every mail as it lies there; nothing is stored or sent.

Both see the desk as it is now, so what differs is the policies' doing and not the past's.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime

from daemon.policy import Policy
from daemon.store import inbound
from daemon.store.engine import Connection
from daemon.store.found import find
from daemon.store.inbound import Stored
from daemon.store.store import Store
from daemon.workers.deciding import envelope_of
from daemon.workers.readers import ReaderPool
from parsers.mail import ParsedMail
from rules.decide import decide
from rules.rehearsals import Changed, Rehearsal, compare
from rules.ruleset import RuleNeeds
from rules.threads import lookups

_AHEAD = 16


def rehearse(
    store: Store,
    readers: ReaderPool,
    since: datetime,
    before: Policy,
    after: Policy,
    on_mail: Callable[[], None] = lambda: None,
) -> Rehearsal:
    """Decide about every mail accepted since then under both policies. `on_mail` is called after each."""
    result = Rehearsal()
    with store.reading() as connection:
        rows = inbound.decided_since(connection, since)
        for row, future in _read_ahead(store, readers, rows):
            try:
                mail = future.result()
            except Exception:  # unreadable then as now: quarantined by both policies
                result.unread += 1
                on_mail()
                continue
            result.count(_difference(connection, row, mail, before, after))
            on_mail()
    return result


def _read_ahead(store: Store, readers: ReaderPool, rows: list[Stored]) -> Iterator[tuple[Stored, Future[ParsedMail]]]:
    """The mails in order, a few being read while one is decided."""
    ahead: deque[tuple[Stored, Future[ParsedMail]]] = deque()
    for row in rows:
        ahead.append((row, _parse(store, readers, row)))
        if len(ahead) > _AHEAD:
            yield ahead.popleft()
    yield from ahead


def _parse(store: Store, readers: ReaderPool, row: Stored) -> Future[ParsedMail]:
    try:
        return readers.parse(store.blobs.get(row.claimed.sha256))
    except KeyError as error:
        missing: Future[ParsedMail] = Future()
        missing.set_exception(error)
        return missing


def _difference(connection: Connection, row: Stored, mail: ParsedMail, before: Policy, after: Policy) -> Changed | None:
    envelope, at = envelope_of(row.claimed), row.claimed.received_at
    wanted = lookups(mail, envelope, before.desk)
    found = find(connection, wanted, at, breaker_limit=1_000_000, needs=RuleNeeds.LOADS)
    # What rules did to this very mail must not keep `once` rules from speaking again.
    untouched = {ticket: replace(each, fired=frozenset()) for ticket, each in found.activity.items()}
    found = replace(found, activity=untouched, acknowledged_recently=False, automatic_today=0)
    old, new = (decide(mail, envelope, found, each.desk, at, each.ruleset) for each in (before, after))
    return compare(row.claimed.id, row.ticket, mail.subject, old, new)
