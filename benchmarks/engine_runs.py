"""Methods run in processes of their own, and their plans judged: the rows of the engine's benchmark."""

import argparse
import json
import os
import subprocess
import sys
from statistics import median
from typing import Any

import numpy as np

from benchmarks.arguments import ROOT
from benchmarks.engine_checks import Restarts
from benchmarks.engine_rivals import TOLERANCE, Community, problem_of
from benchmarks.hess import hess_objective

HESS_SIZE = 60
ROUNDING = 1e-9
PATIENCE = {"HiGHS Hess": 5}
"""Methods that get this many times the limit."""

Result = dict[str, Any]
Figures = dict[str, Any]


def run_module(
    module: str,
    *arguments: object,
    options: argparse.Namespace,
    ours: bool = True,
    asked: str = "",
    limit: float | None = None,
) -> tuple[list[dict[str, Any]], str]:
    """The lines of JSON that a module prints, and what stopped it early ("" for nothing).

    ours: in this environment, else in the rivals'. asked: its input. limit: seconds; None is that of the options.
    """
    python = sys.executable if ours else str(options.rivals_python)
    limit = options.limit if limit is None else limit
    try:
        done = subprocess.run(
            [python, "-W", "ignore", "-m", module, *map(str, arguments)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "WANGGE_BENCH": str(options.bench)},
            input=asked,
            capture_output=True,
            text=True,
            timeout=limit,
        )
        output, failed = done.stdout, done.returncode != 0
        stop = (done.stderr.strip() or f"crash {done.returncode}").splitlines()[-1] if failed else ""
    except subprocess.TimeoutExpired as late:
        output, stop = (late.stdout or b"").decode(), f"stopped after {limit:g} s"
    except FileNotFoundError:
        output, stop = "", "not installed: run scripts/setup_bench.sh"
    whole = [
        line for line in output.splitlines(keepends=True) if line.startswith("{") and line.endswith("\n")
    ]
    return [json.loads(line) for line in whole], stop


def figures_of(town: Community, labels: Any) -> Figures:
    """The judge's figures, and what the judge does not know: the engine's objective of `balanced`, and that of Hess."""
    from judge import judge

    from partitioning import Rules, score_plan

    plan = np.unique(np.asarray(labels), return_inverse=True)[1]
    figures: Figures = dict(judge(town, plan))
    figures["objective"] = score_plan(problem_of(town), plan, Rules(preset="balanced")).objective
    if len(plan) <= HESS_SIZE:
        figures["hess"] = hess_objective(town, plan)
    return figures


def run_method(name: str, size: int, seeds: int, options: argparse.Namespace) -> Result:
    """One row: the plans of a method for one size, judged."""
    from communities import make_community

    answers, stop = run_module(
        "benchmarks.engine_rivals",
        *(name, size, seeds, options.bench),
        options=options,
        ours=name.startswith("wangge"),
        limit=options.limit * PATIENCE.get(name, 1),
    )
    runs = []
    for answer in answers:
        labels = answer.pop("labels")
        town = make_community(size, seed=answer["seed"])
        runs.append({**answer, "figures": None if labels is None else figures_of(town, labels)})
    return {"n": size, "method": name, "seeds": seeds, "stop": stop, "runs": runs}


def take_turns(rival: str, ours: str, size: int, seeds: int, options: argparse.Namespace) -> list[Result]:
    """Two rows whose times are compared: the methods take turns, block by block of all communities.

    `seconds` become the median over the blocks, and "seconds / METIS" of our runs the median of the ratios within one
    turn, so that a machine that is busy for a while weighs on both.
    """
    turns = [[run_method(name, size, seeds, options) for name in (rival, ours)] for _ in range(options.turns)]
    seconds = [[{run["seed"]: run["seconds"] for run in row["runs"]} for row in turn] for turn in turns]
    for place, row in enumerate(turns[0]):
        for run in row["runs"]:
            known = [turn for turn in seconds if all(run["seed"] in block for block in turn)]
            if not known:
                continue
            run["seconds"] = median(turn[place][run["seed"]] for turn in known)
            if place:
                run["seconds / METIS"] = median(turn[1][run["seed"]] / turn[0][run["seed"]] for turn in known)
    return turns[0]


def run_restarts(drawn: Result, again: Restarts, options: argparse.Namespace) -> Result:
    """One row: METIS restarted on each community for as long as our draw took.

    Of its feasible plans the best in a figure is kept, of those that hold its tolerance where only these count; where
    there is none, the best of all.
    """
    from communities import make_community

    size, given = drawn["n"], {run["seed"]: run["seconds"] for run in drawn["runs"] if run["figures"]}
    answers, stop = run_module(
        "benchmarks.restarts", size, options.bench, options=options, ours=False, asked=json.dumps(given)
    )
    runs = []
    for answer in answers:
        town = make_community(size, seed=answer["seed"])
        judged = [figures_of(town, labels) for labels in answer.pop("plans")]
        most = TOLERANCE + ROUNDING if again.held else np.inf
        kept = [figures for figures in judged if figures["feasible"] and figures["deviation"] <= most]
        best = min(kept or judged, key=lambda figures: figures[again.figure])
        runs.append({**answer, "figures": best})
    return {"n": size, "method": again.name, "seeds": drawn["seeds"], "stop": stop, "runs": runs}
