"""Compiled search for cheap grids under prices of buildings: contiguous and within all bands.

Branch and bound over cases (partitioning.grid_cases).
"""

from heapq import heappop, heappush

import numpy as np

from partitioning.bound_regions import Country
from partitioning.compiled import compiled
from partitioning.graph import Floats, Truths
from partitioning.grid_cases import (
    Cases,
    Search,
    Tally,
    bound_case,
    cost_of_grid,
    doubtful,
    is_grid,
    make_cases,
    part_case,
    settle,
)

_NARROW = 3.0
"""A square is quartered as long as it hides more than so many times what is missing, then buildings are settled."""


@compiled(cache=True)
def cheapest_grid(
    country: Country, tally: Tally, prices: Floats, enough: float, work: int, search: Search, finds: Truths
) -> tuple[float, int]:
    """A value that no grid costs less than, its buildings' prices taken off; and how many finds were kept.

    enough: grids from this value on are not looked for. work: cases that are looked at, the least first. finds:
    (most, n) room for grids that are met below `enough`.
    """
    cases, met = make_cases(work, country), search.room.met
    heap = [(-np.inf, 0)]
    used, looked, kept, floor = 1, 0, 0, enough
    while len(heap) > 0:
        lower, case = heap[0]
        if lower >= enough or looked == work:
            return min(floor, lower), kept
        heappop(heap)
        looked += 1
        square, side = cases.squares[case], cases.sides[case]
        if not settle(country, tally, side, search):
            continue
        hidden = country.most_pull * square[2] ** 2 / 2
        value = bound_case(country, square, side, prices, enough + hidden, search)
        lower = max(lower, value - hidden)
        if lower >= enough:
            continue
        if kept < len(finds) and is_grid(country, tally, met, search):
            known = False
            for a in range(kept):
                known = known or np.array_equal(finds[a], met)
            if not known:
                finds[kept] = met
                kept += 1
        node = -1
        if hidden <= max(_NARROW * (enough - value), 1e-9):
            node = doubtful(country, side, search)
            if node < 0:
                floor = min(floor, _beside_prices(country, tally, side > 0, prices, search))
                continue
        first = used
        used = part_case(cases, case, node, used)
        for child in range(first, used):
            heappush(heap, (lower, child))
    return floor, kept


@compiled(cache=True)
def list_cheap_grids(
    country: Country,
    tally: Tally,
    prices: Floats,
    enough: float,
    work: int,
    search: Search,
    cases: Cases,
    tail: int,
    finds: Truths,
    kept: int,
) -> tuple[int, int]:
    """Go on finding all grids that cost less than `enough`, their buildings' prices taken off; returns how many cases
    are open then, 0 = all are found, and how many finds are kept, some of them perhaps more than once.

    work: cases that are looked at, the last first. cases: the `tail` that are open, and room for more (the first by
    make_cases). finds: (most, n) room, the first `kept` in use. Ends before that where there is no more room.
    """
    spare = len(cases.squares) - 1
    for _ in range(work):
        if tail == 0 or tail + 4 > spare or kept == len(finds):
            break
        tail -= 1
        cases.squares[spare], cases.sides[spare] = cases.squares[tail], cases.sides[tail]
        square, side = cases.squares[spare], cases.sides[spare]
        if not settle(country, tally, side, search):
            continue
        hidden = country.most_pull * square[2] ** 2 / 2
        value = bound_case(country, square, side, prices, enough + hidden, search)
        if value - hidden >= enough:
            continue
        node = doubtful(country, side, search)
        if node >= 0:
            tail = part_case(cases, spare, node if value < enough else -1, tail)
        elif _beside_prices(country, tally, side > 0, prices, search) < enough:
            finds[kept] = side > 0
            kept += 1
    return tail, kept


@compiled()
def _beside_prices(country: Country, tally: Tally, taken: Truths, prices: Floats, search: Search) -> float:
    """What a set costs beside its prices, infinite where it is no grid."""
    if not is_grid(country, tally, taken, search):
        return np.inf
    cost = cost_of_grid(country, tally, taken, search.touched)
    for v in range(len(taken)):
        if taken[v]:
            cost -= prices[v]
    return cost
