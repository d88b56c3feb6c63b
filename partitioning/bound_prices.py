"""Compiled ascent of the prices that the lower bound on compactness is made of."""

import numpy as np

from partitioning.bound_pricing import (
    FAR,
    Basket,
    Finds,
    Market,
    cheapest_about,
    cheapest_anywhere,
    make_basket,
    offset,
)
from partitioning.compiled import compiled
from partitioning.graph import Floats

_INNER = 10
"""Steps with the finds of one search of the whole ground, which follow the prices to their new centroids."""

_FINDS = 160
_SQUARES = 10_000
_TOLERANCE = 1e-3
_LAST_SQUARES, _LAST_TOLERANCE = 16_000, 3e-4
"""Squares of the last search for the cheapest grid, and share of a mean grid by which it may stop short."""

_NEAR = 0.06
"""Finds nearer than this share of a grid's mean radius count as one."""

_WIDTH, _LEAST_WIDTH = 0.08, 7e-4
"""How much dearer than the cheapest a find may be to count, in mean grids: in the first round and in the last."""

_KEEP = 3.0
"""Finds up to so many widths above the cheapest are followed."""

_PACE, _SLOWING, _LEAST_PACE = 0.4, 0.75, 0.02
"""Share of Polyak's step: at first, factor of every round without a better bound, at least."""

_LOST = 2.3e-16
"""Share of all summands by which a sum may be off, for each of them."""

_MOMENTUM = 0.7
_LONGEST = 0.3
"""No step aims at more than this share of the goal."""


@compiled()
def proven(market: Market, prices: Floats, grids: int, floor: float) -> float:
    """What prices prove where no grid is cheaper than the floor, less what adding up may have lost: prices of what must
    be in any grid may rise without end, until the digits that matter are gone.
    """
    paid = market.h * prices
    forced = FAR * market.high if len(market.crossings) > 0 else 0.0
    lost = _LOST * (len(paid) + 10) * (np.abs(paid).sum() + grids * (abs(floor) + forced))
    return float(paid.sum() + grids * floor - lost)


@compiled()
def _follow(market: Market, prices: Floats, finds: Finds, count: int, basket: Basket) -> None:
    """Renew the finds under other prices; each goes to its new centroid."""
    for a in range(count):
        x, y = finds.centre[a, 0], finds.centre[a, 1]
        value = cheapest_about(x, y, market, prices, np.inf, basket)
        gain, east, north = offset(x, y, market, basket)
        finds.centre[a, 0], finds.centre[a, 1], finds.value[a] = x + east, y + north, value - gain
        finds.share[a] = basket.share


@compiled()
def _wanted(finds: Finds, count: int, width: float, wanted: Floats) -> None:
    """(n,) how often each building is taken by the cheap finds, in the mean; the cheapest weigh most."""
    least = finds.value[:count].min()
    wanted[:] = 0.0
    weight = 0.0
    for a in range(count):
        w = np.exp((least - finds.value[a]) / width)
        wanted += w * finds.share[a]
        weight += w
    wanted /= weight


@compiled(cache=True)
def bound_anywhere(
    market: Market, prices: Floats, grids: int, goal: float, rounds: int, enough: float
) -> tuple[float, Floats]:
    """The bound that prices prove for grids about their own centroids, once they are raised, by a last, finer search of
    the whole ground, and these prices. Arguments as in _raise_prices; one compiled call, since loading another takes
    longer than itself.
    """
    prices = _raise_prices(market, prices, grids, goal, rounds, enough)
    nothing = Finds(np.empty((0, 2)), np.empty((0, len(market.h))), np.empty(0))
    floor, _ = cheapest_anywhere(
        market, prices, _LAST_TOLERANCE * goal / grids, _LAST_SQUARES, 0.0, 0.0, nothing
    )
    return proven(market, prices, grids, floor), prices


@compiled()
def _raise_prices(
    market: Market, prices: Floats, grids: int, goal: float, rounds: int, enough: float
) -> Floats:
    """Prices of a household's place, improved round by round towards the goal, a value that the bound cannot pass.

    Polyak steps along a smoothed subgradient, with momentum: buildings that the cheapest grids fight for become
    cheaper, those that none wants dearer. Every round searches the whole ground for cheap grids, and keeps the prices
    with the best proven bound; the steps between follow these grids alone. A bound of `enough` ends the search.
    """
    n, unit = len(market.h), goal / grids
    basket = make_basket(n)
    finds = Finds(np.empty((_FINDS, 2)), np.empty((_FINDS, n)), np.empty(_FINDS))
    near = _NEAR * np.sqrt(goal / market.h.sum())
    prices, wanted, direction = prices.copy(), np.empty(n), np.zeros(n)
    best, best_bound, pace = prices.copy(), -np.inf, _PACE
    for turn in range(rounds):
        width = unit * _WIDTH * (_LEAST_WIDTH / _WIDTH) ** (turn / rounds)
        floor, count = cheapest_anywhere(
            market, prices, _TOLERANCE * unit, _SQUARES, _KEEP * width, near, finds
        )
        bound = proven(market, prices, grids, floor)
        if bound > best_bound:
            best[:] = prices
            best_bound = bound
        else:
            pace = max(_SLOWING * pace, _LEAST_PACE)
            if turn % 4 == 3:
                prices[:] = best
        for step in range(_INNER):
            if step > 0:
                _follow(market, prices, finds, count, basket)
            bound = (market.h * prices).sum() + grids * finds.value[:count].min()
            _wanted(finds, count, width, wanted)
            direction[:] = _MOMENTUM * direction + 1.0 - grids * wanted
            length = (market.h * direction * direction).sum()
            if length <= 0.0 or goal - best_bound <= 1e-9 * goal or best_bound >= enough:
                return best
            aim = min(max(goal - bound, _TOLERANCE * goal), _LONGEST * goal)
            prices += pace * aim / length * direction
    return best
