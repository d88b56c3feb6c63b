"""Proofs by arithmetic, and what else is said, where no grid may lie in two patches."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from partitioning.core import Core
from partitioning.explain_holds import most_grids
from partitioning.problem import Problem
from partitioning.reasons import Reason, Relaxation
from partitioning.rules import Rules


def prove_patches(problem: Problem, rules: Rules, core: Core) -> Iterator[Reason]:
    """Buildings of different patches that must share a grid, and more patches than there may be grids."""
    if problem.patches is None:
        return
    if problem.holds is not None:
        for group in range(len(problem.holds.size)):
            places = np.flatnonzero((problem.holds.group == group) & (problem.patches >= 0))
            count = len(np.unique(problem.patches[places]))
            grid = int(problem.holds.pin[group]) if problem.holds.pin[group] >= 0 else None
            if count > 1:
                yield Reason("patches", "patches_held", count, 1, problem.names(places), grid)
    most, count = most_grids(rules, core), count_patches(problem, core)
    if most is not None and count > most:
        total = most + len(core.waived)
        way = Relaxation("grids", "most", count + len(core.waived)) if total == rules.grid_range[-1] else None
        yield Reason("patches", "patches_too_many", count, most, (), None, way)


def count_patches(problem: Problem, core: Core) -> int:
    """Patches that members of a core lie in."""
    assert problem.patches is not None
    inside = problem.patches[core.members]
    return len(np.unique(inside[inside >= 0]))


def blame_patches(problem: Problem, reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """Reasons of a ground that patches part, after the one that they do, without ways out that speak of pairs made of
    patches.
    """
    assert problem.patches is not None
    count = len(np.unique(problem.patches[problem.patches >= 0]))
    own = problem.apart is not None
    told = []
    for reason in reasons:
        ways = [way for way in (reason.relaxation, *reason.other_relaxations) if way is not None]
        ways = [way for way in ways if own or way.rule != "apart"]
        told.append(replace(reason, relaxation=ways[0] if ways else None, other_relaxations=tuple(ways[1:])))
    return (Reason("patches", "patches_divide", count, 1), *told)
