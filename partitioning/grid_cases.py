"""Compiled cases of the search for cheap grids: some buildings taken, some left, the centroid in a square of ground.

About the middle of the square a set costs no less than a least cut (partitioning.bound_regions), less what the square
hides. A case is parted into the quarters of its square, or by taking and leaving a building.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from partitioning.bound_regions import Country, Room, keep_band, make_room
from partitioning.compiled import compiled
from partitioning.graph import Floats, Ints, Truths
from partitioning.pair_bound import FIXED, Sides
from partitioning.squares import first_square, quarter

_CUTS = 5
"""Prices of mass that are tried for a case."""

_MANY = 100
"""A case takes the longer the more buildings there are, up to so many without patience."""


class Tally(NamedTuple):
    """What grids count and keep: every band, what soft bands and the balance cost them, and who is kept apart."""

    counts: Floats
    """(n, columns) of each building, households first."""
    low: Floats
    high: Floats
    soft: Floats
    """(soft bands, 4) the column that each counts, its least and most, and what one below or above costs."""
    mean: float
    """Households of a mean grid."""
    balance: float
    """Cost of the square of a relative deviation from that."""
    apart: Ints
    """(pairs, 2) buildings that no grid holds both of."""


class Search(NamedTuple):
    """Room for one search, used again and again."""

    room: Room
    seen: Truths
    queue: Ints
    touched: Truths
    """(estates,)"""


class Cases(NamedTuple):
    """Room for cases that are open."""

    squares: Floats
    """Rows of partitioning.squares, with the price of mass that is tried first."""
    sides: NDArray[np.int8]
    """(most, n) 1 = taken, -1 = left, 0 = open."""


def usual_cases(n: int) -> float:
    """Factor of work by the number of buildings: 1 for many, more for fewer."""
    return _MANY / min(n, _MANY)


@compiled(cache=True)
def make_search(country: Country) -> Search:
    """Room for searches in a country."""
    n = len(country.mass)
    return Search(
        make_room(country),
        np.empty(n, np.bool_),
        np.empty(n, np.int64),
        np.empty(len(country.links.indptr) - 1 - n, np.bool_),
    )


@compiled(cache=True)
def make_cases(most: int, country: Country) -> Cases:
    """Room for so many partings; the first case is that of every grid."""
    squares = first_square(most, 1, country.xy[country.pull > 0.0])  # a centroid is among those that pull
    return Cases(squares, np.zeros((len(squares), len(country.xy)), np.int8))


@compiled()
def bound_case(
    country: Country, square: Floats, side: Sides, prices: Floats, enough: float, search: Search
) -> float:
    """A value that no set that keeps the sides and the narrowest band costs less than about the middle of the square.

    The square gets the price of mass that proves it, and search.room.met the set.
    """
    room, fixed = search.room, 0.0
    for v in range(len(prices)):
        away = (country.xy[v, 0] - square[0]) ** 2 + (country.xy[v, 1] - square[1]) ** 2
        room.cost[v] = country.pull[v] * away - prices[v] - FIXED * side[v]
        if side[v] > 0:
            fixed += FIXED
    value, square[4], _, _ = keep_band(country, prices, square[4], _CUTS, enough - fixed, room)
    return value + fixed


@compiled()
def part_case(cases: Cases, place: int, node: int, tail: int) -> int:
    """Put the parts of a case at the end: with a building taken and left, or its quarters where node is -1; returns
    where the end is then.
    """
    if node < 0:
        end = quarter(cases.squares, place, tail)
    else:
        end = tail + 2
        cases.squares[tail:end] = cases.squares[place]
    cases.sides[tail:end] = cases.sides[place]
    if node >= 0:
        cases.sides[tail, node], cases.sides[tail + 1, node] = 1, -1
    return end


@compiled()
def _reach(country: Country, first: int, barred: Truths, search: Search) -> int:
    """Mark the buildings that can be reached from one without those barred; returns how many."""
    links = country.links
    search.seen[:] = False
    search.seen[first] = True
    search.queue[0] = first
    head, tail = 0, 1
    while head < tail:
        v = search.queue[head]
        head += 1
        for link in range(links.indptr[v], links.indptr[v + 1]):
            u = links.to[link]
            borders = u < len(barred) and not np.isinf(
                links.cost[link]
            )  # no border joins what is only held together
            if borders and not search.seen[u] and not barred[u]:
                search.seen[u] = True
                search.queue[tail] = u
                tail += 1
    return tail


@compiled()
def settle(country: Country, tally: Tally, side: Sides, search: Search) -> bool:
    """Leave buildings that no grid with those taken can hold; whether there may be one."""
    n, columns = tally.counts.shape
    for pair in range(len(tally.apart)):
        one, other = tally.apart[pair]
        if side[one] > 0 and side[other] > 0:
            return False
        if side[one] > 0:
            side[other] = -1
        elif side[other] > 0:
            side[one] = -1
    for v in range(n):
        if side[v] > 0:
            _reach(country, v, side < 0, search)
            for u in range(n):
                if not search.seen[u]:
                    if side[u] > 0:
                        return False
                    side[u] = -1
            break
    for c in range(columns):
        taken, open_ = 0.0, 0.0
        for v in range(n):
            if side[v] > 0:
                taken += tally.counts[v, c]
            if side[v] >= 0:
                open_ += tally.counts[v, c]
        if taken > tally.high[c] or open_ < tally.low[c]:
            return False
        for v in range(n):
            if side[v] == 0 and taken + tally.counts[v, c] > tally.high[c]:
                side[v] = -1
    return True


@compiled()
def is_grid(country: Country, tally: Tally, taken: Truths, search: Search) -> bool:
    """Whether buildings are contiguous, within all bands, and none of them to be kept apart."""
    first, size = -1, 0
    for v in range(len(taken)):
        if taken[v]:
            first = v
            size += 1
    if first < 0:
        return False
    for pair in range(len(tally.apart)):
        if taken[tally.apart[pair, 0]] and taken[tally.apart[pair, 1]]:
            return False
    for c in range(tally.counts.shape[1]):
        held = 0.0
        for v in range(len(taken)):
            if taken[v]:
                held += tally.counts[v, c]
        if held < tally.low[c] or held > tally.high[c]:
            return False
    return _reach(country, first, ~taken, search) == size


@compiled()
def cost_of_grid(country: Country, tally: Tally, taken: Truths, touched: Truths) -> float:
    """What a grid costs: half its border, its inertia about the centroid, the estates that it touches, its share of the
    balance, and what it is beside soft bands.
    """
    links, n = country.links, len(taken)
    weight, x, y, square, cost, households = 1e-300, 0.0, 0.0, 0.0, 0.0, 0.0
    touched[:] = False
    for v in range(n):
        if not taken[v]:
            continue
        households += tally.counts[v, 0]
        pull, along, up = country.pull[v], country.xy[v, 0], country.xy[v, 1]
        weight += pull
        x += pull * along
        y += pull * up
        square += pull * (along * along + up * up)
        for link in range(links.indptr[v], links.indptr[v + 1]):
            u = links.to[link]
            if u >= n:
                if not touched[u - n]:
                    cost += country.touch
                touched[u - n] = True
            elif not taken[u]:
                cost += links.cost[link]
    cost += tally.balance * (households / tally.mean - 1.0) ** 2
    for row in range(len(tally.soft)):
        held = 0.0
        for v in range(n):
            if taken[v]:
                held += tally.counts[v, int(tally.soft[row, 0])]
        cost += tally.soft[row, 3] * max(0.0, tally.soft[row, 1] - held, held - tally.soft[row, 2])
    return cost + square - (x * x + y * y) / weight


@compiled()
def doubtful(country: Country, side: Sides, search: Search) -> int:
    """The open building that is best settled next, -1 = none is open: of those that only the heavier of the last two
    sets holds, that with the dearest borders among them; else one at the border of the set.
    """
    links, over, under, met = country.links, search.room.over, search.room.under, search.room.met
    best, dearest = -1, -1.0
    for v in range(len(side)):
        if side[v] != 0:
            continue
        between = over[v] and not under[v]
        cost = 1.0 if between else 0.0
        for link in range(links.indptr[v], links.indptr[v + 1]):
            u = links.to[link]
            if u >= len(side) or np.isinf(links.cost[link]):
                continue
            if between and over[u] and not under[u]:
                cost += links.cost[link]
            elif not between and met[u] != met[v]:
                cost += 1e-6 * links.cost[link]
        if cost > dearest:
            best, dearest = v, cost
    return best
