"""A proven lower bound on border, compactness and splits of estates together.

Lagrangian relaxation of "every building is in exactly one grid": with a price for each building, no grid costs less
than the cheapest set of buildings about any point within the band, its border and the estates that it touches counted.
The sum of all prices and K times that grid is a bound for any prices. Sets need not be contiguous; what a set in pieces
saves in shape it pays in border. Buildings that are held together are taken together. Where the border is nearly all
that counts, eigenvalues prove more (partitioning.bound_border).
"""

import numpy as np

from partitioning.bound_country import balance_of_waived, make_country, share_of_touches
from partitioning.bound_regions import (
    Country,
    Finds,
    Room,
    cheapest_region_anywhere,
    follow,
    make_finds,
    make_room,
)
from partitioning.compiled import compiled
from partitioning.core import Core
from partitioning.graph import Floats, Ints
from partitioning.level import Target
from partitioning.objective import measure_terms
from partitioning.problem import Problem

MOST_NODES = 1200
"""Beyond so many buildings the cuts take seconds."""

_WORK, _ROUNDS = 600, (2, 12)
"""Rounds of the ascent: _WORK / n, not fewer and not more."""

_INNER = 6
"""Steps with the finds of one search of the whole ground, which follow the prices to their new centroids."""

_CUTS, _SEARCH_CUTS, _LAST_CUTS = 3, 5, 8
"""Prices of mass that are tried for a find, for a square, and for a square of the last search."""

_SQUARES, _TOLERANCE = 300, 0.04
_LAST_WORK, _LAST_SQUARES, _LAST_TOLERANCE = 400_000, (400, 2_000), 0.01
"""Squares of a search for the cheapest grid, and share of a mean grid by which it may stop short; those of the last:
_LAST_WORK / n squares, not fewer and not more.
"""

_FINDS, _NEAR = 25, 0.1
"""Finds nearer than this share of a grid's mean radius count as one."""

_WIDTH, _LEAST_WIDTH = 0.05, 4e-3
"""How much dearer than the cheapest a find may be to count, in mean grids: in the first round and in the last."""

_KEEP = 4.0
"""Finds up to so many widths above the cheapest are followed."""

_PACE, _SLOWING, _LONGEST = 0.15, 0.75, 0.3
"""Share of Polyak's step: at first, factor of every round without a better bound; no step aims at more than this share
of the goal.
"""

_MOMENTUM = 0.8

_ROUNDING = 1e-9
"""Share of the goal that sums may be off by."""


def bound_together(
    problem: Problem,
    core: Core,
    target: Target,
    labels: Ints,
    prices: Floats,
    enough: float = np.inf,
    patience: int = 1,
) -> tuple[float, Floats]:
    """Least of border, compactness and estates, in units of the objective: no plan with target.grids grids is below;
    and the (members,) prices that prove it, in the same units.

    labels: (n,) a plan, prices: (members,) those of a household, m^2, that compactness alone is proven with; the prices
    start near both. Any will do, good ones give a good bound. enough: a value from which on they need not be raised
    any further. patience: factor of the usual rounds. 0 where there are more than MOST_NODES.
    """
    n = len(core.members)
    if not 1 < target.grids <= n <= MOST_NODES:
        return 0.0, prices
    country, always = make_country(problem, core, target)
    terms = measure_terms(problem, labels)
    inertia = target.inertia * terms.inertia_hm2
    if inertia <= 0 or not country.mass.any():
        return 0.0, prices
    goal = inertia + target.border * terms.border_cost_m + target.estate * terms.estates_split
    goal += balance_of_waived(problem, core, target) - always
    rounds = patience * int(np.clip(_WORK // n, *_ROUNDS))
    near = _NEAR * float(np.sqrt(inertia / country.pull.sum()))
    squares = int(np.clip(_LAST_WORK // n, *_LAST_SQUARES))
    start = country.pull * prices + share_of_touches(country)
    bound, raised = _prove(country, start, target.grids, goal, enough - always, rounds, near, squares)
    return max(0.0, always + bound - _ROUNDING * goal), raised


@compiled(cache=True)
def _prove(
    country: Country,
    prices: Floats,
    grids: int,
    goal: float,
    enough: float,
    rounds: int,
    near: float,
    squares: int,
) -> tuple[float, Floats]:
    """Prices once they are raised, and the bound that they prove, by a last search of the whole ground."""
    room, finds = make_room(country), make_finds(_FINDS, len(prices))
    prices = _raise_prices(country, prices, grids, goal, enough, rounds, near, finds, room)
    tolerance = _LAST_TOLERANCE * goal / grids
    floor, _ = cheapest_region_anywhere(
        country, prices, tolerance, _LAST_CUTS, squares, 0.0, 0.0, finds, room
    )
    return float(prices.sum() + grids * floor), prices


@compiled()
def _raise_prices(
    country: Country,
    prices: Floats,
    grids: int,
    goal: float,
    enough: float,
    rounds: int,
    near: float,
    finds: Finds,
    room: Room,
) -> Floats:
    """Prices improved round by round towards the goal, a value that the bound cannot pass.

    Polyak steps along a smoothed subgradient, with momentum: buildings that the cheapest grids fight for become
    cheaper, those that none wants dearer. Every round searches the whole ground for cheap grids, and keeps the prices
    with the best proven bound; the steps between follow these grids alone.
    """
    unit = goal / grids
    prices, best, best_bound, pace = prices.copy(), prices.copy(), -np.inf, _PACE
    direction = np.zeros(len(prices))
    for turn in range(rounds):
        width = unit * _WIDTH * (_LEAST_WIDTH / _WIDTH) ** (turn / rounds)
        floor, count = cheapest_region_anywhere(
            country, prices, _TOLERANCE * unit, _SEARCH_CUTS, _SQUARES, _KEEP * width, near, finds, room
        )
        bound = prices.sum() + grids * floor
        if bound > best_bound:
            best[:] = prices
            best_bound = bound
        else:
            pace *= _SLOWING
            if turn % 4 == 3:
                prices[:] = best
        for step in range(_INNER):
            if step > 0:
                follow(country, prices, _CUTS, finds, count, room)
            least = finds.value[:count].min()
            bound = prices.sum() + grids * least
            weight = np.exp((least - finds.value[:count]) / width)
            weight /= weight.sum()
            direction[:] = _MOMENTUM * direction + 1.0
            for a in range(count):
                direction -= grids * weight[a] * finds.share[a]
            length = (direction * direction).sum()
            if length <= 0.0 or goal - best_bound <= 1e-9 * goal or best_bound >= enough:
                return best
            aim = min(max(goal - bound, 1e-3 * goal), _LONGEST * goal)
            prices += pace * aim / length * direction
    return best
