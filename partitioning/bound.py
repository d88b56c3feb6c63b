"""A proven lower bound on the objective: one for compactness, border and estates each, added up.

No plan is below the sum of what no plan is below in each term. Balance and moves are taken as 0; compactness is that
of partitioning.bound_compactness, border and estates are those of partitioning.bound_border.
"""

import numpy as np

from partitioning.bound_border import border_bound, estates_bound
from partitioning.bound_compactness import compactness_bound
from partitioning.core import Core
from partitioning.graph import Ints
from partitioning.level import Target
from partitioning.problem import Problem


def lower_bound(problem: Problem, core: Core, target: Target, labels: Ints, enough: float = np.inf) -> float:
    """A value that no plan with target.grids grids for the core is below.

    labels: (n,) a plan near which the prices start; any will do, a good one gives a good bound. enough: a value from
    which on the bound need not be raised any further.
    """
    bound = 0.0
    if enough <= bound:
        return bound
    if target.border > 0:
        bound += target.border * border_bound(problem, core, target, labels, enough / target.border)
    if target.estate > 0:
        bound += target.estate * estates_bound(problem, core, target)
    if target.inertia > 0 and bound < enough:
        rest = (enough - bound) / target.inertia
        bound += target.inertia * compactness_bound(problem, core, target, labels, rest)
    return bound
