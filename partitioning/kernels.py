"""Compiled search over one level of a ground: growing a start, and annealing it. Numba, integers seeded by
the caller.

A level is a graph of nodes; a node stands for one building or for several that move together. Everything that
the objective needs is additive over nodes, so that one kernel serves every level.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from partitioning.compiled import compiled
from partitioning.graph import Floats, Graph, Ints

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)


class Level(NamedTuple):
    """Nodes to divide. All positions are relative to the household-weighted centroid of the ground."""

    graph: Graph
    households: Ints
    persons: Ints
    moment: Floats
    """(n, 2) sum of households times position, metres."""
    position: Floats
    """(n, 2) mean position, metres."""
    estate_ptr: Ints
    """(n + 1,) compressed rows: the estates that a node touches."""
    estate: Ints
    estates: int
    """Number of estates."""
    stay: Floats
    """(n, K) households of the node that are in this grid in the plan in force; (n, 0) without one."""


class Target(NamedTuple):
    """What is asked for: bands and the coefficients of the objective (see partitioning.objective)."""

    grids: int
    h_low: int
    h_high: int
    p_low: int
    p_high: int
    h_mean: float
    p_mean: float
    border: float
    inertia: float
    balance: float
    estate: float
    moved: float


class Standing(NamedTuple):
    """Where the annealing stands: the assignment and every sum that a proposal is judged by."""

    z: Ints
    """(n,) grid of each node."""
    sums: Ints
    """(K, 3) households, persons, nodes of each grid."""
    moments: Floats
    """(K, 2) sum of households times position."""
    worth: Floats
    """(K, 2) the grid's part of the objective, its excess over the bands."""
    touching: Ints
    """(estates, K) nodes of an estate in a grid."""
    cut: Ints
    """Slots whose ends lie in different grids, in the first `cuts` places."""
    place: Ints
    """(2m,) where a slot stands in `cut`, -1 = not cut."""
    cuts: Ints
    """(1,) number of cut slots."""


_PENALTY = 40.0
"""First penalty of an excess of one mean grid, in mean absolute changes of a proposal."""


@compiled()
def _uniform(state: NDArray[np.uint64]) -> float:
    """Next number of splitmix64 in [0, 1)."""
    state[0] += _GAMMA
    z = state[0]
    z = (z ^ (z >> _S30)) * _MIX_1
    z = (z ^ (z >> _S27)) * _MIX_2
    return np.float64((z ^ (z >> _S31)) >> _S11) * 1.1102230246251565e-16


@compiled()
def _excess(h: float, p: float, target: Target) -> float:
    """How far a grid's counts are outside their bands, in shares of the mean."""
    out = 0.0
    if h < target.h_low:
        out += (target.h_low - h) / target.h_mean
    elif h > target.h_high:
        out += (h - target.h_high) / target.h_mean
    if p < target.p_low:
        out += (target.p_low - p) / target.p_mean
    elif p > target.p_high:
        out += (p - target.p_high) / target.p_mean
    return out


@compiled()
def grid_value(h: float, p: float, x: float, y: float, target: Target, penalty: float) -> float:
    """What one grid adds to the objective, up to a constant, and to the penalty."""
    off = h / target.h_mean - 1.0
    value = target.balance * off * off
    if penalty > 0.0:
        value += penalty * _excess(h, p, target)
    if h > 0:
        value -= target.inertia * (x * x + y * y) / h
    return value


@compiled()
def _flip_delta(level: Level, target: Target, now: Standing, v: int, b: int, penalty: float) -> float:
    """Change of the penalised objective if node v goes to grid b."""
    z, sums, moments, worth = now.z, now.sums, now.moments, now.worth
    a = z[v]
    border = 0.0
    for s in range(level.graph.indptr[v], level.graph.indptr[v + 1]):
        k = z[level.graph.neighbour[s]]
        if k == a:
            border += level.graph.cost[s]
        elif k == b:
            border -= level.graph.cost[s]
    delta: float = target.border * border
    h, p, x, y = level.households[v], level.persons[v], level.moment[v, 0], level.moment[v, 1]
    delta += grid_value(sums[a, 0] - h, sums[a, 1] - p, moments[a, 0] - x, moments[a, 1] - y, target, penalty)
    delta += grid_value(sums[b, 0] + h, sums[b, 1] + p, moments[b, 0] + x, moments[b, 1] + y, target, penalty)
    delta -= worth[a, 0] + worth[b, 0] + penalty * (worth[a, 1] + worth[b, 1])
    for i in range(level.estate_ptr[v], level.estate_ptr[v + 1]):
        e = level.estate[i]
        if now.touching[e, a] == 1:
            delta -= target.estate
        if now.touching[e, b] == 0:
            delta += target.estate
    if level.stay.shape[1] > 0:
        delta += target.moved * (level.stay[v, a] - level.stay[v, b])
    return delta


@compiled()
def _weigh(now: Standing, target: Target, k: int) -> None:
    """Renew the objective and the excess of one grid."""
    h, p = now.sums[k, 0], now.sums[k, 1]
    now.worth[k, 0] = grid_value(h, p, now.moments[k, 0], now.moments[k, 1], target, 0.0)
    now.worth[k, 1] = _excess(h, p, target)


@compiled()
def _flip(level: Level, target: Target, now: Standing, v: int, b: int) -> None:
    """Move node v to grid b and keep all sums and the list of cut slots."""
    z, cut, place = now.z, now.cut, now.place
    a = z[v]
    now.sums[a, 0] -= level.households[v]
    now.sums[b, 0] += level.households[v]
    now.sums[a, 1] -= level.persons[v]
    now.sums[b, 1] += level.persons[v]
    now.sums[a, 2] -= 1
    now.sums[b, 2] += 1
    for axis in range(2):
        now.moments[a, axis] -= level.moment[v, axis]
        now.moments[b, axis] += level.moment[v, axis]
    for i in range(level.estate_ptr[v], level.estate_ptr[v + 1]):
        now.touching[level.estate[i], a] -= 1
        now.touching[level.estate[i], b] += 1
    _weigh(now, target, a)
    _weigh(now, target, b)
    z[v] = b
    cuts = now.cuts[0]
    for s in range(level.graph.indptr[v], level.graph.indptr[v + 1]):
        is_cut = z[level.graph.neighbour[s]] != b
        if is_cut == (place[s] >= 0):
            continue
        for slot in (s, level.graph.reverse[s]):
            if is_cut:
                cut[cuts] = slot
                place[slot] = cuts
                cuts += 1
            else:
                cuts -= 1
                last = cut[cuts]
                cut[place[slot]] = last
                place[last] = place[slot]
                place[slot] = -1
    now.cuts[0] = cuts


@compiled()
def _may_leave(level: Level, z: Ints, v: int, seen: Ints, stamp: int, queue: Ints) -> bool:
    """Whether the grid of v stays contiguous without v: its neighbours there must reach each other."""
    graph, a = level.graph, z[v]
    wanted = 0
    first = -1
    for s in range(graph.indptr[v], graph.indptr[v + 1]):
        u = graph.neighbour[s]
        if z[u] == a:
            wanted += 1
            seen[u] = -stamp
            first = u
    if wanted <= 1:
        return wanted == 1
    seen[v] = stamp
    seen[first] = stamp
    queue[0] = first
    head, tail = 0, 1
    wanted -= 1
    while head < tail:
        w = queue[head]
        head += 1
        for s in range(graph.indptr[w], graph.indptr[w + 1]):
            u = graph.neighbour[s]
            if z[u] == a and seen[u] != stamp:
                if seen[u] == -stamp:
                    wanted -= 1
                    if wanted == 0:
                        return True
                seen[u] = stamp
                queue[tail] = u
                tail += 1
    return False


@compiled()
def _stand(level: Level, target: Target, z: Ints) -> Standing:
    """The sums of an assignment, from scratch."""
    graph = level.graph
    slots = len(graph.owner)
    now = Standing(
        z,
        np.zeros((target.grids, 3), np.int64),
        np.zeros((target.grids, 2)),
        np.zeros((target.grids, 2)),
        np.zeros((level.estates, target.grids), np.int32),
        np.empty(slots, np.int64),
        np.full(slots, -1, np.int64),
        np.zeros(1, np.int64),
    )
    for v in range(len(z)):
        k = z[v]
        now.sums[k, 0] += level.households[v]
        now.sums[k, 1] += level.persons[v]
        now.sums[k, 2] += 1
        now.moments[k, 0] += level.moment[v, 0]
        now.moments[k, 1] += level.moment[v, 1]
        for i in range(level.estate_ptr[v], level.estate_ptr[v + 1]):
            now.touching[level.estate[i], k] += 1
    for k in range(target.grids):
        _weigh(now, target, k)
    for s in range(slots):
        if z[graph.owner[s]] != z[graph.neighbour[s]]:
            now.cut[now.cuts[0]] = s
            now.place[s] = now.cuts[0]
            now.cuts[0] += 1
    return now


@compiled()
def _measure(level: Level, target: Target, now: Standing) -> tuple[float, float]:
    """Excess over the bands and objective (up to a constant) of an assignment."""
    excess, value = now.worth[:, 1].sum(), now.worth[:, 0].sum()
    for i in range(now.cuts[0]):
        value += 0.5 * target.border * level.graph.cost[now.cut[i]]
    value += target.estate * (now.touching > 0).sum()
    if level.stay.shape[1] > 0:
        for v in range(len(now.z)):
            value -= target.moved * level.stay[v, now.z[v]]
    return excess, value


@compiled(cache=True)
def anneal(
    level: Level, target: Target, start: Ints, steps: int, heat: float, cold: float, state: NDArray[np.uint64]
) -> tuple[Ints, float, float]:
    """Anneal an assignment with contiguous grids; every grid stays contiguous and none empties.

    start: (n,) grid of each node. steps: proposals. heat, cold: first and last temperature, in mean absolute
    changes of a proposal. state: (1,) uint64 of the random numbers, advanced. Returns the best assignment,
    its excess over the bands (0 = all kept) and its objective up to a constant; less excess comes before a
    better objective. A proposal moves a node across a border; where the bands forbid that, it is paired with
    one that comes back across the same two grids.
    """
    n = len(start)
    now = _stand(level, target, start.copy())
    z, graph, cut = now.z, level.graph, now.cut
    excess, value = _measure(level, target, now)
    best, best_excess, best_value = z.copy(), excess, value
    if now.cuts[0] == 0:
        return best, best_excess, best_value
    seen, queue, stamp = np.zeros(n, np.int64), np.empty(n, np.int64), 0
    scale = 0.0
    for _ in range(64):
        s = cut[int(_uniform(state) * now.cuts[0])]
        scale += abs(_flip_delta(level, target, now, graph.owner[s], z[graph.neighbour[s]], 0.0)) / 64
    scale = max(scale, 1e-12)
    temperature, cooling = heat * scale, (cold / heat) ** (1.0 / max(steps, 1))
    penalty, period = _PENALTY * scale, max(n, 50)
    for step in range(steps):
        temperature *= cooling
        if step % period == period - 1:
            penalty = min(penalty * 1.2, 1e6) if excess > 1e-9 else max(penalty * 0.9, scale)
        s = cut[int(_uniform(state) * now.cuts[0])]
        v, b = graph.owner[s], z[graph.neighbour[s]]
        a = z[v]
        if now.sums[a, 2] == 1:
            continue
        total = _flip_delta(level, target, now, v, b, penalty)
        limit = -temperature * np.log(1.0 - _uniform(state)) if total > 0.0 else 0.0
        u = -1
        if total > limit:
            r = cut[int(_uniform(state) * now.cuts[0])]
            u = graph.owner[r]
            if total > limit + penalty or z[u] != b or z[graph.neighbour[r]] != a or graph.neighbour[r] == v:
                continue
        stamp += 1
        if not _may_leave(level, z, v, seen, stamp, queue):
            continue
        before = now.worth[a, 1] + now.worth[b, 1]
        _flip(level, target, now, v, b)
        if u >= 0:
            total += _flip_delta(level, target, now, u, a, penalty)
            stamp += 1
            if total > limit or not _may_leave(level, z, u, seen, stamp, queue):
                _flip(level, target, now, v, a)
                continue
            _flip(level, target, now, u, a)
        change = now.worth[a, 1] + now.worth[b, 1] - before
        excess += change
        value += total - penalty * change
        if excess < best_excess - 1e-9 or (excess < best_excess + 1e-9 and value < best_value - 1e-9):
            best[:] = z
            best_excess, best_value = excess, value
    best_excess, best_value = _measure(level, target, _stand(level, target, best))
    return best, best_excess, best_value


@compiled(cache=True)
def grow(level: Level, start: Ints, grids: int, state: NDArray[np.uint64]) -> Ints:
    """Grow contiguous grids from what they hold: the lightest grid that can takes its nearest free neighbour.

    start: (n,) grid of each node, -1 = free; every component of the graph must hold a grid. Returns (n,)
    grids.
    """
    n = len(level.households)
    z = start.copy()
    free = 0
    weight = np.zeros(grids)
    centre = np.zeros((grids, 2))
    open_ = np.ones(grids, dtype=np.bool_)
    tiny = (level.households.sum() + 1.0) / (100.0 * n)
    for v in range(n):
        k = z[v]
        if k < 0:
            free += 1
            continue
        share = (level.households[v] + tiny) / (weight[k] + level.households[v] + tiny)
        weight[k] += level.households[v] + tiny
        centre[k] += share * (level.position[v] - centre[k])
    for _ in range(free):
        while True:
            a, best = -1, np.inf
            for k in range(grids):
                if open_[k] and weight[k] < best:
                    a, best = k, weight[k]
            if a < 0:
                return z
            v, nearest = -1, np.inf
            for s in range(len(level.graph.owner)):
                u = level.graph.neighbour[s]
                if z[level.graph.owner[s]] == a and z[u] < 0:
                    d = (level.position[u, 0] - centre[a, 0]) ** 2 + (
                        level.position[u, 1] - centre[a, 1]
                    ) ** 2
                    d *= 0.9 + 0.2 * _uniform(state)
                    if d < nearest:
                        v, nearest = u, d
            if v >= 0:
                break
            open_[a] = False
        z[v] = a
        share = (level.households[v] + tiny) / (weight[a] + level.households[v] + tiny)
        weight[a] += level.households[v] + tiny
        centre[a] += share * (level.position[v] - centre[a])
    return z


@compiled(cache=True)
def match(graph: Graph, weight: Ints, group: Ints, most: float, order: Ints) -> Ints:
    """Heavy-edge matching: (n,) coarse node of each node, pairs share one; pairs stay below `most`
    households.

    order: (n,) the sequence in which nodes choose. Partners of the same group (estate) come first.
    """
    n = len(weight)
    coarse = np.full(n, -1, dtype=np.int64)
    count = 0
    for v in order:
        if coarse[v] >= 0:
            continue
        partner, best = -1, -1.0
        for s in range(graph.indptr[v], graph.indptr[v + 1]):
            u = graph.neighbour[s]
            if coarse[u] < 0 and weight[u] + weight[v] <= most:
                rating = graph.cost[s] / ((weight[u] + 1.0) * (weight[v] + 1.0))
                if group[u] == group[v] and group[u] >= 0:
                    rating *= 4.0
                if rating > best:
                    partner, best = u, rating
        coarse[v] = count
        if partner >= 0:
            coarse[partner] = count
        count += 1
    return coarse
