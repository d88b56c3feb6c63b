"""The ground of each building: Voronoi cells of outlines within blocks, connected, tiling the boundary."""

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Delaunay, KDTree

from partitioning.arrangement import Sides, faces_between, longest_neighbour, sides_of
from partitioning.barriers import Barriers
from partitioning.blocks import build_blocks, locate
from partitioning.graph import Floats, Ints, components
from partitioning.outlines import sample_outlines

ACROSS_BLOCKS = 0.01
"""What a metre of side between two blocks counts when a piece that was cut off looks for a neighbour."""
FAR = 10.0
"""Points around everything, this many times the size of the block away, keep every border finite."""


class Cells(NamedTuple):
    """The pieces of ground and what lies between them; relative to the origin of the footprints given."""

    polygons: NDArray[np.object_]
    """(n,) ground of each building, empty where it has none."""
    sides: Sides
    """Straight pieces of border between different buildings; -1 is the outside."""


def build_cells(
    footprints: NDArray[np.object_],
    boundary: shapely.Geometry,
    barriers: Barriers,
    inhabited: NDArray[np.bool_],
) -> Cells:
    """Divide the boundary among (n,) footprints. All flat, valid and relative to one origin near them.

    Of buildings that stand over each other an (n,) `inhabited` one has the ground.
    """
    places = shapely.point_on_surface(footprints)
    blocks, block_of = build_blocks(boundary, barriers, places)
    points, owner = sample_outlines(footprints)
    inside = block_of[owner] >= 0
    points, owner = points[inside], owner[inside]
    by_block = _group(block_of[owner], len(blocks))
    ridges = [_ridges(points[rows], owner[rows], block) for rows, block in zip(by_block, blocks, strict=True)]
    edges = sides_of(blocks).lines()
    faces = faces_between(np.concatenate([edges, *ridges]))
    face_block = locate(shapely.point_on_surface(faces), blocks)
    faces, face_block = faces[face_block >= 0], face_block[face_block >= 0]
    label = _nearest_owner(faces, face_block, points, owner, by_block)
    sides = sides_of(faces)
    label, main = _main_faces(faces, label, places, inhabited)
    label = _connect(faces, label, main, face_block, sides, places)
    return Cells(_dissolve(faces, label, len(footprints)), sides.of(label))


def _group(key: Ints, count: int) -> list[Ints]:
    """Rows of each key 0..count-1."""
    order = np.argsort(key, kind="stable")
    return list(np.split(order, np.cumsum(np.bincount(key, minlength=count))[:-1]))


def _ridges(points: Floats, owner: Ints, block: shapely.Geometry) -> NDArray[np.object_]:
    """Borders between the Voronoi regions of different owners' points, clipped to the block."""
    if not len(owner) or (owner == owner[0]).all():
        return np.empty(0, dtype=object)
    xmin, ymin, xmax, ymax = shapely.bounds(shapely.union(block, shapely.multipoints(points)))
    turn = np.arange(8) * np.pi / 4 + 0.1
    ring = np.column_stack([np.cos(turn), np.sin(turn)]) * FAR * np.hypot(xmax - xmin, ymax - ymin)
    mesh = Delaunay(np.vstack([points, ring + np.array([xmin + xmax, ymin + ymax]) / 2]))
    owner = np.append(owner, np.full(8, -1))
    normal = mesh.equations
    centre = (-normal[:, :2] / (2 * normal[:, 2:3])) / mesh.paraboloid_scale
    corner = mesh.simplices
    triangle = np.repeat(np.arange(len(corner)), 3)
    across = mesh.neighbors.ravel()
    one, other = owner[corner[:, [1, 2, 0]].ravel()], owner[corner[:, [2, 0, 1]].ravel()]
    between = (across > triangle) & (one != other) & (one >= 0) & (other >= 0)
    ends = np.stack([centre[triangle[between]], centre[across[between]]], axis=1)
    lines = shapely.linestrings(ends[(ends[:, 0] != ends[:, 1]).any(axis=1)])
    shapely.prepare(block)
    lines = lines[shapely.intersects(block, lines)]
    within = shapely.contains_properly(block, lines)
    cut = shapely.get_parts(shapely.intersection(lines[~within], block))
    return np.concatenate([lines[within], cut[shapely.get_dimensions(cut) == 1]])


def _nearest_owner(
    faces: NDArray[np.object_], face_block: Ints, points: Floats, owner: Ints, by_block: list[Ints]
) -> Ints:
    """(f,) building whose outline is nearest among those of the block, -1 in blocks without one."""
    middle = shapely.get_coordinates(shapely.point_on_surface(faces))
    label = np.full(len(faces), -1, dtype=np.int64)
    for rows, mine in zip(by_block, _group(face_block, len(by_block)), strict=True):
        if len(rows) and len(mine):
            label[mine] = owner[rows[KDTree(points[rows]).query(middle[mine])[1]]]
    return label


def _connect(
    faces: NDArray[np.object_],
    label: Ints,
    main: Ints,
    face_block: Ints,
    sides: Sides,
    places: NDArray[np.object_],
) -> Ints:
    """(f,) owners after every piece cut off from its building's main piece went to a neighbour."""
    inner = (sides.right >= 0) & (label[sides.left] == label[sides.right])
    _, part = components(len(faces), np.column_stack([sides.left[inner], sides.right[inner]]))
    settled = np.isin(part, part[main])
    same_block = (sides.right >= 0) & (face_block[sides.left] == face_block[sides.right])
    length = sides.length_m * np.where(same_block, 1.0, ACROSS_BLOCKS)
    while not settled.all():
        merged = np.where(settled, label, len(places) + part)
        number, merged = np.unique(merged, return_inverse=True)
        count = len(number)
        known = np.zeros(count, dtype=np.bool_)
        known[merged[settled]] = True
        joint = Sides(sides.start, sides.end, merged[sides.left], np.append(merged, -1)[sides.right])
        best = longest_neighbour(count, joint, np.column_stack([length, length]), known)[merged]
        joins = ~settled & (best >= 0)
        if not joins.any():
            break
        label = np.where(joins, number[best], label)
        settled |= joins
    return _give_far_parts(faces, label, settled, places)


def _main_faces(
    faces: NDArray[np.object_], label: Ints, places: NDArray[np.object_], inhabited: NDArray[np.bool_]
) -> tuple[Ints, Ints]:
    """Owners, and the main face of every owner: the one that holds the building's place, else its largest.

    A face that holds the places of several buildings goes to an inhabited one, of these to its owner, else to the
    first. The others have no ground at all: they belong to the grid of the owner of their place.
    """
    home = locate(places, faces)
    housed = np.flatnonzero(home >= 0)
    rank = np.lexsort((housed, label[home[housed]] != housed, ~inhabited[housed], home[housed]))
    claimed, first = np.unique(home[housed[rank]], return_index=True)
    label = label.copy()
    label[claimed] = housed[rank[first]]
    at_home = label[home[housed]] == housed
    label[np.isin(label, housed[~at_home])] = -1
    rank = np.lexsort((-shapely.area(faces), label))
    holders, first = np.unique(label[rank], return_index=True)
    main = np.full(len(places), -1, dtype=np.int64)
    main[holders[holders >= 0]] = rank[first][holders >= 0]
    main[housed[at_home]] = home[housed[at_home]]
    return label, main[main >= 0]


def _give_far_parts(
    faces: NDArray[np.object_], label: Ints, settled: NDArray[np.bool_], places: NDArray[np.object_]
) -> Ints:
    """Give parts of the boundary without any building to the nearest building that has ground."""
    lost = np.flatnonzero(~settled)
    candidates = np.unique(label[settled & (label >= 0)])
    if len(lost) and len(candidates):
        at, nearest = shapely.STRtree(places[candidates]).query_nearest(faces[lost], all_matches=False)
        label = label.copy()
        label[lost[at]] = candidates[nearest]
    return label


def _dissolve(faces: NDArray[np.object_], label: Ints, n: int) -> NDArray[np.object_]:
    """(n,) union of the faces of each building, an empty polygon where it has none."""
    cells = np.full(n, shapely.Polygon(), dtype=object)
    owned = np.flatnonzero(label >= 0)
    count = np.bincount(label[owned], minlength=n)
    single = owned[count[label[owned]] == 1]
    cells[label[single]] = faces[single]
    several = np.flatnonzero(count > 1)
    groups = _group(label[owned], n)
    for building in several:
        cells[building] = shapely.coverage_union_all(faces[owned[groups[building]]])
    return cells
