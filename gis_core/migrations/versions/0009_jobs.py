"""Jobs of the engine on plans: a queue that any number of workers takes from, one open job a plan."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE plan_job (
            id bigserial CONSTRAINT pk_plan_job PRIMARY KEY,
            plan_id bigint NOT NULL CONSTRAINT fk_plan_job_plan_id REFERENCES plan (id) ON DELETE CASCADE,
            kind text NOT NULL,
            by text NOT NULL,
            body jsonb NOT NULL DEFAULT '{}',
            status text NOT NULL DEFAULT 'queued',
            cancelled boolean NOT NULL DEFAULT false,
            attempts bigint NOT NULL DEFAULT 0,
            revision bigint,
            progress jsonb,
            result jsonb,
            created_at timestamptz NOT NULL DEFAULT now(),
            heard_at timestamptz,
            finished_at timestamptz,
            CONSTRAINT ck_plan_job_kind CHECK (
                kind IN ('draw', 'repair', 'complete', 'suggest', 'explain', 'split')),
            CONSTRAINT ck_plan_job_status CHECK (
                status IN ('queued', 'running', 'done', 'failed', 'cancelled')),
            CONSTRAINT ck_plan_job_finished CHECK (
                (status IN ('queued', 'running')) = (finished_at IS NULL))
        )
    """)
    op.execute("CREATE INDEX ix_plan_job_plan_id ON plan_job (plan_id)")
    op.execute(
        "CREATE UNIQUE INDEX uq_plan_job_open ON plan_job (plan_id) WHERE status IN ('queued', 'running')"
    )
    op.execute("CREATE INDEX ix_plan_job_open ON plan_job (id) WHERE status IN ('queued', 'running')")


def downgrade() -> None:
    op.execute("DROP TABLE plan_job")
