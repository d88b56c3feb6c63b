"""Compiled annealing of an assignment on one level, with contiguous grids throughout."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from partitioning.chance import MOST_TOSSED, below, toss
from partitioning.compiled import compiled
from partitioning.graph import Ints
from partitioning.level import Level, Target
from partitioning.moves import Standing, excess_of, flip, flip_delta, may_leave, measure, stand

PENALTY = 40.0
"""First penalty of an excess of one mean grid, in mean absolute changes of a proposal."""


class Schedule(NamedTuple):
    """How long an assignment is annealed, and how warm: the first and last temperature in mean absolute changes of a
    proposal.

    steps: proposals; share: further ones for each end of a cut border.
    """

    steps: int
    share: float
    heat: float
    cold: float


class _Search(NamedTuple):
    """What the search of ways keeps beside the assignment."""

    best: Ints
    seen: Ints
    queue: Ints


@compiled(cache=True)
def anneal(
    level: Level, target: Target, start: Ints, schedule: Schedule, state: NDArray[np.uint64]
) -> tuple[Ints, float, float]:
    """Anneal an assignment with contiguous grids; every grid stays contiguous and none empties.

    start: (n,) grid of each node. state: (1,) uint64 of the random numbers, advanced. Returns the best assignment,
    its excess over the hard rules (0 = all kept) and its objective up to a constant; less excess comes before a
    better objective. A proposal moves a node across a border; where the bands forbid that, it is paired with
    one that comes back across the same two grids. Nodes that are held in a grid stay.
    """
    n = len(start)
    now = stand(level, target, start.copy())
    excess, value = measure(level, target, now)
    if now.cuts[0] == 0:
        return now.z, excess, value
    search = _Search(now.z.copy(), np.zeros(n, np.int64), np.empty(n, np.int64))
    _run(level, target, now, search, schedule, excess, value, state)
    excess, value = measure(level, target, stand(level, target, search.best))
    return search.best, excess, value


@compiled(allocates=False)
def mean_change(level: Level, target: Target, now: Standing, state: NDArray[np.uint64]) -> float:
    """Mean absolute change of the objective by a proposal, from a sample; above 0."""
    scale = 0.0
    for _ in range(64):
        s = now.cut[below(state, now.cuts[0])]
        b = now.z[level.graph.neighbour[s]]
        scale += abs(flip_delta(level, target, now, level.graph.owner[s], b, 0.0)) / 64
    return max(scale, 1e-12)


@compiled(allocates=False)
def _run(
    level: Level,
    target: Target,
    now: Standing,
    search: _Search,
    schedule: Schedule,
    excess: float,
    value: float,
    state: NDArray[np.uint64],
) -> None:
    """The steps of the annealing; excess and value are those of `now`. Leaves the best assignment in the search."""
    z, graph, cut, best, stamp = now.z, level.graph, now.cut, search.best, 0
    best_excess, best_value, saved = excess, value, True
    scale = mean_change(level, target, now, state)
    steps = schedule.steps + int(schedule.share * now.cuts[0])
    temperature = schedule.heat * scale
    cooling = (schedule.cold / schedule.heat) ** (1.0 / max(steps, 1))
    penalty, period = PENALTY * scale, max(len(z), 50)
    for step in range(steps):
        temperature *= cooling
        if step % period == period - 1:
            penalty = min(penalty * 1.2, 1e6) if excess > 1e-9 else max(penalty * 0.9, scale)
        s = cut[below(state, now.cuts[0])]
        v, b = graph.owner[s], z[graph.neighbour[s]]
        a = z[v]
        if now.nodes[a] == 1 or level.pin[v] >= 0:
            continue
        total = flip_delta(level, target, now, v, b, penalty)
        if total > penalty + MOST_TOSSED * temperature:
            continue
        limit = temperature * toss(state) if total > 0.0 else 0.0
        u = -1
        if total > limit:
            if total > limit + penalty:
                continue
            r = cut[below(state, now.cuts[0])]
            u = graph.owner[r]
            if z[u] != b or z[graph.neighbour[r]] != a or graph.neighbour[r] == v or level.pin[u] >= 0:
                continue
        stamp += 1
        if not may_leave(level, z, v, search.seen, stamp, search.queue):
            continue
        before = excess_of(target, now, a, b)
        flip(level, target, now, v, b)
        if u >= 0:
            total += flip_delta(level, target, now, u, a, penalty)
            stamp += 1
            if total > limit or not may_leave(level, z, u, search.seen, stamp, search.queue):
                flip(level, target, now, v, a)
                continue
            flip(level, target, now, u, a)
        change = excess_of(target, now, a, b) - before
        excess += change
        value += total - penalty * change
        if excess < best_excess - 1e-9 or (excess < best_excess + 1e-9 and value < best_value - 1e-9):
            best_excess, best_value, saved = excess, value, False
        elif not saved:  # only now, since most best assignments are bettered by the next move
            keep(z, best)
            best[v] = a
            if u >= 0:
                best[u] = b
            saved = True
    if not saved:
        keep(z, best)


@compiled(allocates=False)
def keep(z: Ints, best: Ints) -> None:
    """Copy an assignment over the best one."""
    for v in range(len(z)):
        best[v] = z[v]
