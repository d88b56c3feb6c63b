"""Compiled pricing for the lower bound: the cheapest grid about a point, and about any point at all."""

from typing import NamedTuple

import numpy as np

from partitioning.compiled import compiled
from partitioning.graph import Floats, Ints
from partitioning.squares import first_square, quarter

_DOUBLINGS = 12
_HALVINGS = 8
"""Steps in the search for the price of what else is counted."""

FAR = 1e9
"""m^2: what keeps a building out of a grid, or in it."""


class Market(NamedTuple):
    """Buildings with households, and what a grid may hold of them."""

    xy: Floats
    """(n, 2) metres."""
    h: Floats
    """(n,) households, all above 0."""
    other: Floats
    """(n,) what else is counted, such as persons, a household."""
    low: float
    high: float
    other_low: float
    other_high: float
    side: Ints
    """(n,) and the borders between the sides, see partitioning.bound_sides."""
    crossings: Ints


class Basket(NamedTuple):
    """Room for one pricing, used again and again."""

    rate: Floats
    """(n,) cost of a household."""
    order: Ints
    """(n,) the buildings, those taken first."""
    share: Floats
    """(n,) part of each building that is taken."""


class Finds(NamedTuple):
    """Cheap grids that differ."""

    centre: Floats
    """(most, 2) their centroids."""
    share: Floats
    """(most, n) the part of each building."""
    value: Floats
    """(most,) cost about the own centroid."""


@compiled()
def make_basket(n: int) -> Basket:
    """Room for pricing n buildings."""
    return Basket(np.empty(n), np.empty(n, np.int64), np.empty(n))


@compiled()
def _take(h: Floats, basket: Basket, want: float) -> float:
    """Least cost of exactly so many households, shares included: a selection by three-way partition."""
    rate, order, share = basket
    n = len(h)
    for i in range(n):
        order[i] = i
    low, high, left, last = 0, n, want, n - 1
    while high - low > 1:
        a, b, c = rate[order[low]], rate[order[(low + high) // 2]], rate[order[high - 1]]
        pivot = max(min(a, b), min(max(a, b), c))
        below, equal = 0.0, 0.0
        i, j, k = low, low, high
        while j < k:
            o = order[j]
            if rate[o] < pivot:
                order[j] = order[i]
                order[i] = o
                below += h[o]
                i += 1
                j += 1
            elif rate[o] > pivot:
                k -= 1
                order[j] = order[k]
                order[k] = o
            else:
                equal += h[o]
                j += 1
        if left < below:
            high = i
        elif left <= below + equal:
            left -= below
            low = i
            while low < k - 1 and left > h[order[low]]:
                left -= h[order[low]]
                low += 1
            break
        else:
            left -= below + equal
            low = k
    last = min(low, n - 1)
    value = 0.0
    for j in range(n):
        share[order[j]] = 1.0 if j < last else 0.0
    share[order[last]] = min(1.0, left / h[order[last]])
    for i in range(n):
        value += share[i] * h[i] * rate[i]
    return value


@compiled()
def _within_households(market: Market, basket: Basket, cutoff: float) -> float:
    """Least cost of parts of buildings with low to high households, by the rates of the basket.

    Answers that cannot be below the cutoff are not worked out: the value is then too low, but not below the
    cutoff, and the shares are not those of an answer.
    """
    h, rate, share = market.h, basket.rate, basket.share
    total, value = 0.0, 0.0
    for i in range(len(h)):
        share[i] = 0.0
        if rate[i] < 0:
            share[i] = 1.0
            total += h[i]
            value += h[i] * rate[i]
    if value >= cutoff or market.low <= total <= market.high:
        return value
    return _take(h, basket, market.high if total > market.high else market.low)


@compiled()
def _other_count(market: Market, basket: Basket) -> float:
    return float((basket.share * market.h * market.other).sum())


@compiled()
def _with_other(market: Market, basket: Basket, value: float, cutoff: float) -> float:
    """A value between that without the other band and that with it: what it counts gets a price of its own.

    Lagrangian: for any price the least cost with it, and the price times the end of the band, is a lower bound.
    """
    count = _other_count(market, basket)
    if market.other_low <= count <= market.other_high or value >= cutoff:
        return value
    few = count < market.other_low
    limit = market.other_low if few else market.other_high
    step = max(abs(value), 1.0) / (8 * max(limit, 1.0)) * (1.0 if few else -1.0)
    rate = basket.rate.copy()
    below, above, price = 0.0, 0.0, step
    for turn in range(_DOUBLINGS + _HALVINGS):
        basket.rate[:] = rate - price * market.other
        with_price = _within_households(market, basket, np.inf) + price * limit
        value = max(value, with_price)
        if value >= cutoff:
            break
        if (_other_count(market, basket) < limit) == few:
            below = price
        else:
            above = price
        if above == 0.0 and turn >= _DOUBLINGS:
            break
        price = 2 * price if above == 0.0 else (below + above) / 2
    basket.rate[:] = rate
    return value


@compiled()
def _in_touch(market: Market, share: Floats) -> bool:
    """Whether a grid lies on one side, or holds both ends of a border between the sides."""
    taken = (share > 0) & (market.side == 0)
    if not taken.any() or not ((share > 0) & (market.side == 1)).any():
        return True
    for way in range(len(market.crossings)):
        one, other = market.crossings[way, 0], market.crossings[way, 1]
        if (one < 0 or share[one] > 0) and (other < 0 or share[other] > 0):
            return True
    return False


@compiled()
def _on_sides(market: Market, basket: Basket, cutoff: float) -> float:
    """Least cost of a grid on the one side, on the other, or with both ends of a border between them; not worked out
    where it cannot be below the cutoff.
    """
    rate, h = basket.rate.copy(), market.h
    best, share = np.inf, basket.share.copy()
    for way in range(2 + len(market.crossings)):
        basket.rate[:] = rate
        forced = 0.0
        if way < 2:
            for i in range(len(h)):
                if market.side[i] != way:
                    basket.rate[i] = FAR
        else:
            for i in market.crossings[way - 2]:
                if i >= 0:
                    basket.rate[i] -= FAR
                    forced += h[i]
        enough = min(cutoff, best) - FAR * forced
        value = _within_households(market, basket, enough)
        value = _with_other(market, basket, value, enough) + FAR * forced
        if value < best:
            best = value
            share[:] = basket.share
    basket.rate[:] = rate
    basket.share[:] = share
    return best


@compiled()
def cheapest_about(
    x: float, y: float, market: Market, prices: Floats, cutoff: float, basket: Basket
) -> float:
    """A value that the cost of no grid about a point is below: sum of h (distance^2 - price), bands kept.

    The shares of the basket are those of the cheapest parts of buildings, where the value is below the cutoff.
    """
    for i in range(len(market.h)):
        basket.rate[i] = (market.xy[i, 0] - x) ** 2 + (market.xy[i, 1] - y) ** 2 - prices[i]
    value = _with_other(market, basket, _within_households(market, basket, cutoff), cutoff)
    if len(market.crossings) == 0 or value >= cutoff or _in_touch(market, basket.share):
        return value
    return _on_sides(market, basket, cutoff)


@compiled()
def offset(x: float, y: float, market: Market, basket: Basket) -> tuple[float, float, float]:
    """What a grid's cost falls by from the point to its own centroid, and the way there, metres."""
    weight, east, north = 0.0, 0.0, 0.0
    for i in range(len(market.h)):
        part = basket.share[i] * market.h[i]
        weight += part
        east += part * (market.xy[i, 0] - x)
        north += part * (market.xy[i, 1] - y)
    if weight == 0:
        return 0.0, 0.0, 0.0
    return (east * east + north * north) / weight, east / weight, north / weight


@compiled()
def _note(finds: Finds, count: int, x: float, y: float, value: float, share: Floats, near: float) -> int:
    """Keep a find unless a cheaper one is near; returns how many there are."""
    at = count
    for a in range(count):
        if (finds.centre[a, 0] - x) ** 2 + (finds.centre[a, 1] - y) ** 2 < near * near:
            at = a
            break
    if at == len(finds.value) or (at < count and finds.value[at] <= value):
        return count
    finds.centre[at, 0], finds.centre[at, 1], finds.value[at] = x, y, value
    finds.share[at] = share
    return max(count, at + 1)


@compiled()
def cheapest_anywhere(
    market: Market, prices: Floats, tolerance: float, most: int, keep: float, near: float, finds: Finds
) -> tuple[float, int]:
    """A value that no grid about its own centroid is below, and how many finds were noted.

    Squares of ground are quartered where that may pay. A grid of W households with its centroid at distance d of a
    point costs W d^2 less than about that point, so that a square of half diagonal r cannot hide a grid cheaper than
    its middle's value less high r^2. tolerance: by how much the value may be too low; most: squares looked at. Grids
    at most `keep` above the cheapest so far are noted, one within `near` metres.
    """
    squares = first_square(most, 0, market.xy)
    basket = make_basket(len(market.h))
    head, tail, count, least, floor = 0, 1, 0, np.inf, np.inf
    while head < tail:
        x, y, width, inherited = squares[head]
        head += 1
        if inherited >= least - tolerance:
            floor = min(floor, inherited)
            continue
        hidden = market.high * width * width / 2
        cutoff = least + max(hidden, keep)
        value = cheapest_about(x, y, market, prices, cutoff, basket)
        if value < cutoff:
            gain, east, north = offset(x, y, market, basket)
            least = min(least, value - gain)
            if value - gain <= least + keep:
                count = _note(finds, count, x + east, y + north, value - gain, basket.share, near)
        lower = max(inherited, value - hidden)
        if lower >= least - tolerance or head >= most:
            floor = min(floor, lower)
            continue
        squares[head - 1, 3] = lower
        tail = quarter(squares, head - 1, tail)
    return min(floor, least), count
