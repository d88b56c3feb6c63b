"""The same seed draws the same plan in one process and in several at once."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
from scipy.spatial import Delaunay

from partitioning import Problem, Rules, draw_grids

BUILDINGS = 90


def draw(seed: int, preset: str) -> list[int]:
    """Labels of a drawn community of scattered buildings; the ground is always the same."""
    rng = np.random.default_rng(7)
    xy = rng.uniform(0, 400, (BUILDINGS, 2))
    corners = Delaunay(xy).simplices
    edges = np.unique(
        np.sort(np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])), axis=0
    )
    border = rng.uniform(5, 40, len(edges))
    households = rng.integers(4, 30, BUILDINGS)
    estates = rng.integers(-1, 12, BUILDINGS)
    problem = Problem(
        range(BUILDINGS),
        households,
        None,
        xy,
        edges,
        border,
        border,
        estates,
        current=np.arange(BUILDINGS) % 5,
    )
    rules = Rules(grids=(4, 8), persons=None, preset=preset)
    return draw_grids(problem, rules=rules, seed=seed).plan.labels.tolist()


def test_four_processes_draw_what_one_draws():
    tasks = [(seed, preset) for seed in (3, 1, 4) for preset in ("balanced", "stable")]
    alone = [draw(*task) for task in tasks]
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        together = list(pool.map(draw, *zip(*tasks, strict=True)))
    assert together == alone
