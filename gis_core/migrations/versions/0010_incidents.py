"""Incidents: the catalogue and its rules, cases with their history, clocks, messages and personal data kept apart."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ROLES = "'viewer', 'grid_worker', 'community_desk', 'department', 'leader', 'planner', 'administrator'"
OLD_ROLES = "'viewer', 'grid_worker', 'community_desk', 'planner', 'administrator'"
TABLES = (
    "frozen_measure",
    "calendar_day",
    "service_key",
    "building_visit",
    "notice_subscription",
    "message",
    "incident_request",
    "public_notice",
    "incident_timer",
    "incident_photo",
    "incident_follower",
    "incident_reporter",
    "incident_text",
    "incident_event",
    "incident",
    "routing_rule",
    "grid_duty",
    "department_member",
    "time_limit",
    "category_condition",
    "category_attribute",
    "incident_category",
    "department",
)


def upgrade() -> None:
    _roles(ROLES)
    for statement in (*_CATALOGUE, *_PEOPLE, *_INCIDENT, *_AROUND, *_REST):
        op.execute(statement)


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP TABLE {table}")
    op.execute("DELETE FROM account_grant WHERE role IN ('department', 'leader')")
    _roles(OLD_ROLES)


def _roles(roles: str) -> None:
    op.execute("ALTER TABLE account_grant DROP CONSTRAINT ck_account_grant_role")
    op.execute(f"ALTER TABLE account_grant ADD CONSTRAINT ck_account_grant_role CHECK (role IN ({roles}))")


_CATALOGUE = (
    """
    CREATE TABLE department (
        code text CONSTRAINT pk_department PRIMARY KEY,
        name_zh text NOT NULL,
        name_en text NOT NULL,
        area_code text CONSTRAINT fk_department_area_code REFERENCES admin_area (code)
    )""",
    """
    CREATE TABLE incident_category (
        code text CONSTRAINT pk_incident_category PRIMARY KEY,
        position bigint NOT NULL,
        group_code text NOT NULL,
        group_zh text NOT NULL,
        group_en text NOT NULL,
        name_zh text NOT NULL,
        name_en text NOT NULL,
        description_zh text NOT NULL DEFAULT '',
        description_en text NOT NULL DEFAULT '',
        keywords text NOT NULL DEFAULT '',
        kind text NOT NULL,
        contact text NOT NULL DEFAULT 'optional',
        std_code text,
        duplicate_m double precision NOT NULL DEFAULT 100,
        duplicate_days bigint NOT NULL DEFAULT 14,
        active boolean NOT NULL DEFAULT true,
        CONSTRAINT ck_incident_category_kind CHECK (kind IN ('general', 'coordination', 'emergency', 'approval')),
        CONSTRAINT ck_incident_category_contact CHECK (contact IN ('none', 'optional', 'required'))
    )""",
    """
    CREATE TABLE category_attribute (
        category_code text
            CONSTRAINT fk_category_attribute_category_code REFERENCES incident_category (code) ON DELETE CASCADE,
        code text,
        position bigint NOT NULL,
        datatype text NOT NULL,
        required boolean NOT NULL DEFAULT false,
        description_zh text NOT NULL,
        description_en text NOT NULL,
        values jsonb NOT NULL DEFAULT '[]',
        CONSTRAINT pk_category_attribute PRIMARY KEY (category_code, code),
        CONSTRAINT ck_category_attribute_datatype CHECK (
            datatype IN ('string', 'number', 'datetime', 'text', 'singlevaluelist', 'multivaluelist'))
    )""",
    """
    CREATE TABLE category_condition (
        category_code text
            CONSTRAINT fk_category_condition_category_code REFERENCES incident_category (code) ON DELETE CASCADE,
        code text,
        position bigint NOT NULL,
        name_zh text NOT NULL,
        name_en text NOT NULL,
        CONSTRAINT pk_category_condition PRIMARY KEY (category_code, code)
    )""",
    """
    CREATE TABLE time_limit (
        id bigserial CONSTRAINT pk_time_limit PRIMARY KEY,
        category_code text
            CONSTRAINT fk_time_limit_category_code REFERENCES incident_category (code) ON DELETE CASCADE,
        condition_code text,
        stage text NOT NULL,
        step bigint NOT NULL DEFAULT 1,
        step_zh text NOT NULL DEFAULT '',
        step_en text NOT NULL DEFAULT '',
        unit text NOT NULL,
        value double precision NOT NULL,
        CONSTRAINT ck_time_limit_stage CHECK (
            stage IN ('accept', 'dispatch', 'handle', 'verify', 'feedback', 'decide', 'acknowledge', 'whole')),
        CONSTRAINT ck_time_limit_unit CHECK (
            unit IN ('urgent_hour', 'urgent_day', 'work_hour', 'work_day', 'natural_day')),
        CONSTRAINT ck_time_limit_value CHECK (value > 0 AND value <= 3650),
        CONSTRAINT uq_time_limit_category_code_condition_code_stage_step
            UNIQUE NULLS NOT DISTINCT (category_code, condition_code, stage, step)
    )""",
)
_PEOPLE = (
    """
    CREATE TABLE department_member (
        department_code text
            CONSTRAINT fk_department_member_department_code REFERENCES department (code) ON DELETE CASCADE,
        account_id bigint CONSTRAINT fk_department_member_account_id REFERENCES account (id) ON DELETE CASCADE,
        CONSTRAINT pk_department_member PRIMARY KEY (department_code, account_id)
    )""",
    "CREATE INDEX ix_department_member_account_id ON department_member (account_id)",
    """
    CREATE TABLE grid_duty (
        grid_code text,
        account_id bigint CONSTRAINT fk_grid_duty_account_id REFERENCES account (id) ON DELETE CASCADE,
        community_id bigint NOT NULL CONSTRAINT fk_grid_duty_community_id REFERENCES community (id),
        post text NOT NULL DEFAULT 'worker',
        CONSTRAINT pk_grid_duty PRIMARY KEY (grid_code, account_id),
        CONSTRAINT ck_grid_duty_post CHECK (post IN ('worker', 'lead'))
    )""",
    "CREATE INDEX ix_grid_duty_account_id ON grid_duty (account_id)",
    """
    CREATE TABLE routing_rule (
        id bigserial CONSTRAINT pk_routing_rule PRIMARY KEY,
        position bigint NOT NULL CONSTRAINT uq_routing_rule_position UNIQUE,
        name text NOT NULL,
        group_code text,
        category_code text CONSTRAINT fk_routing_rule_category_code REFERENCES incident_category (code),
        condition_code text,
        area_code text CONSTRAINT fk_routing_rule_area_code REFERENCES admin_area (code),
        community_id bigint CONSTRAINT fk_routing_rule_community_id REFERENCES community (id),
        grid_code text,
        department_code text NOT NULL CONSTRAINT fk_routing_rule_department_code REFERENCES department (code),
        level bigint NOT NULL DEFAULT 2,
        then_condition text,
        CONSTRAINT ck_routing_rule_level CHECK (level BETWEEN 1 AND 3)
    )""",
)
_INCIDENT = (
    """
    CREATE TABLE incident (
        id bigserial CONSTRAINT pk_incident PRIMARY KEY,
        number text NOT NULL CONSTRAINT uq_incident_number UNIQUE,
        community_id bigint NOT NULL CONSTRAINT fk_incident_community_id REFERENCES community (id),
        grid_code text,
        place geometry(Point, 4326) NOT NULL,
        accuracy_m double precision,
        address text NOT NULL DEFAULT '',
        category_code text NOT NULL CONSTRAINT fk_incident_category_code REFERENCES incident_category (code),
        condition_code text,
        attributes jsonb NOT NULL DEFAULT '{}',
        kind text NOT NULL,
        level bigint NOT NULL DEFAULT 2,
        source text NOT NULL,
        description text NOT NULL DEFAULT '',
        state text NOT NULL,
        open boolean NOT NULL,
        resume_state text,
        department_code text CONSTRAINT fk_incident_department_code REFERENCES department (code),
        assignee_id bigint CONSTRAINT fk_incident_assignee_id REFERENCES account (id),
        handler_id bigint CONSTRAINT fk_incident_handler_id REFERENCES account (id),
        reported_by bigint CONSTRAINT fk_incident_reported_by REFERENCES account (id),
        merged_into bigint CONSTRAINT fk_incident_merged_into REFERENCES incident (id),
        stage text,
        step bigint NOT NULL DEFAULT 1,
        clock text,
        limit_s double precision,
        used_s double precision NOT NULL DEFAULT 0,
        running_since timestamptz,
        stage_due_at timestamptz,
        due_at timestamptz,
        review_at timestamptz,
        escalation bigint NOT NULL DEFAULT 0,
        overdue boolean NOT NULL DEFAULT false,
        supervised boolean NOT NULL DEFAULT false,
        recheck boolean NOT NULL DEFAULT false,
        no_reply boolean NOT NULL DEFAULT false,
        returns bigint NOT NULL DEFAULT 0,
        reworks bigint NOT NULL DEFAULT 0,
        reopens bigint NOT NULL DEFAULT 0,
        extensions bigint NOT NULL DEFAULT 0,
        asked jsonb,
        decision text,
        satisfied boolean,
        public_note text NOT NULL DEFAULT '',
        reported_at timestamptz NOT NULL,
        accepted_at timestamptz,
        dispatched_at timestamptz,
        resolved_at timestamptz,
        verified_at timestamptz,
        closed_at timestamptz,
        updated_at timestamptz NOT NULL,
        anonymised_at timestamptz,
        revision bigint NOT NULL DEFAULT 1,
        CONSTRAINT ck_incident_kind CHECK (kind IN ('general', 'coordination', 'emergency', 'approval')),
        CONSTRAINT ck_incident_level CHECK (level BETWEEN 1 AND 3),
        CONSTRAINT ck_incident_clock CHECK (clock IN ('continuous', 'business')),
        CONSTRAINT ck_incident_not_own_target CHECK (merged_into <> id),
        CONSTRAINT ck_incident_description CHECK (length(description) <= 4000)
    )""",
    "CREATE INDEX idx_incident_place ON incident USING gist (place)",
    "CREATE INDEX ix_incident_community_id_id ON incident (community_id, id)",
    "CREATE INDEX ix_incident_open ON incident (coalesce(stage_due_at, 'infinity'::timestamptz), id) WHERE open",
    "CREATE INDEX ix_incident_open_community ON incident"
    " (community_id, coalesce(stage_due_at, 'infinity'::timestamptz), id) WHERE open",
    "CREATE INDEX ix_incident_open_department ON incident (department_code) WHERE open",
    "CREATE INDEX ix_incident_open_assignee ON incident (assignee_id) WHERE open",
    "CREATE INDEX ix_incident_grid_code ON incident (grid_code) WHERE open",
    "CREATE INDEX ix_incident_category_code_reported_at ON incident (category_code, reported_at)",
    "CREATE INDEX ix_incident_reported_at ON incident (reported_at, id)",
    "CREATE INDEX ix_incident_merged_into ON incident (merged_into) WHERE merged_into IS NOT NULL",
    """
    CREATE TABLE incident_event (
        id bigserial CONSTRAINT pk_incident_event PRIMARY KEY,
        incident_id bigint NOT NULL CONSTRAINT fk_incident_event_incident_id REFERENCES incident (id),
        seq bigint NOT NULL,
        at timestamptz NOT NULL,
        by text NOT NULL,
        actor text NOT NULL,
        action text NOT NULL,
        before text,
        after text NOT NULL,
        public boolean NOT NULL DEFAULT false,
        details jsonb NOT NULL DEFAULT '{}',
        text_hash bytea,
        hash bytea NOT NULL,
        CONSTRAINT uq_incident_event_incident_id_seq UNIQUE (incident_id, seq)
    )""",
    "CREATE INDEX ix_incident_event_at ON incident_event (at)",
    "CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON incident_event"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    """
    CREATE TABLE incident_text (
        event_id bigint CONSTRAINT pk_incident_text PRIMARY KEY
            CONSTRAINT fk_incident_text_event_id REFERENCES incident_event (id),
        text text NOT NULL
    )""",
)
_AROUND = (
    """
    CREATE TABLE incident_reporter (
        incident_id bigint CONSTRAINT pk_incident_reporter PRIMARY KEY
            CONSTRAINT fk_incident_reporter_incident_id REFERENCES incident (id),
        link_hash bytea NOT NULL CONSTRAINT uq_incident_reporter_link_hash UNIQUE,
        sealed bytea,
        lang text NOT NULL DEFAULT 'zh',
        consent_at timestamptz,
        anonymised_at timestamptz
    )""",
    """
    CREATE TABLE incident_follower (
        id bigserial CONSTRAINT pk_incident_follower PRIMARY KEY,
        incident_id bigint NOT NULL CONSTRAINT fk_incident_follower_incident_id REFERENCES incident (id),
        link_hash bytea NOT NULL CONSTRAINT uq_incident_follower_link_hash UNIQUE,
        sealed bytea,
        lang text NOT NULL DEFAULT 'zh',
        consent_at timestamptz,
        at timestamptz NOT NULL
    )""",
    "CREATE INDEX ix_incident_follower_incident_id ON incident_follower (incident_id)",
    """
    CREATE TABLE incident_photo (
        id bigserial CONSTRAINT pk_incident_photo PRIMARY KEY,
        incident_id bigint NOT NULL CONSTRAINT fk_incident_photo_incident_id REFERENCES incident (id),
        event_id bigint CONSTRAINT fk_incident_photo_event_id REFERENCES incident_event (id),
        kind text NOT NULL,
        content bytea,
        url text,
        width bigint,
        height bigint,
        at timestamptz NOT NULL,
        moderated_at timestamptz,
        moderated_by text,
        public boolean NOT NULL DEFAULT false,
        CONSTRAINT ck_incident_photo_kind CHECK (kind IN ('near', 'context', 'before', 'after', 'other')),
        CONSTRAINT ck_incident_photo_content CHECK (content IS NOT NULL OR url IS NOT NULL),
        CONSTRAINT ck_incident_photo_moderated CHECK (moderated_at IS NOT NULL OR NOT public)
    )""",
    "CREATE INDEX ix_incident_photo_incident_id ON incident_photo (incident_id)",
    """
    CREATE TABLE incident_timer (
        id bigserial CONSTRAINT pk_incident_timer PRIMARY KEY,
        incident_id bigint NOT NULL CONSTRAINT fk_incident_timer_incident_id REFERENCES incident (id),
        kind text NOT NULL,
        stage text NOT NULL,
        round bigint NOT NULL,
        due_at timestamptz NOT NULL,
        fired_at timestamptz,
        cancelled_at timestamptz,
        CONSTRAINT ck_incident_timer_kind CHECK (
            kind IN ('warn', 'due', 'double', 'triple', 'whole', 'review', 'auto_close', 'acknowledge', 'notice_end')),
        CONSTRAINT uq_incident_timer_incident_id_kind_stage_round UNIQUE (incident_id, kind, stage, round)
    )""",
    "CREATE INDEX ix_incident_timer_waiting ON incident_timer (due_at, id)"
    " WHERE fired_at IS NULL AND cancelled_at IS NULL",
    """
    CREATE TABLE public_notice (
        id bigserial CONSTRAINT pk_public_notice PRIMARY KEY,
        incident_id bigint NOT NULL CONSTRAINT fk_public_notice_incident_id REFERENCES incident (id),
        level text NOT NULL,
        area_code text,
        text_zh text NOT NULL,
        text_en text NOT NULL,
        begins_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL,
        CONSTRAINT ck_public_notice_level CHECK (level IN ('community', 'subdistrict', 'district')),
        CONSTRAINT uq_public_notice_incident_id_level UNIQUE (incident_id, level)
    )""",
    """
    CREATE TABLE incident_request (
        key text CONSTRAINT pk_incident_request PRIMARY KEY,
        body_hash bytea NOT NULL,
        incident_id bigint NOT NULL CONSTRAINT fk_incident_request_incident_id REFERENCES incident (id),
        answer bytea NOT NULL,
        at timestamptz NOT NULL
    )""",
    "CREATE INDEX ix_incident_request_at ON incident_request (at)",
    "CREATE INDEX ix_incident_request_incident_id ON incident_request (incident_id)",
    """
    CREATE TABLE message (
        id bigserial CONSTRAINT pk_message PRIMARY KEY,
        key text NOT NULL CONSTRAINT uq_message_key UNIQUE,
        channel text NOT NULL,
        template text NOT NULL,
        lang text NOT NULL,
        account_id bigint CONSTRAINT fk_message_account_id REFERENCES account (id) ON DELETE CASCADE,
        receiver bytea,
        incident_id bigint CONSTRAINT fk_message_incident_id REFERENCES incident (id),
        values jsonb NOT NULL DEFAULT '{}',
        urgent boolean NOT NULL DEFAULT false,
        status text NOT NULL DEFAULT 'queued',
        attempts bigint NOT NULL DEFAULT 0,
        made_at timestamptz NOT NULL,
        due_at timestamptz NOT NULL,
        sent_at timestamptz,
        read_at timestamptz,
        acknowledged_at timestamptz,
        failure text,
        CONSTRAINT ck_message_channel CHECK (channel IN ('web', 'email', 'webhook', 'sms')),
        CONSTRAINT ck_message_status CHECK (status IN ('queued', 'sent', 'failed', 'cancelled'))
    )""",
    "CREATE INDEX ix_message_waiting ON message (due_at, id) WHERE status = 'queued'",
    "CREATE INDEX ix_message_account_id_id ON message (account_id, id)",
    "CREATE INDEX ix_message_incident_id ON message (incident_id)",
)
_REST = (
    """
    CREATE TABLE notice_subscription (
        id bigserial CONSTRAINT pk_notice_subscription PRIMARY KEY,
        building_id bigint NOT NULL CONSTRAINT fk_notice_subscription_building_id REFERENCES building (id),
        link_hash bytea NOT NULL CONSTRAINT uq_notice_subscription_link_hash UNIQUE,
        sealed bytea NOT NULL,
        channel text NOT NULL,
        lang text NOT NULL DEFAULT 'zh',
        consent_at timestamptz NOT NULL,
        CONSTRAINT ck_notice_subscription_channel CHECK (channel IN ('email', 'sms'))
    )""",
    "CREATE INDEX ix_notice_subscription_building_id ON notice_subscription (building_id)",
    """
    CREATE TABLE building_visit (
        id bigserial CONSTRAINT pk_building_visit PRIMARY KEY,
        building_id bigint NOT NULL CONSTRAINT fk_building_visit_building_id REFERENCES building (id),
        kind text NOT NULL,
        outcome text NOT NULL,
        by text NOT NULL,
        at timestamptz NOT NULL,
        key text CONSTRAINT uq_building_visit_key UNIQUE,
        CONSTRAINT ck_building_visit_kind CHECK (kind IN ('patrol', 'visit')),
        CONSTRAINT ck_building_visit_outcome CHECK (outcome IN ('nothing', 'incident', 'nobody_in', 'advised'))
    )""",
    "CREATE INDEX ix_building_visit_building_id_at ON building_visit (building_id, at)",
    """
    CREATE TABLE service_key (
        id bigserial CONSTRAINT pk_service_key PRIMARY KEY,
        name text NOT NULL CONSTRAINT uq_service_key_name UNIQUE,
        key_hash bytea NOT NULL CONSTRAINT uq_service_key_key_hash UNIQUE,
        jurisdiction text,
        created_at timestamptz NOT NULL DEFAULT now(),
        revoked_at timestamptz
    )""",
    """
    CREATE TABLE calendar_day (
        day date CONSTRAINT pk_calendar_day PRIMARY KEY,
        working boolean NOT NULL,
        name text NOT NULL DEFAULT ''
    )""",
    """
    CREATE TABLE frozen_measure (
        period text,
        scope text,
        code text,
        measure text,
        numerator double precision,
        denominator double precision,
        frozen_at timestamptz NOT NULL,
        CONSTRAINT pk_frozen_measure PRIMARY KEY (period, scope, code, measure),
        CONSTRAINT ck_frozen_measure_scope CHECK (
            scope IN ('grid', 'community', 'subdistrict', 'district', 'department'))
    )""",
)
