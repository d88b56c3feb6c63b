"""The fewest locked or held buildings whose release admits a plan."""

from collections.abc import Callable, Hashable, Iterator
from itertools import combinations
from typing import NamedTuple

import numpy as np

from partitioning.bands import counted_bands
from partitioning.budget import Budget
from partitioning.graph import Ints, components
from partitioning.prepare import lay_ground
from partitioning.problem import Problem
from partitioning.reasons import Relaxation
from partitioning.rules import Rules

Admits = Callable[[Problem], bool | None]
Found = tuple[float, Relaxation]
"""The share of what is held that is released, and the relaxation."""

_FEW = 20
"""Up to so many buildings releases are looked for where nothing says that some are needed."""
_MOST_TRIED = 3000
"""So many sets of buildings are tried at most."""
_MOST_OPEN = 80
"""So many of them at most that arithmetic does not rule out."""


class _Set(NamedTuple):
    """What to release: whether there is a plan without it for certain, and whether no smaller set may have one."""

    chosen: Ints
    admits: bool
    smallest: bool


def find_releases(
    problem: Problem, rules: Rules, spoken: set[str], budget: Budget, admits: Admits
) -> Iterator[Found]:
    """The smallest set of held buildings, and of pairs that must not share a grid, to release; nothing where none is
    found. spoken: the rules that reasons speak of. admits: whether a problem has a plan under the rules,
    None where that is not known.
    """
    few = len(problem) <= _FEW
    if problem.holds is not None:
        held = np.flatnonzero(problem.holds.group >= 0)
        least, order = _rank(problem, rules, held)
        if least or few or "locked" in spoken:
            found = _fewest(order, least, lambda places: admits(_released(problem, places)), budget)
            yield from _relaxations("locked", found, len(held), lambda places: problem.names(np.sort(places)))
    apart = problem.apart
    if apart is not None and (few or "apart" in spoken):
        every = np.arange(len(apart))
        found = _fewest(
            every, 1, lambda rows: admits(problem.change(apart=np.delete(apart, rows, axis=0))), budget
        )
        yield from _relaxations("apart", found, len(apart), lambda rows: problem.names(apart[rows].ravel()))


def _relaxations(
    rule: str, found: _Set | None, of: int, names: Callable[[Ints], tuple[Hashable, ...]]
) -> Iterator[Found]:
    if found is not None:
        size = len(found.chosen)
        reached = size if found.admits else None
        confirmed = found.admits and found.smallest
        yield size / of, Relaxation(rule, "release", size, names(found.chosen), confirmed, reached)


def _fewest(order: Ints, least: int, admits: Callable[[Ints], bool | None], budget: Budget) -> _Set | None:
    """A smallest set of these without which there is a plan; else one of the smallest that are not ruled out."""
    tried, left_open = 0, 0
    first: _Set | None = None
    for size in range(max(least, 1), len(order) + 1):
        smallest = left_open == 0
        for chosen in combinations(order.tolist(), size):
            tried += 1
            if tried > _MOST_TRIED or left_open > _MOST_OPEN or not budget.go_on():
                return first
            answer = admits(np.array(chosen))
            if answer:
                return _Set(np.array(chosen), True, smallest)
            if answer is None:
                left_open += 1
                first = first or _Set(np.array(chosen), False, True)
    return first


def _rank(problem: Problem, rules: Rules, held: Ints) -> tuple[int, Ints]:
    """How many buildings must be released at the least, and all that are held, the likeliest first.

    Of buildings with one label as many must go as make its weight too much, and all but those of one piece of the
    ground.
    """
    assert problem.holds is not None
    group = problem.holds.group
    _, piece = components(len(problem), lay_ground(problem, rules).edges)
    needed = np.zeros(len(problem.holds.size), dtype=np.int64)
    outside = np.zeros(len(problem), dtype=np.bool_)
    for labels in (problem.locked, problem.pinned):
        for name in [] if labels is None else np.unique(labels[labels >= 0]):
            places = np.flatnonzero(labels == name)
            main = piece[places][::-1][np.bincount(piece[places])[piece[places]][::-1].argmax()]
            outside[places] |= piece[places] != main
            most = int((piece[places] != main).sum())
            for _, counts, band in counted_bands(problem, rules):
                falling = np.sort(counts[places])[::-1]
                rest = falling.sum() - np.concatenate([[0], np.cumsum(falling)])
                most = max(most, min(int((rest > band[1]).sum()), len(places) - 1))
            needed[group[places[0]]] = max(needed[group[places[0]]], most)
    wanting = needed[group[held]] > 0
    order = np.lexsort((held, -problem.households[held] * wanting, ~wanting, ~outside[held]))
    return int(needed.sum()), held[order]


def _released(problem: Problem, places: Ints) -> Problem:
    def without(labels: Ints | None) -> Ints | None:
        if labels is None:
            return None
        kept = labels.copy()
        kept[places] = -1
        return kept

    return problem.change(locked=without(problem.locked), pinned=without(problem.pinned))
