"""Walking distance: the plane, its use in draws against all divisions of small towns, and what it is good for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import floyd_warshall

from benchmarks.bench_walking import line
from partitioning import Rules, RulesError, check_plan, draw_grids, repair_grids, score_plan
from partitioning.prepare import lay_ground
from partitioning.walking import walking_distance_m, walking_plane
from tests.seeds import seeds
from tests.towns.drawn import lattice, path, ring, town, two_islands
from tests.unit.test_engine_brute_force import divisions, some_town


def open_rules(grids, households, **more):
    return Rules(grids=grids, households=households, persons=None, **more)


def distances(xy: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """(n, n) walking distances, by another algorithm."""
    away = np.full((len(xy), len(xy)), np.inf)
    for a, b in edges:
        away[a, b] = away[b, a] = np.hypot(*(xy[a] - xy[b]))
    return floyd_warshall(away, directed=False)


def stress(plane: np.ndarray, away: np.ndarray) -> float:
    """Weighed squared differences of straight from walking distances."""
    a, b = np.triu_indices(len(plane), 1)
    straight = np.hypot(*(plane[a] - plane[b]).T)
    return float((((straight - away[a, b]) / away[a, b]) ** 2).mean())


def test_rules_read_it():
    assert Rules.from_toml('distance = "walking"').distance == "walking"
    with pytest.raises(RulesError, match="distance = 'flying' is unknown; choose one of straight, walking"):
        Rules(distance="flying")


def test_a_bent_way_is_unrolled():
    """Four on the corners of a square, no way from the last to the first: 300 m walk, 100 m straight."""
    bent = town([(0, 0), (1, 0), (1, 1), (0, 1)], [(0, 1), (1, 2), (2, 3)], 100)
    plane = walking_plane(bent.xy_m, bent.edges)
    away = np.hypot(*(plane[0] - plane).T)
    assert away == pytest.approx([0, 100, 200, 300], abs=1)
    assert plane.mean(axis=0) == pytest.approx(bent.xy_m.mean(axis=0))


def test_a_straight_street_stays_where_it_is():
    street = path([100] * 5)
    assert walking_plane(street.xy_m, street.edges) == pytest.approx(street.xy_m, abs=1e-3)


def test_islands_are_laid_out_each_for_itself():
    islands = two_islands([100] * 4, [100] * 2)
    assert walking_plane(islands.xy_m, islands.edges) == pytest.approx(islands.xy_m, abs=1e-3)


@settings(max_examples=30, deadline=None)
@given(columns=st.integers(3, 9), rows=st.integers(4, 9), seed=st.integers(0, 10**6))
def test_the_plane_is_nearer_to_walking_than_the_ground(columns, rows, seed):
    """A river through a lattice with one bridge."""
    rng = np.random.default_rng(seed)
    whole = lattice(columns, rows, 10)
    river, bridge = rows // 2, int(rng.integers(0, columns))
    row, column = np.arange(columns * rows) // columns, np.arange(columns * rows) % columns
    ends = whole.edges
    across = (row[ends].min(axis=1) == river - 1) & (row[ends].max(axis=1) == river)
    edges = ends[~across | (column[ends[:, 0]] == bridge)]
    xy = whole.xy_m + rng.normal(0, 5, whole.xy_m.shape)
    away = distances(xy, edges)
    assert stress(walking_plane(xy, edges), away) < stress(xy, away)


def test_walking_distance_by_hand():
    """b0 - b1 - b2 in one grid: 0 at b1, 100 m to each side; b3 with b4: the heavier is the medoid."""
    street = path([10, 20, 30, 10, 50])
    labels = np.array([0, 0, 0, 1, 1])
    walk = walking_distance_m(street.xy_m, street.edges, street.households, labels)
    assert walk == pytest.approx((10 * 100 + 30 * 100 + 10 * 100) / 120)


@pytest.mark.parametrize("seed", seeds(20, 40))
def test_agrees_with_all_divisions(seed):
    problem = some_town(seed)
    rules = open_rules(
        (2, 4),
        (100, 320),
        distance="walking",
        preset="compact",
        contiguity="gaps" if seed % 2 else "hard",
        estate_splits=2 if seed % 3 == 0 else None,
    )
    good = [labels for labels in divisions(7, 4) if not check_plan(problem, labels, rules)]
    outcome = draw_grids(problem, rules=rules, seed=seed)
    if not good:
        assert outcome.status == "infeasible"
        return
    assert outcome.status in {"feasible", "optimal"}
    assert not check_plan(problem, outcome.plan.labels, rules)
    best = min(score_plan(problem, labels, rules).objective for labels in good)
    assert outcome.objective == pytest.approx(score_plan(problem, outcome.plan.labels, rules).objective)
    assert outcome.status != "optimal" or outcome.objective == pytest.approx(best)
    assert outcome.bound is None or outcome.bound <= best + 1e-9


def test_straight_lines_stay_the_default():
    problem = ring([100] * 6)
    assert lay_ground(problem, Rules()) is problem
    walking = lay_ground(problem, Rules(distance="walking"))
    assert walking is lay_ground(problem, Rules(distance="walking"))
    assert lay_ground(walking, Rules(distance="walking")) is walking


def test_grids_are_numbered_on_the_ground():
    """West to east, wherever the plane has them; the same after a repair."""
    problem = lattice(8, 6, 20)
    rules = open_rules(4, (200, 280), distance="walking")
    plan = draw_grids(problem, rules=rules, certify=False).plan
    middle = [problem.xy_m[plan.labels == k, 0].mean() for k in range(4)]
    assert middle == sorted(middle)
    again = repair_grids(problem, plan.labels, rules, certify=False)
    assert check_plan(problem, again.plan.labels, rules) == ()


def test_a_row_of_the_table():
    runs = [{"walk": 0.9, "border": 1.0}, {"walk": 1.1, "border": 1.2}, {"walk": 0.94, "border": 1.1}]
    assert line(200, "`compact`", runs) == "| 200 | `compact` | 0.980 | 0.940 | 2 of 3 | 1.10 |"


def test_the_plane_of_walks_may_be_larger_than_maps():
    far = town([(1e7, 0.0), (-1e7, 1e7), (0.0, -1e7)], [(0, 1), (1, 2)], [200] * 3)
    outcome = draw_grids(far, rules=Rules(grids=2, persons=None, households=None, distance="walking"))
    assert outcome.status == "optimal"
