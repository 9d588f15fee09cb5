"""Replaying stored mail under another policy: both decide about every mail as it lies there; nothing is stored or sent.

Both see the desk as it was just before the mail was decided, as far as its events tell.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime

from daemon.policy import Policy
from daemon.store import inbound
from daemon.store.engine import Connection
from daemon.store.inbound import Stored
from daemon.store.pasts import PastLoads, find_then
from daemon.store.store import Store
from daemon.workers.deciding import envelope_of
from daemon.workers.readers import ReaderPool
from parsers.mail import ParsedMail
from rules.decide import decide, lookups
from rules.facts import Envelope
from rules.rehearsals import Changed, Rehearsal, compare
from rules.ruleset import RuleNeeds
from rules.threads import Lookups

_AHEAD = 16


def rehearse(
    store: Store,
    readers: ReaderPool,
    since: datetime,
    before: Policy,
    after: Policy,
    on_mail: Callable[[int], None] = lambda _total: None,
) -> Rehearsal:
    """Decide about every mail accepted since then under both policies. After each `on_mail` is told how many there are
    in all."""
    result = Rehearsal()
    with store.reading() as connection:
        rows = inbound.decided_since(connection, since)
        loads = PastLoads(connection)
        for row, future in _read_ahead(store, readers, rows):
            try:
                mail = future.result()
            except Exception:  # unreadable then as now: quarantined by both policies
                result.unread += 1
            else:
                result.count(_difference(connection, row, mail, before, after, loads))
            on_mail(len(rows))
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


def _difference(
    connection: Connection, row: Stored, mail: ParsedMail, before: Policy, after: Policy, loads: PastLoads
) -> Changed | None:
    envelope, at = envelope_of(row.claimed), row.decided_at
    found = find_then(connection, _wanted(mail, envelope, before, after), at, _needs(before, after), loads)
    old, new = (decide(mail, envelope, found, each.desk, at, each.ruleset) for each in (before, after))
    return compare(row.claimed.id, row.ticket, mail.subject, old, new)


def _needs(before: Policy, after: Policy) -> RuleNeeds:
    """What either wants to know."""
    order = tuple(RuleNeeds)
    return max((before.needs, after.needs), key=order.index)


def _wanted(mail: ParsedMail, envelope: Envelope, before: Policy, after: Policy) -> Lookups:
    """What the two ask for, in one."""
    one, other = (lookups(mail, envelope, each.desk, each.ruleset) for each in (before, after))
    return replace(
        one,
        numbers=tuple(dict.fromkeys((*one.numbers, *other.numbers))),
        addresses=tuple(dict.fromkeys((*one.addresses, *other.addresses))),
        siblings=one.siblings or other.siblings,
    )
