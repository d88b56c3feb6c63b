"""Buildings of a source that stand in the database already, under another data set."""

from collections import Counter

import numpy as np
import psycopg
import shapely
from scipy.spatial import cKDTree

from gis_core.exchange.faults import Fault
from gis_core.exchange.read import Source

SAME_BOX_DEGREES = 1e-6
"""Footprints whose boxes agree so closely (0.1 m) are taken for one building."""
SAME_TOWN_SHARE = 0.1
"""From this share of a file's buildings on, it is another delivery of the same town, not a neighbour's border."""


def known_elsewhere(connection: psycopg.Connection, source: Source, dataset_id: int) -> list[Fault]:
    """A fault for each other data set in which a good part of the source's buildings stand already.

    Loading them under another name would count their households twice.
    """
    others = "SELECT EXISTS (SELECT FROM building WHERE dataset_id <> %s)"
    if "buildings" not in source.layers or connection.execute(others, [dataset_id]).fetchone() == (False,):
        return []
    boxes = shapely.bounds(source.degrees("buildings"))
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        return []
    rows = connection.execute(
        "SELECT dataset.name, ST_XMin(footprint), ST_YMin(footprint), ST_XMax(footprint), ST_YMax(footprint)"
        " FROM building JOIN dataset ON dataset.id = dataset_id WHERE dataset_id <> %s"
        " AND footprint && ST_MakeEnvelope(%s, %s, %s, %s, 4326)",
        [dataset_id, *boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist()],
    ).fetchall()
    if not rows:
        return []
    distance, nearest = cKDTree([row[1:] for row in rows]).query(
        boxes, distance_upper_bound=SAME_BOX_DEGREES, p=np.inf
    )
    found = Counter(rows[place][0] for place in nearest[np.isfinite(distance)])
    layer = source.layers["buildings"].layer_name
    return [
        Fault("known_elsewhere", layer, value=count, limit=name, details={"count": len(boxes)})
        for name, count in sorted(found.items())
        if count >= SAME_TOWN_SHARE * len(boxes)
    ]
