"""The shape of a ground as far as proofs need it: neighbours, and the cut nodes with the branches behind them."""

from typing import NamedTuple

import numpy as np

from partitioning.graph import Graph, Ints


class Terrain(NamedTuple):
    """Counts and shape of n nodes; c columns of counts.

    A branch is what of a cut node's component is left in one piece without that node.
    """

    counts: Ints
    """(n, c)."""
    graph: Graph
    parts: int
    """Connected components."""
    fork: Ints
    """(f,) cut nodes."""
    branch_fork: Ints
    """(b,) place in fork of the cut node that the branch hangs on."""
    branch_totals: Ints
    """(b, c) counts of each branch."""


def survey(graph: Graph, counts: Ints) -> Terrain:
    """The cut nodes of a graph and the totals of their branches; counts: (n, c).

    Depth-first search with the lowest point that a subtree reaches (Tarjan, SIAM Journal on Computing 1(2) 1972).
    """
    n = len(counts)
    order, above, low = _search(graph, n)
    totals = counts.copy()
    for v in reversed(order):
        if above[v] >= 0:
            totals[above[v]] += totals[v]
    place = np.empty(n, dtype=np.int64)
    place[order] = np.arange(n)
    root = np.arange(n)
    for v in order:
        if above[v] >= 0:
            root[v] = root[above[v]]
    hangs = np.flatnonzero((above >= 0) & (low >= place[above]))
    inner = hangs[above[above[hangs]] >= 0]
    several = np.bincount(above[hangs], minlength=n)
    roots = (above < 0) & (several > 1)
    cut = roots | (np.bincount(above[inner], minlength=n) > 0)
    fork = np.flatnonzero(cut)
    number = np.cumsum(cut) - 1
    own = hangs[cut[above[hangs]]]
    behind = np.zeros_like(counts)
    np.add.at(behind, above[own], totals[own])
    rest = fork[above[fork] >= 0]
    beyond = totals[root[rest]] - behind[rest] - counts[rest]
    return Terrain(
        counts=counts,
        graph=graph,
        parts=int((above < 0).sum()),
        fork=fork,
        branch_fork=np.concatenate([number[above[own]], number[rest]]),
        branch_totals=np.concatenate([totals[own], beyond]),
    )


def _search(graph: Graph, n: int) -> tuple[Ints, Ints, Ints]:
    """Nodes in the order of a depth-first search, the parent of each (-1 = none), and the place in the order of the
    lowest node that its subtree touches.
    """
    near = [graph.neighbour[graph.indptr[v] : graph.indptr[v + 1]].tolist() for v in range(n)]
    place, above, low = [-1] * n, [-1] * n, [0] * n
    order: list[int] = []
    for start in range(n):
        if place[start] >= 0:
            continue
        place[start] = low[start] = len(order)
        order.append(start)
        path, at = [start], [0]
        while path:
            v = path[-1]
            if at[-1] < len(near[v]):
                u = near[v][at[-1]]
                at[-1] += 1
                if place[u] < 0:
                    above[u] = v
                    place[u] = low[u] = len(order)
                    order.append(u)
                    path.append(u)
                    at.append(0)
                elif u != above[v]:
                    low[v] = min(low[v], place[u])
            else:
                path.pop()
                at.pop()
                if path:
                    low[path[-1]] = min(low[path[-1]], low[v])
    return np.array(order, dtype=np.int64), np.array(above, dtype=np.int64), np.array(low, dtype=np.int64)
