"""Tables around incidents: the outbox, consents, visits, keys and measures."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from gis_core.tables import Base, one_of


class Message(Base):
    """The outbox: what is to be told, to whom and how. receiver: sealed; account_id: of a member of staff."""

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint(one_of("channel", ("web", "email", "webhook", "sms")), name="channel"),
        CheckConstraint(one_of("status", ("queued", "sent", "failed", "cancelled")), name="status"),
        Index("ix_message_waiting", "due_at", "id", postgresql_where=text("status = 'queued'")),
        Index("ix_message_account_id_id", "account_id", "id"),
        Index(
            "ix_message_failed_notice",
            "key",
            postgresql_ops={"key": "text_pattern_ops"},
            postgresql_where=text("template = 'notice' AND status = 'failed'"),
        ),
        Index(
            "ix_message_subscription",
            "key",
            postgresql_ops={"key": "text_pattern_ops"},
            postgresql_where=text("template IN ('notice', 'subscribed')"),
        ),
        Index(
            "ix_message_subscribed",
            text("(values ->> 'building')"),
            "made_at",
            postgresql_where=text("template = 'subscribed'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    channel: Mapped[str]
    template: Mapped[str]
    lang: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    receiver: Mapped[bytes | None]
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"), index=True)
    values: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    urgent: Mapped[bool] = mapped_column(server_default=text("false"))
    status: Mapped[str] = mapped_column(server_default="queued")
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    failure: Mapped[str | None]


class NoticeSubscription(Base):
    """A resident's consent to notices for a building; the contact is sealed."""

    __tablename__ = "notice_subscription"
    __table_args__ = (CheckConstraint(one_of("channel", ("email", "sms")), name="channel"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    building_id: Mapped[int] = mapped_column(ForeignKey("building.id"), index=True)
    link_hash: Mapped[bytes] = mapped_column(unique=True)
    sealed: Mapped[bytes]
    channel: Mapped[str]
    lang: Mapped[str] = mapped_column(server_default="zh")
    consent_at: Mapped[datetime]


class BuildingVisit(Base):
    """A patrol or a visit, at building level."""

    __tablename__ = "building_visit"
    __table_args__ = (
        CheckConstraint(one_of("kind", ("patrol", "visit")), name="kind"),
        CheckConstraint(one_of("outcome", ("nothing", "incident", "nobody_in", "advised")), name="outcome"),
        Index("ix_building_visit_building_id_at", "building_id", "at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    building_id: Mapped[int] = mapped_column(ForeignKey("building.id"))
    kind: Mapped[str]
    outcome: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    key: Mapped[str | None] = mapped_column(unique=True)


class ServiceKey(Base):
    """A key of the Open311 interface; only its hash is kept."""

    __tablename__ = "service_key"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    key_hash: Mapped[bytes] = mapped_column(unique=True)
    jurisdiction: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    revoked_at: Mapped[datetime | None]


class FrozenMeasure(Base):
    """A measure of a period that has ended, as it was then."""

    __tablename__ = "frozen_measure"
    __table_args__ = (
        CheckConstraint(
            one_of("scope", ("grid", "community", "subdistrict", "district", "department")), name="scope"
        ),
    )
    period: Mapped[str] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(primary_key=True)
    numerator: Mapped[float | None]
    denominator: Mapped[float | None]
    frozen_at: Mapped[datetime]
