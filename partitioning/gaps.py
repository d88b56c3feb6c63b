"""Links over the gaps between parts of the ground that do not touch."""

import numpy as np

from partitioning.graph import Floats, Ints, components

_BLOCK = 64
"""Buildings whose distances to all others are held at once."""


def shortest_links(xy_m: Floats, edges: Ints) -> Ints:
    """(parts - 1, 2) places of buildings: the links that join all parts with the least length in all.

    A spanning tree by Prim: the part that is nearest to those joined is joined next. As the links are a tree, a set
    that is connected with them has no two pieces on one part that are joined only across others.
    """
    n = len(xy_m)
    parts, part = components(n, edges)
    joined, fresh = part == 0, np.flatnonzero(part == 0)
    away, nearest = np.full(n, np.inf), np.full(n, -1, dtype=np.int64)
    links = []
    for _ in range(parts - 1):
        rest = np.flatnonzero(~joined)
        for block in np.array_split(fresh, -(-len(fresh) // _BLOCK)):
            gap = ((xy_m[rest][:, None] - xy_m[block][None]) ** 2).sum(axis=2)
            first = gap.argmin(axis=1)
            length = gap[np.arange(len(rest)), first]
            closer = length < away[rest]
            away[rest[closer]], nearest[rest[closer]] = length[closer], block[first[closer]]
        end = int(rest[away[rest].argmin()])
        links.append((int(nearest[end]), end))
        fresh = np.flatnonzero(part == part[end])
        joined[fresh] = True
    return np.array(links, dtype=np.int64).reshape(-1, 2)
