"""Tables of edited plans: the ground that edits are judged on, the journal of edits, comments, who is looking."""

from datetime import datetime
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gis_core.tables import SRID, Base


class CommunityGround(Base):
    """The state of places that a community's cells and neighbours were computed from."""

    __tablename__ = "community_ground"
    community_id: Mapped[int] = mapped_column(
        ForeignKey("community.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[str]


class BuildingCell(Base):
    """The piece of ground of a building; absent where another building owns its place."""

    __tablename__ = "building_cell"
    building_id: Mapped[int] = mapped_column(ForeignKey("building.id", ondelete="CASCADE"), primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)
    cell: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", SRID, spatial_index=False))


class Neighbour(Base):
    """Two buildings whose ground has a common border: its length (metres), what cutting it costs, and where it runs.

    touch_x, touch_y: a point of it, in the community's metric CRS. The line is empty where they are joined over a gap.
    """

    __tablename__ = "neighbour"
    __table_args__ = (CheckConstraint("a < b", name="pair"),)
    a: Mapped[int] = mapped_column(ForeignKey("building.id", ondelete="CASCADE"), primary_key=True)
    b: Mapped[int] = mapped_column(
        ForeignKey("building.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), index=True)
    border_m: Mapped[float]
    border_cost: Mapped[float]
    touch_x: Mapped[float]
    touch_y: Mapped[float]
    line: Mapped[WKBElement] = mapped_column(Geometry("MULTILINESTRING", SRID, spatial_index=False))


class PlanEdit(Base):
    """One entry of a plan's journal: [[building, from, to], ...] with null for no grid, or another change in `details`.

    `revision` is the plan's after it. `undoes` names the revision whose moves it takes back. A request that is sent
    again with the same key is answered from here.
    """

    __tablename__ = "plan_edit"
    __table_args__ = (
        UniqueConstraint("plan_id", "by", "request_key"),
        CheckConstraint("revision >= 1", name="revision"),
        CheckConstraint("(request_key IS NULL) = (request_hash IS NULL)", name="request"),
    )
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    moves: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    details: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    undoes: Mapped[int | None]
    request_key: Mapped[str | None]
    request_hash: Mapped[str | None]


class PlanComment(Base):
    """A remark pinned to a place of a plan's map."""

    __tablename__ = "plan_comment"
    __table_args__ = (
        CheckConstraint("length(text) BETWEEN 1 AND 2000", name="text_length"),
        CheckConstraint("(resolved_by IS NULL) = (resolved_at IS NULL)", name="resolved"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), index=True)
    place: Mapped[WKBElement] = mapped_column(Geometry("POINT", SRID, spatial_index=False))
    text: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    resolved_by: Mapped[str | None]
    resolved_at: Mapped[datetime | None]


class PlanPresence(Base):
    """A page that has a plan open; rows that are not renewed are void. Unlogged: nobody is present after a crash."""

    __tablename__ = "plan_presence"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True)
    seat: Mapped[str] = mapped_column(primary_key=True)
    by: Mapped[str]
    seen_at: Mapped[datetime]
