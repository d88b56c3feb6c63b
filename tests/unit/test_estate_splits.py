"""Estates kept whole, or split no more often than a limit: drawn towns, all divisions of small ones, every draw."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partitioning import (
    Problem,
    Relaxation,
    Rules,
    RulesError,
    check_plan,
    complete_grids,
    draw_grids,
    repair_grids,
    score_plan,
)
from partitioning.explain import explain_violations
from tests.seeds import seeds
from tests.towns.drawn import lattice, path, town, two_islands
from tests.unit.test_engine_brute_force import divisions


def open_rules(grids, households, **more):
    return Rules(grids=grids, households=households, persons=None, **more)


def test_rules_read_the_limit():
    assert Rules.from_toml("estate_splits = 0").estate_splits == 0
    assert Rules.from_toml('estate_splits = "off"').estate_splits is None
    assert Rules.from_dict(Rules(estate_splits=3).to_dict()) == Rules(estate_splits=3)
    for wrong in (-1, 1.5, True):
        with pytest.raises(
            RulesError, match=f"estate_splits = {str(wrong).lower()} must be a whole number, 0 or more"
        ):
            Rules(estate_splits=wrong)


def test_the_border_goes_around_an_estate():
    """Six in a row, the cheapest border through the estate b2 b3: only with no split allowed it moves aside."""
    problem = path([100] * 6, border_cost=[10, 9, 1, 10, 10], estates=[-1, -1, 7, 7, -1, -1])
    free = draw_grids(problem, rules=open_rules(2, (200, 400), weights={"estates": 0}))
    assert free.plan.labels.tolist() == [0, 0, 0, 1, 1, 1]
    whole = draw_grids(problem, rules=open_rules(2, (200, 400), weights={"estates": 0}, estate_splits=0))
    assert whole.status == "optimal"
    assert whole.plan.labels.tolist() == [0, 0, 1, 1, 1, 1]


def test_the_judge_counts_splits():
    problem = path([100] * 4, estates=[5, 5, 5, 8])
    rules = open_rules((2, 4), (0, 400), estate_splits=1)
    assert check_plan(problem, [0, 0, 1, 1], rules) == ()
    (split,) = check_plan(problem, [0, 1, 2, 2], rules)
    assert (split.rule, split.value, split.limit, split.grid) == ("estates", 2, 1, None)
    assert split.buildings == (0, 1, 2)
    (reason,) = explain_violations(problem, (split,))
    assert reason.text("en") == "Estates are split 2 times, and 1 are allowed; their buildings: b0, b1, b2."
    assert reason.text("zh") == "小区共被拆分 2 次，最多允许 1 次；涉及楼栋：b0、b1、b2。"


def some_town(seed: int) -> Problem:
    """Seven buildings, most of them in estates that may lie apart, some empty, locked, held or kept apart."""
    rng = np.random.default_rng(seed)
    n = 7
    pairs = [(i, j) for i in range(n) for j in range(i) if rng.random() < 0.45]
    return town(
        [tuple(point) for point in rng.uniform(0, 3, (n, 2))],
        pairs,
        np.where(rng.random(n) < 0.15, 0, rng.integers(40, 200, n)).tolist(),
        border_cost=rng.uniform(0, 20, len(pairs)),
        estates=rng.integers(-1, 3, n),
        locked=np.where(rng.random(n) < 0.25, 0, -1) if seed % 2 else None,
        pinned=np.where(rng.random(n) < 0.25, rng.integers(0, 3, n), -1) if seed % 3 == 0 else None,
        apart=[[0, 3]] if seed % 4 == 0 else None,
    )


@pytest.mark.parametrize("splits", [0, 1, 2])
@pytest.mark.parametrize("seed", seeds(12, 40))
def test_agrees_with_all_divisions(seed, splits):
    problem = some_town(seed)
    rules = open_rules(
        (2, 4), (100, 400), estate_splits=splits, oversized="own_grid" if seed % 5 == 0 else "refuse"
    )
    good = [labels for labels in divisions(7, 4) if not check_plan(problem, labels, rules)]
    outcome = draw_grids(problem, rules=rules, seed=seed)
    if not good:
        assert outcome.status == "infeasible"
        return
    assert outcome.status in {"feasible", "optimal"}
    assert not check_plan(problem, outcome.plan.labels, rules)
    best = min(score_plan(problem, labels, rules).objective for labels in good)
    assert outcome.status != "optimal" or outcome.objective == pytest.approx(best)
    assert outcome.bound is None or outcome.bound <= best + 1e-9


@pytest.mark.parametrize("seed", range(25))
def test_the_splits_that_are_needed_are_named(seed):
    """Where the limit alone stands in the way, the reason says how many splits there must be."""
    problem, rules = some_town(seed), open_rules((2, 4), (100, 400), estate_splits=0)
    outcome = draw_grids(problem, rules=rules, certify=False)
    if outcome.status != "infeasible":
        return
    free = open_rules((2, 4), (100, 400))
    good = [labels for labels in divisions(7, 4) if not check_plan(problem, labels, free)]
    needed = min((score_plan(problem, labels, free).estates_split for labels in good), default=None)
    for reason in outcome.reasons:
        ways = [reason.relaxation, *reason.other_relaxations]
        named = [way.value for way in ways if way is not None and way.rule == "estates" and way.confirmed]
        assert named == ([] if needed is None else [needed])


def test_both_kinds_are_among_them():
    rules = open_rules((2, 4), (100, 400), estate_splits=1)
    statuses = [draw_grids(some_town(seed), rules=rules, certify=False).status for seed in range(40)]
    assert statuses.count("infeasible") >= 8
    assert statuses.count("optimal") >= 8


def only_reason(problem: Problem, **rules):
    outcome = draw_grids(problem, rules=Rules(**{"persons": None, "grids": 2, **rules}))
    assert outcome.status == "infeasible"
    (reason,) = outcome.reasons
    return reason


def test_estates_that_must_be_split():
    """500 households need two grids of 300; an estate on both islands lies in two."""
    reason = only_reason(path([100] * 6, estates=[1, 1, 1, 1, 1, -1]), households=(200, 400), estate_splits=0)
    assert (reason.kind, reason.value, reason.limit) == ("estates_must_split", 1, 0)
    assert reason.buildings == ("b0", "b1", "b2", "b3", "b4")
    assert reason.relaxation == Relaxation("estates", "most", 1)
    assert reason.text("en") == (
        "Estates must be split 1 times at the least, and 0 are allowed: they are too heavy for a grid, lie apart or "
        "are held in several grids. Their buildings: b0, b1, b2, b3, b4. Raising the most splits of estates to 1 would "
        "allow it."
    )
    assert reason.text("zh").startswith("小区至少须拆分 1 次，而最多允许 0 次：")
    assert reason.text("zh").endswith("将小区拆分次数上限提高到 1 即可。")
    islands = two_islands([100] * 3, [100] * 3, estates=[-1, -1, 4, 4, -1, -1])
    assert only_reason(islands, households=(100, 400), estate_splits=0).value == 1
    held = path([100] * 6, estates=[-1, -1, 4, 4, -1, -1], pinned=[-1, -1, 0, 1, -1, -1])
    assert only_reason(held, households=(100, 400), estate_splits=0).value == 1


@settings(max_examples=25, deadline=None)
@given(
    columns=st.integers(8, 12), rows=st.integers(8, 10), limit=st.integers(0, 3), seed=st.integers(0, 10**6)
)
def test_estates_of_a_plan_stay_whole(columns, rows, limit, seed):
    """Estates inside the grids of a plan that is known to hold: there is a plan without a split, so one is found."""
    rng = np.random.default_rng(seed)
    n = columns * rows
    rules = open_rules((3, 6), (n * 2, n * 5), estate_splits=limit)
    plan = draw_grids(lattice(columns, rows, 12), rules=rules, seed=seed, certify=False).plan.labels
    x, y = np.arange(n) % columns // 3, np.arange(n) // columns // 2
    estates = np.where(rng.random(n) < 0.9, (x + 10 * y) * 10 + plan, -1)
    problem = lattice(columns, rows, 12, estates=estates)
    outcome = draw_grids(problem, rules=rules, seed=seed, effort="normal", certify=False)
    assert outcome.status in {"feasible", "optimal"}
    assert check_plan(problem, outcome.plan.labels, rules) == ()


@settings(max_examples=15, deadline=None)
@given(limit=st.integers(0, 2), seed=st.integers(0, 10**6))
def test_repairs_and_completions_keep_the_limit(limit, seed):
    rng = np.random.default_rng(seed)
    rules = open_rules((3, 5), (120, 400), estate_splits=limit)
    free = lattice(9, 8, 12)
    plan = draw_grids(free, rules=rules, seed=seed, certify=False).plan.labels
    estates = (np.arange(72) % 9 // 3) + 10 * (np.arange(72) // 9 // 2)
    outcome = repair_grids(free.change(estates=estates), plan, rules, seed=seed, certify=False)
    assert outcome.status in {"feasible", "optimal"}
    assert outcome.plan.scores.estates_split <= limit
    problem = free.change(estates=10 * estates + plan)
    given_labels = np.where(rng.random(72) < 0.5, plan, -1)
    outcome = complete_grids(problem, given_labels, rules, seed=seed, certify=False)
    assert outcome.status in {"feasible", "optimal"}
    assert outcome.plan.scores.estates_split <= limit


def test_parts_of_split_buildings_count():
    """An estate of one building too heavy for a grid is split with it."""
    problem = path([100, 420, 100], estates=[-1, 3, -1], axes_m=[[0, 0], [45, 0], [0, 0]])
    rules = open_rules((2, 3), (150, 350), oversized="split", estate_splits=0)
    outcome = draw_grids(problem, rules=rules)
    assert outcome.status == "infeasible"
    assert outcome.reasons[0].relaxation.value == 1
    assert draw_grids(problem, rules=open_rules((2, 3), (150, 350), oversized="split", estate_splits=1)).plan


def test_more_grids_than_estates_splits_and_other_buildings_are_refuted():
    """Three estates in stripes: one split makes four grids at the most, one more with a building of none."""
    stripes = np.tile(np.arange(6) % 3, 5)
    problem = lattice(6, 5, [100] * 30, estates=stripes)
    outcome = draw_grids(problem, rules=open_rules(5, (0, 3000), estate_splits=1))
    assert outcome.status == "infeasible"
    (reason,) = outcome.reasons
    assert (reason.kind, reason.value, reason.limit) == ("estates_few_grids", 5, 4)
    assert reason.text("en").startswith(
        "With 1 splits of the 3 estates there are at most 4 grids, and 5 are needed"
    )
    assert reason.text("zh").startswith("3 个小区共拆分 1 次，最多只能形成 4 个网格，而至少需要 5 个")
    stripes[0] = -1
    freed = draw_grids(problem.change(estates=stripes), rules=open_rules(5, (0, 3000), estate_splits=1))
    assert "estates_few_grids" not in {reason.kind for reason in freed.reasons}
    least = draw_grids(problem.change(estates=stripes), rules=open_rules(5, (200, 3000), estate_splits=1))
    assert least.reasons[0].kind == "estates_few_grids", "one building of 100 households makes no grid"


def test_a_way_out_is_found_where_patches_stand_beside_estates():
    """One patch over everything forbids nothing: two splits are enough, as without it."""
    edges = [(1, 0), (0, 2), (2, 3), (4, 1), (5, 4), (4, 6), (4, 7), (2, 1), (4, 3)]
    persons = [462, 448, 498, 661, 439, 470, 506, 757]
    places = [(0.0, 0.0)] * 4 + [(50.0, 50.0)] * 4
    ground = town(
        places, edges, [150] * 8, persons=persons, estates=[3, -1, 3, 3, -1, -1, 1, 1], patches=[1] * 8
    )
    rules = Rules(grids=7, households=None, persons=(300, 1500), estate_splits=0)
    outcome = draw_grids(ground, rules=rules)
    assert outcome.status == "infeasible"
    assert outcome.reasons[0].relaxation == Relaxation("estates", "most", 2)
    assert outcome.reasons[0].relaxation.confirmed
