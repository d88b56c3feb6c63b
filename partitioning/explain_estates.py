"""Proofs by arithmetic that more estates must be split than the rules allow."""

from collections.abc import Iterator

import numpy as np

from partitioning.bands import counted_bands
from partitioning.core import Core
from partitioning.explain_holds import numbers_beside
from partitioning.graph import Ints
from partitioning.problem import Problem
from partitioning.reasons import Reason, Relaxation
from partitioning.rules import Rules


def splits_left(problem: Problem, rules: Rules, core: Core) -> int | None:
    """How often the grids of a core may touch estates in all, None where there is no limit.

    An estate that lies in g grids touches g and is split g - 1 times; each waived building is a grid.
    """
    if rules.estate_splits is None or problem.estates is None:
        return None
    alone = int((problem.estates[core.waived] >= 0).sum())
    return rules.estate_splits + problem.estate_places[2] - alone


def prove_estates(problem: Problem, rules: Rules, core: Core) -> Iterator[Reason]:
    """More splits of estates than are allowed: too many grids, or estates too heavy for one grid, lying apart, or held
    in several.
    """
    if rules.estate_splits is None or problem.estates is None:
        return
    needed = least_grids(problem, rules, core)
    splits = int((needed - 1).sum())
    if splits > rules.estate_splits:
        members, place, _ = problem.estate_places
        names = problem.names(members[needed[place] > 1])
        way = Relaxation("estates", "most", splits)
        yield Reason("estates", "estates_must_split", splits, rules.estate_splits, names, None, way)
        return
    numbers = numbers_beside(rules, core)
    if numbers and numbers[0] > core.most:
        way = Relaxation("estates", "most", rules.estate_splits + numbers[0] - core.most)
        details = {"splits": rules.estate_splits, "estates": problem.estate_places[2]}
        yield Reason("estates", "estates_few_grids", numbers[0], core.most, (), None, way, details=details)


def least_grids(problem: Problem, rules: Rules, core: Core) -> Ints:
    """(E,) grids that each estate lies in at the least."""
    members, place, estates = problem.estate_places
    estate = np.full(len(problem), -1, dtype=np.int64)
    estate[members] = place
    inside = estate[core.members] >= 0
    pair = estate[core.members][inside] * (len(core.totals) + 1) + core.component[inside]
    pieces, piece = np.unique(pair, return_inverse=True)
    each = np.ones(len(pieces))
    for _, counts, (_, most) in counted_bands(problem, rules):
        if most > 0:
            held = np.bincount(piece, weights=counts[core.members][inside], minlength=len(pieces))
            each = np.maximum(each, np.ceil(held / most))
    needed = np.bincount(pieces // (len(core.totals) + 1), weights=each, minlength=estates)
    needed += np.bincount(place[np.isin(members, core.waived)], minlength=estates)
    for labels in (problem.pinned, problem.patches):
        if labels is not None:
            known = labels[members] >= 0
            pairs = np.unique(np.column_stack([place[known], labels[members][known]]), axis=0)
            needed = np.maximum(needed, np.bincount(pairs[:, 0], minlength=estates))
    if problem.apart is not None:
        ends = estate[problem.apart]
        parted = ends[(ends[:, 0] == ends[:, 1]) & (ends[:, 0] >= 0), 0]
        needed[parted] = np.maximum(needed[parted], 2)
    return needed.astype(np.int64)
