"""Arguments that benchmarks on the shared synthetic communities have in common."""

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def seeded_parser(description: str | None, seeds: int) -> argparse.ArgumentParser:
    """A parser with sizes, seeds and the folders of communities and results. seeds: how many unless told."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="60,200,800", help="comma between them")
    parser.add_argument("--seeds", type=int, default=seeds, help="how many")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    bench = Path(os.environ.get("WANGGE_BENCH", ROOT.parent / "shared" / "bench"))
    parser.add_argument("--bench", type=Path, default=bench)
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks" / "results")
    return parser


def read_arguments(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """The arguments as given; the modules `communities` and `judge` of their folder can be imported from here on."""
    options = parser.parse_args()
    if not (options.bench / "judge.py").is_file():
        parser.error(f"no communities.py and judge.py in {options.bench}; name their folder with --bench")
    sys.path.insert(0, str(options.bench.resolve()))
    return options
