"""Compiled starts: seeds spread over the ground, and grids grown from what they hold."""

import numpy as np
from numpy.typing import NDArray

from partitioning.chance import uniform
from partitioning.compiled import compiled
from partitioning.graph import Ints
from partitioning.level import Level
from partitioning.moves import has_foe


@compiled(cache=True)
def spread_seeds(level: Level, component: Ints, shares: Ints, state: NDArray[np.uint64]) -> Ints:
    """(n,) grid of the seed nodes, -1 elsewhere: seeds of shares[c] grids in component c.

    Nodes held in a grid are its seeds. Any other seed is drawn by chance in proportion to households times squared
    distance to the nearest seed. Grids for which a component has no nodes left get none.
    """
    n = len(component)
    seeds = np.full(n, -1, dtype=np.int64)
    away = np.full(n, 1e12)
    grid = 0
    held = np.full(level.pin.max() + 1, -1, dtype=np.int64)
    for c in range(len(shares)):
        last_grid = grid + shares[c]
        for v in range(n):
            k = level.pin[v]
            if component[v] == c and k >= 0:
                if held[k] < 0:
                    held[k] = grid
                    grid += 1
                _seed(level, v, held[k], seeds, away)
        while grid < last_grid:
            whole, last = 0.0, -1
            for v in range(n):
                if component[v] == c and seeds[v] < 0:
                    whole += (level.households[v] + 1e-3) * away[v]
                    last = v
            left, pick = uniform(state) * whole, last
            for v in range(n):
                if component[v] == c and seeds[v] < 0:
                    left -= (level.households[v] + 1e-3) * away[v]
                    if left < 0.0:
                        pick = v
                        break
            if pick >= 0:
                _seed(level, pick, grid, seeds, away)
            grid += 1
    return seeds


@compiled()
def _seed(level: Level, pick: int, grid: int, seeds: Ints, away: NDArray[np.float64]) -> None:
    """Let a grid start from a node, and renew the squared distances to the nearest seed."""
    seeds[pick] = grid
    for v in range(len(away)):
        x = level.position[v, 0] - level.position[pick, 0]
        y = level.position[v, 1] - level.position[pick, 1]
        away[v] = min(away[v], x * x + y * y + 1e-9)


@compiled(cache=True)
def grow(level: Level, start: Ints, grids: int, state: NDArray[np.uint64]) -> Ints:
    """Grow contiguous grids from what they hold: the lightest grid that can takes its nearest free neighbour, none
    that it must not hold as long as some grid can take another.

    start: (n,) grid of each node, -1 = free; every component of the graph must hold a grid. Returns (n,)
    grids.
    """
    graph, n = level.graph, len(level.households)
    z = start.copy()
    first, following = np.full(grids, -1, dtype=np.int64), np.full(n, -1, dtype=np.int64)
    weight, centre = np.zeros(grids), np.zeros((grids, 2))
    open_ = np.ones(grids, dtype=np.bool_)
    tiny = (level.households.sum() + 1.0) / (100.0 * n)
    free, strict = 0, len(level.foe) > 0
    for v in range(n):
        k = z[v]
        if k < 0:
            free += 1
        else:
            _take(level, v, k, tiny, weight, centre)
            following[v], first[k] = first[k], v
    while free:
        a, least = -1, np.inf
        for k in range(grids):
            if open_[k] and weight[k] < least:
                a, least = k, weight[k]
        if a < 0 and strict:
            strict = False
            open_[:] = True
            continue
        if a < 0:
            return z
        v, nearest = -1, np.inf
        w = first[a]
        while w >= 0:
            for s in range(graph.indptr[w], graph.indptr[w + 1]):
                u = graph.neighbour[s]
                if z[u] < 0 and not (strict and has_foe(level, z, u, a)):
                    x, y = level.position[u, 0] - centre[a, 0], level.position[u, 1] - centre[a, 1]
                    d = (x * x + y * y) * (0.9 + 0.2 * uniform(state))
                    if d < nearest:
                        v, nearest = u, d
            w = following[w]
        if v < 0:
            open_[a] = False
            continue
        z[v] = a
        _take(level, v, a, tiny, weight, centre)
        following[v], first[a] = first[a], v
        free -= 1
    return z


@compiled()
def _take(
    level: Level,
    v: int,
    k: int,
    tiny: float,
    weight: NDArray[np.float64],
    centre: NDArray[np.float64],
) -> None:
    """Add a node to the weight and the centre of a grid."""
    weight[k] += level.households[v] + tiny
    share = (level.households[v] + tiny) / weight[k]
    centre[k, 0] += share * (level.position[v, 0] - centre[k, 0])
    centre[k, 1] += share * (level.position[v, 1] - centre[k, 1])
