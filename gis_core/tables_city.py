"""Tables of the city view: what is kept of each community's standing, and which ones are due to be looked at again."""

from datetime import datetime
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gis_core.tables import SRID, Base, one_of

UNDERWAY = ("draft", "proposed")


class CommunityState(Base):
    """Where a community stands: its totals of today, its plan in force, and which of that plan's rules are broken.

    `label` lies inside the boundary. `underway`: the furthest of the plans that are not in force yet. `pieces`: {grid:
    number of pieces} of the grids in force that are not in one. `ground_changed_at`: since when that is to be checked
    again. `broken`: see gis_core.city.rules.
    """

    __tablename__ = "community_state"
    __table_args__ = (CheckConstraint(one_of("underway", UNDERWAY), name="underway"),)
    community_id: Mapped[int] = mapped_column(
        ForeignKey("community.id", ondelete="CASCADE"), primary_key=True
    )
    label: Mapped[WKBElement] = mapped_column(Geometry("POINT", SRID, spatial_index=False))
    buildings: Mapped[int]
    households: Mapped[int]
    persons: Mapped[int | None]
    plan_id: Mapped[int | None]
    grids: Mapped[int]
    underway: Mapped[str | None]
    pieces: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    ground_changed_at: Mapped[datetime | None]
    broken: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))


class CommunityDue(Base):
    """A community whose state is to be computed again; `ground`: whether its grids may have fallen into pieces.

    Triggers add rows and nothing refers to them, so that no writer ever waits for another one here.
    """

    __tablename__ = "community_due"
    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int]
    ground: Mapped[bool]
