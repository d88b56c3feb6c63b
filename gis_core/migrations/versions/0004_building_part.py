"""Hold the parts of buildings that a plan splits among grids."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

EVENTS = {"insert": "NEW", "update": "NEW", "delete": "OLD"}


def upgrade() -> None:
    op.create_table(
        "building_part",
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("building_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("grid_number", sa.BigInteger(), nullable=False),
        sa.Column("households", sa.BigInteger(), nullable=False),
        sa.Column("persons", sa.BigInteger(), nullable=True),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.Column("footprint", Geometry("MULTIPOLYGON", 4326, spatial_index=False), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_building_part_number")),
        sa.CheckConstraint("households >= 0 AND persons >= 0", name=op.f("ck_building_part_counts")),
        sa.ForeignKeyConstraint(
            ["plan_id", "building_id"],
            ["assignment.plan_id", "assignment.building_id"],
            name=op.f("fk_building_part_plan_id_building_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "grid_number"],
            ["grid.plan_id", "grid.number"],
            name=op.f("fk_building_part_plan_id_grid_number"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("plan_id", "building_id", "number", name=op.f("pk_building_part")),
    )
    for event, rows in EVENTS.items():
        op.execute(
            f"CREATE TRIGGER version_of_{event} AFTER {event} ON building_part"
            f" REFERENCING {rows} TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION raise_plans_version()"
        )


def downgrade() -> None:
    op.drop_table("building_part")
