"""Compiled pricing for the bound on border and compactness together: the cheapest grid about a point, or about any.

About a point a grid costs half its border, its inertia about the point, the estates that it touches and what its
buildings are priced: a least cut between what is taken and the rest. An estate is a node that goes with each of its
buildings. A price of what the band counts keeps the band (Lagrangian): any such price
gives a value that no grid within the band is below.
"""

from typing import NamedTuple

import numpy as np

from partitioning.compiled import compiled
from partitioning.cuts import Flow, Links, least_cut, make_flow
from partitioning.graph import Floats, Truths
from partitioning.squares import first_square, quarter


class Country(NamedTuple):
    """Buildings that grids take, and what that costs, in units of the objective."""

    links: Links
    """Their borders, half the cost from either side; and from them to their estates, the nodes that follow."""
    xy: Floats
    """(n, 2) metres."""
    pull: Floats
    """(n,) cost of a square metre of distance between the building and the point."""
    touch: float
    """Cost of an estate that a grid touches."""
    mass: Floats
    """(n,) what the band counts."""
    low: float
    high: float
    most_pull: float
    """The most that the pulls of a grid add up to."""


class Finds(NamedTuple):
    """Cheap grids that differ."""

    at: Floats
    """(most, 2) the points that they are cheap about."""
    rate: Floats
    """(most,) price of mass."""
    value: Floats
    share: Floats
    """(most, n) the part of each building."""


class Room(NamedTuple):
    """Room for one pricing, used again and again."""

    flow: Flow
    cost: Floats
    """(n,) cost of taking a building."""
    price: Floats
    """(nodes,) the same with the price of mass, and that of an estate."""
    share: Floats
    """(n,) the part of each building that is taken."""
    met: Truths
    """(n,) the set that the value comes from."""
    over: Truths
    """(n,) the set with more than the band, or the end of it that counts, at the highest price of mass; and that with
    less at the lowest.
    """
    under: Truths


@compiled()
def make_room(country: Country) -> Room:
    """Room for pricing grids of a country."""
    n = len(country.mass)
    return Room(
        make_flow(country.links),
        np.empty(n),
        np.full(len(country.links.indptr) - 1, country.touch),
        np.empty(n),
        np.empty(n, np.bool_),
        np.empty(n, np.bool_),
        np.empty(n, np.bool_),
    )


@compiled()
def next_price(below: float, above: float, step: float) -> float:
    """The price of mass to try between two, of which either may be infinite; 0 where they are on both sides of it."""
    if below < 0.0 < above:
        return 0.0
    if np.isinf(above):
        return below + step
    if np.isinf(below):
        return above - step
    return (below + above) / 2


@compiled()
def keep_band(
    country: Country, prices: Floats, rate: float, cuts: int, enough: float, room: Room
) -> tuple[float, float, float, float]:
    """A value that no set within the band costs less than by room.cost, the price of mass that proves it, and what the
    last sets hold that were too heavy and too light for that price (infinite where none was).

    prices: what the size of steps goes by. rate: the price of mass to begin with. cuts: so many prices are tried,
    until the value is enough. Leaves the set that has the value in room.met, those too heavy and too light in
    room.over and room.under; all three are the same where one is neither.
    """
    n = len(prices)
    value, best, below, above = -np.inf, rate, -np.inf, np.inf
    most, least = -np.inf, np.inf
    room.over[:], room.under[:] = True, False
    step = max(abs(rate) / 8, 0.03 * np.abs(prices).sum() / country.mass.sum())
    for _ in range(cuts):
        for v in range(n):
            room.price[v] = room.cost[v] + rate * country.mass[v]
        found = least_cut(country.links, room.price, room.flow)
        found -= rate * (country.high if rate > 0.0 else country.low)
        held = 0.0
        for v in range(n):
            if room.flow.depth[v] >= 0:
                held += country.mass[v]
        if found > value:
            value, best = found, rate
            for v in range(n):
                room.met[v] = room.flow.depth[v] >= 0
        if held > country.high or (held >= country.low and rate < 0.0):
            below, most = rate, held
            for v in range(n):
                room.over[v] = room.flow.depth[v] >= 0
        elif held < country.low or rate > 0.0:
            above, least = rate, held
            for v in range(n):
                room.under[v] = room.flow.depth[v] >= 0
        else:
            room.over[:], room.under[:] = room.met, room.met
            return value, best, held, held
        if value >= enough:
            break
        rate = next_price(below, above, step)
        step *= 2
    return value, best, most, least


@compiled()
def cheapest_region(
    x: float, y: float, country: Country, prices: Floats, rate: float, cuts: int, enough: float, room: Room
) -> tuple[float, float]:
    """A value that the cost of no grid about a point is below, and the price of mass that proves it.

    rate, cuts, enough: see keep_band. The room's share is the grid that has the value, or what of a larger and a
    smaller one makes the end of the band.
    """
    n = len(prices)
    for v in range(n):
        square = (country.xy[v, 0] - x) ** 2 + (country.xy[v, 1] - y) ** 2
        room.cost[v] = country.pull[v] * square - prices[v]
    value, best, most, least = keep_band(country, prices, rate, cuts, enough, room)
    end = country.high if best > 0.0 else country.low
    part = (end - least) / (most - least) if least < end < most else 0.0
    for v in range(n):
        if part > 0.0:
            room.share[v] = (part if room.over[v] else 0.0) + (1.0 - part if room.under[v] else 0.0)
        else:
            room.share[v] = 1.0 if room.met[v] else 0.0
    return value, best


@compiled()
def make_finds(most: int, n: int) -> Finds:
    """Room for so many grids of n buildings."""
    return Finds(np.empty((most, 2)), np.empty(most), np.empty(most), np.empty((most, n)))


@compiled()
def follow(country: Country, prices: Floats, cuts: int, finds: Finds, count: int, room: Room) -> None:
    """Renew the finds under other prices; each goes to the centroid of its grid, about which that costs least."""
    for a in range(count):
        weight, x, y = 0.0, 0.0, 0.0
        for v in range(len(prices)):
            part = finds.share[a, v] * country.pull[v]
            weight += part
            x += part * country.xy[v, 0]
            y += part * country.xy[v, 1]
        if weight > 0.0:
            finds.at[a, 0], finds.at[a, 1] = x / weight, y / weight
        x, y = finds.at[a]
        found = cheapest_region(x, y, country, prices, finds.rate[a], cuts, np.inf, room)
        finds.value[a], finds.rate[a] = found
        finds.share[a] = room.share


@compiled()
def _note(
    finds: Finds, count: int, x: float, y: float, value: float, rate: float, share: Floats, near: float
) -> int:
    """Keep a find unless a cheaper one is near; returns how many there are."""
    place = count
    for a in range(count):
        if (finds.at[a, 0] - x) ** 2 + (finds.at[a, 1] - y) ** 2 < near * near:
            place = a
            break
    if place == len(finds.value) or (place < count and finds.value[place] <= value):
        return count
    finds.at[place, 0], finds.at[place, 1] = x, y
    finds.value[place], finds.rate[place] = value, rate
    finds.share[place] = share
    return max(count, place + 1)


@compiled()
def cheapest_region_anywhere(
    country: Country,
    prices: Floats,
    tolerance: float,
    cuts: int,
    most: int,
    keep: float,
    near: float,
    finds: Finds,
    room: Room,
) -> tuple[float, int]:
    """A value that no grid about its own centroid is below, by at most so many cuts a square; and how many finds were
    noted.

    Squares of ground are quartered where that may pay: a grid costs its pull times the square of the distance less
    about its centroid than about another point, so that a square of half diagonal r cannot hide a grid cheaper than
    its middle's value less most_pull r^2. tolerance: by how much the value may be too low. most: squares that are
    quartered. Grids at most `keep` above the cheapest so far are noted, one within `near` metres.
    """
    squares = first_square(most, 1, country.xy)
    head, tail, count, least, floor = 0, 1, 0, np.inf, np.inf
    while head < tail:
        x, y, width, lower, rate = squares[head]
        head += 1
        if lower < least - tolerance:
            hidden = country.most_pull * width * width / 2
            enough = least + max(hidden - tolerance, keep)
            value, rate = cheapest_region(x, y, country, prices, rate, cuts, enough, room)
            least = min(least, value)
            if value <= least + keep:
                count = _note(finds, count, x, y, value, rate, room.share, near)
            lower = max(lower, value - hidden)
        if lower >= least - tolerance or head >= most:
            floor = min(floor, lower)
            continue
        squares[head - 1, 3], squares[head - 1, 4] = lower, rate
        tail = quarter(squares, head - 1, tail)
    return floor, count
