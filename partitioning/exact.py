"""Exact answers for few buildings: the best plan, or a proof that none exists.

Two grounds are looked at. The loose one admits every plan that the problem admits, and perhaps more: ground
without households joins whatever lies around it. No plan on it is a proof that there is none at all, and where
every building counts, every plan on it is one of the problem and the best of them the optimum. The strict one is
the level that the search works on: every plan on it is a plan of the problem.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from partitioning.core import Core
from partitioning.exact_kernels import MOST_NODES, Masks, list_grids, tile
from partitioning.graph import Ints, build_graph, components, merge_edges
from partitioning.joining import join_touching
from partitioning.level import Level, Target
from partitioning.levels import base_level
from partitioning.problem import Problem
from partitioning.rules import Rules

_MOST_GRIDS = 15


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
_GLANCE = Limits(20_000, 2_000, 2_000_000, 8)
FULL = Limits(300_000, 6_000_000, 60_000_000)


class Answer(NamedTuple):
    """labels: grid of each node, None where no plan was found. proven: the best plan, or that there is none.

    covered: (n,) whether some grid can hold the node, None where that is not known.
    """

    labels: Ints | None
    proven: bool
    covered: NDArray[np.bool_] | None


_SILENT = Answer(None, False, None)


def solve(level: Level, target: Target, limits: Limits, group: Ints | None = None) -> Answer:
    """The best division of a level's nodes into target.grids connected sets within the bands, if few enough.

    group: (n,) nodes of a group lie in one set, -1 = in none; None where every group is one node.
    """
    n = len(level.households)
    if n > min(MOST_NODES, limits.nodes_a_grid * target.grids) or target.grids > _MOST_GRIDS:
        return _SILENT
    if max(target.h_low, target.p_low) < 1:
        return _SILENT
    order = _sweep(level)
    turned = _reorder(level, order)
    bonds = _bonds(turned.pin, np.full(n, -1, dtype=np.int64) if group is None else group[order])
    sets, counts, costs, first, complete = list_grids(turned, target, bonds, limits.sets, limits.visits)
    if not complete:
        return _SILENT
    bits = (sets[:, None] >> np.arange(n, dtype=np.uint64)) & np.uint64(1)
    covered = np.empty(n, dtype=np.bool_)
    covered[order] = bits.any(axis=0)
    if not covered.all():
        return Answer(None, True, covered)
    chosen, _, proven = tile(turned, target, (sets, counts, costs, first), target.grids, limits.work)
    if not len(chosen):
        return Answer(None, proven, covered)
    labels = np.empty(n, dtype=np.int64)
    labels[order] = bits[chosen].argmax(axis=0)
    return Answer(labels, proven, covered)


def _bonds(pin: Ints, group: Ints) -> Masks:
    """(n, 2) as masks: nodes that must be in the grid of a node, and nodes that must not."""
    bit = np.uint64(1) << np.arange(len(pin), dtype=np.uint64)
    mates = (group[:, None] == group) & (group >= 0)
    foes = (pin[:, None] != pin) & (pin >= 0) & (pin[:, None] >= 0)
    return np.stack([np.where(chosen, bit, np.uint64(0)).sum(axis=1) for chosen in (mates, foes)], axis=1)


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
    touched = [level.estate[level.estate_ptr[v] : level.estate_ptr[v + 1]] for v in order]
    return level._replace(
        graph=build_graph(len(order), edges, graph.cost[once]),
        households=level.households[order],
        persons=level.persons[order],
        moment=level.moment[order],
        position=level.position[order],
        estate_ptr=np.concatenate([[0], np.cumsum([len(t) for t in touched])]).astype(np.int64),
        estate=np.concatenate(touched).astype(np.int64) if touched else level.estate,
        stay=level.stay[order],
        pin=level.pin[order],
    )


def first_try(level: Level) -> Limits:
    """Limits of the exact search before any other: generous where it is likely to answer."""
    return QUICK if len(level.households) <= _FEW else _GLANCE


class LooseGround(NamedTuple):
    """The ground that admits at least every plan; part: (members,) its node for each building, -1 = none."""

    level: Level
    part: Ints
    strict: bool
    """Whether it admits no more than the problem does."""
    group: Ints
    """Group of each node whose nodes must share a grid, -1 = none."""


def loose_ground(problem: Problem, rules: Rules, core: Core, level: Level) -> LooseGround:
    """Touching buildings that must share a grid as one node; buildings without counts become links between all
    that they touch. level: that of the search, on which nothing more is contracted where every building counts.
    """
    members = core.members
    part = join_touching(problem, members)
    group = np.full(int(part.max()) + 1, -1, dtype=np.int64)
    if problem.holds is not None:
        group[part] = problem.holds.group[members]
        level = base_level(problem, members, part, np.empty((len(members), 0)))
    else:
        level = level._replace(stay=np.empty((len(members), 0)))
    if _all_counted(problem, rules, members):
        return LooseGround(level, part, True, group)
    empty = level.households == 0
    if rules.persons is not None:
        empty &= level.persons == 0
    if not empty.any():
        return LooseGround(level, part, True, group)
    graph = level.graph
    edges = np.column_stack([graph.owner, graph.neighbour])
    _, patch = components(len(empty), edges[empty[edges].all(axis=1)])
    links = [edges[~empty[edges].any(axis=1)]]
    entering = edges[empty[edges[:, 1]] & ~empty[edges[:, 0]]]
    for number in np.unique(patch[empty]):
        around = np.unique(entering[patch[entering[:, 1]] == number, 0])
        links.append(np.stack(np.meshgrid(around, around), axis=-1).reshape(-1, 2))
    rank = np.where(empty, -1, np.cumsum(~empty) - 1)
    pairs = rank[np.concatenate(links)]
    kept, _ = merge_edges(np.arange((~empty).sum()), pairs, np.zeros(len(pairs)))
    pointer = np.zeros(int((~empty).sum()) + 1, dtype=np.int64)
    joined = level._replace(
        graph=build_graph(len(pointer) - 1, kept, np.zeros(len(kept))),
        households=level.households[~empty],
        persons=level.persons[~empty],
        moment=level.moment[~empty],
        position=level.position[~empty],
        estate_ptr=pointer,
        estate=np.empty(0, dtype=np.int64),
        estates=0,
        stay=np.empty((len(pointer) - 1, 0)),
        pin=level.pin[~empty],
    )
    return LooseGround(joined, rank[part], False, group[~empty])


def _all_counted(problem: Problem, rules: Rules, members: Ints) -> bool:
    """Whether every building has households, or persons where these have a rule."""
    counted = problem.households[members] > 0
    if rules.persons is not None and problem.persons is not None:
        counted |= problem.persons[members] > 0
    return bool(counted.all())
