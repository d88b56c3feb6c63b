"""The lower bound on compactness where grids are measured about buildings: the cheapest grids about each. Compiled.

No building is the centre of two grids, so that K grids cost at least what the K cheapest about different buildings do:
the Lagrangian bound of the Hess model, whose prices rise by subgradients with momentum (Polyak's steps).
"""

import numpy as np

from partitioning.bound_prices import proven
from partitioning.bound_pricing import Market, cheapest_about, make_basket
from partitioning.compiled import compiled
from partitioning.graph import Floats

_MOMENTUM = 0.7
_PACE, _SLOWING, _PATIENCE = 1.0, 0.7, 10
"""Share of Polyak's step: at first, and its factor after so many steps without a better bound, back at the best."""

_LEAST_AIM = 1e-3
"""Share of the goal that every step aims at, at the least."""


@compiled()
def _cheapest(market: Market, points: Floats, prices: Floats, grids: int, wanted: Floats) -> float:
    """Mean value of the cheapest grids about so many different points; wanted: (n,) how often each building is taken by
    them, in the mean.
    """
    basket, count = make_basket(len(market.h)), 0
    value, share = np.full(grids, np.inf), np.zeros((grids, len(market.h)))
    for i in range(len(points)):
        dearest = value.argmax()
        found = cheapest_about(points[i, 0], points[i, 1], market, prices, value[dearest], basket)
        if found < value[dearest]:
            at = count if count < grids else dearest
            count = min(count + 1, grids)
            value[at] = found
            share[at] = basket.share
    for v in range(len(wanted)):
        wanted[v] = share[:, v].mean()
    return float(value.mean())


@compiled(cache=True)
def bound_at_points(
    market: Market, points: Floats, prices: Floats, grids: int, goal: float, steps: int, enough: float
) -> float:
    """The best bound that so many steps of the prices prove for grids about different points, at least as many as there
    are grids.

    prices: where they start. goal: a value that the bound cannot pass. A bound of `enough` ends the search.
    """
    prices, kept, best, pace, since = prices.copy(), prices.copy(), -np.inf, _PACE, 0
    direction, wanted = np.zeros(len(prices)), np.empty(len(prices))
    for _ in range(steps):
        floor = _cheapest(market, points, prices, grids, wanted)
        bound = proven(market, prices, grids, floor)
        since += 1
        if bound > best:
            best, since = bound, 0
            kept[:] = prices
        elif since == _PATIENCE:
            pace, since = pace * _SLOWING, 0
            prices[:] = kept
            direction[:] = 0.0
            continue
        direction[:] = _MOMENTUM * direction + 1.0 - grids * wanted
        length = (market.h * direction * direction).sum()
        if length <= 0.0 or goal - best <= 1e-9 * goal or best >= enough:
            break
        prices += pace * max(goal - bound, _LEAST_AIM * goal) / length * direction
    return best
