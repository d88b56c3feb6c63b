"""From footprints and barriers to a graph of neighbours: who borders on whom, and what it costs to cut."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from partitioning.arrangement import Sides
from partitioning.barriers import Barriers, Geometries, as_lines
from partitioning.crossings import OPENS_NEAREST_WITHIN_M, Neighbours, find_passages
from partitioning.errors import PartitioningError
from partitioning.graph import Floats, Ints, components
from partitioning.ground import build_cells

__all__ = ["Barriers", "Ground", "build_ground"]

MAIN_ROAD_FACTOR = 0.25
"""Cost of a metre of border along a main road."""
ROAD_FACTOR = 0.4
"""Cost of a metre of border along another dividing road."""
WALL_FACTOR = 0.25
"""Cost of a metre of border along a wall."""
CROSSING_FACTOR = 0.25
"""Cost of a metre of border over water or rails."""
ESTATE_FACTOR = 1.0
"""Cost of a metre of border inside of an estate."""
OPEN_FACTOR = 0.5
"""Cost of a metre of any other border."""
MIN_BORDER_M = 0.5
"""Neighbours with a shorter border only meet at a corner; they count only where nothing else joins them."""
JOINED_BORDER_M = 5.0
"""Length of border given to pairs that are joined without one."""
ON_LINE_M = 1e-3
"""A side of a cell lies on a road or wall when its middle is this close to it."""


@dataclass(frozen=True)
class Ground:
    """Neighbours among n buildings and the ground of each, in the CRS of the footprints (metres)."""

    edges: Ints
    """(m, 2) neighbouring buildings i < j, each pair once, sorted."""
    border_m: Floats
    """(m,) length of the common border, metres, > 0."""
    border_cost: Floats
    """(m,) cost of cutting it: metres times a factor of at most 1."""
    cells: Geometries
    """(n,) piece of ground of each building: a Polygon; empty where another building owns its place."""
    boundary: shapely.Geometry
    """The boundary, flat and valid: the cells tile it."""
    joined: Ints
    """(j, 2) the edges that were added although a barrier or a gap lies between."""
    touch: Floats
    """(m, 2) a point of each common border, in the middle of its longest side; between the two where they have none."""


def build_ground(
    footprints: ArrayLike,
    boundary: shapely.Geometry,
    barriers: Barriers | None = None,
    *,
    estates: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> Ground:
    """Divide the ground inside a boundary among footprints and find the neighbours.

    `footprints` are (n,) shapely geometries (Z is dropped), `estates` (n,) their estates, -1 for none,
    `weights` (n,) households plus persons: parts of the graph without any weight are joined to the nearest
    part, and of buildings over each other one with weight has the ground; without `weights` neither is done.
    All geometry is in one projected CRS, metres. Method: docs/adjacency.md.
    Raises PartitioningError with all faults of the arguments.
    """
    shapes = np.asarray(footprints, dtype=object)
    n = len(shapes)
    estate = np.full(n, -1) if estates is None else np.asarray(estates)
    weight = None if weights is None else np.asarray(weights)
    _check(shapes, boundary, estate, weight)
    outline = _polygonal(shapely.make_valid(shapely.force_2d(boundary)))
    origin = np.floor(np.array(shapely.bounds(outline)[:2]))
    shapes, local = _shift(shapely.force_2d(shapes), -origin), _shift(np.array([outline]), -origin)[0]
    near = (barriers or Barriers.none()).near(local, 2 * OPENS_NEAREST_WITHIN_M, origin)
    if not n:
        nothing = np.empty((0, 2), dtype=np.int64)
        return Ground(
            nothing, np.empty(0), np.empty(0), np.empty(0, dtype=object), outline, nothing, np.empty((0, 2))
        )
    inhabited = np.ones(n, dtype=np.bool_) if weight is None else weight > 0
    cells = build_cells(shapes, local, near, inhabited)
    edges, length, cost, touch = _neighbours(shapes, cells.sides, near, estate)
    joined = _join(shapes, cells.polygons, edges, weight)
    factor = np.where(_same_estate(estate, joined), ESTATE_FACTOR, OPEN_FACTOR)
    between = shapely.shortest_line(shapes[joined[:, 0]], shapes[joined[:, 1]])
    touch = np.concatenate([touch, shapely.get_coordinates(shapely.centroid(between))])
    edges = np.concatenate([edges, joined])
    order = np.lexsort((edges[:, 1], edges[:, 0]))
    return Ground(
        edges=edges[order],
        border_m=np.append(length, np.full(len(joined), JOINED_BORDER_M))[order],
        border_cost=np.append(cost, JOINED_BORDER_M * factor)[order],
        cells=_shift(cells.polygons, origin),
        boundary=outline,
        joined=joined,
        touch=touch[order] + origin,
    )


def _check(
    footprints: Geometries,
    boundary: shapely.Geometry,
    estates: NDArray[np.int64],
    weights: NDArray[np.int64] | None,
) -> None:
    faults = []
    bare = np.flatnonzero(shapely.is_missing(footprints) | shapely.is_empty(footprints))
    if len(bare):
        shown = ", ".join(map(str, bare[:10])) + (", ..." if len(bare) > 10 else "")
        faults.append(
            f"footprints: {len(bare)} without geometry, at {shown}; give every building a footprint"
        )
    if shapely.is_missing(boundary) or shapely.is_empty(_polygonal(shapely.make_valid(boundary))):
        faults.append("boundary: has no area; give a polygon")
    for name, values in (("estates", estates), ("weights", weights)):
        if values is not None and values.shape != (len(footprints),):
            faults.append(
                f"{name}: {values.shape} given for {len(footprints)} buildings; give one value a building"
            )
    if faults:
        raise PartitioningError(faults)


def _polygonal(geometry: shapely.Geometry) -> shapely.Geometry:
    """The polygons of a geometry."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    surfaces = parts[shapely.get_dimensions(parts) == 2]
    whole: shapely.Geometry = surfaces[0] if len(surfaces) == 1 else shapely.multipolygons(surfaces)
    return whole


def _shift(geometry: Geometries, by: Floats) -> Geometries:
    return np.asarray(shapely.transform(geometry, lambda xy: xy + by))


def _same_estate(estate: NDArray[np.int64], edges: Ints) -> NDArray[np.bool_]:
    one, other = estate[edges[:, 0]], estate[edges[:, 1]]
    return np.asarray((one == other) & (one >= 0))


def _neighbours(
    footprints: Geometries, sides: Sides, barriers: Barriers, estate: NDArray[np.int64]
) -> tuple[Ints, Floats, Floats, Floats]:
    """Pairs of buildings with a common border that water and rails leave open, its length, its cost and a point."""
    n = len(footprints)
    inner = (sides.left >= 0) & (sides.right >= 0)
    sides = Sides(sides.start[inner], sides.end[inner], sides.left[inner], sides.right[inner])
    low, high = np.minimum(sides.left, sides.right), np.maximum(sides.left, sides.right)
    code, pair = np.unique(low * n + high, return_inverse=True)
    edges = np.column_stack([code // n, code % n])
    side_m = sides.length_m
    length: Floats = np.bincount(pair, weights=side_m, minlength=len(edges)).astype(np.float64)
    links = shapely.shortest_line(footprints[edges[:, 0]], footprints[edges[:, 1]])
    passage = find_passages(Neighbours(footprints, edges, links, sides, pair), barriers)
    base = np.where(_same_estate(estate, edges), ESTATE_FACTOR, OPEN_FACTOR)
    base[passage.opened] = np.minimum(base[passage.opened], CROSSING_FACTOR)
    base = np.minimum(base, _line_factor(links, barriers, 0.0))
    middles = np.asarray(shapely.points((sides.start + sides.end) / 2))
    factor = np.minimum(base[pair], _line_factor(middles, barriers, ON_LINE_M))
    cost: Floats = np.bincount(pair, weights=side_m * factor, minlength=len(edges)).astype(np.float64)
    keep = _keep_long(n, edges, length, ~passage.blocked)
    by_length = np.lexsort((side_m, pair))
    longest = by_length[np.searchsorted(pair[by_length], np.arange(len(edges)), side="right") - 1]
    touch = ((sides.start + sides.end) / 2)[longest]
    return edges[keep], length[keep], cost[keep], touch[keep]


def _line_factor(geometry: Geometries, barriers: Barriers, reach_m: float) -> Floats:
    """The lowest factor of the roads and walls that each geometry meets, 1 where there is none."""
    factor = np.ones(len(geometry))
    main = barriers.main_roads()
    for rows, value in (
        (main, MAIN_ROAD_FACTOR),
        (barriers.walls(), WALL_FACTOR),
        (barriers.dividing_roads() & ~main, ROAD_FACTOR),
    ):
        tree = shapely.STRtree(as_lines(barriers.geometry[rows]))
        met = tree.query(geometry, predicate="dwithin", distance=reach_m)[0]
        factor[met] = np.minimum(factor[met], value)
    return factor


def _keep_long(n: int, edges: Ints, length: Floats, open_: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(m,) open edges but the very short ones, of which the longest stay that alone join two parts."""
    keep = open_ & (length >= MIN_BORDER_M)
    short = np.flatnonzero(open_ & ~keep)
    part = components(n, edges[keep])[1]
    for edge in short[np.argsort(-length[short], kind="stable")]:
        one, other = part[edges[edge]]
        if one != other:
            keep[edge] = True
            part[part == other] = one
    return keep


def _join(footprints: Geometries, cells: Geometries, edges: Ints, weight: NDArray[np.int64] | None) -> Ints:
    """(j, 2) pairs: buildings without ground and the owner of their place, weightless parts and the next."""
    n = len(footprints)
    owners = np.flatnonzero(~shapely.is_empty(cells))
    bare = np.flatnonzero(shapely.is_empty(cells))
    joined = np.empty((0, 2), dtype=np.int64)
    if len(owners) and len(bare):
        places = shapely.point_on_surface(footprints[bare])
        at, nearest = shapely.STRtree(cells[owners]).query_nearest(places, all_matches=False)
        joined = np.sort(np.column_stack([bare[at], owners[nearest]]), axis=1)
    while weight is not None:
        count, part = components(n, np.concatenate([edges, joined]))
        idle = np.flatnonzero(np.bincount(part, weights=weight, minlength=count) == 0)
        if count < 2 or not len(idle):
            break
        links = [_nearest_link(footprints, part == one) for one in idle]
        joined = np.unique(np.concatenate([joined, links]), axis=0)
    return joined


def _nearest_link(footprints: Geometries, inside: NDArray[np.bool_]) -> Ints:
    """The pair (i < j) of a building inside and one outside with the shortest distance."""
    mine, others = np.flatnonzero(inside), np.flatnonzero(~inside)
    (at, nearest), distance = shapely.STRtree(footprints[others]).query_nearest(
        footprints[mine], return_distance=True, all_matches=False
    )
    best = int(np.argmin(distance))
    return np.sort(np.array([mine[at[best]], others[nearest[best]]]))
