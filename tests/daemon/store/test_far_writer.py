"""Units of work written by another process's writer: in order, with their results or in words why not."""

import threading
from collections.abc import Iterator
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection

import pytest

from daemon.errors import Unavailable
from daemon.store import situations
from daemon.store.far_writer import FarWriter, serve
from daemon.store.store import Store


@pytest.fixture
def pipe(store: Store) -> Iterator[Connection]:
    """The end of whoever writes from afar; the other one is served."""
    ours, theirs = Pipe()
    serving = threading.Thread(target=serve, args=(theirs, store.submit))
    serving.start()
    yield ours
    ours.close()
    serving.join()
    theirs.close()


def remembered(store: Store) -> str:
    with store.reading() as connection:
        return situations.recall(connection, "it")


def fail(_connection: object, error: Exception) -> None:
    raise error


def test_a_unit_is_committed_when_its_result_is_there(pipe: Connection, store: Store) -> None:
    FarWriter(pipe).write(partial(situations.remember, name="it", value="far"))
    assert remembered(store) == "far"


def test_results_come_back_in_the_order_of_the_units(pipe: Connection, store: Store) -> None:
    writer = FarWriter(pipe)
    writer.write(partial(situations.remember, name="it", value="one"))
    before = writer.submit(partial(situations.recall, name="it"))
    writer.submit(partial(situations.remember, name="it", value="two"))
    after = writer.write(partial(situations.recall, name="it"))
    assert (before.result(), after, remembered(store)) == ("one", "two", "two")


@pytest.mark.parametrize(
    ("error", "told"), [(Unavailable("the disk is full"), Unavailable), (KeyError("a bug"), RuntimeError)]
)
def test_what_a_unit_raises_is_told(pipe: Connection, error: Exception, told: type[Exception]) -> None:
    writer = FarWriter(pipe)
    with pytest.raises(told, match=str(error.args[0])):
        writer.write(partial(fail, error=error))
    assert writer.write(partial(situations.recall, name="it")) == ""


def test_a_store_that_closes_says_so(store: Store) -> None:
    ours, theirs = Pipe()
    store.close()
    serving = threading.Thread(target=serve, args=(theirs, store.submit))
    serving.start()
    with pytest.raises(Unavailable, match="closing"):
        FarWriter(ours).write(partial(situations.recall, name="it"))
    ours.close()
    serving.join()


def test_a_daemon_that_has_ended_is_not_waited_for() -> None:
    ours, theirs = Pipe()
    writer = FarWriter(ours)
    awaited = writer.submit(partial(situations.recall, name="it"))
    theirs.close()
    with pytest.raises(Unavailable, match="ended"):
        awaited.result()
    with pytest.raises(Unavailable, match="ended"):
        writer.write(partial(situations.recall, name="it"))
