"""A proven lower bound on the objective: what no plan is below in border, compactness and estates.

Border and compactness are bounded together (partitioning.bound_together) where both count much, else apart, since no
plan is below the sum of what no plan is below in each: the border by eigenvalues (partitioning.bound_border),
compactness by partitioning.bound_compactness. Balance and moves are taken as 0.
"""

import numpy as np

from partitioning.bound_border import border_bound, estates_bound
from partitioning.bound_compactness import compactness_bound
from partitioning.bound_together import MOST_NODES, bound_together
from partitioning.core import Core
from partitioning.graph import Ints
from partitioning.level import Target
from partitioning.objective import measure_terms
from partitioning.problem import Problem

_MIXED = (0.1, 0.8)
"""Where the border is a smaller part of border and compactness, or a larger one, the two are bounded apart."""


def lower_bound(problem: Problem, core: Core, target: Target, labels: Ints, enough: float = np.inf) -> float:
    """A value that no plan with target.grids grids for the core is below.

    labels: (n,) a plan near which the prices start; any will do, a good one gives a good bound. enough: a value from
    which on the bound need not be raised any further.
    """
    if enough <= 0:
        return 0.0
    bound = target.estate * estates_bound(problem, core, target) if target.estate > 0 else 0.0
    share = _border_share(problem, target, labels)
    if _MIXED[0] < share < _MIXED[1] and len(core.members) <= MOST_NODES:
        return bound + bound_together(problem, core, target, labels, enough - bound)
    if target.border > 0:
        rest = (enough - bound) / target.border
        bound += target.border * border_bound(problem, core, target, labels, rest)
    if target.inertia > 0 and bound < enough:
        rest = (enough - bound) / target.inertia
        bound += target.inertia * compactness_bound(problem, core, target, labels, rest)
    return bound


def _border_share(problem: Problem, target: Target, labels: Ints) -> float:
    """What part of border and compactness of a plan is border."""
    terms = measure_terms(problem, labels)
    border, shape = target.border * terms.border_cost_m, target.inertia * terms.inertia_hm2
    return border / (border + shape) if border + shape > 0 else 0.0
