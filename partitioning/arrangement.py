"""Planar arrangements: lines noded on a fine grid, the faces between them, and what lies on either side."""

from typing import NamedTuple, Self

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array

from partitioning.graph import Floats, Ints

GRID_M = 1e-5
"""Every vertex lies on a grid of this width, so that faces share their vertices exactly."""


class Sides(NamedTuple):
    """The straight pieces between faces: each is stored once."""

    start: Floats
    """(s, 2) metres."""
    end: Floats
    """(s, 2) metres."""
    left: Ints
    """(s,) one face."""
    right: Ints
    """(s,) the face on the other side, or -1 for the outside."""

    @property
    def length_m(self) -> Floats:
        """(s,) metres."""
        return np.asarray(np.hypot(*(self.end - self.start).T))

    def lines(self) -> NDArray[np.object_]:
        """(s,) shapely lines."""
        return np.asarray(shapely.linestrings(np.stack([self.start, self.end], axis=1)))

    def of(self, owner: Ints) -> Self:
        """The sides between different owners, given the owner of each face (-1 = none)."""
        owner = np.append(owner, -1)
        left, right = owner[self.left], owner[self.right]
        apart = left != right
        return type(self)(self.start[apart], self.end[apart], left[apart], right[apart])


def faces_between(lines: NDArray[np.object_]) -> NDArray[np.object_]:
    """Faces that lines enclose, noded on the grid. Lines that end inside of a face do not cut it."""
    merged = shapely.line_merge(shapely.multilinestrings(lines))
    noded = shapely.union_all(np.array([merged]), grid_size=GRID_M)
    return np.asarray(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))))


def as_numbers(points: Floats) -> NDArray[np.complex128]:
    """(p,) points as one number each, so that they sort."""
    return np.ascontiguousarray(points).view(np.complex128).ravel()


def sides_of(faces: NDArray[np.object_]) -> Sides:
    """Sides of faces that tile an area and share their vertices."""
    rings, face_of_ring = shapely.get_rings(faces, return_index=True)
    vertices, ring = shapely.get_coordinates(rings, return_index=True)
    points, vertex = np.unique(as_numbers(vertices), return_inverse=True)
    inner = ring[1:] == ring[:-1]
    one, other, face = vertex[:-1][inner], vertex[1:][inner], face_of_ring[ring[:-1][inner]]
    low, high = np.minimum(one, other), np.maximum(one, other)
    order = np.lexsort((high, low))
    low, high, face = low[order], high[order], face[order]
    first = (
        np.append(True, (low[1:] != low[:-1]) | (high[1:] != high[:-1])) if len(low) else np.empty(0, bool)
    )
    at = np.flatnonzero(first)
    shared = np.append(~first[1:], False)[at] if len(at) else np.empty(0, bool)
    right = np.where(shared, face[np.minimum(at + 1, len(face) - 1)], -1) if len(at) else at
    xy = points.view(np.float64).reshape(-1, 2)
    return Sides(xy[low[at]], xy[high[at]], face[at].astype(np.int64), right.astype(np.int64))


def longest_neighbour(count: int, sides: Sides, weight: Floats, open_face: NDArray[np.bool_]) -> Ints:
    """(count,) for each face the neighbour with the heaviest common sides among the open ones, or -1.

    `weight` is (s, 2): what a side counts for its left and its right face. Of equal ones the lower is taken.
    """
    inner = sides.right >= 0
    left, right = sides.left[inner], sides.right[inner]
    rows, columns = np.concatenate([left, right]), np.concatenate([right, left])
    values = np.concatenate([weight[inner, 0], weight[inner, 1]])
    use = open_face[columns] & (rows != columns) & (values > 0)
    table = csr_array((values[use], (rows[use], columns[use])), shape=(count, count))
    table.sum_duplicates()
    row = np.repeat(np.arange(count), np.diff(table.indptr))
    order = np.lexsort((table.indices, -np.round(table.data, 6), row))
    heaviest = order[np.unique(row[order], return_index=True)[1]] if len(order) else order
    best = np.full(count, -1, dtype=np.int64)
    best[row[heaviest]] = table.indices[heaviest]
    return best
