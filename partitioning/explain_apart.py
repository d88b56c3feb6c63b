"""Proofs by arithmetic that buildings which must not share a grid leave no plan."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from partitioning.core import Core
from partitioning.explain_holds import most_grids
from partitioning.graph import Ints
from partitioning.problem import Problem
from partitioning.reasons import Reason, Relaxation
from partitioning.rules import Rules

_STEPS = 20_000
"""So many sets are looked at for a large clique; a smaller one is a proof as well, of less."""


def prove_apart(problem: Problem, rules: Rules, core: Core) -> Iterator[Reason]:
    """Pairs that must share a grid and must not, and more buildings that must all lie apart than there are grids."""
    if problem.apart is None:
        return
    conflicts = list(_conflicts(problem))
    yield from conflicts
    if not conflicts:
        yield from _too_many(problem, rules, core)


def _conflicts(problem: Problem) -> Iterator[Reason]:
    """Buildings locked together or held in one grid that must not share one."""
    holds = problem.holds
    if holds is None or problem.apart is None:
        return
    ends = holds.group[problem.apart]
    inside = (ends[:, 0] == ends[:, 1]) & (ends[:, 0] >= 0)
    for group in np.unique(ends[inside, 0]):
        pairs = problem.apart[inside & (ends[:, 0] == group)]
        share = Relaxation("apart", "release", len(pairs), problem.names(pairs.ravel()))
        names = problem.names(np.unique(pairs))
        grid = int(holds.pin[group]) if holds.pin[group] >= 0 else None
        yield Reason("apart", "apart_held", len(pairs), 0, names, grid, share)


def _too_many(problem: Problem, rules: Rules, core: Core) -> Iterator[Reason]:
    """A clique of what must lie apart, each building with those that it must share a grid with."""
    most = most_grids(rules, core)
    if most is None or problem.apart is None:
        return
    names, place = np.unique(_nodes(problem), return_inverse=True)
    counted = np.zeros(len(names), dtype=np.bool_)
    counted[place[core.members]] = True
    ends = place[problem.apart]
    given = {(int(a), int(b)) for a, b in np.sort(ends, axis=1) if counted[a] and counted[b]}
    pairs = set(given)
    if problem.holds is not None:
        held = [int(place[problem.holds.group == g][0]) for g in np.flatnonzero(problem.holds.pin >= 0)]
        pairs |= {(min(a, b), max(a, b)) for a, b in combinations(held, 2) if counted[a] and counted[b]}
    clique = largest_clique(pairs)
    if len(clique) <= most or not any(pair in given for pair in combinations(clique, 2)):
        return
    first = np.array([np.flatnonzero(place == node)[0] for node in clique])
    waived = len(core.waived)
    ways = [_share(problem, place, clique, most)]
    if most + waived == rules.grid_range[-1]:
        ways.insert(0, Relaxation("grids", "most", len(clique) + waived))
    told = [way for way in ways if way is not None]
    way, others = (told[0], tuple(told[1:])) if told else (None, ())
    yield Reason("apart", "apart_too_many", len(clique), most, problem.names(first), None, way, others)


def _nodes(problem: Problem) -> Ints:
    """(n,) the same number for buildings that must share a grid."""
    alone = np.arange(len(problem))
    if problem.holds is None:
        return alone
    group = problem.holds.group
    return np.where(group >= 0, -1 - group, alone)


def _share(problem: Problem, place: Ints, clique: list[int], most: int) -> Relaxation | None:
    """The fewest pairs that leave no clique of more than `most`: those within `most` even classes (Turan 1941).

    None where a pair of the clique does not stand for one pair of buildings, so that another choice may be smaller.
    """
    assert problem.apart is not None
    ends = np.sort(place[problem.apart], axis=1)
    found = []
    for a, b in combinations(clique, 2):
        rows = np.flatnonzero((ends == (a, b)).all(axis=1))
        if len(rows) != 1:
            return None
        if clique.index(a) % most == clique.index(b) % most:
            found.append(problem.apart[rows[0]])
    return Relaxation("apart", "release", len(found), problem.names(np.concatenate(found)))


def largest_clique(pairs: set[tuple[int, int]]) -> list[int]:
    """Nodes of which each two are a pair, in rising order; the most there are, or as many as some steps find.

    Branch and bound by degrees (Carraghan and Pardalos, Operations Research Letters 9(6) 1990).
    """
    near: dict[int, set[int]] = {}
    for a, b in pairs:
        near.setdefault(a, set()).add(b)
        near.setdefault(b, set()).add(a)
    best: list[int] = []
    waiting: list[tuple[list[int], list[int]]] = [
        ([], sorted(near, key=lambda node: (len(near[node]), node)))
    ]
    for _ in range(_STEPS):
        if not waiting:
            break
        chosen, left = waiting.pop()
        if len(chosen) > len(best):
            best = chosen
        if not left or len(chosen) + len(left) <= len(best):
            continue
        *rest, node = left
        waiting.append((chosen, rest))
        waiting.append(([*chosen, node], [other for other in rest if other in near[node]]))
    return sorted(best)
