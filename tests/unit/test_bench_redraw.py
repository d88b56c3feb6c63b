"""The benchmark of redraws: what changes, and what counts as moved, by hand."""

import numpy as np

from benchmarks.bench_redraw import changed, moved

HOUSEHOLDS = np.array([100, 120, 90, 110, 80])
OLD = np.array([0, 0, 1, 1, 1])


def test_the_largest_building_of_the_fullest_grid_grows():
    town = {"households": HOUSEHOLDS, "persons": 2 * HOUSEHOLDS, "grids": 2}
    after = changed(town, OLD)
    assert after["households"].tolist() == [100, 120, 90, 200, 80]
    assert after["persons"].tolist() == [200, 240, 180, 454, 160]
    assert town["households"].tolist() == [100, 120, 90, 110, 80]


def test_renumbered_grids_have_moved_nobody():
    assert moved(OLD, 1 - OLD, HOUSEHOLDS) == 0


def test_households_that_change_sides_have_moved():
    assert moved(OLD, np.array([1, 1, 1, 0, 0]), HOUSEHOLDS) == 90


def test_a_third_grid_takes_households_away():
    assert moved(OLD, np.array([0, 0, 1, 1, 2]), HOUSEHOLDS) == 80
