"""A proven lower bound on the compactness of plans.

Lagrangian relaxation of "every household is in exactly one grid": with a price for each building, every grid is
the cheapest set of households about some point, within the bands. The sum of all prices and K times the cheapest
grid anywhere is a bound for any prices. It reaches what the linear model over all sets of households gives, with
buildings divisible and no more of contiguity than what partitioning.bound_sides says. About buildings it is that of
partitioning.bound_points.
"""

from typing import NamedTuple

import numpy as np

from partitioning.bound_points import bound_at_points
from partitioning.bound_prices import bound_anywhere
from partitioning.bound_pricing import Market
from partitioning.bound_sides import find_sides
from partitioning.core import Core
from partitioning.graph import Floats, Ints, Truths
from partitioning.level import Target
from partitioning.objective import measure_terms
from partitioning.problem import Problem

_WORK, _ROUNDS = 12_000, (8, 40)
"""Rounds of the ascent: _WORK / n, not fewer and not more."""

_WORK_AT_POINTS, _STEPS = 80_000, (20, 400)
"""Steps where grids are measured about buildings: _WORK_AT_POINTS / n, not fewer and not more."""

_TOLERANCE = 3e-4
"""Share by which the prices are raised above a value that is enough, since the last search may stop short."""


class Proof(NamedTuple):
    """Households times m^2 that no plan is below, and the (members,) prices of a household, m^2, that prove it."""

    inertia_hm2: float
    prices: Floats


def compactness_bound(
    problem: Problem, core: Core, target: Target, labels: Ints, enough: float = np.inf, share: float = 1.0
) -> Proof:
    """Least inertia of the core: no plan with target.grids grids is below.

    labels: (n,) a plan near which the prices start; any will do, a good one gives a good bound. enough: a value from
    which on the prices need not be raised any further. share: of the rounds that the prices are usually raised,
    where grids are measured about centroids.
    """
    counted, every = core.counts[:, 0] > 0, np.zeros(len(core.members))
    if not counted.any():
        return Proof(0.0, every)
    market = _market(problem, core, target, counted)
    prices, inertia = _first_prices(market.h, market.xy, labels[core.members[counted]])
    every[counted] = prices
    if inertia <= 0:  # every grid stands on one place, so that there is nothing to price
        return Proof(0.0, every)
    if problem.anchored:
        points, goal = problem.xy_m[core.members], measure_terms(problem, labels).inertia_hm2
        steps = int(np.clip(_WORK_AT_POINTS // len(points), *_STEPS))
        bound = bound_at_points(market, points, prices, target.grids, goal, steps, enough)
    else:
        rounds = int(np.ceil(share * np.clip(_WORK // len(market.h), *_ROUNDS)))
        aim = enough * (1 + _TOLERANCE) if enough > 0 else 0.0
        bound, every[counted] = bound_anywhere(market, prices, target.grids, inertia, rounds, aim)
    return Proof(max(0.0, bound), every)


def _market(problem: Problem, core: Core, target: Target, counted: Truths) -> Market:
    """The members with households, and the hard bands on these and on what has the narrowest band beside them.

    What members without households count may be in any grid.
    """
    h = core.counts[counted, 0].astype(np.float64)
    other, low, high = np.zeros(len(h)), 0.0, np.inf
    sums = np.maximum(core.counts.sum(axis=0), 1)
    width = (target.high - target.low) / sums
    if len(width) > 1:
        column = 1 + int(width[1:].argmin())
        other = core.counts[counted, column] / h
        low = float(target.low[column] - core.counts[~counted, column].sum())
        high = float(target.high[column])
    sides = find_sides(problem, core, counted)
    return Market(
        xy=problem.xy_m[core.members[counted]],
        h=h,
        other=other,
        low=float(target.low[0]),
        high=float(min(target.high[0], h.sum())),
        other_low=low,
        other_high=high,
        side=sides.side,
        crossings=sides.crossings,
    )


def _first_prices(h: Floats, xy: Floats, plan: Ints) -> tuple[Floats, float]:
    """Prices that make every grid of the plan equally cheap, and the plan's inertia, households times m^2."""
    _, place = np.unique(plan, return_inverse=True)
    weight = np.bincount(place, weights=h)
    centre = np.column_stack([np.bincount(place, weights=h * xy[:, axis]) / weight for axis in (0, 1)])
    inertia = np.bincount(place, weights=h * ((xy - centre[place]) ** 2).sum(axis=1))
    return ((inertia + inertia.mean()) / weight)[place], float(inertia.sum())
