"""Branches behind cut nodes that make no grid: they go with the node, and the exact search need not try them apart."""

import numpy as np
import pytest

from partitioning import Problem, Rules, check_plan, draw_grids, score_plan
from tests.seeds import seeds
from tests.towns.drawn import town
from tests.unit.test_engine_brute_force import divisions


def some_tree(seed: int) -> Problem:
    """Eight buildings on a tree, with at most one further pair of neighbours."""
    rng = np.random.default_rng(seed)
    n = 8
    pairs = {(i, int(rng.integers(0, i))) for i in range(1, n)}
    i, j = sorted(rng.choice(n, 2, replace=False).tolist())
    return town(
        [tuple(place) for place in rng.uniform(0, 3, (n, 2))],
        sorted(pairs | {(j, i)}),
        np.where(rng.random(n) < 0.15, 0, rng.integers(40, 200, n)).tolist(),
        persons=rng.integers(100, 600, n),
    )


def star(leaves: list[int], hub: int) -> Problem:
    """A building in the middle that all others touch, and that touch nothing else."""
    turns = np.linspace(0, 2 * np.pi, len(leaves), endpoint=False)
    places = [(0.0, 0.0), *((float(np.cos(turn)), float(np.sin(turn))) for turn in turns)]
    return town(places, [(0, leaf) for leaf in range(1, len(places))], [hub, *leaves])


@pytest.mark.parametrize("seed", seeds(12, 40))
def test_trees_agree_with_all_divisions(seed):
    problem = some_tree(seed)
    high = 450 if seed % 3 else 280
    rules = Rules(grids=(2, 4), households=(150, high), persons=(300, 1600) if seed % 2 else None)
    good = [labels for labels in divisions(8, 4) if not check_plan(problem, labels, rules)]
    outcome = draw_grids(problem, rules=rules, seed=seed)
    assert outcome.status == ("optimal" if good else "infeasible")
    if good:
        best = min(score_plan(problem, labels, rules).objective for labels in good)
        assert outcome.objective == pytest.approx(best)


def test_light_leaves_of_a_large_star_go_with_its_middle():
    leaves = [6] * 30 + [160, 170, 180]
    outcome = draw_grids(star(leaves, 50), rules=Rules(grids=(2, 6), households=(150, 300), persons=None))
    assert outcome.status == "optimal"
    assert np.bincount(outcome.plan.labels).max() == 31


def test_a_large_star_that_has_no_plan_is_given_the_smallest_band_that_has_one():
    leaves = [6] * 30 + [160, 170, 180]
    outcome = draw_grids(star(leaves, 150), rules=Rules(grids=(2, 6), households=(150, 300), persons=None))
    assert outcome.status == "infeasible"
    ways = [outcome.reasons[0].relaxation, *outcome.reasons[0].other_relaxations]
    assert ("households", "most", 330, True) in [
        (way.rule, way.end, way.value, way.confirmed) for way in ways
    ]
