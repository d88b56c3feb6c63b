"""Compiled annealing of an assignment on one level, with contiguous grids throughout."""

import numpy as np
from numpy.typing import NDArray

from partitioning.chance import uniform
from partitioning.compiled import compiled
from partitioning.graph import Ints
from partitioning.level import Level, Target
from partitioning.moves import Standing, flip, flip_delta, may_leave, measure, stand

_PENALTY = 40.0
"""First penalty of an excess of one mean grid, in mean absolute changes of a proposal."""


@compiled(cache=True)
def anneal(
    level: Level,
    target: Target,
    start: Ints,
    steps: int,
    share: float,
    heat: float,
    cold: float,
    state: NDArray[np.uint64],
) -> tuple[Ints, float, float]:
    """Anneal an assignment with contiguous grids; every grid stays contiguous and none empties.

    start: (n,) grid of each node. steps: proposals; share: further ones for each end of a
    cut border. heat, cold: first and last temperature, in mean absolute
    changes of a proposal. state: (1,) uint64 of the random numbers, advanced. Returns the best assignment,
    its excess over the hard rules (0 = all kept) and its objective up to a constant; less excess comes before a
    better objective. A proposal moves a node across a border; where the bands forbid that, it is paired with
    one that comes back across the same two grids. Nodes that are held in a grid stay.
    """
    n = len(start)
    now = stand(level, target, start.copy())
    excess, value = measure(level, target, now)
    best = start.copy()
    if now.cuts[0] == 0:
        return best, excess, value
    steps += int(share * now.cuts[0])
    seen, queue = np.zeros(n, np.int64), np.empty(n, np.int64)
    _walk(level, target, now, excess, value, steps, heat, cold, state, seen, queue, best)
    best_excess, best_value = measure(level, target, stand(level, target, best))
    return best, best_excess, best_value


@compiled(allocates=False)
def _walk(
    level: Level,
    target: Target,
    now: Standing,
    excess: float,
    value: float,
    steps: int,
    heat: float,
    cold: float,
    state: NDArray[np.uint64],
    seen: Ints,
    queue: Ints,
    best: Ints,
) -> None:
    """So many proposals from where `now` stands, with that excess and objective; the best assignment goes to `best`.

    seen: (n,) zeros, queue: (n,), both to work with.
    """
    z, graph, cut, n = now.z, level.graph, now.cut, len(best)
    best_excess, best_value, saved, stamp = excess, value, True, 0
    scale = 0.0
    for _ in range(64):
        s = cut[int(uniform(state) * now.cuts[0])]
        scale += abs(flip_delta(level, target, now, graph.owner[s], z[graph.neighbour[s]], 0.0)) / 64
    scale = max(scale, 1e-12)
    temperature, cooling = heat * scale, (cold / heat) ** (1.0 / max(steps, 1))
    penalty, period = _PENALTY * scale, max(n, 50)
    for step in range(steps):
        temperature *= cooling
        if step % period == period - 1:
            penalty = min(penalty * 1.2, 1e6) if excess > 1e-9 else max(penalty * 0.9, scale)
        s = cut[int(uniform(state) * now.cuts[0])]
        v, b = graph.owner[s], z[graph.neighbour[s]]
        a = z[v]
        if now.nodes[a] == 1 or level.pin[v] >= 0:
            continue
        total = flip_delta(level, target, now, v, b, penalty)
        limit = -temperature * np.log(1.0 - uniform(state)) if total > 0.0 else 0.0
        u = -1
        if total > limit:
            r = cut[int(uniform(state) * now.cuts[0])]
            u = graph.owner[r]
            if total > limit + penalty or z[u] != b or z[graph.neighbour[r]] != a or graph.neighbour[r] == v:
                continue
            if level.pin[u] >= 0:
                continue
        stamp += 1
        if not may_leave(level, z, v, seen, stamp, queue):
            continue
        before = now.worth[a, 1] + now.worth[b, 1] + max(now.touches[0] - target.touches, 0)
        flip(level, target, now, v, b)
        if u >= 0:
            total += flip_delta(level, target, now, u, a, penalty)
            stamp += 1
            if total > limit or not may_leave(level, z, u, seen, stamp, queue):
                flip(level, target, now, v, a)
                continue
            flip(level, target, now, u, a)
        change = now.worth[a, 1] + now.worth[b, 1] + max(now.touches[0] - target.touches, 0) - before
        excess += change
        value += total - penalty * change
        if excess < best_excess - 1e-9 or (excess < best_excess + 1e-9 and value < best_value - 1e-9):
            best_excess, best_value, saved = excess, value, False
        elif not saved:  # only now, since most best assignments are bettered by the next move
            _copy(z, best)
            best[v] = a
            if u >= 0:
                best[u] = b
            saved = True
    if not saved:
        _copy(z, best)


@compiled(allocates=False)
def _copy(source: Ints, to: Ints) -> None:
    for i in range(len(to)):
        to[i] = source[i]
