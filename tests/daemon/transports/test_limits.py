"""The counters behind the limits."""

import pytest

from daemon.transports.limits import ByteBudget, Connections, ListenerLimits, Pace

LIMITS = ListenerLimits(
    max_connections=3,
    max_connections_per_address=2,
    session_seconds=100,
    idle_seconds=30,
    min_bytes_per_second=10,
    rate_grace_seconds=20,
)


class Upload:
    """Somebody who holds content and remembers having lost it."""

    def __init__(self) -> None:
        self.has_given_way = False

    def give_way(self) -> None:
        self.has_given_way = True


def test_one_address_may_not_take_all_connections():
    connections = Connections(LIMITS)
    assert [connections.admit("::1") for _ in range(3)] == ["", "", "max_connections_per_address"]
    assert [connections.admit("::2") for _ in range(2)] == ["", "max_connections"]


def test_a_connection_that_ends_makes_room_for_another():
    connections = Connections(LIMITS)
    assert connections.admit("::1") == connections.admit("::1") == ""
    connections.leave("::1")
    assert connections.admit("::1") == ""


def test_a_trusted_peer_has_no_cap_of_its_own():
    connections = Connections(LIMITS, ["::1"])
    assert [connections.admit("::1") for _ in range(4)] == ["", "", "", "max_connections"]


def test_the_largest_unfinished_mail_gives_way():
    budget, small, large = ByteBudget(100), Upload(), Upload()
    budget.hold(large, 80)
    budget.hold(small, 30)
    assert (large.has_given_way, small.has_given_way, budget.held_bytes) == (True, False, 30)


def test_a_mail_that_is_being_stored_does_not_give_way():
    budget, storing, other = ByteBudget(100), Upload(), Upload()
    budget.hold(storing, 90)
    budget.keep(storing)
    budget.hold(other, 20)
    assert (storing.has_given_way, other.has_given_way, budget.held_bytes) == (False, True, 90)


def test_the_budget_is_exhausted_only_by_mails_being_stored():
    budget, upload = ByteBudget(100), Upload()
    budget.hold(upload, 100)
    assert not budget.is_exhausted
    budget.keep(upload)
    assert budget.is_exhausted
    budget.release(upload)
    assert (budget.is_exhausted, budget.held_bytes) == (False, 0)


@pytest.mark.parametrize(
    ("moves", "now", "limit"),
    [
        ([], 30, ""),
        ([], 31, "idle_seconds"),
        ([20], 50, ""),
        ([20], 51, "idle_seconds"),
        ([25, 50, 75, 100], 101, "session_seconds"),
    ],
)
def test_a_silent_or_endless_session_breaks_a_limit(moves: list[int], now: int, limit: str):
    pace = Pace(LIMITS, 0)
    for moment in moves:
        pace.move(moment, 5)
    assert pace.broken_limit(now) == limit


@pytest.mark.parametrize(
    ("size", "now", "limit"),
    [
        (10, 20, ""),
        (10, 21, "min_bytes_per_second"),
        (300, 25, ""),
        (90_000, 9_000, ""),
        (89_000, 9_000, "min_bytes_per_second"),
    ],
)
def test_content_may_take_as_long_as_it_keeps_its_rate(size: int, now: int, limit: str):
    pace = Pace(LIMITS, 0)
    pace.start_content(0)
    pace.move(now - 1, size)
    assert pace.broken_limit(now) == limit


def test_storing_is_nobodys_delay_and_the_session_clock_stands():
    pace = Pace(LIMITS, 0)
    pace.start_content(10)
    pace.pause()
    assert pace.broken_limit(10_000) == ""
    pace.end_content(10_000)
    assert pace.broken_limit(10_030) == ""
    pace.move(10_085, 1)
    assert pace.broken_limit(10_095) == "session_seconds"
