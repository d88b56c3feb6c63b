"""The Hess model: costs and objective by hand, HiGHS against all divisions of a small ground."""

import json
import subprocess
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from benchmarks.hess import hess_costs, hess_objective

ROOT = Path(__file__).resolve().parents[2]
RIVALS = ROOT / ".venv-bench" / "bin" / "python"
# Six buildings in two rows. The lower row is not linked to the upper one in the middle: 0-1-2 above, 3-4-5 below.
TOWN = {
    "households": np.array([100, 60, 100, 70, 90, 80]),
    "persons": np.array([340, 210, 330, 250, 300, 270]),
    "xy_m": np.array([[0.0, 10], [10, 10], [20, 10], [0, 0], [10, 0], [20, 0]]),
    "edges": np.array([[0, 1], [1, 2], [0, 3], [2, 5], [3, 4]]),
    "grids": 2,
}


def test_costs_are_households_times_square_metres():
    costs = hess_costs(TOWN)
    assert costs[0, 1] == 100 * 100
    assert costs[1, 0] == 60 * 100
    assert costs[3, 2] == 70 * (400 + 100)
    assert not costs.diagonal().any()


def test_each_grid_is_measured_about_its_best_building():
    """0, 3, 4 about 3: 100 * 100 + 90 * 100; 1, 2, 5 about 2: 60 * 100 + 80 * 100."""
    assert hess_objective(TOWN, np.array([0, 1, 1, 0, 0, 1])) == 19000 + 14000


def connected(members):
    reached, edge = {members[0]}, [(a, b) for a, b in TOWN["edges"].tolist() if {a, b} <= set(members)]
    for _ in members:
        reached |= {node for pair in edge if reached & set(pair) for node in pair}
    return reached == set(members)


def cheapest(tolerance, contiguous):
    """The least objective over all divisions into two, None where none keeps the rules."""
    best = None
    for labels in map(np.array, product((0, 1), repeat=6)):
        h, p = (np.bincount(labels, TOWN[name], 2) for name in ("households", "persons"))
        low, high = (150, 300) if tolerance is None else (250 * (1 - tolerance), 250 * (1 + tolerance))
        if (h < low).any() or (h > min(high, 300)).any() or (p < 600).any() or (p > 1000).any():
            continue
        grids = [np.flatnonzero(labels == k).tolist() for k in (0, 1)]
        if not contiguous or all(map(connected, grids)):
            value = hess_objective(TOWN, labels)
            best = value if best is None else min(best, value)
    return best


def highs(tolerance, contiguous):
    script = (
        "import json, sys; import numpy as np; from benchmarks.hess import hess_plan\n"
        "town, *rest = json.load(sys.stdin)\n"
        "plan = hess_plan({k: np.array(v) if k != 'grids' else v for k, v in town.items()}, *rest)\n"
        "labels = None if plan.labels is None else plan.labels.tolist()\n"
        "print('\\n' + json.dumps([plan.status, plan.objective, plan.bound, labels, plan.rounds]))\n"
    )
    town = {name: value if name == "grids" else value.tolist() for name, value in TOWN.items()}
    done = subprocess.run(
        [RIVALS, "-c", script],
        input=json.dumps([town, tolerance, 30.0, contiguous]),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.parametrize("contiguous", [False, True])
@pytest.mark.parametrize("tolerance", [None, 0.1, 0.0])
def test_highs_finds_the_best_of_all_divisions(tolerance, contiguous):
    if not RIVALS.is_file() or subprocess.run([RIVALS, "-c", "import highspy"], check=False).returncode:
        pytest.skip("the rivals' environment is absent; scripts/setup_bench.sh makes it")
    best = cheapest(tolerance, contiguous)
    status, objective, bound, labels, _ = highs(tolerance, contiguous)
    if best is None:
        assert status == "infeasible"
        assert labels is None
    else:
        assert status == "optimal"
        assert objective == pytest.approx(best)
        assert bound == pytest.approx(best)
        assert hess_objective(TOWN, np.array(labels)) == pytest.approx(best)
        assert not contiguous or all(
            connected(np.flatnonzero(np.array(labels) == k).tolist()) for k in (0, 1)
        )
