"""Compiled pricing for the lower bound: the cheapest grid about a point, and about any point at all."""

import numpy as np

from partitioning.compiled import compiled
from partitioning.graph import Floats


@compiled()
def _about(
    x: float,
    y: float,
    xy: Floats,
    h: Floats,
    prices: Floats,
    low: float,
    high: float,
    cutoff: float,
    share: Floats,
) -> float:
    """Least sum of h (distance^2 - price) over parts of buildings with low to high households about a point.

    share: (n,) receives the part taken of each building. Answers that cannot be below the cutoff are not
    worked out: the value is then too low, but not below the cutoff.
    """
    n = len(h)
    cost = np.empty(n)
    total, value = 0.0, 0.0
    for i in range(n):
        cost[i] = (xy[i, 0] - x) ** 2 + (xy[i, 1] - y) ** 2 - prices[i]
        share[i] = 1.0 if cost[i] < 0 else 0.0
        if cost[i] < 0:
            total += h[i]
            value += h[i] * cost[i]
    if low <= total <= high or value >= cutoff:
        return value
    want = high if total > high else low
    among = np.flatnonzero(cost < 0) if total > high else np.arange(n)
    order = among[np.argsort(cost[among])]
    share[:] = 0.0
    total, value = 0.0, 0.0
    for i in order:
        part = min(1.0, (want - total) / h[i]) if h[i] > 0 else 0.0
        share[i] = part
        total += part * h[i]
        value += part * h[i] * cost[i]
        if total >= want:
            break
    return value


@compiled(cache=True)
def raise_prices(
    xy: Floats,
    h: Floats,
    prices: Floats,
    centres: Floats,
    bands: tuple[float, float],
    grids: int,
    goal: float,
    steps: int,
) -> Floats:
    """Prices of a household's place, improved step by step towards the goal, a value that the bound cannot
    pass.

    Polyak steps along a smoothed subgradient: buildings that the cheapest grids fight for become cheaper,
    those that none wants dearer.
    """
    low, high = bands
    n, m = len(h), len(centres)
    share, wanted, values = np.empty(n), np.empty(n), np.empty(m)
    best, best_bound, pace = prices.copy(), -np.inf, 1.0
    for _ in range(steps):
        least = np.inf
        for c in range(m):
            cutoff = least + 0.1 * abs(least) if least < np.inf else np.inf
            values[c] = _about(centres[c, 0], centres[c, 1], xy, h, prices, low, high, cutoff, share)
            least = min(least, values[c])
        bound = (h * prices).sum() + grids * least
        if bound > best_bound:
            best[:] = prices
            best_bound = bound
        else:
            pace = max(0.9 * pace, 0.05)
        width = 0.02 * abs(least) + 1e-12
        wanted[:] = 0.0
        weight = 0.0
        for c in range(m):
            if values[c] < least + 5 * width:
                _about(centres[c, 0], centres[c, 1], xy, h, prices, low, high, np.inf, share)
                w = np.exp((least - values[c]) / width)
                wanted += w * share
                weight += w
        wanted = 1.0 - grids * wanted / weight
        length = (h * wanted * wanted).sum()
        if goal - bound <= 1e-9 * goal or length <= 0:
            break
        prices = prices + pace * (goal - bound) / length * wanted
    return best


@compiled(cache=True)
def cheapest_anywhere(
    xy: Floats, h: Floats, prices: Floats, bands: tuple[float, float], tolerance: float, most: int
) -> float:
    """A value that no grid about its own centroid is below: squares of ground are quartered where that may
    pay.

    A grid of W households with its centroid at distance d of a point costs W d^2 less than about that point,
    so that a square of half diagonal r cannot hide a grid cheaper than its middle's value less high r^2.
    """
    low, high = bands
    share = np.empty(len(h))
    left, right = xy[:, 0].min(), xy[:, 0].max()
    bottom, top = xy[:, 1].min(), xy[:, 1].max()
    side = max(right - left, top - bottom) + 1e-9
    squares = np.empty((4 * most + 1, 4))
    squares[0, 0], squares[0, 1] = (left + right) / 2, (bottom + top) / 2
    squares[0, 2], squares[0, 3] = side, -np.inf
    head, tail, least, floor = 0, 1, np.inf, np.inf
    while head < tail:
        x, y, width, inherited = squares[head]
        head += 1
        if inherited >= least - tolerance:
            floor = min(floor, inherited)
            continue
        value = _about(x, y, xy, h, prices, low, high, least + high * width * width / 2, share)
        least = min(least, value)
        lower = max(inherited, value - high * width * width / 2)
        if lower >= least - tolerance or head >= most:
            floor = min(floor, lower)
            continue
        for corner in range(4):
            squares[tail, 0] = x + (0.25 if corner % 2 else -0.25) * width
            squares[tail, 1] = y + (0.25 if corner // 2 else -0.25) * width
            squares[tail, 2] = width / 2
            squares[tail, 3] = lower
            tail += 1
    return min(floor, least)
