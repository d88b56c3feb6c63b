"""Tables of the PostGIS database, SQLAlchemy declarative; the migrations create exactly these.

Geometries are stored in EPSG:4326 (longitude, latitude); lengths and areas are measured in the metric CRS
that each community declares (`community.metric_srid`). Constraints repeat in the database what the checks of
an import promise, so that a direct edit cannot break them either.
"""

from datetime import datetime
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gis_core.areas.rules import LEVELS

SRID = 4326

COUNT_KINDS = ("real", "estimated", "none")
BARRIER_KINDS = ("road", "wall", "water", "railway")
PLAN_STATUSES = ("draft", "proposed", "adopted", "retired")


def one_of(column: str, values: tuple[str, ...]) -> str:
    """SQL condition: the column holds one of the values."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Base(DeclarativeBase):
    """Base of all tables, with one naming convention for constraints."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 (read by SQLAlchemy)
        str: Text,
        int: BigInteger,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
    }


class AdminArea(Base):
    """An administrative area; the 12-digit code is a string: county 6, subdistrict 3, community 3."""

    __tablename__ = "admin_area"
    __table_args__ = (
        CheckConstraint("code ~ '^[0-9]{12}$'", name="code_12_digits"),
        CheckConstraint(one_of("level", tuple(LEVELS)), name="level"),
        CheckConstraint("parent_code <> code", name="not_own_parent"),
    )
    code: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[str]
    name: Mapped[str]
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("admin_area.code"), index=True)


class Community(Base):
    """A community: its boundary and the CRS in which it is measured. `code` is the planner's key."""

    __tablename__ = "community"
    __table_args__ = (
        CheckConstraint("length(code) BETWEEN 1 AND 64", name="code_length"),
        CheckConstraint("ST_IsValid(boundary) AND NOT ST_IsEmpty(boundary)", name="boundary_valid"),
        CheckConstraint("metric_srid > 0 AND metric_srid NOT IN (3857, 4326, 4490)", name="metric_srid"),
        CheckConstraint(one_of("boundary_kind", ("given", "hull")), name="boundary_kind"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    area_code: Mapped[str | None] = mapped_column(ForeignKey("admin_area.code"), index=True)
    metric_srid: Mapped[int]
    boundary: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", SRID))
    boundary_kind: Mapped[str] = mapped_column(server_default="given")


class Dataset(Base):
    """A named source of rows; rows of a dataset are matched by source id when it is imported again."""

    __tablename__ = "dataset"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    imported_at: Mapped[datetime] = mapped_column(server_default=func.now())
    details: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))


class Estate(Base):
    """A residential compound (小区), kept in one grid where possible."""

    __tablename__ = "estate"
    __table_args__ = (
        UniqueConstraint("dataset_id", "source_id"),
        CheckConstraint("boundary IS NULL OR ST_IsValid(boundary)", name="boundary_valid"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"))
    source_id: Mapped[str]
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), index=True)
    name: Mapped[str | None]
    boundary: Mapped[WKBElement | None] = mapped_column(Geometry("MULTIPOLYGON", SRID))


class Building(Base):
    """A building with its counts and how each count is known; counts only, never names of persons."""

    __tablename__ = "building"
    __table_args__ = (
        UniqueConstraint("dataset_id", "source_id"),
        CheckConstraint("ST_IsValid(footprint) AND NOT ST_IsEmpty(footprint)", name="footprint_valid"),
        CheckConstraint("households >= 0", name="households"),
        CheckConstraint("persons >= 0", name="persons"),
        CheckConstraint("floors BETWEEN 1 AND 200", name="floors"),
        CheckConstraint(one_of("households_kind", COUNT_KINDS), name="households_kind"),
        CheckConstraint(one_of("persons_kind", COUNT_KINDS), name="persons_kind"),
        Index("ix_building_community_id_id", "community_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"))
    source_id: Mapped[str]
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    estate_id: Mapped[int | None] = mapped_column(ForeignKey("estate.id"), index=True)
    footprint: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", SRID))
    households: Mapped[int] = mapped_column(server_default="0")
    households_kind: Mapped[str] = mapped_column(server_default="none")
    persons: Mapped[int] = mapped_column(server_default="0")
    persons_kind: Mapped[str] = mapped_column(server_default="none")
    floors: Mapped[int | None]
    use: Mapped[str | None]
    name: Mapped[str | None]
    address: Mapped[str | None]


class Entrance(Base):
    """An entrance (单元) of a building, where it is known."""

    __tablename__ = "entrance"
    __table_args__ = (
        UniqueConstraint("building_id", "label"),
        CheckConstraint("households >= 0", name="households"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    building_id: Mapped[int] = mapped_column(ForeignKey("building.id", ondelete="CASCADE"))
    label: Mapped[str]
    households: Mapped[int | None]
    position: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", SRID))


class Barrier(Base):
    """A line or area that divides the ground: a road with its class, a wall, water, a railway.

    `bridge` marks a road that passes over (or under) water and railways.
    """

    __tablename__ = "barrier"
    __table_args__ = (
        UniqueConstraint("dataset_id", "source_id"),
        CheckConstraint(one_of("kind", BARRIER_KINDS), name="kind"),
        CheckConstraint("NOT ST_IsEmpty(geometry)", name="geometry_not_empty"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"))
    source_id: Mapped[str]
    kind: Mapped[str]
    class_: Mapped[str | None] = mapped_column("class")
    name: Mapped[str | None]
    bridge: Mapped[bool] = mapped_column(server_default=text("false"))
    geometry: Mapped[WKBElement] = mapped_column(Geometry("GEOMETRY", SRID))


class Organisation(Base):
    """An organisation that sits in the community: office data only."""

    __tablename__ = "organisation"
    __table_args__ = (UniqueConstraint("dataset_id", "source_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("dataset.id"))
    source_id: Mapped[str]
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), index=True)
    name: Mapped[str]
    kind: Mapped[str | None]
    position: Mapped[WKBElement] = mapped_column(Geometry("POINT", SRID))


class Plan(Base):
    """A version of a community's division: the rules and seed used and what the engine answered.

    `revision` counts the edits made to it since; `locks` says what edits must leave alone.
    """

    __tablename__ = "plan"
    __table_args__ = (
        UniqueConstraint("community_id", "version"),
        UniqueConstraint("id", "community_id"),
        CheckConstraint(one_of("status", PLAN_STATUSES), name="status"),
        Index(
            "uq_plan_one_adopted", "community_id", unique=True, postgresql_where=text("status = 'adopted'")
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    version: Mapped[int]
    status: Mapped[str] = mapped_column(server_default="draft")
    based_on: Mapped[int | None] = mapped_column(ForeignKey("plan.id"))
    rules: Mapped[dict[str, Any]]
    seed: Mapped[int]
    engine: Mapped[dict[str, Any]]
    name: Mapped[str] = mapped_column(server_default="")
    revision: Mapped[int] = mapped_column(server_default="0")
    locks: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_by: Mapped[str] = mapped_column(server_default="")


class Grid(Base):
    """A grid of a plan. `code` is provisional until the plan is adopted; an issued code is never reused.

    `area` is null after an edit, until somebody asks for it and it is derived from the cells of the buildings.
    """

    __tablename__ = "grid"
    __table_args__ = (
        UniqueConstraint("plan_id", "number"),
        ForeignKeyConstraint(
            ["plan_id", "community_id"], ["plan.id", "plan.community_id"], ondelete="CASCADE"
        ),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("households >= 0 AND persons >= 0 AND buildings >= 1", name="counts"),
        CheckConstraint("ST_IsValid(area) AND NOT ST_IsEmpty(area)", name="area_valid"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="valid_period"),
        Index("uq_grid_issued_code", "code", unique=True, postgresql_where=text("valid_from IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int]
    community_id: Mapped[int]
    number: Mapped[int]
    code: Mapped[str]
    area: Mapped[WKBElement | None] = mapped_column(Geometry("MULTIPOLYGON", SRID))
    area_m2: Mapped[float | None]
    households: Mapped[int]
    persons: Mapped[int | None]
    buildings: Mapped[int]
    valid_from: Mapped[datetime | None]
    valid_to: Mapped[datetime | None]


class Assignment(Base):
    """Which grid of a plan a building lies in: at most one."""

    __tablename__ = "assignment"
    __table_args__ = (
        ForeignKeyConstraint(["plan_id", "grid_number"], ["grid.plan_id", "grid.number"], ondelete="CASCADE"),
        Index("ix_assignment_building_id", "building_id"),
    )
    plan_id: Mapped[int] = mapped_column(primary_key=True)
    building_id: Mapped[int] = mapped_column(ForeignKey("building.id"), primary_key=True)
    grid_number: Mapped[int]


class BuildingPart(Base):
    """A part of a building that a plan splits among grids; its piece of the footprint, none where it has no area."""

    __tablename__ = "building_part"
    __table_args__ = (
        ForeignKeyConstraint(
            ["plan_id", "building_id"], ["assignment.plan_id", "assignment.building_id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(["plan_id", "grid_number"], ["grid.plan_id", "grid.number"], ondelete="CASCADE"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("households >= 0 AND persons >= 0", name="counts"),
    )
    plan_id: Mapped[int] = mapped_column(primary_key=True)
    building_id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    grid_number: Mapped[int]
    households: Mapped[int]
    persons: Mapped[int | None]
    estimated: Mapped[bool]
    footprint: Mapped[WKBElement | None] = mapped_column(Geometry("MULTIPOLYGON", SRID, spatial_index=False))


class LayerVersion(Base):
    """The version of a layer's rows, raised by every writing transaction; served as ETag."""

    __tablename__ = "layer_version"
    layer: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(server_default="1")
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())
