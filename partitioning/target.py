"""What the kernels are asked for: bands and coefficients of one number of grids."""

import numpy as np

from partitioning.bands import UNLIMITED
from partitioning.core import Case, Core
from partitioning.explain_estates import splits_left
from partitioning.level import Target
from partitioning.objective import Coefficients, coefficients
from partitioning.problem import Problem
from partitioning.rules import Rules
from partitioning.soft import soft_terms


def make_target(problem: Problem, rules: Rules, core: Core, case: Case) -> Target:
    """Bands and coefficients of a case as the kernels take them."""
    by = coefficients(problem, rules, case.grids)
    bands = case.bands
    touches = splits_left(problem, rules, core)
    soft = soft_terms(problem, rules, case.grids, core.waived)
    mean = core.totals.sum(axis=0) / max(bands.grids, 1)
    return Target(
        grids=bands.grids,
        bands=np.column_stack([bands.low, bands.high, np.maximum(mean, 1.0)]),
        soft=np.array(
            [(core.columns.index(band.counts), band.low, band.high, band.unit) for band in soft.bands]
            if soft
            else (),
            dtype=np.float64,
        ).reshape(-1, 4),
        h_mean=float(problem.households.sum()) / case.grids or 1.0,
        border=by.border,
        inertia=by.inertia,
        balance=by.balance,
        estate=by.estate,
        lock=soft.lock if soft else 0.0,
        moved=by.moved,
        gap=by.gap,
        touches=UNLIMITED if touches is None else touches,
    )


def coefficients_of(target: Target) -> Coefficients:
    """The coefficients that a target was made with."""
    return Coefficients(
        target.border, target.inertia, target.balance, target.estate, target.moved, target.gap
    )
