"""How far the proof is from the plan: gap and time of certified draws over the shared synthetic communities.

python -m benchmarks.bench_gap [--sizes 60,200,800] [--seeds 20] [--first 1] [--effort normal]

Each row: weights; median and largest gap; share of the pairs of neighbouring grids of which no split is better, and
what no split of the others gains more than, in the median; median seconds of the draw with and without certificate.
Prints a table and writes results/gap.json.
"""

import argparse
import json
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.arguments import read_arguments, seeded_parser
from benchmarks.engine_rivals import TOLERANCE, Community, problem_of

COMPACTNESS_ALONE = {"border": 0.0, "compactness": 1.0, "balance": 0.0, "estates": 0.0}
WEIGHTS: dict[str, dict[str, Any]] = {
    "compactness alone": {"preset": "compact", "weights": COMPACTNESS_ALONE},
    **{preset: {"preset": preset} for preset in ("compact", "balanced", "border")},
}


def certified(town: Community, seed: int, effort: str, weights: dict[str, Any]) -> dict[str, Any]:
    """Gap, status and seconds of one draw, with and without its certificate."""
    from partitioning import Rules, draw_grids

    problem = problem_of(town)
    rules = Rules(grids=town["grids"], balance_tolerance=TOLERANCE, **weights)
    row: dict[str, Any] = {"seed": seed}
    for certify in (False, True):
        start = perf_counter()
        outcome = draw_grids(problem, rules=rules, seed=seed, effort=effort, certify=certify)
        row["certified s" if certify else "draw s"] = perf_counter() - start
    local = outcome.local
    if local is not None:
        row |= {"pairs": local.pairs, "pairs proven": local.proven, "improvement": local.improvement}
    return {**row, "status": outcome.status, "gap": outcome.gap, "objective": outcome.objective}


def table_row(size: int, name: str, rows: list[dict[str, Any]]) -> str:
    """One line of the table; draws without a plan are told apart."""
    gaps = [row["gap"] for row in rows if row["gap"] is not None]
    spent = " | ".join(f"{median(row[key] for row in rows):.2f}" for key in ("certified s", "draw s"))
    gap = f"{median(gaps):.2%} | {max(gaps):.2%}" if gaps else "– | –"
    local = [row for row in rows if "pairs" in row]
    pairs = "– | –"
    if local:
        proven = sum(row["pairs proven"] for row in local) / sum(row["pairs"] for row in local)
        pairs = f"{proven:.0%} | {median(row['improvement'] for row in local):.2%}"
    return f"| {size} | {name} | {len(gaps)} of {len(rows)} | {gap} | {pairs} | {spent} |"


def report(options: argparse.Namespace) -> None:
    from communities import make_community

    print(
        "| n | weights | proven | median gap | largest gap | pairs proven | others | certified, s | without, s |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    results = []
    for size in map(int, options.sizes.split(",")):
        certified(make_community(size, seed=0), 0, "fast", WEIGHTS["balanced"])
        towns = {
            seed: make_community(size, seed=seed)
            for seed in range(options.first, options.first + options.seeds)
        }
        for name, weights in WEIGHTS.items():
            rows = [certified(town, seed, options.effort, weights) for seed, town in towns.items()]
            print(table_row(size, name, rows), flush=True)
            results.append({"n": size, "weights": name, "effort": options.effort, "runs": rows})
    options.results.mkdir(parents=True, exist_ok=True)
    (options.results / "gap.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = seeded_parser(__doc__, seeds=20)
    parser.add_argument("--effort", default="normal", choices=("fast", "normal", "thorough"))
    report(read_arguments(parser))


if __name__ == "__main__":
    main()
