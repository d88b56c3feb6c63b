"""Where time and memory of a draw go: compiled kernels against Python, for communities of different sizes.

python -m benchmarks.profile_engine [--sizes 60,200,800,3000] [--memory 1000,2000,4000,8000]

A draw (`balanced`, `normal`, no certificate) is profiled with cProfile, which tells a call of a compiled function as
one, whatever happens inside. In another draw the lines of the engine that Python runs are counted: those that run once
for every building are loops over buildings, and are named.

Memory is the most that a process has held in which one community was drawn. `wangge draw` is timed from file to file,
each time in a fresh process, with the compiled code kept from before. Writes profile.json; unless --results is given,
the tables of docs/engine.md are filled as well.
"""

import cProfile
import json
import pkgutil
import pstats
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from statistics import median
from time import perf_counter
from types import FrameType
from typing import Any

import numpy as np

from benchmarks.arguments import RESULTS, ROOT, plain_parser, read_arguments
from benchmarks.engine_rivals import engine
from benchmarks.pages import fill

DRAWS, COLD_DRAWS = 10, 5
TOP = 3
FILE_SIZE, PLACE = 200, (600_000.0, 3_100_000.0)

Place = tuple[str, int, str]


@cache
def kernels() -> frozenset[Place]:
    """File, line and name of every compiled function of the engine, as a profile tells them."""
    import partitioning

    found = set()
    for module in pkgutil.iter_modules(partitioning.__path__):
        if module.name.startswith("_") or module.name == "warm_up":
            continue
        for value in vars(import_module(f"partitioning.{module.name}")).values():
            code = getattr(getattr(value, "py_func", None), "__code__", None)
            if code is not None:
                found.add((code.co_filename, code.co_firstlineno, code.co_name))
    return frozenset(found)


def shares(stats: dict[Place, Any]) -> dict[str, Any]:
    """Of a profile: the share of time in kernels, and where most time is."""
    spent = {place: row[2] for place, row in stats.items()}
    whole = sum(spent.values())
    inside = sum(seconds for place, seconds in spent.items() if place in kernels())
    first = sorted(spent, key=lambda place: -spent[place])[:TOP]
    named = {
        f"{Path(file).stem.strip('~')} {name}".strip(): spent[file, line, name] / whole
        for file, line, name in first
    }
    return {"kernels": inside / whole, "top": named}


def lines_run(draw: Callable[[], Any], size: int) -> dict[str, Any]:
    """How many lines of the engine Python runs in a draw, and the functions with one that runs for every building."""
    import partitioning

    counted: Counter[tuple[str, str, int]] = Counter()
    folder = str(Path(partitioning.__file__).parent)

    def trace(frame: FrameType, _event: str, _argument: Any) -> Any:
        return trace_line if frame.f_code.co_filename.startswith(folder) else None

    def trace_line(frame: FrameType, event: str, _argument: Any) -> Any:
        if event == "line":
            code = frame.f_code
            counted[Path(code.co_filename).stem, code.co_qualname, frame.f_lineno] += 1
        return trace_line

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        draw()
    finally:
        sys.settrace(before)
    loops = {f"{module} {name}" for (module, name, _), times in counted.items() if times >= size}
    return {"lines": counted.total(), "loops": sorted(loops)}


def profile(size: int) -> dict[str, Any]:
    from communities import make_community

    draw, town = engine("balanced", "normal"), make_community(size, seed=1)
    draw(town, 1)
    seconds = []
    for _ in range(DRAWS):
        start = perf_counter()
        draw(town, 1)
        seconds.append(perf_counter() - start)
    profiler = cProfile.Profile()
    profiler.enable()
    for _ in range(DRAWS):
        draw(town, 1)
    profiler.disable()
    stats = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    run = lines_run(lambda: draw(town, 1), size)
    return {"n": size, "seconds": median(seconds), **shares(stats), **run}


def peak_mb(size: int, bench: Path) -> float:
    """The most memory of a fresh process that draws one community, MB; size 0: that draws none."""
    asked = [sys.executable, "-m", "benchmarks.profile_engine", "--bench", str(bench), "--peak", str(size)]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True, timeout=300)
    return float(done.stdout)


def own_peak_mb(size: int) -> float:
    from communities import make_community

    draw = engine("balanced", "normal")
    draw(make_community(60, seed=1), 1)
    if size:
        draw(make_community(size, seed=1), 1)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def cold_draw() -> dict[str, float]:
    """Median seconds of `wangge draw` for a file of 200 buildings, and those of the processor, in fresh processes."""
    command = [sys.executable, "-c", "from api.cli import main; main()", "draw"]
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "community.gpkg", Path(folder) / "grids.gpkg"
        write_community(source)
        seconds, worked = [], []
        for _ in range(COLD_DRAWS):
            start, before = perf_counter(), _children_s()
            subprocess.run(
                [*command, str(source), "-o", str(target)], cwd=ROOT, check=True, capture_output=True
            )
            seconds.append(perf_counter() - start)
            worked.append(_children_s() - before)
            target.unlink()
    return {"seconds": median(seconds), "processor": median(worked)}


def _children_s() -> float:
    """Seconds of the processor that ended processes have had."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def write_community(path: Path) -> None:
    """A synthetic community as a layer of square buildings within a boundary."""
    import geopandas as gpd
    import shapely
    from communities import make_community

    town = make_community(FILE_SIZE, seed=1)
    points = shapely.points(town["xy_m"] + np.array(PLACE))
    columns = {name: town[name] for name in ("households", "persons")}
    columns["id"] = [str(place) for place in range(len(points))]
    buildings = shapely.buffer(points, 4.0, cap_style="square")
    crs = "EPSG:32650"
    gpd.GeoDataFrame(columns, geometry=buildings, crs=crs).to_file(path, layer="buildings", driver="GPKG")
    around = shapely.buffer(shapely.convex_hull(shapely.multipoints(points)), 30.0)
    gpd.GeoDataFrame(geometry=[around], crs=crs).to_file(path, layer="boundary", driver="GPKG")


def tables(found: dict[str, Any]) -> dict[str, str]:
    """{name of the block: table} of docs/engine.md."""
    lines = [
        "| n | ms a draw | in kernels | lines that Python runs | of them once a building | most time in |",
        "|---|---|---|---|---|---|",
    ]
    for row in found["profile"]:
        top = ", ".join(f"`{name}` {100 * share:.0f} %" for name, share in row["top"].items())
        cells = f"{1000 * row['seconds']:.1f} | {100 * row['kernels']:.0f} % | {row['lines']}"
        loops = ", ".join(f"`{name}`" for name in row["loops"]) or "none"
        lines.append(f"| {row['n']} | {cells} | {loops} | {top} |")
    memory = found["memory"]
    head = f"| buildings | {' | '.join(str(row['n']) for row in memory)} |"
    used = f"| MB more than with 60 | {' | '.join(format(row['mb'], '.0f') for row in memory)} |"
    cold = f"{found['cold']['seconds']:.1f} s, of which {found['cold']['processor']:.1f} s of the processor"
    text = f"`wangge draw` of {FILE_SIZE} buildings, file to file, fresh process: {cold}."
    return {
        "engine profile": "\n".join(lines),
        "engine memory": "\n".join([head, "|---" * (len(memory) + 1) + "|", used, "", text]),
    }


def main() -> None:
    parser = plain_parser(__doc__)
    parser.add_argument("--sizes", default="60,200,800,3000", help="comma between them")
    parser.add_argument("--memory", default="1000,2000,4000,8000", help="sizes for memory")
    parser.add_argument("--peak", type=int, help="print this process's own peak after a draw, MB")
    options = read_arguments(parser)
    if options.peak is not None:
        print(own_peak_mb(options.peak))
        return
    base = peak_mb(0, options.bench)
    found = {
        "profile": [profile(int(size)) for size in options.sizes.split(",")],
        "memory": [
            {"n": int(size), "mb": peak_mb(int(size), options.bench) - base}
            for size in options.memory.split(",")
        ],
        "cold": cold_draw(),
    }
    options.results.mkdir(parents=True, exist_ok=True)
    (options.results / "profile.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print("\n\n".join(tables(found).values()))
    if options.results == RESULTS:
        fill(ROOT / "docs" / "engine.md", tables(found))


if __name__ == "__main__":
    main()
