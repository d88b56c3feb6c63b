"""A proven lower bound on the objective: one for compactness, border and estates each, added up.

No plan is below the sum of what no plan is below in each term. Balance and moves are taken as 0; border and
estates are those of partitioning.bound_border.

Compactness by Lagrangian relaxation of "every household is in exactly one grid": with a price for each
building, every grid is the cheapest set of households about some point, within the bands. The sum of all
prices and K times the cheapest grid anywhere is a bound for any prices. It reaches what the linear model over
all sets of households gives, without contiguity and with buildings divisible.
"""

import numpy as np

from partitioning.bound_border import border_bound, estates_bound
from partitioning.bound_kernels import cheapest_anywhere, raise_prices
from partitioning.core import Core
from partitioning.graph import Floats, Ints
from partitioning.level import Target
from partitioning.problem import Problem

_CENTRES = (16, 40)
"""Fewest and most points along each side of the ground about which grids are priced while the prices rise."""

_PRICINGS = 600_000
"""Buildings times points of one step. The finer the points, the nearer the prices come to their best."""

_STEPS = 80
_SQUARES = 16_000
_TOLERANCE = 3e-4
"""Share of the value by which the search for the cheapest grid may stop short."""


def lower_bound(problem: Problem, core: Core, target: Target, labels: Ints) -> float:
    """A value that no plan with target.grids grids for the core is below.

    labels: (n,) a plan near which the prices start; any will do, a good one gives a good bound.
    """
    bound = _compactness(problem, core, target, labels)
    if target.border > 0:
        bound += target.border * border_bound(problem, core, target, labels)
    if target.estate > 0:
        bound += target.estate * estates_bound(problem, core, target)
    return bound


def _compactness(problem: Problem, core: Core, target: Target, labels: Ints) -> float:
    """Least weighted inertia, the buildings being divisible and the ground not looked at."""
    h = problem.households[core.members].astype(np.float64)
    counted = h > 0
    h, xy, plan = h[counted], problem.xy_m[core.members][counted], labels[core.members][counted]
    if target.inertia <= 0 or not len(h):
        return 0.0
    bands = (float(target.low[0]), float(min(target.high[0], h.sum())))
    prices, inertia = _first_prices(h, xy, plan)
    low, high = xy.min(axis=0), xy.max(axis=0)
    side = int(np.clip(np.sqrt(_PRICINGS / len(h)), *_CENTRES))
    centres = np.stack(np.meshgrid(*np.linspace(low, high, side).T), axis=-1).reshape(-1, 2)
    prices = raise_prices(xy, h, prices, centres, bands, target.grids, inertia, _STEPS)
    tolerance = _TOLERANCE * inertia / target.grids
    cheapest = cheapest_anywhere(xy, h, prices, bands, tolerance, _SQUARES)
    return max(0.0, target.inertia * float(h @ prices + target.grids * cheapest))


def _first_prices(h: Floats, xy: Floats, plan: Ints) -> tuple[Floats, float]:
    """Prices that make every grid of the plan equally cheap, and the plan's inertia, households times m^2."""
    _, place = np.unique(plan, return_inverse=True)
    weight = np.bincount(place, weights=h)
    centre = np.column_stack([np.bincount(place, weights=h * xy[:, axis]) / weight for axis in (0, 1)])
    inertia = np.bincount(place, weights=h * ((xy - centre[place]) ** 2).sum(axis=1))
    return ((inertia + inertia.mean()) / weight)[place], float(inertia.sum())
