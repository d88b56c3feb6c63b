"""The engine beside its rivals in one run: synthetic communities, redraws, real communities, and the list of targets.

python -m benchmarks.bench_engine [--quick] [--sizes 60,200,800,3000] [--seeds 20] [--methods NAME,...]

Every method runs in a process of its own with a time limit for each size; a crash or a time-out is a row that says so.
Where times are compared with METIS's, the two take turns. The rivals' environment is made by scripts/setup_bench.sh.
Tables are printed and kept as engine.md, the figures of every plan as engine.json, a picture as engine.svg. Unless
--quick or --results is given, the tables of docs/engine.md and docs/real-communities.md are filled as well. How it is
measured stands in docs/howto/bench.md.
"""

import argparse
import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.arguments import RESULTS, ROOT, add_rivals, plain_parser, read_arguments
from benchmarks.engine_checks import ALONE, BALANCED, RESTARTS, RIVAL, SIZES
from benchmarks.engine_rivals import METHODS, ONLY_AT
from benchmarks.engine_runs import Result, run_method, run_module, run_restarts, take_turns
from benchmarks.engine_table import blocks, page
from benchmarks.pages import fill
from benchmarks.real_tables import keep

MOST_SEEDS = {3000: 5}
DATA = ROOT.parent / "shared" / "data"
QUICK_FILE = "singapore_queenstown.gpkg"
# With --quick, one community of the first size is drawn by the first methods, and of larger sizes by the second.
QUICK_SIZE = 60
QUICK_LEFT_OUT = (
    "wangge border thorough",
    "wangge compact thorough",
    "wangge compact certified",
    "KMeans constrained",
)
QUICK_LARGER = (RIVAL, BALANCED, ALONE)


def one_size(size: int, options: argparse.Namespace) -> list[Result]:
    """Rows of all methods for one size; METIS's restarts follow the method whose time they get."""
    seeds = min(options.seeds, MOST_SEEDS.get(size, options.seeds))
    wanted = [name for name in options.methods if size in ONLY_AT.get(name, (size,))]
    if options.quick:
        larger = size > QUICK_SIZE
        wanted = [name for name in wanted if (name in QUICK_LARGER if larger else name not in QUICK_LEFT_OUT)]
    rows: dict[str, Result] = {}
    if {RIVAL, BALANCED} <= set(wanted):
        rows = {row["method"]: say(row) for row in take_turns(RIVAL, BALANCED, size, seeds, options)}
    for name in wanted:
        if name not in rows:
            rows[name] = say(run_method(name, size, seeds, options))
        for again in RESTARTS:
            if again.method == name and RIVAL in wanted:
                rows[again.name] = say(run_restarts(rows[name], again, options))
    return list(rows.values())


def say(row: Result) -> Result:
    drawn = f"{len(row['runs'])}/{row['seeds']}"
    print(f"n = {row['n']}: {row['method']} {drawn} {row['stop']}", file=sys.stderr, flush=True)
    return row


def redraws(options: argparse.Namespace) -> dict[str, Any]:
    """Rows of bench_redraw, and why there are none ("" where all is well)."""
    sizes = ",".join(str(size) for size in options.sizes if size <= (QUICK_SIZE if options.quick else 800))
    if not sizes:
        return {"rows": [], "note": "no such size was asked for"}
    more = ("--sizes", sizes, "--seeds", options.seeds, "--rivals-python", options.rivals_python)
    found, note = written("benchmarks.bench_redraw", "redraw.json", more, options)
    return {"rows": found or [], "note": note}


def real(options: argparse.Namespace) -> dict[str, Any]:
    """What real_communities finds; where the shared data are absent nothing, and a note that says so."""
    files = [file for file in sorted(DATA.glob("*.gpkg")) if not options.quick or file.name == QUICK_FILE]
    note, found = "the real communities are absent", None
    if files:
        more = (*files, "--rivals-python", options.rivals_python)
        found, note = written("benchmarks.real_communities", "real_communities.json", more, options)
    return found or {"communities": [], "seconds": {}, "notes": [note]}


def written(module: str, file: str, more: tuple[object, ...], options: argparse.Namespace) -> tuple[Any, str]:
    """The JSON that a benchmark of its own writes, None where it fails, and what stopped it."""
    with tempfile.TemporaryDirectory() as folder:
        limit = 10 * options.limit
        _, note = run_module(module, *more, "--results", folder, options=options, limit=limit)
        path = Path(folder) / file
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None, note


def as_json(document: dict[str, Any]) -> str:
    """JSON with numbers of six digits and each run in a line of its own."""
    text = json.dumps(_rounded(document), ensure_ascii=False, indent=1)
    return re.sub(r"\n {5,}|\n {4}(?=[\]}])", " ", text) + "\n"


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value


def arguments() -> argparse.Namespace:
    parser = plain_parser(__doc__)
    parser.add_argument("--quick", action="store_true", help="few sizes and seeds: ends within a minute")
    parser.add_argument("--sizes", help="comma between them")
    parser.add_argument("--seeds", type=int, help="seeds 1 to this; at most 5 for n = 3000")
    parser.add_argument("--methods", help="comma between them; all: " + ", ".join(METHODS))
    add_rivals(parser, limit=60)
    options = read_arguments(parser)
    sizes = options.sizes or ("60,200" if options.quick else ",".join(map(str, SIZES)))
    options.sizes = [int(n) for n in sizes.split(",")]
    options.seeds = options.seeds or (1 if options.quick else 20)
    options.turns = 1 if options.quick else 3
    options.methods = options.methods.split(",") if options.methods else tuple(METHODS)
    if unknown := [name for name in options.methods if name not in METHODS]:
        parser.error(f"unknown methods {', '.join(unknown)}; there are {', '.join(METHODS)}")
    return options


def main() -> None:
    options = arguments()
    found = {
        "results": [row for size in options.sizes for row in one_size(size, options)],
        "redraw": redraws(options),
        "real": real(options),
    }
    text = as_json(found)
    document = json.loads(text)
    options.results.mkdir(parents=True, exist_ok=True)
    name = options.results / ("engine-quick" if options.quick else "engine")
    name.with_suffix(".json").write_text(text, encoding="utf-8")
    shown = page(document, every=not options.quick)
    name.with_suffix(".md").write_text(shown, encoding="utf-8")
    picture = (name.with_suffix(".json"), name.with_suffix(".svg"))
    _, stop = run_module("benchmarks.engine_plot", *picture, options=options, ours=False)
    if name == RESULTS / "engine":
        fill(ROOT / "docs" / "engine.md", blocks(document))
        if document["real"]["communities"]:
            keep(document["real"], RESULTS)
    print(shown + (f"\nNo picture: {stop}\n" if stop else ""))


if __name__ == "__main__":
    main()
