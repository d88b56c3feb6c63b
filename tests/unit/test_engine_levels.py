"""Coarser levels and starts, on towns one can draw: what a contraction adds up, what grids grow from."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partitioning.coarsening import contract, match, overlay
from partitioning.graph import build_graph, components
from partitioning.growing import grow, spread_seeds
from partitioning.levels import base_level
from tests.towns.drawn import lattice, path, two_islands


def level_of(problem):
    n = len(problem)
    return base_level(problem, np.arange(n), np.arange(n), np.empty((n, 0)))


def some_state(seed=1):
    return np.array([seed], dtype=np.uint64)


def test_contracting_a_square_in_rows():
    """3 4 5 over 0 1 2, contracted to columns: costs of the two rows add up, estates are listed once."""
    level = level_of(
        lattice(3, 2, [1, 2, 4, 8, 16, 32], estates=[0, 0, 1, 0, 1, 1], border_cost=[1, 2, 3, 4, 5, 6, 7])
    )
    coarse = contract(level, np.array([0, 1, 2, 0, 1, 2]), 3)
    assert coarse.households.tolist() == [9, 18, 36]
    pairs = zip(coarse.graph.owner, coarse.graph.neighbour, strict=True)
    cost = {(int(a), int(b)): float(c) for (a, b), c in zip(pairs, coarse.graph.cost, strict=True)}
    assert cost == {(0, 1): 4, (1, 0): 4, (1, 2): 6, (2, 1): 6}
    assert coarse.graph.owner[coarse.graph.reverse].tolist() == coarse.graph.neighbour.tolist()
    estates = [
        sorted(coarse.estate[coarse.estate_ptr[v] : coarse.estate_ptr[v + 1]].tolist()) for v in range(3)
    ]
    assert estates == [[0], [0, 1], [1]]
    assert coarse.moment.sum(axis=0) == pytest.approx(level.moment.sum(axis=0))
    assert coarse.position[:, 0] - coarse.position[0, 0] == pytest.approx([0, 100, 200])


def test_pairs_stay_below_the_most():
    part, nodes = match(level_of(path([10, 10, 100, 10, 10])), 50.0, some_state())
    assert part[2] not in np.delete(part, 2)
    assert nodes == part.max() + 1
    assert np.bincount(part).max() <= 2


def test_every_island_gets_its_seeds():
    problem = two_islands([100] * 4, [100] * 2)
    _, component = components(6, problem.edges)
    seeds = spread_seeds(level_of(problem), component, np.array([2, 1]), some_state())
    assert sorted(seeds[:4].tolist()) == [-1, -1, 0, 1]
    assert sorted(seeds[4:].tolist()) == [-1, 2]


@settings(max_examples=30, deadline=None)
@given(columns=st.integers(2, 8), rows=st.integers(2, 8), grids=st.integers(1, 4), seed=st.integers(1, 10**9))
def test_grown_grids_are_contiguous_and_cover_the_ground(columns, rows, grids, seed):
    problem, state = lattice(columns, rows), some_state(seed)
    level, n = level_of(problem), columns * rows
    labels = grow(
        level, spread_seeds(level, np.zeros(n, dtype=np.int64), np.array([grids]), state), grids, state
    )
    assert set(labels.tolist()) == set(range(grids))
    inner = problem.edges[labels[problem.edges[:, 0]] == labels[problem.edges[:, 1]]]
    assert components(n, inner)[0] == grids


def test_cells_of_two_assignments_are_connected_and_lie_in_one_grid_of_each():
    """A row of six: 0 0 0 1 1 1 by one, 0 1 1 1 0 0 by the other, so that four cells 0 | 1 2 | 3 | 4 5 are left."""
    graph = build_graph(6, np.column_stack([np.arange(5), np.arange(1, 6)]), np.ones(5))
    cell, count = overlay(graph, np.array([0, 0, 0, 1, 1, 1]), np.array([0, 1, 1, 1, 0, 0]))
    assert count == 4
    assert cell.tolist() == [0, 1, 1, 2, 3, 3]
