"""Walking instead of straight distance as the measure of compactness, on the shared synthetic communities.

python -m benchmarks.bench_walking [--sizes 150,200,800] [--seeds 10] [--first 1]

Draws every community by both, both bands and 10 % kept, and compares the mean walking distance of households to the
medoid of their grid. Communities from 150 buildings on have a river. Prints a table.
"""

from statistics import mean, median
from typing import Any

from benchmarks.arguments import read_arguments, seeded_parser
from benchmarks.engine_rivals import TOLERANCE, problem_of
from partitioning import Problem, Rules, draw_grids
from partitioning.walking import walking_distance_m

WEIGHTS: dict[str, dict[str, Any]] = {
    "compactness alone": {"weights": {"border": 0, "balance": 0, "estates": 0, "compactness": 1}},
    "`compact`": {"preset": "compact"},
    "`balanced`": {"preset": "balanced"},
}


def one_run(problem: Problem, grids: int, weights: str, seed: int) -> dict[str, Any]:
    """Walking distance and border cost of the plan by walking distance, next to those of the one by straight lines."""
    plans = []
    for distance in ("straight", "walking"):
        rules = Rules(grids=grids, balance_tolerance=TOLERANCE, distance=distance, **WEIGHTS[weights])
        plans.append(draw_grids(problem, rules=rules, seed=seed, certify=False).plan)
    walks = [
        walking_distance_m(problem.xy_m, problem.edges, problem.households, plan.labels) for plan in plans
    ]
    return {
        "walk": walks[1] / walks[0],
        "border": plans[1].scores.border_cost_m / plans[0].scores.border_cost_m,
    }


def line(size: int, weights: str, runs: list[dict[str, Any]]) -> str:
    """A row of the table: means, medians and how many are shorter."""
    walks = [run["walk"] for run in runs]
    shorter = sum(walk < 1 for walk in walks)
    border = median(run["border"] for run in runs)
    walk = f"{mean(walks):.3f} | {median(walks):.3f} | {shorter} of {len(runs)}"
    return f"| {size} | {weights} | {walk} | {border:.2f} |"


def main() -> None:
    """Run all and print."""
    parser = seeded_parser(__doc__, 10)
    parser.set_defaults(sizes="150,200,800")
    options = read_arguments(parser)
    from communities import make_community

    print("| n | weights | walking distance, mean | median | shorter | border cost |")
    print("|---|---|---|---|---|---|")
    for size in map(int, options.sizes.split(",")):
        seeds = range(options.first, options.first + options.seeds)
        towns = {seed: make_community(size, seed=seed) for seed in seeds}
        for weights in WEIGHTS:
            runs = [one_run(problem_of(town), town["grids"], weights, seed) for seed, town in towns.items()]
            print(line(size, weights, runs), flush=True)


if __name__ == "__main__":
    main()
