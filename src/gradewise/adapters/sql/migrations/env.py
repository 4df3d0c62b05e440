"""Brings a database to a revision over the connection that is handed in, within its transaction."""

from alembic import context

from gradewise.adapters.sql.tables import METADATA, VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
    # SQLite too takes changes of tables back, since its transactions are begun by hand.
    transactional_ddl=True,
)
context.run_migrations()
