"""Senders the desk verifies itself, and errands kept attempt by attempt."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("denied", schema=None) as batch_op:
        batch_op.create_index("ix_denied_inbound_id", ["inbound_id"], unique=False)

    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.create_index(
            "ix_tickets_assigned",
            ["assignee"],
            unique=False,
            sqlite_where=sa.text("assignee <> '' AND status NOT IN ('solved', 'closed', 'spam')"),
            postgresql_where=sa.text("assignee <> '' AND status NOT IN ('solved', 'closed', 'spam')"),
        )
        batch_op.create_index("ix_tickets_requester_id", ["requester_id"], unique=False)


def downgrade() -> None:
    raise RuntimeError("there is no way back from revision 0003: restore the backup made before the upgrade")
