"""The state of every community for the city view, and triggers that tell whose state is due to be computed again.

Triggers, so that no writer can forget it. A statement adds a row for each community that it touches; readers empty
the table.
"""

from alembic import op

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None

BUILDINGS = """
CREATE FUNCTION buildings_are_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO community_due (community_id, ground) SELECT DISTINCT community_id, true FROM new_rows;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO community_due (community_id, ground) SELECT DISTINCT community_id, true FROM old_rows;
    ELSE
        INSERT INTO community_due (community_id, ground)
        SELECT touched.community_id, bool_or(touched.ground)
        FROM new_rows n
        JOIN old_rows o USING (id)
        CROSS JOIN LATERAL (
            SELECT n.community_id, o.community_id <> n.community_id OR NOT o.footprint = n.footprint
            UNION ALL SELECT o.community_id, true WHERE o.community_id <> n.community_id
        ) AS touched (community_id, ground)
        WHERE touched.ground OR (o.estate_id, o.households, o.persons, o.persons_kind)
            IS DISTINCT FROM (n.estate_id, n.households, n.persons, n.persons_kind)
        GROUP BY touched.community_id;
    END IF;
    RETURN NULL;
END $$
"""

BARRIERS = """
CREATE FUNCTION barriers_are_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM plan WHERE status = 'adopted') THEN
        INSERT INTO community_due (community_id, ground)
        SELECT DISTINCT c.id, true FROM changed b
        JOIN community c ON c.boundary && ST_Expand(b.geometry, 0.003)
        WHERE EXISTS (SELECT FROM plan p WHERE p.community_id = c.id AND p.status = 'adopted');
    END IF;
    RETURN NULL;
END $$
"""

COMMUNITY = """
CREATE FUNCTION community_is_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO community_due (community_id, ground) VALUES (NEW.id, true);
    RETURN NULL;
END $$
"""

PLAN = """
CREATE FUNCTION plan_is_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO community_due (community_id, ground) VALUES (OLD.community_id, false);
    ELSE
        INSERT INTO community_due (community_id, ground) VALUES (NEW.community_id, NEW.status = 'adopted');
    END IF;
    RETURN NULL;
END $$
"""

AREAS = """
CREATE FUNCTION raise_areas_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO layer_version (layer) VALUES ('areas')
    ON CONFLICT (layer) DO UPDATE SET version = layer_version.version + 1, changed_at = now();
    RETURN NULL;
END $$
"""

TRIGGERS = (
    ("building", "due_of_insert", "AFTER INSERT", "REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT",
     "buildings_are_due"),
    ("building", "due_of_update", "AFTER UPDATE",
     "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT", "buildings_are_due"),
    ("building", "due_of_delete", "AFTER DELETE", "REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT",
     "buildings_are_due"),
    ("barrier", "due_of_insert", "AFTER INSERT", "REFERENCING NEW TABLE AS changed FOR EACH STATEMENT",
     "barriers_are_due"),
    ("barrier", "due_of_update_before", "AFTER UPDATE", "REFERENCING OLD TABLE AS changed FOR EACH STATEMENT",
     "barriers_are_due"),
    ("barrier", "due_of_update_after", "AFTER UPDATE", "REFERENCING NEW TABLE AS changed FOR EACH STATEMENT",
     "barriers_are_due"),
    ("barrier", "due_of_delete", "AFTER DELETE", "REFERENCING OLD TABLE AS changed FOR EACH STATEMENT",
     "barriers_are_due"),
    ("community", "due", "AFTER INSERT OR UPDATE", "FOR EACH ROW", "community_is_due"),
    ("plan", "due_of_change", "AFTER UPDATE OF status, rules",
     "FOR EACH ROW WHEN (OLD.status <> NEW.status OR (NEW.status = 'adopted' AND OLD.rules <> NEW.rules))",
     "plan_is_due"),
    ("plan", "due", "AFTER INSERT OR DELETE", "FOR EACH ROW", "plan_is_due"),
    ("admin_area", "version", "AFTER INSERT OR UPDATE OR DELETE", "FOR EACH STATEMENT", "raise_areas_version"),
)  # fmt: skip
FUNCTIONS = (
    "buildings_are_due",
    "barriers_are_due",
    "community_is_due",
    "plan_is_due",
    "raise_areas_version",
)


def upgrade() -> None:
    op.execute("""
        CREATE TABLE community_state (
            community_id bigint CONSTRAINT pk_community_state PRIMARY KEY
                CONSTRAINT fk_community_state_community_id REFERENCES community (id) ON DELETE CASCADE,
            label geometry(POINT, 4326) NOT NULL,
            buildings bigint NOT NULL,
            households bigint NOT NULL,
            persons bigint,
            plan_id bigint,
            grids bigint NOT NULL,
            underway text,
            pieces jsonb NOT NULL DEFAULT '{}',
            ground_changed_at timestamptz,
            broken jsonb NOT NULL DEFAULT '[]',
            CONSTRAINT ck_community_state_underway CHECK (underway IN ('draft', 'proposed'))
        )
    """)
    op.execute("""
        CREATE TABLE community_due (
            id bigserial CONSTRAINT pk_community_due PRIMARY KEY,
            community_id bigint NOT NULL,
            ground boolean NOT NULL
        )
    """)
    for function in (BUILDINGS, BARRIERS, COMMUNITY, PLAN, AREAS):
        op.execute(function)
    for table, name, event, rows, function in TRIGGERS:
        op.execute(f"CREATE TRIGGER {name} {event} ON {table} {rows} EXECUTE FUNCTION {function}()")
    op.execute("INSERT INTO community_due (community_id, ground) SELECT id, true FROM community")


def downgrade() -> None:
    for table, name, *_ in TRIGGERS:
        op.execute(f"DROP TRIGGER {name} ON {table}")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}()")
    op.execute("DROP TABLE community_due, community_state")
