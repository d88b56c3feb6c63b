"""From a problem to the levels that the search works on: locks contracted, then pairs merged step by step."""

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from partitioning.graph import Floats, Graph, Ints, build_graph, components, merge_edges
from partitioning.kernels import Level, match
from partitioning.problem import Problem


def lock_parts(problem: Problem, members: Ints) -> Ints:
    """Node of each member (places in the problem) when buildings locked together are one node.

    A lock whose buildings do not touch is joined through the buildings on a path of few households between
    them, which keeps every grid contiguous but rules some plans out. Locks must lie within one component.
    """
    n = len(members)
    if problem.locked is None:
        return np.arange(n)
    place = np.full(len(problem), -1, dtype=np.int64)
    place[members] = np.arange(n)
    edges = place[problem.edges]
    edges = edges[(edges >= 0).all(axis=1)]
    locked = problem.locked[members]
    step = 1.0 + problem.households[members].astype(np.float64)
    weight = (step[edges[:, 0]] + step[edges[:, 1]]) / 2
    roads = csr_array((weight, (edges[:, 0], edges[:, 1])), shape=(n, n))
    joined: list[tuple[int, int]] = []
    for lock in np.unique(locked[locked >= 0]):
        group = np.flatnonzero(locked == lock)
        _, before = dijkstra(roads, directed=False, indices=group[0], return_predecessors=True)
        inner = edges[np.isin(edges, group).all(axis=1)]
        _, piece = components(n, inner)
        reached = {int(piece[group[0]])}
        joined += [(int(a), int(b)) for a, b in inner]
        for building in group:
            if int(piece[building]) in reached:
                continue
            reached.add(int(piece[building]))
            at = int(building)
            while before[at] >= 0:
                joined.append((at, int(before[at])))
                at = int(before[at])
    links = np.array(joined, dtype=np.int64).reshape(-1, 2)
    return components(n, links)[1]


def base_level(problem: Problem, members: Ints, part: Ints, stay: Floats) -> Level:
    """Level of the members (places in the problem) with part: (len(members),) the node of each.

    stay: (len(members), K) 1.0 where the building is in this grid in the plan in force; K may be 0.
    """
    nodes = int(part.max()) + 1
    place = np.full(len(problem), -1, dtype=np.int64)
    place[members] = part
    inside = (place[problem.edges] >= 0).all(axis=1)
    edges, cost = merge_edges(place, problem.edges[inside], problem.border_cost[inside])
    h = problem.households[members]
    persons = np.zeros_like(h) if problem.persons is None else problem.persons[members]
    total = h.sum()
    centre = h @ problem.xy_m[members] / total if total else problem.xy_m[members].mean(axis=0)
    xy = problem.xy_m[members] - centre
    estate = (
        np.full(len(members), -1, dtype=np.int64) if problem.estates is None else problem.estates[members]
    )
    known = np.flatnonzero(estate >= 0)
    names, number = np.unique(estate[known], return_inverse=True)
    return _level(
        build_graph(nodes, edges, cost),
        part,
        (h, persons, h[:, None] * xy, xy, stay * h[:, None]),
        (part[known], number, len(names)),
    )


def _level(
    graph: Graph,
    part: Ints,
    columns: tuple[Ints, Ints, Floats, Floats, Floats],
    touched: tuple[Ints, Ints, int],
) -> Level:
    """Sum the finer nodes' columns over parts; touched: (node, estate) pairs and the number of estates."""
    nodes = len(graph.indptr) - 1
    h, persons, moment, position, stay = columns
    size = np.bincount(part, minlength=nodes)
    node, estate, estates = touched
    pair = np.unique(node * max(estates, 1) + estate)
    pointer = np.zeros(nodes + 1, dtype=np.int64)
    np.cumsum(np.bincount(pair // max(estates, 1), minlength=nodes), out=pointer[1:])
    return Level(
        graph=graph,
        households=_sum(part, h, nodes).astype(np.int64),
        persons=_sum(part, persons, nodes).astype(np.int64),
        moment=np.column_stack([_sum(part, moment[:, axis], nodes) for axis in (0, 1)]),
        position=np.column_stack([_sum(part, position[:, axis], nodes) for axis in (0, 1)]) / size[:, None],
        estate_ptr=pointer,
        estate=pair % max(estates, 1),
        estates=estates,
        stay=np.ascontiguousarray(
            np.column_stack([_sum(part, column, nodes) for column in stay.T])
            if stay.shape[1]
            else np.empty((nodes, 0))
        ),
    )


def _sum(part: Ints, values: Ints | Floats, nodes: int) -> Floats:
    return np.bincount(part, weights=values, minlength=nodes).astype(np.float64)


def coarsen(level: Level, most: float, rng: np.random.Generator) -> tuple[Level, Ints]:
    """A level of about half the nodes, and (n,) the coarse node of each; none gets more than `most`
    households.
    """
    graph = level.graph
    n = len(level.households)
    single = np.diff(level.estate_ptr) == 1
    group = np.full(n, -1, dtype=np.int64)
    group[single] = level.estate[level.estate_ptr[:-1][single]]
    part = match(graph, level.households, group, most, rng.permutation(n))
    once = graph.owner < graph.neighbour
    nodes = int(part.max()) + 1
    edges, cost = merge_edges(
        part, np.column_stack([graph.owner[once], graph.neighbour[once]]), graph.cost[once]
    )
    node = np.repeat(np.arange(n), np.diff(level.estate_ptr))
    coarse = _level(
        build_graph(nodes, edges, cost),
        part,
        (level.households, level.persons, level.moment, level.position, level.stay),
        (part[node], level.estate, level.estates),
    )
    return coarse, part
