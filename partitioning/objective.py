"""The objective that plans are compared by: six terms, each without unit and about 1 for an ordinary plan.

With K grids, H households, h_k of grid k, mean h = H / K:

    border       sum of border_cost over the cut pairs / (sum over all pairs * sqrt(K / n))
    compactness  sum_k sum_{i in k} h_i |x_i - c_k|^2 / (sum_i h_i |x_i - c|^2 / K), c the
    household-weighted centroid, c_k that of the grid, or its building nearest to that
    where the rules measure about buildings
    balance      (1 / K) sum_k (h_k / h - 1)^2
    estates      sum over estates of (grids that it lies in - 1) / number of estates
    moved        households whose grid is not that of the plan in force / H
    gaps         links over gaps with both ends in one grid / K, where contiguity is soft

A straight line through a mosaic of n pieces cuts about the share sqrt(1 / n) of its borders, and K equal
patches of a ground have about 1 / K of its inertia: the two denominators make border and compactness
comparable across K.
"""

from dataclasses import dataclass

import numpy as np

from partitioning.graph import Floats, Ints, Truths
from partitioning.problem import Problem
from partitioning.rules import Rules

_ONE_PLACE = 1e-12
"""Buildings that lie within this share of their coordinates stand on one place: what is left is rounding."""

_EMPTY = 1e-6
"""What a building counts beside its households when grids are matched, so that empty ones decide between equals."""


@dataclass(frozen=True)
class Coefficients:
    """Weights of the terms in their own units, for a number of grids.

    border: a metre of border cost; inertia: a household times m^2; balance: the square of a relative
    deviation; estate: a split; moved: a household; gap: a link over a gap.
    """

    border: float
    inertia: float
    balance: float
    estate: float
    moved: float
    gap: float


def coefficients(problem: Problem, rules: Rules, grids: int) -> Coefficients:
    """Coefficients of the objective for plans of so many grids; a term without substance has weight 0."""
    weight = rules.term_weights
    h = problem.households.astype(np.float64)
    total = h.sum()
    xy = problem.xy_m
    border = problem.border_cost.sum() * np.sqrt(grids / len(problem))
    inertia = 0.0
    if total > 0:
        away = xy - (h[:, None] * xy).sum(axis=0) / total
        inertia = float((h * (away**2).sum(axis=1)).sum()) / grids
        if inertia * grids <= total * (_ONE_PLACE * float(np.abs(xy).max())) ** 2:
            inertia = 0.0
    estates = problem.estate_places[2]
    return Coefficients(
        border=_share(weight["border"], border),
        inertia=_share(weight["compactness"], inertia),
        balance=weight["balance"] / grids,
        estate=_share(weight["estates"], estates),
        moved=_share(weight["moved"], total if problem.current is not None else 0),
        gap=(rules.soft or {}).get("contiguity", 0.0) / grids,
    )


def _share(weight: float, whole: float) -> float:
    return float(weight / whole) if whole > 0 else 0.0


@dataclass(frozen=True)
class Terms:
    """What a plan has of each term, in its own unit; balance is the sum of squared relative deviations."""

    border_cost_m: float
    inertia_hm2: float
    balance: float
    estates_split: int
    households_moved: int
    gaps: int

    def value(self, by: Coefficients) -> float:
        """The objective."""
        return (
            by.border * self.border_cost_m
            + by.inertia * self.inertia_hm2
            + by.balance * self.balance
            + by.estate * self.estates_split
            + by.moved * self.households_moved
            + by.gap * self.gaps
        )


def measure_terms(problem: Problem, labels: Ints) -> Terms:
    """The terms of a plan; labels: (n,) 0..K-1."""
    grids = int(labels.max()) + 1
    h = problem.households.astype(np.float64)
    per_grid = np.bincount(labels, weights=h, minlength=grids).astype(np.float64)
    away = _away(problem, labels, per_grid)
    inertia = float(h @ away)
    if problem.anchored:
        inertia += float(per_grid @ away[_nearest(away, labels)])
    cut = labels[problem.edges[:, 0]] != labels[problem.edges[:, 1]]
    mean = h.sum() / grids
    return Terms(
        border_cost_m=float(problem.border_cost[cut].sum()),
        inertia_hm2=inertia,
        balance=float(((per_grid / mean - 1) ** 2).sum()) if mean > 0 else 0.0,
        estates_split=_splits(problem, labels),
        households_moved=_moved(problem, labels),
        gaps=0
        if problem.links is None
        else int((labels[problem.links[:, 0]] == labels[problem.links[:, 1]]).sum()),
    )


def best_buildings(problem: Problem, labels: Ints) -> Ints:
    """(K,) place of the building of each grid that its inertia is least about; labels: (n,) 0..K-1."""
    per_grid = np.bincount(labels, weights=problem.households).astype(np.float64)
    return _nearest(_away(problem, labels, per_grid), labels)


def _away(problem: Problem, labels: Ints, per_grid: Floats) -> Floats:
    """(n,) squared distance of each building to the centroid of its grid, m^2; per_grid: (K,) households."""
    # grids without households have a middle too
    weight = np.where(per_grid[labels] > 0, problem.households, 1.0)
    moments = [
        np.bincount(labels, weights=weight * problem.xy_m[:, axis], minlength=len(per_grid))
        for axis in (0, 1)
    ]
    whole = np.bincount(labels, weights=weight, minlength=len(per_grid))
    centre = np.column_stack(moments) / np.maximum(whole, 1)[:, None]
    away: Floats = ((problem.xy_m - centre[labels]) ** 2).sum(axis=1)
    return away


def _nearest(away: Floats, labels: Ints) -> Ints:
    """(K,) place of the first building with the least value in each grid."""
    order = np.lexsort((away, labels))
    first = np.unique(labels[order], return_index=True)[1]
    return order[first]


def _splits(problem: Problem, labels: Ints) -> int:
    members, place, estates = problem.estate_places
    lies_in = np.zeros((estates, int(labels.max()) + 1), dtype=np.bool_)
    lies_in[place, labels[members]] = True
    return int(np.count_nonzero(lies_in)) - estates


def _moved(problem: Problem, labels: Ints) -> int:
    if problem.current is None:
        return 0
    known = problem.current >= 0
    households = problem.households[known]
    return int(households.sum() - households[same_grid(problem, labels)[known]].sum())


def same_grid(problem: Problem, labels: Ints) -> Truths:
    """(n,) whether a building stays in its grid of the plan in force, see match_grids."""
    assert problem.current is not None
    names = match_grids(problem, labels)
    stays: Truths = (problem.current >= 0) & (problem.current == names[labels])
    return stays


def match_grids(problem: Problem, labels: Ints) -> Ints:
    """(K,) number of the grid of the plan in force that each grid of a plan stands for, -1 = a new one.

    A grid stands for the one that its buildings are held in; the others are matched so that most households stay.
    """
    from scipy.optimize import linear_sum_assignment  # slow to import, and only redraws need it

    names, grids = problem.grid_names, int(labels.max()) + 1
    shared = np.zeros((len(names), grids))
    if problem.current is not None:
        known = problem.current >= 0
        rows = np.searchsorted(names, problem.current[known])
        np.add.at(shared, (rows, labels[known]), problem.households[known] + _EMPTY)
    if problem.pinned is not None:
        held = problem.pinned >= 0
        pairs = (np.searchsorted(names, problem.pinned[held]), labels[held])
        shared[pairs] += problem.households.sum() + 1.0
    rows, columns = linear_sum_assignment(shared, maximize=True)
    matched = np.full(grids, -1, dtype=np.int64)
    common = shared[rows, columns] > 0
    matched[columns[common]] = names[rows[common]]
    return matched
