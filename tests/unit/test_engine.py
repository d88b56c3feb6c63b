"""Draws on towns one can draw on paper, and what must hold for every draw."""

import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partitioning import (
    CallError,
    DrawCancelledError,
    Rules,
    RulesError,
    check_plan,
    complete_grids,
    draw_grids,
    repair_grids,
)
from partitioning.draw import Draw
from tests.towns.drawn import lattice, path, ring, town, two_islands

ROOT = Path(__file__).resolve().parents[2]


def open_rules(grids, households, **more):
    return Rules(grids=grids, households=households, persons=None, **more)


def test_path_has_one_answer():
    """100 50 | 150 | 75 75 | 150: the only cuts that leave 150 each."""
    outcome = draw_grids(path([100, 50, 150, 75, 75, 150]), rules=open_rules(4, (150, 150)))
    assert outcome.status == "optimal"
    assert outcome.plan.labels.tolist() == [0, 0, 1, 2, 2, 3]
    assert outcome.plan.grids == 4
    assert outcome.gap == 0
    assert outcome.bound == outcome.objective
    assert outcome.reasons == ()


def test_no_more_grids_than_buildings_are_looked_for():
    """The same answer as with at most six, although the rule allows a million."""
    counts = [100, 50, 150, 75, 75, 150]
    outcome = draw_grids(path(counts), rules=open_rules((1, 1_000_000), (150, 150)))
    assert outcome.plan.labels.tolist() == [0, 0, 1, 2, 2, 3]


def test_twenty_grids_are_answered_exactly():
    """Forty buildings of 100 in a row make twenty pairs. With 150 and 50 as the second and third no cut leaves 200 to
    the west of it.
    """
    rules = open_rules(20, (200, 200))
    outcome = draw_grids(path([100] * 40), rules=rules)
    assert outcome.status == "optimal"
    assert outcome.plan.labels.tolist() == [i // 2 for i in range(40)]
    assert draw_grids(path([100, 150, 50] + [100] * 37), rules=rules).status == "infeasible"


def test_square_in_threes():
    """Any three threes keep 6 of the 12 borders. A line of three has 2 (in 100 m)^2 about its middle, a corner 4/3;
    nine do not divide into three corners, so two corners and a line are best: 14/3 over 9."""
    outcome = draw_grids(lattice(3, 3), rules=open_rules(3, (300, 300)))
    assert outcome.status == "optimal"
    assert outcome.plan.scores.border_cost_m == 60
    assert outcome.plan.scores.inertia_m2 == pytest.approx(100**2 * 14 / 27)


def test_ring_in_two_arcs():
    outcome = draw_grids(ring([100] * 6), rules=open_rules(2, (300, 300)))
    assert outcome.status == "optimal"
    assert outcome.plan.scores.border_cost_m == 20


def test_borders_run_along_the_cheap_road():
    """A row of six: the road lies between the second and third, where cutting is cheap."""
    costs = [10, 1, 10, 10, 10]
    problem = path([100] * 6, border_cost=costs)
    outcome = draw_grids(problem, rules=open_rules(2, (200, 400), weights={"compactness": 0, "balance": 0}))
    assert outcome.plan.labels.tolist() == [0, 0, 1, 1, 1, 1]


def test_estates_stay_whole():
    problem = path([100] * 6, estates=[0, 0, 1, 1, 1, 1])
    outcome = draw_grids(problem, rules=open_rules(2, (200, 400), weights={"compactness": 0, "balance": 0}))
    assert outcome.plan.labels.tolist() == [0, 0, 1, 1, 1, 1]


def test_islands_get_their_own_grids():
    outcome = draw_grids(two_islands([100] * 4, [100] * 2), rules=open_rules(3, (200, 200)))
    assert outcome.plan.labels.tolist() == [0, 0, 1, 1, 2, 2]


def test_locked_buildings_share_a_grid():
    problem = path([100] * 6, locked=[-1, 3, 3, -1, -1, -1])
    outcome = draw_grids(problem, rules=open_rules(3, (100, 300)))
    labels = outcome.plan.labels
    assert labels[1] == labels[2]
    assert outcome.status == "optimal"


def test_locked_buildings_apart_are_joined_by_what_lies_between():
    problem = lattice(5, 2, locked=[0, -1, -1, 0, -1, -1, -1, -1, -1, -1])
    outcome = draw_grids(problem, rules=open_rules((2, 3), (100, 600)))
    assert outcome.status == "optimal"
    assert outcome.plan.labels[0] == outcome.plan.labels[3]


def test_ground_without_households_links():
    """Two blocks of 100 with a school between them make a grid; the school cannot serve a second one."""
    problem = path([100, 0, 100, 200])
    outcome = draw_grids(problem, rules=open_rules(2, (200, 200)))
    assert outcome.plan.labels.tolist() == [0, 0, 0, 1]
    cross = town(
        [(0, 0), (2, 0), (1, 1), (1, -1), (1, 0)],
        [(0, 4), (1, 4), (2, 4), (3, 4)],
        [120, 130, 80, 70, 0],
    )
    outcome = draw_grids(cross, rules=open_rules(2, (195, 205)))
    assert outcome.status in {"infeasible", "unknown"}


def test_oversized_building_gets_its_own_grid():
    problem = path([100, 100, 420, 100, 100])
    rules = open_rules(3, (150, 300), oversized="own_grid")
    outcome = draw_grids(problem, rules=rules)
    assert outcome.plan.labels.tolist() == [0, 0, 1, 2, 2]
    assert [grid.waived for grid in outcome.plan.scores.grids] == [False, True, False]


def test_stays_near_the_plan_in_force():
    """A row of twelve in three grids of four; the plan in force has the first border one building to the east."""
    current = [0] * 5 + [1] * 3 + [2] * 4
    rules = open_rules(3, (300, 500), preset="stable")
    outcome = draw_grids(path([100] * 12, current=current), rules=rules)
    assert outcome.plan.labels.tolist() == current
    assert outcome.plan.scores.households_moved == 0


def test_number_of_grids_is_chosen():
    """1,350 households in grids of 300 to 320 make no plan of 3 or 5, but one of 4 would need 337: so 430 to 460."""
    outcome = draw_grids(path([150] * 9), rules=open_rules((2, 6), (430, 460)))
    assert outcome.plan.grids == 3


def test_persons_count_as_well():
    problem = path([100] * 4, persons=[200, 400, 300, 300])
    rules = Rules(grids=2, households=(100, 300), persons=(550, 650))
    assert draw_grids(problem, rules=rules).plan.labels.tolist() == [0, 0, 1, 1]


def test_persons_rule_needs_persons():
    with pytest.raises(RulesError, match="persons is a rule, but the problem has no persons"):
        draw_grids(path([100] * 8), rules=Rules())


def test_unknown_comes_with_the_nearest_plan():
    """The cross again, seven times over: too many buildings for the exact search, and no plan at all."""
    xy, edges, households = [], [], []
    for i in range(40):
        xy += [(2.0 * i, 0), (2.0 * i, 1)]
        edges += [(2 * i, 2 * i + 1)] + ([(2 * i, 2 * i - 2)] if i else [])
        households += [7, 6]
    rules = open_rules(4, (128, 131))
    outcome = draw_grids(town(xy, edges, households), rules=rules)
    if outcome.status == "unknown":
        assert outcome.plan.scores.violations
        assert outcome.reasons[0].kind == "not_found"
        assert "it is not proven that there is none" in outcome.reasons[0].text("en")
        assert "并未证明不存在" in outcome.reasons[0].text("zh")
        assert len(outcome.reasons) == 1 + len(outcome.plan.scores.violations)
    else:
        assert check_plan(town(xy, edges, households), outcome.plan.labels, rules) == ()


def test_progress_is_told_and_may_cancel():
    told = []
    problem = lattice(14, 14, 6)
    rules = open_rules(4, (150, 400))
    draw_grids(problem, rules=rules, progress=lambda share, best: told.append((share, best)))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert told[-1][1].scores.violations == ()
    stopped = draw_grids(problem, rules=rules, progress=lambda *_: False)
    assert stopped.interrupted
    assert stopped.status == "feasible"

    def refuse(*_):
        raise DrawCancelledError

    assert draw_grids(problem, rules=rules, progress=refuse).interrupted


def test_a_time_cap_of_nothing_still_answers():
    outcome = draw_grids(lattice(14, 14, 6), rules=open_rules(4, (150, 400)), time_limit_s=0.0)
    assert outcome.interrupted
    assert outcome.status in {"feasible", "unknown"}
    assert outcome.plan is not None
    impossible = draw_grids(lattice(14, 14, 6), rules=open_rules(4, (294, 294)), time_limit_s=0.0)
    if impossible.status == "unknown":
        assert impossible.reasons[0].text("en") == "The search was stopped before it found a plan."
        assert impossible.reasons[0].text("zh") == "搜索在找到方案之前被中止。"


def test_same_labels_in_another_process():
    code = (
        "from partitioning import Rules, draw_grids\n"
        "from tests.towns.drawn import lattice\n"
        "o = draw_grids(lattice(12, 9, 10), rules=Rules(grids=(4, 6), persons=None), seed=7)\n"
        "print(o.plan.labels.tolist())\n"
    )
    here = draw_grids(lattice(12, 9, 10), rules=Rules(grids=(4, 6), persons=None), seed=7)
    other = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert other.stdout.strip() == str(here.plan.labels.tolist())


@settings(max_examples=40, deadline=None)
@given(
    columns=st.integers(2, 9),
    rows=st.integers(1, 6),
    seed=st.integers(0, 10_000),
    low=st.integers(1, 200),
    width=st.integers(0, 200),
)
def test_what_is_called_feasible_keeps_every_rule(columns, rows, seed, low, width):
    rng = np.random.default_rng(seed)
    n = columns * rows
    problem = lattice(
        columns,
        rows,
        rng.integers(0, 60, n).tolist(),
        locked=np.where(rng.random(n) < 0.15, rng.integers(0, 3, n), -1),
        estates=rng.integers(-1, 4, n),
    )
    rules = open_rules((2, 5), (low, low + width))
    outcome = draw_grids(problem, rules=rules, effort="fast", seed=seed)
    if outcome.status in {"feasible", "optimal"}:
        assert check_plan(problem, outcome.plan.labels, rules) == ()
        assert outcome.objective == pytest.approx(outcome.plan.scores.objective)
        if outcome.bound is not None:
            assert outcome.bound <= outcome.objective + 1e-9
            assert outcome.gap >= 0
    else:
        assert outcome.reasons
        assert all(reason.text("en") and reason.text("zh") for reason in outcome.reasons)


def test_what_the_first_rounds_miss_is_found_by_longer_ones(monkeypatch):
    """Eight rows of nine buildings, 600 households a row: there is a plan, within less than a percent."""
    rng = np.random.default_rng(18)
    counts = [rng.multinomial(600 - 9 * 20, np.full(9, 1 / 9)) + 20 for _ in range(8)]
    town = lattice(9, 8, np.concatenate(counts).tolist())
    rules = Rules(grids=8, households=(595, 605), persons=None)
    outcome = draw_grids(town, rules=rules, certify=False)
    assert outcome.status == "feasible"
    assert check_plan(town, outcome.plan.labels, rules) == ()
    monkeypatch.setattr(Draw, "_persist", lambda _: None)
    assert draw_grids(town, rules=rules, certify=False).status == "unknown"


def test_arguments_that_are_none_are_all_told():
    town, rules = lattice(3, 3, 60), open_rules(3, (100, 300))
    for draw in (
        draw_grids,
        partial(repair_grids, labels=np.zeros(9)),
        partial(complete_grids, labels=np.zeros(9)),
    ):
        with pytest.raises(CallError) as told:
            draw(town, rules=rules, seed=-1, effort="Normal", time_limit_s=float("nan"), progress=5)
        assert told.value.faults == (
            "seed = -1 must be a whole number, 0 or more.",
            "effort = 'Normal' is unknown; choose one of fast, normal, thorough.",
            "time_limit_s = nan must be a number of seconds, 0 or more, or None for no limit.",
            "progress = 5 must be a function of the share done and the best plan, or None.",
        )


@pytest.mark.parametrize("rules", [{"grids": 4}, None])
def test_rules_and_problems_of_another_type_are_told(rules):
    town = lattice(3, 3, 60)
    draws = (
        draw_grids,
        partial(repair_grids, labels=np.zeros(9)),
        partial(complete_grids, labels=np.zeros(9)),
    )
    for draw in draws:
        with pytest.raises(
            CallError, match=rf"rules is of the type {type(rules).__name__}; it must be Rules"
        ):
            draw(town, rules=rules)
        with pytest.raises(CallError, match=r"problem is of the type list; it must be a Problem"):
            draw([town], rules=open_rules(3, (100, 300)))


@pytest.mark.parametrize("most", [2**40, 2**63 - 1, 10**30])
def test_a_most_beyond_all_counts_is_no_limit(most):
    outcome = draw_grids(path([100] * 6), rules=open_rules((2, 3), (0, most)))
    assert outcome.plan is not None


def test_more_patches_than_grids_are_refused():
    with pytest.raises(
        RulesError, match=r"patches = \[5, 6\], but at most 2 grids; lower patches, or raise grids"
    ):
        draw_grids(path([100] * 6), rules=Rules(grids=2, households=None, persons=None, patches=(5, 6)))


@pytest.mark.parametrize("oversized", ["refuse", "split"])
@pytest.mark.parametrize("grids", [100_000, 2**70, (4, 2**70)])
def test_more_grids_than_buildings_cost_nothing(grids, oversized):
    rules = Rules(grids=grids, persons=None, oversized=oversized)
    outcome = draw_grids(path([200] * 3), rules=rules)
    if oversized == "split" and grids == (4, 2**70):
        assert outcome.plan.grids == 4
    else:
        assert outcome.status == "infeasible"
        assert (outcome.reasons[0].relaxation.end, outcome.reasons[0].relaxation.value) == ("least", 3)


def test_large_counts_are_told_apart_exactly():
    """A grid exactly at the tolerance keeps it, and a band that is a sum of large counts is not cut short."""
    town = path([87 * 10**6, 113 * 10**6])
    rules = Rules(grids=2, households=None, persons=None, balance_tolerance=0.13)
    assert draw_grids(town, rules=rules).status == "optimal"
    assert draw_grids(town, rules=replace(rules, balance_tolerance=0.1299)).status == "infeasible"
    whole = draw_grids(path([2**39] * 6), rules=open_rules(2, (3 * 2**39, 3 * 2**39)))
    assert whole.plan.labels.tolist() == [0, 0, 0, 1, 1, 1]


def test_a_tolerance_beyond_all_is_none():
    rules = Rules(grids=2, households=None, persons=None, balance_tolerance=1e308)
    assert draw_grids(path([100, 100]), rules=rules).status == "optimal"


def test_where_every_building_has_a_grid_of_its_own_the_plan_is_the_only_one():
    rules = Rules(grids=3, persons=None, oversized="own_grid", patches=2)
    outcome = draw_grids(path([500] * 3), rules=rules)
    assert (outcome.status, outcome.gap) == ("optimal", 0.0)
    assert sorted(np.bincount(outcome.plan.patches).tolist()) == [1, 2]
