"""Leases: one owner at a time, and a fence that tells an owner of the past from the one of now."""

from datetime import timedelta

import pytest

from daemon.errors import Unavailable
from daemon.ports import ImapPosition, RawMail
from daemon.store import inbound, leases
from daemon.store.fenced_ledger import FencedLedger
from daemon.store.inbound import InboundState
from daemon.store.leases import Lease
from daemon.store.store import Store

MINUTE = timedelta(minutes=1)
HERE = ImapPosition(uidvalidity=1, last_uid=7)


def acquire(store: Store, clock, owner: str) -> Lease | None:
    return store.write(lambda connection: leases.take(connection, "imap:inbox", owner, clock.now(), MINUTE))


def test_only_one_owner_has_the_lease(store: Store, clock) -> None:
    first = acquire(store, clock, "one")
    assert first is not None
    assert (first.fence, first.until) == (1, clock.now() + MINUTE)
    assert acquire(store, clock, "two") is None


def test_renewing_keeps_the_fence_and_moves_the_end(store: Store, clock) -> None:
    acquire(store, clock, "one")
    clock.advance(timedelta(seconds=50))
    renewed = acquire(store, clock, "one")
    assert (renewed.fence, renewed.until) == (1, clock.now() + MINUTE)
    clock.advance(timedelta(seconds=50))
    assert acquire(store, clock, "two") is None


def test_a_lease_that_ran_out_goes_to_whoever_asks_with_a_higher_fence(store: Store, clock) -> None:
    acquire(store, clock, "one")
    clock.advance(MINUTE)
    assert acquire(store, clock, "two").fence == 2
    assert acquire(store, clock, "one") is None


def test_a_lease_given_back_is_free_at_once(store: Store, clock) -> None:
    lease = acquire(store, clock, "one")
    store.write(lambda connection: leases.give_back(connection, lease, clock.now()))
    assert acquire(store, clock, "two").fence == 2


def test_an_owner_of_the_past_cannot_give_back_what_another_has(store: Store, clock) -> None:
    past = acquire(store, clock, "one")
    clock.advance(MINUTE)
    acquire(store, clock, "two")
    store.write(lambda connection: leases.give_back(connection, past, clock.now()))
    assert acquire(store, clock, "one") is None


def test_an_owner_of_the_past_moves_no_position(store: Store, clock) -> None:
    past = acquire(store, clock, "one")
    FencedLedger(store, past).advance("inbox", "INBOX", HERE)
    clock.advance(MINUTE)
    acquire(store, clock, "two")
    with pytest.raises(Unavailable, match="another node"):
        FencedLedger(store, past).advance("inbox", "INBOX", ImapPosition(uidvalidity=1, last_uid=3))
    assert store.position("inbox", "INBOX") == HERE


def test_a_fenced_ledger_stores_and_remembers_like_the_store(store: Store, clock) -> None:
    ledger = FencedLedger(store, acquire(store, clock, "one"))
    row = ledger.accept(RawMail(raw=b"a\r\n", source="imap")).inbound_id
    store.write(lambda c: inbound.finish(c, row, InboundState.REFUSED, clock.now(), reason="test"))
    ledger.advance("inbox", "INBOX", HERE)
    assert ledger.position("inbox", "INBOX") == HERE
    assert ledger.stored_uids("inbox", "INBOX", 1, [7]) == set()
