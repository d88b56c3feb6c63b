"""Grids that span gaps: the shortest links, drawn towns, all divisions of small ones, soft contiguity."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from partitioning import (
    Problem,
    Rules,
    RulesError,
    check_plan,
    complete_grids,
    draw_grids,
    explain_notes,
    repair_grids,
    score_plan,
)
from partitioning.gaps import shortest_links
from tests.seeds import seeds
from tests.towns.drawn import lattice, path, town, two_islands
from tests.unit.test_engine_brute_force import divisions


def open_rules(grids, households, **more):
    return Rules(grids=grids, households=households, persons=None, **more)


def pieces(nodes: list[int], pairs: set[tuple[int, int]]) -> int:
    """Connected parts of some nodes, by a walk that shares no code with the engine."""
    left, count = set(nodes), 0
    while left:
        count += 1
        waiting = [left.pop()]
        while waiting:
            at = waiting.pop()
            near = {other for other in left if (at, other) in pairs or (other, at) in pairs}
            left -= near
            waiting += near
    return count


def kruskal(xy: np.ndarray, pairs: list[tuple[int, int]]) -> set[tuple[int, int]]:
    """The shortest links, taken one after the other wherever they join two parts."""
    joined = {(int(a), int(b)) for a, b in pairs}
    links = set()
    every = list(range(len(xy)))
    for a, b in sorted(
        combinations(every, 2), key=lambda pair: float(((xy[pair[0]] - xy[pair[1]]) ** 2).sum())
    ):
        if pieces(every, joined | {(a, b)}) < pieces(every, joined):
            joined.add((a, b))
            links.add((a, b))
    return links


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_links_are_the_shortest(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 12))
    xy = rng.uniform(0, 100, (n, 2))
    pairs = [pair for pair in combinations(range(n), 2) if rng.random() < 0.12]
    links = shortest_links(xy, np.array(pairs, dtype=np.int64).reshape(-1, 2))
    assert {(min(a, b), max(a, b)) for a, b in links.tolist()} == kruskal(xy, pairs)


def test_rules_read_it():
    assert Rules.from_toml('contiguity = "gaps"').spans_gaps
    assert Rules.from_toml("[soft]\ncontiguity = 0.5").spans_gaps
    assert not Rules().spans_gaps
    assert Rules.from_dict(Rules(contiguity="gaps").to_dict()) == Rules(contiguity="gaps")
    with pytest.raises(RulesError, match="contiguity = 'soft' is unknown; choose one of hard, gaps"):
        Rules(contiguity="soft")


ISLANDS = two_islands([100] * 4, [100] * 2)
"""b0 to b3, water, b4 and b5."""


def test_a_grid_spans_a_gap_only_if_it_may():
    """600 households in two grids of 300: b3 must go with the other island."""
    assert draw_grids(ISLANDS, rules=open_rules(2, (300, 300))).status == "infeasible"
    outcome = draw_grids(ISLANDS, rules=open_rules(2, (300, 300), contiguity="gaps"))
    assert outcome.status == "optimal"
    assert outcome.plan.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert outcome.plan.scores.gaps == 1
    (note,) = outcome.plan.scores.notes
    assert (note.rule, note.value, note.limit, note.grid, note.buildings) == ("contiguity", 2, 1, 1, (3,))
    (reason,) = explain_notes(ISLANDS, outcome.plan.scores.notes)
    assert reason.text("en") == "Grid 2 spans a gap: it lies in 2 pieces. Apart from the largest: b3."
    assert reason.text("zh") == "网格 2 跨越间隔，分为 2 块；与最大一块不相连的楼栋：b3。"


def test_only_the_shortest_link_joins():
    """b0 is no neighbour of the other island, and no grid is torn on its own."""
    rules = open_rules((2, 3), (0, 600), contiguity="gaps")
    assert check_plan(ISLANDS, [0, 0, 0, 1, 1, 1], rules) == ()
    (torn,) = check_plan(ISLANDS, [1, 0, 0, 0, 1, 1], rules)
    assert (torn.rule, torn.grid, torn.buildings) == ("contiguity", 1, (0,))
    assert check_plan(ISLANDS, [1, 0, 0, 1, 1, 1], rules)[0].rule == "contiguity"


def test_soft_contiguity_costs_its_weight():
    """Two grids of 200 to 400: by islands, or over the gap for a better balance, at w / 2."""
    weights = {"border": 0, "compactness": 0, "balance": 1, "estates": 0}
    rules = [open_rules(2, (200, 400), weights=weights, soft={"contiguity": weight}) for weight in (0.1, 0.5)]
    spanned, apart = [0, 0, 0, 1, 1, 1], [0, 0, 0, 0, 1, 1]
    # balance of 400 and 200: (1/2) * 2 * (1/3)^2
    assert score_plan(ISLANDS, apart, rules[0]).objective == pytest.approx(1 / 9)
    scores = score_plan(ISLANDS, spanned, rules[0])
    assert scores.objective == scores.soft_cost == pytest.approx(0.05)
    (broken,) = scores.soft
    assert (broken.rule, broken.value, broken.grid, broken.buildings) == ("contiguity", 2, 1, (3,))
    assert score_plan(ISLANDS, spanned, rules[1]).objective == pytest.approx(0.25)
    assert draw_grids(ISLANDS, rules=rules[0]).plan.labels.tolist() == spanned
    assert draw_grids(ISLANDS, rules=rules[1]).plan.labels.tolist() == apart


def some_town(seed: int) -> Problem:
    """Seven buildings in several parts, some empty, held, locked or kept apart."""
    rng = np.random.default_rng(seed)
    n = 7
    pairs = [(i, j) for i in range(n) for j in range(i) if rng.random() < 0.2]
    return town(
        [tuple(point) for point in rng.uniform(0, 3, (n, 2))],
        pairs,
        np.where(rng.random(n) < 0.15, 0, rng.integers(40, 200, n)).tolist(),
        border_cost=rng.uniform(0, 20, len(pairs)),
        estates=rng.integers(-1, 3, n),
        locked=np.where(rng.random(n) < 0.25, 0, -1) if seed % 2 else None,
        pinned=np.where(rng.random(n) < 0.25, rng.integers(0, 3, n), -1) if seed % 3 == 0 else None,
        apart=[[0, 3]] if seed % 4 == 0 else None,
    )


def spans(problem: Problem, labels: list[int]) -> int | None:
    """Links over gaps that the grids span, None where a grid is torn."""
    pairs = {(int(a), int(b)) for a, b in problem.edges}
    linked = pairs | kruskal(problem.xy_m, sorted(pairs))
    grids = [[i for i, label in enumerate(labels) if label == k] for k in set(labels)]
    if any(pieces(grid, linked) > 1 for grid in grids):
        return None
    return sum(pieces(grid, pairs) - 1 for grid in grids)


@pytest.mark.parametrize("seed", seeds(15, 60))
def test_agrees_with_all_divisions(seed):
    problem = some_town(seed)
    soft = {"contiguity": 0.6} if seed % 2 else None
    more = {"soft": soft} if soft else {"contiguity": "gaps"}
    rules = open_rules(
        (2, 4),
        (100, 400),
        oversized="own_grid" if seed % 5 == 0 else "refuse",
        estate_splits=2 if seed % 7 == 0 else None,
        **more,
    )
    whole = problem.change(edges=list(combinations(range(7), 2)), border_m=[1] * 21, border_cost=[1] * 21)
    for labels in divisions(7, 3):
        torn = any(violation.rule == "contiguity" for violation in check_plan(problem, labels, rules))
        assert torn == (spans(problem, labels) is None)
    good = [
        labels
        for labels in divisions(7, 4)
        if not check_plan(whole, labels, rules) and spans(problem, labels) is not None
    ]
    outcome = draw_grids(problem, rules=rules, seed=seed)
    if not good:
        assert outcome.status == "infeasible"
        return
    assert outcome.status in {"feasible", "optimal"}
    labels = outcome.plan.labels.tolist()
    assert not check_plan(problem, labels, rules)
    assert outcome.plan.scores.gaps == spans(problem, labels)
    told = outcome.plan.scores.soft if soft else outcome.plan.scores.notes
    assert sum(note.value - 1 for note in told) == outcome.plan.scores.gaps

    def value(labels: list[int]) -> float:
        hard = score_plan(problem, labels, open_rules((2, 4), (100, 400))).objective
        return hard + (0.6 * spans(problem, labels) / len(set(labels)) if soft else 0.0)

    best = min(value(labels) for labels in good)
    assert value(labels) == pytest.approx(outcome.objective)
    assert outcome.status != "optimal" or outcome.objective == pytest.approx(best)
    assert outcome.bound is None or outcome.bound <= best + 1e-9


@settings(max_examples=15, deadline=None)
@given(soft=st.booleans(), seed=st.integers(0, 10**6))
@example(soft=True, seed=0).via("held buildings that no plan joins over the cheapest ground")
@example(soft=False, seed=175).via("the same without soft rules")
def test_large_grounds_in_pieces_are_drawn(soft, seed):
    """A lattice with a river and an islet: totals that the banks cannot share out, drawn, repaired and completed."""
    rng = np.random.default_rng(seed)
    whole = lattice(12, 9, rng.integers(8, 15, 108).tolist())
    column = np.arange(108) % 12
    river = int(rng.integers(3, 9))
    across = (column[whole.edges] < river).sum(axis=1) == 1
    islet = (whole.edges == 107).any(axis=1)
    kept = ~across & ~islet
    problem = whole.change(
        edges=whole.edges[kept], border_m=whole.border_m[kept], border_cost=whole.border_cost[kept]
    )
    how = {"soft": {"contiguity": 0.2}} if soft else {"contiguity": "gaps"}
    rules = open_rules((4, 6), (180, 330), **how)
    outcome = draw_grids(problem, rules=rules, seed=seed, certify=False)
    assert outcome.status in {"feasible", "optimal"}
    assert check_plan(problem, outcome.plan.labels, rules) == ()
    assert outcome.plan.scores.gaps >= 1
    moved = outcome.plan.labels.copy()
    moved[rng.integers(0, 108, 4)] = 0
    repaired = repair_grids(problem, moved, rules, seed=seed, certify=False)
    assert repaired.status in {"feasible", "optimal"}
    some = np.where(rng.random(108) < 0.5, outcome.plan.labels, -1)
    completed = complete_grids(problem, some, rules, seed=seed, certify=False)
    assert completed.status in {"feasible", "optimal"}
    for again in (repaired, completed):
        assert check_plan(problem, again.plan.labels, rules) == ()
        told = again.plan.scores.soft if soft else again.plan.scores.notes
        assert again.plan.scores.gaps == sum(note.value - 1 for note in told)
        assert {note.grid for note in told} <= set(again.plan.labels.tolist())


def test_parts_of_buildings_span_gaps_as_well():
    """420 | water | 180: a part of the block goes over the water."""
    problem = town([(0, 0), (5, 0)], [], [420, 180], axes_m=[[45, 0], [0, 0]])
    rules = open_rules(2, (290, 310), oversized="split", contiguity="gaps")
    outcome = draw_grids(problem, rules=rules)
    assert outcome.status in {"feasible", "optimal"}
    (note,) = outcome.plan.scores.notes
    assert (note.grid, note.buildings) in {(1, (0,)), (1, (1,))}


def test_ground_in_one_piece_has_no_links():
    assert path([100] * 3).gap_links.tolist() == []
    assert score_plan(path([100] * 3), [0, 0, 1], open_rules(2, (0, 300), contiguity="gaps")).gaps == 0


def test_releases_are_counted_over_the_gaps_that_grids_may_span():
    """Four islands, three of them in one grid, two pairs of these apart: releasing one of them is enough."""
    islands = town(
        [(100.0, 0.0), (0.0, 0.0), (200.0, 0.0), (100.0, 100.0)], [], [100] * 4,
        pinned=[2, -1, 2, 2], apart=[[0, 2], [2, 3]],
    )  # fmt: skip
    rules = Rules(grids=2, households=None, persons=None, contiguity="gaps")
    outcome = draw_grids(islands, rules=rules)
    assert outcome.status == "infeasible"
    ways = [
        way
        for one in outcome.reasons
        for way in (one.relaxation, *one.other_relaxations)
        if way.rule == "locked"
    ]
    assert [(way.value, way.buildings, way.confirmed) for way in ways] == [(1, ("b2",), True)]
