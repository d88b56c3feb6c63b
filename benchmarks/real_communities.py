"""Draw every community of the given files and print the table of docs/real-communities.md.

python -m benchmarks.real_communities FILE.gpkg ... [--by community_id] [--json FILE.json]
"""

import argparse
import json
import statistics
import time
from collections import Counter
from pathlib import Path

from gis_core.exchange.options import ImportOptions
from gis_core.exchange.plan_file import Answer, draw_towns, towns_of
from gis_core.exchange.read import read_source
from partitioning import Rules


def draw_all(file: Path, by: str) -> tuple[list[Answer], float]:
    """Answers for the communities of a file, and the seconds with reading and checking."""
    begin = time.perf_counter()
    options = ImportOptions(by=by)
    towns = towns_of(read_source(file, options), options)
    return list(draw_towns(towns, Rules(), seed=0, time_limit_s=None)), time.perf_counter() - begin


def summary(file: Path, answers: list[Answer], seconds: float) -> dict[str, object]:
    refused = [answer.drawing for answer in answers if answer.drawing.outcome.status == "infeasible"]
    kinds = Counter(drawing.outcome.reasons[0].kind for drawing in refused)
    return {
        "file": file.name,
        "communities": len(answers),
        "drawn": sum(answer.drawing.drawn for answer in answers),
        "infeasible": dict(kinds),
        "unknown": [
            answer.drawing.town.code for answer in answers if answer.drawing.outcome.status == "unknown"
        ],
        "seconds": round(seconds, 1),
        "median_s": round(statistics.median(answer.seconds for answer in answers), 2),
        "reasons": {
            drawing.town.code: [reason.text("en") for reason in drawing.outcome.reasons]
            for drawing in refused
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--by", default="community_id")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    results = [summary(file, *draw_all(file, arguments.by)) for file in arguments.files]
    print(
        "| file | communities | drawn | proven infeasible | unknown | seconds in all | median a community |"
    )
    print("|---|---|---|---|---|---|---|")
    for row in results:
        kinds = row["infeasible"]
        assert isinstance(kinds, dict)
        why = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) or "–"
        print(
            f"| {row['file']} | {row['communities']} | {row['drawn']} | {why} | {row['unknown'] or '–'}"
            f" | {row['seconds']} | {row['median_s']} |"
        )
    print("\n| community | proven infeasible because |\n|---|---|")
    for row in results:
        reasons = row["reasons"]
        assert isinstance(reasons, dict)
        for code, texts in reasons.items():
            more = f" ({len(texts) - 1} reasons more)" if len(texts) > 1 else ""
            print(f"| {code} | {texts[0]}{more} |")
    if arguments.json:
        arguments.json.parent.mkdir(parents=True, exist_ok=True)
        arguments.json.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
