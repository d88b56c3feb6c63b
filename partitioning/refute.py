"""Proofs, for grounds of any size, that a number of grids cannot be had: by what sums buildings make, by heavy
buildings that share no grid, by buildings that fit nowhere, and by cut nodes whose branches leave too much to one grid.

Finding none says nothing. They cost milliseconds: they are asked when a search has failed, and before one where it only
matters whether there is a plan.
"""

from typing import NamedTuple

import numpy as np

from partitioning.graph import Floats, Ints, Truths
from partitioning.level import Target
from partitioning.partners import find_lonely
from partitioning.terrain import Terrain

_MOST_SUM = 20_000
"""Up to so many households, or persons, a grid the sums that buildings make are looked through."""
_MOST_VISITS = 30_000
"""So many sets are looked at to find a grid for one node, ten times as many in all."""


class Limits(NamedTuple):
    """What is asked of so many grids; one column for each count."""

    grids: int
    low: Ints
    high: Ints


class Refutation(NamedTuple):
    """Why so many grids cannot be had.

    kind: a key of partitioning.texts.REASON_TEXTS. column: of the counts. value, limit: what comes out, and what may.
    nodes: concerned.
    """

    kind: str
    column: int
    value: int
    limit: int
    nodes: tuple[int, ...] = ()


def limits_of(target: Target) -> Limits:
    """The hard bands of a target."""
    return Limits(target.grids, target.low, target.high)


def refute(terrain: Terrain, limits: Limits) -> Refutation | None:
    """A proof that the ground has no such grids, None where none is found."""
    limits = limits._replace(high=np.minimum(limits.high, terrain.counts.sum(axis=0)))
    reached = [_sums(terrain, limits, column) for column in range(len(limits.low))]
    for column, (low, high) in enumerate(reached):
        if low > high:
            return Refutation("no_sum", column, 0, int(limits.low[column]))
    limits = limits._replace(
        low=np.array([low for low, _ in reached]), high=np.array([high for _, high in reached])
    )
    for column in range(len(limits.low)):
        total = int(terrain.counts[:, column].sum())
        least, most = limits.grids * int(limits.low[column]), limits.grids * int(limits.high[column])
        if not least <= total <= most:
            return Refutation("sums_total", column, total, least if total < least else most)
        found = _heavy(terrain, limits, column) or _light(terrain, limits, column)
        if found:
            return found
    return _fork(terrain, limits) or _no_partner(terrain, limits)


def _sums(terrain: Terrain, limits: Limits, column: int) -> tuple[int, int]:
    """The least and the most within a band that a set of nodes can add up to; (1, 0) where there is none."""
    low, high = int(limits.low[column]), int(limits.high[column])
    if high > _MOST_SUM:
        return low, high
    full = (1 << (high + 1)) - 1
    sums = 1
    for count in terrain.counts[:, column].tolist():
        sums |= (sums << count) & full if count <= high else 0
        if sums == full:
            return low, high
    sums >>= low
    if not sums:
        return 1, 0
    return low + (sums & -sums).bit_length() - 1, low + sums.bit_length() - 1


def _heavy(terrain: Terrain, limits: Limits, column: int) -> Refutation | None:
    """More grids than asked for are needed, since heavy nodes do not fit together.

    The bound L2 of bin packing (Martello and Toth, Discrete Applied Mathematics 28 1990): nodes above half the most
    share no grid, and only what room these leave, and further grids, are there for those of at least t.
    """
    high = int(limits.high[column])
    counts = np.sort(terrain.counts[:, column])
    sums = np.concatenate([[0], np.cumsum(counts)])
    half = int(np.searchsorted(counts, high // 2, side="right"))
    least = np.unique(np.concatenate([[0], counts[:half]]))
    start = np.searchsorted(counts, least)
    alone = np.maximum(np.searchsorted(counts, high - least, side="right"), half)
    room = (alone - half) * high - (sums[alone] - sums[half])
    more = np.maximum(-(-(sums[half] - sums[start] - room) // max(high, 1)), 0)
    needed = len(counts) - half + more
    best = int(needed.argmax())
    if needed[best] <= limits.grids:
        return None
    above = np.flatnonzero(terrain.counts[:, column] > high // 2)
    return Refutation("heavy_apart", column, int(needed[best]), limits.grids, tuple(above.tolist()))


def _light(terrain: Terrain, limits: Limits, column: int) -> Refutation | None:
    """Fewer grids than asked for can be filled, since light nodes fill none alone."""
    low = int(limits.low[column])
    counts = terrain.counts[:, column]
    light = counts[(counts > 0) & (counts < low)]
    most = int((counts >= low).sum())
    if low <= 0:
        return None
    if len(light):
        most += len(light) // -(-low // int(light.max()))
    return None if most >= limits.grids else Refutation("light_few", column, most, limits.grids)


def _fork(terrain: Terrain, limits: Limits) -> Refutation | None:
    """A cut node whose grid must take more than it may: of each branch what the most grids inside it do not hold."""
    wanted = np.flatnonzero(limits.low > 0)
    if not len(wanted) or not len(terrain.fork):
        return None
    inside = (terrain.branch_totals[:, wanted] // limits.low[wanted]).min(axis=1)
    left = np.maximum(terrain.branch_totals - inside[:, None] * limits.high, 0)
    taken = terrain.counts[terrain.fork].copy()
    np.add.at(taken, terrain.branch_fork, left)
    over: Floats = (taken - limits.high) / np.maximum(limits.high, 1)
    if over.max() > 0:
        place, column = (int(i) for i in np.unravel_index(int(over.argmax()), over.shape))
        node = int(terrain.fork[place])
        return Refutation("fork_heavy", column, int(taken[place, column]), int(limits.high[column]), (node,))
    if terrain.parts > 1:
        return None
    most = 1 + np.bincount(terrain.branch_fork, weights=inside, minlength=len(terrain.fork)).astype(np.int64)
    place = int(most.argmin())
    if most[place] >= limits.grids:
        return None
    column = int(wanted[0])
    return Refutation("fork_few", column, int(most[place]), limits.grids, (int(terrain.fork[place]),))


def _no_partner(terrain: Terrain, limits: Limits) -> Refutation | None:
    """Nodes that lie in no connected set within the bands."""
    counts, graph = terrain.counts, terrain.graph
    covered: Truths = np.all((counts >= limits.low) & (counts <= limits.high), axis=1)
    pairs = counts[graph.owner] + counts[graph.neighbour]
    kept = ((pairs >= limits.low) & (pairs <= limits.high)).all(axis=1)
    covered[graph.owner[kept]] = True
    lonely = find_lonely(graph, counts, limits.low, limits.high, covered, _MOST_VISITS)
    return Refutation("no_partner", 0, int(counts[lonely, 0]), 0, (lonely,)) if lonely >= 0 else None
