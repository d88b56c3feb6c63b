"""Nodes of the search: buildings that must share a grid as one node, joined over the ground between them."""

import numpy as np

from partitioning.graph import Floats, Ints, Truths, components
from partitioning.problem import Problem

_HOME = 1e-3
"""How much nearer a building seems to a group that is held in the building's grid of the plan in force."""


def hold_parts(problem: Problem, members: Ints, uneven: Floats | None = None) -> Ints:
    """Node of each member (places in the problem) when buildings that must share a grid are one node.

    A group whose buildings do not touch is joined through buildings of few households between them, those of its
    grid in the plan in force first; that keeps every grid contiguous but rules some plans out. Ground of other
    pins, and what must not share its grid, is gone around. A group that is still in pieces then stays so, and no
    plan will hold. uneven: (members,) factors on the households of what is joined, for other ways than the cheapest.
    """
    n = len(members)
    if problem.holds is None:
        return np.arange(n)
    edges, inner = _links(problem, members)
    _, piece = components(n, inner)
    group = problem.holds.group[members]
    apart = [name for name in np.unique(group[group >= 0]) if len(np.unique(piece[group == name])) > 1]
    links = inner
    for _ in apart:
        links, stuck = _join(problem, members, edges, inner, apart, uneven)
        if not stuck:
            break
        apart = [*stuck, *(name for name in apart if name not in stuck)]
    return components(n, links)[1]


def count_torn(problem: Problem, members: Ints, part: Ints) -> int:
    """How many nodes too many the groups of buildings that must share a grid have, and how many pairs in a node must
    not; part: node of each member.
    """
    if problem.holds is None:
        return 0
    group = problem.holds.group[members]
    held = group >= 0
    pairs = np.unique(np.column_stack([group[held], part[held]]), axis=0)
    ends = part[_apart(problem, members)]
    return len(pairs) - len(np.unique(pairs[:, 0])) + int((ends[:, 0] == ends[:, 1]).sum())


def join_touching(problem: Problem, members: Ints) -> Ints:
    """Node of each member (places in the problem) when touching buildings that must share a grid are one node."""
    if problem.holds is None:
        return np.arange(len(members))
    return components(len(members), _links(problem, members)[1])[1]


def _links(problem: Problem, members: Ints) -> tuple[Ints, Ints]:
    """Neighbours among the members, by their places there, and those of them that must share a grid."""
    assert problem.holds is not None
    edges = _among(problem, members, problem.edges)
    ends = problem.holds.group[members][edges]
    return edges, edges[(ends[:, 0] == ends[:, 1]) & (ends[:, 0] >= 0)]


def _apart(problem: Problem, members: Ints) -> Ints:
    """(p, 2) members that must not share a grid, by their places there."""
    return _among(problem, members, np.empty((0, 2), np.int64) if problem.apart is None else problem.apart)


def _among(problem: Problem, members: Ints, pairs: Ints) -> Ints:
    """The pairs of places in the problem that are both members, by their places there."""
    place = np.full(len(problem), -1, dtype=np.int64)
    place[members] = np.arange(len(members))
    pairs = place[pairs]
    return pairs[(pairs >= 0).all(axis=1)]


def _join(
    problem: Problem, members: Ints, edges: Ints, inner: Ints, order: list[int], uneven: Floats | None
) -> tuple[Ints, list[int]]:
    """Links that join the groups one after the other, and the groups that those before them left no way."""
    assert problem.holds is not None
    group, n = problem.holds.group[members], len(members)
    pin = np.where(group >= 0, problem.holds.pin[group], -1)
    links, stuck = inner, []
    apart = _apart(problem, members)
    for name in order:
        own = np.flatnonzero(group == name)
        _, node = components(n, links)
        taken = np.full(n, -1, dtype=np.int64)
        np.maximum.at(taken, node, pin)
        taken = taken[node]
        allowed = taken[own].max()
        for choice in [allowed] if allowed >= 0 else [-1, *np.unique(pin[pin >= 0])]:
            open_ = ((taken < 0) | (taken == choice)) & ~_facing(apart, node, own)
            roads = edges[open_[edges].all(axis=1)]
            step = _steps(problem, members, int(choice))
            found = _tree(own, node, roads, step if uneven is None else step * uneven)
            if found is not None:
                links = np.concatenate([links, found])
                break
        else:
            stuck.append(name)
    return links, stuck


def _facing(apart: Ints, node: Ints, own: Ints) -> Truths:
    """(n,) members of nodes that must not share a grid with those of some members; node: that of each."""
    ours = np.isin(node, node[own])
    foes = apart[ours[apart].any(axis=1)]
    facing: Truths = np.isin(node, node[foes[~ours[foes]]])
    return facing


def _steps(problem: Problem, members: Ints, pin: int) -> Floats:
    """(n,) what it costs to take a building into a group."""
    step = 1.0 + problem.households[members].astype(np.float64)
    if problem.current is not None and pin >= 0:
        step[problem.current[members] == pin] *= _HOME
    return step


def _tree(own: Ints, node: Ints, roads: Ints, step: Floats) -> Ints | None:
    """Links along roads that join nodes of a group cheaply, None where the roads do not reach all of them.

    Shortest ways between the nearest pieces, as a spanning tree of them (Mehlhorn, Information Processing
    Letters 27(3) 1988): at most twice as dear as the cheapest tree.
    """
    from scipy.sparse import csr_array  # slow to import, and only holds need it
    from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree

    n = len(node)
    weight = (step[roads[:, 0]] + step[roads[:, 1]]) / 2
    net = csr_array((weight, (roads[:, 0], roads[:, 1])), shape=(n, n))
    away, before, source = dijkstra(net, directed=False, indices=own, return_predecessors=True, min_only=True)
    roads, weight = roads[np.isfinite(away[roads[:, 0]])], weight[np.isfinite(away[roads[:, 0]])]
    ends = np.sort(node[source[roads]], axis=1)
    between = np.flatnonzero(ends[:, 0] != ends[:, 1])
    length = (away[roads].sum(axis=1) + weight)[between]
    pair = ends[between] @ np.array([n, 1])
    order = np.lexsort((length, pair))
    pairs, first = np.unique(pair[order], return_index=True)
    table = csr_array((length[order[first]], (pairs // n, pairs % n)), shape=(n, n))
    tree = minimum_spanning_tree(table).tocoo()
    if tree.nnz != len(np.unique(node[own])) - 1:
        return None
    chosen = between[order[first[np.searchsorted(pairs, tree.row.astype(np.int64) * n + tree.col)]]]
    links = roads[chosen].tolist()
    for at in roads[chosen].ravel().tolist():
        while before[at] >= 0:
            links.append([at, int(before[at])])
            at = int(before[at])
    return np.array(links, dtype=np.int64).reshape(-1, 2)
