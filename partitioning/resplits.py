"""Compiled search by re-splits: two neighbouring grids become one ground, cut anew along a tree across it.

The tree grows by chance, dear borders first, so that the cut of one of its branches tends to follow cheap ones. All
cuts of a tree are weighed at once: sums over branches, the border of a branch by the lowest common ancestor of each
edge's ends, estates by the nodes above their parts. After DeFord, Duchin and Solomon, Recombination, Harvard Data
Science Review 3(1) 2021, who cut where the halves balance; here the objective decides.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from partitioning.annealing import PENALTY, keep, mean_change
from partitioning.chance import below, toss
from partitioning.compiled import compiled
from partitioning.graph import Floats, Ints
from partitioning.level import Level, Target
from partitioning.moves import Standing, excess_of, flip, grid_value, measure, stand

_PERIOD = 25
"""Re-splits between two changes of the penalty."""

_LEAST = 0.5
"""Share of the least households that a grid must have at the least for a cut to be weighed."""


class Tree(NamedTuple):
    """A tree across the ground of two grids; its nodes are numbered as they join it, parents first."""

    node: Ints
    """(n,) the node of the level."""
    rank: Ints
    """(n,) by node of the level: its number in the tree, -1 = not in it."""
    parent: Ints
    branch: Ints
    """(n,) whether the node lies in the branch that was cut off, as 1 and 0."""
    counts: Ints
    """(n, columns) of a node and of all below it, its branch."""
    moment: Floats
    """(n, 2) of the branch."""
    cut: Floats
    """(n,) border cost between the branch and the rest of the ground."""
    split: Floats
    """(n,) cost of the estates and locks of which some but not all lies in the branch."""
    estates: Ints
    """(n,) number of these estates."""
    wish: Floats
    """(n,) households of the branch that stay where they are in the plan in force if it becomes the first grid, less
    those that do if it becomes the second; without such a plan nodes that lie so now."""
    mark: Ints
    """(n,) the last estate that was counted."""
    frontier: Ints
    """(2m,) slots that lead out of the tree."""
    head: Ints
    """(estates,) first entry of an estate on the ground, -1 = none."""
    following: Ints
    """(entries,) next entry of the same estate."""
    holder: Ints
    """(entries,) number of the node of an entry."""


@compiled()
def _new_tree(level: Level) -> Tree:
    n, entries = len(level.households), len(level.estate)
    return Tree(
        np.empty(n, np.int64),
        np.full(n, -1, np.int64),
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        np.empty(level.counts.shape, np.int64),
        np.empty((n, 2)),
        np.empty(n),
        np.empty(n),
        np.empty(n, np.int64),
        np.zeros(n),
        np.empty(n, np.int64),
        np.empty(len(level.graph.owner), np.int64),
        np.full(level.estates + level.locks, -1, np.int64),
        np.empty(entries, np.int64),
        np.empty(entries, np.int64),
    )


@compiled(cache=True)
def anneal_splits(
    level: Level, target: Target, start: Ints, steps: int, heat: float, cold: float, state: NDArray[np.uint64]
) -> tuple[Ints, float, float]:
    """Anneal an assignment by re-splits; arguments and answer as in partitioning.annealing.anneal.

    Grids stay contiguous. Nodes that are held in a grid stay in it. The level may hold neither nodes that must not
    share a grid nor links over gaps.
    """
    now = stand(level, target, start.copy())
    excess, value = measure(level, target, now)
    if now.cuts[0] == 0:
        return now.z, excess, value
    best = now.z.copy()
    _run(level, target, now, _new_tree(level), best, (steps, heat, cold), excess, value, state)
    excess, value = measure(level, target, stand(level, target, best))
    return best, excess, value


@compiled(allocates=False)
def _run(
    level: Level,
    target: Target,
    now: Standing,
    tree: Tree,
    best: Ints,
    schedule: tuple[int, float, float],
    excess: float,
    value: float,
    state: NDArray[np.uint64],
) -> None:
    """The steps; excess and value are those of `now`. Leaves the best assignment in `best`."""
    steps, heat, cold = schedule
    scale = mean_change(level, target, now, state)
    temperature, cooling = heat * scale, (cold / heat) ** (1.0 / max(steps, 1))
    penalty, best_excess, best_value = PENALTY * scale, excess, value
    for step in range(steps):
        temperature *= cooling
        if step % _PERIOD == _PERIOD - 1:
            penalty = min(penalty * 1.2, 1e6) if excess > 1e-9 else max(penalty * 0.9, scale)
        slot = now.cut[below(state, now.cuts[0])]
        root = level.graph.owner[slot]
        a, b = now.z[root], now.z[level.graph.neighbour[slot]]
        size, border = _span(level, now.z, tree, root, a, b, state)
        both, cost = _add_up(level, target, now, tree, size, a, b)
        before = excess_of(target, now, a, b)
        old = target.border * border + cost + now.worth[a, 0] + now.worth[b, 0] + penalty * before
        old -= target.moved * _kept(level, now.z, tree, size, a, b)
        spare = target.touches - now.touches[0] + both
        i, first, new = _best_cut(level, target, now, tree, size, (a, b), spare, penalty)
        total = new - old
        if i >= 0 and abs(total) > 1e-12 and total <= temperature * toss(state):
            _cut_off(level, target, now, tree, size, i, (a, b) if first else (b, a))
            change = excess_of(target, now, a, b) - before
            excess += change
            value += total - penalty * change
            if excess < best_excess - 1e-9 or (excess < best_excess + 1e-9 and value < best_value - 1e-9):
                best_excess, best_value = excess, value
                keep(now.z, best)
        for i in range(size):
            tree.rank[tree.node[i]] = -1


@compiled(allocates=False)
def _span(
    level: Level, z: Ints, tree: Tree, root: int, a: int, b: int, state: NDArray[np.uint64]
) -> tuple[int, float]:
    """Span the ground of two grids by chance, the dearer of two borders first, with every node's own sums.

    Returns the number of nodes and the cost of the border between the two grids as they are.
    """
    graph, rank, cut = level.graph, tree.rank, tree.cut
    size, open_, v, border, above = 0, 0, root, 0.0, -1
    while v >= 0:
        i, own = size, z[v]
        size += 1
        _join(level, tree, i, v, above, (own, a, b))
        for s in range(graph.indptr[v], graph.indptr[v + 1]):
            u = graph.neighbour[s]
            j = rank[u]
            if j >= 0:
                cost = graph.cost[s]
                cut[i] += cost
                cut[j] += cost
                cut[_meet(tree.parent, i, j)] -= 2.0 * cost
                if z[u] != own:
                    border += cost
            elif z[u] == a or z[u] == b:
                tree.frontier[open_] = s
                open_ += 1
        v = -1
        while open_ > 0 and v < 0:
            f, g = below(state, open_), below(state, open_)
            if graph.cost[tree.frontier[g]] > graph.cost[tree.frontier[f]]:
                f = g
            s = tree.frontier[f]
            open_ -= 1
            tree.frontier[f] = tree.frontier[open_]
            if rank[graph.neighbour[s]] < 0:
                v, above = graph.neighbour[s], rank[graph.owner[s]]
    return size, border


@compiled(allocates=False)
def _join(level: Level, tree: Tree, i: int, v: int, above: int, grids: tuple[int, int, int]) -> None:
    """Let node v join the tree as number i; grids: its own, the first, the second."""
    own, a, b = grids
    tree.node[i], tree.rank[v], tree.parent[i] = v, i, above
    for c in range(tree.counts.shape[1]):
        tree.counts[i, c] = level.counts[v, c]
    tree.moment[i, 0], tree.moment[i, 1] = level.moment[v, 0], level.moment[v, 1]
    tree.split[i], tree.estates[i], tree.mark[i], tree.cut[i] = 0.0, 0, -1, 0.0
    tree.wish[i] = 1.0 if own == a else -1.0
    if level.stay.shape[1] > 0:
        tree.wish[i] = level.stay[v, a] - level.stay[v, b]
    for entry in range(level.estate_ptr[v], level.estate_ptr[v + 1]):
        e = level.estate[entry]
        tree.following[entry], tree.holder[entry], tree.head[e] = tree.head[e], i, entry


@compiled(allocates=False)
def _meet(parent: Ints, i: int, j: int) -> int:
    """The lowest node of the tree that two of its nodes lie below."""
    while i != j:
        if i > j:
            i = parent[i]
        else:
            j = parent[j]
    return i


@compiled(allocates=False)
def _add_up(
    level: Level, target: Target, now: Standing, tree: Tree, size: int, a: int, b: int
) -> tuple[int, float]:
    """Add up the sums from the ends of the tree to its root.

    Returns how many estates lie in both grids, and what these and the locks that do cost.
    """
    both, cost = 0, 0.0
    for i in range(size):
        v = tree.node[i]
        for entry in range(level.estate_ptr[v], level.estate_ptr[v + 1]):
            e = level.estate[entry]
            if tree.head[e] >= 0:
                price = target.estate if e < level.estates else target.lock
                _count_estate(tree, e, price, e < level.estates)
                if now.touching[e, a] > 0 and now.touching[e, b] > 0:
                    both += e < level.estates
                    cost += price
    for i in range(size - 1, 0, -1):
        j = tree.parent[i]
        for c in range(tree.counts.shape[1]):
            tree.counts[j, c] += tree.counts[i, c]
        tree.moment[j, 0] += tree.moment[i, 0]
        tree.moment[j, 1] += tree.moment[i, 1]
        tree.cut[j] += tree.cut[i]
        tree.wish[j] += tree.wish[i]
    return both, cost


@compiled(allocates=False)
def _count_estate(tree: Tree, e: int, price: float, is_estate: bool) -> None:
    """Count an estate (or lock) at all nodes whose branch has a part of it, but not all of it."""
    first = tree.head[e]
    tree.head[e] = -1
    top, entry = tree.holder[first], tree.following[first]
    while entry >= 0:
        top = _meet(tree.parent, top, tree.holder[entry])
        entry = tree.following[entry]
    tree.mark[top] = e
    entry = first
    while entry >= 0:
        i = tree.holder[entry]
        while tree.mark[i] != e:
            tree.mark[i] = e
            tree.split[i] += price
            tree.estates[i] += is_estate
            i = tree.parent[i]
        entry = tree.following[entry]


@compiled(allocates=False)
def _kept(level: Level, z: Ints, tree: Tree, size: int, a: int, b: int) -> float:
    """Households that stay in their grid of the plan in force less those that would in the other one, all of them
    being counted as if they lay in the second grid.
    """
    kept = 0.0
    if level.stay.shape[1] > 0:
        for i in range(size):
            v = tree.node[i]
            if z[v] == a:
                kept += level.stay[v, a] - level.stay[v, b]
    return kept


@compiled(allocates=False)
def _best_cut(
    level: Level,
    target: Target,
    now: Standing,
    tree: Tree,
    size: int,
    pair: tuple[int, int],
    spare: int,
    penalty: float,
) -> tuple[int, bool, float]:
    """The node whose branch to cut off (-1 = none), whether it becomes the first grid, and the two grids' value.

    spare: estates that may lie in both grids.
    """
    counts, x, y = tree.counts, tree.moment[0, 0], tree.moment[0, 1]
    h = counts[0, 0]
    fewest = _LEAST * min(target.bands[0, 0], h - target.bands[0, 1])
    held_a, held_b = _held(level, now.z, tree, size, pair[0]), _held(level, now.z, tree, size, pair[1])
    best, first, least = -1, False, np.inf
    for i in range(1, size):
        if counts[i, 0] < fewest or h - counts[i, 0] < fewest:
            continue
        value = target.border * tree.cut[i] + tree.split[i] + penalty * max(tree.estates[i] - spare, 0)
        xi, yi = tree.moment[i, 0], tree.moment[i, 1]
        value += grid_value(counts, i, counts, i, 0, xi, yi, target, penalty)
        value += grid_value(counts, 0, counts, i, -1, x - xi, y - yi, target, penalty)
        one, other = tree.wish[i], tree.wish[0] - tree.wish[i]
        if held_a >= 0 or held_b >= 0:
            a_below = held_a >= 0 and _meet(tree.parent, held_a, i) == i
            b_below = held_b >= 0 and _meet(tree.parent, held_b, i) == i
            if held_a >= 0 and held_b >= 0 and a_below == b_below:
                continue
            is_first = a_below if held_a >= 0 else not b_below
        else:
            is_first = one > other
        value -= target.moved * (one if is_first else other)
        if value < least:
            best, first, least = i, is_first, value
    return best, first, least


@compiled(allocates=False)
def _held(level: Level, z: Ints, tree: Tree, size: int, k: int) -> int:
    """Number in the tree of the node that is held in grid k, -1 = none."""
    for i in range(size):
        if level.pin[tree.node[i]] >= 0 and z[tree.node[i]] == k:
            return i
    return -1


@compiled(allocates=False)
def _cut_off(
    level: Level, target: Target, now: Standing, tree: Tree, size: int, i: int, pair: tuple[int, int]
) -> None:
    """Move the branch of node i to the first grid of the pair and the rest to the second."""
    tree.branch[0] = 0
    for j in range(1, size):
        tree.branch[j] = 1 if j == i else tree.branch[tree.parent[j]]
    for j in range(size):
        k = pair[0] if tree.branch[j] == 1 else pair[1]
        if now.z[tree.node[j]] != k:
            flip(level, target, now, tree.node[j], k)
