"""Notices that failed, found by the subscription in their key."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE INDEX ix_message_failed_notice ON message (key text_pattern_ops)
        WHERE template = 'notice' AND status = 'failed'
    """)


def downgrade() -> None:
    op.execute("DROP INDEX ix_message_failed_notice")
