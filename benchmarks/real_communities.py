"""Draw every community of real files by the default rules, beside METIS.

python -m benchmarks.real_communities [FILE.gpkg ...] [--by community_id] [--results FOLDER]

Without files, all of the shared data are drawn. METIS gets every number of grids that the totals admit, tolerances of
10 % and 30 %, and ten seeds each; its best plan within the band, by the engine's objective, stands beside ours. A
community without a plan is drawn once more with oversized = "split"; the others hold no building that would be split.
Figures are the shared judge's. Writes real_communities.json; unless --results is given, the
tables of docs/real-communities.md are filled as well.
"""

import argparse
import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.arguments import ROOT, add_rivals, plain_parser, read_arguments
from benchmarks.real_tables import keep, tables
from gis_core.exchange.options import ImportOptions
from gis_core.exchange.plan_file import Answer, draw_towns, towns_of
from gis_core.exchange.read import read_source
from gis_core.plans.drawing import Drawing, draw_town
from partitioning import Rules, score_plan
from partitioning.graph import components

RULES = Rules()
TOLERANCES = (0.1, 0.3)
TOTALS = (600, 2400)
DATA = ROOT.parent / "shared" / "data"

Record = dict[str, Any]


def answers_of(file: Path, by: str) -> list[Answer]:
    """Answers for the communities of a file."""
    options = ImportOptions(by=by)
    towns = towns_of(read_source(file, options), options)
    return list(draw_towns(towns, RULES, seed=0, time_limit_s=None))


def figures_of(drawing: Drawing, labels: np.ndarray) -> Record:
    """The judge's figures of a plan, and the engine's objective."""
    from judge import judge

    problem = drawing.problem
    persons = np.zeros_like(problem.households) if problem.persons is None else problem.persons
    fields = ("households", "xy_m", "edges", "border_cost", "estates")
    town = {name: getattr(problem, name) for name in fields} | {"persons": persons}
    if town["estates"] is None:
        town["estates"] = np.full(len(problem), -1)
    band = (0, np.inf) if drawing.rules.persons is None else drawing.rules.persons
    figures = judge(town, labels, households=drawing.rules.households, persons=band)
    return {**figures, "objective": score_plan(problem, labels, drawing.rules).objective}


def record(file: Path, answer: Answer) -> Record:
    """What is kept of one community; METIS is added later."""
    drawing, outcome = answer.drawing, answer.drawing.outcome
    problem, total = drawing.problem, int(drawing.town.households.sum())
    parts, _ = components(len(problem), problem.edges)
    row: Record = {
        "file": file.name,
        "code": drawing.town.code,
        "buildings": len(problem),
        "households": total,
        "status": outcome.status,
        "gap": outcome.gap,
        "seconds": round(answer.seconds, 3),
        "figures": figures_of(drawing, outcome.plan.labels) if drawing.drawn and outcome.plan else None,
        "kinds": [reason.kind for reason in outcome.reasons],
        "reasons": [reason.text("en") for reason in outcome.reasons],
        "splittable": parts == 1 and TOTALS[0] <= total <= TOTALS[1],
        "split": outcome.status,
        "METIS": {},
    }
    if not drawing.drawn:
        parted = draw_town(drawing.town, Rules(oversized="split"))
        row |= {"split": parted.outcome.status, "buildings split": len(parted.split)}
    return row


def add_metis(rows: list[Record], drawings: list[Drawing], options: argparse.Namespace) -> str:
    """METIS's best plan within the band for each record; returns why there is none ("" where all is well)."""
    with tempfile.TemporaryDirectory() as folder:
        for place, drawing in enumerate(drawings):
            problem, total = drawing.problem, int(drawing.town.households.sum())
            low, high = RULES.households or (0, total)
            grids = [k for k in RULES.grid_range if low * k <= total <= high * k and k <= len(problem)]
            np.savez(
                Path(folder) / f"{place:04}.npz",
                households=problem.households,
                edges=problem.edges,
                border_cost=problem.border_cost,
                grids=np.array(grids, dtype=np.int64),
                tolerances=np.array(TOLERANCES),
            )
        stop = _run_metis(folder, options)
        for place, (row, drawing) in enumerate(zip(rows, drawings, strict=True)):
            plans = Path(folder) / f"{place:04}.plans.npz"
            if plans.is_file():
                with np.load(plans) as answer:
                    row["METIS"] = best_of(drawing, answer["plans"], answer["tolerance"])
                    row["METIS runs"] = {name: int(answer[name]) for name in ("runs", "failed")}
                    row["METIS seconds"] = round(float(answer["seconds"]), 3)
    return stop


def _run_metis(folder: str, options: argparse.Namespace) -> str:
    try:
        done = subprocess.run(
            [str(options.rivals_python), "-W", "ignore", "-m", "benchmarks.real_rivals", folder],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=options.limit,
        )
    except FileNotFoundError:
        return "METIS is not installed: run scripts/setup_bench.sh"
    except subprocess.TimeoutExpired:
        return f"METIS was stopped after {options.limit:g} s"
    return (
        "" if done.returncode == 0 else (done.stderr.strip() or f"crash {done.returncode}").splitlines()[-1]
    )


def best_of(drawing: Drawing, plans: np.ndarray, tolerances: np.ndarray) -> Record:
    """The plan within the band that the engine's objective likes best, {} where there is none."""
    judged = [
        {**figures_of(drawing, np.unique(labels, return_inverse=True)[1]), "tolerance": float(tolerance)}
        for labels, tolerance in zip(plans, tolerances, strict=True)
    ]
    kept = [figures for figures in judged if figures["feasible"]]
    return min(kept, key=lambda figures: figures["objective"], default={})


def draw_all(files: list[Path], options: argparse.Namespace) -> dict[str, Any]:
    """Records of all communities, and for each file the seconds with reading and checking."""
    rows: list[Record] = []
    seconds, notes = {}, []
    for file in files:
        begin = time.perf_counter()
        answers = answers_of(file, options.by)
        seconds[file.name] = round(time.perf_counter() - begin, 1)
        found = [record(file, answer) for answer in answers]
        stop = add_metis(found, [answer.drawing for answer in answers], options)
        notes += [f"{file.name}: {stop}"] if stop else []
        rows += found
    return {"communities": rows, "seconds": seconds, "notes": notes}


def main() -> None:
    parser = plain_parser(__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--by", default="community_id", help="column that parts a file into communities")
    add_rivals(parser, limit=300)
    options = read_arguments(parser)
    files = options.files or sorted(DATA.glob("*.gpkg"))
    if not files:
        parser.error(f"no files in {DATA}; name some")
    found = draw_all(files, options)
    keep(found, options.results)
    print("\n\n".join(tables(found).values()))


if __name__ == "__main__":
    main()
