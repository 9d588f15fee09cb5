"""Gathering what a decision may know from the rows that a mail's signals name."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from daemon.store import outbox, people, tickets
from rules.facts import Found
from rules.threads import Lookups

ADDRESS_WINDOW = timedelta(days=1)
BREAKER_WINDOW = timedelta(minutes=10)


def find(connection: Connection, lookups: Lookups, now: datetime, *, breaker_limit: int) -> Found:
    """Look up everything a mail names, and what we have lately sent its sender."""
    by_message_id = tickets.by_message_id(connection, list(lookups.message_ids))
    by_number = tickets.by_number(connection, list(lookups.numbers))
    sent = outbox.sent_facts(connection, list(lookups.outbox_ids))
    ids = _distinct(
        lookups.ticket_ids, by_message_id.values(), by_number.values(), (each.ticket_id for each in sent.values())
    )
    automatic = outbox.automatic_since(connection, lookups.sender, now - ADDRESS_WINDOW) if lookups.sender else 0
    return Found(
        tickets=tickets.facts(connection, ids),
        by_message_id=by_message_id,
        by_number=by_number,
        sent=sent,
        sender_known=bool(lookups.sender) and people.is_known(connection, lookups.sender),
        acknowledged_recently=automatic > 0,
        automatic_today=automatic,
        breaker_open=outbox.acknowledgements_since(connection, now - BREAKER_WINDOW) >= breaker_limit,
    )


def _distinct(*groups: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(each for group in groups for each in group))
