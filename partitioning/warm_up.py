"""`python -m partitioning.warm_up`: compile the engine once, so that the first draw does not wait for it.

numba keeps the compiled code beside the sources and compiles again when they change. Set-up calls this.
"""

import numpy as np

from partitioning.engine import draw_grids
from partitioning.problem import Problem
from partitioning.rules import Rules


def warm_up() -> None:
    """Draw communities that need each of the searches: packings, exact divisions, annealing; with their bounds."""
    for side, households in ((3, 90), (5, 40), (12, 8)):
        draw_grids(_lattice(side, households), rules=Rules(grids=(4, 5), households=(150, 300), persons=None))


def _lattice(side: int, households: int) -> Problem:
    """side x side buildings with so many households each, in estates of two rows, 20 m apart."""
    place = np.arange(side * side).reshape(side, side)
    edges = np.concatenate(
        [np.column_stack([place[:, :-1].ravel(), place[:, 1:].ravel()]),
         np.column_stack([place[:-1].ravel(), place[1:].ravel()])]
    )  # fmt: skip
    x, y = place.ravel() % side, place.ravel() // side
    return Problem(
        place.ravel().tolist(),
        np.full(side * side, households),
        None,
        20.0 * np.column_stack([x, y]),
        edges,
        np.full(len(edges), 20.0),
        np.full(len(edges), 10.0),
        estates=y // 2,
    )


if __name__ == "__main__":
    warm_up()
