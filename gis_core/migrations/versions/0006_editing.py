"""Plans that are edited by hand: revisions and their journal, locks, comments, the ground that edits are judged on."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ("plan_presence", "plan_comment", "plan_edit", "neighbour", "building_cell", "community_ground")


def upgrade() -> None:
    op.execute("""
        ALTER TABLE plan
            ADD COLUMN name text NOT NULL DEFAULT '',
            ADD COLUMN revision bigint NOT NULL DEFAULT 0,
            ADD COLUMN locks jsonb NOT NULL DEFAULT '{}'
    """)
    op.execute("ALTER TABLE grid ALTER COLUMN area DROP NOT NULL, ALTER COLUMN area_m2 DROP NOT NULL")
    op.execute("""
        CREATE TABLE community_ground (
            community_id bigint CONSTRAINT pk_community_ground PRIMARY KEY
                CONSTRAINT fk_community_ground_community_id REFERENCES community (id) ON DELETE CASCADE,
            version text NOT NULL
        )
    """)
    op.execute("""
        CREATE TABLE building_cell (
            building_id bigint CONSTRAINT pk_building_cell PRIMARY KEY
                CONSTRAINT fk_building_cell_building_id REFERENCES building (id) ON DELETE CASCADE,
            community_id bigint NOT NULL
                CONSTRAINT fk_building_cell_community_id REFERENCES community (id) ON DELETE CASCADE,
            cell geometry(MULTIPOLYGON, 4326) NOT NULL
        )
    """)
    op.execute("CREATE INDEX ix_building_cell_community_id ON building_cell (community_id)")
    op.execute("""
        CREATE TABLE neighbour (
            a bigint NOT NULL CONSTRAINT fk_neighbour_a REFERENCES building (id) ON DELETE CASCADE,
            b bigint NOT NULL CONSTRAINT fk_neighbour_b REFERENCES building (id) ON DELETE CASCADE,
            community_id bigint NOT NULL
                CONSTRAINT fk_neighbour_community_id REFERENCES community (id) ON DELETE CASCADE,
            border_m double precision NOT NULL,
            border_cost double precision NOT NULL,
            touch_x double precision NOT NULL,
            touch_y double precision NOT NULL,
            line geometry(MULTILINESTRING, 4326) NOT NULL,
            CONSTRAINT pk_neighbour PRIMARY KEY (a, b),
            CONSTRAINT ck_neighbour_pair CHECK (a < b)
        )
    """)
    op.execute("CREATE INDEX ix_neighbour_b ON neighbour (b)")
    op.execute("CREATE INDEX ix_neighbour_community_id ON neighbour (community_id)")
    op.execute("""
        CREATE TABLE plan_edit (
            plan_id bigint NOT NULL CONSTRAINT fk_plan_edit_plan_id REFERENCES plan (id) ON DELETE CASCADE,
            revision bigint NOT NULL,
            kind text NOT NULL,
            by text NOT NULL,
            at timestamptz NOT NULL,
            moves jsonb NOT NULL DEFAULT '[]',
            details jsonb NOT NULL DEFAULT '{}',
            undoes bigint,
            request_key text,
            request_hash text,
            CONSTRAINT pk_plan_edit PRIMARY KEY (plan_id, revision),
            CONSTRAINT ck_plan_edit_revision CHECK (revision >= 1),
            CONSTRAINT ck_plan_edit_request CHECK ((request_key IS NULL) = (request_hash IS NULL)),
            CONSTRAINT uq_plan_edit_plan_id_by_request_key UNIQUE (plan_id, by, request_key)
        )
    """)
    op.execute(
        "CREATE TRIGGER only_grows BEFORE UPDATE ON plan_edit"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute("""
        CREATE TABLE plan_comment (
            id bigserial CONSTRAINT pk_plan_comment PRIMARY KEY,
            plan_id bigint NOT NULL CONSTRAINT fk_plan_comment_plan_id REFERENCES plan (id) ON DELETE CASCADE,
            place geometry(POINT, 4326) NOT NULL,
            text text NOT NULL,
            by text NOT NULL,
            at timestamptz NOT NULL,
            resolved_by text,
            resolved_at timestamptz,
            CONSTRAINT ck_plan_comment_text_length CHECK (length(text) BETWEEN 1 AND 2000),
            CONSTRAINT ck_plan_comment_resolved CHECK ((resolved_by IS NULL) = (resolved_at IS NULL))
        )
    """)
    op.execute("CREATE INDEX ix_plan_comment_plan_id ON plan_comment (plan_id)")
    op.execute("""
        CREATE UNLOGGED TABLE plan_presence (
            plan_id bigint NOT NULL CONSTRAINT fk_plan_presence_plan_id REFERENCES plan (id) ON DELETE CASCADE,
            seat text NOT NULL,
            by text NOT NULL,
            seen_at timestamptz NOT NULL,
            CONSTRAINT pk_plan_presence PRIMARY KEY (plan_id, seat)
        )
    """)


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP TABLE {table}")
    op.execute("DELETE FROM grid WHERE area IS NULL")
    op.execute("ALTER TABLE grid ALTER COLUMN area SET NOT NULL, ALTER COLUMN area_m2 SET NOT NULL")
    op.execute("ALTER TABLE plan DROP COLUMN name, DROP COLUMN revision, DROP COLUMN locks")
