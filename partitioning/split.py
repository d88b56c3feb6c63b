"""Draws where oversized buildings are split: as few buildings as a plan needs."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from partitioning.parts import PartedTown, divisible, part_buildings
from partitioning.plan import Outcome, Plan
from partitioning.problem import Problem
from partitioning.rules import Rules

_STAGES = ((1, 6), (2, 6), (6, 6), (6, 24), (24, 96), (96, 384))
"""(a, b): buildings above 1/a of the most that a grid may hold are split into parts of at most 1/b of it; one stage
after the other until a plan is found. Only totals near the end of what the bands admit need the last ones.
"""
_BEYOND_SPLITTING = {"total_below", "total_above", "total_between", "no_common_number", "part_below"}
"""Reasons that speak of totals alone, which no division of buildings changes."""


def draw_parted(problem: Problem, rules: Rules, draw: Callable[[Problem], Outcome]) -> Outcome:
    """Split the buildings that no grid can hold; where that leaves no plan, heavy ones as well.

    Proofs and bounds are about the buildings and parts that were drawn with. Where no splitting helps, the
    reasons are those of the ground as it is divided first.
    """
    first: Outcome | None = None
    outcome: Outcome | None = None
    before = (-1, 0)
    for above, fineness in _STAGES:
        places = divisible(problem, rules, 1 / above)
        if (len(places), fineness) == before or (first is not None and not len(places)):
            continue
        before = (len(places), fineness)
        town = part_buildings(problem, rules, places, fineness)
        outcome = _on_buildings(town, draw(town.problem))
        first = first or outcome
        hopeless = any(reason.kind in _BEYOND_SPLITTING for reason in outcome.reasons)
        if outcome.status in ("optimal", "feasible") or outcome.interrupted or hopeless:
            return outcome
    assert first is not None
    assert outcome is not None
    return first if outcome.status == "infeasible" else outcome


def _on_buildings(town: PartedTown, outcome: Outcome) -> Outcome:
    """The outcome for the buildings, with the parts of those that were split: each counts in every grid that holds one
    of its parts.
    """
    if outcome.plan is None or not town.number.any():
        return outcome
    labels = outcome.plan.labels
    scores = outcome.plan.scores
    held = np.unique(np.column_stack([labels, town.building]), axis=0)[:, 0]
    grids = tuple(
        replace(score, buildings=int(count))
        for score, count in zip(scores.grids, np.bincount(held, minlength=len(scores.grids)), strict=True)
    )
    notes = tuple(
        replace(note, buildings=tuple(np.unique(town.building[list(note.buildings)]).tolist()))
        for note in scores.notes
    )
    scores = replace(scores, grids=grids, notes=notes)
    plan = Plan(town.whole_labels(labels), scores, town.parts(labels), outcome.plan.patches)
    return replace(outcome, plan=plan)
