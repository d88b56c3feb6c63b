"""Indexes for what is looked up often; keys of visits whose recorder was erased, which named who it was."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_incident_photo_event_id": "incident_photo (event_id)",
    "ix_audit_entry_action_id": "audit_entry (action, id)",
    "ix_audit_entry_notice_key": "audit_entry ((details ->> 'key')) WHERE action = 'notice.send'",
    "ix_message_subscription": "message (key text_pattern_ops) WHERE template IN ('notice', 'subscribed')",
    "ix_message_subscribed": "message ((values ->> 'building'), made_at) WHERE template = 'subscribed'",
}


def upgrade() -> None:
    for name, what in INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON {what}")
    op.execute("UPDATE building_visit SET key = NULL WHERE by = ''")


def downgrade() -> None:
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
