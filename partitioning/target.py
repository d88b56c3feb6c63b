"""What the kernels are asked for: bands and coefficients of one number of grids."""

from partitioning.bands import UNLIMITED
from partitioning.core import Case, Core
from partitioning.explain_estates import splits_left
from partitioning.level import Target
from partitioning.objective import Coefficients, coefficients
from partitioning.problem import Problem
from partitioning.rules import Rules


def make_target(problem: Problem, rules: Rules, core: Core, case: Case) -> Target:
    """Bands and coefficients of a case as the kernels take them."""
    by = coefficients(problem, rules, case.grids)
    bands = case.bands
    touches = splits_left(problem, rules, core)
    return Target(
        grids=bands.grids,
        h_low=bands.h_low,
        h_high=bands.h_high,
        p_low=bands.p_low,
        p_high=bands.p_high,
        h_mean=max(float(core.households.sum()) / max(bands.grids, 1), 1.0),
        p_mean=max(float(core.persons.sum()) / max(bands.grids, 1), 1.0),
        border=by.border,
        inertia=by.inertia,
        balance=by.balance,
        estate=by.estate,
        moved=by.moved,
        touches=UNLIMITED if touches is None else touches,
    )


def coefficients_of(target: Target) -> Coefficients:
    """The coefficients that a target was made with."""
    return Coefficients(target.border, target.inertia, target.balance, target.estate, target.moved)
