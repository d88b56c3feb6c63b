"""Tables of incidents: each with its history, its photos, its clocks, and personal data apart."""

from datetime import datetime
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from gis_core.tables import SRID, Base, one_of

_DUE = text("coalesce(stage_due_at, 'infinity'::timestamptz)")


class Incident(Base):
    """What was reported at a place, where it stands, and its clocks; personal data lie elsewhere."""

    __tablename__ = "incident"
    __table_args__ = (
        CheckConstraint(one_of("kind", ("general", "coordination", "emergency", "approval")), name="kind"),
        CheckConstraint("level BETWEEN 1 AND 3", name="level"),
        CheckConstraint(one_of("clock", ("continuous", "business")), name="clock"),
        CheckConstraint("merged_into <> id", name="not_own_target"),
        CheckConstraint("length(description) <= 4000", name="description"),
        Index("ix_incident_community_id_id", "community_id", "id"),
        Index("ix_incident_open", _DUE, "id", postgresql_where=text("open")),
        Index("ix_incident_open_community", "community_id", _DUE, "id", postgresql_where=text("open")),
        Index("ix_incident_open_department", "department_code", postgresql_where=text("open")),
        Index("ix_incident_open_assignee", "assignee_id", postgresql_where=text("open")),
        Index("ix_incident_grid_code", "grid_code", postgresql_where=text("open")),
        Index("ix_incident_category_code_reported_at", "category_code", "reported_at"),
        Index("ix_incident_reported_at", "reported_at", "id"),
        Index("ix_incident_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    grid_code: Mapped[str | None]
    place: Mapped[WKBElement] = mapped_column(Geometry("POINT", SRID))
    accuracy_m: Mapped[float | None]
    address: Mapped[str] = mapped_column(server_default="")
    category_code: Mapped[str] = mapped_column(ForeignKey("incident_category.code"))
    condition_code: Mapped[str | None]
    attributes: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    kind: Mapped[str]
    level: Mapped[int] = mapped_column(server_default=text("2"))
    source: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str]
    open: Mapped[bool]
    resume_state: Mapped[str | None]
    department_code: Mapped[str | None] = mapped_column(ForeignKey("department.code"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reported_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))
    stage: Mapped[str | None]
    step: Mapped[int] = mapped_column(server_default=text("1"))
    clock: Mapped[str | None]
    limit_s: Mapped[float | None]
    used_s: Mapped[float] = mapped_column(server_default=text("0"))
    running_since: Mapped[datetime | None]
    stage_due_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    review_at: Mapped[datetime | None]
    escalation: Mapped[int] = mapped_column(server_default=text("0"))
    overdue: Mapped[bool] = mapped_column(server_default=text("false"))
    supervised: Mapped[bool] = mapped_column(server_default=text("false"))
    recheck: Mapped[bool] = mapped_column(server_default=text("false"))
    no_reply: Mapped[bool] = mapped_column(server_default=text("false"))
    returns: Mapped[int] = mapped_column(server_default=text("0"))
    reworks: Mapped[int] = mapped_column(server_default=text("0"))
    reopens: Mapped[int] = mapped_column(server_default=text("0"))
    extensions: Mapped[int] = mapped_column(server_default=text("0"))
    asked: Mapped[dict[str, Any] | None]
    decision: Mapped[str | None]
    satisfied: Mapped[bool | None]
    public_note: Mapped[str] = mapped_column(server_default="")
    reported_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    dispatched_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
    anonymised_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(server_default=text("1"))


class IncidentEvent(Base):
    """An entry in an incident's history, with the hash of itself and the one before; a trigger refuses changes."""

    __tablename__ = "incident_event"
    __table_args__ = (UniqueConstraint("incident_id", "seq"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    seq: Mapped[int]
    at: Mapped[datetime] = mapped_column(index=True)
    by: Mapped[str]
    actor: Mapped[str]
    action: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str]
    public: Mapped[bool] = mapped_column(server_default=text("false"))
    details: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    text_hash: Mapped[bytes | None]
    hash: Mapped[bytes]


class IncidentText(Base):
    """The words of an event, apart from it, so that they can be erased; the event keeps their hash."""

    __tablename__ = "incident_text"
    event_id: Mapped[int] = mapped_column(ForeignKey("incident_event.id"), primary_key=True)
    text: Mapped[str]


class IncidentReporter(Base):
    """Who reported: sealed (see gis_core.sealing), and the hash of the private link."""

    __tablename__ = "incident_reporter"
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    link_hash: Mapped[bytes] = mapped_column(unique=True)
    sealed: Mapped[bytes | None]
    lang: Mapped[str] = mapped_column(server_default="zh")
    consent_at: Mapped[datetime | None]
    anonymised_at: Mapped[datetime | None]


class IncidentFollower(Base):
    """Somebody who follows an incident instead of reporting it again."""

    __tablename__ = "incident_follower"
    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    link_hash: Mapped[bytes] = mapped_column(unique=True)
    sealed: Mapped[bytes | None]
    lang: Mapped[str] = mapped_column(server_default="zh")
    consent_at: Mapped[datetime | None]
    at: Mapped[datetime]


class IncidentPhoto(Base):
    """A photo without metadata; public only after somebody has looked at it."""

    __tablename__ = "incident_photo"
    __table_args__ = (
        CheckConstraint(one_of("kind", ("near", "context", "before", "after", "other")), name="kind"),
        CheckConstraint("content IS NOT NULL OR url IS NOT NULL", name="content"),
        CheckConstraint("moderated_at IS NOT NULL OR NOT public", name="moderated"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("incident_event.id"), index=True)
    kind: Mapped[str]
    content: Mapped[bytes | None]
    url: Mapped[str | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    at: Mapped[datetime]
    moderated_at: Mapped[datetime | None]
    moderated_by: Mapped[str | None]
    public: Mapped[bool] = mapped_column(server_default=text("false"))


class IncidentTimer(Base):
    """What is to happen at a time; fired once. round: how often the stage has begun."""

    __tablename__ = "incident_timer"
    __table_args__ = (
        CheckConstraint(
            one_of(
                "kind",
                (
                    "warn",
                    "due",
                    "double",
                    "triple",
                    "whole",
                    "review",
                    "auto_close",
                    "acknowledge",
                    "notice_end",
                ),
            ),
            name="kind",
        ),
        UniqueConstraint("incident_id", "kind", "stage", "round"),
        Index(
            "ix_incident_timer_waiting",
            "due_at",
            "id",
            postgresql_where=text("fired_at IS NULL AND cancelled_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    kind: Mapped[str]
    stage: Mapped[str]
    round: Mapped[int]
    due_at: Mapped[datetime]
    fired_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]


class PublicNotice(Base):
    """The notice of an approval at one level."""

    __tablename__ = "public_notice"
    __table_args__ = (
        CheckConstraint(one_of("level", ("community", "subdistrict", "district")), name="level"),
        UniqueConstraint("incident_id", "level"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    level: Mapped[str]
    area_code: Mapped[str | None]
    text_zh: Mapped[str]
    text_en: Mapped[str]
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class IncidentRequest(Base):
    """A report that was acknowledged, by its idempotency key; answer: sealed."""

    __tablename__ = "incident_request"
    key: Mapped[str] = mapped_column(primary_key=True)
    body_hash: Mapped[bytes]
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    answer: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(index=True)
