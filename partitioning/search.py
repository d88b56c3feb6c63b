"""Search for a plan with a given number of grids: multilevel starts, annealed from coarse to fine."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from partitioning.graph import Floats, Ints
from partitioning.kernels import Level, Target, anneal, grow
from partitioning.levels import coarsen


class Effort(NamedTuple):
    """How much is searched. starts: independent runs for the best numbers of grids. steps: proposals a node
    and level.
    """

    starts: int
    steps: int


EFFORTS = {"fast": Effort(2, 60), "normal": Effort(6, 80), "thorough": Effort(24, 300)}

_HOT, _WARM, _COLD = 1.0, 0.25, 0.02
"""Temperatures in mean absolute changes: where the coarsest level starts, the finer ones, and where all
end.
"""

_COARSEST = 12
"""Nodes a grid at the coarsest level."""


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


def run_start(
    level: Level,
    target: Target,
    component: Ints,
    shares: list[int],
    steps: int,
    rng: np.random.Generator,
    go_on: Callable[[], bool],
) -> Found:
    """One start: coarsen, grow grids at the coarsest level, anneal at each level down to the nodes
    themselves.

    component: (n,) of each node; shares: number of grids of each component.
    """
    state = rng.integers(1, 2**63, size=1).astype(np.uint64)
    levels, parts, owners = [level], [], [component]
    mean = level.households.sum() / target.grids
    while len(levels[-1].households) > _COARSEST * target.grids:
        coarse, part = coarsen(levels[-1], max(mean / 4, 1.0), rng)
        if len(coarse.households) > 0.9 * len(levels[-1].households):
            break
        below = np.empty(len(coarse.households), dtype=np.int64)
        below[part] = owners[-1]
        if not _room(below, shares):
            break
        levels.append(coarse)
        parts.append(part)
        owners.append(below)
    seeds = np.full(len(owners[-1]), -1, dtype=np.int64)
    seeds[_seeds(levels[-1], owners[-1], shares, rng)] = np.arange(target.grids)
    labels = grow(levels[-1], seeds, target.grids, state)
    partner = match_current(levels[-1], labels, target.grids)
    levels = [finer._replace(stay=finer.stay @ partner) for finer in levels]
    excess = value = np.inf
    for depth in range(len(levels) - 1, -1, -1):
        coarsest = depth == len(levels) - 1
        count = steps * len(levels[depth].households) + (2000 if coarsest else 0)
        heat = _HOT if coarsest else _WARM
        labels, excess, value = anneal(
            levels[depth], target, labels, count if go_on() else 0, heat, _COLD, state
        )
        if depth:
            labels = labels[parts[depth - 1]]
    return Found(labels, excess, value)


def refine(level: Level, target: Target, labels: Ints, steps: int, rng: np.random.Generator) -> Found:
    """Anneal a given assignment of the nodes at low temperature, so that its shape is kept."""
    state = rng.integers(1, 2**63, size=1).astype(np.uint64)
    level = level._replace(stay=level.stay @ match_current(level, labels, target.grids))
    return Found(*anneal(level, target, labels, steps * len(labels), _WARM / 2, _COLD, state))


def match_current(level: Level, labels: Ints, grids: int) -> Floats:
    """(C, K) one where grid k stands for grid c of the plan in force, so that most households stay."""
    columns = level.stay.shape[1]
    partner = np.zeros((columns, grids if columns else 0))
    if columns:
        from scipy.optimize import linear_sum_assignment  # slow to import, and only redraws need it

        shared = np.zeros((grids, columns))
        np.add.at(shared, labels, level.stay)
        rows, chosen = linear_sum_assignment(shared, maximize=True)
        partner[chosen, rows] = 1.0
    return partner


def _room(component: Ints, shares: list[int]) -> bool:
    return bool((np.bincount(component, minlength=len(shares)) >= shares).all())


def _seeds(level: Level, component: Ints, shares: list[int], rng: np.random.Generator) -> Ints:
    """Seed nodes, spread out by chance in proportion to households times squared distance to the nearest
    seed.
    """
    seeds: list[int] = []
    for number, share in enumerate(shares):
        nodes = np.flatnonzero(component == number)
        weight = (level.households[nodes] + 1e-3).astype(np.float64)
        away: Floats = np.full(len(nodes), 1e12)
        for _ in range(share):
            chance = np.cumsum(weight * away)
            pick = int(np.searchsorted(chance, rng.random() * chance[-1], side="right"))
            pick = min(pick, len(nodes) - 1)
            seeds.append(int(nodes[pick]))
            gap = np.square(level.position[nodes] - level.position[nodes[pick]]) @ np.ones(2)
            away = np.minimum(away, gap + 1e-9)
            weight[pick] = 0.0
    return np.array(seeds, dtype=np.int64)
