"""Compiled search for the cheapest grid under prices of buildings: contiguous and within all bands.

Branch and bound: about a square of the ground that its centroid lies in, a grid with some buildings taken and some left
costs no less than a least cut (partitioning.bound_regions), less what the square hides. The least such value is looked
at first: its square is quartered, or a building is taken or left for good.
"""

from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np

from partitioning.bound_regions import Country, Room, make_room, next_price
from partitioning.compiled import compiled
from partitioning.cuts import least_cut
from partitioning.graph import Floats, Ints, Truths
from partitioning.pair_bound import FIXED, Sides

_NARROW = 0.7
"""A square is quartered as long as it hides more than this share of what is missing, then buildings are settled."""

_CUTS = 8
"""Prices of mass that are tried for a case."""


class Bands(NamedTuple):
    """Every band that a grid keeps."""

    counts: Floats
    """(n, columns) of each building."""
    low: Floats
    high: Floats


class Search(NamedTuple):
    """Room for one search, used again and again."""

    room: Room
    met: Truths
    """(n,) the set of buildings that the last bound comes from."""
    seen: Truths
    queue: Ints
    touched: Truths
    """(estates,)"""


@compiled(cache=True)
def make_search(country: Country) -> Search:
    """Room for searches in a country."""
    n = len(country.mass)
    return Search(
        make_room(country),
        np.empty(n, np.bool_),
        np.empty(n, np.bool_),
        np.empty(n, np.int64),
        np.empty(len(country.links.indptr) - 1 - n, np.bool_),
    )


@compiled()
def _bound_case(
    country: Country, square: Floats, side: Sides, prices: Floats, enough: float, search: Search
) -> tuple[float, float]:
    """A value that no set that keeps the sides and the narrowest band costs less than about the middle of the square,
    and the price of mass that proves it.
    """
    n, room, fixed = len(prices), search.room, 0.0
    for v in range(n):
        away = (country.xy[v, 0] - square[0]) ** 2 + (country.xy[v, 1] - square[1]) ** 2
        room.cost[v] = country.pull[v] * away - prices[v] - FIXED * side[v]
        if side[v] > 0:
            fixed += FIXED
    room.over[:], room.under[:] = True, False
    value, best, below, above = -np.inf, square[3], -np.inf, np.inf
    rate = best
    step = max(abs(rate) / 8, 0.03 * np.abs(prices).sum() / country.mass.sum())
    for _ in range(_CUTS):
        for v in range(n):
            room.price[v] = room.cost[v] + rate * country.mass[v]
        found = fixed + least_cut(country.links, room.price, room.flow)
        found -= rate * (country.high if rate > 0.0 else country.low)
        held = 0.0
        for v in range(n):
            if room.flow.depth[v] >= 0:
                held += country.mass[v]
        if found > value:
            value, best = found, rate
            for v in range(n):
                search.met[v] = room.flow.depth[v] >= 0
        if held > country.high or (held >= country.low and rate < 0.0):
            below = rate
            for v in range(n):
                room.over[v] = room.flow.depth[v] >= 0
        elif held < country.low or rate > 0.0:
            above = rate
            for v in range(n):
                room.under[v] = room.flow.depth[v] >= 0
        else:
            room.over[:] = search.met
            room.under[:] = search.met
            break
        if value >= enough:
            break
        rate = next_price(below, above, step)
        step *= 2
    return value, best


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
            if u < len(barred) and not search.seen[u] and not barred[u]:
                search.seen[u] = True
                search.queue[tail] = u
                tail += 1
    return tail


@compiled()
def _settle(country: Country, bands: Bands, side: Sides, search: Search) -> bool:
    """Leave buildings that no grid with those taken can hold; whether there may be one."""
    n, columns = bands.counts.shape
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
                taken += bands.counts[v, c]
            if side[v] >= 0:
                open_ += bands.counts[v, c]
        if taken > bands.high[c] or open_ < bands.low[c]:
            return False
        for v in range(n):
            if side[v] == 0 and taken + bands.counts[v, c] > bands.high[c]:
                side[v] = -1
    return True


@compiled()
def is_grid(country: Country, bands: Bands, taken: Truths, search: Search) -> bool:
    """Whether buildings are contiguous and within all bands."""
    first, size = -1, 0
    for v in range(len(taken)):
        if taken[v]:
            first = v
            size += 1
    if first < 0:
        return False
    for c in range(bands.counts.shape[1]):
        held = 0.0
        for v in range(len(taken)):
            if taken[v]:
                held += bands.counts[v, c]
        if held < bands.low[c] or held > bands.high[c]:
            return False
    return _reach(country, first, ~taken, search) == size


@compiled()
def cost_of_grid(country: Country, taken: Truths, touched: Truths) -> float:
    """What a grid costs: half its border, its inertia about the centroid, and the estates that it touches."""
    links, n = country.links, len(taken)
    weight, x, y, square, cost = 1e-300, 0.0, 0.0, 0.0, 0.0
    touched[:] = False
    for v in range(n):
        if not taken[v]:
            continue
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
    return cost + square - (x * x + y * y) / weight


@compiled()
def _doubtful(country: Country, side: Sides, search: Search) -> int:
    """The open building that is best settled next, -1 = none is open: of those that only the heavier of the last two
    sets holds, that with the dearest borders among them; else one at the border of the set.
    """
    links, over, under, met = country.links, search.room.over, search.room.under, search.met
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


@compiled(cache=True)
def cheapest_grid(
    country: Country, bands: Bands, prices: Floats, enough: float, work: int, search: Search, finds: Truths
) -> tuple[float, int]:
    """A value that no grid costs less than, its buildings' prices taken off; and how many finds were kept.

    enough: grids from this value on are not looked for. work: cases that are looked at. finds: (most, n) room for
    grids that are met below `enough`.
    """
    n = len(prices)
    squares, sides = np.empty((4 * work + 4, 4)), np.zeros((4 * work + 4, n), np.int8)
    left, right = country.xy[:, 0].min(), country.xy[:, 0].max()
    bottom, top = country.xy[:, 1].min(), country.xy[:, 1].max()
    squares[0, 0], squares[0, 1] = (left + right) / 2, (bottom + top) / 2
    squares[0, 2], squares[0, 3] = max(right - left, top - bottom), 0.0
    heap = [(-np.inf, 0)]
    used, looked, kept, floor = 1, 0, 0, enough
    while len(heap) > 0:
        lower, case = heap[0]
        if lower >= enough or looked == work:
            return min(floor, lower), kept
        heappop(heap)
        looked += 1
        square, side = squares[case], sides[case]
        if not _settle(country, bands, side, search):
            continue
        hidden = country.most_pull * square[2] ** 2 / 2
        value, rate = _bound_case(country, square, side, prices, enough + hidden, search)
        lower = max(lower, value - hidden)
        if lower >= enough:
            continue
        if kept < len(finds) and is_grid(country, bands, search.met, search):
            known = False
            for a in range(kept):
                known = known or np.array_equal(finds[a], search.met)
            if not known:
                finds[kept] = search.met
                kept += 1
        node = -1
        if hidden <= max(_NARROW * (enough - value), 1e-9):
            node = _doubtful(country, side, search)
            if node < 0:
                search.met[:] = side > 0
                if is_grid(country, bands, search.met, search):
                    cost = cost_of_grid(country, search.met, search.touched)
                    floor = min(floor, cost - prices[search.met].sum())
                continue
        square[3] = rate
        for child in range(2 if node >= 0 else 4):
            squares[used], sides[used] = square, side
            if node >= 0:
                sides[used, node] = 1 - 2 * child
            else:
                squares[used, 0] += (0.25 if child % 2 else -0.25) * square[2]
                squares[used, 1] += (0.25 if child // 2 else -0.25) * square[2]
                squares[used, 2] = square[2] / 2
            heappush(heap, (lower, used))
            used += 1
    return floor, kept
