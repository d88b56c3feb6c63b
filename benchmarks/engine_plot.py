"""A picture of a benchmark run: border cost and inertia beside METIS for each size, and time.

It is drawn in the rivals' environment:

python -m benchmarks.engine_plot RESULTS.json PICTURE.svg
"""

import json
import sys
from pathlib import Path
from statistics import median
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

RIVAL = "METIS"
# Colour and mark of each method that is shown; marks of one colour are presets of one effort.
STYLES = {
    "wangge balanced normal": ("tab:blue", "o"),
    "wangge border normal": ("tab:blue", "<"),
    "wangge compact normal": ("tab:blue", "v"),
    "wangge balanced thorough": ("tab:cyan", "o"),
    "wangge border thorough": ("tab:cyan", "<"),
    "wangge compact thorough": ("tab:cyan", "v"),
    RIVAL: ("black", "X"),
    "ReCom 1000": ("tab:red", "s"),
    "AZP": ("tab:orange", "D"),
    "KMeans": ("tab:green", "P"),
    "KMeans constrained": ("tab:olive", "P"),
    "HiGHS Hess": ("tab:purple", "*"),
}
LIMITS = (0.5, 2.5)

Rows = dict[str, dict[str, Any]]


def beside(row: dict[str, Any], rival: dict[str, Any], key: str) -> float | None:
    """Median of the ratios to METIS over the communities that both drew."""
    theirs = {run["seed"]: run["figures"][key] for run in rival["runs"] if run["figures"]}
    ratios = [
        run["figures"][key] / theirs[run["seed"]]
        for run in row["runs"]
        if run["figures"] and theirs.get(run["seed"])
    ]
    return median(ratios) if ratios else None


def holds(row: dict[str, Any]) -> bool:
    """Whether most of a method's plans keep both bands."""
    return 2 * sum(bool(run["figures"] and run["figures"]["feasible"]) for run in row["runs"]) > row["seeds"]


def draw_figures(axes: Axes, size: int, rows: Rows) -> None:
    """Border cost against inertia, both next to METIS's; hollow where few plans keep the bands."""
    for name, (colour, mark) in STYLES.items():
        if name not in rows or RIVAL not in rows:
            continue
        x, y = (beside(rows[name], rows[RIVAL], key) for key in ("cut", "inertia"))
        if x is None or y is None:
            continue
        face = colour if holds(rows[name]) else "none"
        clipped = min(x, LIMITS[1] * 0.97)
        axes.plot(clipped, y, mark, color=colour, markerfacecolor=face, markersize=8, alpha=0.9)
    axes.axhline(1, color="0.75", linewidth=0.8, zorder=0)
    axes.axvline(1, color="0.75", linewidth=0.8, zorder=0)
    axes.set(title=f"n = {size}", xlim=LIMITS, ylim=(0.7, 1.05), xlabel="border cost / METIS")


def draw_time(axes: Axes, sizes: list[int], at: dict[int, Rows]) -> None:
    for name, (colour, mark) in STYLES.items():
        known = [
            (n, median(run["seconds"] for run in at[n][name]["runs"]))
            for n in sizes
            if name in at[n] and at[n][name]["runs"]
        ]
        if known:
            axes.plot(
                *zip(*known, strict=True), mark, color=colour, linestyle="-", linewidth=0.8, markersize=6
            )
    axes.set(xscale="log", yscale="log", xlabel="buildings", ylabel="seconds", title="time of a draw")
    axes.set_xticks(sizes, [str(n) for n in sizes])
    axes.minorticks_off()
    axes.grid(color="0.9")


def main(source: Path, target: Path) -> None:
    results = json.loads(source.read_text(encoding="utf-8"))["results"]
    sizes = sorted({row["n"] for row in results})
    at = {n: {row["method"]: row for row in results if row["n"] == n} for n in sizes}
    mpl.rcParams.update({"font.size": 9, "svg.fonttype": "none", "svg.hashsalt": "wangge"})
    figure, axes = plt.subplots(1, len(sizes) + 1, figsize=(3 * len(sizes) + 3.2, 4.2), layout="constrained")
    for place, size in enumerate(sizes):
        draw_figures(axes[place], size, at[size])
    axes[0].set_ylabel("inertia / METIS")
    draw_time(axes[-1], sizes, at)
    shown = {name: style for name, style in STYLES.items() if any(name in at[n] for n in sizes)}
    handles = [
        Line2D([], [], color=colour, marker=mark, linestyle="", label=name)
        for name, (colour, mark) in shown.items()
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=6, frameon=False)
    figure.suptitle(
        "left and down is better; hollow: half or more of the plans break a band", fontsize=9, color="0.4"
    )
    figure.savefig(target, metadata={"Date": None} if target.suffix == ".svg" else None)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
