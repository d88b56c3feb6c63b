"""This engine against METIS on the shared synthetic communities: figures by the shared judge, one process.

python benchmarks/bench_engine.py [--sizes 60,200,800,3000] [--seeds 5] [--effort normal] [--preset balanced]
"""

import argparse
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT.parent / "shared" / "bench")]

from communities import make_community  # noqa: E402
from judge import judge  # noqa: E402

from partitioning import Problem, Rules, draw_grids  # noqa: E402
from partitioning.graph import build_graph  # noqa: E402

TOLERANCE = 0.1


def problem_of(community: dict) -> Problem:
    fields = ("households", "persons", "xy_m", "edges", "border_m", "border_cost", "estates")
    return Problem(np.arange(len(community["households"])), **{name: community[name] for name in fields})


def draw_ours(community: dict, effort: str, preset: str) -> tuple[np.ndarray | None, float]:
    start = perf_counter()
    rules = Rules(grids=community["grids"], balance_tolerance=TOLERANCE, preset=preset)
    outcome = draw_grids(problem_of(community), rules=rules, effort=effort, certify=False)
    return None if outcome.plan is None else outcome.plan.labels, perf_counter() - start


def draw_metis(community: dict) -> tuple[np.ndarray | None, float]:
    import pymetis

    start = perf_counter()
    graph = build_graph(len(community["households"]), community["edges"], community["border_cost"])
    _, labels = pymetis.part_graph(
        community["grids"],
        adjacency=pymetis.CSRAdjacency(graph.indptr, graph.neighbour),
        vweights=community["households"],
        eweights=np.maximum(1, np.round(10 * graph.cost)).astype(int),
        options=pymetis.Options(contig=True, ufactor=int(1000 * TOLERANCE)),
        recursive=False,
    )
    return np.array(labels), perf_counter() - start


def row(name: str, judged: list[dict], seconds: list[float]) -> str:
    held = sum(figures["feasible"] and figures["deviation"] <= TOLERANCE + 1e-9 for figures in judged)
    middle = {
        key: median(figures[key] for figures in judged) for key in ("cut", "inertia", "splits", "deviation")
    }
    return (
        f"{name:8} {held:3}/{len(judged):<3} cut {middle['cut']:7.0f}  inertia {middle['inertia']:7.0f}  "
        f"splits {middle['splits']:4.1f}  deviation {middle['deviation']:.3f}  {1000 * median(seconds):8.1f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="60,200,800,3000")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--effort", default="normal")
    parser.add_argument("--preset", default="balanced")
    options = parser.parse_args()
    draw_ours(make_community(60, seed=0), "fast", options.preset)  # compiled code is loaded here
    for n in map(int, options.sizes.split(",")):
        towns = [make_community(n, seed=seed) for seed in range(1, options.seeds + 1)]
        results = {}
        for name, draw in (
            ("wangge", lambda town: draw_ours(town, options.effort, options.preset)),
            ("METIS", draw_metis),
        ):
            drawn = [draw(town) for town in towns]
            results[name] = [
                judge(town, z) for town, (z, _) in zip(towns, drawn, strict=True) if z is not None
            ]
            print(f"n = {n:4}  " + row(name, results[name], [seconds for _, seconds in drawn]))
        pairs = list(zip(results["wangge"], results["METIS"], strict=True))
        ratios = {
            key: median(ours[key] / theirs[key] for ours, theirs in pairs) for key in ("cut", "inertia")
        }
        print(f"n = {n:4}  ratios   cut {ratios['cut']:.3f}  inertia {ratios['inertia']:.3f}", flush=True)


if __name__ == "__main__":
    main()
