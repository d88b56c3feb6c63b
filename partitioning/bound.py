"""A proven lower bound on the objective, and for few buildings the best plan of all.

Border, compactness and estates are bounded together (partitioning.bound_together) where the first two count much.
Where they do not, or little is proven so, they are bounded apart as well, since no plan is below the sum of what none
is below in each: border and estates by partitioning.bound_border, compactness by partitioning.bound_compactness. Where
buildings are few, the prices that this leaves are raised by columns, and the best plan of all is looked for
(partitioning.bound_columns); these count balance and soft bands as well, which are taken as 0 else. Moves always are.
"""

from collections.abc import Callable

import numpy as np

from partitioning.best_choice import Proof
from partitioning.bound_border import border_bound, estates_bound
from partitioning.bound_columns import MOST_NODES as MOST_BY_COLUMNS
from partitioning.bound_columns import bound_by_columns
from partitioning.bound_compactness import compactness_bound
from partitioning.bound_together import MOST_NODES, bound_together
from partitioning.core import Core
from partitioning.graph import Floats, Ints
from partitioning.level import Target
from partitioning.objective import measure_terms
from partitioning.problem import Problem

_MIXED = (0.1, 4.0)
"""Terms are bounded together where a plan has so much of the first for one of the second."""

_GOOD = 0.85
"""Where this share of what is bounded of a plan is proven together, it is not bounded apart as well."""

_CLOSE = 0.985
"""Where this share is proven, columns are not looked for without patience."""

_START = 0.25
"""Share of the usual rounds that compactness alone is bounded by where its prices are a start for both together."""


def lower_bound(
    problem: Problem,
    core: Core,
    target: Target,
    labels: Ints,
    enough: float = np.inf,
    patience: int = 1,
    go_on: Callable[[], bool] = lambda: True,
    *,
    kept: bool = True,
) -> Proof:
    """A value that no plan with target.grids grids for the core is below; and a better plan where one is met.

    labels: (n,) a plan near which the prices start; any will do, a good one gives a good bound. enough: a value from
    which on the bound need not be raised any further. patience: factor of the rounds that the terms together are
    usually bounded in. go_on: asked now and then in long ones, which end where it returns False.
    kept: whether the plan keeps all that is asked for, so that a bound close to it is as good as any.
    """
    if enough <= 0:
        return Proof(0.0)
    estates = target.estate * estates_bound(problem, core, target) if target.estate > 0 else 0.0
    n, rest, terms = len(core.members), enough - estates, measure_terms(problem, labels)
    border, shape = target.border * terms.border_cost_m, target.inertia * terms.inertia_hm2
    plan = border + shape + target.estate * terms.estates_split
    if not kept:
        plan = np.inf
    mixed = n <= MOST_NODES and _MIXED[0] * shape < border < _MIXED[1] * shape
    few = n <= MOST_BY_COLUMNS * patience
    proven, close = 0.0, min(enough, (_CLOSE if patience == 1 else 1.0) * plan)
    if not mixed:
        proven = estates + _apart(problem, core, target, labels, rest)
        if not few or proven >= close:
            return Proof(proven)
    compactness, prices = _compactness(problem, core, target, labels, rest, _START)
    together, prices = bound_together(problem, core, target, labels, prices, enough, patience)
    proven = max(proven, together, estates + compactness)
    if few and proven < close:
        value, better = bound_by_columns(
            problem, core, target, labels, prices, enough, patience, go_on, kept=kept
        )
        return Proof(max(proven, value), better)
    if proven < min(enough, _GOOD * plan):
        proven = max(proven, estates + _apart(problem, core, target, labels, rest))
    return Proof(proven)


def _apart(problem: Problem, core: Core, target: Target, labels: Ints, enough: float) -> float:
    """What no plan is below in the border, and what none is below in compactness."""
    border = _border(problem, core, target, labels, enough)
    return border + _compactness(problem, core, target, labels, enough - border, 1.0)[0]


def _border(problem: Problem, core: Core, target: Target, labels: Ints, enough: float) -> float:
    """What no plan is below in the border."""
    if target.border <= 0 or enough <= 0:
        return 0.0
    return target.border * border_bound(problem, core, target, labels, enough / target.border)


def _compactness(
    problem: Problem, core: Core, target: Target, labels: Ints, enough: float, share: float
) -> tuple[float, Floats]:
    """What no plan is below in compactness, and the prices that prove it."""
    if target.inertia <= 0 or enough <= 0:
        return 0.0, np.zeros(len(core.members))
    proof = compactness_bound(problem, core, target, labels, enough / target.inertia, share)
    return target.inertia * proof.inertia_hm2, proof.prices
