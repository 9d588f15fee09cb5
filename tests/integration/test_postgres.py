"""PostgreSQL under several nodes: none settles what another has, and a database that dies loses and doubles nothing."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cutting import CuttingWire
from desks import CUSTOMER, DeskInHand
from desks import mail as letter
from loads import Client, acknowledgements
from postgres import Postgres
from running import Daemon
from servers import needs

from daemon.clock import FakeClock
from daemon.errors import Deferred, Unavailable
from daemon.ports import RawMail
from daemon.store import outbox
from daemon.store.blobs import FileBlobs
from daemon.store.store import Store
from daemon.store.verify import verify

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]
MAILS, NODES, CUTS = 200, 3, 12


@pytest.fixture
def url(postgres: Postgres, migrated_template: str) -> str:
    return postgres.database(migrated_template)


def open_desk(url: str, folder: Path, clock: FakeClock) -> DeskInHand:
    return DeskInHand(Store(url, FileBlobs(folder / "blobs"), clock), clock)


def side_by_side(jobs: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=each) for each in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def assert_balanced(desk: DeskInHand) -> None:
    with desk.store.reading() as connection:
        balance = verify(connection, desk.store.blobs, read_blobs=True)
    assert balance.ok, balance.faults


def test_nodes_that_work_side_by_side_settle_each_mail_once(url: str, tmp_path: Path, clock: FakeClock) -> None:
    nodes = [open_desk(url, tmp_path, clock) for _ in range(NODES)]
    for number in range(MAILS):
        sender = f"c{number % 50}@customer.example"  # four mails a contact: nodes meet in making it
        nodes[0].take(letter(f"{number}\n", sender=sender, message_id=f"<{number}@customer.example>"), sender=sender)
    side_by_side([node.decide for node in nodes])
    side_by_side([node.deliver for node in nodes])
    tickets = nodes[0].tickets()
    sent = Counter(each.outbox_id for node in nodes for each in node.carrier.sent)
    assert nodes[0].states() == {"entry": MAILS}
    assert sorted(each["number"] for each in tickets) == list(range(1001, 1001 + MAILS))
    assert {row["state"] for row in nodes[0].outbox()} == {"sent"}
    assert set(sent.values()) == {1}
    assert_balanced(nodes[0])
    for node in nodes:
        node.store.close()


def test_the_same_mail_at_two_nodes_at_once_is_one_entry(url: str, tmp_path: Path, clock: FakeClock) -> None:
    nodes = [open_desk(url, tmp_path, clock) for _ in range(NODES)]

    def take(node: DeskInHand, route: int) -> None:
        for number in range(20):
            node.take(b"Received: by %d\r\n" % route + letter(f"{number}\n", message_id=f"<{number}@c.example>"))
        node.decide()

    side_by_side([lambda node=node, route=route: take(node, route) for route, node in enumerate(nodes)])
    assert nodes[0].states() == {"entry": 20, "duplicate": 20 * (NODES - 1)}
    assert_balanced(nodes[0])
    for node in nodes:
        node.store.close()


@pytest.mark.parametrize("number", range(1, CUTS))
def test_a_commit_whose_reply_is_lost_loses_nothing_and_doubles_nothing(
    postgres: Postgres, url: str, tmp_path: Path, clock: FakeClock, number: int
) -> None:
    wire = CuttingWire(postgres.port, {number})
    desk = open_desk(url.replace(f":{postgres.port}/", f":{wire.port}/"), tmp_path, clock)
    desk.delivery.wake()
    insist(lambda: desk.store.accept(RawMail(raw=letter(), source="smtp", sender=CUSTOMER)))
    for _ in range(3):
        insist(desk.work)
        clock.advance(outbox.CLAIM + timedelta(seconds=1))  # a claim whose reply was lost has to run out
    assert desk.states()["entry"] == len(desk.tickets()) == 1
    assert len(desk.sent_to(CUSTOMER)) == 1
    assert {row["state"] for row in desk.outbox()} == {"sent"}
    assert_balanced(desk)
    desk.store.close()
    wire.close()


def insist(step: Callable[[], object]) -> None:
    """What the loops of the daemon and the peers of its listeners do."""
    for _ in range(3):
        try:
            step()
        except (Deferred, Unavailable):
            continue
        return
    raise AssertionError("trouble did not pass")


@pytest.fixture
def durable() -> Iterator[Postgres]:
    needs(Postgres.missing())
    with Postgres(durable=True) as server:
        yield server


def start_nodes(server: Postgres, folder: Path) -> list[Daemon]:
    """Two daemons on one database and one folder of raw mail."""
    store = f'[store]\nurl = "{server.database()}"\n'
    nodes = [Daemon(folder / name, extra=store) for name in ("one", "two")]
    for node in nodes:
        node.folder.mkdir()
    (folder / "one" / "var").mkdir()
    (folder / "two" / "var").symlink_to(folder / "one" / "var")
    for node in nodes:
        node.start()
    return nodes


def test_a_database_that_crashes_under_load_loses_nothing_and_doubles_nothing(
    durable: Postgres, tmp_path: Path
) -> None:
    nodes, dice = start_nodes(durable, tmp_path), random.Random(4711)
    clients = [Client(nodes[n % 2].smtp, range(100 * n, 100 * n + 60)) for n in range(4)]
    for client in clients:
        client.start()
    for _ in range(3):
        time.sleep(dice.uniform(0.3, 1.0))  # the moment of the crash
        durable.restart()
    for client in clients:
        client.join(timeout=120)
    nodes[0].wait(nodes[0].settled, 120)
    balance, status = nodes[0].command("verify"), nodes[0].command("status")
    codes = [node.stop() for node in nodes]
    acknowledged = sum((acknowledgements(node.folder / "out") for node in nodes), Counter())
    assert not any(client.left or client.refusals for client in clients)
    assert (balance["ok"], balance["entries"]) == (True, 240), balance
    assert set(acknowledged.values()) == {1}, status
    assert len(acknowledged) == 240, status
    assert codes == [0, 0]
