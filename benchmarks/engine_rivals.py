"""One method over the shared synthetic communities, in a process of its own.

python -m benchmarks.engine_rivals METHOD SIZE SEEDS BENCH_FOLDER

Prints a line of JSON for every seed as soon as it is done: labels, and the seconds of the method alone: of one run, or
where that is short the median of several. A warm-up on another community comes first, so that loading and compiled code
are not counted. Rivals are imported where they are used: each environment holds only its own.
"""

import json
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

TOLERANCE, LOOSE_TOLERANCE = 0.1, 0.2
RECOM_STEPS = 1000
HIGHS_LIMIT_S = 60.0
COMPACTNESS_ALONE = {"border": 0.0, "compactness": 1.0, "balance": 0.0, "estates": 0.0, "moved": 0.0}
SHORT_S, REPEAT_S = 0.05, 0.2
"""Runs shorter than the first are repeated, five times or for as long as the second."""

Community = dict[str, Any]
Method = Callable[[Community, int], tuple[np.ndarray | None, dict[str, Any]]]


def problem_of(town: Community, **more: Any) -> Any:
    """The engine's problem of a community."""
    from partitioning import Problem

    fields = ("households", "persons", "xy_m", "edges", "border_m", "border_cost", "estates")
    return Problem(np.arange(len(town["households"])), **{name: town[name] for name in fields}, **more)


def engine(preset: str, effort: str, certify: bool = False, **rule: Any) -> Method:
    """rule: further rules, or another tolerance."""
    from partitioning import Rules, draw_grids

    more = {"balance_tolerance": TOLERANCE, **rule}

    def draw(town: Community, seed: int) -> tuple[np.ndarray | None, dict[str, Any]]:
        rules = Rules(grids=town["grids"], preset=preset, **more)
        outcome = draw_grids(problem_of(town), rules=rules, seed=seed, effort=effort, certify=certify)
        held = outcome.status in ("optimal", "feasible")
        return outcome.plan.labels if held else None, {"status": outcome.status, "gap": outcome.gap}

    return draw


def metis_partitioner(town: Community, tolerance: float = TOLERANCE) -> Callable[..., np.ndarray]:
    """METIS on the community's graph, which is made once: grids and options (seed, ncuts) in, labels out.

    recursive: bisections in place of METIS's k-way partitioning, which alone knows contiguity.
    """
    import pymetis

    n, edges = len(town["households"]), town["edges"]
    owner, other = np.concatenate([edges, edges[:, ::-1]]).T
    order = np.lexsort((other, owner))
    weights = np.maximum(1, np.round(10 * np.tile(town["border_cost"], 2)[order])).astype(int)
    starts = np.append(0, np.cumsum(np.bincount(owner, minlength=n)))
    adjacency = pymetis.CSRAdjacency(starts, other[order])

    def part(grids: int, recursive: bool = False, **options: int) -> np.ndarray:
        return np.array(
            pymetis.part_graph(
                grids,
                adjacency=adjacency,
                vweights=town["households"],
                eweights=weights,
                options=pymetis.Options(contig=not recursive, ufactor=round(1000 * tolerance), **options),
                recursive=recursive,
            )[1]
        )

    return part


def metis(town: Community, seed: int) -> tuple[np.ndarray, dict[str, Any]]:
    return metis_partitioner(town)(town["grids"], seed=seed), {}


def highs(town: Community, _seed: int) -> tuple[np.ndarray | None, dict[str, Any]]:
    """The exact optimum about centres that are buildings; seconds are those of the solver alone."""
    from benchmarks.hess import hess_plan

    plan = hess_plan(town, TOLERANCE, HIGHS_LIMIT_S)
    return plan.labels, {"status": plan.status, "seconds": plan.seconds}


def recom(tolerance: float) -> Method:
    """Recursive tree, then short bursts of 10 ReCom steps on the border cost, 1,000 steps in all."""

    def draw(town: Community, seed: int) -> tuple[np.ndarray, dict[str, Any]]:
        import networkx as nx
        from gerrychain import Graph, Partition, constraints, tree, updaters
        from gerrychain.optimization import SingleMetricOptimizer
        from gerrychain.proposals import recom as step

        graph = nx.Graph()
        graph.add_nodes_from((i, {"households": int(h)}) for i, h in enumerate(town["households"]))
        graph.add_weighted_edges_from(
            zip(*town["edges"].T.tolist(), town["border_cost"].tolist(), strict=True), weight="cost"
        )
        costs = {tuple(sorted(edge)): cost for *edge, cost in graph.edges(data="cost")}
        target = float(town["households"].sum() / town["grids"])
        start = Partition.from_random_assignment(
            graph=Graph.from_networkx(graph),
            n_parts=town["grids"],
            epsilon=tolerance,
            pop_col="households",
            updaters={
                "households": updaters.Tally("households"),
                "cut": lambda plan: sum(costs[tuple(sorted(edge))] for edge in plan["cut_edges"]),
            },
            method=tree.recursive_tree_part,
        )
        search = SingleMetricOptimizer(
            lambda plan: step(plan, "households", target, tolerance, node_repeats=1),
            constraints.within_percent_of_ideal_population(start, tolerance, pop_key="households"),
            start,
            lambda plan: plan["cut"],
            maximize=False,
            rng=seed,
        )
        for _ in search.short_bursts(10, RECOM_STEPS // 10):
            pass
        best = search.best_part
        return np.array([best.assignment[i] for i in range(len(town["households"]))]), {}

    return draw


def azp(town: Community, seed: int) -> tuple[np.ndarray, dict[str, Any]]:
    """AZP on the places of the buildings; it knows no bands."""
    import geopandas
    from libpysal.weights import W
    from spopt.region import AZP

    neighbours: dict[int, list[int]] = {i: [] for i in range(len(town["households"]))}
    for one, other in town["edges"].tolist():
        neighbours[one].append(other)
        neighbours[other].append(one)
    frame = geopandas.GeoDataFrame({"x": town["xy_m"][:, 0], "y": town["xy_m"][:, 1]})
    model = AZP(frame, W(neighbours, silence_warnings=True), ["x", "y"], town["grids"], random_state=seed)
    model.solve()
    return np.array(model.labels_), {}


def kmeans(town: Community, seed: int) -> tuple[np.ndarray, dict[str, Any]]:
    from sklearn.cluster import KMeans

    model = KMeans(town["grids"], random_state=seed, n_init=10)
    return model.fit_predict(town["xy_m"], sample_weight=town["households"]), {}


def constrained_kmeans(town: Community, seed: int) -> tuple[np.ndarray, dict[str, Any]]:
    """Its bands count buildings, not households: 10 % about the mean number of buildings."""
    from k_means_constrained import KMeansConstrained

    mean = len(town["households"]) / town["grids"]
    least, most = int(mean * (1 - TOLERANCE)), int(np.ceil(mean * (1 + TOLERANCE)))
    return KMeansConstrained(town["grids"], size_min=least, size_max=most, random_state=seed).fit_predict(
        town["xy_m"]
    ), {}


METHODS: dict[str, Callable[[], Method]] = {
    "METIS": lambda: metis,
    **{
        f"wangge {preset} {effort}": lambda preset=preset, effort=effort: engine(preset, effort)
        for preset in ("balanced", "border", "compact")
        for effort in ("normal", "thorough")
    },
    "wangge balanced certified": lambda: engine("balanced", "normal", certify=True),
    "wangge compact certified": lambda: engine("compact", "normal", certify=True),
    "wangge compactness alone certified": lambda: engine(
        "compact", "normal", True, weights=COMPACTNESS_ALONE
    ),
    "wangge about buildings thorough": lambda: engine(
        "compact", "thorough", weights=COMPACTNESS_ALONE, centres="buildings"
    ),
    "HiGHS Hess": lambda: highs,
    "ReCom 1000": lambda: recom(TOLERANCE),
    "ReCom 1000 at 20 %": lambda: recom(LOOSE_TOLERANCE),
    "AZP": lambda: azp,
    "KMeans": lambda: kmeans,
    "KMeans constrained": lambda: constrained_kmeans,
}


ONLY_AT = {"HiGHS Hess": (60,), "wangge about buildings thorough": (60,)}
"""Sizes that a method is meant for; the others are for all."""


def timed(method: Method, town: Community, seed: int) -> dict[str, Any]:
    """What a method answers, and its seconds: of one run, or where that is short the median of several."""
    seconds: list[float] = []
    while not seconds or (seconds[0] < SHORT_S and len(seconds) < 5 and sum(seconds) < REPEAT_S):
        start = perf_counter()
        labels, more = method(town, seed)
        seconds.append(perf_counter() - start)
    plan = None if labels is None else labels.tolist()
    return {"seed": seed, "labels": plan, "seconds": median(seconds), **more}


def main(name: str, size: int, seeds: int, bench: str) -> None:
    sys.path.insert(0, bench)
    from communities import make_community

    method = METHODS[name]()
    method(make_community(60, seed=0), 0)
    for seed in range(1, seeds + 1):
        print(json.dumps(timed(method, make_community(size, seed=seed), seed)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
