"""Outlines of buildings as points: what the ground between buildings is divided by."""

import numpy as np
import shapely
from numpy.typing import NDArray

from partitioning.graph import Floats, Ints

MIN_SPACING_M = 2.0
"""Spacing of the points on the outline of a building that touches another."""
MAX_SPACING_M = 8.0
"""Spacing on the outline of a building that stands alone; in between, the gap to the nearest building."""
INSET_M = 0.5
"""Points lie this far inside of the outline (less in thin buildings): party walls come out as borders."""
SAME_POINT_M = 1e-3
"""Points closer than this count as one."""


def sample_outlines(footprints: NDArray[np.object_]) -> tuple[Floats, Ints]:
    """Points along the outlines of (n,) footprints, and the building that each belongs to.

    Returns (s, 2) metres and (s,) indices. A footprint that is a point or a line gives its vertices. Of
    coincident points the one of the first building stays.
    """
    polygons, owner = shapely.get_parts(footprints, return_index=True)
    surface = shapely.area(polygons) > 0
    bare, bare_owner = shapely.get_coordinates(polygons[~surface], return_index=True)
    points, at = _ring_points(
        shapely.orient_polygons(polygons[surface]), outline_spacing(footprints)[owner[surface]]
    )
    points = np.concatenate([points, bare])
    owner = np.concatenate([owner[surface][at], owner[~surface][bare_owner]]).astype(np.int64)
    order = np.argsort(owner, kind="stable")
    points, owner = points[order], owner[order]
    _, first = np.unique(_complex(np.round(points / SAME_POINT_M)), return_index=True)
    first.sort()
    return points[first], owner[first]


def outline_spacing(footprints: NDArray[np.object_]) -> Floats:
    """(n,) spacing of points, metres: the gap to the nearest other building, within limits."""
    spacing = np.full(len(footprints), MAX_SPACING_M)
    if len(footprints) > 1:
        tree = shapely.STRtree(footprints)
        one, other = tree.query(footprints, predicate="dwithin", distance=MAX_SPACING_M)
        one, other = one[one < other], other[one < other]
        gap = shapely.distance(footprints[one], footprints[other])
        np.minimum.at(spacing, one, gap)
        np.minimum.at(spacing, other, gap)
    return np.asarray(np.maximum(spacing, MIN_SPACING_M))


def _ring_points(polygons: NDArray[np.object_], spacing: Floats) -> tuple[Floats, Ints]:
    """Points inset from the rings of oriented polygons (inside on the left), and the polygon of each."""
    width = 2 * shapely.area(polygons) / np.maximum(shapely.length(polygons), SAME_POINT_M)
    inset = np.minimum(INSET_M, width / 4)
    rings, polygon_of_ring = shapely.get_rings(polygons, return_index=True)
    vertices, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    start, step = vertices[:-1][same], np.diff(vertices, axis=0)[same]
    polygon = polygon_of_ring[ring[:-1][same]]
    length = np.hypot(step[:, 0], step[:, 1])
    start, step, polygon, length = (a[length > SAME_POINT_M] for a in (start, step, polygon, length))
    count = np.ceil(length / spacing[polygon]).astype(np.int64)
    edge = np.repeat(np.arange(len(length)), count)
    rank = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    along = ((rank + 0.5) / count[edge])[:, None]
    inward = np.column_stack([-step[:, 1], step[:, 0]]) / length[:, None] * inset[polygon][:, None]
    return start[edge] + along * step[edge] + inward[edge], polygon[edge]


def _complex(points: Floats) -> NDArray[np.complex128]:
    """Points as complex numbers, which sort and compare as one value."""
    return np.ascontiguousarray(points).view(np.complex128).ravel()
