"""What the search thinks a move changes is what the judge says of the plan before and after it."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from partitioning import Rules, score_plan
from partitioning.core import build_core, possible_cases
from partitioning.levels import base_level
from partitioning.moves import flip, flip_delta, measure, stand
from partitioning.soft import loosen
from partitioning.target import make_target
from tests.towns.drawn import lattice


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), v=st.integers(0, 11), b=st.integers(0, 2))
def test_a_move_under_soft_rules(seed, v, b):
    """Twelve buildings in three grids; bands, tolerance, locks and a workload soft, one band hard."""
    rng = np.random.default_rng(seed)
    problem = lattice(
        4,
        3,
        rng.integers(0, 90, 12).tolist(),
        persons=rng.integers(0, 300, 12),
        estates=rng.integers(-1, 3, 12),
        locked=rng.integers(-1, 2, 12),
        border_cost=rng.uniform(0, 20, 17),
        workloads={"visits": rng.integers(0, 9, 12), "calls": rng.integers(0, 9, 12)},
    )
    rules = Rules(
        grids=3,
        households=(100, 140),
        persons=(300, 400),
        workloads={"visits": (10, 14), "calls": (0, 90)},
        balance_tolerance=0.05,
        soft={"households": 3, "persons": 1, "visits": 2, "balance": 1, "locked": 1},
    )
    start = np.concatenate([np.arange(3), rng.integers(0, 3, 9)])
    after = start.copy()
    after[v] = b
    assume(after[v] != start[v] and len(np.unique(after)) == 3)
    ground, every = loosen(problem, rules), np.arange(12)
    core = build_core(ground, rules)
    (case,) = possible_cases(core, rules)
    target = make_target(ground, rules, core, case)
    level = base_level(ground, every, every, np.empty((12, 0)), core.columns)
    now = stand(level, target, start.copy())
    before = measure(level, target, now)[1]
    expected = score_plan(problem, after, rules).objective - score_plan(problem, start, rules).objective
    assert flip_delta(level, target, now, v, b, 0.0) == pytest.approx(expected, abs=1e-9)
    flip(level, target, now, v, b)
    assert measure(level, target, now)[1] - before == pytest.approx(expected, abs=1e-9)
    assert measure(level, target, now) == pytest.approx(measure(level, target, stand(level, target, after)))
