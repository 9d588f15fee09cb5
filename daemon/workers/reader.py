"""A reader process: bytes in on standard input, what they say out on standard output, within hard limits.

CPython's mail parser can hang or explode on a hundred bytes; here that costs one process and one attempt, not the
desk. The process has no database, no configuration, and an address space and CPU budget of its own.
"""

import io
import json
import pickle
import resource
import signal
import sys
from enum import Enum
from typing import Any, BinaryIO

from daemon.workers.frames import HEADER, LENGTH, PARSE, VERIFY
from parsers import mail, reading

_ENUMERATIONS = [each for each in vars(mail).values() if isinstance(each, type) and issubclass(each, Enum)]
_BY_VALUE = dict.fromkeys(_ENUMERATIONS, lambda member: (type(member), (member.value,)))


def main() -> None:
    """Serve until standard input ends. Arguments: memory in bytes, CPU seconds for one mail."""
    memory, seconds = map(int, sys.argv[1:])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the daemon ends us by closing the pipe
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    serve(sys.stdin.buffer, sys.stdout.buffer, seconds)


def serve(source: BinaryIO, sink: BinaryIO, seconds: int) -> None:
    """Answer one frame after another."""
    while len(head := source.read(HEADER.size)) == HEADER.size:
        kind, length = HEADER.unpack(head)
        raw = source.read(length)
        # the default action of SIGPROF ends the process: nothing in C code can hold that off
        signal.setitimer(signal.ITIMER_PROF, seconds)
        result = _answer(kind, raw)
        packed = pack(result)
        signal.setitimer(signal.ITIMER_PROF, 0)
        sink.write(LENGTH.pack(len(packed)) + packed)
        sink.flush()


def pack(result: Any) -> bytes:
    """A result as the daemon takes it: nothing but our own types by name, and enumerations by their values.

    The first releases of Python 3.11, such as Debian 12's 3.11.2, would have them looked up by `getattr`.
    """
    packed = io.BytesIO()
    pickler = pickle.Pickler(packed, protocol=5)
    pickler.dispatch_table = _BY_VALUE
    pickler.dump(result)
    return packed.getvalue()


def _answer(kind: bytes, content: bytes) -> Any:
    if kind == VERIFY:
        from parsers import dkim_signatures  # noqa: PLC0415  only desks that verify senders pay for it

        (length,) = LENGTH.unpack(content[: LENGTH.size])
        end = LENGTH.size + length
        return dkim_signatures.verify_signatures(content[end:], json.loads(content[LENGTH.size : end]))
    return reading.parse(content) if kind == PARSE else reading.contents(content)
