"""The judge: figures and violations of hand-made plans, worked out on paper."""

import numpy as np
import pytest

from partitioning import ProblemError, Rules, check_plan, explain_notes, score_plan
from partitioning.plan import number_grids
from tests.towns.drawn import lattice, path, ring

RULES = Rules(grids=3, households=(150, 300), persons=None)


def test_figures_of_three_columns():
    """Three columns of three: each is 300 households on a line of 100 m steps, two borders of three pairs."""
    town = lattice(3, 3, estates=[0, 0, -1, 0, -1, -1, 1, 1, -1], current=[0, 1, 2, 0, 1, 2, 0, 0, 2])
    scores = score_plan(town, [0, 1, 2] * 3, RULES)
    assert scores.violations == ()
    assert scores.border_cost_m == 60
    assert scores.inertia_m2 == pytest.approx(2 / 3 * 100**2)
    assert scores.deviation == 0
    assert scores.estates_split == 2  # b0 b3 | b1, and b6 | b7
    assert scores.households_moved == 100  # b7 was in grid 0
    assert [grid.households for grid in scores.grids] == [300, 300, 300]
    assert [grid.persons for grid in scores.grids] == [None, None, None]


def test_objective_is_the_stated_formula():
    town = lattice(3, 3)
    scores = score_plan(town, [0, 1, 2] * 3, RULES)
    border = 60 / (120 * np.sqrt(3 / 9))
    compactness = (900 * 2 / 3) / (900 * 4 / 3 / 3)
    assert scores.objective == pytest.approx(1.2 * border + 0.8 * compactness)


def test_moved_follows_the_grids_and_not_their_numbers():
    town = lattice(3, 1, current=[7, 7, 3])
    assert score_plan(town, [1, 1, 0], RULES).households_moved == 0


def test_every_rule_that_is_broken():
    town = path([100, 100, 250, 60, 60], persons=[300, 300, 900, 200, 200], locked=[1, -1, 1, -1, -1])
    rules = Rules(grids=(3, 4), households=(150, 300), persons=(600, 1000), balance_tolerance=0.25)
    found = {(v.rule, v.value, v.limit, v.grid) for v in check_plan(town, [0, 1, 0, 1, 1], rules)}
    assert found == {
        ("grids", 2, 3, None),
        ("households", 350, 300, 0),
        ("persons", 1200, 1000, 0),
        ("contiguity", 2, 1, 0),
        ("contiguity", 2, 1, 1),
    } | {v for v in found if v[0] == "balance"}
    town = path([100, 100, 100, 100], locked=[5, 5, 5, -1])
    (broken,) = check_plan(town, [0, 0, 1, 1], Rules(grids=2, households=(0, 300), persons=None))
    assert (broken.rule, broken.value, broken.limit, broken.buildings) == ("locked", 2, 1, (0, 1, 2))


def test_balance_is_against_the_mean():
    town = path([100, 100, 200])
    rules = Rules(grids=2, households=(0, 999), persons=None, balance_tolerance=0.4)
    broken = check_plan(town, [0, 1, 1], rules)
    assert [(one.rule, one.grid, one.value) for one in broken] == [("balance", 0, 0.5), ("balance", 1, 0.5)]


def test_ring_cut_into_pieces():
    town = ring([100] * 6)
    (broken,) = check_plan(town, [0, 0, 1, 0, 1, 1], Rules(grids=2, households=(0, 400), persons=None))[:1]
    assert (broken.rule, broken.grid, broken.buildings) == ("contiguity", 0, (3,))


def test_oversized_building_alone_is_waived():
    town = path([400, 100, 100])
    rules = Rules(grids=2, households=(150, 300), persons=None, oversized="own_grid", balance_tolerance=0.1)
    scores = score_plan(town, [0, 1, 1], rules)
    assert scores.violations == ()
    assert [grid.waived for grid in scores.grids] == [True, False]
    (note,) = scores.notes
    assert (note.rule, note.grid, note.value, note.limit, note.buildings) == ("oversized", 0, 400, 300, (0,))
    (told,) = explain_notes(town, scores.notes)
    assert told.text("en") == (
        "Grid 1 is the oversized building b0 alone: 400 where a grid may have 300 at most, which does not count for it."
    )
    broken = [(v.rule, v.grid) for v in check_plan(town, [0, 0, 1], rules)]
    assert broken == [("households", 0), ("households", 1), ("balance", 0), ("balance", 1)]


def test_labels_must_fit():
    town = path([100, 100])
    with pytest.raises(ProblemError, match=r"labels has shape \(3,\); it must be \(2,\)"):
        score_plan(town, [0, 1, 1], RULES)
    with pytest.raises(ProblemError, match="labels must be whole numbers from 0; give every building a grid"):
        score_plan(town, [0, -1], RULES)


def test_grids_are_numbered_west_to_east_then_north_to_south():
    xy = np.array([[100.0, 0.0], [0.0, 0.0], [0.0, 50.0]])
    assert number_grids(np.array([5, 9, 7]), xy).tolist() == [2, 1, 0]


def test_buildings_at_one_place_have_no_shape():
    """What rounding leaves of their distances does not weigh."""
    town_of_one = lattice(3, 1, [10, 20, 30]).change(xy_m=np.full((3, 2), 4_123_456.7))
    rules = Rules(
        grids=2, households=None, persons=None, preset="compact", weights={"border": 0, "balance": 0}
    )
    values = {
        score_plan(town_of_one, labels, rules).objective for labels in ([0, 0, 1], [0, 1, 1], [0, 1, 0])
    }
    assert values == {0.0}
