"""The benchmark of the engine: figures beside METIS by hand, and a tiny run."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.engine_table import check_table, table

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT.parent / "shared" / "bench"


def result(method, cut, inertia, seconds, stop=""):
    figures = {
        "fragments": 0,
        "feasible": True,
        "deviation": 0.1,
        "cut": cut,
        "inertia": inertia,
        "splits": 2,
    }
    run = {"seed": 1, "seconds": seconds, "gap": None, "figures": figures}
    return {"n": 60, "method": method, "seeds": 2, "stop": stop, "runs": [run]}


def test_ratios_to_metis_stand_beside_their_limits():
    run = [
        result("METIS", 200.0, 100.0, 0.01),
        result("wangge balanced normal", 180.0, 95.0, 0.02, "stopped"),
    ]
    row = "| 60 | wangge balanced normal | 1/2 | 1 | 1 | 1 | 180 | 95 | 2.0 | 0.0200 | 0.900 | 0.950 | – | stopped |"
    assert row in table(run)
    checks = check_table(run)
    assert "| 60 | wangge balanced normal: cut / METIS | 0.900 | 1 | yes |" in checks
    assert "| 60 | wangge balanced normal: inertia / METIS | 0.950 | 0.93 | no |" in checks
    assert "| 60 | wangge balanced normal: seconds / METIS | 2.000 | 5 | yes |" in checks


def run_benchmark(*more):
    command = [sys.executable, "-m", "benchmarks.bench_engine", "--quick", *map(str, more)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_absent_communities_are_said(tmp_path):
    done = run_benchmark("--bench", tmp_path)
    assert done.returncode == 2
    assert f"no communities.py and judge.py in {tmp_path}; name their folder with --bench" in done.stderr


@pytest.mark.slow
def test_a_rival_that_is_not_installed_is_a_row(tmp_path):
    if not BENCH.is_dir():
        pytest.skip("the shared synthetic communities are absent here")
    methods = "METIS,wangge balanced normal"
    absent = tmp_path / "python"
    done = run_benchmark(
        "--sizes", 60, "--seeds", 1, "--methods", methods, "--rivals-python", absent, "--results", tmp_path
    )
    assert done.returncode == 0, done.stderr
    rival, ours = json.loads((tmp_path / "engine-quick.json").read_text())
    assert rival["runs"] == []
    assert rival["stop"] == "not installed: run scripts/setup_bench.sh"
    assert ours["stop"] == ""
    assert ours["runs"][0]["figures"]["feasible"]
    assert ours["runs"][0]["figures"]["fragments"] == 0
