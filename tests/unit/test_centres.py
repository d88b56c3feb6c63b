"""Compactness about buildings: the objective against all divisions of small towns, the raster, and what is told."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from partitioning import Rules, RulesError, check_plan, draw_grids, repair_grids, score_plan
from partitioning.bound_compactness import compactness_bound
from partitioning.core import build_core, possible_cases
from partitioning.levels import base_level
from partitioning.moves import measure, stand
from partitioning.objective import measure_terms
from partitioning.prepare import lay_ground
from partitioning.target import make_target
from tests.seeds import seeds
from tests.towns.drawn import lattice, path, town
from tests.unit.test_engine_brute_force import divisions, some_town

ALONE = {"border": 0.0, "compactness": 1.0, "balance": 0.0, "estates": 0.0}


def about_buildings(grids, households=None, **more):
    return Rules(grids=grids, households=households, persons=None, centres="buildings", **more)


def hess(problem, labels) -> float:
    """Households times squared metres about the best building of each grid, by the sum over pairs."""
    away = ((problem.xy_m[:, None] - problem.xy_m) ** 2).sum(axis=2)
    grids = (np.flatnonzero(np.asarray(labels) == k) for k in np.unique(labels))
    return float(sum((problem.households[own] @ away[np.ix_(own, own)]).min() for own in grids))


def test_rules_read_it():
    assert Rules.from_toml('centres = "buildings"').centres == "buildings"
    with pytest.raises(RulesError, match="centres = 'parks' is unknown; choose one of centroids, buildings"):
        Rules(centres="parks")


def test_scores_by_hand():
    """b0 - b1 - b2, 100 m apart: about b1, 10 + 30 households are 100 m away; b3 with b4: 10 walk to b4."""
    street = path([10, 20, 30, 10, 50])
    labels = [0, 0, 0, 1, 1]
    scores = score_plan(street, labels, about_buildings(2))
    assert scores.inertia_m2 == pytest.approx((40 + 10) * 100**2 / 120)
    assert [grid.centre for grid in scores.grids] == [1, 4]
    assert [grid.centre for grid in score_plan(street, labels, Rules(grids=2)).grids] == [None, None]


@pytest.mark.parametrize("seed", seeds(20, 40))
def test_agrees_with_all_divisions(seed):
    """The plan found is the best there is, and proven so."""
    problem = some_town(2 * seed)
    rules = about_buildings((2, 4), (100, 320), weights=ALONE if seed % 2 else None)
    good = [labels for labels in divisions(7, 4) if not check_plan(problem, labels, rules)]
    outcome = draw_grids(problem, rules=rules, seed=seed)
    if not good:
        assert outcome.status == "infeasible"
        return
    least = min(score_plan(problem, labels, rules).objective for labels in good)
    assert outcome.status == "optimal"
    assert outcome.objective == pytest.approx(least, rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_inertia_is_that_of_the_hess_model(seed):
    rng = np.random.default_rng(seed)
    xy = [tuple(point) for point in rng.uniform(0, 5, (12, 2))]
    problem = town(xy, [], rng.integers(0, 90, 12).tolist())
    labels = np.concatenate([np.arange(3), rng.integers(0, 3, 9)])
    inertia = score_plan(problem, labels, about_buildings(3)).inertia_m2 * problem.households.sum()
    assert inertia == pytest.approx(hess(problem, labels))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_search_measures_about_the_nearest_building_of_all(seed):
    """The raster tells the search no less than the building nearest to a centroid, and little more."""
    rng = np.random.default_rng(seed)
    problem = lay_ground(lattice(8, 8, rng.integers(1, 9, 64).tolist()), about_buildings(4))
    rules, every = about_buildings(4, weights=ALONE), np.arange(64)
    core = build_core(problem, rules)
    (case,) = possible_cases(core, rules)
    target = make_target(problem, rules, core, case)
    level = base_level(problem, every, every, np.empty((64, 0)), core.columns)
    labels = np.concatenate([np.arange(4), rng.integers(0, 4, 60)])
    value = measure(level, target, stand(level, target, labels.copy()))[1]
    h, xy = problem.households, level.position
    weight = np.bincount(labels, weights=h)
    centre = np.column_stack([np.bincount(labels, weights=h * xy[:, axis]) / weight for axis in (0, 1)])
    beside = ((centre[:, None] - xy) ** 2).sum(axis=2).min(axis=1)
    least = float(weight @ (beside - (centre**2).sum(axis=1)))
    cell = 1 / target.cells_per_m
    assert (
        least - 1e-6
        <= value / target.inertia
        <= least + weight.sum() * 2 * np.sqrt(2) * cell * (np.sqrt(beside.max()) + cell)
    )


def test_a_service_point_stands_where_it_can():
    """Three round one share a grid with it as their centre, and the one farthest off is its own centre."""
    rules = about_buildings(2, (100, 300), weights=ALONE)
    cross = town([(0, 0), (1, 0), (-1, 0), (0, 1.5)], [(0, 1), (0, 2), (0, 3)], 100)
    outcome = draw_grids(cross, rules=rules)
    assert outcome.status == "optimal"
    assert sorted(np.bincount(outcome.plan.labels)) == [1, 3]
    assert sorted(grid.centre for grid in outcome.plan.scores.grids) == [0, 3]
    assert outcome.plan.scores.inertia_m2 == pytest.approx(2 * 100**2 / 4)


def test_a_grid_without_households_has_its_middle_building():
    scores = score_plan(path([0, 0, 0, 100]), [0, 0, 0, 1], about_buildings(2))
    assert [grid.centre for grid in scores.grids] == [1, 3]


def test_many_buildings_of_few_estates_are_answered_exactly():
    """Sixteen nodes of a hundred buildings each, every estate whole: the answer does not wait for the buildings."""
    side = np.arange(1600) % 40 // 10 + np.arange(1600) // 400 * 4
    whole = lattice(40, 40, [1] * 1600, estates=side)
    rules = about_buildings(4, (300, 500), estate_splits=0)
    outcome = draw_grids(whole, rules=rules)
    assert outcome.status == "optimal"
    assert hess(whole, outcome.plan.labels) == pytest.approx(
        outcome.plan.scores.inertia_m2 * whole.households.sum()
    )


def test_parts_and_repairs_tell_buildings():
    """A building in parts is named as a whole, and a repair counts about buildings too."""
    street = path([100, 450, 100, 100])
    rules = about_buildings((2, 4), (150, 300), oversized="split")
    outcome = draw_grids(street, rules=rules)
    assert outcome.status == "optimal"
    assert all(0 <= grid.centre < 4 for grid in outcome.plan.scores.grids)
    assert 1 in [grid.centre for grid in outcome.plan.scores.grids]
    street = path([100] * 6)
    repaired = repair_grids(street, [0, 0, 0, 0, 1, 1], about_buildings(2, (250, 350)))
    assert repaired.plan.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert [grid.centre for grid in repaired.plan.scores.grids] == [1, 4]


@settings(max_examples=60, deadline=None)
@given(data=st.data(), grids=st.integers(1, 3))
def test_the_bound_is_below_every_division_of_a_small_ground(data, grids):
    """Brute force over all divisions that keep every hard rule: contiguous ones, within the bands."""
    counts = data.draw(st.lists(st.integers(0, 60), min_size=6, max_size=6))
    persons = data.draw(st.lists(st.integers(0, 90), min_size=6, max_size=6))
    mean, p_mean = sum(counts) // grids, sum(persons) // grids
    rules = Rules(
        grids=grids,
        households=(data.draw(st.integers(0, mean)), mean + data.draw(st.integers(10, 60))),
        persons=(data.draw(st.integers(0, p_mean)), p_mean + data.draw(st.sampled_from([40, 120]))),
        centres="buildings",
        weights=ALONE,
        oversized="own_grid",
    )
    problem = lay_ground(lattice(3, 2, counts, persons=persons), rules)
    core = build_core(problem, rules)
    cases = possible_cases(core, rules)
    assume(cases and len(core.members) == 6)
    divided = (np.array(labels) for labels in divisions(6, grids))
    kept = [
        labels for labels in divided if labels.max() + 1 == grids and not check_plan(problem, labels, rules)
    ]
    assume(kept)
    least = min(measure_terms(problem, labels).inertia_hm2 for labels in kept)
    target = make_target(problem, rules, core, cases[0])
    for labels in (kept[0], kept[-1]):
        assert compactness_bound(problem, core, target, labels).inertia_hm2 <= least * (1 + 1e-9)


def test_larger_ground_is_proven_to_a_few_percent():
    """It is searched: a bound is told, and no certificate of pairs, which are bounded about centroids."""
    problem = lattice(9, 9, np.random.default_rng(5).integers(8, 16, 81).tolist())
    outcome = draw_grids(problem, rules=about_buildings(5, (150, 300), weights=ALONE))
    assert outcome.status == "feasible"
    assert outcome.local is None
    assert 0 < outcome.gap < 0.05
    assert hess(problem, outcome.plan.labels) == pytest.approx(
        outcome.plan.scores.inertia_m2 * problem.households.sum()
    )


def test_grounds_laid_before_are_not_measured_about_buildings():
    street = path([100] * 4)
    walking = Rules(grids=2, distance="walking")
    lay_ground(street, walking)
    anchored = lay_ground(street, about_buildings(2))
    assert anchored.anchored
    assert lay_ground(anchored, walking).anchored
    assert not lay_ground(street, walking).anchored


def test_it_goes_with_walking_distance():
    """Round a bend the best building is that with the shortest ways, not that nearest by straight lines."""
    bent = town([(0, 0), (1, 0), (1, 1), (0, 1)], [(0, 1), (1, 2), (2, 3)], 100)
    scores = score_plan(bent, [0, 0, 0, 0], about_buildings(1, distance="walking"))
    assert scores.grids[0].centre in (1, 2)
    assert scores.inertia_m2 == pytest.approx((100**2 + 100**2 + 200**2) / 4, rel=0.05)
