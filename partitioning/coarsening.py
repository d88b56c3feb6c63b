"""Compiled coarsening: pairs of nodes matched by heavy borders, and the level of the pairs."""

import numpy as np
from numpy.typing import NDArray

from partitioning.chance import uniform
from partitioning.compiled import compiled
from partitioning.graph import Floats, Graph, Ints
from partitioning.level import Level


@compiled(cache=True)
def match(level: Level, most: float, state: NDArray[np.uint64]) -> tuple[Ints, int]:
    """Heavy-edge matching: (n,) coarse node of each node, and how many there are.

    A pair shares a coarse node and has at most `most` households; nodes choose in an order of chance. Partners
    of the same estate come first; no two that are held in grids, must not share one or are linked over a gap, make a
    pair.
    """
    graph, weight, n = level.graph, level.households, len(level.households)
    order: Ints = np.arange(n)
    for i in range(n - 1, 0, -1):
        j = int(uniform(state) * (i + 1))
        order[i], order[j] = order[j], order[i]
    coarse = np.full(n, -1, dtype=np.int64)
    count = 0
    for place in range(n):
        v = int(order[place])
        if coarse[v] >= 0:
            continue
        partner, best, own = -1, -1.0, _only_estate(level, v)
        for s in range(graph.indptr[v], graph.indptr[v + 1]):
            u = graph.neighbour[s]
            apart = level.pin[u] >= 0 and level.pin[v] >= 0
            for i in range(level.foe_ptr[u], level.foe_ptr[u + 1]):
                apart |= level.foe[i, 0] == v
            if coarse[u] < 0 and weight[u] + weight[v] <= most and not apart:
                rating = graph.cost[s] / ((weight[u] + 1.0) * (weight[v] + 1.0))
                if own >= 0 and own == _only_estate(level, u):
                    rating *= 4.0
                if rating > best:
                    partner, best = u, rating
        coarse[v] = count
        if partner >= 0:
            coarse[partner] = count
        count += 1
    return coarse, count


@compiled()
def _only_estate(level: Level, v: int) -> int:
    """The estate that a node lies in, -1 for none or several."""
    at: int = level.estate_ptr[v]
    return level.estate[at] if level.estate_ptr[v + 1] - at == 1 else -1


@compiled(cache=True)
def contract(level: Level, part: Ints, nodes: int) -> Level:
    """The level whose nodes are the parts; part: (n,) 0..nodes-1, each used."""
    n = len(part)
    households, counts = (
        np.zeros(nodes, dtype=np.int64),
        np.zeros((nodes, level.counts.shape[1]), dtype=np.int64),
    )
    moment, position = np.zeros((nodes, 2)), np.zeros((nodes, 2))
    stay = np.zeros((nodes, level.stay.shape[1]))
    pin = np.full(nodes, -1, dtype=np.int64)
    size = np.zeros(nodes, dtype=np.int64)
    for v in range(n):
        c = part[v]
        size[c] += 1
        households[c] += level.households[v]
        for column in range(counts.shape[1]):
            counts[c, column] += level.counts[v, column]
        pin[c] = max(pin[c], level.pin[v])
        for axis in range(2):
            moment[c, axis] += level.moment[v, axis]
            position[c, axis] += level.position[v, axis]
        for k in range(stay.shape[1]):
            stay[c, k] += level.stay[v, k]
    for c in range(nodes):
        position[c, 0] /= size[c]
        position[c, 1] /= size[c]
    first, following = np.full(nodes, -1, dtype=np.int64), np.full(n, -1, dtype=np.int64)
    for v in range(n - 1, -1, -1):
        following[v], first[part[v]] = first[part[v]], v
    graph = _contract_graph(level.graph, part, nodes, first, following)
    pointer, estate = np.zeros(nodes + 1, dtype=np.int64), np.empty(len(level.estate), dtype=np.int64)
    seen, count = np.full(level.estates + level.locks, -1, dtype=np.int64), 0
    for c in range(nodes):
        v = first[c]
        while v >= 0:
            for i in range(level.estate_ptr[v], level.estate_ptr[v + 1]):
                e = level.estate[i]
                if seen[e] != c:
                    seen[e] = c
                    estate[count] = e
                    count += 1
            v = following[v]
        pointer[c + 1] = count
    foe_ptr, foe = _contract_foes(level, part, nodes, first, following)
    return Level(
        graph,
        households,
        counts,
        moment,
        position,
        pointer,
        estate[:count].copy(),
        level.estates,
        level.locks,
        stay,
        pin,
        foe_ptr,
        foe,
    )


@compiled()
def _contract_foes(level: Level, part: Ints, nodes: int, first: Ints, following: Ints) -> tuple[Ints, Ints]:
    """The foes of a part in compressed rows, pairs and links added up."""
    pointer, foe = np.zeros(nodes + 1, dtype=np.int64), np.zeros_like(level.foe)
    if len(level.foe) == 0:
        return pointer, foe
    at, count = np.full(nodes, -1, dtype=np.int64), 0
    for c in range(nodes):
        v = first[c]
        while v >= 0:
            for i in range(level.foe_ptr[v], level.foe_ptr[v + 1]):
                d = part[level.foe[i, 0]]
                if at[d] < pointer[c]:
                    at[d], foe[count, 0] = count, d
                    count += 1
                foe[at[d], 1] += level.foe[i, 1]
                foe[at[d], 2] += level.foe[i, 2]
            v = following[v]
        pointer[c + 1] = count
    return pointer, foe[:count].copy()


@compiled()
def _contract_graph(graph: Graph, part: Ints, nodes: int, first: Ints, following: Ints) -> Graph:
    """The graph of the parts, parallel edges added up. first, following: the nodes of each part, chained."""
    slots = len(graph.owner)
    indptr = np.zeros(nodes + 1, dtype=np.int64)
    owner, neighbour = np.empty(slots, dtype=np.int64), np.empty(slots, dtype=np.int64)
    cost: Floats = np.empty(slots)
    at, count = np.full(nodes, -1, dtype=np.int64), 0
    for c in range(nodes):
        v = first[c]
        while v >= 0:
            for s in range(graph.indptr[v], graph.indptr[v + 1]):
                d = part[graph.neighbour[s]]
                if d == c:
                    continue
                if at[d] < indptr[c]:
                    at[d] = count
                    owner[count], neighbour[count], cost[count] = c, d, 0.0
                    count += 1
                cost[at[d]] += graph.cost[s]
            v = following[v]
        indptr[c + 1] = count
    reverse = np.empty(count, dtype=np.int64)
    for s in range(count):
        if owner[s] < neighbour[s]:
            r = indptr[neighbour[s]]
            while neighbour[r] != owner[s]:
                r += 1
            reverse[s], reverse[r] = r, s
    return Graph(indptr, neighbour[:count].copy(), owner[:count].copy(), reverse, cost[:count].copy())


@compiled()
def overlay(graph: Graph, one: Ints, other: Ints) -> tuple[Ints, int]:
    """(n,) connected cell of each node when those in one grid by both of two assignments lie together, and how many."""
    n = len(one)
    cell, queue, count = np.full(n, -1, dtype=np.int64), np.empty(n, dtype=np.int64), 0
    for first in range(n):
        if cell[first] >= 0:
            continue
        cell[first], queue[0] = count, first
        head, tail = 0, 1
        while head < tail:
            v = queue[head]
            head += 1
            for s in range(graph.indptr[v], graph.indptr[v + 1]):
                u = graph.neighbour[s]
                if cell[u] < 0 and one[u] == one[v] and other[u] == other[v]:
                    cell[u], queue[tail] = count, u
                    tail += 1
        count += 1
    return cell, count
