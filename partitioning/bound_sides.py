"""Two sides of the ground that few borders join, as on both banks of a river: what contiguity adds to the bound.

A contiguous grid lies on one side, or holds both ends of a border that joins them.
"""

from typing import NamedTuple

import numpy as np

from partitioning.compiled import compiled
from partitioning.core import Core
from partitioning.cuts import Links, compress, least_cut, make_flow
from partitioning.graph import Floats, Ints, Truths
from partitioning.problem import Problem

_DIRECTIONS = 8
_ENDS = 0.3
"""Share of the buildings at either end of a direction that the sides must part."""

_MOST_CROSSINGS = 12
_FIXED = 1e6


class Sides(NamedTuple):
    """side: (n,) 0 or 1. crossings: (m, 2) ends of the borders that join them, -1 = without households; m = 0: no
    sides worth looking at.
    """

    side: Ints
    crossings: Ints


@compiled(cache=True)
def _part(links: Links, prices: Floats) -> tuple[float, Truths]:
    """Fewest links between the ends that the prices fix, and the nodes of the first end's side."""
    flow = make_flow(links)
    return least_cut(links, prices, flow), flow.depth >= 0


def find_sides(problem: Problem, core: Core, counted: Truths) -> Sides:
    """Sides for the members with households: the fewest borders between two ends of the ground, of some directions.

    counted: (members,) those with households.
    """
    n = len(core.members)
    place = np.full(len(problem), -1, dtype=np.int64)
    place[core.members] = np.arange(n)
    edges = place[problem.edges]
    edges = edges[(edges >= 0).all(axis=1)]
    nothing = Sides(np.zeros(int(counted.sum()), dtype=np.int64), np.empty((0, 2), dtype=np.int64))
    if len(edges) == 0:
        return nothing
    links = compress(n, np.column_stack([edges, np.ones((len(edges), 2))]))
    ends, fewest, best = int(_ENDS * n), float(_MOST_CROSSINGS) + 0.5, None
    for turn in np.pi * np.arange(_DIRECTIONS) / _DIRECTIONS:
        order = np.argsort(problem.xy_m[core.members] @ [np.cos(turn), np.sin(turn)], kind="stable")
        prices = np.zeros(n)
        prices[order[:ends]], prices[order[n - ends :]] = -_FIXED, _FIXED
        cut, first = _part(links, prices)
        if cut + _FIXED * ends < fewest:
            fewest, best = cut + _FIXED * ends, first
    if best is None:
        return nothing
    crossing = edges[best[edges[:, 0]] != best[edges[:, 1]]]
    rank = np.where(counted, np.cumsum(counted) - 1, -1)
    crossings = np.unique(rank[crossing], axis=0)
    if (crossings < 0).all(axis=1).any():
        return nothing
    return Sides(best[counted].astype(np.int64), crossings)
