"""Alembic's entry point: runs the revisions on the connection that `upgrade` hands over."""

from alembic import context

from daemon.store.indexes import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
