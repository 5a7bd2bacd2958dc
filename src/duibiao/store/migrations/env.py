"""Alembic's entry: runs the steps on the connection ``store.database.migrate`` hands over."""

from alembic import context

from duibiao.store.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
