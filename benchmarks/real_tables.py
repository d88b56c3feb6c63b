"""Tables of the real communities, and the page that holds them."""

import json
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.arguments import RESULTS, ROOT
from benchmarks.pages import fill

PAGE = ROOT / "docs" / "real-communities.md"

Record = dict[str, Any]


def tables(found: dict[str, Any]) -> dict[str, str]:
    """{name of the block: table} of the page."""
    rows = found["communities"]
    return {
        "real files": files_table(rows, found["seconds"], found["notes"]),
        "real communities": communities_table(rows),
        "real reasons": reasons_table(rows),
    }


def keep(found: dict[str, Any], results: Path) -> None:
    """Write real_communities.json, and where the folder is the project's own the tables of its page."""
    results.mkdir(parents=True, exist_ok=True)
    text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
    (results / "real_communities.json").write_text(text, encoding="utf-8")
    if results == RESULTS:
        fill(PAGE, tables(found))


def files_table(rows: list[Record], seconds: dict[str, float], notes: list[str]) -> str:
    """One line a file: answers, what METIS draws, and medians of ratios where both have a plan."""
    lines = [
        "| file | communities | drawn | METIS draws | proven infeasible | unknown | drawn with split buildings |"
        " border cost / METIS | inertia / METIS | objective / METIS | seconds in all |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for file, in_all in seconds.items():
        mine = [row for row in rows if row["file"] == file]
        kinds = Counter(row["kinds"][0] for row in mine if row["status"] == "infeasible")
        cells = [
            file,
            len(mine),
            sum(bool(row["figures"]) for row in mine),
            sum(bool(row["METIS"]) for row in mine),
            ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) or "–",
            ", ".join(row["code"] for row in mine if row["status"] == "unknown") or "–",
            sum(row["split"] in ("optimal", "feasible") for row in mine),
        ]
        for key in ("cut", "inertia", "objective"):
            ratios = [value for row in mine if (value := beside(row, key)) is not None]
            cells.append(f"{median(ratios):.2f}" if ratios else "–")
        lines.append(f"| {' | '.join(map(str, [*cells, in_all]))} |")
    return "\n".join([*lines, *(f"\n{note}." for note in notes)])


def beside(row: Record, key: str) -> float | None:
    """A figure of our plan divided by METIS's; None where one has none, or METIS's figure is 0."""
    if not row["figures"] or not row["METIS"].get(key):
        return None
    return float(row["figures"][key] / row["METIS"][key])


def communities_table(rows: list[Record]) -> str:
    lines = [
        "| community | buildings | households | status | gap | grids | border cost, m | inertia, m² | METIS: tolerance,"
        " grids | border cost / METIS | inertia / METIS | objective / METIS | buildings split | s |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        ours, rival = row["figures"], row["METIS"]
        cells = [row["code"], row["buildings"], row["households"], row["status"]]
        cells.append("–" if row["gap"] is None else f"{100 * row['gap']:.0f} %")
        cells += [ours["grids"], f"{ours['cut']:.0f}", f"{ours['inertia']:.0f}"] if ours else ["–"] * 3
        cells.append(f"{100 * rival['tolerance']:.0f} %, {rival['grids']}" if rival else "none")
        ratios = (beside(row, key) for key in ("cut", "inertia", "objective"))
        cells += ["–" if value is None else f"{value:.2f}" for value in ratios]
        cells += [split_of(row), f"{row['seconds']:.2f}"]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def split_of(row: Record) -> str:
    """How many buildings a plan splits where one without has been refused."""
    if row["split"] not in ("optimal", "feasible"):
        return row["split"]
    return str(row.get("buildings split", "–"))


def reasons_table(rows: list[Record]) -> str:
    lines = ["| community | proven infeasible because |", "|---|---|"]
    for row in rows:
        if row["status"] == "infeasible":
            first, *others = row["reasons"]
            more = f" ({len(others)} reasons more)" if others else ""
            lines.append(f"| {row['code']} | {first}{more} |")
    return "\n".join(lines)
