"""Water and rails between neighbours: who is cut off from whom, and where a crossing joins them again."""

from typing import NamedTuple

import numpy as np
import shapely

from partitioning.arrangement import Sides
from partitioning.barriers import Barriers, Flags, Geometries, as_lines
from partitioning.graph import Floats, Ints, components

OPENS_WITHIN_M = 35.0
"""A crossing joins the neighbours whose common border passes this near to it."""
OPENS_NEAREST_WITHIN_M = 120.0
"""In any case a crossing joins the nearest neighbours within this distance, and the nearest in separate parts."""
MIN_WATER_CROSSED_M = 2.0
"""A link that passes over less water than this only touches a bank."""
TOUCHING_M = 0.01
"""Buildings that are this close touch: nothing lies between them."""
TRACK_HALF_WIDTH_M = 6.0
"""Ground on either side of a track; parallel tracks up to twice as far apart make one corridor."""
CHANNEL_HALF_WIDTH_M = 2.5
"""Ground on either side of a waterway that is drawn as a line."""
MIN_SHARE_CROSSED = 0.3
"""A road crosses where its two ends lie this much of the corridor's width apart, measured along the link."""


class Neighbours(NamedTuple):
    """Buildings with a common border."""

    footprints: Geometries
    """(n,) polygons."""
    edges: Ints
    """(m, 2) pairs."""
    links: Geometries
    """(m,) shortest lines between the footprints of a pair."""
    sides: Sides
    """Straight pieces of all borders."""
    pair: Ints
    """(s,) pair that each piece lies between."""

    def borders(self, pairs: Ints) -> Geometries:
        """(k,) common borders of the given pairs (ascending)."""
        rows = np.flatnonzero(np.isin(self.pair, pairs))
        rows = rows[np.argsort(self.pair[rows], kind="stable")]
        ends = np.stack([self.sides.start[rows], self.sides.end[rows]], axis=1)
        lines = np.asarray(shapely.linestrings(ends))
        indices = np.searchsorted(pairs, self.pair[rows])
        return np.asarray(shapely.multilinestrings(lines, indices=indices))


class Passage(NamedTuple):
    """What lies on the links between neighbours."""

    blocked: Flags
    """(m,) pairs that water or rails cut off from each other."""
    opened: Flags
    """(m,) pairs that a crossing joins over water or rails."""


class _Corridor(NamedTuple):
    """The ground that a kind of barrier covers."""

    lines: Geometries
    surface: Geometries
    area: shapely.Geometry


class _Crossings(NamedTuple):
    """Roads that pass through a corridor: (c,) geometries, and the points where they enter or leave it."""

    geometry: Geometries
    bridge: Flags
    gate: Floats
    crossing_of_gate: Ints


def find_passages(neighbours: Neighbours, barriers: Barriers) -> Passage:
    """Test the shortest link between each pair of neighbours against water and railways."""
    links = neighbours.links
    blocked = np.zeros(len(links), dtype=np.bool_)
    crossed = np.zeros(len(links), dtype=np.bool_)
    roads = barriers.passable_roads()
    for rows, half_width in (
        (barriers.blocking_water(), CHANNEL_HALF_WIDTH_M),
        (barriers.blocking_railways(), TRACK_HALF_WIDTH_M),
    ):
        if not rows.any():
            continue
        corridor = _corridor(barriers.geometry[rows], half_width)
        barred = np.flatnonzero(_barred(neighbours, corridor))
        if not len(barred):
            continue
        crossings = _crossings(barriers.geometry[roads], barriers.bridge[roads], corridor)
        free = np.setdiff1d(np.flatnonzero(~blocked), barred)
        opened = _opened(neighbours, barred, free, corridor, crossings)
        blocked[barred[~opened]] = True
        crossed[barred] = True
    return Passage(blocked, crossed & ~blocked)


def _corridor(geometry: Geometries, half_width: float) -> _Corridor:
    surface = geometry[shapely.get_dimensions(geometry) == 2]
    lines = as_lines(geometry[shapely.get_dimensions(geometry) == 1])
    area = shapely.union_all([*surface, *shapely.buffer(lines, half_width, quad_segs=2, cap_style="flat")])
    return _Corridor(lines, surface, area)


def _barred(neighbours: Neighbours, corridor: _Corridor) -> Flags:
    """(m,) links that pass over a line of the corridor or over more than a bank of its surfaces."""
    links, surface = neighbours.links, corridor.surface
    tree = shapely.STRtree(links)
    barred = np.zeros(len(links), dtype=np.bool_)
    barred[tree.query(corridor.lines, predicate="intersects")[1]] = True
    water, pair = tree.query(surface, predicate="intersects")
    over = shapely.length(shapely.intersection(links[pair], surface[water])) > MIN_WATER_CROSSED_M
    water, pair = water[over], pair[over]
    # Water that covers a building is an error of the data: it must not cut the building off.
    ends = shapely.point_on_surface(neighbours.footprints[neighbours.edges[pair]])
    dry = ~shapely.intersects(surface[water][:, None], ends).any(axis=1)
    barred[pair[dry]] = True
    return np.asarray(barred & (shapely.length(links) > TOUCHING_M))


def _crossings(roads: Geometries, bridge: Flags, corridor: _Corridor) -> _Crossings:
    """Pieces of road inside of the corridor, joined where they touch."""
    shapely.prepare(corridor.area)
    meets = shapely.intersects(corridor.area, roads)
    pieces, road = shapely.get_parts(shapely.intersection(roads[meets], corridor.area), return_index=True)
    road = road[shapely.get_dimensions(pieces) == 1]
    pieces = pieces[shapely.get_dimensions(pieces) == 1]
    touching = shapely.STRtree(pieces).query(pieces, predicate="intersects").T
    count, crossing = components(len(pieces), touching)
    order = np.argsort(crossing, kind="stable")
    geometry = shapely.multilinestrings(pieces[order], indices=crossing[order]) if count else pieces
    has_bridge = np.bincount(crossing, weights=bridge[meets][road], minlength=count) > 0
    ends = np.concatenate([shapely.get_point(pieces, 0), shapely.get_point(pieces, -1)])
    outline = shapely.boundary(corridor.area)
    shapely.prepare(outline)
    gate = shapely.dwithin(outline, ends, TOUCHING_M)
    return _Crossings(geometry, has_bridge, shapely.get_coordinates(ends[gate]), np.tile(crossing, 2)[gate])


def _opened(
    neighbours: Neighbours, barred: Ints, free: Ints, corridor: _Corridor, crossings: _Crossings
) -> Flags:
    """(r,) barred pairs that a crossing joins, given the pairs that nothing bars."""
    opened = np.zeros(len(barred), dtype=np.bool_)
    if not len(crossings.geometry):
        return opened
    links, borders = neighbours.links[barred], neighbours.borders(barred)
    tree = shapely.STRtree(borders)
    crossing, link = tree.query(crossings.geometry, predicate="dwithin", distance=OPENS_NEAREST_WITHIN_M)
    over = _passes_over(crossing, link, links, corridor, crossings)
    crossing, link = crossing[over], link[over]
    distance = shapely.distance(crossings.geometry[crossing], borders[link])
    opened[link[distance <= OPENS_WITHIN_M]] = True
    opened[link[_nearest(crossing, link, distance)]] = True
    # The nearest pair may lie on one side: a crossing joins two sides that nothing else joins as well.
    edges = neighbours.edges
    joined = np.concatenate([edges[free], edges[barred[opened]]])
    part = components(len(neighbours.footprints), joined)[1][edges[barred]]
    rows = np.flatnonzero((part[:, 0] != part[:, 1])[link])
    opened[link[rows[_nearest(crossing[rows], link[rows], distance[rows])]]] = True
    return opened


def _nearest(crossing: Ints, link: Ints, distance: Floats) -> Ints:
    """The row with the smallest distance for each crossing."""
    order = np.lexsort((link, distance, crossing))
    return np.asarray(order[np.unique(crossing[order], return_index=True)[1]])


def _passes_over(
    crossing: Ints, link: Ints, links: Geometries, corridor: _Corridor, crossings: _Crossings
) -> Flags:
    """Which crossings lead to the other side, as seen by the link: bridges, and roads with ends apart."""
    ends = shapely.get_coordinates(links).reshape(-1, 2, 2)
    along = ends[:, 1] - ends[:, 0]
    along /= np.maximum(np.hypot(*along.T), TOUCHING_M)[:, None]
    width = shapely.length(shapely.intersection(links, corridor.area))
    order = np.argsort(crossings.crossing_of_gate, kind="stable")
    gate = crossings.gate[order]
    count = np.bincount(crossings.crossing_of_gate, minlength=len(crossings.geometry))
    first = np.cumsum(count) - count
    over = crossings.bridge[crossing].copy()
    for at in np.flatnonzero(~over & (count[crossing] > 1)):
        one = crossing[at]
        reach = gate[first[one] : first[one] + count[one]] @ along[link[at]]
        over[at] = np.ptp(reach) >= MIN_SHARE_CROSSED * width[link[at]]
    return over
