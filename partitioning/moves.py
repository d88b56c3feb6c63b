"""Moves of one node between grids: what they change, whether they keep the ground together. Compiled."""

from typing import NamedTuple

import numpy as np

from partitioning.compiled import compiled
from partitioning.graph import Floats, Ints
from partitioning.level import Level, Target


class Standing(NamedTuple):
    """Where the annealing stands: the assignment and every sum that a proposal is judged by."""

    z: Ints
    """(n,) grid of each node."""
    sums: Ints
    """(K, columns) counts of each grid."""
    nodes: Ints
    """(K,) nodes of each grid."""
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
    touches: Ints
    """(1,) how often grids touch estates in all."""
    ties: Floats
    """(n, K) cost of the borders between a node and the nodes of a grid."""
    clash: Ints
    """(K,) pairs of buildings in the grid that must not share one; each counts as an excess of a mean grid."""


@compiled(inline=True)
def _excess(sums: Ints, k: int, counts: Ints, v: int, side: int, bands: Floats) -> float:
    """How far the counts of grid k with side times those of node v are outside their bands, in shares of the mean."""
    out = 0.0
    for c in range(sums.shape[1]):
        w = sums[k, c] + side * counts[v, c]
        if w < bands[c, 0]:
            out += (bands[c, 0] - w) / bands[c, 2]
        elif w > bands[c, 1]:
            out += (w - bands[c, 1]) / bands[c, 2]
    return out


@compiled(inline=True)
def _soft_cost(sums: Ints, k: int, counts: Ints, v: int, side: int, soft: Floats) -> float:
    """What the same counts cost under the soft bands."""
    cost = 0.0
    for i in range(len(soft)):
        c = int(soft[i, 0])
        w = sums[k, c] + side * counts[v, c]
        if w < soft[i, 1]:
            cost += soft[i, 3] * (soft[i, 1] - w)
        elif w > soft[i, 2]:
            cost += soft[i, 3] * (w - soft[i, 2])
    return cost


@compiled(allocates=False)
def _beside(target: Target, x: float, y: float) -> float:
    """Square of the distance between a centroid and the building nearest to it, by the raster."""
    anchors = target.anchors
    row = min(max(int((y - target.south) * target.cells_per_m), 0), anchors.shape[0] - 1)
    column = min(max(int((x - target.west) * target.cells_per_m), 0), anchors.shape[1] - 1)
    east, north = anchors[row, column, 0] - x, anchors[row, column, 1] - y
    return float(east * east + north * north)


@compiled(inline=True)
def grid_value(
    sums: Ints, k: int, counts: Ints, v: int, side: int, x: float, y: float, target: Target, penalty: float
) -> float:
    """What grid k with side (1, 0, -1) times node v adds to the objective, up to a constant, and to the penalty; x, y:
    its moments.
    """
    h = sums[k, 0] + side * counts[v, 0]
    off = h / target.h_mean - 1.0
    value: float = target.balance * off * off
    if penalty > 0.0:
        value += penalty * _excess(sums, k, counts, v, side, target.bands)
    if len(target.soft) > 0:
        value += _soft_cost(sums, k, counts, v, side, target.soft)
    if h > 0:
        value -= target.inertia * (x * x + y * y) / h
        if len(target.anchors) > 0:
            value += target.inertia * h * _beside(target, x / h, y / h)
    return value


@compiled(allocates=False)
def has_foe(level: Level, z: Ints, v: int, k: int) -> bool:
    """Whether grid k has a node that v must not share a grid with."""
    return _clashes(level, z, v, k) > 0


@compiled(allocates=False)
def _clashes(level: Level, z: Ints, v: int, k: int) -> int:
    """Pairs of buildings of node v and of grid k that must not share one."""
    pairs = 0
    for i in range(level.foe_ptr[v], level.foe_ptr[v + 1]):
        if z[level.foe[i, 0]] == k:
            pairs += level.foe[i, 1]
    return pairs


@compiled(inline=True)
def flip_delta(level: Level, target: Target, now: Standing, v: int, b: int, penalty: float) -> float:
    """Change of the penalised objective if node v goes to grid b."""
    z, sums, moments, worth = now.z, now.sums, now.moments, now.worth
    a = z[v]
    delta: float = target.border * (now.ties[v, a] - now.ties[v, b])
    counts, x, y = level.counts, level.moment[v, 0], level.moment[v, 1]
    delta += grid_value(sums, a, counts, v, -1, moments[a, 0] - x, moments[a, 1] - y, target, penalty)
    delta += grid_value(sums, b, counts, v, 1, moments[b, 0] + x, moments[b, 1] + y, target, penalty)
    delta -= worth[a, 0] + worth[b, 0] + penalty * (worth[a, 1] + worth[b, 1])
    touches = now.touches[0] - target.touches
    over = max(touches, 0)
    for i in range(level.estate_ptr[v], level.estate_ptr[v + 1]):
        e = level.estate[i]
        if now.touching[e, a] == 1:
            delta -= target.estate if e < level.estates else target.lock
            touches -= e < level.estates
        if now.touching[e, b] == 0:
            delta += target.estate if e < level.estates else target.lock
            touches += e < level.estates
    delta += penalty * (max(touches, 0) - over)
    if level.stay.shape[1] > 0:
        delta += target.moved * (level.stay[v, a] - level.stay[v, b])
    clash, spanned = now.clash[a] + now.clash[b], 0
    for i in range(level.foe_ptr[v], level.foe_ptr[v + 1]):
        k = z[level.foe[i, 0]]
        if k == b:
            clash += level.foe[i, 1]
            spanned += level.foe[i, 2]
        elif k == a:
            clash -= level.foe[i, 1]
            spanned -= level.foe[i, 2]
    delta += penalty * clash + target.gap * spanned
    return delta


@compiled(allocates=False)
def _weigh(level: Level, now: Standing, target: Target, k: int) -> None:
    """Renew the objective and the excess of one grid."""
    sums, counts = now.sums, level.counts
    now.worth[k, 0] = grid_value(sums, k, counts, 0, 0, now.moments[k, 0], now.moments[k, 1], target, 0.0)
    now.worth[k, 1] = _excess(sums, k, counts, 0, 0, target.bands) + now.clash[k]


@compiled(allocates=False)
def excess_of(target: Target, now: Standing, a: int, b: int) -> float:
    """Excess of two grids, and of all grids together."""
    excess: float = now.worth[a, 1] + now.worth[b, 1] + max(now.touches[0] - target.touches, 0)
    return excess


@compiled(allocates=False)
def flip(level: Level, target: Target, now: Standing, v: int, b: int) -> None:
    """Move node v to grid b and keep all sums and the list of cut slots."""
    z, cut, place = now.z, now.cut, now.place
    a = z[v]
    for c in range(now.sums.shape[1]):
        now.sums[a, c] -= level.counts[v, c]
        now.sums[b, c] += level.counts[v, c]
    now.nodes[a] -= 1
    now.nodes[b] += 1
    for axis in range(2):
        now.moments[a, axis] -= level.moment[v, axis]
        now.moments[b, axis] += level.moment[v, axis]
    for i in range(level.estate_ptr[v], level.estate_ptr[v + 1]):
        e = level.estate[i]
        now.touching[e, a] -= 1
        now.touching[e, b] += 1
        if e < level.estates:
            now.touches[0] += (now.touching[e, b] == 1) - (now.touching[e, a] == 0)
    for i in range(level.foe_ptr[v], level.foe_ptr[v + 1]):
        k = z[level.foe[i, 0]]
        if k == b:
            now.clash[b] += level.foe[i, 1]
        elif k == a:
            now.clash[a] -= level.foe[i, 1]
    _weigh(level, now, target, a)
    _weigh(level, now, target, b)
    z[v] = b
    cuts = now.cuts[0]
    for s in range(level.graph.indptr[v], level.graph.indptr[v + 1]):
        u = level.graph.neighbour[s]
        now.ties[u, a] -= level.graph.cost[s]
        now.ties[u, b] += level.graph.cost[s]
        is_cut = z[u] != b
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


@compiled(allocates=False)
def may_leave(level: Level, z: Ints, v: int, seen: Ints, stamp: int, queue: Ints) -> bool:
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
def stand(level: Level, target: Target, z: Ints) -> Standing:
    """The sums of an assignment, from scratch."""
    graph = level.graph
    slots = len(graph.owner)
    now = Standing(
        z,
        np.zeros((target.grids, level.counts.shape[1]), np.int64),
        np.zeros(target.grids, np.int64),
        np.zeros((target.grids, 2)),
        np.zeros((target.grids, 2)),
        np.zeros((level.estates + level.locks, target.grids), np.int32),
        np.empty(slots, np.int64),
        np.full(slots, -1, np.int64),
        np.zeros(1, np.int64),
        np.zeros(1, np.int64),
        np.zeros((len(z), target.grids)),
        np.zeros(target.grids, np.int64),
    )
    for v in range(len(z)):
        k = z[v]
        for c in range(level.counts.shape[1]):
            now.sums[k, c] += level.counts[v, c]
        now.nodes[k] += 1
        now.moments[k, 0] += level.moment[v, 0]
        now.moments[k, 1] += level.moment[v, 1]
        for i in range(level.estate_ptr[v], level.estate_ptr[v + 1]):
            now.touching[level.estate[i], k] += 1
        now.clash[k] += _clashes(level, z, v, k)
    now.touches[0] = (now.touching[: level.estates] > 0).sum()
    for k in range(target.grids):
        now.clash[k] //= 2
        _weigh(level, now, target, k)
    for s in range(slots):
        now.ties[graph.owner[s], z[graph.neighbour[s]]] += graph.cost[s]
        if z[graph.owner[s]] != z[graph.neighbour[s]]:
            now.cut[now.cuts[0]] = s
            now.place[s] = now.cuts[0]
            now.cuts[0] += 1
    return now


@compiled()
def measure(level: Level, target: Target, now: Standing) -> tuple[float, float]:
    """Excess over the bands and objective (up to a constant) of an assignment."""
    excess, value = now.worth[:, 1].sum() + max(now.touches[0] - target.touches, 0), now.worth[:, 0].sum()
    for i in range(now.cuts[0]):
        value += 0.5 * target.border * level.graph.cost[now.cut[i]]
    value += target.estate * now.touches[0]
    value += target.lock * (now.touching[level.estates :] > 0).sum()
    if level.stay.shape[1] > 0:
        for v in range(len(now.z)):
            value -= target.moved * level.stay[v, now.z[v]]
    for v in range(len(now.z)):
        for i in range(level.foe_ptr[v], level.foe_ptr[v + 1]):
            if now.z[level.foe[i, 0]] == now.z[v]:
                value += 0.5 * target.gap * level.foe[i, 2]
    return excess, value
