"""Exact answers on one ground of few nodes: the best plan, or a proof that none exists."""

from typing import NamedTuple

import numpy as np

from partitioning.exact_kernels import MOST_NODES, Masks, beside, list_grids, tie_branches, tile
from partitioning.graph import Floats, Ints, Truths, build_graph
from partitioning.level import Level, Target


class Limits(NamedTuple):
    """When an exact search gives up: grids listed, sets visited while listing, sets looked at while
    tiling; and above how many nodes a grid, in the mean, it does not begin.
    """

    sets: int
    visits: int
    work: int
    nodes_a_grid: float = np.inf


_FEW = 40
"""Up to so many nodes an exact search is worth a try before any other."""
QUICK = Limits(20_000, 60_000, 2_000_000)
GLANCE = Limits(20_000, 2_000, 2_000_000, 8)
BRIEF = Limits(20_000, 60_000, 200_000)
"""Where an answer is asked for many times, and one may stay out."""
FULL = Limits(300_000, 6_000_000, 60_000_000)


_SLOTS = (1 << 12, 1 << 20)
"""Sizes of the table of rests: the large one takes ten milliseconds to lay out, and most answers do with the small."""


class Ground(NamedTuple):
    """Nodes that an exact search divides."""

    level: Level
    part: Ints
    """(members,) the node of each building, -1 = none."""
    group: Ints
    """(n,) nodes with the same number must share a grid, -1 = free."""
    xy: Floats
    """(members, 2) positions of the buildings, relative to the centroid like those of the level."""


class Answer(NamedTuple):
    """labels: grid of each node, None where no plan was found. proven: the best plan, or that there is none."""

    labels: Ints | None
    proven: bool


_SILENT = Answer(None, False)


def solve(ground: Ground, target: Target, limits: Limits) -> Answer:
    """The best division of a ground's nodes into target.grids connected sets within the bands, if few enough."""
    level = ground.level
    n = len(level.households)
    splits = _splits(level, target)
    digits = n + target.grids.bit_length() + max(splits, 0).bit_length()
    if n > min(MOST_NODES, limits.nodes_a_grid * target.grids) or digits > 64:
        return _SILENT
    order = _sweep(level)
    turned = _reorder(level, order)
    bonds = _bonds(turned, ground.group[order])
    bonds[:, 0] |= tie_branches(turned, target)
    about_centroids = target._replace(anchors=np.empty((0, 0, 2)))
    sets, counts, costs, first, complete = list_grids(
        turned, about_centroids, bonds, limits.sets, limits.visits
    )
    if not complete:
        return _SILENT
    bits = _bits(sets, n)
    if not bits.any(axis=0).all():
        return Answer(None, True)
    if len(target.anchors):
        rank = np.append(np.argsort(order), -1)  # -1: a building that is part of no node
        costs += target.inertia * beside(turned, sets, rank[ground.part], ground.xy)
    for slots in _SLOTS:
        listed = (sets, counts, costs, first)
        chosen, _, proven = tile(turned, target, listed, target.grids, splits, limits.work, slots)
        if proven:
            break
    if not len(chosen):
        return Answer(None, proven)
    labels = np.empty(n, dtype=np.int64)
    labels[order] = bits[chosen].argmax(axis=0)
    return Answer(labels, proven)


def covered_nodes(ground: Ground, target: Target) -> Truths:
    """(n,) nodes that may lie in a connected set within bands and bonds: all where these sets are too many to list."""
    n = len(ground.group)
    if n > MOST_NODES:
        return np.ones(n, dtype=np.bool_)
    limits, bonds = QUICK, _bonds(ground.level, ground.group)
    sets, _, _, _, complete = list_grids(ground.level, target, bonds, limits.sets, limits.visits)
    if not complete:
        return np.ones(n, dtype=np.bool_)
    covered: Truths = np.logical_or.reduce(_bits(sets, n))
    return covered


def _splits(level: Level, target: Target) -> int:
    """How often the estates of a level may be split, -1 where no division splits them more often than allowed."""
    splits = target.touches - level.estates
    return splits if splits < level.estates * (target.grids - 1) else -1


def _bonds(level: Level, group: Ints) -> Masks:
    """(n, 2) as masks: nodes that must be in the grid of a node, and nodes that must not."""
    pin = level.pin
    bit = np.uint64(1) << np.arange(len(pin), dtype=np.uint64)
    mates = (group[:, None] == group) & (group >= 0)
    foes = (pin[:, None] != pin) & (pin >= 0) & (pin[:, None] >= 0)
    foes[np.repeat(np.arange(len(pin)), np.diff(level.foe_ptr)), level.foe[:, 0]] |= level.foe[:, 1] > 0
    return np.stack([np.where(chosen, bit, np.uint64(0)).sum(axis=1) for chosen in (mates, foes)], axis=1)


def _bits(sets: Masks, n: int) -> Truths:
    """(s, n) whether a set holds a node."""
    held: Truths = (sets[:, None] >> np.arange(n, dtype=np.uint64)) & np.uint64(1) > 0
    return held


def _sweep(level: Level) -> Ints:
    """Nodes in the order of their position along the ground's longer axis, so that rests stay in one
    piece.
    """
    _, axes = np.linalg.eigh(np.cov(level.position.T) if len(level.position) > 1 else np.eye(2))
    return np.argsort(level.position @ axes[:, -1], kind="stable")


def _reorder(level: Level, order: Ints) -> Level:
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    graph = level.graph
    once = graph.owner < graph.neighbour
    edges = np.column_stack([rank[graph.owner[once]], rank[graph.neighbour[once]]])
    estate_ptr, estate = _reorder_rows(order, level.estate_ptr, level.estate)
    foe_ptr, foe = _reorder_rows(order, level.foe_ptr, level.foe)
    foe[:, 0] = rank[foe[:, 0]]
    return level._replace(
        graph=build_graph(len(order), edges, graph.cost[once]),
        households=level.households[order],
        counts=level.counts[order],
        moment=level.moment[order],
        position=level.position[order],
        estate_ptr=estate_ptr,
        estate=estate,
        stay=level.stay[order],
        pin=level.pin[order],
        foe_ptr=foe_ptr,
        foe=foe,
    )


def _reorder_rows(order: Ints, pointer: Ints, values: Ints) -> tuple[Ints, Ints]:
    """Compressed rows in another order: pointer and values."""
    length = np.diff(pointer)[order]
    after = np.concatenate([[0], np.cumsum(length)])
    at = np.arange(after[-1]) + np.repeat(pointer[order] - after[:-1], length)
    return after, values[at]


def is_small(nodes: int, grids: int = 0) -> bool:
    """Whether the exact search may answer before any other, for nodes that count; on more it does not even begin."""
    return nodes <= max(_FEW, min(MOST_NODES, GLANCE.nodes_a_grid * grids))


def first_try(level: Level) -> Limits:
    """Limits of the exact search before any other: generous where it is likely to answer."""
    return QUICK if len(level.households) <= _FEW else GLANCE
