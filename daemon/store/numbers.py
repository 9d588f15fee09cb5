"""Ticket numbers: given once, in order, whoever asks."""

from sqlalchemy import Connection, update

from daemon.store.schema import counters

_NEXT_NUMBER = (
    update(counters)
    .where(counters.c.name == "ticket_number")
    .values(value=counters.c.value + 1)
    .returning(counters.c.value)
)


def next_number(connection: Connection) -> int:
    """The next ticket number. The counter's row lock keeps several nodes from taking the same."""
    return int(connection.execute(_NEXT_NUMBER).scalar_one())
