"""Compiled exact search for few buildings: all grids that keep the bands, then the cheapest way to tile with
them.

Sets of nodes are bit masks, so that at most 60 nodes can be told apart.
"""

import numpy as np
from numpy.typing import NDArray

from partitioning.compiled import compiled
from partitioning.graph import Floats, Ints
from partitioning.level import Level, Target
from partitioning.moves import grid_value

MOST_NODES = 60

Masks = NDArray[np.uint64]
Grids = tuple[Masks, Ints, Floats, Ints]
Listed = tuple[Masks, Ints, Floats, Ints, bool]
_ONE = np.uint64(1)
_ZERO = np.uint64(0)
_HASH = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(40)


@compiled()
def _lowest(mask: np.uint64) -> int:
    """Number of the lowest bit that is set."""
    place = 0
    while not mask & _ONE:
        mask >>= _ONE
        place += 1
    return place


@compiled()
def _masks(level: Level) -> Masks:
    """Neighbours of each node as a mask."""
    near = np.zeros(len(level.households), dtype=np.uint64)
    for s in range(len(level.graph.owner)):
        near[level.graph.owner[s]] |= _ONE << np.uint64(level.graph.neighbour[s])
    return near


@compiled()
def _estates(level: Level) -> Masks:
    """Nodes of each estate, and of each lock that may be broken, as a mask."""
    estate = np.zeros(level.estates + level.locks, np.uint64)
    for v in range(len(level.households)):
        for i in range(level.estate_ptr[v], level.estate_ptr[v + 1]):
            estate[level.estate[i]] |= _ONE << np.uint64(v)
    return estate


@compiled()
def _cost(level: Level, target: Target, chosen: np.uint64, estate: Masks) -> float:
    """What a grid of the chosen nodes adds to the objective: half its border, its shape, gaps that it
    spans, estates that it touches.
    """
    sums, x, y, border, links = np.zeros((1, level.counts.shape[1]), np.int64), 0.0, 0.0, 0.0, 0
    left = chosen
    while left:
        v = _lowest(left)
        left &= left - _ONE
        for c in range(sums.shape[1]):
            sums[0, c] += level.counts[v, c]
        x += level.moment[v, 0]
        y += level.moment[v, 1]
        for s in range(level.graph.indptr[v], level.graph.indptr[v + 1]):
            if not (chosen >> np.uint64(level.graph.neighbour[s])) & _ONE:
                border += level.graph.cost[s]
        for i in range(level.foe_ptr[v], level.foe_ptr[v + 1]):
            if (chosen >> np.uint64(level.foe[i, 0])) & _ONE:
                links += level.foe[i, 2]
    cost = grid_value(sums, 0, level.counts, 0, 0, x, y, target, 0.0)
    cost += 0.5 * (target.border * border + target.gap * links)
    for e in range(len(estate)):
        if estate[e] & chosen:
            cost += target.estate if e < level.estates else target.lock
    return cost


@compiled()
def _above(sums: Ints, high: Floats) -> bool:
    """Whether any count is above its most."""
    over = False
    for c in range(len(sums)):
        over |= sums[c] > high[c]
    return over


@compiled()
def _below(sums: Ints, low: Floats) -> bool:
    """Whether any count is below its least."""
    under = False
    for c in range(len(sums)):
        under |= sums[c] < low[c]
    return under


@compiled(cache=True)
def tie_branches(level: Level, target: Target) -> Masks:
    """(n,) masks of the nodes that every grid of a node must hold as well, since nodes in one piece behind a cut node
    that do not make the least of a grid must go with that node.
    """
    n = len(level.households)
    near, low = _masks(level), target.bands[:, 0]
    ties = np.zeros(n, np.uint64)
    sums = np.empty(level.counts.shape[1], np.int64)
    for v in range(n):
        bit = _ONE << np.uint64(v)
        around = near[v]
        while around:
            branch = edge = around & (~around + _ONE)
            sums[:] = 0
            while edge:
                u = _lowest(edge)
                edge &= edge - _ONE
                for c in range(len(sums)):
                    sums[c] += level.counts[u, c]
                fresh = near[u] & ~(branch | bit)
                branch |= fresh
                edge |= fresh
            around &= ~branch
            if _below(sums, low):
                ties[v] |= branch
                left = branch
                while left:
                    u = _lowest(left)
                    left &= left - _ONE
                    ties[u] |= branch | bit
    return ties


@compiled(cache=True)
def list_grids(level: Level, target: Target, bonds: Masks, most: int, visits: int) -> Listed:
    """Every connected set of nodes that keeps bands and bonds, and its cost, up to `most` of them.

    bonds: (n, 2) masks of the nodes that a node must have with it, and of those that it must not. Returns (sets,
    counts, costs, first, complete): masks in the order of their lowest node, their (columns,) counts, their
    share of the objective, (n + 1,) where the sets of each lowest node start, and whether all were listed within
    that many visits. Every set is met once: nodes passed over are closed for the rest of the branch.
    """
    n = len(level.households)
    near = _masks(level)
    columns, low, high = level.counts.shape[1], target.bands[:, 0], target.bands[:, 1]
    estate = _estates(level)
    sets, counts, costs = np.empty(most, np.uint64), np.empty((most, columns), np.int64), np.empty(most)
    first = np.zeros(n + 1, np.int64)
    masks = np.empty((2 * n + 2, 5), np.uint64)
    sums = np.empty((2 * n + 2, columns), np.int64)
    own = np.empty(columns, np.int64)
    count = 0
    for root in range(n):
        first[root] = count
        bit = _ONE << np.uint64(root)
        later = ~(bit | (bit - _ONE))
        masks[0, 0], masks[0, 1], masks[0, 2] = bit, near[root] & later & ~bonds[root, 1], ~later ^ bit
        masks[0, 3], masks[0, 4] = bonds[root, 0], bonds[root, 1]
        sums[0] = level.counts[root]
        top = 1
        fresh = True
        while top > 0:
            visits -= 1
            if visits < 0 or count == most:
                first[root + 1 :] = count
                return sets[:count], counts[:count], costs[:count], first, False
            top -= 1
            chosen, open_, closed = masks[top, 0], masks[top, 1], masks[top, 2]
            own[:] = sums[top]
            wanted, barred = masks[top, 3], masks[top, 4]
            if _above(own, high) or wanted & (closed | barred) != _ZERO:
                fresh = False
                continue
            if fresh and wanted & ~chosen == _ZERO and not _below(own, low):
                sets[count], costs[count] = chosen, _cost(level, target, chosen, estate)
                counts[count] = own
                count += 1
            if open_ == _ZERO:
                fresh = False
                continue
            must = wanted & open_
            u = _lowest(must if must else open_)
            bit = _ONE << np.uint64(u)
            if not must:
                masks[top, 0], masks[top, 1], masks[top, 2] = chosen, open_ ^ bit, closed | bit
                top += 1
            barred |= bonds[u, 1]
            masks[top, 0] = chosen | bit
            masks[top, 1] = ((open_ ^ bit) | (near[u] & ~(closed | chosen | bit))) & ~barred
            masks[top, 2] = closed
            masks[top, 3], masks[top, 4] = wanted | bonds[u, 0], barred
            for c in range(columns):
                sums[top, c] = own[c] + level.counts[u, c]
            top += 1
            fresh = True
    first[n] = count
    return sets[:count], counts[:count], costs[:count], first, True


@compiled(cache=True)
def beside(level: Level, sets: Masks, node: Ints, xy: Floats) -> Floats:
    """(s,) what is added to the inertia of each set, households times m^2, where it counts about the building nearest
    to the centroid. node: of each building, -1 = of none; xy: where it stands, relative like the level.
    """
    added = np.zeros(len(sets))
    for s in range(len(sets)):
        h, x, y, left = 0.0, 0.0, 0.0, sets[s]
        while left:
            v = _lowest(left)
            left &= left - _ONE
            h += level.households[v]
            x += level.moment[v, 0]
            y += level.moment[v, 1]
        if h == 0.0:
            continue
        nearest = np.inf
        for i in range(len(node)):
            if node[i] >= 0 and (sets[s] >> np.uint64(node[i])) & _ONE:
                nearest = min(nearest, (xy[i, 0] - x / h) ** 2 + (xy[i, 1] - y / h) ** 2)
        added[s] = h * nearest
    return added


@compiled()
def _fits(level: Level, target: Target, near: Masks, rest: np.uint64, grids: int, sums: Ints) -> bool:
    """Whether the connected parts of the rest could be shared out over so many grids, by their counts.

    sums: (columns,) to work with.
    """
    fewest, most = 0, 0
    while rest:
        part = rest & (~rest + _ONE)
        edge = part
        sums[:] = 0
        while edge:
            v = _lowest(edge)
            edge &= edge - _ONE
            for c in range(len(sums)):
                sums[c] += level.counts[v, c]
            fresh = near[v] & rest & ~part
            part |= fresh
            edge |= fresh
        rest &= ~part
        low, high = 1, grids
        for c in range(len(sums)):
            least, greatest = int(target.bands[c, 0]), int(target.bands[c, 1])
            if sums[c] > 0:
                low = max(low, -(-sums[c] // greatest)) if greatest > 0 else grids + 1
            if least > 0:
                high = min(high, sums[c] // least)
        if low > high:
            return False
        fewest += low
        most += high
    return fewest <= grids <= most


@compiled()
def _slot(keys: Masks, key: np.uint64) -> int:
    """Where a key stands in the open table, or the free slot where it belongs."""
    at = int((key * _HASH) >> _SHIFT) & (len(keys) - 1)
    while keys[at] != _ZERO and keys[at] != key:
        at = (at + 1) & (len(keys) - 1)
    return at


@compiled()
def _parted(estate: Masks, chosen: np.uint64, left: np.uint64) -> int:
    """Estates that a set and what is left share."""
    count = 0
    for e in range(len(estate)):
        count += estate[e] & chosen != _ZERO and estate[e] & left != _ZERO
    return count


@compiled(cache=True)
def tile(
    level: Level, target: Target, listed: Grids, grids: int, splits: int, work: int, slots: int
) -> tuple[Ints, float, bool]:
    """The cheapest way to tile all nodes with so many of the listed sets; n nodes.

    splits: how often estates may be split, -1 = as often as need be. The numbers of nodes, of grids and of splits
    must together have at most 64 binary digits.

    Works through the sets that hold the lowest node left over; the cheapest end of every rest is kept in a
    table of so many slots, a power of two, so that each rest is worked out once. Returns (chosen, cost, complete):
    (grids,) places of the sets, empty where none was found, and whether the answer is proven within that many looks at
    a set and with that table.
    """
    sets, _, costs, first = listed
    near = _masks(level)
    keys, ends, tails = np.zeros(slots, np.uint64), np.empty(slots), np.empty(slots, np.int64)
    stored = 0
    rest = np.empty(grids + 1, np.uint64)
    at, until = np.zeros(grids + 1, np.int64), np.zeros(grids + 1, np.int64)
    best, pick = np.full(grids + 1, np.inf), np.full(grids + 1, -1, np.int64)
    spare = np.zeros(grids + 1, np.int64)
    estate = _estates(level)[: level.estates if splits >= 0 else 0]
    spare[0] = max(splits, 0)
    chosen, chosen_cost = np.empty(0, np.int64), np.inf
    top = np.uint64(len(level.households))
    high = top
    while grids >> int(high - top):
        high += _ONE
    everything = (_ONE << np.uint64(len(level.households))) - _ONE
    sums = np.empty(level.counts.shape[1], np.int64)
    if not _fits(level, target, near, everything, grids, sums):
        return chosen, chosen_cost, True
    rest[0] = everything
    at[0], until[0] = first[0], first[1]
    depth, spent = 0, 0.0
    while depth >= 0:
        if at[depth] == until[depth]:
            key = rest[depth] | np.uint64(grids - depth) << top | np.uint64(spare[depth]) << high
            slot = _slot(keys, key)
            keys[slot] = key
            ends[slot], tails[slot] = best[depth], pick[depth]
            stored += 1
            depth -= 1
            if depth >= 0:
                set_ = at[depth] - 1
                spent -= costs[set_]
                if ends[slot] + costs[set_] < best[depth]:
                    best[depth], pick[depth] = ends[slot] + costs[set_], set_
            continue
        set_ = at[depth]
        at[depth] += 1
        work -= 1
        if work < 0 or stored > 0.7 * slots:
            return chosen, chosen_cost, False
        if sets[set_] & ~rest[depth]:
            continue
        left = rest[depth] & ~sets[set_]
        to_go = grids - depth - 1
        slack = spare[depth] - _parted(estate, sets[set_], left)
        if slack < 0:
            continue
        end = np.inf
        if to_go == 0:
            if left:
                continue
            end = 0.0
        elif left == _ZERO:
            continue
        else:
            key = left | np.uint64(to_go) << top | np.uint64(slack) << high
            slot = _slot(keys, key)
            if keys[slot] == _ZERO:
                if _fits(level, target, near, left, to_go, sums):
                    spent += costs[set_]
                    depth += 1
                    rest[depth], best[depth], pick[depth] = left, np.inf, -1
                    spare[depth] = slack
                    low = _lowest(left)
                    at[depth], until[depth] = first[low], first[low + 1]
                    continue
                keys[slot], ends[slot], tails[slot] = key, np.inf, -1
                stored += 1
            end = ends[slot]
        if end + costs[set_] < best[depth]:
            best[depth], pick[depth] = end + costs[set_], set_
        if spent + costs[set_] + end < chosen_cost:
            chosen_cost = spent + costs[set_] + end
            chosen = np.empty(grids, np.int64)
            for i in range(depth + 1):
                chosen[i] = at[i] - 1
            for i in range(depth + 1, grids):
                slot = _slot(keys, left | np.uint64(grids - i) << top | np.uint64(slack) << high)
                chosen[i] = tails[slot]
                left &= ~sets[chosen[i]]
                slack -= _parted(estate, sets[chosen[i]], left)
    return chosen, chosen_cost, True
