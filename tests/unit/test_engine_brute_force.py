"""Against all divisions of up to eight buildings: the answer, the optimum and the proofs."""

from collections.abc import Iterator

import numpy as np
import pytest

from partitioning import Problem, Rules, check_plan, draw_grids, score_plan
from tests.seeds import seeds
from tests.towns.drawn import town


def divisions(n: int, most: int) -> Iterator[list[int]]:
    """Every division of n things into at most so many sets, as restricted growth strings."""

    def grow(labels: list[int], used: int) -> Iterator[list[int]]:
        if len(labels) == n:
            yield labels
            return
        for k in range(min(used + 1, most)):
            yield from grow([*labels, k], max(used, k + 1))

    return grow([], 0)


def some_town(seed: int) -> Problem:
    """Seven buildings, some without households, on a random graph that may be in pieces."""
    rng = np.random.default_rng(seed)
    n = 7
    pairs = [(i, j) for i in range(n) for j in range(i) if rng.random() < 0.38]
    return town(
        [tuple(point) for point in rng.uniform(0, 3, (n, 2))],
        pairs,
        np.where(rng.random(n) < 0.2, 0, rng.integers(40, 200, n)).tolist(),
        persons=rng.integers(0, 600, n) if seed % 2 else None,
        border_cost=rng.uniform(0, 20, len(pairs)),
        estates=rng.integers(-1, 3, n),
        locked=np.where(rng.random(n) < 0.2, 0, -1),
    )


@pytest.mark.parametrize("seed", seeds(30, 60))
def test_agrees_with_all_divisions(seed):
    problem = some_town(seed)
    rules = Rules(
        grids=(2, 4),
        households=(100, 320),
        persons=(300, 1500) if seed % 2 else None,
        balance_tolerance=0.4 if seed % 3 == 0 else None,
    )
    good = [labels for labels in divisions(7, 4) if not check_plan(problem, labels, rules)]
    outcome = draw_grids(problem, rules=rules, seed=seed)
    assert outcome.status != "unknown" or not good
    if outcome.status == "infeasible":
        assert not good
    if outcome.status in {"feasible", "optimal"}:
        assert not check_plan(problem, outcome.plan.labels, rules)
        best = min(score_plan(problem, labels, rules).objective for labels in good)
        if outcome.status == "optimal":
            assert outcome.objective == pytest.approx(best)
        if outcome.bound is not None:
            assert outcome.bound <= best + 1e-9
