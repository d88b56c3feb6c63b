"""A stored plan with all that a printed map of it shows, in the metric CRS of its community."""

from dataclasses import dataclass
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import psycopg
import shapely

from gis_core.editing.ground import Places
from gis_core.layers.plan_views import plan_summary
from gis_core.plans.export_store import PlanFrames, plan_frames

MARGIN_DEGREES = 0.002
"""Barriers this far around the boundary are read, about 200 m, for the paper around the community."""

_BARRIERS = (
    "SELECT ST_AsBinary(ST_Transform(ST_ClipByBox2D(barrier.geometry, frame.box), %(srid)s)), kind, barrier.name"
    " FROM community CROSS JOIN LATERAL (SELECT ST_Envelope(ST_Expand(boundary, %(margin)s)) AS box) AS frame"
    " JOIN barrier ON barrier.geometry && frame.box"
    " WHERE code = %(code)s AND NOT ST_IsEmpty(ST_ClipByBox2D(barrier.geometry, frame.box)) ORDER BY barrier.id"
)


@dataclass(frozen=True, eq=False)
class PrintedPlan:
    """A plan to be printed. summary: as `plan_summary` gives it; barriers: columns kind, name."""

    frames: PlanFrames
    summary: dict[str, Any]
    barriers: gpd.GeoDataFrame


def printed_plan(
    connection: psycopg.Connection, name: str, lang: Literal["zh", "en"], places: Places
) -> PrintedPlan:
    """Read a plan to print it; the areas of its grids are brought up to date.

    Raises:
        NotFoundError: there is no such plan.
    """
    frames = plan_frames(connection, name, places)
    summary = plan_summary(connection, frames.plan.key.id, lang, places)
    crs = frames.boundary.crs
    rows = connection.execute(
        _BARRIERS, {"srid": crs.to_epsg(), "margin": MARGIN_DEGREES, "code": frames.plan.key.community}
    ).fetchall()
    geometry = shapely.from_wkb(np.array([row[0] for row in rows], dtype=object))
    columns = {"kind": [row[1] for row in rows], "name": [row[2] for row in rows]}
    return PrintedPlan(frames, summary, gpd.GeoDataFrame(columns, geometry=geometry, crs=crs))
