"""The breaker for automatic mail, watched: the admins hear when it opens and when it has closed again.

It is open as long as the desk has made its limit of acknowledgements within the window, and closes as they grow old.
"""

import logging
from datetime import datetime

from daemon.log import Event, log
from daemon.policy import Policy
from daemon.store import outbox, senders, situations
from daemon.store.engine import Connection
from daemon.store.senders import BREAKER_WINDOW
from daemon.store.store import Store

REMEMBERED = "breaker"


def look(store: Store, policy: Policy, now: datetime, limit: int) -> None:
    """Tell of a breaker that opened or closed since the last look. It counts as closed at half its limit again."""
    with store.reading() as connection:
        opened = situations.recall(connection, REMEMBERED)
        made = senders.acknowledgements_since(connection, now - BREAKER_WINDOW, limit)
    if not opened and made >= limit:
        store.write(lambda connection: _opened(connection, policy, now, made))
        log(Event.BREAKER_OPENED, level=logging.WARNING, acknowledgements=made)
    elif opened and made * 2 <= limit:
        store.write(lambda connection: _closed(connection, policy, now, opened))
        log(Event.BREAKER_CLOSED, acknowledgements=made)


def _opened(connection: Connection, policy: Policy, now: datetime, made: int) -> None:
    situations.remember(connection, REMEMBERED, now.isoformat())
    variables = {
        "title": "no more acknowledgements for a while",
        "lines": [f"{made} were made within {BREAKER_WINDOW.seconds // 60} minutes: the breaker is open."],
        "remedy": "Mail is taken and tickets are made as ever. If these senders are forged, name your server's "
        "authserv-id in desk.authserv_ids, or turn verification on; if they are customers, raise "
        "acknowledgements.most_in_10_minutes.",
    }
    outbox.tell_admins(connection, policy.desk.admins, "breaker opened", variables, now)


def _closed(connection: Connection, policy: Policy, now: datetime, opened: str) -> None:
    situations.remember(connection, REMEMBERED, "")
    variables = {
        "title": "acknowledgements go out again",
        "lines": [f"The breaker opened at {datetime.fromisoformat(opened):%Y-%m-%d %H:%M} UTC and is closed again."],
        "remedy": "Those who wrote in between were sent none; their tickets are in the queue.",
    }
    outbox.tell_admins(connection, policy.desk.admins, "breaker closed", variables, now)
