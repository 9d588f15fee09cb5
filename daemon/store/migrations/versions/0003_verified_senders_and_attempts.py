"""Senders the desk verifies itself, attempts at errands, and what is looked up by index."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "errand_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("errand_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["errand_id"], ["errands.id"], name=op.f("fk_errand_attempts_errand_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_errand_attempts")),
    )
    with op.batch_alter_table("errand_attempts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_errand_attempts_errand_id"), ["errand_id"], unique=False)

    with op.batch_alter_table("denied", schema=None) as batch_op:
        batch_op.create_index("ix_denied_inbound_id", ["inbound_id"], unique=False)

    with op.batch_alter_table("inbound", schema=None) as batch_op:
        batch_op.add_column(sa.Column("helo", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("verified", sa.Text(), server_default="", nullable=False))

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
