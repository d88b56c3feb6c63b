"""Walking distance over the neighbour graph, and a plane in which straight lines come closest to it."""

from typing import TYPE_CHECKING

import numpy as np

from partitioning.graph import Floats, Ints, components

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_LANDMARKS = 128
"""Buildings from which the ways to all others are measured; memory is so many times the number of buildings."""

_STEPS = 60
"""Steps towards less stress; more change little."""

_SHORTEST_M = 1e-3
"""Neighbours at one place are so far apart, since an edge without length is none to the search for ways."""


def walking_plane(xy_m: Floats, edges: Ints) -> Floats:
    """(n, 2) positions, metres, whose straight distances come closest to the walking distances over the graph.

    An edge is as long as the straight line between the two places. Landmark multidimensional scaling (de Silva and
    Tenenbaum, Sparse multidimensional scaling using landmark points, 2004), then less stress: the squared differences
    from the walking distances d to the landmarks, weighed by 1 / d^2, so that near ones count most, go down by
    majorization (Gansner, Koren and North, Graph drawing by stress majorization, 2004). Each part of the graph for
    itself, turned and put where it lies on the ground; parts of one or two buildings stay as they are.
    """
    plane = np.array(xy_m, dtype=np.float64)
    parts, part = components(len(xy_m), edges)
    for number in np.flatnonzero(np.bincount(part, minlength=parts) > 2):
        own = np.flatnonzero(part == number)
        place = np.full(len(xy_m), -1, dtype=np.int64)
        place[own] = np.arange(len(own))
        plane[own] = _embed(plane[own], place[edges[part[edges[:, 0]] == number]])
    return plane


def walking_distance_m(xy_m: Floats, edges: Ints, households: Ints, labels: Ints) -> float:
    """Mean walking distance of households to the medoid of their grid, metres: its building with the least distance to
    all its households. Ways may leave the grid. inf where a grid has no way to its medoid.
    """
    from scipy.sparse.csgraph import dijkstra  # slow to import, and only this needs it

    ways, total = _ways(xy_m, edges), 0.0
    for grid in np.unique(labels):
        own = np.flatnonzero(labels == grid)
        away = dijkstra(ways, directed=False, indices=own)[:, own]
        lived = households[own] > 0
        total += float((away[:, lived] @ households[own][lived]).min()) if lived.any() else 0.0
    return total / max(int(households.sum()), 1)


def _ways(xy_m: Floats, edges: Ints) -> "csr_array":
    from scipy.sparse import csr_array  # slow to import, and only walking distances need it

    length = np.maximum(np.sqrt(((xy_m[edges[:, 0]] - xy_m[edges[:, 1]]) ** 2).sum(axis=1)), _SHORTEST_M)
    return csr_array((length, (edges[:, 0], edges[:, 1])), shape=(len(xy_m), len(xy_m)))


def _embed(xy_m: Floats, edges: Ints) -> Floats:
    """Positions of the buildings of a connected graph."""
    away, chosen = _landmarks(xy_m, edges)
    square = away**2
    between = square[:, chosen]
    mean = between.mean(axis=1)
    gram = -0.5 * (between - mean[:, None] - mean + mean.mean())
    values, vectors = np.linalg.eigh(gram)
    values, vectors = values[-2:], vectors[:, -2:]
    scale = np.where(values > 1e-9 * values.max(), 1 / np.sqrt(np.maximum(values, 1e-300)), 0.0)
    plane = -0.5 * (square - mean[:, None]).T @ (vectors * scale)
    return _turn(_with_less_stress(plane, away, chosen), xy_m)


def _with_less_stress(plane: Floats, away: Floats, chosen: Ints) -> Floats:
    """Positions after some steps, half as long as those of the majorization, since all are made at once."""
    weight = 1 / np.maximum(away, _SHORTEST_M) ** 2
    weight[np.arange(len(chosen)), chosen] = 0.0
    weight /= weight.sum(axis=0)
    for _ in range(_STEPS):
        offset = plane - plane[chosen][:, None]
        stretch = away / np.maximum(np.sqrt((offset**2).sum(axis=2)), _SHORTEST_M)
        goal = np.einsum("kn,knd->nd", weight, plane[chosen][:, None] + stretch[:, :, None] * offset)
        plane = (plane + goal) / 2
    return plane


def _landmarks(xy_m: Floats, edges: Ints) -> tuple[Floats, Ints]:
    """(k, n) walking distances from k landmarks, each the farthest from those before it, and their places."""
    from scipy.sparse.csgraph import dijkstra  # slow to import, and only walking distances need it

    ways = _ways(xy_m, edges)
    near = dijkstra(ways, directed=False, indices=[0])[0]
    rows, chosen = [], []
    for _ in range(min(_LANDMARKS, len(xy_m))):
        chosen.append(int(near.argmax()))
        rows.append(dijkstra(ways, directed=False, indices=[chosen[-1]])[0])
        near = rows[0] if len(rows) == 1 else np.minimum(near, rows[-1])
    return np.array(rows), np.array(chosen)


def _turn(plane: Floats, xy_m: Floats) -> Floats:
    """The plane turned, or mirrored, to lie on the ground as well as it can, about the same middle (Procrustes)."""
    middle, ours = xy_m.mean(axis=0), plane - plane.mean(axis=0)
    left, _, right = np.linalg.svd(ours.T @ (xy_m - middle))
    turned: Floats = ours @ (left @ right) + middle
    return turned
