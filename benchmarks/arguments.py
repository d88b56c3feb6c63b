"""Arguments that benchmarks on the shared synthetic communities have in common."""

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
"""Results in this folder are those that the documentation shows."""


def plain_parser(description: str | None) -> argparse.ArgumentParser:
    """A parser with the folders of communities and results."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    bench = Path(os.environ.get("WANGGE_BENCH", ROOT.parent / "shared" / "bench"))
    parser.add_argument("--bench", type=Path, default=bench)
    parser.add_argument("--results", type=Path, default=RESULTS)
    return parser


def seeded_parser(description: str | None, seeds: int) -> argparse.ArgumentParser:
    """The same with sizes and seeds. seeds: how many unless told."""
    parser = plain_parser(description)
    parser.add_argument("--sizes", default="60,200,800", help="comma between them")
    parser.add_argument("--seeds", type=int, default=seeds, help="how many")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    return parser


def add_rivals(parser: argparse.ArgumentParser, limit: float) -> None:
    """The rivals' environment, and how long a process of theirs or ours may take unless told, seconds."""
    python = ROOT / ".venv-bench" / "bin" / "python"
    parser.add_argument("--rivals-python", type=Path, default=python, help="made by scripts/setup_bench.sh")
    parser.add_argument("--limit", type=float, default=limit, help="seconds for each process")


def read_arguments(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """The arguments as given; the modules `communities` and `judge` of their folder can be imported from here on."""
    options = parser.parse_args()
    if not (options.bench / "judge.py").is_file():
        parser.error(f"no communities.py and judge.py in {options.bench}; name their folder with --bench")
    options.bench = options.bench.resolve()
    sys.path.insert(0, str(options.bench))
    return options
