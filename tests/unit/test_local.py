"""The local certificate: other splits of two neighbouring grids, compared with all that there are."""

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from partitioning import Rules, check_plan, draw_grids, score_plan
from partitioning.core import build_core, possible_cases
from partitioning.cuts import Links, least_cut, make_flow
from partitioning.exact_grounds import exact_grounds
from partitioning.local import Division, neighbours, split_again
from partitioning.rules import PRESETS
from partitioning.target import make_target
from tests.towns.drawn import lattice, path

COMPACT_ONLY = {"border": 0, "balance": 0, "estates": 0, "compactness": 1}


def certify(problem, rules, labels, go_on=lambda: True):
    core = build_core(problem, rules)
    (case,) = possible_cases(core, rules)
    ground = exact_grounds(problem, core).strict
    division = Division(problem, core, ground, make_target(problem, rules, core, case))
    return split_again(
        division,
        np.array(labels),
        lambda plan: score_plan(problem, plan, rules).objective,
        lambda plan: not check_plan(problem, plan, rules),
        go_on,
    )


def best_splits(problem, rules, labels):
    """For each pair of grids that touch, the least objective of all splits of it that keep every hard rule."""
    least = {}
    ends = labels[problem.edges]
    for pair in {tuple(sorted(end)) for end in ends.tolist() if end[0] != end[1]}:
        inside = np.isin(labels, pair)
        for choice in product(pair, repeat=int(inside.sum())):
            other = labels.copy()
            other[inside] = choice
            if len(set(choice)) == 2 and not check_plan(problem, other, rules):
                value = score_plan(problem, other, rules).objective
                least[pair] = min(least.get(pair, np.inf), value)
    return least


def test_a_better_split_is_found_and_then_proven_best():
    """Two rows of four: two long grids, the rows, when two squares are rounder and cut 20 m instead of 40."""
    problem = lattice(4, 2)
    rules = Rules(grids=2, households=(400, 400), persons=None)
    labels, local = certify(problem, rules, [0, 0, 0, 0, 1, 1, 1, 1])
    squares = labels.reshape(2, 4)
    assert len(set(squares[:, :2].ravel())) == len(set(squares[:, 2:].ravel())) == 1
    assert (local.pairs, local.proven, local.gains) == (1, 1, 1)
    assert local.improvement == pytest.approx(0, abs=1e-8)


def test_a_split_in_pieces_is_not_taken():
    """A row of 300, 100, 100 and 300 households: 400 a grid admit its first and third building, but in two pieces."""
    problem = path([300, 100, 100, 300])
    rules = Rules(grids=2, households=(400, 400), persons=None, weights=COMPACT_ONLY)
    labels, local = certify(problem, rules, [0, 0, 1, 1])
    assert labels.tolist() == [0, 0, 1, 1]
    assert (local.proven, local.gains) == (1, 0)


def test_buildings_that_must_share_a_grid_stay_together():
    """The rows of the first test are the only plan where the ends of each row are locked together."""
    problem = lattice(4, 2, locked=[0, -1, -1, 0, 1, -1, -1, 1])
    rules = Rules(grids=2, households=(400, 400), persons=None)
    labels, local = certify(problem, rules, [0, 0, 0, 0, 1, 1, 1, 1])
    assert labels.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    assert (local.proven, local.gains) == (1, 0)


def test_ended_before_it_is_done():
    problem = lattice(4, 2)
    rules = Rules(grids=2, households=(400, 400), persons=None)
    labels, local = certify(problem, rules, [0, 0, 0, 0, 1, 1, 1, 1], go_on=lambda: False)
    assert labels.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    assert local is None


@settings(max_examples=60, deadline=None)
@given(data=st.data(), preset=st.sampled_from(sorted(PRESETS)), grids=st.integers(2, 3))
def test_no_split_of_a_small_ground_is_better_than_told(data, preset, grids):
    """Brute force over all splits of each pair, with bands, estates, locks and buildings kept apart."""
    counts = data.draw(st.lists(st.integers(0, 60), min_size=9, max_size=9))
    costs = data.draw(st.lists(st.integers(0, 40), min_size=12, max_size=12))
    estates = data.draw(st.lists(st.integers(-1, 2), min_size=9, max_size=9))
    persons = data.draw(st.lists(st.integers(0, 90), min_size=9, max_size=9))
    locked = data.draw(st.sampled_from([None, [0, -1, -1, -1, -1, 0, -1, -1, -1]]))
    problem = lattice(
        3, 3, counts, persons=persons, border_cost=np.array(costs, float), estates=estates, locked=locked
    )
    apart = data.draw(st.sampled_from([None, [[1, 7]]]))
    problem = problem.change(apart=apart)
    low = data.draw(st.integers(0, 60))
    rules = Rules(
        grids=grids,
        households=(low, low + 200),
        persons=(0, data.draw(st.integers(150, 700))),
        preset=preset,
    )
    core = build_core(problem, rules)
    assume(possible_cases(core, rules))
    start = data.draw(st.integers(0, grids**9 - 1))
    tried = (start + 7919 * np.arange(400)) % grids**9
    plans = (tried[:, None] // grids ** np.arange(9)) % grids
    held = [plan for plan in plans if len(set(plan)) == grids and not check_plan(problem, plan, rules)]
    assume(held)
    labels, local = certify(problem, rules, held[0])
    assert not check_plan(problem, labels, rules)
    value = score_plan(problem, labels, rules).objective
    assert value <= score_plan(problem, held[0], rules).objective + 1e-12
    least = best_splits(problem, rules, labels)
    assert local.pairs == len(least)
    assert min(least.values(), default=value) >= value * (1 - local.improvement) - 1e-7
    better = sum(other < value - 1e-7 for other in least.values())
    assert local.proven <= local.pairs - better


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_the_least_cut_is_that_of_all_choices(data):
    """Five nodes and the links between all of them: 32 choices."""
    n = 5
    prices = np.array(data.draw(st.lists(st.integers(-20, 20), min_size=n, max_size=n)), float)
    costs = data.draw(st.lists(st.integers(0, 9), min_size=n * n, max_size=n * n))
    cost = np.array(costs, float).reshape(n, n)
    owner, to = np.nonzero(~np.eye(n, dtype=bool))
    back = np.array([np.flatnonzero((owner == b) & (to == a))[0] for a, b in zip(owner, to, strict=True)])
    links = Links(np.arange(n + 1) * (n - 1), to, owner, back, cost[owner, to])
    flow = make_flow(links)
    value = least_cut(links, prices, flow)

    def of(taken):
        return prices[taken].sum() + cost[np.ix_(taken, ~taken)].sum()

    assert value == pytest.approx(min(of(np.array(choice)) for choice in product([False, True], repeat=n)))
    assert of(flow.depth >= 0) == pytest.approx(value)


def test_the_outcome_carries_it_where_it_is_asked_for():
    problem = lattice(12, 10, np.random.default_rng(1).integers(4, 16, 120).tolist())
    rules = Rules(grids=5, persons=None)
    outcome = draw_grids(problem, rules=rules, seed=1)
    core = build_core(problem, rules)
    (case,) = possible_cases(core, rules)
    division = Division(
        problem, core, exact_grounds(problem, core).strict, make_target(problem, rules, core, case)
    )
    assert outcome.local.pairs == len(neighbours(division, outcome.plan.labels))
    assert 0 <= outcome.local.improvement < 0.1
    plain = draw_grids(problem, rules=rules, seed=1, certify=False)
    assert plain.local is None
    assert outcome.objective <= plain.objective + 1e-12


def test_the_best_plan_of_all_has_nothing_left_to_prove():
    outcome = draw_grids(lattice(4, 2), rules=Rules(grids=2, households=(400, 400), persons=None))
    assert outcome.status == "optimal"
    assert outcome.local.proven == outcome.local.pairs == 1
    assert outcome.local.improvement == 0


def test_none_where_moves_count():
    problem = lattice(12, 10, 10, current=np.repeat(np.arange(5), 24))
    outcome = draw_grids(problem, rules=Rules(grids=5, persons=None, preset="stable"))
    assert outcome.status == "feasible"
    assert outcome.local is None
