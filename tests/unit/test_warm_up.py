"""After the warm-up, a draw compiles nothing more."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

DRAWS = """
import numpy as np
from partitioning import Rules, draw_grids
from tests.towns.drawn import lattice, two_islands

KINDS = (
    dict(),
    dict(preset="compact"),
    dict(centres="buildings"),
    dict(distance="walking"),
    dict(soft={"households": 1.0, "locked": 1.0}),
    dict(oversized="split"),
)
for side, households in ((3, 90), (5, 40), (12, 8), (20, 3)):
    n = side * side
    town = lattice(side, side, households)
    for kind in KINDS:
        drawn = draw_grids(town, rules=Rules(grids=(4, 6), households=(150, 300), persons=None, **kind))
        assert drawn.plan is not None, (side, kind)
    rows, first = np.arange(n) // side, np.arange(n) == 0
    held = town.change(
        persons=3 * town.households, estates=rows // 2, locked=np.where(rows == 1, 0, -1),
        pinned=np.where(first, 7, -1), apart=[(0, n - 1)], current=drawn.plan.labels,
    )
    stable = Rules(grids=(2, 6), households=(90, 450), persons=(270, 1350), preset="stable")
    assert draw_grids(held, rules=stable).plan is not None, side
    odd = draw_grids(town, rules=Rules(grids=(4, 6), households=(151, 151), persons=None))
    assert odd.status == "infeasible", side
row = [8] * 60
apart = Rules(grids=4, households=(150, 300), persons=None, contiguity="gaps")
assert draw_grids(two_islands(row, row), rules=apart).plan is not None
"""


@pytest.mark.slow
def test_every_cached_function_is_compiled_as_draws_need_it(tmp_path: Path) -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "partitioning").glob("*.py"))
    cached = set(re.findall(r"@compiled\(cache=True\)\ndef (\w+)\(", sources))
    _run(tmp_path, "-m", "partitioning.warm_up")
    compiled = {path.name.split(".")[1].split("-")[0] for path in tmp_path.rglob("*.nbi")}
    assert compiled == cached
    assert len(cached) >= 5
    codes = set(tmp_path.rglob("*.nbc"))
    _run(tmp_path, "-c", DRAWS)
    assert set(tmp_path.rglob("*.nbc")) == codes


def _run(cache: Path, *arguments: str) -> None:
    environment = os.environ | {"NUMBA_CACHE_DIR": str(cache)}
    subprocess.run([sys.executable, *arguments], check=True, cwd=ROOT, env=environment)
