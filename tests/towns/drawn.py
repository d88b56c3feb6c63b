"""Tiny towns that one can draw on paper: problems with round numbers, spaced 100 m apart."""

import numpy as np

from partitioning import Problem


def town(
    xy: list[tuple[float, float]],
    edges: list[tuple[int, int]],
    households: int | list[int],
    **more: object,
) -> Problem:
    """Buildings b0, b1, … at xy (in 100 m) with borders of 10 m that cost 10 m."""
    n = len(xy)
    counts = [households] * n if isinstance(households, int) else households
    return Problem(
        building_ids=[f"b{i}" for i in range(n)],
        households=counts,
        persons=more.pop("persons", None),
        xy_m=np.array(xy, dtype=float).reshape(n, 2) * 100,
        edges=edges,
        border_m=np.full(len(edges), 10.0),
        border_cost=more.pop("border_cost", np.full(len(edges), 10.0)),
        **more,
    )


def lattice(columns: int, rows: int, households: int | list[int] = 100, **more: object) -> Problem:
    """Buildings on a rectangle, row by row from the south-west; neighbours to the east and north.

    6 7 8
    3 4 5
    0 1 2
    """
    xy = [(float(x), float(y)) for y in range(rows) for x in range(columns)]
    east = [(y * columns + x, y * columns + x + 1) for y in range(rows) for x in range(columns - 1)]
    north = [(y * columns + x, (y + 1) * columns + x) for y in range(rows - 1) for x in range(columns)]
    return town(xy, east + north, households, **more)


def path(households: list[int], **more: object) -> Problem:
    """Buildings in a row from west to east."""
    n = len(households)
    return town([(float(i), 0.0) for i in range(n)], [(i, i + 1) for i in range(n - 1)], households, **more)


def ring(households: list[int], **more: object) -> Problem:
    """Buildings on a circle."""
    n = len(households)
    turn = 2 * np.pi * np.arange(n) / n
    xy = list(zip(np.cos(turn), np.sin(turn), strict=True))
    return town(xy, [(i, (i + 1) % n) for i in range(n)], households, **more)


def two_islands(west: list[int], east: list[int], **more: object) -> Problem:
    """Two rows of buildings with water between them and no bridge."""
    n, m = len(west), len(east)
    xy = [(float(i), 0.0) for i in range(n)] + [(n + 5.0 + i, 0.0) for i in range(m)]
    edges = [(i, i + 1) for i in range(n - 1)] + [(n + i, n + i + 1) for i in range(m - 1)]
    return town(xy, edges, west + east, **more)
