"""The writer as seen from another process of the daemon: units of work go over a pipe, results come after the commit.

So there is still one writer to a database, and what several processes wait for shares its transactions. A unit must
survive pickling: a function of a module, or a `functools.partial` of one.
"""

import contextlib
import pickle
import queue
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from multiprocessing.connection import Connection as Pipe
from typing import Any

from daemon.errors import Unavailable
from daemon.store.writer import Result, Unit


class FarWriter:
    """Writes through a pipe whose other end `serve` serves. One thread's, which also asks for the results."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._awaited: deque[Future[Any]] = deque()

    def write(self, unit: Unit[Result]) -> Result:
        """Run a unit over there and wait for its commit. Raises Unavailable, also when nobody serves any more."""
        return self.submit(unit).result()

    def submit(self, unit: Unit[Result], *, patient: bool = False) -> Future[Result]:
        """Send a unit off. Its future reads the answers, in their order, when it is asked for the result."""
        future: _Answer = _Answer(self._receive)
        try:
            self._pipe.send_bytes(pickle.dumps((unit, patient)))
        except OSError as gone:
            future.set_exception(_gone(gone))
        else:
            self._awaited.append(future)
        return future

    def close(self) -> None:
        """Hang up."""
        self._pipe.close()

    def _receive(self) -> None:
        """Read the next answer."""
        future = self._awaited.popleft()
        try:
            result, error = pickle.loads(self._pipe.recv_bytes())  # noqa: S301  our own daemon
        except (EOFError, OSError) as gone:
            result, error = None, _gone(gone)
        if error:
            future.set_exception(error)
        else:
            future.set_result(result)


class _Answer(Future[Any]):
    def __init__(self, receive: Callable[[], None]) -> None:
        super().__init__()
        self._receive = receive

    def result(self, timeout: float | None = None) -> Any:
        while not self.done():
            self._receive()
        return super().result(timeout)


def _gone(error: Exception) -> Unavailable:
    return Unavailable(f"the daemon has ended: {error!r}")


def serve(pipe: Pipe, submit: Callable[..., Future[Any]]) -> None:
    """Write what the other process asks for until it hangs up, and all of it that came before is answered."""
    answers: queue.SimpleQueue[Future[Any] | None] = queue.SimpleQueue()
    answering = threading.Thread(target=_answer, args=(pipe, answers), name="answers")
    answering.start()
    with contextlib.suppress(EOFError, OSError):
        while True:
            unit, patient = pickle.loads(pipe.recv_bytes())  # noqa: S301  our own sender
            answers.put(_submitted(submit, unit, patient=patient))
    answers.put(None)
    answering.join()


def _submitted(submit: Callable[..., Future[Any]], unit: Unit[Any], *, patient: bool) -> Future[Any]:
    try:
        return submit(unit, patient=patient)
    except Unavailable as error:
        refused: Future[Any] = Future()
        refused.set_exception(error)
        return refused


def _answer(pipe: Pipe, answers: "queue.SimpleQueue[Future[Any] | None]") -> None:
    while (future := answers.get()) is not None:
        packed = _packed(future)
        with contextlib.suppress(OSError):  # nobody wants to know any more
            pipe.send_bytes(packed)


def _packed(future: Future[Any]) -> bytes:
    try:
        return pickle.dumps((future.result(), None))
    except Unavailable as error:
        return pickle.dumps((None, error))
    except Exception as error:  # of the unit: whoever sent it has it, in words that can be sent back
        return pickle.dumps((None, RuntimeError(repr(error))))
