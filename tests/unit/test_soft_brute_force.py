"""Soft rules and workloads against all divisions of up to seven buildings: status, optimum and bound."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partitioning import Problem, Rules, check_plan, draw_grids, score_plan
from tests.towns.drawn import town
from tests.unit.test_engine_brute_force import divisions

BANDS = {
    "households": ((0, 250), (100, 320), (150, 200), (400, 500)),
    "persons": ((200, 900), (0, 600), (700, 1400)),
    "visits": ((0, 12), (5, 20), (9, 11), (30, 40)),
}


@st.composite
def towns(draw) -> Problem:
    """Three to seven buildings, some empty, on a graph that may be in pieces; estates, locks, pins, a pair apart, a
    workload."""
    n = draw(st.integers(3, 7))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    pairs = [(i, j) for i in range(n) for j in range(i) if rng.random() < 0.45]
    return town(
        [tuple(point) for point in rng.uniform(0, 3, (n, 2))],
        pairs,
        np.where(rng.random(n) < 0.2, 0, rng.integers(40, 200, n)).tolist(),
        persons=rng.integers(0, 500, n),
        border_cost=rng.uniform(0, 20, len(pairs)),
        estates=rng.integers(-1, 3, n),
        locked=np.where(rng.random(n) < 0.4, rng.integers(0, 2, n), -1),
        workloads={"visits": rng.integers(0, 12, n)},
        pinned=np.where(rng.random(n) < 0.2, rng.integers(0, 3, n), -1) if draw(st.booleans()) else None,
        apart=[sorted(rng.choice(n, 2, replace=False))] if draw(st.booleans()) else None,
    )


@st.composite
def mixed_rules(draw) -> Rules:
    """Each rule left out, hard or soft."""
    bands = {name: draw(st.none() | st.sampled_from(some)) for name, some in BANDS.items()}
    soft = draw(
        st.dictionaries(
            st.sampled_from(("households", "persons", "balance", "grids", "locked", "visits")),
            st.sampled_from((0, 0.1, 1, 5)),
        )
    )
    if bands["visits"] is None:
        soft.pop("visits", None)
    low = draw(st.integers(1, 4))
    return Rules(
        grids=(low, draw(st.integers(low, 4))),
        households=bands["households"],
        persons=bands["persons"],
        workloads={"visits": bands["visits"]},
        balance_tolerance=draw(st.sampled_from((None, 0.1, 0.4))),
        oversized=draw(st.sampled_from(("refuse", "own_grid"))),
        soft=soft,
        estate_splits=draw(st.none() | st.integers(0, 3)),
    )


@settings(max_examples=100, deadline=None)
@given(towns(), mixed_rules(), st.integers(0, 3))
def test_agrees_with_all_divisions(problem, rules, seed):
    compare(problem, rules, seed)


@pytest.mark.slow
@settings(max_examples=500, deadline=None)
@given(towns(), mixed_rules(), st.integers(0, 3))
def test_agrees_with_all_divisions_of_many_towns(problem, rules, seed):
    compare(problem, rules, seed)


def compare(problem, rules, seed):
    """A draw and the best of all divisions."""
    good = [
        labels for labels in divisions(len(problem), len(problem)) if not check_plan(problem, labels, rules)
    ]
    outcome = draw_grids(problem, rules=rules, seed=seed)
    if not good:
        assert outcome.status == "infeasible"
        return
    best = min(score_plan(problem, labels, rules).objective for labels in good)
    assert outcome.status == "optimal"
    assert not check_plan(problem, outcome.plan.labels, rules)
    assert outcome.objective == pytest.approx(best)
    assert outcome.objective == pytest.approx(outcome.plan.scores.objective)
    assert outcome.bound <= best + 1e-9
