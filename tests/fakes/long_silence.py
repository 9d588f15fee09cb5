"""A desk whose customers have been silent for long: rows as answers to them have left them."""

from datetime import datetime, timedelta

from daemon.store import schema
from daemon.store.engine import Connection


def fill(connection: Connection, tickets: int, asked_at: datetime) -> None:
    """So many tickets that an agent answered then, each of another customer who has not written since."""
    numbers = range(1, tickets + 1)
    made = asked_at - timedelta(hours=1)
    ticket = {"subject": "x", "status": "pending", "priority": "P3", "mailbox": "support", "team": "support"}
    ticket |= {"assignee": "ada", "tags": [], "fields": {}, "created_at": made, "updated_at": asked_at}
    message = {"public": True, "kind": "mail", "to": [], "cc": [], "text": "x", "references": [], "attachments": []}
    message |= {"evidence": {}}
    wrote = {"direction": "inbound", "author": "", "created_at": made}
    answered = {"direction": "outbound", "author": "ada", "created_at": asked_at}
    moved = {"kind": "status", "at": asked_at, "actor": "ada", "data": {"old": "open", "new": "pending"}, "why": ""}
    rows = {
        schema.contacts: [{"id": number, "created_at": made} for number in numbers],
        schema.addresses: [
            {"id": number, "contact_id": number, "address": f"kim{number}@customer{number}.example"}
            for number in numbers
        ],
        schema.tickets: [
            ticket | {"id": number, "number": 1000 + number, "requester_id": number} for number in numbers
        ],
        schema.messages: [message | each | {"ticket_id": number} for number in numbers for each in (wrote, answered)],
        schema.events: [moved | {"ticket_id": number} for number in numbers],
    }
    for table, values in rows.items():
        connection.execute(table.insert(), values)
