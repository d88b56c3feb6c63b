"""From a problem to the level that the search starts from."""

import numpy as np

from partitioning.graph import Floats, Ints, build_graph, merge_edges
from partitioning.level import Level
from partitioning.problem import Problem


def base_level(problem: Problem, members: Ints, part: Ints, stay: Floats) -> Level:
    """Level of the members (places in the problem) with part: (len(members),) the node of each.

    stay: (len(members), C) 1.0 where the building is in this grid in the plan in force; C may be 0.
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
    foe_ptr, foe, foe_pairs = _foes(problem, place, nodes)
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
        pin=_pins(problem, members, part, nodes),
        foe_ptr=foe_ptr,
        foe=foe,
        foe_pairs=foe_pairs,
    )


def _pins(problem: Problem, members: Ints, part: Ints, nodes: int) -> Ints:
    pin = np.full(nodes, -1, dtype=np.int64)
    if problem.pinned is not None:
        pinned = problem.pinned[members]
        pin[part[pinned >= 0]] = np.searchsorted(problem.grid_names, pinned[pinned >= 0])
    return pin


def _foes(problem: Problem, place: Ints, nodes: int) -> tuple[Ints, Ints, Ints]:
    """Nodes that must not share a grid in compressed rows, and how many pairs of buildings each stands for."""
    pointer, none = np.zeros(nodes + 1, dtype=np.int64), np.empty(0, dtype=np.int64)
    if problem.apart is None:
        return pointer, none, none
    ends = place[problem.apart]
    ends = ends[(ends >= 0).all(axis=1) & (ends[:, 0] != ends[:, 1])]
    pair, count = np.unique(np.concatenate([ends, ends[:, ::-1]]) @ [nodes, 1], return_counts=True)
    np.cumsum(np.bincount(pair // nodes, minlength=nodes), out=pointer[1:])
    return pointer, pair % nodes, count.astype(np.int64)


def _sum(part: Ints, values: Ints | Floats, nodes: int) -> Floats:
    return np.bincount(part, weights=values, minlength=nodes).astype(np.float64)
