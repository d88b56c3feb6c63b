"""Re-splits of neighbouring grids along trees: contiguous, counted right, what is held stays."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partitioning import Problem, Rules
from partitioning.core import build_core, possible_cases
from partitioning.graph import components
from partitioning.levels import base_level
from partitioning.moves import measure, stand
from partitioning.resplits import anneal_splits
from partitioning.target import make_target
from tests.towns.drawn import lattice


def level_of(problem: Problem, rules: Rules):
    core = build_core(problem, rules)
    case = possible_cases(core, rules)[0]
    stay = np.empty((len(problem), 0))
    return base_level(problem, core.members, np.arange(len(problem)), stay), make_target(
        problem, rules, core, case
    )


def state(seed: int) -> np.ndarray:
    return np.array([seed + 1], dtype=np.uint64)


def test_a_crooked_border_between_two_grids_is_made_straight():
    """6 x 2 buildings of 50: the straight cut in the middle crosses two borders, the crooked start five."""
    town = lattice(6, 2, 50)
    rules = Rules(grids=2, households=(300, 300), persons=None, preset="border")
    level, target = level_of(town, rules)
    crooked = np.array([0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1])
    labels, excess, _ = anneal_splits(level, target, crooked, 40, 0.1, 0.01, state(1))
    assert excess == 0
    assert len(set(labels[[0, 1, 2, 6, 7, 8]])) == 1
    assert len(set(labels[[3, 4, 5, 9, 10, 11]])) == 1


@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 10_000),
    counts=st.lists(st.integers(0, 60), min_size=36, max_size=36),
    estates=st.lists(st.integers(-1, 5), min_size=36, max_size=36),
)
def test_grids_stay_contiguous_and_the_figures_are_those_of_the_answer(seed, counts, estates):
    town = lattice(6, 6, counts).change(estates=np.array(estates))
    level, target = level_of(town, Rules(grids=4, households=(0, 4000), persons=None, balance_tolerance=9))
    quarters = (np.arange(36) // 18) * 2 + (np.arange(36) % 6) // 3
    labels, excess, value = anneal_splits(level, target, quarters, 30, 1.0, 0.1, state(seed))
    inner = town.edges[labels[town.edges[:, 0]] == labels[town.edges[:, 1]]]
    assert components(36, inner)[0] == 4
    assert sorted(set(labels.tolist())) == [0, 1, 2, 3]
    again = measure(level, target, stand(level, target, labels))
    assert (excess, value) == pytest.approx(again)
    start = measure(level, target, stand(level, target, quarters))
    assert (excess, value) <= (start[0] + 1e-9, start[1] + 1e-9)


def test_held_nodes_stay_in_their_grids():
    town = lattice(6, 4, 40).change(pinned=np.where(np.isin(np.arange(24), [0, 23]), np.arange(24), -1))
    level, target = level_of(town, Rules(grids=2, households=(200, 800), persons=None))
    halves = np.repeat([0, 1], 12)
    for seed in range(20):
        labels, *_ = anneal_splits(level, target, halves, 20, 5.0, 1.0, state(seed))
        assert (labels[0], labels[23]) == (0, 1)
