"""The tables. One row of `inbound` a mail accepted, one row of `outbox` a mail and recipient to send.

Uniqueness is what makes doing things twice harmless (law 2): the constraints here are the idempotency keys.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from daemon.store.column_types import Line, Utc, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Predicates of partial indexes. A query that is to use one says it in the same words: SQLite sees no value that is
# bound to a parameter when it looks for an index.
NOT_ENDED = "state IN ('queued', 'deferred', 'sending')"
HELD = "state = 'held'"
ASSIGNED = "assignee <> '' AND status NOT IN ('solved', 'closed', 'spam')"  # with IN, SQLite takes the index of status


def _where(predicate: str) -> dict[str, Any]:
    """Options of an index that holds only rows of which this is true."""
    return {f"{dialect}_where": text(predicate) for dialect in ("sqlite", "postgresql")}


counters = Table(
    "counters",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Integer, nullable=False),
)

inbound = Table(
    "inbound",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("content_key", String(64)),
    Column("state", String, nullable=False),
    Column("reason", Words, nullable=False, default=""),
    Column("source", String, nullable=False),
    Column("account", String),
    Column("folder", String),
    Column("uidvalidity", BigInteger),
    Column("uid", BigInteger),
    Column("envelope_from", Words, nullable=False, default=""),
    Column("envelope_to", JSON, nullable=False),
    Column("peer", Line, nullable=False, default=""),
    Column("helo", Line, nullable=False, default="", server_default=""),
    Column("authenticated_as", Line, nullable=False, default=""),
    Column("size", Integer, nullable=False),
    Column("received_at", Utc, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("killed", Integer, nullable=False, default=0),
    Column("claimed_until", Utc),
    Column("not_before", Utc),
    Column("decided_at", Utc),
    Column("released", Boolean, nullable=False, default=False),
    Column("verified", Words, nullable=False, default="", server_default=""),
    Column("ticket_id", Integer, ForeignKey("tickets.id")),
    Column("duplicate_of", Integer, ForeignKey("inbound.id")),
    Column("trace", JSON),
    UniqueConstraint("account", "folder", "uidvalidity", "uid"),
    Index("uq_inbound_sha256", "sha256", unique=True, **_where("duplicate_of IS NULL")),
    Index("uq_inbound_content_key", "content_key", unique=True, **_where("duplicate_of IS NULL")),
    Index("ix_inbound_waiting", "id", **_where("state = 'waiting'")),
    Index("ix_inbound_state", "state"),
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("subject", Words, nullable=False),
    Column("status", String, nullable=False),
    Column("priority", String, nullable=False),
    Column("mailbox", String, nullable=False),
    Column("team", String, nullable=False, default=""),
    Column("assignee", String, nullable=False, default=""),
    Column("requester_id", Integer, ForeignKey("addresses.id"), nullable=False),
    Column("category", String, nullable=False, default=""),
    Column("tags", JSON, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("language", String, nullable=False, default=""),
    Column("linked_to", Integer, ForeignKey("tickets.id")),
    Column("merged_into", Integer, ForeignKey("tickets.id"), index=True),
    Column("minutes", Integer, nullable=False, default=0),
    Column("version", Integer, nullable=False, default=1),
    Column("created_at", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    Column("closed_at", Utc),
    Column("timed_version", Integer, nullable=False, default=0),
    Index("ix_tickets_status_updated_at", "status", "updated_at"),
    Index("ix_tickets_requester_id", "requester_id"),
    Index("ix_tickets_untimed", "id", **_where("timed_version <> version")),
    Index("ix_tickets_assigned", "assignee", **_where(ASSIGNED)),
)

contacts = Table(
    "contacts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Words, nullable=False, default=""),
    Column("language", String, nullable=False, default=""),
    Column("created_at", Utc, nullable=False),
)

addresses = Table(
    "addresses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("address", Line, nullable=False, unique=True),
    Column("contact_id", Integer, ForeignKey("contacts.id"), nullable=False),
    Column("paused_until", Utc),
    Column("soft_bounces", Integer, nullable=False, default=0),
    Column("surveyed_at", Utc),
)

participants = Table(
    "participants",
    metadata,
    Column("ticket_id", Integer, ForeignKey("tickets.id"), primary_key=True),
    Column("address_id", Integer, ForeignKey("addresses.id"), primary_key=True),
    Column("name", Words, nullable=False, default=""),
    Column("role", String, nullable=False),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ticket_id", Integer, ForeignKey("tickets.id"), nullable=False),
    Column("inbound_id", Integer, ForeignKey("inbound.id"), unique=True),
    Column("direction", String, nullable=False),
    Column("public", Boolean, nullable=False),
    Column("kind", String, nullable=False),
    Column("author", String, nullable=False, default=""),
    Column("from_name", Words, nullable=False, default=""),
    Column("from_address", Line, nullable=False, default=""),
    Column("to", JSON, nullable=False),
    Column("cc", JSON, nullable=False),
    Column("subject", Words, nullable=False, default=""),
    Column("text", Words, nullable=False),
    Column("banner", Words, nullable=False, default=""),
    Column("message_id", Words, nullable=False, default=""),
    Column("references", JSON, nullable=False),
    Column("attachments", JSON, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("created_at", Utc, nullable=False),
    Index("ix_messages_ticket_id_id", "ticket_id", "id"),
)

seen_ids = Table(
    "seen_ids",
    metadata,
    Column("message_id", Words, primary_key=True),
    Column("ticket_id", Integer, ForeignKey("tickets.id"), primary_key=True),
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ticket_id", Integer, ForeignKey("tickets.id"), nullable=False),
    Column("at", Utc, nullable=False),
    Column("actor", Words, nullable=False),
    Column("kind", String, nullable=False),
    Column("data", JSON, nullable=False),
    Column("why", Words, nullable=False),
    Index("ix_events_ticket_id_id", "ticket_id", "id"),
)

timers = Table(
    "timers",
    metadata,
    Column("ticket_id", Integer, ForeignKey("tickets.id"), primary_key=True),
    Column("kind", String, primary_key=True),
    Column("due_at", Utc, nullable=False, index=True),
    Column("anchor", Utc),
    Column("why", Words, nullable=False, default=""),
)

follows = Table(
    "follows",
    metadata,
    Column("ticket_id", Integer, ForeignKey("tickets.id"), primary_key=True),
    Column("agent", String, primary_key=True),
)

agent_states = Table(
    "agent_states",
    metadata,
    Column("agent", String, primary_key=True),
    Column("last_assigned_at", Utc),
    Column("away_until", Utc),
    Column("away_why", Text, nullable=False, default=""),
)

awaited_assignees = Table(
    "awaited_assignees",
    metadata,
    Column("ticket_id", Integer, ForeignKey("tickets.id"), primary_key=True),
    Column("due_at", Utc, nullable=False, index=True),
    Column("why", Text, nullable=False),
)

links = Table(
    "links",
    metadata,
    Column("ticket_id", Integer, ForeignKey("tickets.id"), primary_key=True),
    Column("other_id", Integer, ForeignKey("tickets.id"), primary_key=True),
)

words = Table(
    "words",
    metadata,
    Column("word", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("agent", String, nullable=False),
    Column("ticket_id", Integer, ForeignKey("tickets.id"), nullable=False),
    Column("content", JSON, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("used_at", Utc),
    Index("ix_words_agent_expires_at", "agent", "expires_at"),
)

canned_uses = Table(
    "canned_uses",
    metadata,
    Column("name", String, primary_key=True),
    Column("times", Integer, nullable=False),
    Column("last_used_at", Utc, nullable=False),
)

# A timer fires once for what it counts from: this key is what keeps two nodes, or a clock set back, from doubling it.
fired = Table(
    "fired",
    metadata,
    Column("ticket_id", Integer, ForeignKey("tickets.id"), primary_key=True),
    Column("kind", String, primary_key=True),
    Column("anchor", Utc, primary_key=True),
    Column("due_at", Utc, nullable=False),
    Column("at", Utc, nullable=False),
    Index("ix_fired_kind_at", "kind", "at"),
)

ratings = Table(
    "ratings",
    metadata,
    Column("ticket_id", Integer, ForeignKey("tickets.id"), primary_key=True),
    Column("anchor", Utc, primary_key=True),
    Column("score", Integer, nullable=False),
    Column("comment", Words, nullable=False, default=""),
    Column("agent", String, nullable=False, default=""),
    Column("at", Utc, nullable=False),
)

# What the views of key figures are built on: computed from a ticket's history whenever it changed (rules.measures).
measures = Table(
    "measures",
    metadata,
    Column("ticket_id", Integer, ForeignKey("tickets.id"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("started_at", Utc, primary_key=True),
    Column("ended_at", Utc),
    Column("missed_at", Utc),
    Column("goal_minutes", Float),
    Column("business_minutes", Float),
    Column("calendar_minutes", Float),
    Column("value", Integer),
    Column("agent", String, nullable=False, default=""),
    Index("ix_measures_name_ended_at", "name", "ended_at"),
)

# Mails that go round once a day or week: a name and a period are mailed once.
rounds = Table(
    "rounds",
    metadata,
    Column("name", String, primary_key=True),
    Column("period", String, primary_key=True),
    Column("at", Utc, nullable=False),
)

# What the desk remembers about itself, such as that its timers are stopped.
remembered = Table(
    "remembered",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("template", String, nullable=False),
    Column("ticket_id", Integer, ForeignKey("tickets.id")),
    Column("message_ref", Integer, ForeignKey("messages.id")),
    Column("recipient", Line, nullable=False),
    Column("recipient_domain", Line, nullable=False, default="", server_default=""),
    Column("recipient_name", Words, nullable=False, default=""),
    Column("to_agent", String, nullable=False, default=""),
    Column("reply_is_public", Boolean, nullable=False, default=True),
    Column("variables", JSON, nullable=False),
    Column("envelope_from", Line, nullable=False, default=""),
    Column("subject", Words, nullable=False, default=""),
    Column("message_id", Words, unique=True),
    Column("sha256", String(64)),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_attempt_at", Utc, nullable=False),
    Column("claimed_until", Utc),
    Column("created_at", Utc, nullable=False),
    Column("finished_at", Utc),
    Column("detail", Words, nullable=False, default=""),
    Index("ix_outbox_due", "rank", "next_attempt_at", **_where(NOT_ENDED)),
    Index("ix_outbox_held", "to_agent", **_where(HELD)),
    Index("ix_outbox_recipient_created_at", "recipient", "created_at"),
    Index("ix_outbox_recipient_domain_created_at", "recipient_domain", "created_at"),
    Index("ix_outbox_ticket_id", "ticket_id"),
    Index("ix_outbox_kind_created_at", "kind", "created_at"),
)

# Bytes that are gone for good, or go as soon as the transaction that asked for it is committed.
erasures = Table(
    "erasures",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("asked_at", Utc, nullable=False),
    Column("done_at", Utc),
    Index("ix_erasures_waiting", "sha256", **_where("done_at IS NULL")),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("outbox_id", Integer, ForeignKey("outbox.id"), nullable=False, index=True),
    Column("started_at", Utc, nullable=False),
    Column("finished_at", Utc),
    Column("state", String, nullable=False, default=""),
    Column("stage", String, nullable=False, default=""),
    Column("code", Integer, nullable=False, default=0),
    Column("detail", Words, nullable=False, default=""),
)

# What other programs are asked to do: webhooks to be called, command lines to be run.
errands = Table(
    "errands",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("name", String, nullable=False),
    Column("delivery", String, nullable=False, unique=True),
    Column("ticket_id", Integer, ForeignKey("tickets.id"), nullable=False, index=True),
    Column("rule", Words, nullable=False),
    Column("content", JSON, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_attempt_at", Utc, nullable=False),
    Column("claimed_until", Utc),
    Column("created_at", Utc, nullable=False),
    Column("finished_at", Utc),
    Column("detail", Words, nullable=False, default=""),
    Index("ix_errands_due", "next_attempt_at", **_where("state = 'queued'")),
    Index("ix_errands_kind_created_at", "kind", "created_at"),
)

# Each try at an errand: when it began, how it ended and what was answered.
errand_attempts = Table(
    "errand_attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("errand_id", Integer, ForeignKey("errands.id"), nullable=False, index=True),
    Column("started_at", Utc, nullable=False),
    Column("finished_at", Utc),
    Column("outcome", String, nullable=False, default=""),
    Column("answer", Words, nullable=False, default=""),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String, primary_key=True),
    Column("owner", String, nullable=False),
    Column("until", Utc, nullable=False),
    Column("fence", Integer, nullable=False),
)

imap_positions = Table(
    "imap_positions",
    metadata,
    Column("account", String, primary_key=True),
    Column("folder", String, primary_key=True),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("last_uid", BigInteger, nullable=False),
)

denied = Table(
    "denied",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("entry", Words, nullable=False, index=True),
    Column("sender", Words, nullable=False),
    Column("action", String, nullable=False),
    Column("times", Integer, nullable=False, default=1, server_default=text("1")),
    Column("inbound_id", Integer, ForeignKey("inbound.id")),
    Index("ix_denied_inbound_id", "inbound_id"),
)

policies = Table(
    "policies",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("loaded_at", Utc, nullable=False),
    Column("content", JSON, nullable=False),
)
