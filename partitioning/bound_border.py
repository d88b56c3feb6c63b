"""Proven lower bounds on the border that a division cuts and on the estates that it splits.

The border by eigenvalues (Donath and Hoffman 1973), with a price for each building. Let x_k be the 0/1 vector
of grid k, m_k its mass, L the Laplacian of the border costs, M the diagonal of the masses and D that of any
prices. Every building is in one grid, so that the x_k' D x_k sum to trace D, and

    2 border = sum_k x_k' L x_k = sum_k x_k' (L + D) x_k - trace D >= sum_k m_k lambda_k - trace D

with lambda_1 <= lambda_2 ... the least eigenvalues of (L + D) v = lambda M v and the m_k in falling order: the
x_k / sqrt(m_k) are orthonormal in M, and no orthonormal set does better than the eigenvectors, the heaviest
with the least. The masses are not known, only their bands and their sum, so that the least value over these is
taken: as many grids as can be are full, from the first on.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from threadpoolctl import ThreadpoolController

from partitioning.core import Core
from partitioning.graph import Floats, Ints
from partitioning.level import Target
from partitioning.problem import Problem

_MOST_NODES = 1200
"""Beyond so many buildings a dense matrix takes seconds, and only borders of waived buildings are counted."""

_WORK = 2000
_MOST_STEPS = 30
"""Prices are raised _WORK / n times, at most so often."""

_ROUNDING = 1e-11
"""Allowance for the error of the eigenvalues, as a share of the matrix's largest row."""

_LIGHTEST = 0.01
"""Buildings without mass count as this share of the mean building, and every grid may be so much heavier."""


class _Mass(NamedTuple):
    """Mass of each building, and the least and most of a grid."""

    each: Floats
    low: float
    high: float


def border_bound(problem: Problem, core: Core, target: Target, labels: Ints, enough: float = np.inf) -> float:
    """Metres of border cost that every plan with target.grids grids for the core cuts.

    labels: (n,) a plan; its border decides how far the prices are raised, not whether the bound holds. enough: a value
    from which on they need not be raised any further.
    """
    inside = np.zeros(len(problem), dtype=np.bool_)
    inside[core.members] = True
    within = inside[problem.edges].all(axis=1)
    always = float(problem.border_cost[~within].sum())
    if not 1 < target.grids <= len(core.members) <= _MOST_NODES:
        return always
    place = np.cumsum(inside) - 1
    edges, cost = place[problem.edges[within]], problem.border_cost[within]
    plan = labels[core.members]
    goal = float(cost[plan[edges[:, 0]] != plan[edges[:, 1]]].sum())
    laplacian = _laplacian(len(core.members), edges, cost)
    within_grids = _by_eigenvalues(laplacian, _mass(core, target), target.grids, goal, enough - always)
    return always + max(0.0, within_grids)


def estates_bound(problem: Problem, core: Core, target: Target) -> int:
    """Splits of estates that no plan avoids: an estate needs as many grids as it fills, waived ones aside."""
    if problem.estates is None:
        return 0
    names, estate = np.unique(problem.estates, return_inverse=True)
    needed = np.zeros(len(names))
    members = estate[core.members]
    needed[members] = 1
    for counts, most in zip(core.counts.T, target.high, strict=True):
        if most > 0:
            held = np.bincount(members, weights=counts, minlength=len(names))
            needed = np.maximum(needed, np.ceil(held / most))
    needed += np.bincount(estate[core.waived], minlength=len(names))
    return int((needed - 1)[names >= 0].sum())


def _laplacian(nodes: int, edges: Ints, cost: Floats) -> Floats:
    matrix = np.zeros((nodes, nodes))
    for one, other in ((0, 1), (1, 0)):
        np.add.at(matrix, (edges[:, one], edges[:, other]), -cost)
    matrix -= np.diag(matrix.sum(axis=1))
    return matrix


def _mass(core: Core, target: Target) -> _Mass:
    """The count whose least is the largest share of its sum, households among equals, all of them above 0."""
    sums = core.counts.sum(axis=0)
    column = int((target.low / np.maximum(sums, 1)).argmax())
    mass = _Mass(core.counts[:, column].astype(np.float64), int(target.low[column]), int(target.high[column]))
    lightest = _LIGHTEST * max(float(mass.each.mean()), 1.0)
    empty = mass.each <= 0
    each = np.where(empty, lightest, mass.each)
    return _Mass(each, mass.low, min(mass.high + lightest * empty.sum(), float(each.sum())))


def _by_eigenvalues(laplacian: Floats, mass: _Mass, grids: int, goal: float, enough: float) -> float:
    """The best bound that the steps of the prices meet, Polyak's steps towards the goal, until it is enough."""
    from scipy.linalg import eigh  # slow to import, and only certificates need it

    scale = 1 / np.sqrt(mass.each)
    grid_mass = _heaviest_first(mass, grids)
    prices = np.zeros(len(scale))
    best, pace = -np.inf, 1.0
    for _ in range(int(np.clip(_WORK // len(scale), 1, _MOST_STEPS))):
        matrix = scale[:, None] * (laplacian + np.diag(prices)) * scale
        try:
            with _libraries().limit(limits=1, user_api="blas"):
                least, vectors = eigh(matrix, subset_by_index=(0, grids - 1))
        except np.linalg.LinAlgError:  # it may fail where eigenvalues coincide; what is proven so far holds
            break
        least -= _ROUNDING * np.abs(matrix).sum(axis=1).max()
        bound = float(grid_mass @ least - prices.sum()) / 2
        if bound > best:
            best = bound
        else:
            pace *= 0.85
        wanted = (vectors * scale[:, None]) ** 2 @ grid_mass - 1
        length = float(wanted @ wanted)
        if goal - bound <= 1e-9 * goal or bound >= enough or length <= 0:
            break
        prices = prices + pace * (goal - bound) / length * wanted
    return best


@cache
def _libraries() -> ThreadpoolController:
    """The libraries of linear algebra, whose threads wait for each other longer than they work on small matrices."""
    return ThreadpoolController()


def _heaviest_first(mass: _Mass, grids: int) -> Floats:
    """(grids,) masses in falling order that keep band and sum and weigh down the first grids most."""
    spare = float(mass.each.sum()) - grids * mass.low
    filled: Floats = np.clip(spare - (mass.high - mass.low) * np.arange(grids), 0, mass.high - mass.low)
    return filled + mass.low
