"""Alternatives: feasible by the same rules, and none worse than another plan in every figure."""

import numpy as np
import pytest

from partitioning import Plan, Rules, check_plan, draw_grids, score_plan
from partitioning.alternatives import figures, pareto
from tests.towns.drawn import lattice, path

RULES = Rules(grids=(2, 4), households=(100, 300), persons=None)


def plan_of(problem, labels):
    labels = np.array(labels)
    return Plan(labels, score_plan(problem, labels, RULES))


@pytest.fixture
def outcome():
    rng = np.random.default_rng(7)
    problem = lattice(8, 5, households=rng.integers(5, 30, 40).tolist())
    return problem, draw_grids(problem, rules=RULES, seed=3, alternatives=True)


def test_none_unless_asked_for():
    problem = path([100] * 6)
    assert draw_grids(problem, rules=RULES).alternatives == ()


def test_all_keep_the_rules(outcome):
    problem, drawn = outcome
    assert drawn.alternatives
    for plan in drawn.alternatives:
        assert check_plan(problem, plan.labels, RULES) == ()


def test_none_is_as_good_as_another_in_every_figure(outcome):
    _, drawn = outcome
    plans = [drawn.plan, *drawn.alternatives]
    for one in plans:
        for other in drawn.alternatives:
            if one is not other:
                assert any(a > b for a, b in zip(figures(one), figures(other), strict=True))


def test_the_chosen_plan_is_that_of_a_draw_without_alternatives(outcome):
    problem, drawn = outcome
    assert drawn.plan.labels.tolist() == draw_grids(problem, rules=RULES, seed=3).plan.labels.tolist()


@pytest.mark.parametrize("seed", range(1, 11))
def test_a_plan_that_is_better_by_the_asked_weights_is_the_chosen_one(seed):
    rng = np.random.default_rng(seed)
    problem = lattice(10, 9, households=rng.integers(1, 30, 90).tolist())
    rules = Rules(grids=(5, 7), households=(100, 300), persons=None, preset="stable")
    alone = draw_grids(problem, rules=rules, seed=seed, effort="fast")
    drawn = draw_grids(problem, rules=rules, seed=seed, effort="fast", alternatives=True)
    assert drawn.objective == score_plan(problem, drawn.plan.labels, rules).objective <= alone.objective
    assert drawn.gap == pytest.approx((drawn.objective - drawn.bound) / drawn.objective)
    for plan in drawn.alternatives:
        assert score_plan(problem, plan.labels, rules).objective >= drawn.objective
    if drawn.objective < alone.objective:
        assert drawn.local is None
        covered = [figures(plan) for plan in (drawn.plan, *drawn.alternatives)]
        own = figures(alone.plan)
        assert any(all(a <= b for a, b in zip(one, own, strict=True)) for one in covered)


def test_same_seed_same_alternatives(outcome):
    problem, drawn = outcome
    again = draw_grids(problem, rules=RULES, seed=3, alternatives=True)
    assert [p.labels.tolist() for p in again.alternatives] == [p.labels.tolist() for p in drawn.alternatives]


def test_infeasible_has_none():
    rules = Rules(grids=2, households=(300, 310), persons=None)
    drawn = draw_grids(path([100] * 4), rules=rules, alternatives=True)
    assert drawn.status == "infeasible"
    assert drawn.alternatives == ()


def test_dominated_and_equal_plans_are_left_out():
    """A row of six hundreds, borders of 10. In halves it cuts one border with deviation 0; 2 | 4 cuts one with
    deviation 1/3 and more inertia: dominated. The same halves again add nothing. 2 | 2 | 2 cuts two but has less
    inertia: kept, once.
    """
    problem = path([100] * 6)
    halves = plan_of(problem, [0, 0, 0, 1, 1, 1])
    uneven = plan_of(problem, [0, 0, 1, 1, 1, 1])
    thirds = plan_of(problem, [0, 0, 1, 1, 2, 2])
    again = plan_of(problem, [0, 0, 1, 1, 2, 2])
    assert pareto(halves, [uneven, halves, thirds, again]) == (thirds,)
