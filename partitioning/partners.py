"""Compiled search for a node that no connected set within the bands holds."""

import numpy as np

from partitioning.compiled import compiled
from partitioning.graph import Graph, Ints, Truths


@compiled()
def _keeps(sums: Ints, low: Ints, high: Ints) -> bool:
    kept = True
    for c in range(len(sums)):
        kept &= low[c] <= sums[c] <= high[c]
    return kept


@compiled()
def _fits(sums: Ints, more: Ints, high: Ints) -> bool:
    fits = True
    for c in range(len(sums)):
        fits &= sums[c] + more[c] <= high[c]
    return fits


@compiled(cache=True)
def find_lonely(graph: Graph, counts: Ints, low: Ints, high: Ints, covered: Truths, visits: int) -> int:
    """The first node that no connected set within the bands holds; -1 where there is none, -2 where that is not known.

    counts: (n, c); low, high: (c,). covered: (n,) nodes known to lie in one, to which those of every set found are
    added. visits: so many sets are looked at for one node, ten times as many in all.

    Each set is met once: a node's candidates are what its set touches, and one passed over is closed to the sets after.
    """
    n = len(counts)
    seen = np.zeros(n, np.bool_)
    waiting, chosen = np.empty(n, np.int64), np.empty(n, np.int64)
    at, end = np.empty(n + 1, np.int64), np.empty(n + 1, np.int64)
    sums = np.empty(counts.shape[1], np.int64)
    left = 10 * visits
    for root in range(n):
        if covered[root]:
            continue
        seen[root] = True
        waiting[0], at[0], end[0] = root, 0, 1
        sums[:] = 0
        depth, spent, found = 0, 0, False
        while depth >= 0 and not found:
            if at[depth] == end[depth]:
                depth -= 1
                if depth >= 0:
                    for i in range(end[depth], end[depth + 1]):
                        seen[waiting[i]] = False
                    sums -= counts[chosen[depth]]
                continue
            v = waiting[at[depth]]
            at[depth] += 1
            if not _fits(sums, counts[v], high):
                continue
            spent += 1
            if spent > visits or spent > left:
                return -2
            sums += counts[v]
            chosen[depth] = v
            at[depth + 1] = at[depth]
            top = end[depth]
            for s in range(graph.indptr[v], graph.indptr[v + 1]):
                u = graph.neighbour[s]
                if not seen[u]:
                    seen[u] = True
                    waiting[top] = u
                    top += 1
            end[depth + 1] = top
            depth += 1
            found = _keeps(sums, low, high)
        if not found:
            return root
        left -= spent
        for i in range(end[depth]):
            seen[waiting[i]] = False
        for i in range(depth):
            covered[chosen[i]] = True
    return -1
