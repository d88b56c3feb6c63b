"""Parts of buildings that a plan splits: their rows in the database."""

from collections.abc import Sequence

import psycopg
import shapely
from pyproj import CRS

from gis_core.crs import STORAGE_EPSG
from gis_core.exchange.georeference import transform
from gis_core.exchange.part_rows import part_footprints
from gis_core.plans.drawing import Drawing


def insert_parts(
    connection: psycopg.Connection,
    plan_id: int,
    building_keys: Sequence[int],
    metric_srid: int,
    drawing: Drawing,
) -> None:
    """Save the parts of a drawn plan whose grids and assignments are saved; nothing where no building is split."""
    parts = None if drawing.outcome.plan is None else drawing.outcome.plan.parts
    if parts is None:
        return
    pieces = transform(part_footprints(drawing.town, parts), CRS.from_epsg(metric_srid), STORAGE_EPSG)
    blobs = shapely.to_wkb(shapely.set_srid(pieces, STORAGE_EPSG), include_srid=True)
    persons = [None] * len(pieces) if parts.persons is None else parts.persons.tolist()
    keys = [building_keys[place] for place in parts.building]
    rows = zip(
        keys, parts.number.tolist(), (parts.label + 1).tolist(), parts.households.tolist(), persons,
        parts.estimated.tolist(), blobs, strict=True,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO building_part (plan_id, building_id, number, grid_number, households, persons, estimated,"
            " footprint) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [(plan_id, *row) for row in rows],
        )
