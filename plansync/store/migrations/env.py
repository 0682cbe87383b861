"""What Alembic runs around the migrations; the connection, and its transaction, come from plansync.store.migrate."""

from alembic import context

from plansync.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
