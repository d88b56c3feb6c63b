"""Parts of buildings that were split: their footprints, and as a layer of a file."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import CRS

from gis_core.exchange.geometries import as_multi, polygons_of
from gis_core.plans.drawing import Drawing, Town
from partitioning.part_ground import divide_shape
from partitioning.parts import Parts

PART_COLUMNS = {
    "building": object, "part": np.int64, "households": np.int64, "persons": "Int64", "grid": np.int64,
    "estimated": np.bool_,
}  # fmt: skip


def part_rows(drawings: Sequence[Drawing], by: str, metric_epsg: int, crs: CRS) -> gpd.GeoDataFrame:
    """A row a part of the buildings that plans split, with the community in the column `by`; CRS: `crs`.

    building: its id. part: number from 1 along the long axis. grid: number in the community. estimated: whether the
    counts are shares of the building's, its entrances being unknown. The geometry is the piece of the footprint that
    lies nearest to the part.
    """
    frames = [pd.DataFrame(columns=[by, *PART_COLUMNS])]
    shapes = [np.empty(0, dtype=object)]
    for drawing in drawings:
        parts = None if drawing.outcome.plan is None else drawing.outcome.plan.parts
        if parts is None or not drawing.drawn:
            continue
        town = drawing.town
        names = np.array(town.building_ids, dtype=object)[parts.building]
        persons = [pd.NA] * len(names) if parts.persons is None else parts.persons
        rows = (names, parts.number, parts.households, persons, parts.label + 1, parts.estimated)
        frames.append(pd.DataFrame({by: town.code} | dict(zip(PART_COLUMNS, rows, strict=True))))
        shapes.append(part_footprints(town, parts))
    table = pd.concat([frame.astype(PART_COLUMNS) for frame in frames], ignore_index=True)
    outlines = np.concatenate(shapes)
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(outlines, crs=metric_epsg).to_crs(crs), crs=crs)


def part_footprints(town: Town, parts: Parts) -> NDArray[np.object_]:
    """(p,) the piece of its building's footprint that lies nearest to each part, as multi-polygons, metres."""
    pieces = np.full(len(parts.building), None, dtype=object)
    for building in np.unique(parts.building):
        own = np.flatnonzero(parts.building == building)
        pieces[own] = divide_shape(town.footprints[building], parts.xy_m[own])
    return as_multi(polygons_of(pieces))
