"""Table of the engine's jobs on plans."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from gis_core.tables import Base, one_of

JOB_KINDS = ("draw", "repair", "complete", "suggest", "explain", "split")
JOB_STATUSES = ("queued", "running", "done", "failed", "cancelled")
_OPEN = text("status IN ('queued', 'running')")


class PlanJob(Base):
    """What the engine is asked to work out for a plan. It never changes the plan: `result` is a proposal.

    cancelled: somebody asked for the end. attempts: how many workers have begun it. revision: of the plan that it
    was worked out for. heard_at: when its worker was heard of last; long ago means that the worker is dead.
    """

    __tablename__ = "plan_job"
    __table_args__ = (
        CheckConstraint(one_of("kind", JOB_KINDS), name="kind"),
        CheckConstraint(one_of("status", JOB_STATUSES), name="status"),
        CheckConstraint("(status IN ('queued', 'running')) = (finished_at IS NULL)", name="finished"),
        Index("uq_plan_job_open", "plan_id", unique=True, postgresql_where=_OPEN),
        Index("ix_plan_job_open", "id", postgresql_where=_OPEN),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    by: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    status: Mapped[str] = mapped_column(server_default="queued")
    cancelled: Mapped[bool] = mapped_column(server_default=text("false"))
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    revision: Mapped[int | None]
    progress: Mapped[dict[str, Any] | None]
    result: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    heard_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
