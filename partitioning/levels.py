"""From a problem to the level that the search starts from."""

from collections.abc import Sequence

import numpy as np

from partitioning.graph import Floats, Ints, build_graph, merge_edges
from partitioning.level import Level
from partitioning.problem import Problem


def base_level(
    problem: Problem, members: Ints, part: Ints, stay: Floats, columns: Sequence[str] = ("households",)
) -> Level:
    """Level of the members (places in the problem) with part: (len(members),) the node of each.

    columns: what is counted, households first.
    stay: (len(members), C) 1.0 where the building is in this grid in the plan in force; C may be 0.
    """
    nodes = int(part.max()) + 1
    place = np.full(len(problem), -1, dtype=np.int64)
    place[members] = part
    inside = (place[problem.edges] >= 0).all(axis=1)
    edges, cost = merge_edges(place, problem.edges[inside], problem.border_cost[inside])
    h = problem.households[members]
    xy = relative_xy(problem, members)
    pointer, estate, estates, locks = _groups(problem, members, part, nodes)
    size = np.bincount(part, minlength=nodes)
    foe_ptr, foe = _foes(problem, place, nodes)
    return Level(
        graph=build_graph(nodes, edges, cost),
        households=_sum(part, h, nodes).astype(np.int64),
        counts=np.column_stack(
            [_sum(part, problem.counts_of(rule)[members], nodes) for rule in columns]  # type: ignore[index]
        ).astype(np.int64),
        moment=np.column_stack([_sum(part, h * xy[:, axis], nodes) for axis in (0, 1)]),
        position=np.column_stack([_sum(part, xy[:, axis], nodes) for axis in (0, 1)]) / size[:, None],
        estate_ptr=pointer,
        estate=estate,
        estates=estates,
        locks=locks,
        stay=np.ascontiguousarray(
            np.column_stack([_sum(part, column, nodes) for column in (stay * h[:, None]).T])
            if stay.shape[1]
            else np.empty((nodes, 0))
        ),
        pin=_pins(problem, members, part, nodes),
        foe_ptr=foe_ptr,
        foe=foe,
    )


def relative_xy(problem: Problem, members: Ints) -> Floats:
    """(members, 2) positions relative to their household-weighted centroid; without households to their mean."""
    h, xy = problem.households[members], problem.xy_m[members]
    total = h.sum()
    relative: Floats = xy - ((h[:, None] * xy).sum(axis=0) / total if total else xy.mean(axis=0))
    return relative


def _groups(problem: Problem, members: Ints, part: Ints, nodes: int) -> tuple[Ints, Ints, int, int]:
    """What each node touches of estates and, numbered behind them, of locks that may be broken, in compressed rows; the
    number of either.
    """
    places, numbers, counts = [], [], [0, 0]
    for kind, labels in enumerate((problem.estates, problem.soft_locks)):
        if labels is not None:
            known = np.flatnonzero(labels[members] >= 0)
            names, number = np.unique(labels[members[known]], return_inverse=True)
            places.append(known)
            numbers.append(sum(counts) + number)
            counts[kind] = len(names)
    pointer, whole = np.zeros(nodes + 1, dtype=np.int64), sum(counts)
    if not whole:
        return pointer, np.empty(0, dtype=np.int64), 0, 0
    pair = np.unique(part[np.concatenate(places)] * whole + np.concatenate(numbers))
    np.cumsum(np.bincount(pair // whole, minlength=nodes), out=pointer[1:])
    return pointer, pair % whole, counts[0], counts[1]


def _pins(problem: Problem, members: Ints, part: Ints, nodes: int) -> Ints:
    pin = np.full(nodes, -1, dtype=np.int64)
    if problem.pinned is not None:
        pinned = problem.pinned[members]
        pin[part[pinned >= 0]] = np.searchsorted(problem.grid_names, pinned[pinned >= 0])
    return pin


def _foes(problem: Problem, place: Ints, nodes: int) -> tuple[Ints, Ints]:
    """Nodes that must not share a grid or are linked over a gap, as a level has them in compressed rows."""
    pointer = np.zeros(nodes + 1, dtype=np.int64)
    if problem.apart is None and problem.links is None:
        return pointer, np.empty((0, 3), dtype=np.int64)
    pairs, links = (_node_pairs(given, place, nodes) for given in (problem.apart, problem.links))
    pair, number = np.unique(np.concatenate([pairs, links]), return_inverse=True)
    np.cumsum(np.bincount(pair // nodes, minlength=nodes), out=pointer[1:])
    counts = [np.bincount(own, minlength=len(pair)) for own in (number[: len(pairs)], number[len(pairs) :])]
    return pointer, np.column_stack([pair % nodes, *counts]).astype(np.int64)


def _node_pairs(given: Ints | None, place: Ints, nodes: int) -> Ints:
    """Pairs of buildings as pairs of different nodes, each from both ends, in one number."""
    if given is None:
        return np.empty(0, dtype=np.int64)
    ends = place[given]
    ends = ends[(ends >= 0).all(axis=1) & (ends[:, 0] != ends[:, 1])]
    both: Ints = np.concatenate([ends, ends[:, ::-1]])
    return both[:, 0] * nodes + both[:, 1]


def _sum(part: Ints, values: Ints | Floats, nodes: int) -> Floats:
    return np.bincount(part, weights=values, minlength=nodes).astype(np.float64)
