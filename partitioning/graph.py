"""Neighbour graphs as arrays: compressed rows, connected components, contraction."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]


class Graph(NamedTuple):
    """An undirected graph in compressed rows: every edge is stored once from each of its ends (a slot)."""

    indptr: Ints
    """(n + 1,) first slot of each node."""
    neighbour: Ints
    """(2m,) the node that a slot leads to."""
    owner: Ints
    """(2m,) the node that a slot starts from."""
    reverse: Ints
    """(2m,) the slot of the same edge from the other end."""
    cost: Floats
    """(2m,) cost of cutting the edge, metres."""


def build_graph(n: int, edges: Ints, cost: Floats) -> Graph:
    """Graph of n nodes from (m, 2) edges, each pair once, and their (m,) cutting costs."""
    m = len(edges)
    owner = np.concatenate([edges[:, 0], edges[:, 1]])
    neighbour = np.concatenate([edges[:, 1], edges[:, 0]])
    order = np.lexsort((neighbour, owner))
    place = np.empty(2 * m, dtype=np.int64)
    place[order] = np.arange(2 * m)
    indptr = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(owner, minlength=n), out=indptr[1:])
    return Graph(
        indptr=indptr,
        neighbour=neighbour[order],
        owner=owner[order],
        reverse=place[(order + m) % (2 * m)] if m else np.empty(0, dtype=np.int64),
        cost=np.concatenate([cost, cost])[order],
    )


def components(n: int, edges: Ints) -> tuple[int, Ints]:
    """Number of connected components of n nodes under (m, 2) edges, and the (n,) component of each node.

    Components are numbered by their first node. Roots hook onto smaller roots until no edge joins two of them:
    for a few hundred nodes several times faster than a detour over sparse matrices.
    """
    root = np.arange(n)
    a, b = edges[:, 0], edges[:, 1]
    while len(a):
        np.minimum.at(root, np.maximum(a, b), np.minimum(a, b))
        while not np.array_equal(root, above := root[root]):
            root = above
        a, b = root[a], root[b]
        apart = a != b
        a, b = a[apart], b[apart]
    first = root == np.arange(n)
    return int(first.sum()), (np.cumsum(first) - 1)[root]


def merge_edges(part: Ints, edges: Ints, cost: Floats) -> tuple[Ints, Floats]:
    """Edges between the parts of a contraction: inner edges are dropped, parallel ones added up.

    part: (n,) the part of each node. Returns (m', 2) edges with the smaller part first, and their costs.
    """
    ends = np.sort(part[edges], axis=1)
    outer = ends[:, 0] != ends[:, 1]
    if not outer.any():
        return np.empty((0, 2), dtype=np.int64), np.empty(0)
    parts = int(part.max()) + 1
    pair, place = np.unique(ends[outer, 0] * parts + ends[outer, 1], return_inverse=True)
    total = np.bincount(place, weights=cost[outer], minlength=len(pair))
    return np.column_stack([pair // parts, pair % parts]).astype(np.int64), total.astype(np.float64)
