"""Let a grid's persons be unknown: a plan of buildings whose persons nobody counted stored 0 for them."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("grid", "persons", nullable=True)
    op.execute("""
        UPDATE grid SET persons = NULL FROM plan
        WHERE plan.id = grid.plan_id AND plan.rules -> 'persons' = 'null'
            AND NOT EXISTS (SELECT FROM grid AS other WHERE other.plan_id = plan.id AND other.persons > 0)
    """)


def downgrade() -> None:
    op.execute("UPDATE grid SET persons = 0 WHERE persons IS NULL")
    op.alter_column("grid", "persons", nullable=False)
