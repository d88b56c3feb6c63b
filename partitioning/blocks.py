"""Blocks: what roads, walls, banks and tracks cut a community into, each with buildings of its own."""

import numpy as np
import shapely
from numpy.typing import NDArray

from partitioning.arrangement import Sides, faces_between, longest_neighbour, sides_of
from partitioning.barriers import Barriers, as_lines
from partitioning.graph import Floats, Ints, components
from partitioning.strips import LANES, find_cuts

ACROSS_WATER = 0.01
"""What a metre of side along water or rails counts when an empty block looks for a neighbour."""
ON_LINE_M = 1e-3
"""A side lies on a line when its middle is this close to it."""


def build_blocks(
    boundary: shapely.Geometry, barriers: Barriers, places: NDArray[np.object_]
) -> tuple[NDArray[np.object_], Ints]:
    """Blocks (polygons that tile the boundary) and the block of each place, -1 outside of the boundary.

    A block without a place joins the neighbour with the longest common border, rather over a road than over
    water or rails, so that only parts of the boundary without any place are left empty.
    """
    water = barriers.geometry[barriers.blocking_water()]
    tracks = as_lines(barriers.geometry[barriers.blocking_railways()])
    roads = as_lines(barriers.geometry[barriers.dividing_roads() | barriers.walls()])
    lines = _inside(np.concatenate([roads, tracks, as_lines(water)]), boundary)
    faces = _faces(lines, boundary)
    for _ in range(LANES):
        cuts = find_cuts(faces, ~_inhabited(locate(places, faces), len(faces)))
        if not len(cuts):
            break
        lines = np.concatenate([lines, cuts])
        faces = _faces(lines, boundary)
    face_of_place = locate(places, faces)
    sides = sides_of(faces)
    wet = _covered(faces, water[shapely.get_dimensions(water) == 2])
    unpassable = np.concatenate([tracks, water[shapely.get_dimensions(water) == 1]])
    block = _join_empty(sides, _inhabited(face_of_place, len(faces)), _weights(sides, wet, unpassable))
    order = np.argsort(block, kind="stable")
    groups = np.split(faces[order], np.cumsum(np.bincount(block))[:-1])
    polygons = np.array(
        [g[0] if len(g) == 1 else shapely.coverage_union_all(g) for g in groups], dtype=object
    )
    return polygons, np.where(face_of_place < 0, -1, block[face_of_place])


def _faces(lines: NDArray[np.object_], boundary: shapely.Geometry) -> NDArray[np.object_]:
    """What the lines cut the boundary into."""
    faces = faces_between(np.concatenate([lines, as_lines(np.array([boundary]))]))
    return faces[shapely.intersects(boundary, shapely.point_on_surface(faces))]


def _inhabited(face_of_place: Ints, count: int) -> NDArray[np.bool_]:
    """(count,) faces that hold a place."""
    inhabited = np.zeros(count, dtype=np.bool_)
    inhabited[face_of_place[face_of_place >= 0]] = True
    return inhabited


def locate(places: NDArray[np.object_], polygons: NDArray[np.object_]) -> Ints:
    """(n,) the first polygon that each place lies in, or -1."""
    polygon, place = shapely.STRtree(places).query(polygons, predicate="intersects")
    found = np.full(len(places), len(polygons), dtype=np.int64)
    np.minimum.at(found, place, polygon)
    return np.where(found == len(polygons), -1, found)


def _inside(lines: NDArray[np.object_], boundary: shapely.Geometry) -> NDArray[np.object_]:
    """The parts of lines inside of the boundary."""
    shapely.prepare(boundary)
    lines = lines[shapely.intersects(boundary, lines)]
    within = shapely.contains_properly(boundary, lines)
    return np.concatenate([lines[within], as_lines(shapely.intersection(lines[~within], boundary))])


def _covered(faces: NDArray[np.object_], polygons: NDArray[np.object_]) -> NDArray[np.bool_]:
    """(f,) faces that lie in one of the polygons."""
    covered = np.zeros(len(faces), dtype=np.bool_)
    covered[shapely.STRtree(shapely.point_on_surface(faces)).query(polygons, predicate="intersects")[1]] = (
        True
    )
    return covered


def _weights(sides: Sides, wet: NDArray[np.bool_], unpassable: NDArray[np.object_]) -> Floats:
    """(s, 2) what a side counts for its left and right face: its length, much less over water and rails."""
    middle = np.asarray(shapely.points((sides.start + sides.end) / 2))
    barred = np.zeros(len(middle), dtype=np.bool_)
    barred[shapely.STRtree(unpassable).query(middle, predicate="dwithin", distance=ON_LINE_M)[0]] = True
    left, right = wet[sides.left], wet[sides.right] & (sides.right >= 0)
    avoid = np.column_stack([barred | (~left & right), barred | (left & ~right & (sides.right >= 0))])
    return sides.length_m[:, None] * np.where(avoid, ACROSS_WATER, 1.0)


def _join_empty(sides: Sides, inhabited: NDArray[np.bool_], weight: Floats) -> Ints:
    """(f,) block of each face, 0.., after every empty face has joined a neighbour."""
    block = np.arange(len(inhabited))
    while True:
        count = len(inhabited)
        best = longest_neighbour(count, sides, weight, np.ones(count, dtype=np.bool_))
        joins = np.flatnonzero(~inhabited & (best >= 0))
        if not len(joins):
            return block
        _, merged = components(count, np.column_stack([joins, best[joins]]))
        inhabited = np.bincount(merged, weights=inhabited) > 0
        block = merged[block]
        sides, weight = _relabel(sides, weight, merged)


def _relabel(sides: Sides, weight: Floats, merged: Ints) -> tuple[Sides, Floats]:
    """Sides (and their weights) between merged faces only."""
    merged = np.append(merged, -1)
    left, right = merged[sides.left], merged[sides.right]
    keep = (left != right) & (right >= 0)
    return Sides(sides.start[keep], sides.end[keep], left[keep], right[keep]), weight[keep]
