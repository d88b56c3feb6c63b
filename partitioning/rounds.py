"""Compiled rounds of the search: coarsen, anneal starts at the coarsest level, refine the best down to the nodes."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from partitioning.annealing import Schedule, anneal
from partitioning.chance import mix
from partitioning.coarsening import contract, match, overlay
from partitioning.compiled import compiled
from partitioning.graph import Floats, Ints
from partitioning.growing import grow, spread_seeds
from partitioning.level import Level, Target
from partitioning.resplits import anneal_splits

HOT, LUKEWARM, WARM, COLD = 1.0, 0.5, 0.25, 0.02
"""Temperatures in mean absolute changes: where a start at the coarsest level begins, where two answers are combined,
where the finer levels begin, and where all end.
"""

_JOINT = 50
"""Proposals for each grid when two answers are combined."""

_FINISH = 4.0
"""Proposals for each end of a cut border after re-splits, and after two answers were combined."""

_COARSEST = 12
"""Nodes a grid at the coarsest level."""

_LEAST_SHRINK = 0.9
"""A coarser level must have fewer nodes than this share of the finer one's."""

Answer = tuple[Ints, float, float]
"""(n,) grid of each node, excess over the bands (0 = kept) and objective up to a constant."""


class Effort(NamedTuple):
    """How much is searched, counted in proposals.

    rounds: descents from the coarsest level for the best numbers of grids. starts: grown and annealed at the
    coarsest level in each. coarse: proposals of a start for each grid. splits: re-splits
    of a start for each grid. fine: proposals for each end of a
    cut border at a finer level. last: the same once more at the nodes themselves.
    """

    rounds: int
    starts: int
    coarse: int
    splits: int
    fine: float
    last: float


@compiled()
def _is_better(excess: float, value: float, other_excess: float, other_value: float) -> bool:
    """Less excess comes first, then the better objective."""
    if excess <= 1e-9 and other_excess <= 1e-9:
        return value < other_value
    return excess < other_excess or (excess == other_excess and value < other_value)


@compiled(cache=True)
def best_round(
    level: Level,
    target: Target,
    component: Ints,
    shares: Ints,
    effort: Effort,
    seed: np.uint64,
    first: int,
    last: int,
    best: Answer,
) -> Answer:
    """The best of an answer and of the rounds first to last - 1, each combined with the best before it.

    component: (n,) of each node; shares: number of grids of each component. Each round has random numbers of its
    own, so that it does not matter how many rounds are asked for at once. best: no labels where there is none yet.
    """
    labels, excess, value = best
    state = np.empty(1, np.uint64)
    for number in range(first, last):
        state[0] = mix(seed + np.uint64(number))
        found = _descend(level, target, component, shares, effort, state)
        if len(labels) > 0:
            joint = _combine(level, target, (labels, excess, value), found, state)
            if _is_better(joint[1], joint[2], found[1], found[2]):
                found = joint
        if len(labels) == 0 or _is_better(found[1], found[2], excess, value):
            labels, excess, value = found
    return labels, excess, value


@compiled()
def _combine(
    level: Level, target: Target, better: Answer, other: Answer, state: NDArray[np.uint64]
) -> Answer:
    """What comes of the better of two answers when all that lies together in both moves together.

    After Sanders and Schulz, Distributed evolutionary graph partitioning, ALENEX 2012.
    """
    if not _is_better(better[1], better[2], other[1], other[2]):
        better, other = other, better
    part, nodes = overlay(level.graph, better[0], other[0])
    if nodes <= target.grids:
        return better
    cells = contract(level, part, nodes)
    labels = np.empty(nodes, np.int64)
    labels[part] = better[0]
    placed = _with_stay(cells, _stay_where(cells, labels, target.grids))
    schedule = Schedule(_JOINT * target.grids, 0.0, LUKEWARM, COLD)
    labels, _, _ = anneal(placed, target, labels, schedule, state)
    return refine(level, target, labels[part], _FINISH, WARM, state)


@compiled()
def _descend(
    level: Level, target: Target, component: Ints, shares: Ints, effort: Effort, state: NDArray[np.uint64]
) -> Answer:
    """One round."""
    most = max(level.households.sum() / target.grids / 4, 1.0)
    levels, parts = [level], [np.empty(0, np.int64)]
    while len(levels[-1].households) > _COARSEST * target.grids:
        part, nodes = match(levels[-1], most, state)
        if nodes > _LEAST_SHRINK * len(part):
            break
        below = np.empty(nodes, np.int64)
        below[part] = component
        if (np.bincount(below, minlength=len(shares)) < shares).any():
            break
        levels.append(contract(levels[-1], part, nodes))
        parts.append(part)
        component = below
    labels, excess, value = _start(levels[-1], target, component, shares, effort, state)
    for depth in range(len(levels) - 1, 0, -1):
        labels = labels[parts[depth]]
        share = effort.fine if depth > 1 else effort.last
        labels, excess, value = refine(levels[depth - 1], target, labels, share, WARM, state)
    if len(levels) == 1:
        return refine(level, target, labels, effort.last, WARM, state)
    return labels, excess, value


@compiled()
def _start(
    level: Level, target: Target, component: Ints, shares: Ints, effort: Effort, state: NDArray[np.uint64]
) -> Answer:
    """The best of some grown and annealed starts at the coarsest level."""
    best, best_excess, best_value = np.empty(0, np.int64), np.inf, np.inf
    for _ in range(effort.starts):
        seeds = spread_seeds(level, component, shares, state)
        start = grow(level, seeds, target.grids, state)
        placed = _with_stay(level, _stay_where(level, start, target.grids))
        steps = effort.coarse * target.grids
        labels, excess, value = anneal(placed, target, start, Schedule(steps, 0.0, HOT, COLD), state)
        if effort.splits > 0 and len(level.foe) == 0:
            steps = effort.splits * target.grids
            labels, excess, value = anneal_splits(placed, target, labels, steps, LUKEWARM, COLD, state)
            labels, excess, value = refine(level, target, labels, _FINISH, WARM, state)
        if _is_better(excess, value, best_excess, best_value):
            best, best_excess, best_value = labels, excess, value
    return best, best_excess, best_value


@compiled(cache=True)
def refine(
    level: Level, target: Target, labels: Ints, share: float, heat: float, state: NDArray[np.uint64]
) -> Answer:
    """Anneal a given assignment of the nodes at low temperature, so that its shape is kept."""
    placed = _with_stay(level, _stay_where(level, labels, target.grids))
    return anneal(placed, target, labels, Schedule(0, share, heat, COLD), state)


@compiled()
def _stay_where(level: Level, labels: Ints, grids: int) -> Floats:
    """(n, K) households that stay if the node lies in grid k, (n, 0) without a plan in force.

    Grid k stands for that of the plan in force that is held in it, or else shares most households with it: the pair
    that shares most of all comes first.
    """
    columns = level.stay.shape[1]
    stay = np.zeros((len(labels), grids if columns else 0))
    if columns == 0:
        return stay
    shared = np.zeros((grids, columns))
    for v in range(len(labels)):
        for c in range(columns):
            shared[labels[v], c] += level.stay[v, c]
        if level.pin[v] >= 0:
            shared[labels[v], level.pin[v]] += level.households.sum() + 1.0
    for _ in range(min(grids, columns)):
        best = shared.argmax()
        k, c = best // columns, best % columns
        if shared[k, c] <= 0.0:
            break
        stay[:, k] = level.stay[:, c]
        shared[k, :] = -1.0
        shared[:, c] = -1.0
    return stay


@compiled()
def _with_stay(level: Level, stay: Floats) -> Level:
    """The level with other households that stay."""
    return Level(
        level.graph,
        level.households,
        level.counts,
        level.moment,
        level.position,
        level.estate_ptr,
        level.estate,
        level.estates,
        level.locks,
        stay,
        level.pin,
        level.foe_ptr,
        level.foe,
    )
