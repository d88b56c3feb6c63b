"""Buildings of a source that stand in the database already, under another data set."""

from collections import Counter

import numpy as np
import psycopg
import shapely

from gis_core.exchange.faults import Fault
from gis_core.exchange.read import Source

SAME_TOWN_SHARE = 0.1
"""From this share of a file's buildings on, it is another delivery of the same town, not a neighbour's border."""


def known_elsewhere(connection: psycopg.Connection, source: Source, dataset_id: int) -> list[Fault]:
    """A fault for each other data set in which a good part of the source's buildings stand already.

    Loading them under another name would count their households twice. Two are one building where the middle of one
    stands on the other's ground: outlines of another survey, and squares that stand for points, never match exactly.
    """
    others = "SELECT EXISTS (SELECT FROM building WHERE dataset_id <> %s)"
    if "buildings" not in source.layers or connection.execute(others, [dataset_id]).fetchone() == (False,):
        return []
    given = source.degrees("buildings")
    given = given[~(shapely.is_missing(given) | shapely.is_empty(given))]
    if not len(given):
        return []
    rows = connection.execute(
        "SELECT dataset.name, ST_AsBinary(footprint)"
        " FROM building JOIN dataset ON dataset.id = dataset_id WHERE dataset_id <> %s"
        " AND footprint && ST_MakeEnvelope(%s, %s, %s, %s, 4326)",
        [dataset_id, *shapely.total_bounds(given).tolist()],
    ).fetchall()
    if not rows:
        return []
    known = shapely.from_wkb([row[1] for row in rows])
    middle, ground = shapely.STRtree(known).query(shapely.point_on_surface(given), "intersects")
    other_middle, other_ground = shapely.STRtree(given).query(shapely.point_on_surface(known), "intersects")
    pairs = zip(np.append(middle, other_ground), np.append(ground, other_middle), strict=True)
    found = Counter(name for _, name in {(one, rows[place][0]) for one, place in pairs})
    layer = source.layers["buildings"].layer_name
    return [
        Fault("known_elsewhere", layer, value=count, limit=name, details={"count": len(given)})
        for name, count in sorted(found.items())
        if count >= SAME_TOWN_SHARE * len(given)
    ]
