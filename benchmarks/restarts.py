"""METIS restarted for a given time, in a process of its own in the rivals' environment:

python -m benchmarks.restarts SIZE BENCH_FOLDER < '{"SEED": SECONDS, ...}'

The graph is made before the clock starts. Each community is given its time twice: once for runs with ever other seeds,
once for runs that keep the best of ten cuts of their own (METIS's option `ncuts`). A run that has begun may end. Prints
a line of JSON for every community: the different plans, and how many runs there were.
"""

import json
import sys
from collections.abc import Callable
from time import perf_counter

import numpy as np

from benchmarks.engine_rivals import metis, metis_partitioner

CUTS = (1, 10)


def restarted(
    part: Callable[..., np.ndarray], grids: int, seed: int, seconds: float
) -> tuple[list[np.ndarray], int]:
    """The different plans that METIS finds within the time, and the number of its runs."""
    plans: dict[bytes, np.ndarray] = {}
    runs = 0
    for cuts in CUTS:
        used, again = 0.0, 0
        while used < seconds:
            start = perf_counter()
            labels = part(grids, seed=seed + 1000 * again, ncuts=cuts)
            used += perf_counter() - start
            plans.setdefault(labels.tobytes(), labels)
            again += 1
        runs += again
    return list(plans.values()), runs


def main(size: int, bench: str) -> None:
    sys.path.insert(0, bench)
    from communities import make_community

    metis(make_community(60, seed=0), 0)
    for seed, seconds in json.load(sys.stdin).items():
        town = make_community(size, seed=int(seed))
        plans, runs = restarted(metis_partitioner(town), town["grids"], int(seed), seconds)
        answer = {"seed": int(seed), "plans": [labels.tolist() for labels in plans], "restarts": runs}
        print(json.dumps({**answer, "seconds": seconds}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
