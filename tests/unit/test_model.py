"""Plans by mixed integer programming where search and listing find none, against all divisions of small grounds."""

import numpy as np
import pytest

from partitioning import Problem, Rules, check_plan, draw_grids
from partitioning.core import build_core, possible_cases
from partitioning.exact_grounds import exact_grounds
from partitioning.model import find_plan
from partitioning.prepare import prepare
from partitioning.target import make_target
from tests.towns.drawn import lattice, path, town
from tests.unit.test_engine_brute_force import divisions

HOUSEHOLDS = [
    50,
    5,
    1,
    18,
    7,
    7,
    48,
    1,
    29,
    10,
    11,
    24,
    6,
    1,
    23,
    13,
    0,
    2,
    4,
    3,
    49,
    17,
    17,
    5,
    11,
    0,
    7,
    13,
    3,
    41,
    28,
]
PERSONS = [
    154,
    11,
    3,
    58,
    23,
    21,
    139,
    2,
    87,
    26,
    33,
    78,
    14,
    3,
    55,
    31,
    0,
    4,
    12,
    7,
    150,
    54,
    49,
    12,
    33,
    0,
    17,
    33,
]
PERSONS += [8, 94, 70]


def tight_town() -> Problem:
    """A lattice of five columns, its last row cut short; four buildings held in two grids."""
    pairs = [(i, i + 1) for i in range(30) if i % 5 != 4] + [(i, i + 5) for i in range(26)]
    pinned = np.full(31, -1)
    pinned[[1, 8, 13]], pinned[21] = 1, 0
    places = [(i % 5 * 20.0, i // 5 * 20.0) for i in range(31)]
    return town(places, pairs, HOUSEHOLDS, persons=PERSONS, pinned=pinned)


def found(problem: Problem, rules: Rules) -> dict[int, np.ndarray | None]:
    """What the model finds for each number of grids that arithmetic admits."""
    ground = prepare(problem, rules)
    core = build_core(ground, rules)
    grounds = exact_grounds(ground, core)
    return {
        case.grids: find_plan(grounds.strict, make_target(ground, rules, core, case))
        for case in possible_cases(core, rules)
    }


@pytest.mark.parametrize("seed", [0, 1001])
def test_narrow_bands_with_held_buildings_are_kept(seed):
    rules = Rules(grids=2, households=(224, 230), persons=(639, 642), balance_tolerance=0.009)
    outcome = draw_grids(tight_town(), rules=rules, seed=seed)
    assert outcome.status == "optimal"
    assert check_plan(tight_town(), outcome.plan.labels, rules) == ()


@pytest.mark.parametrize("seed", range(24))
def test_a_plan_is_found_where_there_is_one_and_no_other(seed):
    """Seven buildings with chance borders, locks, pins and pairs apart."""
    rng = np.random.default_rng(seed)
    n = 7
    pairs = [(i, j) for i in range(n) for j in range(i) if rng.random() < 0.4]
    problem = town(
        [tuple(place) for place in rng.uniform(0, 3, (n, 2))],
        pairs,
        rng.integers(40, 160, n).tolist(),
        persons=rng.integers(100, 400, n),
        locked=np.where(rng.random(n) < 0.3, rng.integers(0, 2, n), -1),
        pinned=np.where(rng.random(n) < 0.2, rng.integers(0, 3, n), -1),
        apart=[sorted(rng.choice(n, 2, replace=False))],
    )
    rules = Rules(grids=(2, 4), households=(150, 400), persons=(300, 1100))
    plans = found(problem, rules)
    good = {
        max(labels) + 1
        for labels in divisions(n, 4)
        if max(labels) > 0 and not check_plan(problem, labels, rules)
    }
    assert {grids for grids, labels in plans.items() if labels is not None} == good
    for labels in plans.values():
        assert labels is None or check_plan(problem, labels, rules) == ()


def test_what_is_not_looked_at():
    rules = Rules(grids=4, households=(0, 5000), persons=None)
    assert found(path([10] * 61), rules) == {4: None}
    limited = Rules(grids=4, households=(0, 5000), persons=None, estate_splits=2)
    assert found(lattice(4, 4, 100, estates=np.arange(16) // 8), limited) == {4: None}
