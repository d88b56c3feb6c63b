"""Repairs and completions around what a planner keeps, on the shared synthetic communities.

python -m benchmarks.bench_repair [--sizes 60,200,800] [--seeds 10] [--first 1]

The plan in force is the engine's (`balanced`, 10 %). Then
- edits: five buildings at borders go over to a neighbouring grid and are kept there; the rest is repaired,
- a grid fewer, a grid more: the plan is repaired for one grid fewer or more, where the totals admit that number,
- half: every second building, by chance, loses its grid; the plan is completed.
Both bands are kept throughout, and with `edits` and `half` the 10 % as well. Plans are judged by the shared judge.
Prints a table of medians and writes results/repair.json.
"""

import argparse
import json
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any, NamedTuple

import numpy as np

from benchmarks.arguments import read_arguments, seeded_parser
from benchmarks.engine_rivals import TOLERANCE, Community, problem_of
from partitioning import Outcome, Rules, complete_grids, draw_grids, repair_grids

EDITS = 5


class Redraw(NamedTuple):
    """What is asked of the engine."""

    labels: np.ndarray
    """(n,) grids that the engine is given, -1 = none."""
    kept: np.ndarray
    """(n,) whether a building must stay."""
    ask: Callable[[], Outcome]


def edited(town: Community, old: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The plan after some buildings at borders went over to a neighbour's grid, and which these are."""
    labels, kept = old.copy(), np.zeros(len(old), dtype=np.bool_)
    borders = town["edges"][old[town["edges"][:, 0]] != old[town["edges"][:, 1]]]
    for building, neighbour in borders[rng.permutation(len(borders))[:EDITS]]:
        if not kept[neighbour]:
            labels[building] = old[neighbour]
            kept[building] = True
    return labels, kept


def redraws(town: Community, old: np.ndarray, seed: int) -> dict[str, Redraw]:
    """The redraws that are asked for after a plan."""
    problem, rng = problem_of(town), np.random.default_rng(seed)
    grids = int(old.max()) + 1
    labels, kept = edited(town, old, rng)
    part = np.where(rng.random(len(old)) < 0.5, -1, old)
    same = Rules(grids=grids, balance_tolerance=TOLERANCE)
    asked: dict[str, Redraw] = {
        "edits": Redraw(labels, kept, lambda: repair_grids(problem, labels, same, keep=kept, certify=False)),
        "half": Redraw(part, part >= 0, lambda: complete_grids(problem, part, same, certify=False)),
    }
    for name, number in (("a grid fewer", grids - 1), ("a grid more", grids + 1)):
        if _admitted(town, number):
            rules = Rules(grids=number)
            ask = partial(repair_grids, problem, old, rules, certify=False)
            asked[name] = Redraw(old, np.zeros(len(old), dtype=np.bool_), ask)
    return asked


def _admitted(town: Community, grids: int) -> bool:
    h, p = int(town["households"].sum()), int(town["persons"].sum())
    return 150 * grids <= h <= 300 * grids and 600 * grids <= p <= 1000 * grids


def one_row(town: Community, old: np.ndarray, redraw: Redraw) -> dict[str, Any]:
    """Figures of one redraw: households moved in mean grids, border cost and time."""
    from judge import judge

    redraw.ask()  # so that loading compiled code is not counted
    begin = time.perf_counter()
    outcome = redraw.ask()
    row: dict[str, Any] = {"status": outcome.status, "seconds": time.perf_counter() - begin}
    if outcome.plan is None:
        return row
    labels, before = outcome.plan.labels, judge(town, old)
    figures = judge(town, labels)
    mean = town["households"].sum() / before["grids"]
    row["feasible"] = outcome.status in ("optimal", "feasible") and figures["feasible"]
    row["kept moved"] = int((labels != redraw.labels)[redraw.kept].sum())
    row["moved"] = outcome.plan.scores.households_moved / mean
    row["border"] = figures["cut"] / before["cut"]
    return row


def main() -> None:
    report(read_arguments(seeded_parser(__doc__, seeds=10)))


def report(options: argparse.Namespace) -> None:
    from communities import make_community

    print("| n | redraw | asked | feasible | kept and moved | moved, mean grids | border cost / old | ms |")
    print("|---|---|---|---|---|---|---|---|")
    results = []
    for size in map(int, options.sizes.split(",")):
        rows: dict[str, list[dict[str, Any]]] = {}
        for seed in range(options.first, options.first + options.seeds):
            town = make_community(size, seed=seed)
            rules = Rules(grids=town["grids"], balance_tolerance=TOLERANCE)
            old = draw_grids(problem_of(town), rules=rules, seed=seed, certify=False).plan.labels
            for name, redraw in redraws(town, old, seed).items():
                rows.setdefault(name, []).append({"seed": seed, **one_row(town, old, redraw)})
        for name, runs in rows.items():
            print(line(size, name, runs), flush=True)
            results.append({"n": size, "redraw": name, "runs": runs})
    options.results.mkdir(parents=True, exist_ok=True)
    text = json.dumps(results, indent=1) + "\n"
    (options.results / "repair.json").write_text(text, encoding="utf-8")


def line(size: int, name: str, runs: list[dict[str, Any]]) -> str:
    """One line of the table: medians over the feasible ones, time over all."""
    held = [run for run in runs if run.get("feasible")]
    middle = {key: median([run[key] for run in held] or [float("nan")]) for key in ("moved", "border")}
    cells = [size, name, len(runs), len(held), sum(run["kept moved"] for run in held)]
    cells += [f"{middle['moved']:.2f}", f"{middle['border']:.2f}"]
    cells.append(f"{1000 * median(run['seconds'] for run in runs):.0f}")
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    main()
