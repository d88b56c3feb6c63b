"""What exact answers and refutations tell a planner where no number of grids is left."""

from collections.abc import Iterable

import numpy as np

from partitioning.core import Core
from partitioning.exact import covered_nodes
from partitioning.exact_grounds import Grounds
from partitioning.level import Target
from partitioning.problem import Problem
from partitioning.reasons import Reason
from partitioning.refute import Refutation
from partitioning.rules import Rules


def explain_packing(
    problem: Problem, rules: Rules, core: Core, grounds: Grounds, targets: Iterable[Target]
) -> tuple[Reason, ...]:
    """Reasons after every division was ruled out: the buildings that no grid can hold, if there are any."""
    loose = grounds.loose
    covered = np.zeros(len(loose.group), dtype=np.bool_)
    for target in {target.bands[:, :2].tobytes(): target for target in targets}.values():
        covered |= covered_nodes(loose, target)
    lonely = np.flatnonzero((loose.part >= 0) & ~covered[loose.part])
    if len(lonely):
        names = problem.names(core.members[lonely])
        own = int(loose.level.households[np.unique(loose.part[lonely])].sum())
        return (Reason("all", "no_partner", own, 0, names),)
    return (_no_packing(problem, rules, core),)


def explain_refuted(
    problem: Problem, rules: Rules, core: Core, grounds: Grounds, refuted: list[Refutation]
) -> tuple[Reason, ...]:
    """Reasons after every number of grids was refuted, one refutation for each."""
    first = refuted[0]
    if any((other.kind, other.nodes) != (first.kind, first.nodes) for other in refuted):
        return (_no_packing(problem, rules, core),)
    names = problem.names(core.members[np.isin(grounds.strict.part, np.array(first.nodes, dtype=np.int64))])
    worst = min(refuted, key=lambda one: abs(one.value - one.limit))
    rule = "all" if first.kind == "no_partner" else core.columns[first.column]
    return (Reason(rule, first.kind, worst.value, worst.limit, names),)


def _no_packing(problem: Problem, rules: Rules, core: Core) -> Reason:
    """That all divisions were ruled out."""
    numbers = {"fewest": rules.grid_range[0], "most": rules.grid_range[-1]}
    return Reason("all", _kind(problem), len(core.members), rules.grid_range[-1], details=numbers)


def _kind(problem: Problem) -> str:
    if problem.apart is not None:
        return "no_packing_apart"
    return "no_packing" if problem.holds is None else "no_packing_held"
