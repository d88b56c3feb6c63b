"""Tables of a benchmark run: figures beside METIS, redraws, and the targets with what was reached."""

from statistics import median
from typing import Any

from benchmarks import bench_redraw, real_tables
from benchmarks.engine_checks import HESS, HIGHS, RESTARTS, RIVAL, TIME, Check, checks, figure, middle, ratio

FIGURES = (("cut", 0), ("inertia", 0), ("splits", 1), ("seconds", 4))

Document = dict[str, Any]
Result = dict[str, Any]


def page(document: Document, every: bool) -> str:
    """Everything that a run found, the targets last. every: targets without a measurement as well."""
    found = [check for check in checks(document) if every or check.value is not None]
    parts = {
        "Methods": table(document["results"]),
        "Redraws after a change": redraw_table(document["redraw"]),
        "Real communities": "\n\n".join(real_tables.tables(document["real"]).values()),
        "Targets": check_table(found),
    }
    return "\n".join(f"## {heading}\n\n{text}\n" for heading, text in parts.items())


def blocks(document: Document) -> dict[str, str]:
    """{name of the block: table} of docs/engine.md."""
    return {
        "engine beside": beside_table(document["results"]),
        "engine restarts": restarts_table(document["results"]),
        "engine proof": proof_table(document["results"]),
        "engine redraw": redraw_table(document["redraw"]),
        "engine missed": missed_table(checks(document)),
    }


def table(results: list[Result]) -> str:
    lines = [
        "| n | method | plans | contiguous | feasible | deviation ≤ 10 % | cut | inertia | splits | s |"
        " cut/METIS | inertia/METIS | gap | note |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    rivals = {result["n"]: result for result in results if result["method"] == RIVAL}
    for result in results:
        drawn = [run for run in result["runs"] if run["figures"]]
        cells = [str(result["n"]), result["method"], f"{len(drawn)}/{result['seeds']}"]
        cells += [] if drawn else ["–"] * 10
        if drawn:
            cells += counts(drawn)
            cells += [f"{median(figure(run, key) for run in drawn):.{digits}f}" for key, digits in FIGURES]
            both = [ratio(result, rivals.get(result["n"]), key) for key in ("cut", "inertia")]
            cells += ["–" if value is None else f"{value:.3f}" for value in both]
            gap = middle(result, lambda run: run.get("gap"))
            cells.append("–" if gap is None else f"{100 * gap:.1f} %")
        lines.append("| " + " | ".join([*cells, result["stop"].replace("|", "/") or "–"]) + " |")
    return "\n".join(lines)


def counts(drawn: list[dict]) -> list[str]:
    figures = [run["figures"] for run in drawn]
    contiguous = sum(row["fragments"] == 0 for row in figures)
    near = sum(row["deviation"] <= 0.1 + 1e-9 for row in figures)
    return [str(contiguous), str(sum(row["feasible"] for row in figures)), str(near)]


def check_table(found: list[Check]) -> str:
    lines = ["| n | target | measured | limit | reached |", "|---|---|---|---|---|"]
    for check in found:
        answer = "not measured" if check.value is None else "yes" if check.reached else "no"
        value = "–" if check.value is None else f"{check.value:.4g}"
        lines.append(f"| {check.n} | {check.target} | {value} | {check.sign} {check.limit:.4g} | {answer} |")
    reached = sum(check.reached for check in found)
    measured = sum(check.value is not None for check in found)
    return "\n".join([*lines, "", f"{reached} of {measured} measured targets are reached."])


def missed_table(found: list[Check]) -> str:
    """The targets that were measured and are not reached."""
    missed = [check for check in found if check.value is not None and not check.reached]
    if not missed:
        return "All measured targets are reached."
    lines = [
        f"| {check.n} | {check.target} | {check.value:.4g} | {check.sign} {check.limit:.4g} |"
        for check in missed
    ]
    return "\n".join(["| n | target | measured | limit |", "|---|---|---|---|", *lines])


def redraw_table(redraw: dict[str, Any]) -> str:
    lines = [line for row in redraw["rows"] for line in bench_redraw.summary(*row.values())]
    return "\n".join([*bench_redraw.HEAD, *lines, *([f"\n{redraw['note']}."] if redraw["note"] else [])])


def beside_table(results: list[Result]) -> str:
    """One line a method: medians of ratios to METIS for each size, and plans that keep both bands."""
    rows, sizes = _by_size(results)
    at = " / ".join(map(str, sizes))
    lines = [f"| n = {at} | border cost | inertia | time | within both bands |", "|---|---|---|---|---|"]
    for name in dict.fromkeys(name for _, name in rows if not name.startswith(RIVAL)):
        mine = [rows.get((n, name)) for n in sizes]
        rivals = [rows.get((n, RIVAL)) for n in sizes]
        cells = [
            " / ".join(_beside(row, rival, key) for row, rival in zip(mine, rivals, strict=True))
            for key in ("cut", "inertia", "seconds")
        ]
        lines.append(f"| {name} | {' | '.join(cells)} | {' / '.join(map(_kept, mine))} |")
    return "\n".join(lines)


def restarts_table(results: list[Result]) -> str:
    """Our figure divided by that of METIS's best restart in the same time, for each size."""
    rows, sizes = _by_size(results)
    lines = [f"| method | figure | n = {' / '.join(map(str, sizes))} | restarts |", "|---|---|---|---|"]
    for again in RESTARTS:
        theirs = [rows.get((n, again.name)) for n in sizes]
        ours = [rows.get((n, again.method)) for n in sizes]
        values = [_beside(*pair, again.figure) for pair in zip(ours, theirs, strict=True)]
        runs = [middle(row, lambda run: run["restarts"]) for row in theirs]
        counts = " / ".join("–" if count is None else f"{count:g}" for count in runs)
        figure = again.figure + (", METIS within 10 %" if again.held else "")
        lines.append(f"| {again.method} | {figure} | {' / '.join(values)} | {counts} |")
    return "\n".join(lines)


def proof_table(results: list[Result]) -> str:
    """Medians of the proven gap and its time, and the engine beside HiGHS."""
    rows, sizes = _by_size(results)
    lines = [f"| n = {' / '.join(map(str, sizes))} | gap, % | seconds |", "|---|---|---|"]
    for name in dict.fromkeys(name for _, name in rows if name.endswith("certified")):
        mine = [rows.get((n, name)) for n in sizes]
        cells = []
        for key, scale in (("gap", 100), ("seconds", 1)):
            values = [middle(row, lambda run, key=key: run.get(key)) for row in mine]
            cells.append(" / ".join("–" if value is None else f"{scale * value:.2g}" for value in values))
        lines.append(f"| {name} | {' | '.join(cells)} |")
    beside = [
        ratio(rows.get((60, HESS)), rows.get((60, HIGHS)), key) for key in ("hess", "inertia", "seconds")
    ]
    if None in beside:
        return "\n".join(lines)
    objective, inertia, seconds = beside
    head = "| n = 60 beside HiGHS | objective of Hess | inertia | time |\n|---|---|---|---|"
    return "\n".join([*lines, "", head, f"| {HESS} | {objective:.4f} | {inertia:.4f} | {seconds:.3f} |"])


def _by_size(results: list[Result]) -> tuple[dict[tuple[int, str], Result], list[int]]:
    rows = {(result["n"], result["method"]): result for result in results}
    return rows, sorted({n for n, _ in rows})


def _beside(row: Result | None, rival: Result | None, key: str) -> str:
    turns = middle(row, lambda run: run.get(TIME)) if key == "seconds" else None
    value = ratio(row, rival, key) if turns is None else turns
    return "–" if value is None else f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _kept(row: Result | None) -> str:
    if row is None:
        return "–"
    kept = sum(bool(run["figures"] and run["figures"]["feasible"]) for run in row["runs"])
    return f"{kept} of {row['seeds']}"
