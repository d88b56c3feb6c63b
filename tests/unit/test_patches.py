"""Patches: grids inside of given ones, against all divisions of small towns; and grids grouped into patches."""

from itertools import combinations

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
    explain_notes,
    repair_grids,
    score_plan,
)
from partitioning.explain import explain_violations
from tests.seeds import seeds
from tests.towns.drawn import lattice, path, town, two_islands
from tests.unit.test_engine_brute_force import divisions
from tests.unit.test_gaps import pieces


def open_rules(grids, households, **more):
    return Rules(grids=grids, households=households, persons=None, **more)


def test_the_border_follows_the_patches():
    """Six in a row with the patches 3 | 8: the cheap border in the middle is inside of a patch."""
    problem = path([100] * 6, border_cost=[10, 9, 1, 10, 10], patches=[3, 3, 8, 8, 8, 8])
    outcome = draw_grids(problem, rules=open_rules(2, (200, 400)))
    assert outcome.status == "optimal"
    assert outcome.plan.labels.tolist() == [0, 0, 1, 1, 1, 1]
    assert outcome.plan.patches.tolist() == [3, 8]


def test_buildings_in_no_patch_may_join_any_one():
    problem = path([100] * 5, patches=[3, -1, -1, -1, 8])
    rules = open_rules((1, 3), (0, 500))
    assert check_plan(problem, [0, 0, 0, 1, 1], rules) == ()
    (shared,) = check_plan(problem, [0] * 5, rules)
    assert (shared.rule, shared.value, shared.limit, shared.grid) == ("patches", 2, 1, 0)
    assert shared.buildings == (0, 4)
    (reason,) = explain_violations(problem, (shared,))
    assert reason.text("en") == "Grid 1 lies in 2 patches, and may lie in one; its buildings there: b0, b4."
    assert reason.text("zh") == "网格 1 跨 2 个片区，只能属于一个；涉及楼栋：b0、b4。"
    assert draw_grids(problem, rules=open_rules((1, 3), (100, 500))).plan.grids >= 2


def some_town(seed: int) -> Problem:
    """Seven buildings, most of them in patches, some empty, held, locked or kept apart."""
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
        patches=rng.integers(-1, 2 if seed % 2 else 3, n),
    )


@pytest.mark.parametrize("seed", seeds(20, 80))
def test_agrees_with_all_divisions(seed):
    problem = some_town(seed)
    rules = open_rules(
        (2, 4),
        (100, 400),
        estate_splits=2 if seed % 5 == 0 else None,
        oversized="own_grid" if seed % 7 == 0 else "refuse",
        contiguity="gaps" if seed % 6 == 0 else "hard",
    )
    good = [labels for labels in divisions(7, 4) if not check_plan(problem, labels, rules)]
    for labels in good:
        assert all(len(set(problem.patches[np.array(labels) == k]) - {-1}) <= 1 for k in set(labels))
    outcome = draw_grids(problem, rules=rules, seed=seed)
    if not good:
        assert outcome.status == "infeasible"
        return
    assert outcome.status in {"feasible", "optimal"}
    assert not check_plan(problem, outcome.plan.labels, rules)
    best = min(score_plan(problem, labels, rules).objective for labels in good)
    assert outcome.status != "optimal" or outcome.objective == pytest.approx(best)
    assert outcome.bound is None or outcome.bound <= best + 1e-9
    for k, patch in enumerate(outcome.plan.patches):
        assert set(problem.patches[outcome.plan.labels == k]) - {-1} == ({patch} - {-1})


def test_both_kinds_are_among_them():
    rules = open_rules((2, 4), (100, 400))
    statuses = [draw_grids(some_town(seed), rules=rules, certify=False).status for seed in range(40)]
    assert statuses.count("infeasible") >= 8
    assert statuses.count("optimal") >= 8


def test_reasons_name_the_patches():
    """150 to 300 a grid, and patches of 100 and 500: without them there is a plan."""
    problem = path([100] * 6, patches=[0, 1, 1, 1, 1, 1])
    outcome = draw_grids(problem, rules=open_rules((2, 3), (150, 300)))
    assert outcome.status == "infeasible"
    first = outcome.reasons[0]
    assert (first.rule, first.kind, first.value) == ("patches", "patches_divide", 2)
    merge = Relaxation("patches", "release", 2)
    assert merge in (first.relaxation, *first.other_relaxations)
    assert first.text("en").startswith("No grid may lie in two of the 2 patches, which leaves no plan:")
    assert "Letting grids lie in several patches would allow it." in first.text("en")
    assert "网格不得跨越 2 个片区中的任何两个" in first.text("zh")
    assert "允许网格跨片区即可。" in first.text("zh")


def test_patches_are_not_blamed_where_there_is_no_plan_without_them():
    rules = open_rules(2, (120, 180))
    for patches in ([0, 0, 1, 1], [0, -1, -1, -1]):
        reasons = draw_grids(path([100] * 4, patches=patches), rules=rules).reasons
        assert [reason.kind for reason in reasons] == ["total_above"]
        assert reasons[0].relaxation == Relaxation("households", "most", 200, confirmed=True, reached=200)
    # three of 100 into two grids of 120 to 180: the packing alone refutes it
    (reason,) = draw_grids(path([100] * 3, patches=[0, -1, -1]), rules=rules).reasons
    assert reason.rule != "patches"


@pytest.mark.parametrize("seed", seeds(20, 60))
def test_fewest_splits_of_estates_are_named_where_patches_part_the_ground(seed):
    problem = some_town(seed)
    mean = problem.households.sum() / 2
    band = (int(0.4 * mean), int(1.4 * mean))
    outcome = draw_grids(problem, rules=open_rules((1, 3), band, estate_splits=0), certify=False)
    if outcome.status != "infeasible":
        return
    splits = [
        sum(len(set(np.array(labels)[problem.estates == one])) - 1 for one in set(problem.estates) - {-1})
        for labels in divisions(7, 3)
        if not check_plan(problem, labels, open_rules((1, 3), band))
    ]
    ways = [way for one in outcome.reasons for way in (one.relaxation, *one.other_relaxations) if way]
    told = {(way.value, way.reached) for way in ways if (way.rule, way.end) == ("estates", "most")}
    if splits:
        assert told == {(min(splits), min(splits))}
    else:  # what it needs at the least may still be said, but no plan
        assert {reached for _, reached in told} <= {None}


def test_a_lock_across_patches_and_too_many_patches():
    locked = path([100] * 4, patches=[0, 0, 1, 1], locked=[-1, 5, 5, -1])
    (reason,) = draw_grids(locked, rules=open_rules(2, (100, 300))).reasons
    assert (reason.kind, reason.value, reason.buildings) == ("patches_held", 2, ("b1", "b2"))
    assert reason.text("en").startswith("Buildings b1, b2 must share a grid, but lie in 2 patches;")
    assert reason.text("zh").startswith("楼栋 b1、b2 须同属一个网格，却分处 2 个片区；")
    many = path([100] * 4, patches=[0, 1, 2, 2])
    kinds = [reason.kind for reason in draw_grids(many, rules=open_rules(2, (100, 300))).reasons]
    assert kinds == ["patches_too_many"]


@settings(max_examples=25, deadline=None)
@given(columns=st.integers(8, 12), rows=st.integers(8, 10), seed=st.integers(0, 10**6))
def test_patches_of_a_plan_can_be_kept(columns, rows, seed):
    """Patches made of the grids of a plan that holds: there is a plan, which is drawn, repaired and completed."""
    rng = np.random.default_rng(seed)
    n = columns * rows
    rules = open_rules((3, 6), (n * 2, n * 5))
    plan = draw_grids(lattice(columns, rows, 12), rules=rules, seed=seed, certify=False).plan.labels
    rules = open_rules((3, 6), (n * 3 // 2, n * 6))
    patches = np.where(rng.random(n) < rng.uniform(0.3, 1), plan // 2, -1)
    problem = lattice(columns, rows, 12, patches=patches)
    current = np.where(rng.random(n) < 0.5, plan, -1)
    outcomes = [
        draw_grids(problem, rules=rules, seed=seed, certify=False),
        repair_grids(problem, plan, rules, seed=seed, certify=False),
        complete_grids(problem, current, rules, seed=seed, certify=False),
    ]
    for outcome in outcomes:
        assert outcome.status in {"feasible", "optimal"}
        labels = outcome.plan.labels
        assert check_plan(problem, labels, rules) == ()
        numbers = [grid.grid for grid in outcome.plan.scores.grids]
        for number, patch in zip(numbers, outcome.plan.patches, strict=True):
            assert set(patches[labels == number]) - {-1} == {patch} - {-1}


def test_parts_of_buildings_stay_in_their_patch():
    problem = path([100, 400, 100, 200], patches=[0, 0, 1, 1], axes_m=[[0, 0], [10, 0], [0, 0], [0, 0]])
    plan = draw_grids(problem, rules=open_rules(3, (150, 350), oversized="split")).plan
    assert plan.labels[2] == plan.labels[3]
    assert set(plan.parts.building.tolist()) == {1}
    assert sorted(plan.patches.tolist()) == [0, 0, 1]


def test_rules_read_numbers_of_patches():
    assert Rules.from_toml("patches = 3").patch_numbers == (3, 3)
    assert Rules.from_toml("patches = [2, 3]").patch_numbers == (2, 3)
    assert Rules.from_toml('patches = "off"').patch_numbers is None
    with pytest.raises(RulesError, match=r"patches = \[0, 2\]: the least must be 1 or more"):
        Rules(patches=(0, 2))
    with pytest.raises(RulesError, match="patches is a rule, but the problem has patches"):
        draw_grids(path([100] * 4, patches=[0, 0, 1, 1]), rules=open_rules(2, (100, 300), patches=2))


def test_grids_are_grouped_evenly():
    """Four grids of 100 in a row make two patches of two."""
    plan = draw_grids(path([50] * 8), rules=open_rules(4, (100, 100), patches=2)).plan
    assert plan.labels.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert plan.patches.tolist() == [0, 0, 1, 1]
    assert draw_grids(path([50] * 8), rules=open_rules(4, (100, 100))).plan.patches is None


def test_grids_that_cannot_be_grouped_are_told():
    islands = two_islands([100] * 4, [100] * 4)
    plan = draw_grids(islands, rules=open_rules(4, (200, 200), patches=1)).plan
    assert plan.patches is None
    (reason,) = explain_notes(islands, plan.scores.notes)
    assert reason.text("en") == "The 4 grids could not be grouped into contiguous patches, 1 at most."
    assert reason.text("zh") == "4 个网格无法归并为连片的片区（最多 1 个）。"
    linked = draw_grids(islands, rules=open_rules(4, (200, 200), patches=1, contiguity="gaps")).plan
    assert linked.patches.tolist() == [0, 0, 0, 0]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(2, 3))
def test_patches_are_contiguous_and_as_even_as_they_can_be(seed, count):
    """Against all ways to group the grids: the deviation is within the first tolerance that any way keeps."""
    rng = np.random.default_rng(seed)
    problem = lattice(10, 8, rng.integers(5, 20, 80).tolist())
    outcome = draw_grids(problem, rules=open_rules((5, 7), (60, 250), patches=count), certify=False)
    plan = outcome.plan
    grids = plan.grids
    households = np.array([grid.households for grid in plan.scores.grids])
    pairs = {tuple(sorted(plan.labels[list(edge)].tolist())) for edge in problem.edges}
    edges = {(a, b) for a, b in combinations(range(grids), 2) if (a, b) in pairs}

    def deviation(labels: list[int]) -> float:
        sums = np.bincount(labels, weights=households)
        return float(np.abs(sums / sums.mean() - 1).max())

    ways = [
        labels
        for labels in divisions(grids, count)
        if len(set(labels)) == count
        and all(pieces([i for i in range(grids) if labels[i] == k], edges) == 1 for k in range(count))
    ]
    assert plan.patches.max() == count - 1
    assert all(pieces(np.flatnonzero(plan.patches == k).tolist(), edges) == 1 for k in range(count))
    best = min(deviation(labels) for labels in ways)
    limit = next((one for one in (0.1, 0.2, 0.3, 0.5) if best <= one), np.inf)
    assert deviation(plan.patches.tolist()) <= limit + 1e-9
