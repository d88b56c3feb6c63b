"""Buildings held in grids: on towns one can draw, against all divisions of small ones, and for every draw."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partitioning import Problem, Relaxation, Rules, check_plan, draw_grids, score_plan
from partitioning.explain import explain_violations
from partitioning.graph import components
from partitioning.holds import join_holds
from partitioning.joining import hold_parts
from partitioning.objective import match_grids
from tests.seeds import seeds
from tests.towns.drawn import lattice, path, town, two_islands
from tests.unit.test_engine_brute_force import divisions


def open_rules(grids, households, **more):
    return Rules(grids=grids, households=households, persons=None, **more)


def test_locks_and_pins_join_where_they_share_a_building():
    """b0-b1 locked, b1 held in 4 with b3, b4 held in 7; b2 is free."""
    holds = join_holds(np.array([9, 9, -1, -1, -1]), np.array([-1, 4, -1, 4, 7]))
    assert holds.group.tolist() == [0, 0, -1, 0, 1]
    assert holds.size.tolist() == [3, 1]
    assert holds.pin.tolist() == [4, 7]
    assert join_holds(None, np.array([-1, -1])) is None


def test_held_in_different_grids():
    """The middle of six would lie together; held apart, the cut runs between them."""
    town = path([100] * 6, pinned=[-1, -1, 1, 0, -1, -1])
    outcome = draw_grids(town, rules=open_rules(2, (300, 300)))
    assert outcome.status == "optimal"
    assert outcome.plan.labels.tolist() == [0, 0, 0, 1, 1, 1]
    town = path([100] * 4, pinned=[-1, 0, 1, -1])
    assert draw_grids(town, rules=open_rules(2, (100, 300))).plan.labels.tolist() == [0, 0, 1, 1]


def test_held_in_one_grid_with_ground_between():
    """6 7 8 over 3 4 5 over 0 1 2: the two held corners share a grid along the south or through the middle."""
    town = lattice(3, 3, pinned=[5, -1, 5, -1, -1, -1, -1, -1, -1])
    labels = draw_grids(town, rules=open_rules(3, (300, 300))).plan.labels
    assert labels[0] == labels[1] == labels[2]


def test_ground_between_is_sought_in_the_grid_of_the_plan_in_force():
    """From b0 to b2 over b1 costs as much as over b3 b4 b5 with a hundredth of the households; b1 is home."""
    households = [100, 100, 100, 1, 1, 1]
    held = {"pinned": [0, -1, 0, -1, -1, -1]}
    assert hold_parts(lattice(3, 2, households, **held), np.arange(6)).tolist() == [0, 1, 0, 0, 0, 0]
    town = lattice(3, 2, households, current=[0, 0, 0, 1, 1, 1], **held)
    assert hold_parts(town, np.arange(6)).tolist() == [0, 0, 0, 1, 2, 3]


def test_no_way_leads_over_what_is_held_elsewhere():
    """The straight way between the held corners is held in another grid; it is gone around."""
    town = lattice(3, 2, pinned=[0, 1, 0, -1, -1, -1])
    assert hold_parts(town, np.arange(6)).tolist() == [0, 1, 0, 0, 0, 0]


def test_a_group_that_was_left_no_way_goes_first():
    """b0 and b4 of a row of five over a row of five may pass above or below b2; b2 and b7 only straight. Whatever
    goes first, the other still finds a way.
    """
    pinned = [0, -1, 1, -1, 0, -1, -1, -1, -1, -1, -1, -1, 1, -1, -1, -1, -1, -1, -1, -1]
    part = hold_parts(lattice(5, 4, pinned=pinned), np.arange(20))
    assert part[0] == part[4]
    assert part[2] == part[12]
    assert part[0] != part[2]


def test_grids_stand_for_those_that_are_held():
    """Most households stay if grid 0 stands for 3; but b2 is held in 3 and lies in grid 1."""
    town = path([100, 100, 50], current=[3, 3, 8], pinned=[-1, -1, 3])
    assert match_grids(town, np.array([0, 0, 1])).tolist() == [-1, 3]
    assert score_plan(town, [0, 0, 1], open_rules(2, (0, 300))).households_moved == 250


def test_the_judge_knows_what_is_held():
    town = path([100] * 4, pinned=[0, 0, 1, -1])
    rules = open_rules(2, (0, 400))
    assert check_plan(town, [5, 5, 2, 2], rules) == ()
    (shared,) = check_plan(town, [0, 0, 0, 1], rules)
    assert (shared.rule, shared.value, shared.grid, shared.buildings) == ("pinned", 2, 0, (0, 1, 2))
    (parted,) = check_plan(town, [0, 1, 1, 1], rules)[:1]
    assert (parted.rule, parted.value, parted.buildings) == ("locked", 2, (0, 1))


def some_town(seed: int) -> Problem:
    """Seven buildings, some empty, some held in grids, some locked, on a random graph that may be in pieces."""
    rng = np.random.default_rng(seed)
    pairs = [(i, j) for i in range(7) for j in range(i) if rng.random() < 0.45]
    return town(
        [tuple(point) for point in rng.uniform(0, 3, (7, 2))],
        pairs,
        np.where(rng.random(7) < 0.15, 0, rng.integers(40, 200, 7)).tolist(),
        border_cost=rng.uniform(0, 20, len(pairs)),
        estates=rng.integers(-1, 3, 7),
        locked=np.where(rng.random(7) < 0.25, 0, -1),
        pinned=np.where(rng.random(7) < 0.45, rng.integers(0, 3, 7), -1),
        current=rng.integers(0, 3, 7) if seed % 2 else None,
    )


@pytest.mark.parametrize("seed", seeds(20, 80))
def test_agrees_with_all_divisions(seed):
    problem = some_town(seed)
    rules = open_rules((2, 4), (100, 400), balance_tolerance=0.5 if seed % 3 == 0 else None)
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
    """The towns above are no easy ones: what agrees with all divisions is a plan here and a proof there."""
    rules = open_rules((2, 4), (100, 400))
    statuses = [draw_grids(some_town(seed), rules=rules, certify=False).status for seed in range(40)]
    assert statuses.count("infeasible") >= 10
    assert statuses.count("optimal") >= 10


def test_exact_answers_go_around_what_is_held():
    """Four by four, the southern corners held in grid 0, the northern ones in grid 1. Whatever joins them, the exact
    search finds the plan with the shortest border, and not only one along a way that was fixed beforehand.
    """
    pinned = np.full(16, -1)
    pinned[[0, 3]], pinned[[12, 15]] = 0, 1
    outcome = draw_grids(lattice(4, 4, pinned=pinned), rules=open_rules(2, (700, 900)))
    assert outcome.status == "optimal"
    assert outcome.plan.scores.border_cost_m == 40


@settings(max_examples=30, deadline=None)
@given(columns=st.integers(8, 12), rows=st.integers(7, 9), seed=st.integers(0, 10**6))
def test_held_buildings_of_a_plan_stay_apart(columns, rows, seed):
    """Some buildings of a plan that is known to hold are held; there is a plan, so that one must be found."""
    rng = np.random.default_rng(seed)
    n = columns * rows
    rules = open_rules((3, 6), (n * 2, n * 5))
    plan = draw_grids(lattice(columns, rows, 12), rules=rules, seed=seed, certify=False).plan.labels
    pinned = np.where(rng.random(n) < rng.uniform(0, 0.7), plan, -1)
    town = lattice(columns, rows, 12, pinned=pinned)
    outcome = draw_grids(town, rules=rules, seed=seed, effort="fast", certify=False)
    assert outcome.status in {"feasible", "optimal"}
    assert check_plan(town, outcome.plan.labels, rules) == ()
    for name in np.unique(plan):
        assert len(np.unique(outcome.plan.labels[pinned == name])) <= 1
    inner = town.edges[outcome.plan.labels[town.edges[:, 0]] == outcome.plan.labels[town.edges[:, 1]]]
    assert components(n, inner)[0] == outcome.plan.grids


def only_reason(problem: Problem, **rules):
    outcome = draw_grids(problem, rules=Rules(**{"persons": None, "grids": 2, **rules}))
    assert outcome.status == "infeasible"
    (reason,) = outcome.reasons
    return reason


def test_a_lock_across_two_held_grids():
    reason = only_reason(path([100] * 4, pinned=[0, -1, 1, -1], locked=[2, -1, -1, 2], current=[0, 0, 1, 1]))
    assert reason.kind == "held_apart"
    both = path([100] * 4, pinned=[0, -1, -1, 1], locked=[2, -1, -1, 2])
    reason = only_reason(both, households=(100, 300))
    assert (reason.kind, reason.value, reason.limit, reason.buildings) == (
        "lock_pinned_twice",
        2,
        1,
        ("b0", "b3"),
    )
    assert reason.text("en").startswith(
        "Buildings b0, b3 must share a grid, but are held in 2 different ones. Unlock or release some of them."
    )
    assert reason.text("zh").startswith("楼栋 b0、b3 须同属一个网格，却被固定在 2 个不同网格。")
    assert reason.relaxation.text("en") == "Releasing the locks of b0 would allow it."


def test_a_held_grid_parted_by_another():
    """The middle of a row of five is held in grid 1, both ends in grid 0."""
    reason = only_reason(path([100] * 5, pinned=[0, -1, 1, -1, 0]), households=(100, 400))
    assert (reason.kind, reason.value, reason.buildings, reason.grid) == ("held_apart", 2, ("b0", "b4"), 0)
    assert reason.text("en").startswith(
        "Buildings b0, b4 must share a grid, but buildings held in other grids part them into 2 pieces; a grid must "
        "be contiguous. Release some on either side."
    )
    assert reason.text("zh").startswith(
        "楼栋 b0、b4 须同属一个网格，但被固定在其他网格的楼栋隔成 2 块；网格必须连片。请解除其中一方的部分固定。"
    )
    assert reason.relaxation.end == "release"


def test_a_held_grid_that_cannot_grow():
    """b1 of a row of five is held beside b0: two of 60 make 120, and 150 are needed."""
    reason = only_reason(path([60, 100, 100, 100, 100], pinned=[0, 1, -1, -1, -1]), households=(150, 450))
    assert (reason.kind, reason.value, reason.limit, reason.buildings) == ("held_light", 60, 150, ("b0",))
    assert reason.text("en").startswith(
        "The grid that b0 are held in can reach 60 households at most, since the ground around is held in other "
        "grids; it needs at least 150. Release some around it."
    )
    assert "所固定的网格户数最多只能达到 60" in reason.text("zh")
    assert Relaxation("locked", "release", 1, ("b0",)) in (reason.relaxation, *reason.other_relaxations)


def test_a_held_grid_too_heavy():
    reason = only_reason(path([150] * 4, pinned=[3, 3, 3, -1]), households=(150, 400))
    assert (reason.kind, reason.value, reason.limit, reason.grid) == ("lock_heavy", 450, 400, 3)


def test_more_held_grids_than_may_be():
    """Two rows of four: 600 households make two or three grids of 200 to 300, and the south is held in four."""
    problem = lattice(4, 2, 75, pinned=[0, 1, 2, 3, -1, -1, -1, -1])
    reason = only_reason(problem, grids=(2, 4), households=(200, 300))
    assert (reason.kind, reason.value, reason.limit) == ("held_too_many", 4, 3)
    assert reason.text("en").startswith(
        "Buildings are held in 4 grids, and with these counts the rules allow 3 at most. Release all that is held in "
        "some of them."
    )
    assert reason.text("zh").startswith("已有楼栋固定在 4 个网格，按现有数量规则最多允许 3 个。")
    reason = only_reason(problem, households=(100, 300))
    assert (reason.kind, reason.value, reason.limit) == ("held_too_many", 4, 2)
    assert Relaxation("grids", "most", 4) in (reason.relaxation, *reason.other_relaxations)


def test_an_island_held_in_too_many_grids():
    islands = two_islands([100] * 4, [100] * 3, pinned=[-1, -1, -1, -1, 0, -1, 1])
    reason = only_reason(islands, grids=(2, 5), households=(200, 300))
    assert (reason.kind, reason.value, reason.limit, reason.buildings) == (
        "part_held",
        2,
        1,
        ("b4", "b5", "b6"),
    )
    assert reason.text("en").startswith(
        "Cut off from the rest: b4, b5, b6; they are held in 2 grids, and their counts allow 1 at most. Release all "
        "that is held in some of them, or join the part to a neighbour across the gap."
    )
    assert "固定在 2 个网格，其数量最多允许 1 个" in reason.text("zh")


def test_what_the_nearest_plan_breaks_of_what_is_held():
    problem = path([100] * 4, pinned=[0, -1, 1, -1])
    (reason,) = explain_violations(problem, check_plan(problem, [0, 0, 0, 1], open_rules(2, (100, 300))))
    assert reason.text("en") == "Grid 1 has buildings that are held in 2 different grids: b0, b2."
    assert reason.text("zh") == "网格 1 中有固定在 2 个不同网格的楼栋：b0、b2。"


def test_many_held_buildings_to_release_are_found():
    """Locks and grids contradict each other in a row of ten: five must go, and no four would do."""
    problem = path(
        [91, 49, 88, 176, 104, 158, 94, 50, 104, 43],
        locked=[2, 1, 0, 1, 1, 2, 2, -1, 2, 1],
        pinned=[3, 0, 3, 2, 2, 1, 2, 3, -1, 2],
    )
    (reason,) = draw_grids(problem, rules=Rules(grids=(1, 3), households=(357, 770), persons=None)).reasons
    buildings = ("b0", "b1", "b3", "b5", "b7")
    assert reason.relaxation == Relaxation("locked", "release", 5, buildings, confirmed=True, reached=5)
