"""A leased job runs on one node, moves to another when its node dies, and never runs on two."""

import threading
from datetime import timedelta

import pytest

from daemon.clock import FakeClock
from daemon.errors import Unavailable
from daemon.store.leases import Lease
from daemon.store.store import Store
from daemon.workers.leased import DURATION, Leased


class Reading:
    """A job that runs until stopped, and writes down when."""

    def __init__(self, lease: Lease, diary: list[str]) -> None:
        self._name, self._diary, self._stopped = f"{lease.owner}/{lease.fence}", diary, threading.Event()
        diary.append(f"{self._name} begins")

    def run(self) -> None:
        self._stopped.wait()
        self._diary.append(f"{self._name} ends")

    def stop(self) -> None:
        self._stopped.set()


class Away:
    """A store whose database can be taken away."""

    def __init__(self, store: Store) -> None:
        self._store, self.is_away = store, False

    def write(self, unit):
        if self.is_away:
            raise Unavailable("no database")
        return self._store.write(unit)


class Cluster:
    """Two nodes that want the same job; node by node, step by step."""

    def __init__(self, store: Store, clock: FakeClock) -> None:
        self.diary: list[str] = []
        self.stores = {owner: Away(store) for owner in ("one", "two")}
        self.one, self.two = (
            Leased("imap:inbox", owner, each, clock, lambda lease: Reading(lease, self.diary))  # type: ignore[arg-type]
            for owner, each in self.stores.items()
        )

    def end(self) -> None:
        for node in (self.one, self.two):
            node.stop()
            node.run()


@pytest.fixture
def cluster(store: Store, clock: FakeClock):
    cluster = Cluster(store, clock)
    yield cluster
    cluster.end()


def test_the_job_runs_on_one_node(cluster: Cluster, clock: FakeClock) -> None:
    for _ in range(10):
        cluster.one.step()
        cluster.two.step()
        clock.advance(timedelta(seconds=15))
    assert cluster.diary == ["one/1 begins"]


def test_another_node_takes_over_when_one_is_silent(cluster: Cluster, clock: FakeClock) -> None:
    cluster.one.step()
    clock.advance(DURATION)
    cluster.two.step()
    assert cluster.two.is_running
    cluster.one.step()
    assert cluster.diary == ["one/1 begins", "two/2 begins", "one/1 ends"]


def test_a_node_without_database_stops_before_another_can_begin(cluster: Cluster, clock: FakeClock) -> None:
    cluster.one.step()
    cluster.stores["one"].is_away = True
    for _ in range(4):
        clock.advance(timedelta(seconds=15))
        cluster.one.step()
        cluster.two.step()
    assert cluster.diary == ["one/1 begins", "one/1 ends", "two/2 begins"]


def test_a_short_trouble_of_the_database_interrupts_nothing(cluster: Cluster, clock: FakeClock) -> None:
    cluster.one.step()
    for is_away in (True, True, False, True):
        cluster.stores["one"].is_away = is_away
        clock.advance(timedelta(seconds=14))
        cluster.one.step()
    assert cluster.diary == ["one/1 begins"]


def test_a_loss_is_logged(cluster: Cluster, clock: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    cluster.one.step()
    clock.advance(DURATION)
    cluster.two.step()
    cluster.one.step()
    assert "lease_lost" in [record.message for record in caplog.records]


def test_a_node_that_stops_in_peace_hands_over_at_once(cluster: Cluster) -> None:
    cluster.one.step()
    cluster.one.stop()
    cluster.one.run()
    cluster.two.step()
    assert cluster.diary == ["one/1 begins", "one/1 ends", "two/2 begins"]
