"""How often each deny entry has spoken."""

from datetime import datetime

from sqlalchemy import Connection, func, select

from daemon.store.schema import denied


def record(connection: Connection, verdict: str, sender: str, inbound_id: int, now: datetime) -> None:
    """Count a hit. `verdict` is the trace's `action: kind value`."""
    action, _, entry = verdict.partition(": ")
    row = {"at": now, "entry": entry, "sender": sender, "action": action, "inbound_id": inbound_id}
    connection.execute(denied.insert().values(**row))


def hits(connection: Connection) -> dict[str, tuple[int, datetime]]:
    """By `kind value`: how often, and when last."""
    query = select(denied.c.entry, func.count(), func.max(denied.c.at)).group_by(denied.c.entry)
    return {entry: (count, last) for entry, count, last in connection.execute(query)}
