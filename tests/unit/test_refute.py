"""Refutations against an enumeration of all connected divisions that shares no code with the engine."""

from collections import Counter
from functools import cache
from itertools import pairwise

import numpy as np

from partitioning.graph import build_graph
from partitioning.partners import find_lonely
from partitioning.refute import Limits, Refutation, refute
from partitioning.terrain import survey


@cache
def divisions(n: int) -> list[list[list[int]]]:
    """Every division of n things into sets."""
    if n == 0:
        return [[]]
    found = []
    for division in divisions(n - 1):
        found.append([*division, [n - 1]])
        found += [[*division[:i], [*group, n - 1], *division[i + 1 :]] for i, group in enumerate(division)]
    return found


def joined(group: list[int], pairs: set[tuple[int, int]]) -> bool:
    """Whether a walk over neighbours reaches the whole group."""
    reached, waiting = {group[0]}, [group[0]]
    while waiting:
        at = waiting.pop()
        for other in group:
            if other not in reached and ((at, other) in pairs or (other, at) in pairs):
                reached.add(other)
                waiting.append(other)
    return len(reached) == len(group)


def some_ground(seed: int) -> tuple[np.ndarray, list[tuple[int, int]], Limits]:
    """Seven nodes, mostly a tree with few more edges, two counts, and tight bands."""
    rng = np.random.default_rng(seed)
    n = 7
    kind = seed % 4
    if kind == 0:
        pairs = list(pairwise(range(n)))
    elif kind == 1:
        pairs = [(0, i) for i in range(1, n)]
    else:
        pairs = [(int(rng.integers(max(i - 3, 0), i)), i) for i in range(1, n)]
    pairs = [pair for pair in pairs if rng.random() < 0.95]
    if kind == 3:
        pairs += [(i, i + 2) for i in range(n - 2) if rng.random() < 0.3 and (i, i + 2) not in pairs]
    unit = int(rng.choice([1, 1, 10, 50]))
    households = rng.integers(0, 300 // unit, n) * unit
    persons = households * 3 if rng.random() < 0.5 else rng.integers(0, 900, n)
    grids = int(rng.integers(1, 6))
    mean = households.sum() / grids
    low = [int(mean * rng.uniform(0.5, 1)), 0]
    high = [int(mean * rng.uniform(1, 1.6)) + 1, 2**60]
    if rng.random() < 0.5:
        low[1] = int(persons.sum() / grids * rng.uniform(0.3, 0.9))
        high[1] = int(persons.sum() / grids * rng.uniform(1.1, 2)) + 1
    return np.column_stack([households, persons]), pairs, Limits(grids, np.array(low), np.array(high))


def has_plan(counts: np.ndarray, pairs: list[tuple[int, int]], limits: Limits) -> bool:
    for division in divisions(len(counts)):
        if len(division) != limits.grids:
            continue
        sums = np.array([counts[group].sum(axis=0) for group in division])
        kept = (sums >= limits.low).all() and (sums <= limits.high).all()
        if kept and all(joined(group, set(pairs)) for group in division):
            return True
    return False


def test_what_is_refuted_has_no_plan():
    """Every kind is met, and most grounds that have no plan are refuted."""
    kinds: Counter[str] = Counter()
    hopeless = 0
    for seed in range(600):
        counts, pairs, limits = some_ground(seed)
        edges = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        found = refute(survey(build_graph(len(counts), edges, np.ones(len(edges))), counts), limits)
        possible = has_plan(counts, pairs, limits)
        assert not (possible and found), (seed, found)
        hopeless += not possible
        if found:
            kinds[found.kind] += 1
    assert set(kinds) == {
        "no_sum",
        "sums_total",
        "heavy_apart",
        "light_few",
        "no_partner",
        "fork_heavy",
        "fork_few",
    }
    assert sum(kinds.values()) > 0.7 * hopeless


def held_somewhere(counts: np.ndarray, pairs: list[tuple[int, int]], limits: Limits) -> np.ndarray:
    """Which nodes lie in a connected set within the bands, by looking at every set."""
    n = len(counts)
    held = np.zeros(n, dtype=bool)
    for mask in range(1, 2**n):
        group = [v for v in range(n) if mask >> v & 1]
        sums = counts[group].sum(axis=0)
        if (sums >= limits.low).all() and (sums <= limits.high).all() and joined(group, set(pairs)):
            held[group] = True
    return held


def test_a_node_that_no_set_holds_is_found_and_no_other():
    met = Counter()
    for seed in range(300):
        counts, pairs, limits = some_ground(seed)
        edges = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        graph, covered = (
            build_graph(len(counts), edges, np.ones(len(edges))),
            np.zeros(len(counts), dtype=bool),
        )
        lonely = find_lonely(graph, counts, limits.low, limits.high, covered, 10_000)
        held = held_somewhere(counts, pairs, limits)
        if lonely < 0:
            assert held.all(), seed
        else:
            assert not held[lonely], seed
            assert held[:lonely].all(), seed
        assert held[covered].all(), seed
        met[lonely < 0] += 1
    assert min(met[True], met[False]) > 20


def test_a_search_for_a_set_that_takes_too_long_proves_nothing():
    n = 12
    edges = np.array([(i, j) for i in range(n) for j in range(i)])
    graph, counts = build_graph(n, edges, np.ones(len(edges))), np.full((n, 1), 2)
    low, high = np.array([11]), np.array([11])
    assert find_lonely(graph, counts, low, high, np.zeros(n, dtype=bool), 100) == -2
    assert find_lonely(graph, counts, low, high, np.zeros(n, dtype=bool), 100_000) == 0


def test_the_branches_of_cut_nodes():
    """0 - 1 - 2 with 3 and 4 as a triangle on 2, and 5 alone: 1 parts 0 from the rest, 2 parts 0 and 1 from 3 and 4."""
    edges = np.array([(0, 1), (1, 2), (2, 3), (3, 4), (2, 4)])
    counts = np.array([[1, 10], [2, 20], [4, 40], [8, 80], [16, 160], [32, 320]])
    terrain = survey(build_graph(6, edges, np.ones(5)), counts)
    assert terrain.parts == 2
    assert terrain.fork.tolist() == [1, 2]
    branches = {
        (int(terrain.fork[place]), *total)
        for place, total in zip(terrain.branch_fork, terrain.branch_totals.tolist(), strict=True)
    }
    assert branches == {(1, 1, 10), (1, 28, 280), (2, 3, 30), (2, 24, 240)}


def test_a_dead_end_whose_total_fits_no_number_of_grids():
    """330 on one side of a block of 200, and 100 on the other. One grid of at most 220 leaves 110 of the 330, and all
    of the 100 is too light: 410 fall to the block's grid, though 630 is a total for three.
    """
    edges = np.array([(i, i + 1) for i in range(4)])
    households = np.array([110, 110, 110, 200, 100])
    counts = np.column_stack([households, np.zeros(5, dtype=np.int64)])
    terrain = survey(build_graph(5, edges, np.ones(4)), counts)
    found = refute(terrain, Limits(3, np.array([170, 0]), np.array([220, 2**60])))
    assert found == Refutation("fork_heavy", 0, 410, 220, (3,))
