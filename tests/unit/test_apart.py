"""Buildings that must not share a grid: on towns one can draw, against all divisions of small ones, in every draw."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partitioning import (
    Entrance,
    Problem,
    ProblemError,
    Relaxation,
    Rules,
    check_plan,
    complete_grids,
    draw_grids,
    repair_grids,
    score_plan,
)
from partitioning.explain import explain_violations
from partitioning.explain_apart import largest_clique
from partitioning.joining import count_torn, hold_parts
from partitioning.parts import part_buildings
from tests.seeds import seeds
from tests.towns.drawn import lattice, path, town
from tests.unit.test_engine_brute_force import divisions


def open_rules(grids, households, **more):
    return Rules(grids=grids, households=households, persons=None, **more)


def test_the_cut_runs_between_them():
    """Four in a row make two grids of 100 to 300; the border in the middle is the cheapest, but b0 and b1 lie apart."""
    borders = [10.0, 1.0, 10.0]
    free = path([100] * 4, border_cost=borders)
    assert draw_grids(free, rules=open_rules(2, (100, 300))).plan.labels.tolist() == [0, 0, 1, 1]
    outcome = draw_grids(free.change(apart=[[1, 0]]), rules=open_rules(2, (100, 300)))
    assert outcome.status == "optimal"
    assert outcome.plan.labels.tolist() == [0, 1, 1, 1]


def test_the_judge_knows_them():
    problem = path([100] * 4, apart=[[0, 1], [1, 3], [2, 3]])
    rules = open_rules(2, (0, 400))
    assert check_plan(problem, [0, 1, 1, 0], rules)[0].rule == "contiguity"
    (met,) = check_plan(problem, [0, 1, 1, 1], rules)
    assert (met.rule, met.value, met.limit, met.grid, met.buildings) == ("apart", 2, 0, 1, (1, 2, 3))
    (reason,) = explain_violations(problem, (met,))
    assert reason.text("en") == "Grid 2 has 2 pairs of buildings that must not share one, among b1, b2, b3."
    assert reason.text("zh") == "网格 2 中有 2 对不得同格的楼栋，涉及 b1、b2、b3。"


def test_faults_are_told_at_once():
    with pytest.raises(ProblemError) as caught:
        path([100] * 3, apart=[[0, 0], [1, 2], [2, 1]])
    assert caught.value.faults == (
        "apart[0] sets building 'b0' apart from itself; leave the row out.",
        "apart[2] repeats the pair 'b1'-'b2' of apart[1]; each pair may stand once: leave one out.",
    )
    with pytest.raises(ProblemError, match=r"apart\[0, 1\] = 9 must be the place of a building, 0 to 2"):
        path([100] * 3, apart=[[0, 9]])
    with pytest.raises(ProblemError, match=r"apart has shape \(2,\); it must be \(m, 2\)"):
        path([100] * 3, apart=[0, 1])


def test_changes_keep_them():
    problem = path([100] * 3, apart=[[0, 2]])
    assert problem.change(households=[1, 2, 3]).apart.tolist() == [[0, 2]]
    assert problem.change(apart=[]).apart is None


def some_town(seed: int, n: int = 7) -> Problem:
    """A few buildings, some empty, held or locked, on a random graph, with pairs that must not share a grid."""
    rng = np.random.default_rng(seed)
    pairs = [(i, j) for i in range(n) for j in range(i) if rng.random() < 0.45]
    every = list(combinations(range(n), 2))
    chosen = rng.choice(len(every), rng.integers(1, 6), replace=False)
    return town(
        [tuple(point) for point in rng.uniform(0, 3, (n, 2))],
        pairs,
        np.where(rng.random(n) < 0.15, 0, rng.integers(40, 200, n)).tolist(),
        border_cost=rng.uniform(0, 20, len(pairs)),
        estates=rng.integers(-1, 3, n),
        locked=np.where(rng.random(n) < 0.25, 0, -1),
        pinned=np.where(rng.random(n) < 0.25, rng.integers(0, 3, n), -1) if seed % 3 == 0 else None,
        current=rng.integers(0, 3, n) if seed % 2 else None,
        apart=[every[i] for i in chosen],
    )


@pytest.mark.parametrize("seed", seeds(40, 80))
def test_agrees_with_all_divisions(seed):
    problem = some_town(seed)
    rules = open_rules(
        (2, 4),
        (100, 400),
        balance_tolerance=0.5 if seed % 4 == 0 else None,
        oversized="own_grid" if seed % 5 == 0 else "refuse",
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


def test_both_kinds_are_among_them():
    rules = open_rules((2, 4), (100, 400))
    statuses = [draw_grids(some_town(seed), rules=rules, certify=False).status for seed in range(40)]
    assert statuses.count("infeasible") >= 8
    assert statuses.count("optimal") >= 8


def has_plan(problem: Problem, rules: Rules) -> bool:
    return any(not check_plan(problem, labels, rules) for labels in divisions(len(problem), rules.grids[1]))


@pytest.mark.parametrize("seed", range(30))
def test_pairs_to_release_are_the_fewest(seed):
    """What a reason says can be let share a grid is enough, and no smaller set of pairs is."""
    problem = some_town(seed, 6)
    rules = open_rules((2, 3), (100, 400))
    outcome = draw_grids(problem, rules=rules, certify=False)
    if outcome.status != "infeasible":
        return
    pairs = [tuple(pair) for pair in problem.apart.tolist()]

    def without(rows: tuple[int, ...]) -> Problem:
        return problem.change(apart=[pair for i, pair in enumerate(pairs) if i not in rows])

    sizes = [
        size
        for size in range(1, len(pairs) + 1)
        if any(has_plan(without(rows), rules) for rows in combinations(range(len(pairs)), size))
    ]
    ways = [(reason.relaxation, *reason.other_relaxations) for reason in outcome.reasons]
    for named in ways:
        shared = [way for way in named if way is not None and way.rule == "apart" and way.confirmed]
        assert [way.value for way in shared] == sizes[:1]
        for way in shared:
            places = [problem.building_ids.index(name) for name in way.buildings]
            rows = {
                i for i, pair in enumerate(pairs) if pair in set(zip(places[::2], places[1::2], strict=True))
            }
            assert len(rows) == way.value
            assert has_plan(without(tuple(rows)), rules)


def only_reason(problem: Problem, **rules):
    outcome = draw_grids(problem, rules=Rules(**{"persons": None, "grids": 2, **rules}))
    assert outcome.status == "infeasible"
    (reason,) = outcome.reasons
    return reason


def test_a_lock_and_a_held_grid_against_a_pair():
    reason = only_reason(path([100] * 4, locked=[5, 5, -1, -1], apart=[[0, 1]]), households=(100, 300))
    assert (reason.rule, reason.kind, reason.value, reason.buildings) == (
        "apart",
        "apart_held",
        1,
        ("b0", "b1"),
    )
    assert reason.relaxation == Relaxation("apart", "release", 1, ("b0", "b1"))
    assert reason.text("en").startswith(
        "Of b0, b1 some must not share a grid (1 pairs), but all of them are locked or held together. Letting b0 + b1 "
        "share a grid would allow it."
    )
    assert reason.text("zh").startswith("楼栋 b0、b1 中有 1 对不得同属一个网格，却被锁定或固定在一起。")
    assert "允许 b0 + b1 同属一个网格即可。" in reason.text("zh")
    held = path([100] * 4, pinned=[3, 3, -1, -1], apart=[[0, 1]])
    assert only_reason(held, households=(100, 300)).grid == 3


def test_more_apart_than_there_are_grids():
    """Five of thirty lie apart of each other, four grids are allowed: one pair must be let share at the least."""
    five = list(combinations([0, 7, 14, 21, 28], 2))
    problem = lattice(6, 5, 20, apart=five)
    reason = only_reason(problem, grids=(2, 4), households=(100, 300))
    assert (reason.kind, reason.value, reason.limit) == ("apart_too_many", 5, 4)
    assert reason.buildings == ("b0", "b7", "b14", "b21", "b28")
    assert reason.relaxation == Relaxation("grids", "most", 5)
    assert reason.other_relaxations == (Relaxation("apart", "release", 1, ("b0", "b7")),)
    freed = problem.change(apart=five[1:])
    assert (
        draw_grids(freed, rules=Rules(grids=(2, 4), households=(100, 300), persons=None)).status == "optimal"
    )
    assert reason.text("en") == (
        "Buildings b0, b7, b14, b21, b28 must lie in 5 different grids, and with these counts the rules allow 4 at "
        "most. Raising the most number of grids to 5 would allow it. Letting b0 + b7 share a grid would allow it."
    )
    assert "须分属 5 个不同网格，按现有数量规则最多允许 4 个" in reason.text("zh")
    assert "允许 b0 + b7 同属一个网格即可。" in reason.text("zh")
    assert draw_grids(problem, rules=open_rules((2, 5), (100, 300))).status == "feasible"
    three = only_reason(problem, grids=2, households=(100, 400))
    assert three.other_relaxations[0].value == 4  # classes of 3 and 2: three pairs and one


@settings(max_examples=60, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda pair: pair[0] < pair[1])))
def test_the_largest_clique(pairs):
    clique = largest_clique(pairs)
    assert all(pair in pairs for pair in combinations(clique, 2))
    sizes = [
        size
        for size in range(2, 10)
        if any(all(pair in pairs for pair in combinations(some, 2)) for some in combinations(range(9), size))
    ]
    assert len(clique) == max(sizes, default=0)


@settings(max_examples=30, deadline=None)
@given(columns=st.integers(8, 12), rows=st.integers(8, 10), seed=st.integers(0, 10**6))
def test_pairs_of_different_grids_of_a_plan_stay_apart(columns, rows, seed):
    """Pairs that a plan keeps apart: there is a plan, so that one must be found, whatever else is held."""
    rng = np.random.default_rng(seed)
    n = columns * rows
    rules = open_rules((3, 6), (n * 2, n * 5))
    plan = draw_grids(lattice(columns, rows, 12), rules=rules, seed=seed, certify=False).plan.labels
    some = np.sort(rng.integers(0, n, (20, 2)), axis=1)
    apart = np.unique(some[plan[some[:, 0]] != plan[some[:, 1]]], axis=0)
    pinned = np.where(rng.random(n) < rng.uniform(0, 0.2), plan, -1)
    problem = lattice(columns, rows, 12, pinned=pinned, apart=apart)
    outcome = draw_grids(problem, rules=rules, seed=seed, effort="fast", certify=False)
    assert outcome.status in {"feasible", "optimal"}
    assert check_plan(problem, outcome.plan.labels, rules) == ()


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_repairs_and_completions_keep_them_apart(seed):
    """A pair inside a grid of the plan in force is parted, and what is to be placed keeps its distance."""
    rng = np.random.default_rng(seed)
    free = lattice(9, 8, 12)
    rules = open_rules((3, 5), (120, 400))
    plan = draw_grids(free, rules=rules, seed=seed, certify=False).plan.labels
    inside = rng.choice(np.flatnonzero(plan == 0), 2, replace=False)
    problem = free.change(apart=[inside])
    outcome = repair_grids(problem, plan, rules, seed=seed, certify=False)
    assert outcome.status in {"feasible", "optimal"}
    assert check_plan(problem, outcome.plan.labels, rules) == ()
    across = [int(np.flatnonzero(plan == grid)[0]) for grid in (0, 1)]
    given_labels = np.where(rng.random(72) < 0.6, plan, -1)
    outcome = complete_grids(free.change(apart=[across]), given_labels, rules, seed=seed, certify=False)
    assert outcome.status in {"feasible", "optimal"}
    assert outcome.plan.labels[across[0]] != outcome.plan.labels[across[1]]


def test_ways_go_around_what_must_not_join():
    """b0 and b2 are locked; the straight way over b1 is barred, since b1 must not share their grid."""
    problem = lattice(3, 2, locked=[0, -1, 0, -1, -1, -1], apart=[[1, 2]])
    part = hold_parts(problem, np.arange(6))
    assert part.tolist() == [0, 1, 0, 0, 0, 0]
    assert count_torn(problem, np.arange(6), part) == 0
    barred = problem.change(apart=[[1, 2], [3, 5]])
    assert count_torn(barred, np.arange(6), hold_parts(barred, np.arange(6))) == 1


def test_parts_of_buildings_stay_apart():
    """400 are parted into two entrances; neither may be with b2, so that it is alone with b3."""
    doors = {"b1": [Entrance(200, 0, (90, 0)), Entrance(200, 0, (110, 0))]}
    problem = path(
        [100, 400, 100, 200], entrances=doors, axes_m=[[0, 0], [10, 0], [0, 0], [0, 0]], apart=[[1, 2]]
    )
    rules = open_rules(3, (150, 300), oversized="split")
    parted = part_buildings(problem, rules, np.array([1]))
    assert sorted(map(tuple, parted.problem.apart.tolist())) == [(1, 3), (2, 3)]
    outcome = draw_grids(problem, rules=rules)
    assert outcome.plan.labels.tolist() == [0, 1, 2, 2] or outcome.plan.labels.tolist() == [0, 0, 2, 2]
    held = {int(label) for label in outcome.plan.parts.label}
    assert held == {0, 1}
