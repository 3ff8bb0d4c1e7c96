"""Alembic's entry: runs the migrations on the connection it is handed."""

from alembic import context

from assets.schema import metadata


def is_ours(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    """Leave out what PostGIS and the job queue keep in the same database."""
    return not (kind == "table" and name is not None and (name == "spatial_ref_sys"))


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    include_object=is_ours,
    compare_server_default=False,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
