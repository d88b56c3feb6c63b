"""After the warm-up, a draw compiles nothing more."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_every_cached_function_is_compiled(tmp_path: Path) -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "partitioning").glob("*.py"))
    cached = set(re.findall(r"@compiled\(cache=True\)\ndef (\w+)\(", sources))
    subprocess.run(
        [sys.executable, "-m", "partitioning.warm_up"],
        check=True, cwd=ROOT, env=os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)},
    )  # fmt: skip
    compiled = {path.name.split(".")[1].split("-")[0] for path in tmp_path.rglob("*.nbi")}
    assert compiled == cached
    assert len(cached) >= 5
