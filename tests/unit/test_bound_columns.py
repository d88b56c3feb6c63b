"""The bound by columns: below every contiguous plan within the bands, from any prices, and near good plans."""

import numpy as np
import pytest

from partitioning import Problem, Rules, draw_grids
from partitioning.bound_columns import MOST_NODES, Columns, bound_by_columns
from partitioning.bound_country import make_country
from partitioning.bound_together import bound_together
from partitioning.cheapest_grid import Bands, cheapest_grid
from partitioning.core import build_core, possible_cases
from partitioning.graph import Floats, Truths, components
from partitioning.objective import measure_terms
from partitioning.scores import check_plan
from partitioning.target import make_target
from tests.seeds import seeds
from tests.towns.drawn import lattice, town
from tests.unit.test_bound_together import MIXES
from tests.unit.test_engine_brute_force import divisions


def some_town(seed: int, n: int = 7) -> Problem:
    """Buildings in one piece with borders of any cost, some of them empty, in estates and locks."""
    rng = np.random.default_rng(seed)
    pairs = [(i, j) for i in range(n) for j in range(i) if j == i - 1 or rng.random() < 0.3]
    locked = np.full(n, -1)
    locked[[0, 1]] = seed % 2 - 1
    return town(
        [tuple(place) for place in rng.uniform(0, 3, (n, 2))],
        pairs,
        np.where(rng.random(n) < 0.2, 0, rng.integers(20, 200, n)).tolist(),
        persons=rng.integers(0, 500, n),
        border_cost=rng.uniform(0, 20, len(pairs)),
        estates=rng.integers(-1, 3, n),
        locked=locked,
    )


@pytest.mark.parametrize("seed", seeds(20, 60))
def test_below_every_plan(seed: int) -> None:
    rng = np.random.default_rng(seed)
    problem = some_town(seed)
    households, persons = (
        (int(counts.sum() / 6), int(max(counts.sum() / 2, counts.max())))
        for counts in (problem.households, problem.persons)
    )
    rules = Rules(
        grids=3,
        households=households if seed % 3 else None,
        persons=persons if seed % 3 != 1 else None,
        weights={**MIXES[seed % 3], "estates": 0.5 * (seed % 4)},
    )
    core = build_core(problem, rules)
    for case in possible_cases(core, rules):
        target = make_target(problem, rules, core, case)
        least = np.inf
        for labels in map(np.array, divisions(7, 3)):
            if len(np.unique(labels)) == 3 and not check_plan(problem, labels, rules):
                terms = measure_terms(problem, labels)
                cost = target.border * terms.border_cost_m + target.inertia * terms.inertia_hm2
                least = min(least, cost + target.estate * terms.estates_split)
        start = np.concatenate([np.arange(3), rng.integers(0, 3, 4)])
        for prices in (np.zeros(7), rng.uniform(0, 1, 7)):
            assert 0 <= bound_by_columns(problem, core, target, start, prices) <= least + 1e-9
            assert 0 <= bound_together(problem, core, target, start, prices)[0] <= least + 1e-9


@pytest.mark.parametrize("seed", seeds(10, 60))
def test_the_cheapest_grid_under_any_prices(seed: int) -> None:
    """Exact where it is let search: the least of all contiguous sets within both bands."""
    rng = np.random.default_rng(seed)
    n = 9
    problem = some_town(2 * seed, n)
    rules = Rules(
        grids=3, households=None, persons=None, weights={"border": 1, "compactness": 1, "estates": 0.5}
    )
    core = build_core(problem, rules)
    (case,) = possible_cases(core, rules)
    country, _ = make_country(problem, core, make_target(problem, rules, core, case))
    counts = np.ascontiguousarray(np.column_stack([problem.households, problem.persons]), dtype=np.float64)
    sums = counts.sum(axis=0)
    low, high = sums / 5, sums / 2
    country = country._replace(mass=counts[:, 0].copy(), low=low[0], high=high[0])
    prices: Floats = rng.uniform(0, 0.6, n)

    taken = (np.arange(1, 2**n)[:, None] >> np.arange(n) & 1).astype(np.bool_)
    held = taken @ counts
    taken = taken[((held >= low) & (held <= high)).all(axis=1)]
    columns = Columns(country, Bands(counts, low, high))
    columns.add(np.array([some for some in taken if connected(problem, some)]))
    value = columns.cost - columns.taken @ prices
    finds = np.empty((20, n), np.bool_)
    bands = columns.bands
    above = value.min() + 0.1
    floor, _ = cheapest_grid(country, bands, prices, above, 100_000, columns.search, finds)
    assert floor == pytest.approx(value.min(), abs=1e-6)
    for work in (1, 10, 100):
        early, kept = cheapest_grid(country, bands, prices, 0.0, work, columns.search, finds)
        assert early <= value.min() + 1e-9
        assert {some.tobytes() for some in finds[:kept]} <= {some.tobytes() for some in columns.taken}


def connected(problem: Problem, taken: Truths) -> bool:
    place = np.cumsum(taken) - 1
    inside = place[problem.edges[taken[problem.edges].all(axis=1)]]
    return components(int(taken.sum()), inside)[0] == 1


def test_close_to_the_best_plan() -> None:
    """A ground that can be worked through: next to nothing is left open, with no more than the plan to begin with."""
    rng = np.random.default_rng(3)
    problem = lattice(6, 4, rng.integers(40, 60, 24).tolist(), border_cost=rng.choice([2.0, 10.0], 38))
    rules = Rules(grids=5, persons=None)
    outcome = draw_grids(problem, rules=rules)
    assert outcome.status == "optimal"
    core = build_core(problem, rules)
    (case,) = possible_cases(core, rules)
    target = make_target(problem, rules, core, case)
    labels = outcome.plan.labels
    together, prices = bound_together(problem, core, target, labels, np.zeros(24))
    bound = bound_by_columns(problem, core, target, labels, prices)
    assert together < 0.9 * outcome.objective < 0.95 * outcome.objective < bound <= outcome.objective + 1e-9
    early = bound_by_columns(problem, core, target, labels, prices, enough=together)
    assert together <= early <= bound


def test_many_buildings_only_with_patience() -> None:
    n = MOST_NODES + 10
    problem = lattice(n // 10, 10, [10] * n, border_cost=np.full(2 * n - n // 10 - 10, 5.0))
    rules = Rules(grids=5, persons=None)
    core = build_core(problem, rules)
    (case,) = possible_cases(core, rules)
    target = make_target(problem, rules, core, case)
    labels = np.arange(n) * 5 // n
    assert bound_by_columns(problem, core, target, labels, np.zeros(n)) == 0
    together, prices = bound_together(problem, core, target, labels, np.zeros(n))
    assert bound_by_columns(problem, core, target, labels, prices, patience=2) > together
