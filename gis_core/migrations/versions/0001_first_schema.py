"""First schema."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    op.create_table(
        "admin_area",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.CheckConstraint("code ~ '^[0-9]{12}$'", name=op.f("ck_admin_area_code_12_digits")),
        sa.CheckConstraint(
            "level IN ('province', 'city', 'district', 'subdistrict', 'community')",
            name=op.f("ck_admin_area_level"),
        ),
        sa.CheckConstraint("parent_code <> code", name=op.f("ck_admin_area_not_own_parent")),
        sa.ForeignKeyConstraint(["parent_code"], ["admin_area.code"], name=op.f("fk_admin_area_parent_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_admin_area")),
    )
    op.create_index(op.f("ix_admin_area_parent_code"), "admin_area", ["parent_code"], unique=False)
    op.create_table(
        "dataset",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "details",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataset")),
        sa.UniqueConstraint("name", name=op.f("uq_dataset_name")),
    )
    op.create_table(
        "layer_version",
        sa.Column("layer", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("layer", name=op.f("pk_layer_version")),
    )
    op.create_geospatial_table(
        "barrier",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dataset_id", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("class", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("bridge", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "geometry",
            Geometry(
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("kind IN ('road', 'wall', 'water', 'railway')", name=op.f("ck_barrier_kind")),
        sa.CheckConstraint("NOT ST_IsEmpty(geometry)", name=op.f("ck_barrier_geometry_not_empty")),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name=op.f("fk_barrier_dataset_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_barrier")),
        sa.UniqueConstraint("dataset_id", "source_id", name=op.f("uq_barrier_dataset_id_source_id")),
    )
    op.create_geospatial_index(
        "idx_barrier_geometry",
        "barrier",
        ["geometry"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_geospatial_table(
        "community",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=True),
        sa.Column("metric_srid", sa.BigInteger(), nullable=False),
        sa.Column(
            "boundary",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("boundary_kind", sa.Text(), server_default="given", nullable=False),
        sa.CheckConstraint("boundary_kind IN ('given', 'hull')", name=op.f("ck_community_boundary_kind")),
        sa.CheckConstraint(
            "ST_IsValid(boundary) AND NOT ST_IsEmpty(boundary)", name=op.f("ck_community_boundary_valid")
        ),
        sa.CheckConstraint("length(code) BETWEEN 1 AND 64", name=op.f("ck_community_code_length")),
        sa.CheckConstraint(
            "metric_srid > 0 AND metric_srid NOT IN (3857, 4326, 4490)", name=op.f("ck_community_metric_srid")
        ),
        sa.ForeignKeyConstraint(["area_code"], ["admin_area.code"], name=op.f("fk_community_area_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community")),
        sa.UniqueConstraint("code", name=op.f("uq_community_code")),
    )
    op.create_geospatial_index(
        "idx_community_boundary",
        "community",
        ["boundary"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index(op.f("ix_community_area_code"), "community", ["area_code"], unique=False)
    op.create_geospatial_table(
        "estate",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dataset_id", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column(
            "boundary",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.CheckConstraint("boundary IS NULL OR ST_IsValid(boundary)", name=op.f("ck_estate_boundary_valid")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_estate_community_id")),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name=op.f("fk_estate_dataset_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_estate")),
        sa.UniqueConstraint("dataset_id", "source_id", name=op.f("uq_estate_dataset_id_source_id")),
    )
    op.create_geospatial_index(
        "idx_estate_boundary",
        "estate",
        ["boundary"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index(op.f("ix_estate_community_id"), "estate", ["community_id"], unique=False)
    op.create_geospatial_table(
        "organisation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dataset_id", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column(
            "position",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_organisation_community_id")
        ),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name=op.f("fk_organisation_dataset_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("dataset_id", "source_id", name=op.f("uq_organisation_dataset_id_source_id")),
    )
    op.create_geospatial_index(
        "idx_organisation_position",
        "organisation",
        ["position"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index(op.f("ix_organisation_community_id"), "organisation", ["community_id"], unique=False)
    op.create_table(
        "plan",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), server_default="draft", nullable=False),
        sa.Column("based_on", sa.BigInteger(), nullable=True),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("engine", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'proposed', 'adopted', 'retired')", name=op.f("ck_plan_status")
        ),
        sa.ForeignKeyConstraint(["based_on"], ["plan.id"], name=op.f("fk_plan_based_on")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_plan_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("community_id", "version", name=op.f("uq_plan_community_id_version")),
        sa.UniqueConstraint("id", "community_id", name=op.f("uq_plan_id_community_id")),
    )
    op.create_index(
        "uq_plan_one_adopted",
        "plan",
        ["community_id"],
        unique=True,
        postgresql_where=sa.text("status = 'adopted'"),
    )
    op.create_geospatial_table(
        "building",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("dataset_id", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("estate_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "footprint",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("households", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("households_kind", sa.Text(), server_default="none", nullable=False),
        sa.Column("persons", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("persons_kind", sa.Text(), server_default="none", nullable=False),
        sa.Column("floors", sa.BigInteger(), nullable=True),
        sa.Column("use", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "households_kind IN ('real', 'estimated', 'none')", name=op.f("ck_building_households_kind")
        ),
        sa.CheckConstraint(
            "persons_kind IN ('real', 'estimated', 'none')", name=op.f("ck_building_persons_kind")
        ),
        sa.CheckConstraint(
            "ST_IsValid(footprint) AND NOT ST_IsEmpty(footprint)", name=op.f("ck_building_footprint_valid")
        ),
        sa.CheckConstraint("floors BETWEEN 1 AND 200", name=op.f("ck_building_floors")),
        sa.CheckConstraint("households >= 0", name=op.f("ck_building_households")),
        sa.CheckConstraint("persons >= 0", name=op.f("ck_building_persons")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_building_community_id")),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name=op.f("fk_building_dataset_id")),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_building_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_building")),
        sa.UniqueConstraint("dataset_id", "source_id", name=op.f("uq_building_dataset_id_source_id")),
    )
    op.create_geospatial_index(
        "idx_building_footprint",
        "building",
        ["footprint"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index("ix_building_community_id_id", "building", ["community_id", "id"], unique=False)
    op.create_index(op.f("ix_building_estate_id"), "building", ["estate_id"], unique=False)
    op.create_geospatial_table(
        "grid",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "area",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("area_m2", sa.Double(), nullable=False),
        sa.Column("households", sa.BigInteger(), nullable=False),
        sa.Column("persons", sa.BigInteger(), nullable=False),
        sa.Column("buildings", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ST_IsValid(area) AND NOT ST_IsEmpty(area)", name=op.f("ck_grid_area_valid")),
        sa.CheckConstraint(
            "households >= 0 AND persons >= 0 AND buildings >= 1", name=op.f("ck_grid_counts")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_grid_number")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_grid_valid_period")),
        sa.ForeignKeyConstraint(
            ["plan_id", "community_id"],
            ["plan.id", "plan.community_id"],
            name=op.f("fk_grid_plan_id_community_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_grid_plan_id_number")),
    )
    op.create_geospatial_index(
        "idx_grid_area", "grid", ["area"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_index(
        "uq_grid_issued_code",
        "grid",
        ["code"],
        unique=True,
        postgresql_where=sa.text("valid_from IS NOT NULL"),
    )
    op.create_table(
        "assignment",
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("building_id", sa.BigInteger(), nullable=False),
        sa.Column("grid_number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name=op.f("fk_assignment_building_id")),
        sa.ForeignKeyConstraint(
            ["plan_id", "grid_number"],
            ["grid.plan_id", "grid.number"],
            name=op.f("fk_assignment_plan_id_grid_number"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("plan_id", "building_id", name=op.f("pk_assignment")),
    )
    op.create_index("ix_assignment_building_id", "assignment", ["building_id"], unique=False)
    op.create_geospatial_table(
        "entrance",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("building_id", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("households", sa.BigInteger(), nullable=True),
        sa.Column(
            "position",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.CheckConstraint("households >= 0", name=op.f("ck_entrance_households")),
        sa.ForeignKeyConstraint(
            ["building_id"], ["building.id"], name=op.f("fk_entrance_building_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entrance")),
        sa.UniqueConstraint("building_id", "label", name=op.f("uq_entrance_building_id_label")),
    )
    op.create_geospatial_index(
        "idx_entrance_position",
        "entrance",
        ["position"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )


def downgrade() -> None:
    op.drop_geospatial_index(
        "idx_entrance_position", table_name="entrance", postgresql_using="gist", column_name="position"
    )
    op.drop_geospatial_table("entrance")
    op.drop_index("ix_assignment_building_id", table_name="assignment")
    op.drop_table("assignment")
    op.drop_index(
        "uq_grid_issued_code", table_name="grid", postgresql_where=sa.text("valid_from IS NOT NULL")
    )
    op.drop_geospatial_index("idx_grid_area", table_name="grid", postgresql_using="gist", column_name="area")
    op.drop_geospatial_table("grid")
    op.drop_index(op.f("ix_building_estate_id"), table_name="building")
    op.drop_index("ix_building_community_id_id", table_name="building")
    op.drop_geospatial_index(
        "idx_building_footprint", table_name="building", postgresql_using="gist", column_name="footprint"
    )
    op.drop_geospatial_table("building")
    op.drop_index("uq_plan_one_adopted", table_name="plan", postgresql_where=sa.text("status = 'adopted'"))
    op.drop_table("plan")
    op.drop_index(op.f("ix_organisation_community_id"), table_name="organisation")
    op.drop_geospatial_index(
        "idx_organisation_position",
        table_name="organisation",
        postgresql_using="gist",
        column_name="position",
    )
    op.drop_geospatial_table("organisation")
    op.drop_index(op.f("ix_estate_community_id"), table_name="estate")
    op.drop_geospatial_index(
        "idx_estate_boundary", table_name="estate", postgresql_using="gist", column_name="boundary"
    )
    op.drop_geospatial_table("estate")
    op.drop_index(op.f("ix_community_area_code"), table_name="community")
    op.drop_geospatial_index(
        "idx_community_boundary", table_name="community", postgresql_using="gist", column_name="boundary"
    )
    op.drop_geospatial_table("community")
    op.drop_geospatial_index(
        "idx_barrier_geometry", table_name="barrier", postgresql_using="gist", column_name="geometry"
    )
    op.drop_geospatial_table("barrier")
    op.drop_table("layer_version")
    op.drop_table("dataset")
    op.drop_index(op.f("ix_admin_area_parent_code"), table_name="admin_area")
    op.drop_table("admin_area")
