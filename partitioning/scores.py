"""The independent judge of plans: every rule checked from scratch, and the figures of each grid."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike

from partitioning.bands import ROUNDING, counted_bands
from partitioning.errors import ProblemError
from partitioning.graph import Floats, Ints, Truths, components
from partitioning.objective import best_buildings, coefficients, measure_terms
from partitioning.prepare import lay_ground
from partitioning.problem import Problem
from partitioning.rule_checks import Band
from partitioning.rules import Rules
from partitioning.soft import soft_cost, soft_locks, soft_terms


@dataclass(frozen=True)
class Violation:
    """A rule that a plan breaks: the value, the limit that it should keep, and where.

    rule: "grids", "households", "persons", the name of a workload, "balance", "contiguity", "locked", "pinned", "apart"
    or "estates".
    grid: the grid concerned, None for the plan as a whole or a lock. buildings: places in the problem. "locked":
    buildings that must share a grid lie in several; "pinned": buildings held in different grids share one; "apart":
    pairs of buildings that must not share a grid do; "estates": they are split more often than allowed.
    """

    rule: str
    value: float
    limit: float
    grid: int | None
    buildings: tuple[int, ...] = ()


@dataclass(frozen=True)
class GridScore:
    """Counts of one grid; persons is None where they are not known, workloads has a sum for each of the problem's.
    waived: one oversized building, bands off. centre: place of the building that compactness is measured about, None
    where the rules measure about centroids.
    """

    grid: int
    buildings: int
    households: int
    persons: int | None
    waived: bool
    workloads: Mapping[str, int] = field(default_factory=dict)
    centre: int | None = None


@dataclass(frozen=True)
class Scores:
    """Figures of a plan.

    border_cost_m: cost of the cut borders, metres. inertia_m2: household-weighted mean square distance to the
    grid's household-weighted centroid, or to the best of its buildings, in the plane that the rules measure by.
    deviation: largest |households - mean| / mean. estates_split: over estates, grids that it lies in less one.
    households_moved: against the plan in force. objective: see partitioning.objective. violations: hard rules that
    are broken. soft: soft ones, and soft_cost what that adds to the objective, see partitioning.soft. gaps: links
    over gaps between parts of the ground that grids span, where the rules let them. notes: what the rules let pass
    and a planner should know: each grid that spans a gap, unless contiguity is soft ("contiguity"), and each that is
    one oversized building ("oversized").
    """

    grids: tuple[GridScore, ...]
    violations: tuple[Violation, ...]
    border_cost_m: float
    inertia_m2: float
    deviation: float
    estates_split: int
    households_moved: int
    objective: float
    soft: tuple[Violation, ...] = ()
    soft_cost: float = 0.0
    gaps: int = 0
    notes: tuple[Violation, ...] = ()


def score_plan(problem: Problem, labels: ArrayLike, rules: Rules) -> Scores:
    """Figures and violations of any assignment of the buildings; labels: (n,) grids, whole numbers from 0."""
    names, z = _labels(problem, labels)
    ground = lay_ground(problem, rules)
    terms = measure_terms(ground, z)
    grids = int(z.max()) + 1
    h, p = _sums(z, problem.households), None if problem.persons is None else _sums(z, problem.persons)
    loads = {name: _sums(z, counts) for name, counts in problem.workloads.items()}
    count, waived = np.bincount(z, minlength=grids), waived_grids(problem, z, rules)
    alone = np.flatnonzero(waived[z])
    hard, soft = _broken(problem, names, z, waived, rules)
    cost = soft_cost(problem, rules, soft_terms(problem, rules, grids, alone), z, alone)
    total = int(h.sum())
    by = coefficients(ground, rules, grids)
    centres = best_buildings(ground, z).tolist() if ground.anchored else [None] * grids
    spans = _named(_pieces(problem, z), names) if terms.gaps else ()
    return Scores(
        grids=tuple(
            GridScore(
                int(names[k]),
                int(count[k]),
                int(h[k]),
                None if p is None else int(p[k]),
                bool(waived[k]),
                {name: int(load[k]) for name, load in loads.items()},
                centres[k],
            )
            for k in range(grids)
        ),
        violations=hard,
        border_cost_m=terms.border_cost_m,
        inertia_m2=float(terms.inertia_hm2 / total) if total else 0.0,
        deviation=float(_deviations(h, waived).max()),
        estates_split=terms.estates_split,
        households_moved=terms.households_moved,
        objective=float(terms.value(by)) + cost,
        soft=soft + (spans if rules.is_soft("contiguity") else ()),
        soft_cost=cost + by.gap * terms.gaps,
        gaps=terms.gaps,
        notes=(() if rules.is_soft("contiguity") else spans)
        + _named(_waivers(problem, z, waived, rules), names),
    )


def check_plan(problem: Problem, labels: ArrayLike, rules: Rules) -> tuple[Violation, ...]:
    """Every hard rule that the assignment breaks; empty means that the plan holds."""
    names, z = _labels(problem, labels)
    return _broken(problem, names, z, waived_grids(problem, z, rules), rules)[0]


def _broken(
    problem: Problem, names: Ints, z: Ints, waived: Truths, rules: Rules
) -> tuple[tuple[Violation, ...], tuple[Violation, ...]]:
    """Hard and soft rules that are broken; names: (K,) of the grids. What spans a gap is not among them."""
    found = [("grids", _wrong_number(len(names), rules))]
    for rule, band in rules.bands.items():
        counts = problem.counts_of(rule)
        if counts is not None:
            found.append((rule, _outside(rule, _sums(z, counts), band, waived)))
    found.append(("balance", _unbalanced(_sums(z, problem.households), waived, rules.balance_tolerance)))
    locked = soft_locks(problem, rules) if rules.is_soft("locked") else problem.locked
    found.append(("locked", _parted(locked, z)))
    found.append(("pinned", [*_parted(problem.pinned, z), *_shared_pins(problem, z)]))
    found.append(("apart", _met(problem, z)))
    found.append(("patches", _several_patches(problem, z)))
    found.append(("estates", _splits(problem, z, rules.estate_splits)))
    hard = _pieces(lay_ground(problem, rules), z)
    soft: list[Violation] = []
    for rule, violations in found:
        (soft if rules.is_soft(rule) else hard).extend(violations)
    return _named(hard, names), _named(soft, names)


def _named(found: list[Violation], names: Ints) -> tuple[Violation, ...]:
    """With the caller's numbers of the grids; names: (K,)."""
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
    """Places of the buildings that alone exceed the most that a hard band lets a grid hold."""
    over = np.zeros(len(problem), dtype=np.bool_)
    for _, counts, band in counted_bands(problem, rules):
        over |= counts > band[1]
    return np.flatnonzero(over)


def _waivers(problem: Problem, z: Ints, waived: Truths, rules: Rules) -> list[Violation]:
    """The grids whose bands are waived, each with the first band that its building exceeds."""
    found = []
    for building in np.flatnonzero(waived[z]):
        exceeded = (
            (int(counts[building]), band[1])
            for _, counts, band in counted_bands(problem, rules)
            if counts[building] > band[1]
        )
        value, most = next(exceeded)
        found.append(Violation("oversized", value, most, int(z[building]), (int(building),)))
    return found


def _sums(z: Ints, counts: Ints) -> Ints:
    """(K,) counts of each grid."""
    return np.bincount(z, weights=counts).astype(np.int64)


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


def _wrong_number(grids: int, rules: Rules) -> list[Violation]:
    allowed = rules.grid_range
    if grids in allowed:
        return []
    return [Violation("grids", grids, allowed[0] if grids < allowed[0] else allowed[-1], None)]


def _outside(rule: str, per_grid: Ints, band: Band, waived: Truths) -> list[Violation]:
    low, high = band
    return [
        Violation(rule, int(value), low if value < low else high, k)
        for k, value in enumerate(per_grid)
        if not waived[k] and not low <= value <= high
    ]


def _unbalanced(h: Ints, waived: Truths, tolerance: float | None) -> list[Violation]:
    if tolerance is None:
        return []
    off = _deviations(h, waived)
    return [
        Violation("balance", float(off[k]), tolerance, int(k))
        for k in np.flatnonzero(off > tolerance + ROUNDING)
    ]


def _deviations(h: Ints, waived: Truths) -> Floats:
    """(K,) relative deviation of each grid from the mean of those that are not waived; 0 for waived ones."""
    mean = h[~waived].mean() if not waived.all() else 0.0
    return np.where(waived, 0.0, np.abs(h - mean) / mean) if mean > 0 else np.zeros(len(h))


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


def _parted(held: Ints | None, z: Ints) -> list[Violation]:
    """Buildings with the same label that lie in several grids; held: (n,) labels, -1 = free."""
    found = []
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


def _several_patches(problem: Problem, z: Ints) -> list[Violation]:
    """Grids that lie in several patches."""
    if problem.patches is None:
        return []
    inside = problem.patches >= 0
    pairs = np.unique(np.column_stack([z[inside], problem.patches[inside]]), axis=0)
    per_grid = np.bincount(pairs[:, 0], minlength=1)
    return [
        Violation("patches", int(per_grid[k]), 1, int(k), tuple(np.flatnonzero(inside & (z == k)).tolist()))
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
