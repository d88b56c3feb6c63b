"""The ground of parts of buildings: each building's ground goes to the nearest of its parts."""

import numpy as np
import shapely
from numpy.typing import NDArray

from partitioning.arrangement import GRID_M, faces_between
from partitioning.graph import Floats
from partitioning.parts import Parts

_MARGIN_M = 1.0


def divide_shape(shape: shapely.Geometry, points: Floats) -> NDArray[np.object_]:
    """(k,) what of a polygon lies nearest to each of (k, 2) points: no gaps, no overlaps, common borders with equal
    vertices. Empty for a point that stands where an earlier one does, and for one that nothing is nearest to.
    """
    pieces = np.full(len(points), shapely.Polygon(), dtype=object)
    _, first = np.unique(np.round(points / GRID_M), axis=0, return_index=True)
    if shapely.is_empty(shape) or len(first) < 2:
        pieces[0] = shape
        return pieces
    frame = shapely.buffer(shapely.box(*shapely.bounds(shape)), _MARGIN_M)
    ridges = shapely.voronoi_polygons(shapely.multipoints(points[first]), extend_to=frame, only_edges=True)
    outline = shapely.get_parts(shapely.get_parts(shapely.boundary(shape)))
    faces = faces_between(np.concatenate([outline, shapely.get_parts(ridges)]))
    middle = shapely.get_coordinates(shapely.point_on_surface(faces))
    within = shapely.contains_xy(shape, middle)
    faces, middle = faces[within], middle[within]
    gap = ((middle[:, None] - points[first][None]) ** 2).sum(axis=2)
    nearest = first[gap.argmin(axis=1)]
    for place in np.unique(nearest):
        pieces[place] = shapely.coverage_union_all(faces[nearest == place])
    return pieces


def part_cells(cells: NDArray[np.object_], parts: Parts) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Ground of (p,) parts, and (n,) cells, empty for divided buildings; all have got the corners that others' pieces
    have on their borders.
    """
    pieces = np.full(len(parts.building), shapely.Polygon(), dtype=object)
    for building in np.unique(parts.building):
        own = np.flatnonzero(parts.building == building)
        pieces[own] = divide_shape(cells[building], parts.xy_m[own])
    rest = cells.copy()
    rest[parts.building] = shapely.Polygon()
    ground = np.concatenate([rest, pieces])
    corners = np.array(shapely.points(np.unique(shapely.get_coordinates(pieces), axis=0)), dtype=object)
    touched, corner = shapely.STRtree(corners).query(ground, predicate="dwithin", distance=GRID_M)
    for place in np.unique(touched):
        near = shapely.multipoints(corners[corner[touched == place]])
        ground[place] = shapely.snap(ground[place], near, GRID_M)
    return ground[: len(cells)], ground[len(cells) :]
