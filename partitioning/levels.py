"""From a problem to the level that the search starts from: its buildings, those locked together as one."""

import numpy as np

from partitioning.graph import Floats, Ints, build_graph, components, merge_edges
from partitioning.level import Level
from partitioning.problem import Problem


def lock_parts(problem: Problem, members: Ints) -> Ints:
    """Node of each member (places in the problem) when buildings locked together are one node.

    A lock whose buildings do not touch is joined through the buildings on a path of few households between
    them, which keeps every grid contiguous but rules some plans out. Locks must lie within one component.
    """
    n = len(members)
    if problem.locked is None:
        return np.arange(n)
    from scipy.sparse import csr_array  # slow to import, and only locks need it
    from scipy.sparse.csgraph import dijkstra

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
    xy = problem.xy_m[members]
    xy = xy - ((h[:, None] * xy).sum(axis=0) / total if total else xy.mean(axis=0))
    estate = (
        np.full(len(members), -1, dtype=np.int64) if problem.estates is None else problem.estates[members]
    )
    known = np.flatnonzero(estate >= 0)
    names, number = np.unique(estate[known], return_inverse=True)
    estates = max(len(names), 1)
    pair = np.unique(part[known] * estates + number)
    pointer = np.zeros(nodes + 1, dtype=np.int64)
    np.cumsum(np.bincount(pair // estates, minlength=nodes), out=pointer[1:])
    size = np.bincount(part, minlength=nodes)
    return Level(
        graph=build_graph(nodes, edges, cost),
        households=_sum(part, h, nodes).astype(np.int64),
        persons=_sum(part, persons, nodes).astype(np.int64),
        moment=np.column_stack([_sum(part, h * xy[:, axis], nodes) for axis in (0, 1)]),
        position=np.column_stack([_sum(part, xy[:, axis], nodes) for axis in (0, 1)]) / size[:, None],
        estate_ptr=pointer,
        estate=pair % estates,
        estates=len(names),
        stay=np.ascontiguousarray(
            np.column_stack([_sum(part, column, nodes) for column in (stay * h[:, None]).T])
            if stay.shape[1]
            else np.empty((nodes, 0))
        ),
    )


def _sum(part: Ints, values: Ints | Floats, nodes: int) -> Floats:
    return np.bincount(part, weights=values, minlength=nodes).astype(np.float64)
