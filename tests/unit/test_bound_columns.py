"""The bound by columns: below every contiguous plan within the bands, from any prices, and near good plans."""

from dataclasses import replace

import numpy as np
import pytest

from partitioning import Problem, Rules, draw_grids
from partitioning.bound_columns import MOST_NODES, bound_by_columns
from partitioning.bound_country import make_country
from partitioning.bound_together import bound_together
from partitioning.cheapest_grid import cheapest_grid, list_cheap_grids
from partitioning.columns import Columns
from partitioning.core import build_core, possible_cases
from partitioning.draw import Draw
from partitioning.graph import Floats, Ints, Truths, components
from partitioning.grid_cases import Tally, make_cases
from partitioning.judge import judge
from partitioning.objective import measure_terms
from partitioning.scores import check_plan
from partitioning.soft import soft_cost, soft_terms
from partitioning.target import coefficients_of, make_target
from tests.seeds import seeds
from tests.towns.drawn import lattice, town
from tests.unit.test_bound_together import MIXES, wide_bands
from tests.unit.test_engine_brute_force import divisions


def some_town(seed: int, n: int = 7) -> Problem:
    """Buildings in one piece with borders of any cost, some of them empty, in estates and locks."""
    rng = np.random.default_rng(seed)
    pairs = [(i, j) for i in range(n) for j in range(i) if j == i - 1 or rng.random() < 0.3]
    locked = np.full(n, -1)
    locked[[0, seed % 3 + 1]] = seed % 2 - 1
    return town(
        [tuple(place) for place in rng.uniform(0, 3, (n, 2))],
        pairs,
        np.where(rng.random(n) < 0.2, 0, rng.integers(20, 200, n)).tolist(),
        persons=rng.integers(0, 500, n),
        border_cost=rng.uniform(0, 20, len(pairs)),
        estates=rng.integers(-1, 3, n),
        locked=locked,
        apart=[(n - 1, n - 3)] if seed % 4 == 3 else None,
    )


@pytest.mark.parametrize("seed", seeds(20, 60))
def test_the_best_of_all_plans(seed: int) -> None:
    """Few buildings are worked through from any prices: the best plan is met, and no plan is below the bounds."""
    rng = np.random.default_rng(seed)
    problem = some_town(seed)
    households, persons = wide_bands(problem)
    rules = Rules(
        grids=3,
        households=households if seed % 3 else None,
        persons=persons if seed % 3 != 1 else None,
        balance_tolerance=0.2,
        weights={**MIXES[seed % 3], "estates": 0.5 * (seed % 4), "balance": 0.2 * (seed % 5)},
        soft={"persons": 0.3, "balance": 0.4} if seed % 2 else {"balance": 0.5},
    )
    core = build_core(problem, rules)
    for case in possible_cases(core, rules):
        target = make_target(problem, rules, core, case)
        soft = soft_terms(problem, rules, 3, core.waived)
        every = [np.array(one) for one in divisions(7, 3) if len(set(one)) == 3]
        every = [one for one in every if not check_plan(problem, one, rules)]
        values = [
            measure_terms(problem, one).value(coefficients_of(target))
            + soft_cost(problem, rules, soft, one, core.waived)
            for one in every
        ]
        if not every:
            continue
        known = int(rng.integers(len(every)))
        for prices in (np.zeros(7), rng.uniform(0, 1, 7)):
            proof = bound_by_columns(problem, core, target, every[known], prices)
            assert proof.value == pytest.approx(min(values), rel=1e-9)
            if values[known] > min(values) + 1e-7:
                assert same_grids(proof.better, every[int(np.argmin(values))])
            below = bound_by_columns(problem, core, target, every[known], prices, enough=0.9 * min(values))
            assert below.value <= min(values) + 1e-9
            broken = np.arange(7) % 3
            blind = bound_by_columns(
                problem, core, target, broken, prices, enough=2 * min(values) + 1, kept=False
            )
            assert blind.value == pytest.approx(min(values), rel=1e-9)
            assert same_grids(blind.better, every[int(np.argmin(values))])
            assert 0 <= bound_together(problem, core, target, every[known], prices)[0] <= min(values) + 1e-9


def same_grids(one: Ints, other: Ints) -> bool:
    return len(set(zip(one.tolist(), other.tolist(), strict=True))) == len(set(one.tolist()))


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
    apart = np.array([[0, 5]])
    taken = taken[((held >= low) & (held <= high)).all(axis=1) & ~taken[:, apart[0]].all(axis=1)]
    soft = np.array([[1, sums[1] / 4, sums[1] / 3, 1e-4]])
    tally = Tally(counts, low, high, soft, mean=sums[0] / 3, balance=0.1, apart=apart)
    columns = Columns(country, tally)
    columns.add(np.array([some for some in taken if connected(problem, some)]))
    value = columns.cost - columns.taken @ prices
    finds = np.empty((20, n), np.bool_)
    above = value.min() + 0.1
    floor, _ = cheapest_grid(country, tally, prices, above, 100_000, columns.search, finds)
    assert floor == pytest.approx(value.min(), abs=1e-6)
    for work in (1, 10, 100):
        early, kept = cheapest_grid(country, tally, prices, 0.0, work, columns.search, finds)
        assert early <= value.min() + 1e-9
        assert {some.tobytes() for some in finds[:kept]} <= {some.tobytes() for some in columns.taken}

    room = np.empty((1000, n), np.bool_)

    def listed(enough: float, work: int, room: Truths) -> tuple[int, int]:
        """In two goes, so that the second goes on where the first ended."""
        cases = make_cases(n + 64, country)
        left, count = list_cheap_grids(
            country, tally, prices, enough, work // 2, columns.search, cases, 1, room, 0
        )
        return list_cheap_grids(
            country, tally, prices, enough, work, columns.search, cases, left, room, count
        )

    left, count = listed(above, 1000, room)
    assert left == 0
    assert {some.tobytes() for some in room[:count]} == {
        some.tobytes() for some in columns.taken[value < above]
    }
    assert listed(above, 2, room)[0] > 0
    assert listed(above, 1000, room[: count - 1])[1] == count - 1
    assert listed(value.min() - 0.1, 1000, room) == (0, 0)


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
    bound = bound_by_columns(problem, core, target, labels, prices).value
    assert together < 0.9 * outcome.objective
    assert bound == pytest.approx(outcome.objective, rel=1e-9)
    early = bound_by_columns(problem, core, target, labels, prices, enough=together).value
    assert together <= early <= bound


def test_many_buildings_only_with_patience() -> None:
    n = MOST_NODES + 10
    problem = lattice(n // 10, 10, [10] * n, border_cost=np.full(2 * n - n // 10 - 10, 5.0))
    rules = Rules(grids=5, persons=None)
    core = build_core(problem, rules)
    (case,) = possible_cases(core, rules)
    target = make_target(problem, rules, core, case)
    labels = np.arange(n) * 5 // n
    assert bound_by_columns(problem, core, target, labels, np.zeros(n)).value == 0
    together, prices = bound_together(problem, core, target, labels, np.zeros(n))
    assert bound_by_columns(problem, core, target, labels, prices, patience=2).value > together


def test_a_draw_of_some_dozens_of_buildings_is_the_best_of_all() -> None:
    """Certified, it is at least as good as without; buildings kept apart make it dearer, and no proof goes wrong."""
    rng = np.random.default_rng(5)
    households = rng.integers(15, 60, 56)
    problem = lattice(8, 7, households.tolist(), border_cost=rng.choice([2.0, 10.0, 30.0], 97))
    rules = Rules(grids=8, persons=None)
    quick = draw_grids(problem, rules=rules, certify=False, effort="fast")
    best = draw_grids(problem, rules=rules)
    assert best.status == "optimal"
    assert best.gap == 0
    assert best.bound == best.objective <= quick.objective
    assert best.local.improvement == 0

    labels = best.plan.labels
    together = [(int(a), int(b)) for a, b in problem.edges if labels[a] == labels[b]][::7]
    parted = draw_grids(problem.change(apart=together), rules=rules)
    assert not parted.plan.scores.violations
    assert best.objective - 1e-9 <= parted.bound <= parted.objective
    assert all(parted.plan.labels[a] != parted.plan.labels[b] for a, b in together)

    soft = draw_grids(problem, rules=replace(rules, households=(180, 240), soft={"households": 2.0}))
    assert soft.bound <= soft.objective
    assert soft.objective >= best.objective - 1e-9


@pytest.mark.parametrize("seed", [86, 133])
def test_a_certified_draw_gives_the_best_plan_that_it_met(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two numbers of grids: bounds meet better plans, and better splits of these are met in turn."""
    rng = np.random.default_rng(seed)
    columns, rows = int(rng.integers(7, 11)), int(rng.integers(6, 10))
    households = rng.integers(15, 60, columns * rows).tolist()
    cost = rng.choice([2.0, 10.0, 30.0], 2 * columns * rows - columns - rows)
    problem = lattice(columns, rows, households, border_cost=cost)
    rules = Rules(grids=(8, 9), households=None, persons=None, balance_tolerance=0.35)
    draws: list[Draw] = []
    monkeypatch.setattr("partitioning.draw.judge", lambda draw: draws.append(draw) or judge(draw))
    outcome = draw_grids(problem, rules=rules, effort="fast", seed=seed)
    best = draws[-1].pool.leader()
    assert outcome.objective == best.objective
    assert np.array_equal(outcome.plan.labels, best.labels)
    assert outcome.gap == pytest.approx(1 - outcome.bound / outcome.objective)
    for grids in (8, 9):
        alone = draw_grids(problem, rules=replace(rules, grids=grids), effort="fast", seed=seed)
        assert outcome.bound <= alone.objective + 1e-9

    ended: list[float] = []
    draw_grids(problem, rules=rules, effort="fast", seed=seed, progress=lambda share, _: ended.append(share))
    for most in np.linspace(1, len(ended) - 1, 12).astype(int):
        calls = iter(range(1, 10**6))
        stopped = draw_grids(
            problem,
            rules=rules,
            effort="fast",
            seed=seed,
            progress=lambda *_, calls=calls, most=most: next(calls) < most,
        )
        assert stopped.interrupted


def test_held_buildings_that_do_not_touch_are_in_one_piece_by_others() -> None:
    """What is held together is no border: the proof holds grids to contiguity as the plan is."""
    rng = np.random.default_rng(11)
    problem = lattice(6, 5, rng.integers(30, 50, 30).tolist(), border_cost=rng.choice([2.0, 10.0], 49))
    held = np.full(30, -1)
    held[[7, 21]] = 0
    outcome = draw_grids(problem.change(locked=held), rules=Rules(grids=5, persons=None))
    assert outcome.status == "optimal"
    assert outcome.local.proven == outcome.local.pairs
