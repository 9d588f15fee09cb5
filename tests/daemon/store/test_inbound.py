"""Accepting, claiming and ending mail; idempotent by key."""

from datetime import timedelta

import pytest

from daemon.errors import Deferred, Unavailable
from daemon.ports import ImapKey, ImapPosition, RawMail
from daemon.store import inbound, views
from daemon.store.inbound import InboundState
from daemon.store.store import Store


def mail(body: str = "Hello", uid: int | None = None, uidvalidity: int = 1) -> RawMail:
    key = ImapKey(account="a", folder="INBOX", uidvalidity=uidvalidity, uid=uid) if uid else None
    raw = f"From: kim@customer.example\r\n\r\n{body}\r\n".encode()
    return RawMail(raw=raw, source="imap" if key else "smtp", sender="kim@customer.example", imap=key)


def states(store: Store) -> dict[str, int]:
    with store.reading() as connection:
        return inbound.counts(connection)


def claim(store: Store, clock, most: int = 10):
    return store.write(lambda connection: inbound.claim(connection, clock.now(), most))


def refuse(store: Store, clock, row_id: int) -> None:
    store.write(lambda c: inbound.finish(c, row_id, InboundState.REFUSED, clock.now(), reason="test"))


def test_the_same_bytes_are_one_mail_and_a_pointer(store: Store) -> None:
    first, second = store.accept(mail()), store.accept(mail())
    assert (first.duplicate, second.duplicate) == (False, True)
    assert second.inbound_id == first.inbound_id
    assert states(store) == {"waiting": 1, "duplicate": 1}


def test_the_same_place_in_a_mailbox_is_the_same_mail(store: Store) -> None:
    first = store.accept(mail(uid=7))
    again = store.accept(mail(uid=7))
    assert again.duplicate
    assert again.inbound_id == first.inbound_id
    assert states(store) == {"waiting": 1}


def test_after_a_uidvalidity_change_old_mail_is_a_duplicate_by_content(store: Store) -> None:
    store.accept(mail(uid=7))
    assert store.accept(mail(uid=1, uidvalidity=2)).duplicate
    assert store.accept(mail("new", uid=7, uidvalidity=2)).duplicate is False


def test_a_disk_that_is_full_is_a_451_for_the_peer(store: Store) -> None:
    class Full:
        def put(self, content: bytes) -> str:
            raise Unavailable("no space left on device")

    real, store.blobs = store.blobs, Full()
    with pytest.raises(Deferred) as refused:
        store.accept(mail())
    store.blobs = real
    assert (refused.value.code, refused.value.status) == (451, "4.3.0")


def test_claims_are_oldest_first_and_count_the_attempt(store: Store, clock) -> None:
    ids = [store.accept(mail(str(n))).inbound_id for n in range(3)]
    assert [(row.id, row.attempts) for row in claim(store, clock, 2)] == [(ids[0], 1), (ids[1], 1)]


def test_a_claimed_mail_is_not_claimed_again_until_the_claim_runs_out(store: Store, clock) -> None:
    store.accept(mail())
    assert len(claim(store, clock)) == 1
    assert not claim(store, clock)
    clock.advance(inbound.CLAIM + timedelta(seconds=1))
    assert [row.attempts for row in claim(store, clock)] == [2]


def test_a_mail_put_back_waits_for_its_time(store: Store, clock) -> None:
    row_id = store.accept(mail()).inbound_id
    claim(store, clock)
    later = clock.now() + timedelta(minutes=1)
    store.write(lambda c: inbound.put_back(c, row_id, later, "trouble", killed=True))
    assert not claim(store, clock)
    clock.advance(timedelta(minutes=1))
    assert [(row.attempts, row.killed) for row in claim(store, clock)] == [(2, 1)]


def test_released_claims_do_not_count_as_attempts(store: Store, clock) -> None:
    row_id = store.accept(mail()).inbound_id
    claim(store, clock)
    store.write(lambda c: inbound.release_claims(c, [row_id]))
    assert [row.attempts for row in claim(store, clock)] == [1]


def test_dropping_needs_a_mail_that_is_undecided(store: Store, clock) -> None:
    row_id = store.accept(mail()).inbound_id
    assert store.write(lambda c: inbound.drop(c, row_id, "by an admin", clock.now()))
    assert not store.write(lambda c: inbound.drop(c, row_id, "by an admin", clock.now()))
    assert states(store) == {"refused": 1}


def test_a_quarantined_mail_can_be_retried_or_released(store: Store, clock) -> None:
    row_id = store.accept(mail()).inbound_id
    hold = lambda c: inbound.finish(c, row_id, InboundState.QUARANTINED, clock.now(), reason="odd")  # noqa: E731
    store.write(hold)
    assert store.write(lambda c: inbound.retry(c, row_id))
    store.write(hold)
    assert store.write(lambda c: inbound.release(c, row_id))
    assert [row.released for row in claim(store, clock)] == [True]


def test_the_position_in_a_folder_is_remembered(store: Store) -> None:
    assert store.position("a", "INBOX") is None
    for position in (ImapPosition(uidvalidity=1, last_uid=5), ImapPosition(uidvalidity=1, last_uid=9)):
        store.advance("a", "INBOX", position)
        assert store.position("a", "INBOX") == position


def test_stored_uids_are_told_from_new_ones(store: Store) -> None:
    store.accept(mail("one", uid=1))
    store.accept(mail("two", uid=2))
    assert store.stored_uids("a", "INBOX", 1, range(1, 1200)) == {1, 2}
    assert store.stored_uids("a", "INBOX", 2, [1, 2]) == set()


def test_a_mail_that_says_the_same_by_another_route_is_found(store: Store, clock) -> None:
    one, two = store.accept(mail("a")).inbound_id, store.accept(mail("b")).inbound_id
    key = "k" * 64
    assert store.write(lambda c: inbound.undecided(c, one, key)) == inbound.Undecided(earlier=None)
    store.write(lambda c: inbound.finish(c, one, InboundState.REFUSED, clock.now(), content_key=key, reason="r"))
    assert store.write(lambda c: inbound.undecided(c, one, key)) is None
    assert store.write(lambda c: inbound.undecided(c, two, key)) == inbound.Undecided(earlier=one)


def test_lists_show_what_became_of_a_mail(store: Store, clock) -> None:
    refuse(store, clock, store.accept(mail()).inbound_id)
    with store.reading() as connection:
        (row,) = views.inbound_list(connection)
    assert (row["state"], row["reason"], row["source"]) == ("refused", "test", "smtp")


def test_the_largest_numbers_of_imap_are_kept(store: Store) -> None:
    largest = 2**32 - 1
    store.accept(mail(uid=largest, uidvalidity=largest))
    assert store.stored_uids("a", "INBOX", largest, [largest]) == {largest}
    store.advance("a", "INBOX", ImapPosition(uidvalidity=largest, last_uid=largest))
    assert store.position("a", "INBOX") == ImapPosition(uidvalidity=largest, last_uid=largest)


@pytest.mark.parametrize("odd", ["a\x00b@x.example", "\ud800@x.example", "x" * 5000 + "@x.example"])
def test_an_envelope_of_any_characters_is_stored(store: Store, odd: str) -> None:
    envelope = {"sender": odd, "recipients": (odd,), "peer": odd, "helo": odd, "authenticated_as": odd}
    store.accept(RawMail(raw=b"\r\n", source="smtp", **envelope))
    with store.reading() as connection:
        (row,) = views.inbound_list(connection)
    assert row["state"] == "waiting"


def test_a_claim_whose_answer_was_lost_is_found_again_by_its_end(store: Store, clock) -> None:
    row, end = store.accept(mail()).inbound_id, clock.now() + inbound.CLAIM
    store.write(lambda c: inbound.claim(c, clock.now(), 9, until=end))
    assert claim(store, clock) == []
    later = end + timedelta(seconds=1)
    [again] = store.write(lambda c: inbound.claim(c, clock.now(), 9, until=later, lost=end))
    assert again.id == row
    assert claim(store, clock) == []
