"""The writer as seen from another process of the daemon: units of work go over a pipe, results come after the commit.

So there is still one writer to a database, and what several processes wait for shares its transactions. A unit must
survive pickling: a function of a module, or a `functools.partial` of one.
"""

import contextlib
import pickle
from collections.abc import Callable
from concurrent.futures import Future
from multiprocessing.connection import Connection as Pipe
from typing import Any, TypeVar, cast

from sqlalchemy import Connection

from daemon.errors import Unavailable

Result = TypeVar("Result")
Unit = Callable[[Connection], Result]


class FarWriter:
    """Writes through a pipe whose other end `serve` serves. One thread's."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe

    def write(self, unit: Unit[Result]) -> Result:
        """Run a unit over there and wait for its commit. Raises Unavailable, also when nobody serves any more."""
        try:
            self._pipe.send_bytes(pickle.dumps(unit))
            result, error = pickle.loads(self._pipe.recv_bytes())  # noqa: S301  our own daemon
        except (EOFError, OSError) as gone:
            raise Unavailable("the daemon has ended") from gone
        if error:
            raise error
        return cast("Result", result)

    def submit(self, unit: Unit[Result], *, patient: bool = False) -> Future[Result]:
        """As `write`: nothing is queued on this side."""
        future: Future[Result] = Future()
        future.set_result(self.write(unit))
        return future

    def close(self) -> None:
        """Hang up."""
        self._pipe.close()


def serve(pipe: Pipe, write: Callable[[Unit[Any]], Any]) -> None:
    """Write what the other process asks for, one unit after the other, until it hangs up."""
    with contextlib.suppress(EOFError, OSError):
        while True:
            pipe.send_bytes(_answer(pipe.recv_bytes(), write))


def _answer(packed: bytes, write: Callable[[Unit[Any]], Any]) -> bytes:
    try:
        return pickle.dumps((write(pickle.loads(packed)), None))  # noqa: S301  our own sender
    except Unavailable as error:
        return pickle.dumps((None, error))
    except Exception as error:  # of the unit: whoever sent it has it, in words that can be sent back
        return pickle.dumps((None, RuntimeError(repr(error))))
