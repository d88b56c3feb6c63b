"""Tables of what can be reported, within which times, and who answers for it."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gis_core.tables import Base, one_of


class Department(Base):
    """An office or firm that handles incidents."""

    __tablename__ = "department"
    code: Mapped[str] = mapped_column(primary_key=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    area_code: Mapped[str | None] = mapped_column(ForeignKey("admin_area.code"))


class IncidentCategory(Base):
    """What can be reported: a row of the service catalogue. `kind`: which of the four routes it takes."""

    __tablename__ = "incident_category"
    __table_args__ = (
        CheckConstraint(one_of("kind", ("general", "coordination", "emergency", "approval")), name="kind"),
        CheckConstraint(one_of("contact", ("none", "optional", "required")), name="contact"),
    )
    code: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    group_code: Mapped[str]
    group_zh: Mapped[str]
    group_en: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    description_zh: Mapped[str] = mapped_column(server_default="")
    description_en: Mapped[str] = mapped_column(server_default="")
    keywords: Mapped[str] = mapped_column(server_default="")
    kind: Mapped[str]
    contact: Mapped[str] = mapped_column(server_default="optional")
    std_code: Mapped[str | None]
    duplicate_m: Mapped[float] = mapped_column(server_default=text("100"))
    duplicate_days: Mapped[int] = mapped_column(server_default=text("14"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))


class CategoryAttribute(Base):
    """What else a report of a category tells, as Open311's service definition has it. values: [{key, zh, en}]."""

    __tablename__ = "category_attribute"
    __table_args__ = (
        CheckConstraint(
            one_of("datatype", ("string", "number", "datetime", "text", "singlevaluelist", "multivaluelist")),
            name="datatype",
        ),
    )
    category_code: Mapped[str] = mapped_column(
        ForeignKey("incident_category.code", ondelete="CASCADE"), primary_key=True
    )
    code: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    datatype: Mapped[str]
    required: Mapped[bool] = mapped_column(server_default=text("false"))
    description_zh: Mapped[str]
    description_en: Mapped[str]
    values: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))


class CategoryCondition(Base):
    """A condition (立案条件) of a category, to which time limits belong."""

    __tablename__ = "category_condition"
    category_code: Mapped[str] = mapped_column(
        ForeignKey("incident_category.code", ondelete="CASCADE"), primary_key=True
    )
    code: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    name_zh: Mapped[str]
    name_en: Mapped[str]


class TimeLimit(Base):
    """How long a stage, or a step of it, may take: of a condition, a category, or all where both are null."""

    __tablename__ = "time_limit"
    __table_args__ = (
        CheckConstraint(
            one_of(
                "stage",
                ("accept", "dispatch", "handle", "verify", "feedback", "decide", "acknowledge", "whole"),
            ),
            name="stage",
        ),
        CheckConstraint(
            one_of("unit", ("urgent_hour", "urgent_day", "work_hour", "work_day", "natural_day")), name="unit"
        ),
        CheckConstraint("value > 0 AND value <= 3650", name="value"),
        UniqueConstraint(
            "category_code", "condition_code", "stage", "step", postgresql_nulls_not_distinct=True
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    category_code: Mapped[str | None] = mapped_column(
        ForeignKey("incident_category.code", ondelete="CASCADE")
    )
    condition_code: Mapped[str | None]
    stage: Mapped[str]
    step: Mapped[int] = mapped_column(server_default=text("1"))
    step_zh: Mapped[str] = mapped_column(server_default="")
    step_en: Mapped[str] = mapped_column(server_default="")
    unit: Mapped[str]
    value: Mapped[float]


class DepartmentMember(Base):
    """Which accounts act for a department."""

    __tablename__ = "department_member"
    department_code: Mapped[str] = mapped_column(
        ForeignKey("department.code", ondelete="CASCADE"), primary_key=True
    )
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class GridDuty(Base):
    """Who answers for a grid in force."""

    __tablename__ = "grid_duty"
    __table_args__ = (CheckConstraint(one_of("post", ("worker", "lead")), name="post"),)
    grid_code: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    post: Mapped[str] = mapped_column(server_default="worker")


class RoutingRule(Base):
    """Which department, level and condition an incident gets, where all columns fit; the first rule counts."""

    __tablename__ = "routing_rule"
    __table_args__ = (CheckConstraint("level BETWEEN 1 AND 3", name="level"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(unique=True)
    name: Mapped[str]
    group_code: Mapped[str | None]
    category_code: Mapped[str | None] = mapped_column(ForeignKey("incident_category.code"))
    condition_code: Mapped[str | None]
    area_code: Mapped[str | None] = mapped_column(ForeignKey("admin_area.code"))
    community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id"))
    grid_code: Mapped[str | None]
    department_code: Mapped[str] = mapped_column(ForeignKey("department.code"))
    level: Mapped[int] = mapped_column(server_default=text("2"))
    then_condition: Mapped[str | None]


class CalendarDay(Base):
    """A day that differs from the calendar shipped, loaded from CSV."""

    __tablename__ = "calendar_day"
    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    name: Mapped[str] = mapped_column(server_default="")
