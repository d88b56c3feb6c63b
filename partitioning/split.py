"""Draws where oversized buildings are split: as few buildings as a plan needs."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from partitioning.graph import Ints, Truths
from partitioning.parts import PartedTown, divisible, part_buildings, unheld, without_apart
from partitioning.peeling import peel
from partitioning.plan import Outcome, Plan, number_grids
from partitioning.problem import Problem
from partitioning.rules import Rules
from partitioning.scores import Violation, score_plan
from partitioning.slices import join_parts

_STAGES = ((1, 6), (2, 6), (6, 6), (6, 24))
"""(a, b): buildings above 1/a of the most that a grid may hold are split into parts of at most 1/b of it; one stage
after the other until a plan is found.
"""
_BEYOND_SPLITTING = {"total_below", "total_above", "total_between", "no_common_number", "part_below"}
"""Reasons that speak of totals alone, which no division of buildings changes."""
_BEYOND_PARTS = ("lock", "held", "apart", "estates", "patches_held", "patches_too_many")
"""How the kinds of reasons begin that speak of what is never divided."""
_NEAR_PLANS = 4
"""So many near plans of a stage are peeled before more buildings are split."""
_PEELS = 4
"""So many bands, one after the other, a near plan is peeled for."""


def draw_parted(
    problem: Problem,
    rules: Rules,
    draw: Callable[[Problem], Outcome],
    near: Callable[[Problem, int], Outcome | None],
    finish: Callable[[Problem, Outcome], Outcome],
) -> Outcome:
    """Split the buildings that no grid can hold; where that leaves no plan, heavy ones as well.

    draw: a draw of a town whose nodes are whole. near: the plan of such a town that breaks least, another for each
    number. finish: what is said of a plan in the end. Near plans of a stage are peeled before the next one splits more.
    Bounds are about the buildings and parts that were drawn with. So are proofs, unless they speak of what no division
    changes: without one of those, and with buildings that can be cut anywhere, the answer is the near plan of the first
    stage, as unknown.
    """
    first: Outcome | None = None
    nearest: Outcome | None = None
    before = (-1, 0)
    for above, fineness in _STAGES:
        places = divisible(problem, rules, 1 / above)
        if (len(places), fineness) == before or (first is not None and not len(places)):
            continue
        before = (len(places), fineness)
        town = part_buildings(problem, rules, places, fineness)
        drawn = draw(town.problem)
        outcome = _on_buildings(town, drawn)
        first = first or outcome
        if outcome.status in ("optimal", "feasible") or outcome.interrupted or _is_final(outcome):
            return outcome
        for again in range(_NEAR_PLANS):
            closest = drawn if drawn.plan is not None and not again else near(town.problem, again)
            if closest is None or closest.interrupted:
                break
            for movable in _movable(problem):
                peeled = _peel(problem, rules, town, closest, movable)
                if peeled is not None:
                    cut, outcome = peeled
                    return _on_buildings(cut, finish(cut.problem, outcome))
            nearest = nearest or _on_buildings(town, closest)
    assert first is not None
    return first if nearest is None or not _loose(problem).any() else nearest


def _is_final(outcome: Outcome) -> bool:
    """Whether a proof holds however buildings are divided."""
    kinds = {reason.kind for reason in outcome.reasons}
    final = any(kind in _BEYOND_SPLITTING or kind.startswith(_BEYOND_PARTS) for kind in kinds)
    return outcome.status == "infeasible" and final


def _loose(problem: Problem) -> Truths:
    """(n,) buildings that may be cut anywhere: nothing holds them, and their entrances are not known."""
    known = np.array([bool(problem.entrances.get(name)) for name in problem.building_ids])
    loose: Truths = unheld(problem) & ~known & (problem.households > 1)
    return loose


def _movable(problem: Problem) -> list[Truths]:
    """(n,) buildings that may be moved and cut: first without those that are kept apart from others."""
    free = unheld(problem)
    return [free] if problem.apart is None else [without_apart(problem, free), free]


def _peel(
    problem: Problem, rules: Rules, town: PartedTown, outcome: Outcome, movable: Truths
) -> tuple[PartedTown, Outcome] | None:
    """A near plan that breaks nothing but bands, with households passed over its borders until it keeps them; None
    where that does not do. movable: (n,) buildings that may be moved and cut.
    """
    assert outcome.plan is not None
    town, labels = join_parts(town, outcome.plan.labels)
    plan = replace(outcome.plan, labels=labels)
    loose = _loose(problem) & movable
    for _ in range(_PEELS):
        broken = {violation.rule for violation in plan.scores.violations}
        if not broken <= {*rules.hard_bands, "balance"}:
            return None
        rule = next((rule for rule in rules.hard_bands if rule in broken), "households")
        moves = movable[town.building]
        cut = peel(town, plan.labels, rules, rule, loose[town.building] | (moves & town.estimated), moves)
        if cut is None:
            return None
        town, plan = cut[0], _judge(*cut, rules)
        if not plan.scores.violations:
            return town, Outcome("feasible", plan, plan.scores.objective, interrupted=outcome.interrupted)
    return None


def _judge(town: PartedTown, labels: Ints, rules: Rules) -> Plan:
    numbered = number_grids(labels, town.problem.xy_m)
    return Plan(numbered, score_plan(town.problem, numbered, rules))


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
        replace(
            score,
            buildings=int(count),
            centre=None if score.centre is None else int(town.building[score.centre]),
        )
        for score, count in zip(scores.grids, np.bincount(held, minlength=len(scores.grids)), strict=True)
    )
    violations, soft, notes = (
        _of_buildings(town, broken) for broken in (scores.violations, scores.soft, scores.notes)
    )
    scores = replace(scores, grids=grids, violations=violations, soft=soft, notes=notes)
    plan = Plan(town.whole_labels(labels), scores, town.parts(labels), outcome.plan.patches)
    return replace(outcome, plan=plan)


def _of_buildings(town: PartedTown, broken: tuple[Violation, ...]) -> tuple[Violation, ...]:
    """Violations with the places of the buildings in place of those of their parts."""
    return tuple(
        replace(one, buildings=tuple(dict.fromkeys(int(town.building[place]) for place in one.buildings)))
        for one in broken
    )
