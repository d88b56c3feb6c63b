"""Accounts with roles by area, their sessions and tokens, and the log of who changed what, which only grows."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = (
    "audit_entry",
    "login_attempt",
    "login_link",
    "api_token",
    "login_session",
    "account_grant",
    "account",
)


def upgrade() -> None:
    op.execute("""
        CREATE TABLE account (
            id bigserial CONSTRAINT pk_account PRIMARY KEY,
            name text NOT NULL CONSTRAINT uq_account_name UNIQUE,
            display_name text NOT NULL DEFAULT '',
            password_hash text,
            oidc_subject text CONSTRAINT uq_account_oidc_subject UNIQUE,
            created_at timestamptz NOT NULL DEFAULT now(),
            disabled_at timestamptz,
            CONSTRAINT ck_account_name_form CHECK (name ~ '^[^[:space:]/]{1,64}$')
        )
    """)
    op.execute("""
        CREATE TABLE account_grant (
            id bigserial CONSTRAINT pk_account_grant PRIMARY KEY,
            account_id bigint NOT NULL
                CONSTRAINT fk_account_grant_account_id REFERENCES account (id) ON DELETE CASCADE,
            role text NOT NULL,
            area_code text CONSTRAINT fk_account_grant_area_code REFERENCES admin_area (code),
            community_id bigint CONSTRAINT fk_account_grant_community_id REFERENCES community (id),
            CONSTRAINT ck_account_grant_role CHECK (
                role IN ('viewer', 'grid_worker', 'community_desk', 'planner', 'administrator')),
            CONSTRAINT ck_account_grant_one_place CHECK (area_code IS NULL OR community_id IS NULL),
            CONSTRAINT uq_account_grant_account_id_role_area_code_community_id
                UNIQUE NULLS NOT DISTINCT (account_id, role, area_code, community_id)
        )
    """)
    op.execute("CREATE INDEX ix_account_grant_community_id ON account_grant (community_id)")
    op.execute("""
        CREATE TABLE login_session (
            token_hash bytea CONSTRAINT pk_login_session PRIMARY KEY,
            account_id bigint NOT NULL
                CONSTRAINT fk_login_session_account_id REFERENCES account (id) ON DELETE CASCADE,
            created_at timestamptz NOT NULL DEFAULT now(),
            expires_at timestamptz NOT NULL
        )
    """)
    op.execute("CREATE INDEX ix_login_session_account_id ON login_session (account_id)")
    op.execute("""
        CREATE TABLE api_token (
            id bigserial CONSTRAINT pk_api_token PRIMARY KEY,
            account_id bigint NOT NULL
                CONSTRAINT fk_api_token_account_id REFERENCES account (id) ON DELETE CASCADE,
            name text NOT NULL,
            token_hash bytea NOT NULL CONSTRAINT uq_api_token_token_hash UNIQUE,
            created_at timestamptz NOT NULL DEFAULT now(),
            expires_at timestamptz,
            revoked_at timestamptz
        )
    """)
    op.execute("CREATE INDEX ix_api_token_account_id ON api_token (account_id)")
    op.execute("""
        CREATE TABLE login_link (
            token_hash bytea CONSTRAINT pk_login_link PRIMARY KEY,
            account_id bigint NOT NULL
                CONSTRAINT fk_login_link_account_id REFERENCES account (id) ON DELETE CASCADE,
            expires_at timestamptz NOT NULL,
            used_at timestamptz
        )
    """)
    op.execute("""
        CREATE TABLE login_attempt (
            id bigserial CONSTRAINT pk_login_attempt PRIMARY KEY,
            key text NOT NULL,
            at timestamptz NOT NULL
        )
    """)
    op.execute("CREATE INDEX ix_login_attempt_key_at ON login_attempt (key, at)")
    op.execute("""
        CREATE TABLE audit_entry (
            id bigserial CONSTRAINT pk_audit_entry PRIMARY KEY,
            at timestamptz NOT NULL,
            by text NOT NULL,
            action text NOT NULL,
            subject text NOT NULL DEFAULT '',
            community_id bigint CONSTRAINT fk_audit_entry_community_id REFERENCES community (id),
            details jsonb NOT NULL DEFAULT '{}'
        )
    """)
    op.execute("CREATE INDEX ix_audit_entry_community_id_id ON audit_entry (community_id, id)")
    op.execute("""
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% only grows: its rows are neither changed nor deleted', TG_TABLE_NAME;
        END $$
    """)
    op.execute(
        "CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP FUNCTION refuse_change()")
