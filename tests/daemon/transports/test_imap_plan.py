"""What to search, fetch and remember: the decisions behind the IMAP poller, without a server."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.ports import ImapPosition
from daemon.transports.imap_account import Start
from daemon.transports.imap_plan import (
    SEARCH_WINDOW,
    FolderState,
    Opening,
    floor_of,
    next_position,
    plan_groups,
    plan_opening,
    search_windows,
    uids_to_fetch,
)

FRESH = ImapPosition(uidvalidity=7, last_uid=0)
KNOWN = ImapPosition(uidvalidity=7, last_uid=40)
UIDS = st.sets(st.integers(1, 60))


@pytest.mark.parametrize(
    ("position", "start", "opening"),
    [
        (None, Start.FROM_NOW, Opening(position=FRESH, skip_present=True)),
        (None, Start.EVERYTHING, Opening(position=FRESH)),
        (KNOWN, Start.FROM_NOW, Opening(position=KNOWN, floor=40)),
        (KNOWN, Start.EVERYTHING, Opening(position=KNOWN, floor=40)),
        (ImapPosition(uidvalidity=6, last_uid=40), Start.FROM_NOW, Opening(position=FRESH, rescan=True)),
        (ImapPosition(uidvalidity=8, last_uid=40), Start.EVERYTHING, Opening(position=FRESH, rescan=True)),
    ],
)
def test_reading_starts_where_it_should(position: ImapPosition | None, start: Start, opening: Opening) -> None:
    assert plan_opening(FolderState(uidvalidity=7), position, start) == opening


@pytest.mark.parametrize(
    ("first", "exists", "uidnext", "windows"),
    [
        (1, 0, 1, [(1, 0)]),
        (5, 10, 4_000_000_000, [(5, 0)]),
        (1, 200_000, 0, [(1, 0)]),
        (1, 200_000, 170_000, [(1, 80_000), (80_001, 160_000), (160_001, 0)]),
        (160_001, 200_000, 170_000, [(160_001, 0)]),
    ],
)
def test_searches_are_cut_into_windows_only_where_answers_could_grow_too_long(
    first: int, exists: int, uidnext: int, windows: list[tuple[int, int]]
) -> None:
    state = FolderState(uidvalidity=7, exists=exists, uidnext=uidnext)
    assert list(search_windows(first, state)) == windows


def test_the_longest_answer_fits_the_library() -> None:
    assert SEARCH_WINDOW * len(" 4294967295") < 1_000_000


@pytest.mark.parametrize(
    ("listed", "stored", "skipped", "floor", "expected"),
    [
        ([3, 1, 2], set(), set(), 0, [1, 2, 3]),
        ([4], set(), set(), 4, []),  # n:* names the last message
        ([5, 6, 7], {6}, {7}, 4, [5]),
        ([], {1}, set(), 0, []),
    ],
)
def test_only_new_mail_is_fetched_oldest_first(
    listed: list[int], stored: set[int], skipped: set[int], floor: int, expected: list[int]
) -> None:
    assert uids_to_fetch(listed, stored=stored, skipped=skipped, floor=floor) == expected


@pytest.mark.parametrize(("floor", "stored", "expected"), [(40, {30, 35}, 29), (40, set(), 40), (0, {9}, 0)])
def test_nothing_below_the_first_mail_ever_stored_is_ours(floor: int, stored: set[int], expected: int) -> None:
    assert floor_of(floor, stored) == expected


@pytest.mark.parametrize(
    ("sizes", "groups", "too_large", "vanished"),
    [
        ({}, (), (), (1, 2, 3, 4)),
        ({1: 10, 2: 10, 3: 10, 4: 10}, ((1, 2, 3), (4,)), (), ()),
        ({1: 40, 2: 40, 3: 5, 4: 60}, ((1,), (2, 3), (4,)), (), ()),
        ({1: 101, 2: 100, 4: 1}, ((2,), (4,)), (1,), (3,)),
    ],
)
def test_mails_are_grouped_by_number_and_bytes(
    sizes: dict[int, int], groups: tuple[tuple[int, ...], ...], too_large: tuple[int, ...], vanished: tuple[int, ...]
) -> None:
    plan = plan_groups([1, 2, 3, 4], sizes, max_bytes=100, group_size=3, group_bytes=60)
    assert (plan.groups, plan.too_large, plan.vanished) == (groups, too_large, vanished)


@given(done=UIDS, unfinished=UIDS, last=st.integers(0, 60))
def test_the_position_never_goes_back_nor_overtakes_what_is_unfinished(
    done: set[int], unfinished: set[int], last: int
) -> None:
    ahead = {uid for uid in unfinished if uid > last}
    position = next_position(ImapPosition(uidvalidity=7, last_uid=last), done=done, unfinished=ahead)
    assert position.last_uid >= last
    assert not {uid for uid in ahead if uid <= position.last_uid}


@given(sizes=st.dictionaries(st.integers(1, 99), st.integers(0, 120)), uids=UIDS)
def test_every_uid_ends_in_exactly_one_place(sizes: dict[int, int], uids: set[int]) -> None:
    plan = plan_groups(sorted(uids), sizes, max_bytes=100, group_size=3, group_bytes=150)
    grouped = [uid for group in plan.groups for uid in group]
    assert grouped == sorted(grouped)
    assert sorted([*grouped, *plan.too_large, *plan.vanished]) == sorted(uids)
    assert all(len(group) <= 3 and sum(sizes[uid] for uid in group) <= 150 for group in plan.groups)
