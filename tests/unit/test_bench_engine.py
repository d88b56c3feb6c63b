"""The benchmark of the engine: tables and targets by hand, what stops it, and a tiny run."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.bench_engine import as_json
from benchmarks.engine_checks import ALONE, BALANCED, HESS, HIGHS, RESTARTS, THOROUGH, Check, checks
from benchmarks.engine_runs import run_module
from benchmarks.engine_table import (
    beside_table,
    check_table,
    missed_table,
    proof_table,
    restarts_table,
    table,
)
from benchmarks.restarts import restarted

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT.parent / "shared" / "bench"


def run(seed, seconds=0.01, gap=None, **figures):
    plan = {"fragments": 0, "feasible": True, "deviation": 0.1, "cut": 100.0, "inertia": 100.0, "splits": 2}
    return {"seed": seed, "seconds": seconds, "gap": gap, "figures": {**plan, **figures}}


def row(method, *runs, n=60, stop=""):
    return {"n": n, "method": method, "seeds": 2, "stop": stop, "runs": list(runs)}


def document(*rows, redraw=(), communities=()):
    return {
        "results": list(rows),
        "redraw": {"rows": list(redraw), "note": ""},
        "real": {"communities": list(communities), "seconds": {}, "notes": []},
    }


def measured(found, target, n=60):
    (check,) = [check for check in found if (check.n, check.target) == (n, target)]
    return check


def test_a_method_stands_beside_metis():
    rows = [
        row("METIS", run(1, 0.01, cut=200.0)),
        row(BALANCED, run(1, 0.02, cut=180.0, inertia=95.0), stop="stopped"),
    ]
    line = f"| 60 | {BALANCED} | 1/2 | 1 | 1 | 1 | 180 | 95 | 2.0 | 0.0200 | 0.900 | 0.950 | – | stopped |"
    assert line in table(rows)
    assert f"| {BALANCED} | 0.90 | 0.95 | 2.00 | 1 of 2 |" in beside_table(rows)


def test_targets_are_medians_of_ratios_on_the_same_communities():
    metis = row("METIS", run(1, cut=200.0), run(2, cut=100.0), run(3, cut=1.0))
    ours = row(BALANCED, run(1, cut=180.0, inertia=93.0), run(2, cut=100.0, inertia=95.0))
    found = checks(document(metis, ours))
    assert measured(found, f"{BALANCED}: cut / METIS").value == pytest.approx(0.95)
    inertia = measured(found, f"{BALANCED}: inertia / METIS")
    assert inertia.value == pytest.approx(0.94)
    assert not inertia.reached


def test_time_next_to_metis_is_that_of_their_turns():
    ours = row(BALANCED, run(1) | {"seconds / METIS": 4.0}, run(2) | {"seconds / METIS": 4.4})
    check = measured(checks(document(row("METIS", run(1), run(2)), ours)), f"{BALANCED}: seconds / METIS")
    assert check.value == pytest.approx(4.2)
    assert check.reached


def test_lost_and_broken_plans_are_counted():
    metis = row("METIS", run(1), run(2))
    ours = row(BALANCED, run(1, feasible=False, fragments=1))
    found = checks(document(metis, ours))
    assert measured(found, "plans lost where METIS keeps both bands").value == 2
    assert measured(found, "our plans with a grid in pieces", "all").value == 1
    share = "share drawn of what any method draws within both bands, our worst method"
    assert measured(found, share, "all").value == 0


def test_thorough_must_win_in_all_three_figures_at_once():
    metis = row("METIS", run(1), run(2))
    ours = row(THOROUGH, run(1, cut=90.0, inertia=100.0, splits=2), run(2, cut=50.0, inertia=50.0, splits=3))
    found = checks(document(metis, ours))
    assert measured(found, f"{THOROUGH}: share at least as good in all three figures").value == 0.5


def test_level_with_restarts_is_not_ahead():
    again = RESTARTS[-1]
    rows = [row(again.method, run(1)), row(again.name, run(1) | {"restarts": 7})]
    check = measured(checks(document(*rows)), again.target)
    assert check.value == 1
    assert not check.reached
    assert f"| {again.method} | {again.figure} | 1.00 | 7 |" in restarts_table(rows)


def test_restarts_within_the_tolerance_are_told_apart():
    targets = [again.target for again in RESTARTS]
    assert len(set(targets)) == len(targets)
    held = next(again for again in RESTARTS if again.held)
    rows = [row(held.method, run(1)), row(held.name, run(1) | {"restarts": 7})]
    assert f"| {held.method} | {held.figure}, METIS within 10 % | 1.00 | 7 |" in restarts_table(rows)


def test_the_engine_stands_beside_highs_and_its_own_bound():
    ours = row(HESS, run(1, 0.1, hess=1001.0, inertia=99.0))
    highs = row(HIGHS, run(1, 1.0, hess=1000.0, inertia=100.0))
    proven = row(ALONE, run(1, 0.5, gap=0.01), run(2, 0.7, gap=0.018), n=200)
    found = checks(document(ours, highs, proven))
    assert measured(found, f"{HESS}: hess / {HIGHS}").reached
    assert measured(found, f"{HESS}: seconds / {HIGHS}").value == pytest.approx(0.1)
    assert measured(found, f"{ALONE}: gap", 200).value == pytest.approx(0.014)
    text = proof_table([ours, highs, proven])
    assert f"| {ALONE} | – / 1.4 | – / 0.6 |" in text
    assert f"| {HESS} | 1.0010 | 0.9900 | 0.100 |" in text


def test_redraws_without_a_plan_count_as_lost_and_as_far():
    runs = [
        {
            "seed": 1,
            "METIS feasible": True,
            "10 % feasible": True,
            "10 % moved / METIS": 0.2,
            "10 % cut / old": 1.1,
        },
        {"seed": 2, "METIS feasible": True, "10 % feasible": False},
    ]
    runs = [{**one, "bands feasible": True, "bands moved / METIS": 0.1, "bands cut / old": 1} for one in runs]
    found = checks(document(row("METIS"), redraw=[{"n": 60, "plan in force": "engine", "runs": runs}]))
    name = "redraw of engine's plan, 10 %"
    assert measured(found, f"{name}: lost where METIS is feasible").value == 1
    assert measured(found, f"{name}: moved / METIS").value == float("inf")
    assert measured(found, "redraw of engine's plan, bands: cut / old").reached
    assert measured(found, "redraw of METIS's plan, bands: cut / old").value is None


def test_real_communities_are_targets():
    town = {"status": "feasible", "figures": {"cut": 1}, "METIS": {}, "splittable": True, "split": "feasible"}
    refused = {**town, "status": "infeasible", "figures": None, "METIS": {"cut": 1}, "split": "unknown"}
    found = checks(document(row("METIS"), communities=[town, refused, {**refused, "splittable": False}]))
    assert measured(found, "communities that stay unknown", "real").value == 0
    assert measured(found, "communities that METIS draws and we do not", "real").value == 2
    share = "share drawn with split buildings, of 600 to 2,400 households on connected ground"
    assert measured(found, share, "real").value == 0.5


def test_what_was_not_measured_is_neither_reached_nor_missed():
    found = [Check(60, "a", None, "≤", 1), Check(60, "b", 0.5, "≥", 0.9), Check("all", "c", 0.0, "≤", 0)]
    text = check_table(found)
    assert "| 60 | a | – | ≤ 1 | not measured |" in text
    assert "| 60 | b | 0.5 | ≥ 0.9 | no |" in text
    assert "| all | c | 0 | ≤ 0 | yes |" in text
    assert "1 of 2 measured targets are reached." in text
    assert missed_table(found).splitlines()[2:] == ["| 60 | b | 0.5 | ≥ 0.9 |"]


def test_results_keep_six_digits_and_a_line_for_each_run():
    text = as_json(document(row("METIS", run(1, seconds=0.123456789), run(2))))
    assert json.loads(text)["results"][0]["runs"][0]["seconds"] == 0.123457
    assert sum('"seed"' in line for line in text.splitlines()) == 2


def test_restarts_use_other_seeds_and_keep_what_differs():
    asked = []

    def part(grids, *, seed, ncuts):
        asked.append((grids, seed, ncuts))
        return np.array([0, len(asked) % 2])

    plans, runs = restarted(part, 2, 5, 1e-9)
    assert asked == [(2, 5, 1), (2, 5, 10)]
    assert runs == 2
    assert sorted(plan.tolist() for plan in plans) == [[0, 0], [0, 1]]


OPTIONS = argparse.Namespace(rivals_python=Path("absent"), bench=BENCH, limit=30)


def test_a_crash_and_a_missing_environment_are_said():
    found, stop = run_module("benchmarks.absent", options=OPTIONS)
    assert found == []
    assert "No module named benchmarks.absent" in stop
    assert run_module("json.tool", options=OPTIONS, ours=False) == (
        [],
        "not installed: run scripts/setup_bench.sh",
    )


def test_a_process_that_takes_too_long_is_stopped():
    assert run_module("http.server", "0", options=OPTIONS, limit=0.5)[1] == "stopped after 0.5 s"


def run_benchmark(*more):
    command = [sys.executable, "-m", "benchmarks.bench_engine", "--quick", *map(str, more)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)


def test_absent_communities_are_said(tmp_path):
    done = run_benchmark("--bench", tmp_path)
    assert done.returncode == 2
    assert f"no communities.py and judge.py in {tmp_path}; name their folder with --bench" in done.stderr


def test_unknown_methods_are_said(tmp_path):
    (tmp_path / "judge.py").touch()
    done = run_benchmark("--bench", tmp_path, "--methods", "METIS,abacus")
    assert done.returncode == 2
    assert "unknown methods abacus; there are METIS, wangge balanced normal," in done.stderr


@pytest.mark.slow
def test_a_rival_that_is_not_installed_is_a_row(tmp_path):
    if not BENCH.is_dir():
        pytest.skip("the shared synthetic communities are absent here")
    methods = f"METIS,{BALANCED}"
    more = ("--methods", methods, "--rivals-python", tmp_path / "python", "--results", tmp_path)
    done = run_benchmark("--sizes", 60, *more)
    assert done.returncode == 0, done.stderr
    rival, ours, *restarts = json.loads((tmp_path / "engine-quick.json").read_text())["results"]
    assert len(restarts) == 3
    for absent in (rival, *restarts):
        assert absent["runs"] == []
        assert absent["stop"] == "not installed: run scripts/setup_bench.sh"
    assert ours["stop"] == ""
    assert ours["runs"][0]["figures"]["feasible"]
    assert ours["runs"][0]["figures"]["fragments"] == 0
    assert "No picture: not installed" in done.stdout
