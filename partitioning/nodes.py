"""The nodes that a draw searches over, with what their buildings and the way they are joined make of them."""

from typing import NamedTuple

import numpy as np

from partitioning.core import Core
from partitioning.graph import Floats, Ints
from partitioning.joining import count_torn, hold_parts
from partitioning.level import Level
from partitioning.levels import base_level
from partitioning.problem import Problem

_UNEVEN = (0.3, 3.0)
"""Factors on what it costs to lead a held group over a building, where another way is looked for."""


class Nodes(NamedTuple):
    """The members of a core as nodes."""

    part: Ints
    """(members,) the node of each."""
    torn: int
    """How far the nodes themselves break what is held, see partitioning.joining.count_torn."""
    level: Level
    component: Ints
    """(n,) connected part of the core that each node lies in."""


def lay_nodes(problem: Problem, core: Core, seed: tuple[int, int] | None = None) -> Nodes:
    """The nodes of a core; seed: where groups that are held are to be joined over other ground than the cheapest."""
    uneven = None
    if seed is not None:
        uneven = np.random.default_rng(seed).uniform(*_UNEVEN, len(core.members))
    part = hold_parts(problem, core.members, uneven)
    level = base_level(problem, core.members, part, _stay(problem, core), core.columns)
    component = np.empty(len(level.households), dtype=np.int64)
    component[part] = core.component
    return Nodes(part, count_torn(problem, core.members, part), level, component)


def _stay(problem: Problem, core: Core) -> Floats:
    """(members, C) one where the building is in this grid of the plan in force; C = 0 without one."""
    if problem.current is None:
        return np.empty((len(core.members), 0))
    stay: Floats = (problem.current[core.members, None] == problem.grid_names).astype(np.float64)
    return stay
