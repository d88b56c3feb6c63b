"""Tables of a benchmark run: figures beside METIS, and the targets with what was reached."""

from collections.abc import Iterator
from statistics import median
from typing import Any

RIVAL = "METIS"
# Most allowed ratio to METIS: method, figure, limit for each size.
RATIOS: tuple[tuple[str, str, dict[int, float]], ...] = (
    ("wangge balanced normal", "cut", dict.fromkeys((60, 200, 800, 3000), 1.0)),
    ("wangge balanced normal", "inertia", dict.fromkeys((60, 200, 800, 3000), 0.93)),
    ("wangge balanced normal", "seconds", dict.fromkeys((60, 200, 800, 3000), 5.0)),
    ("wangge border normal", "cut", {60: 0.87, 200: 0.95, 800: 0.88, 3000: 0.90}),
    ("wangge compact normal", "inertia", {60: 0.82, 200: 0.85, 800: 0.80, 3000: 0.85}),
)

Result = dict[str, Any]


def figure(run: dict, key: str) -> float:
    return run["seconds"] if key == "seconds" else run["figures"][key]


def ratio(result: Result, rival: Result, key: str) -> float | None:
    """Median over the seeds that both drew of the figure divided by the rival's."""
    theirs = {run["seed"]: run for run in rival["runs"] if run["figures"]}
    pairs = [(run, theirs[run["seed"]]) for run in result["runs"] if run["figures"] and run["seed"] in theirs]
    values = [figure(ours, key) / figure(their, key) for ours, their in pairs if figure(their, key)]
    return median(values) if values else None


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
            rival = rivals.get(result["n"])
            both = [ratio(result, rival, key) if rival else None for key in ("cut", "inertia")]
            cells += ["–" if value is None else f"{value:.3f}" for value in both]
            gaps = [run["gap"] for run in drawn if run.get("gap") is not None]
            cells.append(f"{100 * median(gaps):.1f} %" if gaps else "–")
        lines.append("| " + " | ".join([*cells, result["stop"].replace("|", "/") or "–"]) + " |")
    return "\n".join(lines)


FIGURES = (("cut", 0), ("inertia", 0), ("splits", 1), ("seconds", 4))


def counts(drawn: list[dict]) -> list[str]:
    figures = [run["figures"] for run in drawn]
    contiguous = sum(row["fragments"] == 0 for row in figures)
    near = sum(row["deviation"] <= 0.1 + 1e-9 for row in figures)
    return [str(contiguous), str(sum(row["feasible"] for row in figures)), str(near)]


def check_table(results: list[Result]) -> str:
    lines = ["| n | target | measured | at most | reached |", "|---|---|---|---|---|"]
    lines += [
        f"| {n} | {name}: {key} / {rival} | {value:.3f} | {most:g} | {'yes' if value <= most + 1e-9 else 'no'} |"
        for n, name, key, rival, value, most in checks(results)
    ]
    return "\n".join(lines)


def checks(results: list[Result]) -> Iterator[tuple[int, str, str, str, float, float]]:
    """Size, method, figure, rival, measured ratio and the most that is allowed; what was not run is left out."""
    at = {(result["n"], result["method"]): result for result in results}
    wanted = [(name, key, RIVAL, n, most) for name, key, limits in RATIOS for n, most in limits.items()]
    for n in (60, 200, 800, 3000):
        wanted.append(("wangge balanced normal", "cut", "ReCom 1000", n, 1.0 if n == 60 else 0.7))
        wanted.append(("wangge balanced normal", "seconds", "ReCom 1000", n, 1 / 20))
        wanted.append(("wangge compact normal", "inertia", "AZP", n, 1.0))
        wanted.append(("wangge compact normal", "seconds", "AZP", n, 1 / 50))
    for name, key, rival, n, most in wanted:
        if (n, name) in at and (n, rival) in at:
            value = ratio(at[n, name], at[n, rival], key)
            if value is not None:
                yield n, name, key, rival, value, most
