"""The log: one JSON object a line, a stable event name plus fields, never bodies or secrets.

Every event name is a member of `Event`, so that an admin's alert on a name keeps working; add new ones there.
"""

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

_FIELD_LIMIT = 512
_LOGGER = logging.getLogger("postroom")


class Event(StrEnum):
    """Every name that can appear as `event` in the log."""

    STARTED = "started"
    STOPPING = "stopping"
    STOPPED = "stopped"
    LISTENING = "listening"
    LISTEN_FAILED = "listen_failed"
    MAIL_ACCEPTED = "mail_accepted"
    MAIL_DUPLICATE = "mail_duplicate"
    MAIL_DEFERRED = "mail_deferred"
    MAIL_REFUSED = "mail_refused"
    MAIL_QUARANTINED = "mail_quarantined"
    MAIL_DECIDED = "mail_decided"
    SESSION_LIMIT = "session_limit"
    SESSION_FAILED = "session_failed"
    READER_KILLED = "reader_killed"
    SENDER_VERIFIED = "sender_verified"
    VERIFICATION_FAILED = "verification_failed"
    INTAKE_FAILED = "intake_failed"
    TICKET_CREATED = "ticket_created"
    OUTBOX_MADE = "outbox_made"
    OUTBOX_REFUSED = "outbox_refused"
    ATTEMPT_STARTED = "attempt_started"
    ATTEMPT_ENDED = "attempt_ended"
    DELIVERY_FAILED = "delivery_failed"
    SENDER_ENDED = "sender_ended"
    ERRAND_ENDED = "errand_ended"
    ERRAND_POSTPONED = "errand_postponed"
    ERRAND_FAILED = "errand_failed"
    IMAP_CONNECTED = "imap_connected"
    IMAP_STORED = "imap_stored"
    IMAP_RESCAN = "imap_rescan"
    IMAP_FAILED = "imap_failed"
    IMAP_SILENT = "imap_silent"
    IMAP_SKIPPED = "imap_skipped"
    LEASE_LOST = "lease_lost"
    TICK_FAILED = "tick_failed"
    TICK_STOPPED = "tick_stopped"
    TICK_RESUMED = "tick_resumed"
    STORE_FAILED = "store_failed"
    POLICY_LOADED = "policy_loaded"
    POLICY_REJECTED = "policy_rejected"
    BREAKER_OPENED = "breaker_opened"
    BREAKER_CLOSED = "breaker_closed"


def log(event: Event, *, level: int = logging.INFO, exc_info: bool = False, **fields: object) -> None:
    """Write one event. Values are shortened and escaped; a failing log never disturbs the mail."""
    _LOGGER.log(level, "%s", event.value, exc_info=exc_info, extra={"event": event.value, "fields": fields})


class JsonLines(logging.Formatter):
    """One object a line; control characters cannot break out of it, because JSON escapes them."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": getattr(record, "event", record.name),
        }
        line.update({key: _shorten(value) for key, value in _fields(record).items()})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True, default=str)


def _fields(record: logging.LogRecord) -> Mapping[str, object]:
    fields: Mapping[str, object] = getattr(record, "fields", {}) or {"message": record.getMessage()}
    return fields


def _shorten(value: object) -> object:
    if isinstance(value, int | float | bool) or value is None:
        return value
    text = str(value)
    return text if len(text) <= _FIELD_LIMIT else text[: _FIELD_LIMIT - 1] + "…"


def configure(*, level: str = "info", file: str = "") -> None:
    """Send our events to the file or to standard error. Library loggers that print mail content stay quiet."""
    handler: logging.Handler = (
        logging.FileHandler(file, encoding="utf-8") if file else logging.StreamHandler(sys.stderr)
    )
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    _LOGGER.setLevel(level.upper())
    for library in ("mail.log", "mail.debug", "imapclient", "imapclient.imaplib"):
        logging.getLogger(library).setLevel(logging.ERROR)
