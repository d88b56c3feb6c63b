"""The patch of each grid: given with the buildings, or made by grouping the grids after the draw."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from partitioning.graph import Ints, merge_edges
from partitioning.plan import Outcome, Plan
from partitioning.prepare import lay_ground
from partitioning.problem import Problem
from partitioning.rules import Rules
from partitioning.scores import Violation

Draw = Callable[[Problem, Rules], Outcome]

TOLERANCES = (0.1, 0.2, 0.3, 0.5, None)
"""Balance tolerances of the households of a patch: the first that can be kept counts."""


def add_patches(problem: Problem, rules: Rules, outcome: Outcome, draw: Draw) -> Outcome:
    """The outcome with the patch of each grid of its plan, where problem or rules speak of patches.

    draw: draws a problem whose buildings are the grids.
    """
    plan = outcome.plan
    if plan is None or plan.scores.violations or (problem.patches is None and rules.patches is None):
        return outcome
    if problem.patches is not None:
        patches = np.full(plan.grids, -1, dtype=np.int64)
        np.maximum.at(patches, plan.labels, problem.patches)
        return replace(outcome, plan=replace(plan, patches=patches))
    grouped = _group(problem, plan, rules, draw)
    if grouped is not None:
        return replace(outcome, plan=replace(plan, patches=grouped))
    assert rules.patch_numbers is not None
    note = Violation("patches", plan.grids, rules.patch_numbers[1], None)
    scores = replace(plan.scores, notes=(*plan.scores.notes, note))
    return replace(outcome, plan=replace(plan, scores=scores))


def _group(problem: Problem, plan: Plan, rules: Rules, draw: Draw) -> Ints | None:
    """(K,) patch of each grid, numbered as grids are; None where no contiguous patches were found."""
    assert rules.patch_numbers is not None
    least, most = (min(number, plan.grids) for number in rules.patch_numbers)
    grids = _grids_as_buildings(lay_ground(problem, rules).change(xy_m=problem.xy_m), plan)
    for tolerance in TOLERANCES:
        asked = Rules(grids=(least, most), households=None, persons=None, balance_tolerance=tolerance)
        outcome = draw(grids, asked)
        if outcome.status in ("optimal", "feasible") and outcome.plan is not None:
            return outcome.plan.labels
    return None


def _grids_as_buildings(problem: Problem, plan: Plan) -> Problem:
    """A problem with a building for each grid, at its centroid; neighbours as far as grids touch or are linked."""
    labels, grids = plan.labels, plan.grids
    edges, border = merge_edges(labels, problem.edges, problem.border_m)
    _, cost = merge_edges(labels, problem.edges, problem.border_cost)
    weight = problem.households + 1e-3
    whole = np.bincount(labels, weights=weight, minlength=grids)
    xy = [
        np.bincount(labels, weights=weight * problem.xy_m[:, axis], minlength=grids) / whole
        for axis in (0, 1)
    ]
    households = [grid.households for grid in plan.scores.grids]
    return Problem(np.arange(grids), households, None, np.column_stack(xy), edges, border, cost)
