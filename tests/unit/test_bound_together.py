"""The bound on border and compactness together: below every division, from any start, and near good plans."""

import numpy as np
import pytest

from partitioning import Problem, Rules, draw_grids
from partitioning.bound_border import border_bound
from partitioning.bound_compactness import compactness_bound
from partitioning.bound_together import bound_together
from partitioning.core import build_core, possible_cases
from partitioning.objective import measure_terms
from partitioning.target import make_target
from tests.seeds import seeds
from tests.towns.drawn import lattice, town
from tests.unit.test_engine_brute_force import divisions

MIXES = (
    {"border": 1, "compactness": 1},
    {"border": 0.3, "compactness": 3},
    {"border": 3, "compactness": 0.5},
)


def some_town(seed: int) -> Problem:
    """Seven buildings in one piece with borders of any cost, some of them empty."""
    rng = np.random.default_rng(seed)
    n = 7
    pairs = [(i, j) for i in range(n) for j in range(i) if j == i - 1 or rng.random() < 0.4]
    return town(
        [tuple(place) for place in rng.uniform(0, 3, (n, 2))],
        pairs,
        np.where(rng.random(n) < 0.2, 0, rng.integers(20, 200, n)).tolist(),
        persons=rng.integers(0, 500, n),
        border_cost=rng.uniform(0, 20, len(pairs)),
    )


def wide_bands(problem: Problem) -> tuple[tuple[int, int], tuple[int, int]]:
    """Bands on households and persons that about three grids have room in."""
    households, persons = (
        (int(counts.sum() / 6), int(max(counts.sum() / 2, counts.max())))
        for counts in (problem.households, problem.persons)
    )
    return households, persons


@pytest.mark.parametrize("seed", seeds(20, 60))
def test_below_every_division_within_the_band(seed: int) -> None:
    """Contiguous or not; the start is any division, good or bad."""
    rng = np.random.default_rng(seed)
    problem = some_town(seed)
    households, persons = wide_bands(problem)
    households, persons = households if seed % 3 else None, persons if seed % 3 != 1 else None
    rules = Rules(grids=3, households=households, persons=persons, preset="balanced", weights=MIXES[seed % 3])
    core = build_core(problem, rules)
    some = list(divisions(7, 3))
    assert possible_cases(core, rules)
    for case in possible_cases(core, rules):
        target = make_target(problem, rules, core, case)
        least = np.inf
        for labels in map(np.array, some):
            sums = np.column_stack([np.bincount(labels, counts) for counts in core.counts.T])
            if len(sums) == 3 and (sums >= target.low).all() and (sums <= target.high).all():
                terms = measure_terms(problem, labels)
                least = min(least, target.border * terms.border_cost_m + target.inertia * terms.inertia_hm2)
        start = np.concatenate([np.arange(3), rng.integers(0, 3, 4)])
        for prices in (
            np.zeros(7),
            rng.uniform(0, 1e5, 7),
            compactness_bound(problem, core, target, start).prices,
        ):
            assert 0 <= bound_together(problem, core, target, start, prices)[0] <= least + 1e-9


def test_proves_more_than_both_apart() -> None:
    rng = np.random.default_rng(1)
    problem = lattice(12, 10, rng.integers(6, 14, 120).tolist(), border_cost=rng.choice([2.0, 10.0], 218))
    rules = Rules(grids=6, persons=None)
    outcome = draw_grids(problem, rules=rules)
    core = build_core(problem, rules)
    (case,) = possible_cases(core, rules)
    target, labels = make_target(problem, rules, core, case), outcome.plan.labels
    compactness = compactness_bound(problem, core, target, labels)
    apart = target.border * border_bound(problem, core, target, labels)
    apart += target.inertia * compactness.inertia_hm2
    together, _ = bound_together(problem, core, target, labels, compactness.prices)
    assert apart < 0.9 * together
    assert together <= outcome.objective + 1e-9
    assert outcome.gap < 0.2
    early, _ = bound_together(problem, core, target, labels, compactness.prices, enough=0.5 * together)
    assert 0.5 * together <= early < together


def test_oversized_buildings_are_cut_off_always() -> None:
    """A building in a grid of its own: the borders around it are cut whatever the others do."""
    problem = lattice(4, 4, [900 if i == 5 else 100 for i in range(16)])
    rules = Rules(grids=4, households=(400, 600), persons=None, oversized="own_grid")
    outcome = draw_grids(problem, rules=rules)
    core = build_core(problem, rules)
    (case,) = possible_cases(core, rules)
    target = make_target(problem, rules, core, case)
    prices = compactness_bound(problem, core, target, outcome.plan.labels).prices
    bound, _ = bound_together(problem, core, target, outcome.plan.labels, prices)
    assert target.border * 40 < bound <= outcome.objective + 1e-9


def test_the_balance_of_a_waived_building_does_not_hold_back_the_prices() -> None:
    """A tower in a grid of its own costs much balance; that is no share of what the other grids are priced by."""
    rng = np.random.default_rng(1)
    households = rng.integers(15, 40, 120)
    households[60] = 1500
    problem = lattice(12, 10, households.tolist(), border_cost=rng.choice([2.0, 10.0, 30.0], 218))
    rules = Rules(grids=(4, 20), households=(150, 300), persons=None, oversized="own_grid")
    outcome = draw_grids(problem, rules=rules)
    assert outcome.status == "feasible"
    assert outcome.gap < 0.2
