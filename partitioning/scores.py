"""The independent judge of plans: every hard rule checked from scratch, and the figures of each grid."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from partitioning.errors import ProblemError
from partitioning.graph import Ints, Truths, components
from partitioning.objective import coefficients, measure_terms
from partitioning.problem import Problem
from partitioning.rules import Band, Rules

RuleName = Literal[
    "grids", "households", "persons", "balance", "contiguity", "locked", "pinned", "apart", "estates"
]


@dataclass(frozen=True)
class Violation:
    """A hard rule that a plan breaks: the value, the limit that it should keep, and where.

    grid: the grid concerned, None for the plan as a whole or a lock. buildings: places in the problem. "locked":
    buildings that must share a grid lie in several; "pinned": buildings held in different grids share one; "apart":
    pairs of buildings that must not share a grid do; "estates": they are split more often than allowed.
    """

    rule: RuleName
    value: float
    limit: float
    grid: int | None
    buildings: tuple[int, ...] = ()


@dataclass(frozen=True)
class GridScore:
    """Counts of one grid; persons is None where they are not known. waived: one oversized building, bands
    off.
    """

    grid: int
    buildings: int
    households: int
    persons: int | None
    waived: bool


@dataclass(frozen=True)
class Scores:
    """Figures of a plan.

    border_cost_m: cost of the cut borders, metres. inertia_m2: household-weighted mean square distance to
    the grid's household-weighted centroid. deviation: largest |households - mean| / mean. estates_split:
    over estates, grids that it lies in less one. households_moved: against the plan in force. objective: see
    partitioning.objective.
    """

    grids: tuple[GridScore, ...]
    violations: tuple[Violation, ...]
    border_cost_m: float
    inertia_m2: float
    deviation: float
    estates_split: int
    households_moved: int
    objective: float


def score_plan(problem: Problem, labels: ArrayLike, rules: Rules) -> Scores:
    """Figures and violations of any assignment of the buildings; labels: (n,) grids, whole numbers from 0."""
    names, z = _labels(problem, labels)
    terms = measure_terms(problem, z)
    grids = int(z.max()) + 1
    h = np.bincount(z, weights=problem.households, minlength=grids)
    p = None if problem.persons is None else np.bincount(z, weights=problem.persons, minlength=grids)
    count, waived = np.bincount(z, minlength=grids), waived_grids(problem, z, rules)
    total = h.sum()
    return Scores(
        grids=tuple(
            GridScore(
                int(names[k]), int(count[k]), int(h[k]), None if p is None else int(p[k]), bool(waived[k])
            )
            for k in range(grids)
        ),
        violations=check_plan(problem, labels, rules),
        border_cost_m=terms.border_cost_m,
        inertia_m2=float(terms.inertia_hm2 / total) if total else 0.0,
        deviation=_deviation(h, waived)[0],
        estates_split=terms.estates_split,
        households_moved=terms.households_moved,
        objective=float(terms.value(coefficients(problem, rules, grids))),
    )


def check_plan(problem: Problem, labels: ArrayLike, rules: Rules) -> tuple[Violation, ...]:
    """Every hard rule that the assignment breaks; empty means that the plan holds."""
    names, z = _labels(problem, labels)
    grids = int(z.max()) + 1
    waived = waived_grids(problem, z, rules)
    found: list[Violation] = []
    allowed = rules.grid_range
    if grids not in allowed:
        limit = allowed[0] if grids < allowed[0] else allowed[-1]
        found.append(Violation("grids", grids, limit, None))
    h = np.bincount(z, weights=problem.households, minlength=grids)
    found += _outside("households", h, rules.households, waived)
    if rules.persons is not None and problem.persons is not None:
        p = np.bincount(z, weights=problem.persons, minlength=grids)
        found += _outside("persons", p, rules.persons, waived)
    if rules.balance_tolerance is not None:
        deviation, grid = _deviation(h, waived)
        if deviation > rules.balance_tolerance + 1e-12:
            found.append(Violation("balance", deviation, rules.balance_tolerance, grid))
    found += [*_pieces(problem, z), *_broken_locks(problem, z), *_shared_pins(problem, z), *_met(problem, z)]
    found += _splits(problem, z, rules.estate_splits)
    return tuple(v if v.grid is None else replace(v, grid=int(names[v.grid])) for v in found)


def waived_grids(problem: Problem, labels: Ints, rules: Rules) -> Truths:
    """(K,) grids of one building that alone exceeds a band, where the rules give such a building its own
    grid.
    """
    alone = np.bincount(labels) == 1
    if rules.oversized != "own_grid":
        return np.zeros(len(alone), dtype=np.bool_)
    holds = np.zeros(len(alone), dtype=np.bool_)
    holds[labels[oversized_buildings(problem, rules)]] = True
    waived: Truths = alone & holds
    return waived


def oversized_buildings(problem: Problem, rules: Rules) -> Ints:
    """Places of the buildings that alone exceed the most households or persons of a grid."""
    over = np.zeros(len(problem), dtype=np.bool_)
    if rules.households is not None:
        over |= problem.households > rules.households[1]
    if rules.persons is not None and problem.persons is not None:
        over |= problem.persons > rules.persons[1]
    return np.flatnonzero(over)


def _labels(problem: Problem, labels: ArrayLike) -> tuple[Ints, Ints]:
    """Numbers of the grids in rising order, and the place of each building's grid among them."""
    z = np.asarray(labels)
    if z.shape != (len(problem),):
        raise ProblemError(
            [f"labels has shape {z.shape}; it must be ({len(problem)},): one grid for each building."]
        )
    if not np.issubdtype(z.dtype, np.integer) or z.min() < 0:
        raise ProblemError(["labels must be whole numbers from 0; give every building a grid."])
    names, place = np.unique(z, return_inverse=True)
    return names.astype(np.int64), place


def _outside(
    rule: RuleName, per_grid: np.ndarray, band: Band | None, waived: np.ndarray
) -> Sequence[Violation]:
    if band is None:
        return []
    low, high = band
    return [
        Violation(rule, int(value), low if value < low else high, k)
        for k, value in enumerate(per_grid)
        if not waived[k] and not low <= value <= high
    ]


def _deviation(h: np.ndarray, waived: np.ndarray) -> tuple[float, int]:
    """Largest relative deviation from the mean of the grids that are not waived, and its grid."""
    ordinary = np.flatnonzero(~waived)
    mean = h[ordinary].mean() if len(ordinary) else 0.0
    if mean <= 0:
        return 0.0, 0
    off = np.abs(h[ordinary] - mean) / mean
    return float(off.max()), int(ordinary[off.argmax()])


def _pieces(problem: Problem, z: Ints) -> list[Violation]:
    inner = problem.edges[z[problem.edges[:, 0]] == z[problem.edges[:, 1]]]
    pieces, label = components(len(problem), inner)
    grid_of_piece = np.zeros(pieces, dtype=np.int64)
    grid_of_piece[label] = z
    per_grid = np.bincount(grid_of_piece)
    found = []
    for k in np.flatnonzero(per_grid > 1):
        own = np.flatnonzero(grid_of_piece == k)
        size = np.bincount(label, minlength=pieces)[own]
        cut_off = np.flatnonzero(np.isin(label, np.delete(own, size.argmax())))
        found.append(Violation("contiguity", int(per_grid[k]), 1, int(k), tuple(cut_off.tolist())))
    return found


def _broken_locks(problem: Problem, z: Ints) -> list[Violation]:
    found = []
    for held in (problem.locked, problem.pinned):
        names = np.empty(0, dtype=np.int64) if held is None else np.unique(held[held >= 0])
        for name in names:
            members = np.flatnonzero(held == name)
            grids = len(np.unique(z[members]))
            if grids > 1:
                found.append(Violation("locked", grids, 1, None, tuple(members.tolist())))
    return found


def _shared_pins(problem: Problem, z: Ints) -> list[Violation]:
    if problem.pinned is None:
        return []
    held = problem.pinned >= 0
    pairs = np.unique(np.column_stack([z[held], problem.pinned[held]]), axis=0)
    per_grid = np.bincount(pairs[:, 0])
    return [
        Violation("pinned", int(per_grid[k]), 1, int(k), tuple(np.flatnonzero(held & (z == k)).tolist()))
        for k in np.flatnonzero(per_grid > 1)
    ]


def _splits(problem: Problem, z: Ints, most: int | None) -> list[Violation]:
    """Estates that are split more often than allowed, in all."""
    if most is None:
        return []
    members, place, estates = problem.estate_places
    pairs = np.unique(np.column_stack([place, z[members]]), axis=0)
    if len(pairs) - estates <= most:
        return []
    several = np.bincount(pairs[:, 0], minlength=estates) > 1
    return [Violation("estates", len(pairs) - estates, most, None, tuple(members[several[place]].tolist()))]


def _met(problem: Problem, z: Ints) -> list[Violation]:
    """Grids with pairs of buildings that must not share one."""
    if problem.apart is None:
        return []
    met = problem.apart[z[problem.apart[:, 0]] == z[problem.apart[:, 1]]]
    grid = z[met[:, 0]]
    return [
        Violation("apart", int((grid == k).sum()), 0, int(k), tuple(np.unique(met[grid == k]).tolist()))
        for k in np.unique(grid)
    ]
