"""Raise the version of the layer `plans` with every change of a plan, its grids or its assignments.

A trigger, so that no writer can forget it and a change made in QGIS counts as well. Transition tables tell a
statement that changed rows from one that found none.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("plan", "grid", "assignment")
EVENTS = {"insert": "NEW", "update": "NEW", "delete": "OLD"}


def upgrade() -> None:
    op.execute("""
        CREATE FUNCTION raise_plans_version() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM changed) THEN
                INSERT INTO layer_version (layer) VALUES ('plans')
                ON CONFLICT (layer) DO UPDATE SET version = layer_version.version + 1, changed_at = now();
            END IF;
            RETURN NULL;
        END $$
    """)
    for table in TABLES:
        for event, rows in EVENTS.items():
            op.execute(
                f"CREATE TRIGGER version_of_{event} AFTER {event} ON {table}"
                f" REFERENCING {rows} TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION raise_plans_version()"
            )


def downgrade() -> None:
    for table in TABLES:
        for event in EVENTS:
            op.execute(f"DROP TRIGGER version_of_{event} ON {table}")
    op.execute("DROP FUNCTION raise_plans_version()")
