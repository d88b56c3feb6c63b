"""The lower bound: below every plan, and near the best one where compactness is all that counts."""

import numpy as np
import pytest

from partitioning import Rules, draw_grids, score_plan
from partitioning.bound import lower_bound
from partitioning.core import build_core, possible_cases
from partitioning.target import make_target
from tests.towns.drawn import lattice, path

COMPACT_ONLY = {"border": 0, "balance": 0, "estates": 0, "compactness": 1}


def bound_of(problem, rules, labels):
    core = build_core(problem, rules)
    (case,) = possible_cases(core, rules)
    return lower_bound(problem, core, make_target(problem, rules, core, case), np.array(labels))


def test_two_pairs_far_apart():
    """Households at 0, 100, 400 and 500 m: pairs have 2 * 50^2 a household each, which no division
    undercuts.
    """
    problem = path([100] * 4)
    xy = problem.xy_m.copy()
    xy[2:, 0] += 200
    problem = type(problem)(
        "abcd", problem.households, None, xy, problem.edges, problem.border_m, problem.border_cost
    )
    rules = Rules(grids=2, households=(200, 200), persons=None, weights=COMPACT_ONLY)
    optimum = score_plan(problem, [0, 0, 1, 1], rules).objective
    assert bound_of(problem, rules, [0, 0, 1, 1]) <= optimum + 1e-9
    assert bound_of(problem, rules, [0, 0, 1, 1]) == pytest.approx(optimum, rel=0.01)


@pytest.mark.parametrize("seed", range(5))
def test_below_the_plan_that_was_drawn(seed):
    problem = lattice(12, 10, np.random.default_rng(seed).integers(4, 16, 120).tolist())
    rules = Rules(grids=(4, 6), persons=None, weights=COMPACT_ONLY)
    outcome = draw_grids(problem, rules=rules, seed=seed)
    assert outcome.status == "feasible"
    assert 0 < outcome.bound <= outcome.objective
    assert outcome.gap == pytest.approx(1 - outcome.bound / outcome.objective)
    assert outcome.gap < 0.15


def test_any_start_gives_a_bound():
    """Prices from a bad plan are still a proof: the bound stays below the optimum of two squares."""
    problem = lattice(4, 2)
    rules = Rules(grids=2, households=(400, 400), persons=None, weights=COMPACT_ONLY)
    optimum = score_plan(problem, [0, 0, 1, 1, 0, 0, 1, 1], rules).objective
    assert 0 <= bound_of(problem, rules, [0, 1, 0, 1, 1, 0, 1, 0]) <= optimum + 1e-9


def test_left_out_when_not_asked_for():
    outcome = draw_grids(lattice(12, 10, 10), rules=Rules(grids=(4, 6), persons=None), certify=False)
    assert outcome.bound is None
    assert outcome.gap is None
