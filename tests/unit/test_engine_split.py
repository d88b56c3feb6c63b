"""Buildings divided into parts: by entrances, along an axis, and only as many as a plan needs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partitioning import Entrance, PartId, ProblemError, Rules, check_plan, draw_grids
from partitioning.parts import divisible, part_buildings
from tests.towns.drawn import lattice, path, town


def split_rules(grids, households, **more):
    return Rules(grids=grids, households=households, persons=None, oversized="split", **more)


def touching(problem, plan):
    """Whether neighbouring buildings join what each grid holds something of."""
    holds = [{int(place) for place in np.flatnonzero(plan.labels == k)} for k in range(plan.grids)]
    if plan.parts is not None:
        for place in np.unique(plan.parts.building).tolist():
            for grid in holds:
                grid.discard(place)
        for place, label in zip(plan.parts.building.tolist(), plan.parts.label.tolist(), strict=True):
            holds[label].add(place)
    for grid in holds:
        reached, waiting = set(), [min(grid)]
        while waiting:
            at = waiting.pop()
            reached.add(at)
            pairs = problem.edges[(problem.edges == at).any(axis=1)]
            waiting += [int(v) for v in pairs[pairs != at] if int(v) in grid and int(v) not in reached]
        if reached != grid:
            return False
    return True


def test_a_tower_between_two_slabs_is_parted_by_its_entrances():
    """100 | 100 + 200 + 100 | 100: three grids of 200 are each slab with the entrance beside it, and the 200 alone."""
    doors = [Entrance(100, 0, (90, 0)), Entrance(200, 0, (100, 0)), Entrance(100, 0, (110, 0))]
    problem = path([100, 400, 100], entrances={"b1": doors}, axes_m=[[0, 0], [20, 0], [0, 0]])
    plan = draw_grids(problem, rules=split_rules(3, (200, 200))).plan
    assert plan.grids == 3
    assert plan.parts.building.tolist() == [1, 1, 1]
    assert plan.parts.number.tolist() == [1, 2, 3]
    assert plan.parts.households.tolist() == [100, 200, 100]
    assert plan.parts.label.tolist() == [0, 1, 2]
    assert plan.parts.persons is None
    assert not plan.parts.estimated.any()
    assert plan.labels.tolist() == [0, 1, 2]
    assert [grid.households for grid in plan.scores.grids] == [200, 200, 200]
    assert plan.scores.violations == ()


def test_parts_are_estimated_along_the_axis():
    """420 households where a grid holds 300: ceil(420 * 6 / 300) = 9 parts of 46 or 47, evenly from west to east."""
    problem = path([200, 420, 200], axes_m=[[0, 0], [45, 0], [0, 0]], persons=[600, 1260, 600])
    parted = part_buildings(problem, split_rules(3, (150, 300)), np.array([1]))
    assert parted.number.tolist() == [0, *range(1, 10), 0]
    own = parted.number > 0
    assert parted.problem.households[own].tolist() == [46, 47, 47, 46, 47, 47, 46, 47, 47]
    assert parted.problem.persons[own].sum() == 1260
    assert parted.problem.xy_m[own, 0].tolist() == pytest.approx(list(range(60, 141, 10)))
    assert parted.estimated.tolist() == own.tolist()
    pairs = {tuple(sorted(pair)) for pair in parted.problem.edges.tolist()}
    assert pairs == {(i, i + 1) for i in range(10)}
    assert parted.problem.building_ids[1] == PartId("b1", 1)
    assert str(parted.problem.building_ids[1]) == "b1#1"


def test_neighbours_touch_the_nearest_part():
    """A cross: the block in the middle runs north-south, so that west and east touch its middle part."""
    cross = town(
        [(0, 0), (-1, 0), (1, 0), (0, 1), (0, -1)],
        [(0, 1), (0, 2), (0, 3), (0, 4)],
        [150, 100, 100, 100, 100],
        axes_m=[[0, 60], [0, 0], [0, 0], [0, 0], [0, 0]],
    )
    parted = part_buildings(cross, split_rules(1, (1, 300)), np.array([0]))
    touched = {int(b): int(a) for a, b in parted.problem.edges if b > 2}
    assert touched == {3: 1, 4: 1, 5: 2, 6: 0}


def test_entrances_that_are_too_heavy_are_divided_and_marked():
    doors = [Entrance(400, 0, (0, 0)), Entrance(50, 0, (30, 0))]
    problem = path([450], entrances={"b0": doors}, axes_m=[[30, 0]])
    parted = part_buildings(problem, split_rules(2, (150, 300)), np.array([0]))
    assert parted.problem.households.tolist() == [50] * 9
    assert parted.estimated.tolist() == [True] * 8 + [False]


def test_heavy_buildings_are_split_only_where_nothing_else_helps():
    """Four blocks of 220 are four grids; for three grids of 280 to 300 some must be split."""
    whole = draw_grids(path([220] * 4), rules=split_rules(4, (150, 300)))
    assert whole.plan.parts is None
    parted = draw_grids(path([220] * 4), rules=split_rules(3, (280, 300)))
    assert parted.plan.parts is not None
    assert sum(grid.households for grid in parted.plan.scores.grids) == 880
    assert all(280 <= grid.households <= 300 for grid in parted.plan.scores.grids)


def test_a_lock_is_not_torn():
    problem = path([400, 100, 100, 100], locked=[5, 5, -1, -1])
    rules = split_rules(2, (150, 500))
    assert divisible(problem, rules, 0.5).tolist() == []
    outcome = draw_grids(problem, rules=split_rules(3, (150, 300)))
    assert outcome.status == "infeasible"
    assert {reason.kind for reason in outcome.reasons} == {"oversized", "lock_heavy"}


def test_totals_that_fit_no_number_of_grids_are_said_of_the_buildings():
    outcome = draw_grids(path([700, 10]), rules=split_rules(2, (150, 300)))
    assert outcome.status == "infeasible"
    assert [reason.kind for reason in outcome.reasons] == ["total_above"]


def test_entrances_must_add_up():
    with pytest.raises(ProblemError) as caught:
        path([400], persons=[900], entrances={"b0": [(100, 900, (0, 0)), (200, 0, (5, 0))], "b7": []})
    text = str(caught.value)
    assert "entrances['b0'] have [100, 200] households, 300 together; the building has 400" in text
    assert "entrances['b7'] names no building; use one of building_ids." in text
    with pytest.raises(ProblemError, match=r"axes_m has shape \(1, 2\); it must be \(2, 2\)"):
        path([1, 2], axes_m=[[0, 1]])


@settings(max_examples=25, deadline=None)
@given(columns=st.integers(2, 5), rows=st.integers(1, 4), seed=st.integers(0, 10_000))
def test_whatever_the_blocks_connected_ground_is_drawn(columns, rows, seed):
    """From 4 * 150 to 8 * 300 households on a lattice, however lumpy, fit 4 to 8 grids of 150 to 300."""
    rng = np.random.default_rng(seed)
    n = columns * rows
    total = int(rng.choice([600, 601, 2399, 2400, *rng.integers(602, 2399, 4)]))
    households = rng.multinomial(total, rng.dirichlet(np.full(n, 0.4)))
    problem = lattice(columns, rows, households.tolist())
    outcome = draw_grids(problem, rules=split_rules((4, 8), (150, 300)), seed=seed, certify=False)
    assert outcome.status in {"feasible", "optimal"}
    assert all(150 <= grid.households <= 300 for grid in outcome.plan.scores.grids)
    parts = outcome.plan.parts
    if parts is None:
        assert check_plan(problem, outcome.plan.labels, split_rules((4, 8), (150, 300))) == ()
    else:
        assert touching(problem, outcome.plan)
        held = np.bincount(parts.building, weights=parts.households, minlength=n)
        assert (held[held > 0] == households[held > 0]).all()


def test_totals_that_no_splitting_changes_are_told_at_once(monkeypatch):
    """700 households make no four grids of 200: the ground is divided once, not in every stage."""
    divided = []

    def count(problem, rules, places, fineness):
        divided.append(fineness)
        return part_buildings(problem, rules, places, fineness)

    monkeypatch.setattr("partitioning.split.part_buildings", count)
    outcome = draw_grids(path([100, 500, 100]), rules=split_rules(4, (200, 250)))
    assert (outcome.status, outcome.reasons[0].kind, len(divided)) == ("infeasible", "total_below", 1)


def test_three_blocks_make_four_grids_at_the_very_least():
    """200 | 200 | 200 are four times 150 only as 150 | 50 + 100 | 100 + 50 | 150."""
    problem = path([200, 200, 200])
    plan = draw_grids(problem, rules=split_rules((4, 8), (150, 300))).plan
    assert [grid.households for grid in plan.scores.grids] == [150, 150, 150, 150]
    assert plan.scores.violations == ()
    held = np.zeros((3, 4), dtype=int)
    np.add.at(held, (plan.parts.building, plan.parts.label), plan.parts.households)
    assert held.tolist() == [[150, 50, 0, 0], [0, 100, 100, 0], [0, 0, 50, 150]]
    assert plan.parts.estimated.all()


def test_a_star_is_cut_through_its_middle():
    """Eight blocks of 70 touch nothing but the one of 40 in the middle: two of them and 10 of the middle make 150."""
    around = [(float(x), float(y)) for x in (-1, 0, 1) for y in (-1, 0, 1) if (x, y) != (0, 0)]
    problem = town([(0, 0), *around], [(0, i) for i in range(1, 9)], [40] + [70] * 8)
    plan = draw_grids(problem, rules=split_rules(4, (150, 300))).plan
    assert [grid.households for grid in plan.scores.grids] == [150, 150, 150, 150]
    assert touching(problem, plan)


def test_what_only_some_parts_rule_out_is_not_called_infeasible():
    """Nobody lives in the middle of this star, so that nothing can be cut there; that all ways were tried is not
    proven, as the blocks around could be cut anywhere.
    """
    around = [(float(x), float(y)) for x in (-1, 0, 1) for y in (-1, 0, 1) if (x, y) != (0, 0)]
    problem = town([(0, 0), *around], [(0, i) for i in range(1, 9)], [0] + [80] * 8)
    outcome = draw_grids(problem, rules=split_rules(4, (150, 300)))
    assert outcome.status == "unknown"
    assert outcome.reasons[0].kind == "not_found"


def test_known_entrances_are_not_cut():
    """Four entrances of 150: three grids of 200 cannot be had, and nothing else may be cut."""
    doors = {f"b{i}": [Entrance(150, 0, (90, 0)), Entrance(150, 0, (110, 0))] for i in range(2)}
    problem = path([300, 300], entrances=doors)
    outcome = draw_grids(problem, rules=split_rules(3, (200, 200)))
    assert outcome.status == "infeasible"


def test_a_plan_that_was_cut_to_the_household_is_grouped_into_patches():
    """The star again, its four grids in two patches."""
    around = [(float(x), float(y)) for x in (-1, 0, 1) for y in (-1, 0, 1) if (x, y) != (0, 0)]
    problem = town([(0, 0), *around], [(0, i) for i in range(1, 9)], [40] + [70] * 8)
    plan = draw_grids(problem, rules=split_rules(4, (150, 300), patches=2)).plan
    assert [grid.households for grid in plan.scores.grids] == [150, 150, 150, 150]
    assert len(np.unique(plan.patches)) == 2


def test_a_tolerance_without_a_band_of_households_is_kept_by_parts():
    """A block of 70 and five small houses, with a band of persons alone: three grids of 57, houses cut as well."""
    small = [19, 28, 26, 25, 3]
    problem = path([70, *small], persons=[70, *small])
    rules = Rules(grids=(2, 6), households=None, persons=(0, 60), balance_tolerance=0, oversized="split")
    outcome = draw_grids(problem, rules=rules, certify=False)
    assert outcome.status == "feasible"
    assert len({grid.households for grid in outcome.plan.scores.grids}) == 1
    assert max(grid.persons for grid in outcome.plan.scores.grids) <= 60


@pytest.mark.parametrize(
    "held", [{"locked": [0, -1, -1]}, {"apart": [[0, 2]]}], ids=["locked alone", "apart"]
)
def test_a_tower_is_cut_anywhere_though_a_rule_speaks_of_it(held):
    """307 | 93 | 200 in grids of 200: 200 | 107 + 93 | 200, wherever the tower's parts were laid at first."""
    doors = {"b1": [Entrance(93, 0, (1, 0))], "b2": [Entrance(200, 0, (2, 0))]}
    problem = path([307, 93, 200], entrances=doors, **held)
    outcome = draw_grids(problem, rules=split_rules(3, (200, 200)))
    assert outcome.status == "feasible"
    assert [grid.households for grid in outcome.plan.scores.grids] == [200, 200, 200]
    assert outcome.plan.scores.violations == ()
