"""The lower bound: below every plan, and near the best one where compactness is all that counts."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from partitioning import Problem, Rules, check_plan, draw_grids, score_plan
from partitioning.bound import lower_bound
from partitioning.bound_border import border_bound, estates_bound
from partitioning.bound_compactness import compactness_bound
from partitioning.bound_sides import find_sides
from partitioning.core import build_core, possible_cases
from partitioning.objective import coefficients, measure_terms
from partitioning.rules import PRESETS
from partitioning.target import make_target
from tests.towns.drawn import lattice, path, town

COMPACT_ONLY = {"border": 0, "balance": 0, "estates": 0, "compactness": 1}


def bound_of(problem, rules, labels):
    core = build_core(problem, rules)
    (case,) = possible_cases(core, rules)
    return lower_bound(problem, core, make_target(problem, rules, core, case), np.array(labels)).value


def test_two_pairs_far_apart():
    """Households at 0, 100, 400 and 500 m: pairs have 2 * 50^2 a household each, which no division
    undercuts.
    """
    problem = path([100] * 4)
    xy = problem.xy_m.copy()
    xy[2:, 0] += 200
    problem = type(problem)(
        "abcd", problem.households, None, xy, problem.edges, problem.border_m, problem.border_cost
    )
    rules = Rules(grids=2, households=(200, 200), persons=None, weights=COMPACT_ONLY)
    optimum = score_plan(problem, [0, 0, 1, 1], rules).objective
    assert bound_of(problem, rules, [0, 0, 1, 1]) <= optimum + 1e-9
    assert bound_of(problem, rules, [0, 0, 1, 1]) == pytest.approx(optimum, rel=0.01)


@pytest.mark.parametrize("seed", range(5))
def test_below_the_plan_that_was_drawn(seed):
    problem = lattice(12, 10, np.random.default_rng(seed).integers(4, 16, 120).tolist())
    rules = Rules(grids=(4, 6), persons=None, weights=COMPACT_ONLY)
    outcome = draw_grids(problem, rules=rules, seed=seed)
    assert outcome.status == "feasible"
    assert 0 < outcome.bound <= outcome.objective
    assert outcome.gap == pytest.approx(1 - outcome.bound / outcome.objective)
    assert outcome.gap < 0.15


def test_any_start_gives_a_bound():
    """Prices from a bad plan are still a proof: the bound stays below the optimum of two squares."""
    problem = lattice(4, 2)
    rules = Rules(grids=2, households=(400, 400), persons=None, weights=COMPACT_ONLY)
    optimum = score_plan(problem, [0, 0, 1, 1, 0, 0, 1, 1], rules).objective
    assert 0 <= bound_of(problem, rules, [0, 1, 0, 1, 1, 0, 1, 0]) <= optimum + 1e-9


def test_left_out_when_not_asked_for():
    outcome = draw_grids(lattice(12, 10, 10), rules=Rules(grids=(4, 6), persons=None), certify=False)
    assert outcome.bound is None
    assert outcome.gap is None


def test_border_of_a_row():
    """Eight buildings in a row, two grids of four: one border of 10 m is cut.

    Without prices the second eigenvalue of the row, 2 - 2 cos(pi / 8), proves 4 * 10 / 2 times as much.
    """
    problem = path([100] * 8)
    core = build_core(problem, rules := Rules(grids=2, households=(400, 400), persons=None))
    (case,) = possible_cases(core, rules)
    target = make_target(problem, rules, core, case)
    assert (
        40 * (1 - np.cos(np.pi / 8)) <= border_bound(problem, core, target, np.repeat([0, 1], 4)) <= 10 + 1e-9
    )


def test_border_of_a_complete_ground_is_exact():
    """Everyone touches everyone, so that all plans cut alike: two pairs of four leave 4 of 6 borders cut."""
    pairs = list(combinations(range(4), 2))
    problem = town([(0, 0), (1, 0), (0, 1), (1, 1)], pairs, 100)
    core = build_core(problem, rules := Rules(grids=2, households=(200, 200), persons=None))
    (case,) = possible_cases(core, rules)
    target = make_target(problem, rules, core, case)
    assert border_bound(problem, core, target, np.array([0, 0, 1, 1])) == pytest.approx(40)


def test_borders_of_a_waived_building_are_always_cut():
    """The tower of 500 in the middle of a row is a grid of its own: its two borders are cut, 20 m."""
    problem = path([100, 500, 100])
    rules = Rules(grids=3, households=(50, 300), persons=None, oversized="own_grid")
    core = build_core(problem, rules)
    (case,) = possible_cases(core, rules)
    target = make_target(problem, rules, core, case)
    assert border_bound(problem, core, target, np.array([0, 1, 2])) == pytest.approx(20)


def test_an_estate_above_two_grids_is_split_twice():
    """700 households in one estate fill three grids of 300, whatever the plan; the one of 200 stays whole."""
    problem = path([100] * 9, estates=[0] * 7 + [1] * 2)
    core = build_core(problem, rules := Rules(grids=4, households=(100, 300), persons=None))
    (case,) = possible_cases(core, rules)
    assert estates_bound(problem, core, make_target(problem, rules, core, case)) == 2


@settings(max_examples=60, deadline=None)
@given(data=st.data(), preset=st.sampled_from(sorted(PRESETS)), grids=st.integers(1, 3))
def test_below_every_division_of_a_small_ground(data, preset, grids):
    """Brute force over all divisions that keep every hard rule: contiguous ones, within the bands."""
    counts = data.draw(st.lists(st.integers(0, 60), min_size=6, max_size=6))
    persons = data.draw(st.lists(st.integers(0, 90), min_size=6, max_size=6))
    costs = data.draw(st.lists(st.integers(0, 40), min_size=7, max_size=7))
    estates = data.draw(st.lists(st.integers(-1, 1), min_size=6, max_size=6))
    problem = lattice(
        3, 2, counts, persons=persons, border_cost=np.array(costs, dtype=float), estates=estates
    )
    bridges = data.draw(st.sampled_from([slice(None), slice(0, 5), slice(0, 6)]))
    problem = problem.change(
        **{name: getattr(problem, name)[bridges] for name in ("edges", "border_m", "border_cost")}
    )
    mean, p_mean = sum(counts) // grids, sum(persons) // grids
    low, p_low = data.draw(st.integers(0, mean)), data.draw(st.integers(0, p_mean))
    rules = Rules(
        grids=grids,
        households=(low, mean + data.draw(st.integers(10, 60))),
        persons=(p_low, p_mean + data.draw(st.sampled_from([40, 120]))),
        preset=preset,
        oversized="own_grid",
    )
    core = build_core(problem, rules)
    cases = possible_cases(core, rules)
    assume(cases and len(core.members) == 6)
    divisions = (np.array(labels) for labels in product(range(grids), repeat=6))
    kept = [
        labels for labels in divisions if len(set(labels)) == grids and not check_plan(problem, labels, rules)
    ]
    assume(kept)
    by = coefficients(problem, rules, grids)
    least = min(measure_terms(problem, labels).value(by) for labels in kept)
    target = make_target(problem, rules, core, cases[0])
    for labels in (kept[0], kept[-1]):
        assert lower_bound(problem, core, target, labels).value <= least + 1e-9


def test_prices_that_rise_without_end_prove_no_more_than_there_is():
    """One grid must have the only building with persons, whose price may then be anything."""
    problem = lattice(3, 2, [0, 0, 0, 0, 4, 15], persons=[0, 0, 0, 0, 1, 0])
    rules = Rules(grids=1, households=(0, 29), persons=(1, 41), oversized="own_grid")
    core = build_core(problem, rules)
    (case,) = possible_cases(core, rules)
    inertia = measure_terms(problem, np.zeros(6, dtype=np.int64)).inertia_hm2
    target = make_target(problem, rules, core, case)
    bound = compactness_bound(problem, core, target, np.zeros(6, dtype=np.int64)).inertia_hm2
    assert 0.99 * inertia <= bound <= inertia


def test_persons_part_what_households_would_join():
    """Four buildings of 100 households in a row, all touching, with 100, 100, 500 and 500 persons, 500-700 a grid.

    Households alone admit {01}{23}, inertia 2 * 5,000 a hundred households; persons need one full building in each
    grid: best is {02}{13} or {03}{12}, at 200 * (100^2 + 100^2) households m^2. Shares of buildings do better than
    that, but not as well as the two pairs.
    """
    row = [(float(x), 0.0) for x in range(4)]
    problem = town(row, list(combinations(range(4), 2)), 100, persons=[100, 100, 500, 500])
    core = build_core(problem, rules := Rules(grids=2, households=(200, 200), persons=(500, 700)))
    (case,) = possible_cases(core, rules)
    target = make_target(problem, rules, core, case)
    bound = compactness_bound(problem, core, target, np.array([0, 1, 0, 1])).inertia_hm2
    assert 1.02 * 2 * 200 * 50**2 < bound <= 2 * 200 * 100**2 + 1e-6


def test_a_river_keeps_grids_on_their_banks():
    """Four buildings on either bank, 100 m apart both ways, and one bridge at the west end: two grids of four.

    Without the river the halves west and east are best, 8 * 100 households * (50^2 + 50^2) m^2 = 4e6; the eastern
    one has no bridge. What is left are the two banks, 2 * 100 * 2 * (150^2 + 50^2) = 1e7.
    """
    xy = [(float(x), float(y)) for y in (0, 1) for x in range(4)]
    bank = [(0, 1), (1, 2), (2, 3), (4, 5), (5, 6), (6, 7)]
    rules = Rules(grids=2, households=(400, 400), persons=None, weights=COMPACT_ONLY)
    banks, halves = [0, 0, 0, 0, 1, 1, 1, 1], [0, 0, 1, 1, 0, 0, 1, 1]

    def bound(edges, labels):
        problem = town(xy, edges, 100)
        core = build_core(problem, rules)
        (case,) = possible_cases(core, rules)
        target = make_target(problem, rules, core, case)
        return compactness_bound(problem, core, target, np.array(labels)).inertia_hm2

    assert bound([*bank, (0, 4), (1, 5), (2, 6), (3, 7)], halves) <= 4e6 + 1e-3
    assert 6e6 < bound([*bank, (0, 4)], banks) <= 1e7 + 1e-3


def two_banks(households):
    """Four buildings on either bank that all touch each other, and one bridge at the west end."""
    xy = [(float(x), float(y)) for y in (0, 1) for x in range(4)]
    banks = [
        (one + 4 * bank, other + 4 * bank) for bank in (0, 1) for one, other in combinations(range(4), 2)
    ]
    return town(xy, [*banks, (0, 4)], households)


def sides_of(problem):
    core = build_core(problem, Rules(grids=2, persons=None))
    return find_sides(problem, core, core.counts[:, 0] > 0)


def test_the_sides_are_those_with_the_fewest_borders_between_them():
    """The banks; an empty building, the third, is left out of the sides."""
    sides = sides_of(two_banks([100, 100, 0, 100, 100, 100, 100, 100]))
    assert len(set(sides.side[:3])) == len(set(sides.side[3:])) == 1
    assert sides.side[0] != sides.side[3]
    assert sides.crossings.tolist() == [[0, 3]]


def test_no_sides_where_a_bridge_joins_empty_buildings():
    """A grid may cross there together with any others."""
    assert len(sides_of(two_banks([0, 100, 100, 100, 0, 100, 100, 100])).crossings) == 0


def test_a_plan_without_any_inertia_has_a_bound():
    """Two buildings with households in two grids, empty ones between: each grid's households stand on one place."""
    town = path([60, 0, 0, 0, 0, 0, 60])
    rules = Rules(grids=2, households=(60, 60), persons=None, weights={"balance": 1.0})
    core = build_core(town, rules)
    case = possible_cases(core, rules)[0]
    labels = np.repeat([0, 1], [3, 4])
    assert compactness_bound(town, core, make_target(town, rules, core, case), labels).inertia_hm2 == 0.0


def test_eigenvalues_that_cannot_be_had_cost_the_bound_alone():
    """Pieces joined at no cost, where LAPACK gives up: the plan stands, with the bound of the other terms."""
    problem = Problem(
        range(9),
        [273, 144, 207, 172, 216, 186, 252, 238, 150],
        None,
        [[257, 186], [111, 58], [29, 281], [69, 82], [207, 8], [128, 179], [90, 291], [289, 48], [172, 131]],
        [[0, 8], [8, 1], [2, 3], [6, 2], [5, 3], [4, 8]],
        [10] * 6,
        [0.0, 1.3083076983865662, 6.807135112317145, 0.0, 2.845120057571088, 11.685601033786565],
        current=[3, 8, 7, 2, -1, -1, 8, -1, -1],
    )
    outcome = draw_grids(problem, rules=Rules(grids=8, households=(80, 588), persons=None, preset="stable"))
    assert outcome.status == "feasible"
    assert 0 <= outcome.bound <= outcome.objective
