"""What must share a grid leaves fewer nodes than grids: no plan, and no change said to admit one, lacks a grid."""

import numpy as np
import pytest

from partitioning import Problem, Rules, draw_grids
from tests.towns.drawn import path

THREE = Problem(
    ["a", "b", "c"],
    [91, 94, 157],
    None,
    [[0, 0], [10, 0], [0, 10]],
    [[0, 1], [0, 2]],
    [5, 5],
    [5, 5],
    locked=[-1, 2, 2],
)
"""b and c share a grid and meet over a alone: there is one grid."""


def asked(grids: tuple[int, int], households: tuple[int, int] | None, **more: object) -> Rules:
    return Rules(grids=grids, households=households, persons=None, **more)


@pytest.mark.parametrize(
    ("grids", "households"), [((2, 3), (173, 498)), ((2, 2), None), ((2, 3), (0, 498)), ((2, 3), None)]
)
def test_what_is_said_to_admit_a_plan_does(grids, households):
    rules = asked(grids, households)
    outcome = draw_grids(THREE, rules=rules)
    assert outcome.status == "infeasible"
    ways = {
        (way.rule, way.end): way
        for reason in outcome.reasons
        for way in (reason.relaxation, *reason.other_relaxations)
        if way is not None and way.reached is not None
    }
    assert ("households", "least") not in ways
    assert ("grids", "most") not in ways
    assert ways["grids", "least"].value == 1
    assert draw_grids(THREE, rules=asked((1, grids[1]), households)).plan is not None


@pytest.mark.parametrize("households", [None, (0, 600), (1, 600)])
@pytest.mark.parametrize("n", [16, 30, 40])
def test_both_ends_of_a_row_in_one_grid(n, households):
    locked = np.where(np.isin(np.arange(n), (0, n - 1)), 0, -1)
    row = path([15] * n, locked=locked)
    assert draw_grids(row, rules=asked((2, 3), households)).status == "infeasible"
    assert draw_grids(row, rules=asked((1, 3), households)).plan.grids == 1


def test_more_nodes_than_the_exact_search_takes():
    """Nothing is proven of a row this long without a least, and nothing claimed."""
    n = 100
    row = path([15] * n, locked=np.where(np.isin(np.arange(n), (0, n - 1)), 0, -1))
    outcome = draw_grids(row, rules=asked((2, 3), None))
    assert outcome.status == "unknown"
    assert outcome.plan.grids == 1
    assert [violation.rule for violation in outcome.plan.scores.violations] == ["grids"]


def test_a_count_that_a_grid_may_lack_does_not_bound_the_number_of_grids():
    shops = path([100] * 10, workloads={"shops": [1] + [0] * 9})
    outcome = draw_grids(shops, rules=asked((2, 3), (150, 200), workloads={"shops": (0, 80)}))
    assert outcome.status == "infeasible"
    way = outcome.reasons[0].relaxation
    assert (way.rule, way.end, way.value, way.confirmed) == ("grids", "most", 5, True)


def test_a_way_that_works_comes_before_one_that_is_not_known_to():
    town = Problem(
        ["b0", "b1", "b2"], [50, 32, 144], None, [[0, 0], [1, 0], [2, 0]], [[0, 2]], [5], [5], apart=[[0, 1]]
    )
    outcome = draw_grids(town, rules=asked((1, 3), (221, 250)))
    for reason in outcome.reasons:
        assert (reason.relaxation.rule, reason.relaxation.end) == ("households", "least")
        assert reason.relaxation.confirmed
