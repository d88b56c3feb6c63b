"""A stored plan as frames, to be written to files."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import psycopg
import shapely

from gis_core.editing.ground import Places, refresh_areas
from gis_core.plans.store import StoredPlan, find_plan, read_plan


@dataclass(frozen=True, eq=False)
class PlanFrames:
    """A plan to take away, in the metric CRS of its community.

    buildings: source_id, name, address, estate, use, floors, households, households_kind, persons, persons_kind, grid,
    grid_code, grid_shares ("1=120, 2=300": households by grid of a building that is split, whose grid is that of most).
    grids: number, code, households, persons (null: unknown), buildings, area_m2, and where they were drawn in patches
    and not edited since, patch. boundary: code, name.
    building_parts: building, part, households, persons, grid, estimated; no rows where no building is split.
    Counts only.
    """

    plan: StoredPlan
    buildings: gpd.GeoDataFrame
    grids: gpd.GeoDataFrame
    boundary: gpd.GeoDataFrame
    building_parts: gpd.GeoDataFrame

    def description(self) -> dict[str, Any]:
        """The plan in one row: what was drawn, by which rules, with which answer; of a plan that was edited since, the
        answer and its figures do not count.
        """
        drawn = {} if self.plan.edited else self.plan.engine
        return {
            "community": self.plan.key.community,
            "version": self.plan.key.version,
            "status": str(self.plan.key.status),
            "rules": json.dumps(self.plan.rules),
            "engine_status": drawn.get("status", "edited"),
            **{name: drawn.get(name) for name in ("objective", "bound", "gap")},
        }


_BUILDINGS = (
    "SELECT ST_AsBinary(ST_Transform(footprint, %(srid)s)), building.source_id, building.name, address,"
    " estate.name AS estate, use, floors, building.households, households_kind, building.persons, persons_kind,"
    " grid.number AS grid, grid.code AS grid_code,"
    " (SELECT string_agg(share.grid || '=' || share.households, ', ' ORDER BY share.grid) FROM ("
    "SELECT grid_number AS grid, sum(households) AS households FROM building_part"
    " WHERE plan_id = %(plan)s AND building_id = building.id GROUP BY grid_number) AS share) AS grid_shares"
    " FROM building"
    " LEFT JOIN estate ON estate.id = estate_id"
    " LEFT JOIN assignment ON assignment.building_id = building.id AND assignment.plan_id = %(plan)s"
    " LEFT JOIN grid ON grid.plan_id = assignment.plan_id AND grid.number = assignment.grid_number"
    " WHERE building.community_id = %(community)s ORDER BY building.id"
)
_GRIDS = (
    "SELECT ST_AsBinary(ST_Transform(area, %(srid)s)), number, code, households, persons, buildings, area_m2,"
    " valid_from::text, valid_to::text FROM grid WHERE plan_id = %(plan)s ORDER BY number"
)
_BOUNDARY = (
    "SELECT ST_AsBinary(ST_Transform(boundary, %(srid)s)), code, name, boundary_kind FROM community"
    " WHERE id = %(community)s"
)
_PARTS = (
    "SELECT ST_AsBinary(ST_Transform(part.footprint, %(srid)s)), building.source_id AS building, part.number AS part,"
    " part.households, part.persons, grid_number AS grid, estimated FROM building_part AS part"
    " JOIN building ON building.id = building_id WHERE plan_id = %(plan)s ORDER BY building_id, part.number"
)


def plan_frames(connection: psycopg.Connection, name: str, places: Places) -> PlanFrames:
    """Read a plan with its buildings.

    Raises:
        NotFoundError: there is no such plan.
    """
    key = find_plan(connection, name)
    refresh_areas(connection, key.id, places)
    row = connection.execute(
        "SELECT community.id, metric_srid FROM community JOIN plan ON community.id = community_id WHERE plan.id = %s",
        [key.id],
    ).fetchone()
    assert row is not None
    where = {"plan": key.id, "community": row[0], "srid": row[1]}
    plan = read_plan(connection, key)
    buildings, grids, boundary, parts = (
        _frame(connection, query, where, whole)
        for query, whole in (
            (_BUILDINGS, ("floors", "grid")),
            (_GRIDS, ("persons",)),
            (_BOUNDARY, ()),
            (_PARTS, ("persons",)),
        )
    )
    if plan.patches:
        grids["patch"] = pd.array([plan.patches.get(number) for number in grids["number"]], dtype="Int64")
    return PlanFrames(plan, buildings, grids, boundary, parts)


def _frame(
    connection: psycopg.Connection, query: str, where: dict[str, Any], whole: Sequence[str]
) -> gpd.GeoDataFrame:
    """Rows whose first column is the geometry (WKB); `whole` are integer columns that may be null."""
    cursor = connection.execute(query, where)
    names = [column.name for column in cursor.description or ()]
    rows = cursor.fetchall()
    frame = pd.DataFrame([row[1:] for row in rows], columns=names[1:]).astype(dict.fromkeys(whole, "Int64"))
    geometry = shapely.from_wkb(np.array([row[0] for row in rows], dtype=object))
    return gpd.GeoDataFrame(frame, geometry=geometry, crs=where["srid"])
