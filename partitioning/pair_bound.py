"""Compiled bound on how much another split of two neighbouring grids can improve a plan.

Take one grid S of the two, T the other. About points s and t, centroids at most r and q away from them,

    inertia(S) + inertia(T) >= sum_S h (|x - s|^2 - r^2) + sum_T h (|x - t|^2 - q^2)

so that the least of border, estates and shape together is a least cut; households get a price (Lagrange) that keeps S
within its band and stands for the balance of the two. Boxes of where the centroid of S can be, and how many households
it can have, are halved where a better split may hide; the centroid of T follows from both. Contiguity, other
bands and soft rules are not looked at by the bound, but by the splits that it meets on its way.
"""

from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from partitioning.compiled import compiled
from partitioning.cuts import Flow, Links, least_cut, make_flow
from partitioning.graph import Floats, Ints, Truths
from partitioning.level import Level, Target
from partitioning.moves import measure, stand

FIXED = 1e4
"""Price of a node that has its side, far above all others."""

_NARROW = 0.7
"""Boxes are halved as long as the centroids matter by more than this share of what is missing, then nodes settled."""

_FINE = 1e6
"""Nodes are settled as well where the centroids matter by less than so many tolerances."""

_TURNS = 8
"""Prices of a household that are tried for a box."""


Sides = NDArray[np.int8]


class Room(NamedTuple):
    """Room for one bound, used again and again."""

    flow: Flow
    price: Floats
    own: Floats
    met: Truths
    """(n,) nodes of the first grid in the last cut."""
    many: Truths
    few: Truths
    """The same in the last cuts with too many and with too few households."""


class Pair(NamedTuple):
    """Two grids to split anew: the level of their nodes and what holds them together."""

    level: Level
    links: Links
    """Of the nodes, and of two more for every estate in several of them."""
    side: Sides
    """(n,) 1 and -1 = held in the first grid and in the second, 0 = free."""
    reach: Floats
    """(2, 2) least and most of where centroids can be: rows are the ends, columns the axes."""


@compiled()
def _other_end(box: Floats, total: float, moment: float, axis: int) -> tuple[float, float]:
    """Least and most of the other centroid along an axis: households and the first centroid in a box."""
    least, most = np.inf, -np.inf
    for c in (box[axis, 0], box[axis, 1]):
        for h in (box[2, 0], box[2, 1]):
            value = (moment - h * c) / max(total - h, 1e-9)
            least, most = min(least, value), max(most, value)
    return least, most


@compiled()
def _balance(target: Target, h: float, total: float) -> float:
    one, other = h / target.h_mean - 1.0, (total - h) / target.h_mean - 1.0
    return target.balance * (one * one + other * other)


@compiled()
def _least_balance(
    target: Target, price: float, low: float, high: float, total: float
) -> tuple[float, float]:
    """Least of balance less price times households of the first grid, and where."""
    if target.balance > 0:
        at = total / 2 + price * target.h_mean**2 / (4 * target.balance)
        at = min(max(at, low), high)
    else:
        at = high if price > 0 else low
    return _balance(target, at, total) - price * at, at


@compiled()
def _own_prices(pair: Pair, target: Target, box: Floats, own: Floats) -> tuple[float, float]:
    """What a node costs more in the first grid than in the other; what all cost in the other, estates and
    locks being touched once, and by how much the
    sum may be too low because the centroids are only known to lie in the box. Infinite where they cannot.
    """
    level = pair.level
    total = float(level.households.sum())
    moment = (level.moment[:, 0].sum(), level.moment[:, 1].sum())
    middle, slack = np.zeros((2, 2)), np.zeros(2)
    for axis in range(2):
        least, most = _other_end(box, total, moment[axis], axis)
        least, most = max(least, pair.reach[0, axis]), min(most, pair.reach[1, axis])
        if least > most + 1e-9:
            return np.inf, 0.0
        middle[0, axis], middle[1, axis] = (box[axis, 0] + box[axis, 1]) / 2, (least + most) / 2
        slack[0] += ((box[axis, 1] - box[axis, 0]) / 2) ** 2
        slack[1] += ((most - least) / 2) ** 2
    value = target.estate * level.estates + target.lock * level.locks
    own[:] = 0.0
    for v in range(len(level.households)):
        h = level.households[v]
        for grid, sign in ((0, 1.0), (1, -1.0)):
            x, y = middle[grid]
            cost = h * (x * x + y * y - slack[grid]) - 2 * (x * level.moment[v, 0] + y * level.moment[v, 1])
            own[v] += sign * target.inertia * cost
            if grid == 1:
                value += target.inertia * cost
    return value, target.inertia * total * max(slack[0], slack[1])


@compiled()
def _bound_box(
    pair: Pair, target: Target, box: Floats, side: Sides, enough: float, room: Room, guess: float
) -> tuple[float, float, float]:
    """A value that no split within the box is below, not worked out further once it is `enough`; and by how much it
    may be too low because the centroids are not known better; and the price of a household that gives it.

    side: (n,) as in Pair. guess: the price tried first. Leaves the last cuts with too many and too few households in
    the room.
    """
    level, n = pair.level, len(side)
    total = float(level.households.sum())
    value, slack = _own_prices(pair, target, box, room.own)
    room.many[:], room.few[:] = True, False
    if value == np.inf:
        return value, slack, guess
    bound, best, per_home, below, above = -np.inf, guess, guess, -np.inf, np.inf
    step = max(np.abs(room.own).sum() / max(total, 1.0), 1e-12) / 16
    for _ in range(_TURNS):
        fixed = 0.0
        room.price[:] = 0.0
        for v in range(n):
            room.price[v] = room.own[v] + per_home * level.households[v] - FIXED * side[v]
            if side[v] > 0:
                fixed += FIXED
        cut = least_cut(pair.links, room.price, room.flow) + fixed
        rest, at = _least_balance(target, per_home, box[2, 0], box[2, 1], total)
        if value + cut + rest > bound:
            bound, best = value + cut + rest, per_home
        taken = 0.0
        for v in range(n):
            room.met[v] = room.flow.depth[v] >= 0
            if room.met[v]:
                taken += level.households[v]
        within = per_home == 0.0 and target.balance == 0 and box[2, 0] <= taken <= box[2, 1]
        if within or abs(taken - at) < 0.5:
            room.many[:] = room.met
            room.few[:] = room.met
            break
        if taken > at:
            below = per_home
            room.many[:] = room.met
        else:
            above = per_home
            room.few[:] = room.met
        if bound >= enough:
            break
        if below == -np.inf:
            per_home = above - step
            step *= 4
        elif above == np.inf:
            per_home = below + step
            step *= 4
        else:
            per_home = (below + above) / 2
    return bound, slack, best


@compiled()
def _in_pieces(level: Level, z: Ints) -> bool:
    """Whether one of the two grids 0 and 1 is not connected, or empty."""
    n = len(z)
    seen, queue = np.zeros(n, np.bool_), np.empty(n, np.int64)
    for k in range(2):
        first, count = -1, 0
        for v in range(n):
            if z[v] == k:
                first, count = v, count + 1
        if count == 0:
            return True
        queue[0], head, tail = first, 0, 1
        seen[first] = True
        while head < tail:
            v = queue[head]
            head += 1
            for s in range(level.graph.indptr[v], level.graph.indptr[v + 1]):
                u = level.graph.neighbour[s]
                if z[u] == k and not seen[u]:
                    seen[u] = True
                    queue[tail] = u
                    tail += 1
        if tail < count:
            return True
    return False


@compiled()
def _widest(box: Floats, total: float, moment: Floats) -> int:
    """The side of a box whose halving brings the centroids nearest: an axis of the first, or households."""
    h = (box[2, 0] + box[2, 1]) / 2
    away = 0.0
    for axis in range(2):
        away = max(away, abs((box[axis, 0] + box[axis, 1]) / 2 - moment[axis] / total))
    widths = (
        box[0, 1] - box[0, 0],
        box[1, 1] - box[1, 0],
        (box[2, 1] - box[2, 0]) * total * away / max(total - h, 1.0) ** 2,
    )
    widest = 0
    for i in range(3):
        if widths[i] > widths[widest]:
            widest = i
    return widest


@compiled()
def _doubtful(level: Level, side: Sides, room: Room) -> int:
    """The free node that is best settled next, -1 = none is free.

    Where cuts with too many and too few households disagree: that of them with the dearest borders among them. Else a
    node at the border of the last cut.
    """
    best, dearest = -1, -1.0
    for v in range(len(side)):
        if side[v] != 0:
            continue
        open_ = room.many[v] and not room.few[v]
        cost = 1e-9
        for s in range(level.graph.indptr[v], level.graph.indptr[v + 1]):
            u = level.graph.neighbour[s]
            if open_ and room.many[u] and not room.few[u]:
                cost += level.graph.cost[s] + 1.0
            elif not open_ and room.met[u] != room.met[v]:
                cost += 1e-6 * (level.graph.cost[s] + 1.0)
        if open_:
            cost += 1.0
        if cost > dearest:
            best, dearest = v, cost
    return best


@compiled(cache=True)
def bound_pair(
    pair: Pair, target: Target, now: Ints, tolerance: float, work: int
) -> tuple[float, Ints, float]:
    """Least value that a split of the pair may have, and the best split met, with its value.

    now: (n,) 0 and 1, the split as it is. Values are shares of the objective up to a constant. Branch and bound, the
    lowest bound first: boxes are halved, or a node is given to either grid, until no bound is more than `tolerance`
    below the best split, or so many boxes were looked at.
    """
    level, n = pair.level, len(now)
    total = float(level.households.sum())
    moment = np.array([level.moment[:, 0].sum(), level.moment[:, 1].sum()])
    best = now.copy()
    _, best_value = measure(level, target, stand(level, target, best.copy()))
    flow = make_flow(pair.links)
    room = Room(
        flow,
        np.empty(len(flow.depth)),
        np.empty(n),
        np.empty(n, np.bool_),
        np.empty(n, np.bool_),
        np.empty(n, np.bool_),
    )
    boxes, sides = np.empty((2 * work + 2, 3, 2)), np.empty((2 * work + 2, n), np.int8)
    for axis in range(2):
        boxes[0, axis, 0], boxes[0, axis, 1] = pair.reach[0, axis], pair.reach[1, axis]
    boxes[0, 2, 0] = max(target.bands[0, 0], total - target.bands[0, 1], 0.0)
    boxes[0, 2, 1] = min(target.bands[0, 1], total - target.bands[0, 0], total)
    sides[0], homes = pair.side, np.zeros(2 * work + 2)
    heap = [(-np.inf, 0)]
    used, floor = 1, np.inf
    z = np.empty(n, np.int64)
    while len(heap) > 0:
        inherited, b = heap[0]
        if inherited >= best_value - tolerance or used >= 2 * work:
            floor = min(floor, inherited)
            break
        heappop(heap)
        enough = best_value - tolerance
        value, slack, per_home = _bound_box(pair, target, boxes[b], sides[b], enough, room, homes[b])
        value = max(inherited, value)
        if value >= enough:
            floor = min(floor, value)
            continue
        for v in range(n):
            z[v] = 0 if room.met[v] else 1
        excess, met = measure(level, target, stand(level, target, z.copy()))
        holds = excess <= 1e-9 and not _in_pieces(level, z)
        if holds and met < best_value - 1e-12:
            best[:] = z
            best_value = met
        node = -1
        if slack < max(_NARROW * (best_value - value), _FINE * tolerance):
            node = _doubtful(level, sides[b], room)
            if node < 0:
                if holds:
                    floor = min(floor, best_value)
                continue
        axis = _widest(boxes[b], total, moment)
        half = (boxes[b, axis, 0] + boxes[b, axis, 1]) / 2
        for child in range(2):
            boxes[used], sides[used], homes[used] = boxes[b], sides[b], per_home
            if node >= 0:
                sides[used, node] = 1 - 2 * child
            else:
                boxes[used, axis, 1 - child] = half
            heappush(heap, (value, used))
            used += 1
    return min(floor, best_value), best, best_value
