"""Compiled squares of ground that are quartered: where bounds look for the cheapest grid about any point.

A square is a row: its middle, its width, a value that nothing in it is below, and what else its quarters inherit.
"""

import numpy as np

from partitioning.compiled import compiled
from partitioning.graph import Floats


@compiled()
def first_square(most: int, further: int, xy: Floats) -> Floats:
    """(4 most + 1, 4 + further) room for the squares of so many quarterings; the first is around the points."""
    left, right = xy[:, 0].min(), xy[:, 0].max()
    bottom, top = xy[:, 1].min(), xy[:, 1].max()
    squares = np.zeros((4 * most + 1, 4 + further))
    squares[0, 0], squares[0, 1] = (left + right) / 2, (bottom + top) / 2
    squares[0, 2], squares[0, 3] = max(right - left, top - bottom) + 1e-9, -np.inf
    return squares


@compiled()
def quarter(squares: Floats, place: int, tail: int) -> int:
    """Put the quarters of a square at the end; returns where that is then."""
    width = squares[place, 2]
    for corner in range(4):
        squares[tail] = squares[place]
        squares[tail, 0] += (0.25 if corner % 2 else -0.25) * width
        squares[tail, 1] += (0.25 if corner // 2 else -0.25) * width
        squares[tail, 2] = width / 2
        tail += 1
    return tail
