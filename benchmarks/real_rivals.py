"""METIS on communities given as files: every number of grids and tolerance, ten seeds each.

It is run by k-way partitioning, which drops parts of small graphs, and by bisections, which are not always contiguous.
In the rivals' environment:

python -m benchmarks.real_rivals FOLDER

Each NAME.npz holds households (n,), edges (m, 2), border_cost (m,), the numbers of grids to try (k,) and the tolerances
(t,). Beside it appears NAME.plans.npz: plans (p, n), the different ones; runs, failed ones, and
seconds in all.
"""

import sys
from itertools import product
from pathlib import Path
from time import perf_counter

import numpy as np

from benchmarks.engine_rivals import metis_partitioner

SEEDS = 10


def tried(town: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """All different plans of METIS for one community, and for each the tolerance that first gave it."""
    plans: dict[bytes, tuple[np.ndarray, float]] = {}
    begin, runs, failed = perf_counter(), 0, 0
    for tolerance in town["tolerances"].tolist():
        part = metis_partitioner(town, tolerance)
        for grids, recursive, seed in product(town["grids"].tolist(), (False, True), range(1, SEEDS + 1)):
            runs += 1
            try:
                labels = part(grids, recursive, seed=seed)
            except RuntimeError:  # METIS gives up, as k-way partitioning does where the graph is in pieces
                failed += 1
                continue
            plans.setdefault(labels.tobytes(), (labels, tolerance))
    empty = np.empty((0, len(town["households"])), dtype=np.int64)
    return {
        "plans": np.array([labels for labels, _ in plans.values()]) if plans else empty,
        "tolerance": np.array([tolerance for _, tolerance in plans.values()]),
        "runs": np.array(runs),
        "failed": np.array(failed),
        "seconds": np.array(perf_counter() - begin),
    }


def main(folder: Path) -> None:
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as town:
            answer = tried(dict(town))
        np.savez(path.with_suffix(".plans.npz"), **answer)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
