"""The indexes, the unique ones of the idempotency keys among them (law 2). Only the migrations need to know them.

They are apart from the tables because a partial index names both of its engines: it would have every start load the
one that is not in use.
"""

from typing import Any

from sqlalchemy import Column, Index, text

from daemon.store.schema import (
    ASSIGNED,
    HELD,
    NOT_ENDED,
    denied,
    erasures,
    errands,
    events,
    fired,
    inbound,
    measures,
    messages,
    metadata,
    outbox,
    tickets,
    words,
)

__all__ = ["metadata"]  # whoever compares it with a database means the indexes too


def _partial(name: str, *columns: Column[Any], where: str, unique: bool = False) -> None:
    Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


_partial("uq_inbound_sha256", inbound.c.sha256, unique=True, where="duplicate_of IS NULL")
_partial("uq_inbound_content_key", inbound.c.content_key, unique=True, where="duplicate_of IS NULL")
_partial("ix_inbound_waiting", inbound.c.id, where="state = 'waiting'")
Index("ix_inbound_state", inbound.c.state)

Index("ix_tickets_status_updated_at", tickets.c.status, tickets.c.updated_at)
Index("ix_tickets_requester_id", tickets.c.requester_id)
_partial("ix_tickets_untimed", tickets.c.id, where="timed_version <> version")
_partial("ix_tickets_assigned", tickets.c.assignee, where=ASSIGNED)

Index("ix_messages_ticket_id_id", messages.c.ticket_id, messages.c.id)
Index("ix_events_ticket_id_id", events.c.ticket_id, events.c.id)
Index("ix_words_agent_expires_at", words.c.agent, words.c.expires_at)
Index("ix_fired_kind_at", fired.c.kind, fired.c.at)
Index("ix_measures_name_ended_at", measures.c.name, measures.c.ended_at)

_partial("ix_outbox_due", outbox.c.rank, outbox.c.next_attempt_at, where=NOT_ENDED)
_partial("ix_outbox_held", outbox.c.to_agent, where=HELD)
Index("ix_outbox_recipient_created_at", outbox.c.recipient, outbox.c.created_at)
Index("ix_outbox_recipient_domain_created_at", outbox.c.recipient_domain, outbox.c.created_at)
Index("ix_outbox_ticket_id", outbox.c.ticket_id)
Index("ix_outbox_kind_created_at", outbox.c.kind, outbox.c.created_at)

_partial("ix_erasures_waiting", erasures.c.sha256, where="done_at IS NULL")
_partial("ix_errands_due", errands.c.next_attempt_at, where="state = 'queued'")
Index("ix_errands_kind_created_at", errands.c.kind, errands.c.created_at)
Index("ix_denied_inbound_id", denied.c.inbound_id)
