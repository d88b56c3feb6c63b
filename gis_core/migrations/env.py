"""Alembic's entry: migrations run on the connection (and in the transaction) that the caller hands over."""

from alembic import context
from geoalchemy2 import alembic_helpers

from gis_core import tables_accounts, tables_city, tables_editing, tables_jobs  # noqa: F401 (tables that Base must know)
from gis_core.tables import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    include_object=alembic_helpers.include_object,
    process_revision_directives=alembic_helpers.writer,
    render_item=alembic_helpers.render_item,
)
context.run_migrations()
