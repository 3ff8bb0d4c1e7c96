"""Alembic's entry: runs the migrations on the connection it is handed."""

from alembic import context

from app.cli.migrations import is_ours
from assets.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    include_name=is_ours,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
