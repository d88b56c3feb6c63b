"""Search for a plan with a given number of grids: starts at the coarsest level, the best refined down to the nodes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from partitioning.annealing import anneal
from partitioning.coarsening import contract, match
from partitioning.graph import Floats, Ints
from partitioning.growing import grow, spread_seeds
from partitioning.level import Level, Target
from partitioning.plan import EffortName
from partitioning.rules import Preset


class Effort(NamedTuple):
    """How much is searched, counted in proposals.

    rounds: descents from the coarsest level for the best numbers of grids. starts: grown and annealed at the
    coarsest level before each. coarse: proposals of a start for each grid. fine: proposals for each end of a
    cut border at a finer level. last: the same once more at the nodes themselves.
    """

    rounds: int
    starts: int
    coarse: int
    fine: float
    last: float


EFFORTS = {
    "fast": Effort(1, 2, 150, 8, 8),
    "normal": Effort(3, 2, 200, 8, 8),
    "thorough": Effort(24, 4, 1000, 80, 80),
}

_NORMAL_OF: dict[Preset, Effort] = {"border": Effort(12, 4, 200, 16, 16), "stable": Effort(10, 2, 200, 8, 60)}
"""`normal` of the presets that search more there: what that gains and costs stands in docs/engine.md."""

_HOT, _WARM, _COLD = 1.0, 0.25, 0.02
"""Temperatures in mean absolute changes: where the coarsest level starts, the finer ones, and where all
end.
"""

_COARSEST = 12
"""Nodes a grid at the coarsest level."""

_LEAST_SHRINK = 0.9
"""A coarser level must have fewer nodes than this share of the finer one's."""

State = NDArray[np.uint64]


def effort_for(name: EffortName, preset: Preset) -> Effort:
    """The effort of that name; some presets search more at `normal`."""
    return _NORMAL_OF.get(preset, EFFORTS[name]) if name == "normal" else EFFORTS[name]


@dataclass(frozen=True)
class Found:
    """An assignment of the nodes; excess 0 means that the bands are kept. value: objective up to a
    constant.
    """

    labels: Ints
    excess: float
    value: float

    @property
    def rank(self) -> tuple[float, float]:
        """Orders assignments: less excess first, then the better objective."""
        return (self.excess if self.excess > 1e-9 else 0.0, self.value)


class Ladder(NamedTuple):
    """Levels from the nodes themselves to the coarsest."""

    levels: list[Level]
    parts: list[Ints]
    """The node of levels[i + 1] for each node of levels[i]."""
    component: Ints
    """Component of each node of the coarsest level."""


def descend(
    level: Level,
    target: Target,
    component: Ints,
    shares: list[int],
    effort: Effort,
    rng: np.random.Generator,
    go_on: Callable[[], bool],
) -> Found:
    """One round: coarsen, anneal some starts at the coarsest level, refine the best down to the nodes.

    component: (n,) of each node; shares: number of grids of each component.
    """
    state = rng.integers(1, 2**63, size=1).astype(np.uint64)
    ladder = _climb(level, target, component, shares, state)
    top = ladder.levels[-1]
    fine = len(ladder.levels) == 1
    best = None
    for _ in range(effort.starts):
        seeds = spread_seeds(top, ladder.component, np.array(shares), state)
        start = grow(top, seeds, target.grids, state)
        stays = top._replace(stay=top.stay @ match_current(top, start, target.grids))
        steps = effort.coarse * target.grids if go_on() else 0
        found = Found(*anneal(stays, target, start, steps, 0.0, _HOT, _COLD, state))
        if best is None or found.rank < best.rank:
            best = found
    assert best is not None
    if fine:
        return _refine(level, target, best.labels, effort.last if go_on() else 0.0, _WARM, state)
    for depth in range(len(ladder.levels) - 2, -1, -1):
        share = effort.fine if depth else effort.last
        labels = best.labels[ladder.parts[depth]]
        best = _refine(ladder.levels[depth], target, labels, share if go_on() else 0.0, _WARM, state)
    return best


def refine(level: Level, target: Target, labels: Ints, effort: Effort, rng: np.random.Generator) -> Found:
    """Anneal a given assignment of the nodes at low temperature, so that its shape is kept."""
    state = rng.integers(1, 2**63, size=1).astype(np.uint64)
    return _refine(level, target, labels, effort.last, _WARM / 2, state)


def _refine(level: Level, target: Target, labels: Ints, share: float, heat: float, state: State) -> Found:
    level = level._replace(stay=level.stay @ match_current(level, labels, target.grids))
    return Found(*anneal(level, target, labels, 0, share, heat, _COLD, state))


def _climb(level: Level, target: Target, component: Ints, shares: list[int], state: State) -> Ladder:
    """Coarser and coarser levels, as long as every component keeps room for its grids."""
    levels, parts = [level], []
    most = max(float(level.households.sum()) / target.grids / 4, 1.0)
    while len(levels[-1].households) > _COARSEST * target.grids:
        part, nodes = match(levels[-1], most, state)
        if nodes > _LEAST_SHRINK * len(part):
            break
        below = np.empty(nodes, dtype=np.int64)
        below[part] = component
        if (np.bincount(below, minlength=len(shares)) < shares).any():
            break
        levels.append(contract(levels[-1], part, nodes))
        parts.append(part)
        component = below
    return Ladder(levels, parts, component)


def match_current(level: Level, labels: Ints, grids: int) -> Floats:
    """(C, K) one where grid k stands for grid c of the plan in force: that of what is held, or most households."""
    columns = level.stay.shape[1]
    partner = np.zeros((columns, grids if columns else 0))
    if columns:
        from scipy.optimize import linear_sum_assignment  # slow to import, and only redraws need it

        shared = np.zeros((grids, columns))
        np.add.at(shared, labels, level.stay)
        held = level.pin >= 0
        shared[labels[held], level.pin[held]] += level.households.sum() + 1.0
        rows, chosen = linear_sum_assignment(shared, maximize=True)
        partner[chosen, rows] = 1.0
    return partner
