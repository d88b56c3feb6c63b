"""The benchmark of repairs: what is edited, asked and reported, by hand."""

import numpy as np

from benchmarks.bench_repair import edited, line, redraws

TOWN = {
    "households": np.array([100, 100, 100, 100, 100, 100]),
    "persons": np.full(6, 350),
    "xy_m": np.column_stack([100.0 * np.arange(6), np.zeros(6)]),
    "edges": np.array([[0, 1], [1, 2], [2, 3], [3, 4], [4, 5]]),
    "border_m": np.full(5, 10.0),
    "border_cost": np.full(5, 10.0),
    "estates": np.full(6, -1),
}
OLD = np.array([0, 0, 0, 1, 1, 1])


def test_the_building_at_the_border_goes_over_and_is_kept():
    labels, kept = edited(TOWN, OLD, np.random.default_rng(1))
    assert labels.tolist() == [0, 0, 1, 1, 1, 1]
    assert kept.tolist() == [False, False, True, False, False, False]


def test_numbers_of_grids_that_the_totals_forbid_are_not_asked_for():
    """600 households and 2,100 persons make three grids, but neither one nor four."""
    assert set(redraws(TOWN, OLD, 1)) == {"edits", "half", "a grid more"}


def test_medians_are_those_of_the_feasible_runs():
    runs = [
        {"feasible": True, "kept moved": 0, "moved": 0.5, "border": 1.0, "seconds": 0.01},
        {"feasible": True, "kept moved": 0, "moved": 0.7, "border": 1.2, "seconds": 0.02},
        {"status": "infeasible", "seconds": 0.03},
    ]
    assert line(60, "edits", runs) == "| 60 | edits | 3 | 2 | 0 | 0.60 | 1.10 | 20 |"
