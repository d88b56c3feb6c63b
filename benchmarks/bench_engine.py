"""The engine beside its rivals on the shared synthetic communities, all in one run; figures by the shared judge only.

python -m benchmarks.bench_engine [--quick] [--sizes 60,200,800,3000] [--seeds 20] [--methods NAME,...]

Every method runs in a process of its own with a time limit for each size; a crash or a time-out is a row that says so.
The rivals' environment is made by scripts/setup_bench.sh. The table is printed and kept, the
figures of every plan as JSON.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.engine_rivals import METHODS
from benchmarks.engine_table import check_table, table

ROOT = Path(__file__).resolve().parents[1]
MOST_SEEDS = {3000: 5}
QUICK = ("METIS", "wangge balanced normal", "wangge border normal", "wangge compact normal", "KMeans")


def run_method(name: str, size: int, seeds: int, options: argparse.Namespace) -> tuple[list[dict], str]:
    """Answers of one method for one size, and what stopped it early ("" for nothing)."""
    python = sys.executable if name.startswith("wangge") else str(options.rivals_python)
    command = [python, "-W", "ignore", "-m", "benchmarks.engine_rivals", name, str(size), str(seeds)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    try:
        done = subprocess.run(
            [*command, str(options.bench)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=options.limit,
        )
        output, stop = (
            done.stdout,
            "" if done.returncode == 0 else (done.stderr.strip() or "crash").splitlines()[-1],
        )
    except subprocess.TimeoutExpired as late:
        output = (late.stdout or b"").decode()
        stop = f"stopped after {options.limit:g} s"
    except FileNotFoundError:
        output, stop = "", "not installed: run scripts/setup_bench.sh"
    whole = [
        line for line in output.splitlines(keepends=True) if line.startswith("{") and line.endswith("\n")
    ]
    return [json.loads(line) for line in whole], stop


def judged(answers: list[dict], size: int) -> list[dict]:
    """The answers with the judge's figures in place of their labels; `figures` is None without a plan."""
    from communities import make_community
    from judge import judge

    rows = []
    for answer in answers:
        labels = answer.pop("labels")
        figures = None if labels is None else judge(make_community(size, seed=answer["seed"]), labels)
        rows.append({**answer, "figures": figures})
    return rows


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="few methods, sizes and seeds: ends within a minute"
    )
    parser.add_argument("--sizes", help="comma between them")
    parser.add_argument("--seeds", type=int, help="seeds 1 to this; at most 5 for n = 3000")
    parser.add_argument("--methods", help="comma between them; all: " + ", ".join(METHODS))
    parser.add_argument("--limit", type=float, default=600, help="seconds for a method and size")
    parser.add_argument(
        "--bench", type=Path, default=Path(os.environ.get("WANGGE_BENCH", ROOT.parent / "shared" / "bench"))
    )
    parser.add_argument("--rivals-python", type=Path, default=ROOT / ".venv-bench" / "bin" / "python")
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results")
    options = parser.parse_args()
    options.sizes = [
        int(n) for n in (options.sizes or ("60,200" if options.quick else "60,200,800,3000")).split(",")
    ]
    options.seeds = options.seeds or (2 if options.quick else 20)
    options.methods = (
        options.methods.split(",") if options.methods else QUICK if options.quick else tuple(METHODS)
    )
    if unknown := [name for name in options.methods if name not in METHODS]:
        parser.error(f"unknown methods {', '.join(unknown)}; there are {', '.join(METHODS)}")
    if not (options.bench / "judge.py").is_file():
        parser.error(f"no communities.py and judge.py in {options.bench}; name their folder with --bench")
    options.bench = options.bench.resolve()
    return options


def main() -> None:
    options = arguments()
    sys.path.insert(0, str(options.bench))
    results: list[dict[str, Any]] = []
    for size in options.sizes:
        seeds = min(options.seeds, MOST_SEEDS.get(size, options.seeds))
        for name in options.methods:
            answers, stop = run_method(name, size, seeds, options)
            results.append(
                {"n": size, "method": name, "seeds": seeds, "stop": stop, "runs": judged(answers, size)}
            )
            print(f"n = {size}: {name} {len(answers)}/{seeds} {stop}", file=sys.stderr, flush=True)
    text = f"{table(results)}\n\n{check_table(results)}\n"
    print(text)
    options.results.mkdir(parents=True, exist_ok=True)
    name = "engine-quick" if options.quick else "engine"
    (options.results / f"{name}.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (options.results / f"{name}.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
