"""Redraw after a change: 90 more households in one building of the fullest grid, beside a fresh run of METIS.

python -m benchmarks.bench_redraw [--sizes 60,200,800] [--seeds 20] [--first 1]

The plan in force is the engine's own (`balanced`) or METIS's, both at 10 %. Then the largest building of the fullest
grid gets 90 households (2.6 persons each) more. The engine redraws with that plan as `current` under the preset
`stable`, with the 10 % tolerance and with the bands alone; METIS draws anew at 10 %, and its grids are matched to the
old ones so that as few households as possible count as moved. Prints a table of medians and writes results/redraw.json.
"""

import argparse
import json
import os
import subprocess
import sys
from statistics import median
from typing import Any

import numpy as np

from benchmarks.arguments import ROOT, add_rivals, read_arguments, seeded_parser
from benchmarks.engine_rivals import TOLERANCE, Community, metis, problem_of

MORE_HOUSEHOLDS = 90
MORE_PERSONS = 234
TARGETS = {"moved / METIS": 1 / 3, "cut / old": 1.15}
HEAD = (
    "| n | plan in force | rules | METIS feasible | ours | lost | moved / METIS | border cost / old |",
    "|---|---|---|---|---|---|---|---|",
)


def changed(town: Community, old: np.ndarray) -> Community:
    """The community with more households in the largest building of the old plan's fullest grid."""
    fullest = np.flatnonzero(old == np.bincount(old, weights=town["households"]).argmax())
    building = fullest[town["households"][fullest].argmax()]
    more = {"households": MORE_HOUSEHOLDS, "persons": MORE_PERSONS}
    counts = {name: town[name] + number * (np.arange(len(old)) == building) for name, number in more.items()}
    return {**town, **counts}


def moved(old: np.ndarray, new: np.ndarray, households: np.ndarray) -> int:
    """Households whose grid is another one, under the best matching of new grids to old ones."""
    from scipy.optimize import linear_sum_assignment

    shared = np.zeros((old.max() + 1, new.max() + 1), dtype=np.int64)
    np.add.at(shared, (old, new), households)
    return int(households.sum() - shared[linear_sum_assignment(shared, maximize=True)].sum())


def redrawn(town: Community, old: np.ndarray, tolerance: float | None, seed: int) -> np.ndarray | None:
    from partitioning import Rules, draw_grids

    rules = Rules(grids=town["grids"], balance_tolerance=tolerance, preset="stable")
    outcome = draw_grids(problem_of(town, current=old), rules=rules, seed=seed, certify=False)
    return outcome.plan.labels if outcome.status in ("optimal", "feasible") else None


def one_row(town: Community, old: np.ndarray, rerun: np.ndarray, seed: int) -> dict[str, Any]:
    """Figures of one change: METIS's rerun, and the engine's redraws relative to it and to the old plan."""
    from judge import judge

    after = changed(town, old)
    rival_moved = moved(old, rerun, after["households"])
    row: dict[str, Any] = {"METIS feasible": judge(after, rerun)["feasible"], "METIS moved": rival_moved}
    for name, tolerance in (("10 %", TOLERANCE), ("bands", None)):
        labels = redrawn(after, old, tolerance, seed)
        row[f"{name} feasible"] = labels is not None and judge(after, labels)["feasible"]
        if labels is not None:
            row[f"{name} moved / METIS"] = moved(old, labels, after["households"]) / max(rival_moved, 1)
            row[f"{name} cut / old"] = judge(after, labels)["cut"] / judge(town, old)["cut"]
    return row


def rival(options: argparse.Namespace, size: int) -> list[dict[str, Any]]:
    """METIS's plan of every seed, and its rerun after the change of its own and of the engine's plan."""
    from communities import make_community

    from partitioning import Rules, draw_grids

    asked = []
    for seed in range(options.first, options.first + options.seeds):
        town = make_community(size, seed=seed)
        rules = Rules(grids=town["grids"], balance_tolerance=TOLERANCE)
        outcome = draw_grids(problem_of(town), rules=rules, seed=seed, certify=False)
        if outcome.plan is not None:
            asked.append({"size": size, "seed": seed, "engine": outcome.plan.labels.tolist()})
    done = subprocess.run(
        [str(options.rivals_python), "-W", "ignore", "-m", "benchmarks.bench_redraw", "--rerun"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "WANGGE_BENCH": str(options.bench)},
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
        timeout=options.limit,
    )
    return list(json.loads(done.stdout))


def rerun_all(asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """In METIS's own environment: its plan, and its plans after each change."""
    from communities import make_community

    answers = []
    for one in asked:
        town = make_community(one["size"], seed=one["seed"])
        plans = {"engine": np.array(one["engine"]), "METIS": metis(town, one["seed"])[0]}
        reruns = {name: metis(changed(town, old), one["seed"])[0].tolist() for name, old in plans.items()}
        plans = {name: old.tolist() for name, old in plans.items()}
        answers.append({"seed": one["seed"], "plans": plans, "reruns": reruns})
    return answers


def summary(n: int, start: str, runs: list[dict[str, Any]]) -> list[str]:
    """Two lines of the table: with the tolerance, and with the bands alone."""
    feasible = [row["METIS feasible"] for row in runs]
    lines = []
    for name in ("10 %", "bands"):
        lost = sum(rerun and not row[f"{name} feasible"] for rerun, row in zip(feasible, runs, strict=True))
        cells = []
        for figure, most in TARGETS.items():
            value = median([row.get(f"{name} {figure}", float("inf")) for row in runs])
            cells.append(f"{value:.3f} {'≤' if value <= most else '**>**'} {most:.3g}")
        held = sum(row[f"{name} feasible"] for row in runs)
        lines.append(f"| {n} | {start} | {name} | {sum(feasible)} | {held} | {lost} | {' | '.join(cells)} |")
    return lines


def main() -> None:
    parser = seeded_parser(__doc__, seeds=20)
    add_rivals(parser, limit=300)
    parser.add_argument("--rerun", action="store_true", help=argparse.SUPPRESS)
    options = read_arguments(parser)
    if options.rerun:
        print(json.dumps(rerun_all(json.load(sys.stdin))))
        return
    if not options.rivals_python.is_file():
        parser.error(
            f"no {options.rivals_python}: run scripts/setup_bench.sh, or name it with --rivals-python"
        )
    report(options)


def report(options: argparse.Namespace) -> None:
    from communities import make_community

    print("\n".join(HEAD))
    results = []
    for size in map(int, options.sizes.split(",")):
        answers = rival(options, size)
        for start in ("engine", "METIS"):
            rows = []
            for one in answers:
                town = make_community(size, seed=one["seed"])
                old, rerun = np.array(one["plans"][start]), np.array(one["reruns"][start])
                rows.append({"seed": one["seed"], **one_row(town, old, rerun, one["seed"])})
            print("\n".join(summary(size, start, rows)), flush=True)
            results.append({"n": size, "plan in force": start, "runs": rows})
    options.results.mkdir(parents=True, exist_ok=True)
    text = json.dumps(results, indent=1) + "\n"
    (options.results / "redraw.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
