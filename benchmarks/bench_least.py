"""What no plan at all is below, beside METIS: proven for few buildings of the shared synthetic communities.

python -m benchmarks.bench_least [--sizes 60] [--seeds 20] [--first 1]

The least border cost and the least inertia that contiguous plans with the given number of grids, within both bands and
the tolerance, can have: certified draws with effort thorough that mind one term alone. Where a draw is not proven to
be the best, its bound counts. METIS's figures are those of results/engine.json. Prints a table, and the median over
the seeds, and writes results/least.json.
"""

import argparse
import json
from statistics import median
from typing import Any

from benchmarks.arguments import RESULTS, read_arguments, seeded_parser
from benchmarks.engine_rivals import TOLERANCE, problem_of

_TRACE = 5e-6
"""Weight of compactness beside the border, without which grids have no price for distance; of that term no plan has
more than its number of grids, since no division is further from its centroids than the whole is from its own.
"""
_TERMS = {"cut": {"border": 1.0, "compactness": _TRACE}, "inertia": {"border": 0.0, "compactness": 1.0}}


def least(town: dict[str, Any], seed: int, figure: str) -> tuple[float, float]:
    """What no plan is below in cut (m) or inertia (m² a household), and what the best that was found has."""
    from judge import judge

    from partitioning import Rules, draw_grids
    from partitioning.objective import coefficients

    problem, grids = problem_of(town), town["grids"]
    weights = {"balance": 0.0, "estates": 0.0, **_TERMS[figure]}
    rules = Rules(grids=grids, balance_tolerance=TOLERANCE, weights=weights)
    outcome = draw_grids(problem, rules=rules, seed=seed, effort="thorough")
    found = judge(town, outcome.plan.labels)[figure]
    if figure == "cut":
        unit = coefficients(problem, rules, grids).border
        return (outcome.bound - grids * _TRACE) / unit, found
    return found * outcome.bound / outcome.objective, found


def report(options: argparse.Namespace) -> None:
    from communities import make_community

    engine = json.loads((RESULTS / "engine.json").read_text(encoding="utf-8"))
    results = []
    print("| n | seed | figure | no plan is below, / METIS | the best found, / METIS |")
    print("|---|---|---|---|---|")
    for size in map(int, options.sizes.split(",")):
        metis = {
            run["seed"]: run["figures"]
            for result in engine["results"]
            if result["n"] == size and result["method"] == "METIS"
            for run in result["runs"]
        }
        for figure in _TERMS:
            runs = []
            for seed in range(options.first, options.first + options.seeds):
                proven, found = least(make_community(size, seed=seed), seed, figure)
                other = metis[seed][figure]
                runs.append({"seed": seed, "proven": proven / other, "found": found / other})
                print(
                    f"| {size} | {seed} | {figure} | {proven / other:.4f} | {found / other:.4f} |", flush=True
                )
            middle = {key: median(run[key] for run in runs) for key in ("proven", "found")}
            print(
                f"| {size} | median | {figure} | {middle['proven']:.4f} | {middle['found']:.4f} |", flush=True
            )
            results.append({"n": size, "figure": figure, "median": middle, "runs": runs})
    options.results.mkdir(parents=True, exist_ok=True)
    (options.results / "least.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = seeded_parser(__doc__, seeds=20)
    parser.set_defaults(sizes="60")
    report(read_arguments(parser))


if __name__ == "__main__":
    main()
