"""Soft rules and workloads on grounds that one can draw: costs worked out by hand, what is listed, what is proven."""

import numpy as np
import pytest

from partitioning import (
    Problem,
    Rules,
    RulesError,
    check_plan,
    draw_grids,
    explain_notes,
    repair_grids,
    score_plan,
)
from partitioning.parts import share_out
from tests.towns.drawn import lattice, path, two_islands

NO_TERMS = {"border": 0, "compactness": 0, "balance": 0, "estates": 0, "moved": 0}
"""Leaves the objective to the soft rules."""


def asked(**changes):
    return Rules(**{"grids": 2, "households": None, "persons": None, "weights": NO_TERMS, **changes})


def test_a_soft_band_costs_the_share_outside():
    """100 + 100 | 300 in a band of 210-260: 10 too few and 40 too many of 500 households, times 2."""
    rules = asked(households=(210, 260), soft={"households": 2})
    scores = score_plan(path([100, 100, 300]), [0, 0, 1], rules)
    assert scores.objective == scores.soft_cost == pytest.approx(2 * 50 / 500)
    assert scores.violations == ()
    assert [(v.rule, v.value, v.limit, v.grid) for v in scores.soft] == [
        ("households", 200, 210, 0),
        ("households", 300, 260, 1),
    ]


def test_each_soft_band_counts_its_own():
    """Persons 300 | 200 in 0-250: 50 of 500. Visits 1 | 9 in 3-20: 2 of 10. Each times its weight."""
    problem = path([1, 1], persons=[300, 200], workloads={"visits": [1, 9]})
    rules = asked(persons=(0, 250), workloads={"visits": (3, 20)}, soft={"persons": 1, "visits": 10})
    scores = score_plan(problem, [0, 1], rules)
    assert scores.soft_cost == pytest.approx(50 / 500 + 10 * 2 / 10)
    assert [v.rule for v in scores.soft] == ["persons", "visits"]


def test_a_soft_tolerance_costs_what_is_beyond_it():
    """100 | 300 about a mean of 200: each off by .5, .3 beyond .2; the mean over two grids is .3."""
    rules = asked(balance_tolerance=0.2, soft={"balance": 4})
    scores = score_plan(path([100, 300]), [0, 1], rules)
    assert scores.soft_cost == pytest.approx(4 * 0.3)
    told = [(broken.rule, broken.grid, broken.value, broken.limit) for broken in scores.soft]
    assert told == [("balance", grid, pytest.approx(0.5), 0.2) for grid in (0, 1)]


def test_a_soft_number_of_grids_costs_its_distance():
    """Four grids where one or two are wished for: two too many of four."""
    scores = score_plan(path([1] * 4), [0, 1, 2, 3], asked(grids=(1, 2), soft={"grids": 3}))
    assert scores.soft_cost == pytest.approx(3 * 2 / 4)
    assert [(v.rule, v.value, v.limit) for v in scores.soft] == [("grids", 4, 2)]


def test_a_soft_lock_costs_its_splits():
    """Lock 5 lies in three grids, lock 6 in one: two splits of two locks."""
    problem = path([1] * 6, locked=[5, -1, 5, 5, 6, 6])
    scores = score_plan(problem, [0, 0, 1, 2, 2, 2], asked(grids=3, soft={"locked": 7}))
    assert scores.soft_cost == pytest.approx(7 * 2 / 2)
    assert [(v.rule, v.value, v.buildings) for v in scores.soft] == [("locked", 3, (0, 2, 3))]
    assert scores.violations == ()


def test_a_waived_grid_pays_for_no_band():
    """The tower of 500 is above the hard most of persons and stands alone; the others have 100 each, 50 too few, of
    700 households, and are even among themselves.
    """
    problem = path([500, 100, 100], persons=[2000, 300, 300])
    rules = asked(
        grids=3,
        households=(150, 300),
        persons=(0, 1000),
        balance_tolerance=0.0,
        oversized="own_grid",
        soft={"households": 1, "balance": 1},
    )
    scores = score_plan(problem, [0, 1, 2], rules)
    assert scores.soft_cost == pytest.approx(100 / 700)
    assert [v.grid for v in scores.soft] == [1, 2]
    assert draw_grids(problem, rules=rules).objective == pytest.approx(100 / 700)


def test_what_counts_nothing_costs_nothing():
    problem = path([0, 0], workloads={"visits": [0, 0]})
    rules = asked(workloads={"visits": (5, 9)}, balance_tolerance=0.1, soft={"visits": 1, "balance": 1})
    scores = score_plan(problem, [0, 1], rules)
    assert scores.soft_cost == 0
    assert [v.rule for v in scores.soft] == ["visits", "visits"]


def test_a_workload_is_kept_like_any_band():
    """Six buildings in a row; visits in the west alone: two grids of 6 visits must be parted after the second."""
    problem = path([100] * 6, workloads={"visits": [3, 3, 3, 1, 1, 1]})
    outcome = draw_grids(problem, rules=asked(workloads={"visits": (6, 6)}))
    assert outcome.status == "optimal"
    assert outcome.plan.labels.tolist() == [0, 0, 1, 1, 1, 1]
    assert [grid.workloads for grid in outcome.plan.scores.grids] == [{"visits": 6}, {"visits": 6}]
    broken = check_plan(problem, [0, 0, 0, 1, 1, 1], asked(workloads={"visits": (6, 6)}))
    assert [(v.rule, v.value, v.limit, v.grid) for v in broken] == [("visits", 9, 6, 0), ("visits", 3, 6, 1)]


def test_a_large_ground_keeps_a_workload():
    """Beyond exact answers: 144 buildings, visits heavier in the west, all four bands kept."""
    place = np.arange(144) % 12
    problem = lattice(
        12, 12, 7, persons=np.full(144, 24), workloads={"visits": 1 + (place < 6), "calls": 1 + place % 2}
    )
    rules = Rules(workloads={"visits": (40, 60), "calls": (40, 60)}, balance_tolerance=0.2)
    outcome = draw_grids(problem, rules=rules)
    assert outcome.status == "feasible"
    assert all(40 <= sums <= 60 for grid in outcome.plan.scores.grids for sums in grid.workloads.values())


def test_a_workload_without_counts_is_named():
    problem = path([100, 100])
    rules = Rules(persons=(1, 2), workloads={"visits": (1, 2)}, soft={"visits": 1})
    with pytest.raises(RulesError) as caught:
        draw_grids(problem, rules=rules)
    assert caught.value.faults == (
        "persons is a rule, but the problem has no persons; give the counts, or leave the rule out: persons=None.",
        "visits is a rule, but the problem has no visits; give the counts, or leave the rule out: workloads without "
        '"visits".',
    )


def test_workloads_in_reasons():
    """20 visits for two grids of at most 8; in Chinese as well."""
    problem = path([100, 100], workloads={"visits": [8, 12]})
    outcome = draw_grids(problem, rules=asked(workloads={"visits": (0, 8)}))
    assert outcome.status == "infeasible"
    texts = [reason.text("en") for reason in outcome.reasons]
    assert texts[0].startswith("Building b1 has 12 visits; a grid may hold at most 8.")
    assert "Raising the most visits to 12 would allow it." in texts[0]
    assert "20 visits" in texts[1]
    assert "楼栋 b1 的visits为 12" in outcome.reasons[0].text("zh")


def test_two_workloads_that_suit_no_number_of_grids():
    """12 visits suit two grids, 12 calls three or four."""
    problem = path([1] * 4, workloads={"visits": [3] * 4, "calls": [3] * 4})
    outcome = draw_grids(problem, rules=asked(grids=(2, 4), workloads={"visits": (6, 6), "calls": (3, 4)}))
    (reason,) = outcome.reasons
    assert reason.kind == "no_common_number"
    assert "12 calls allow 3 to 4 grids, 12 visits allow 2 to 2" in reason.text("en")
    assert "calls共 12，可划 3 至 4 个网格；visits共 12，可划 2 至 2 个网格" in reason.text("zh")


@pytest.mark.parametrize(
    "hopeless",
    [
        {"households": (900, 1000)},
        {"grids": (7, 8)},
        {"balance_tolerance": 0.0},
        {"persons": (1, 2)},
        {"workloads": {"visits": (500, 600)}},
    ],
)
def test_a_soft_rule_is_never_the_reason(hopeless):
    """Alone it leaves no plan; soft, it only costs."""
    problem = path([100, 150, 100], persons=[5, 5, 5], workloads={"visits": [1, 1, 1]})
    assert draw_grids(problem, rules=asked(**hopeless)).status == "infeasible"
    (name,) = hopeless.get(
        "workloads", {"balance" if "balance_tolerance" in hopeless else next(iter(hopeless)): 0}
    )
    outcome = draw_grids(problem, rules=asked(**hopeless, soft={name: 1}))
    assert outcome.status == "optimal"
    assert {v.rule for v in outcome.plan.scores.soft} == {name}


def test_reasons_speak_of_hard_rules_alone():
    """300 households in one building; the soft workload, hopeless as well, is not named, nor is it relaxed."""
    problem = path([100, 300], workloads={"visits": [1, 1]})
    rules = asked(households=(50, 200), workloads={"visits": (90, 99)}, soft={"visits": 1, "grids": 1})
    outcome = draw_grids(problem, rules=rules)
    assert outcome.status == "infeasible"
    ways = [way for reason in outcome.reasons for way in (reason.relaxation, *reason.other_relaxations)]
    assert {reason.rule for reason in outcome.reasons} == {"households"}
    assert {way.rule for way in ways if way is not None} == {"households"}


def test_islands_have_as_many_grids_as_they_need():
    """Four islands where two grids are wished for: four is the nearest number that they allow."""
    problem = Problem("abcd", [100] * 4, None, np.eye(4)[:, :2] * 100, [], [], [])
    outcome = draw_grids(problem, rules=asked(grids=(1, 2), soft={"grids": 1}))
    assert outcome.status == "optimal"
    assert outcome.plan.grids == 4
    assert outcome.objective == pytest.approx(2 / 4)


def test_numbers_beyond_the_first_twelve():
    """Households of 10 each in a hard band of exactly 10: only 20 grids hold, far from the two wished for."""
    outcome = draw_grids(path([10] * 20), rules=asked(grids=2, households=(10, 10), soft={"grids": 1}))
    assert outcome.status == "optimal"
    assert outcome.plan.grids == 20
    assert outcome.objective == pytest.approx(18 / 20)


def test_a_dear_lock_holds_and_a_cheap_one_gives_way():
    """b0 and b3 are locked at the ends of a row of four: together they force one border of 10 m more than 2 + 2 has."""
    problem = path([100] * 4, locked=[0, -1, -1, 0])
    weights = {**NO_TERMS, "border": 1}
    rules = asked(households=(200, 200), weights=weights, soft={"locked": 1000})
    assert draw_grids(problem, rules=asked(households=(200, 200))).status == "infeasible"
    cheap = draw_grids(problem, rules=rules)
    assert cheap.plan.labels.tolist() == [0, 0, 1, 1]
    assert cheap.objective == pytest.approx(10 / (30 * np.sqrt(2 / 4)) + 1000)
    ring = path([100] * 4, locked=[0, -1, -1, 0]).change(
        edges=[(0, 1), (1, 2), (2, 3), (3, 0)],
        border_m=[10, 10, 10, 10],
        border_cost=[1, 10, 1, 10],
    )
    dear = draw_grids(ring, rules=rules)
    assert len(set(dear.plan.labels[[0, 3]].tolist())) == 1


def test_a_soft_band_trades_against_borders_on_a_large_ground():
    """Ten columns of ten: the bridge after the third column costs next to nothing to cut. A dear band parts in halves,
    a cheap one at the bridge.
    """
    problem = lattice(10, 10, 10)
    west = problem.edges.min(axis=1) % 10 == 2
    bridge = west & (np.abs(np.diff(problem.edges, axis=1)[:, 0]) == 1)
    problem = problem.change(border_cost=np.where(bridge, 0.01, 10.0))
    sizes = {}
    for weight in (0.01, 100):
        rules = asked(households=(450, 550), weights={**NO_TERMS, "border": 1}, soft={"households": weight})
        outcome = draw_grids(problem, rules=rules, seed=3)
        assert outcome.status == "feasible"
        assert outcome.bound <= outcome.objective
        sizes[weight] = sorted(grid.households for grid in outcome.plan.scores.grids)
    assert sizes[0.01] == [300, 700]
    assert 450 <= sizes[100][0] <= sizes[100][1] <= 550


def test_the_same_answer_again():
    problem = lattice(12, 10, 10, workloads={"visits": np.arange(120) % 7, "calls": np.arange(120) % 5})
    one, other = (
        draw_grids(
            problem,
            rules=Rules(
                persons=None,
                workloads=dict.fromkeys(names, (50, 60)),
                soft={"grids": 1, "visits": 2, "calls": 1},
            ),
            seed=5,
        )
        for names in (("visits", "calls"), ("calls", "visits"))
    )
    assert one.plan.labels.tolist() == other.plan.labels.tolist()
    assert one.objective == other.objective


def test_alternatives_keep_what_breaks_less():
    """Every further plan is better than the chosen one in some figure, the cost of soft rules among them."""
    problem = lattice(12, 10, np.random.default_rng(0).integers(4, 16, 120).tolist())
    rules = Rules(persons=None, households=(240, 260), soft={"households": 5, "grids": 1})
    outcome = draw_grids(problem, rules=rules, alternatives=True)
    chosen = outcome.plan.scores
    assert outcome.alternatives
    for plan in outcome.alternatives:
        scores = plan.scores
        assert (
            scores.border_cost_m < chosen.border_cost_m
            or scores.deviation < chosen.deviation
            or scores.inertia_m2 < chosen.inertia_m2
            or scores.soft_cost < chosen.soft_cost
        )


def test_repair_does_not_hold_soft_locks():
    """The lock lies in one grid of 300, twice what the other has; soft, it may be broken to even them out."""
    problem = path([100] * 4, locked=[7, 7, 7, -1])
    hard = asked(households=(200, 200))
    assert repair_grids(problem, [0, 0, 0, 1], hard).status == "infeasible"
    soft = asked(households=(200, 200), soft={"locked": 1})
    keep = np.array([True, False, False, False])
    outcome = repair_grids(problem, [0, 0, 0, 1], soft, keep=keep)
    assert keep.tolist() == [True, False, False, False]
    assert outcome.plan.labels.tolist() == [0, 0, 1, 1]
    assert [v.rule for v in outcome.plan.scores.soft] == ["locked"]


def test_texts_of_broken_soft_rules():
    problem = path([100, 300, 100], locked=[0, 1, 0])
    rules = asked(
        grids=1,
        households=(150, 250),
        balance_tolerance=0.1,
        soft={"grids": 1, "households": 1, "balance": 1, "locked": 1},
    )
    broken = score_plan(problem, [0, 1, 2], rules).soft
    reasons = explain_notes(problem, broken)
    assert [reason.text("en") for reason in reasons] == [
        "The plan has 3 grids; the nearest number wished for is 1.",
        "Grid 1 has 100 households, 50 fewer than the 150 wished for.",
        "Grid 2 has 300 households, 50 more than the 250 wished for.",
        "Grid 3 has 100 households, 50 fewer than the 150 wished for.",
        "Grid 1 differs from the mean by 40%; 10% at most is wished for.",
        "Grid 2 differs from the mean by 80%; 10% at most is wished for.",
        "Grid 3 differs from the mean by 40%; 10% at most is wished for.",
        "Buildings b0, b2 are wished into one grid and lie in 2.",
    ]
    assert [reason.text("zh") for reason in reasons][1:3] == [
        "网格 1 的户数为 100，比期望的下限 150 少 50。",
        "网格 2 的户数为 300，比期望的上限 250 多 50。",
    ]
    assert all(reason.text("zh") for reason in reasons)


def test_parts_share_workloads_by_households():
    """10 of 3 : 3 : 1, then 5 of a building without households; whole numbers that add up."""
    shares = share_out(np.array([10, 5]), np.array([0, 0, 0, 1, 1]), np.array([3, 3, 1, 0, 0]))
    assert shares.tolist() == [4, 4, 2, 2, 3]


def test_a_building_with_too_many_visits_is_split():
    """One block of 200 households with 40 visits among small ones; 20 visits a grid at most."""
    problem = path([50, 50, 200, 50, 50], workloads={"visits": [1, 1, 40, 1, 1]})
    rules = asked(grids=(2, 4), households=(50, 300), workloads={"visits": (0, 25)}, oversized="split")
    outcome = draw_grids(problem, rules=rules)
    assert outcome.status in {"optimal", "feasible"}
    parts = outcome.plan.parts
    assert set(parts.building.tolist()) == {2}
    assert parts.workloads["visits"].sum() == 40
    assert sum(grid.workloads["visits"] for grid in outcome.plan.scores.grids) == 44


def test_soft_locks_of_a_split_building_name_the_building():
    """The block in the middle is softly locked to its neighbour and must be split: the lock is broken, and said so."""
    problem = path([100, 400, 100], locked=[3, 3, -1])
    rules = asked(households=(150, 300), oversized="split", soft={"locked": 0.1})
    outcome = draw_grids(problem, rules=rules)
    (broken,) = outcome.plan.scores.soft
    assert (broken.rule, broken.value, broken.buildings) == ("locked", 2, (0, 1))


def test_soft_locks_of_a_building_that_is_peeled():
    """596 households in two grids of exactly 298: the block is cut at one household, whatever it is locked to."""
    problem = path([1, 594, 1], locked=[3, 3, 3])
    rules = asked(households=(298, 298), oversized="split", soft={"locked": 0.1})
    outcome = draw_grids(problem, rules=rules)
    assert outcome.status in {"optimal", "feasible"}
    assert [grid.households for grid in outcome.plan.scores.grids] == [298, 298]
    (broken,) = outcome.plan.scores.soft
    assert (broken.rule, broken.value, broken.buildings) == ("locked", 2, (0, 1, 2))
    assert outcome.plan.scores.soft_cost == pytest.approx(0.1)


def test_two_islands_under_a_soft_band():
    """An island of 100 alone is below a hard least; soft, it is a grid that costs 50 of 400."""
    problem = two_islands([100, 100, 100], [100])
    assert draw_grids(problem, rules=asked(households=(150, 300))).status == "infeasible"
    outcome = draw_grids(problem, rules=asked(households=(150, 300), soft={"households": 1}))
    assert outcome.objective == pytest.approx(50 / 400)
