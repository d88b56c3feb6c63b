"""Redraws around what a planner has fixed: a plan repaired with few moves, or completed.

The buildings to keep are pinned to their grids, so that the engine plans around them. Grids keep the caller's
numbers: grid k of the answer is the one that holds what is kept of grid k, or else most of its households; grids
that are new get numbers above all that the caller used, from west to east, and a number that is given up stays free.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from partitioning.budget import Budget, Progress
from partitioning.call_checks import check_call
from partitioning.engine import draw_within
from partitioning.errors import ProblemError
from partitioning.graph import Ints, Truths
from partitioning.objective import match_grids
from partitioning.plan import EffortName, Outcome, Plan
from partitioning.problem import Problem
from partitioning.reasons import Reason
from partitioning.rules import Rules
from partitioning.scores import Violation, oversized_buildings

_FOUND = ("optimal", "feasible")


def repair_grids(
    problem: Problem,
    labels: ArrayLike,
    rules: Rules,
    *,
    keep: ArrayLike | None = None,
    seed: int = 0,
    effort: EffortName = "normal",
    certify: bool = True,
    time_limit_s: float | None = None,
    progress: Progress | None = None,
    alternatives: bool = False,
) -> Outcome:
    """A plan that keeps the rules, near a given one, with some buildings left where they are.

    labels: (n,) grid of each building, -1 = in none; they take the place of problem.current. keep: (n,) true for
    buildings that must stay in their grid; problem.pinned and locks whose buildings lie in one grid stay as well.
    A building that the rules split cannot be kept. The weights are those of the preset "stable", overridden by
    rules.weights; the other arguments and the outcome are those of draw_grids, but for the numbers of the grids.

    Where what is kept leaves no plan, the reasons say so, and name the grids whose kept buildings stand in the way.
    Raises ProblemError with all faults where labels or keep do not fit, RulesError and CallError as draw_grids does.
    """
    check_call(problem, rules, seed, effort, time_limit_s, progress)
    current = problem.read_labels("labels", labels)
    held, kept = _hold(problem, current, _read_keep(problem, current, keep), rules)
    stable = replace(rules, preset="stable")
    return _redraw(held, kept, stable, _Ask(seed, effort, certify, alternatives), time_limit_s, progress)


def complete_grids(
    problem: Problem,
    labels: ArrayLike,
    rules: Rules,
    *,
    seed: int = 0,
    effort: EffortName = "normal",
    certify: bool = True,
    time_limit_s: float | None = None,
    progress: Progress | None = None,
    alternatives: bool = False,
) -> Outcome:
    """A plan that keeps the rules and every building that has a grid, and gives the others one.

    labels: (n,) grid of each building, -1 = to be placed, in one of these grids or in a new one. The weights are
    those of the rules; all else is as in repair_grids.
    """
    check_call(problem, rules, seed, effort, time_limit_s, progress)
    current = problem.read_labels("labels", labels)
    held, kept = _hold(problem, current, current >= 0, rules)
    return _redraw(held, kept, rules, _Ask(seed, effort, certify, alternatives), time_limit_s, progress)


class _Ask(NamedTuple):
    """Arguments that a redraw hands on to the engine."""

    seed: int
    effort: EffortName
    certify: bool
    alternatives: bool


def _read_keep(problem: Problem, current: Ints, keep: ArrayLike | None) -> Truths:
    """(n,) what the caller wants to keep. Raises ProblemError where it does not fit the labels and pins."""
    wanted = np.zeros(len(problem), dtype=np.bool_) if keep is None else np.asarray(keep)
    if wanted.shape != current.shape or wanted.dtype != np.bool_:
        shape = f"keep has shape {wanted.shape} of {wanted.dtype}; it must be {current.shape} of bool"
        raise ProblemError([f"{shape}: true for every building that stays."])
    faults = [
        f"keep[{i}] (building {problem.building_ids[i]!r}) is true, but labels[{i}] = -1; give the building a grid, or "
        "leave it free."
        for i in np.flatnonzero(wanted & (current < 0))
    ]
    if problem.pinned is not None:
        faults += [
            f"keep[{i}] (building {problem.building_ids[i]!r}) is true with labels[{i}] = {current[i]}, but "
            f"pinned[{i}] = {problem.pinned[i]}; a building is held in one grid only: change one of the two."
            for i in np.flatnonzero(wanted & (problem.pinned >= 0) & (problem.pinned != current))
        ]
    if faults:
        raise ProblemError(faults)
    return wanted


def _hold(problem: Problem, current: Ints, wanted: Truths, rules: Rules) -> tuple[Problem, Truths]:
    """The problem with the labels in force and what is kept pinned, and (n,) what is kept beside its own pins."""
    kept = wanted.copy() if rules.is_soft("locked") else wanted | _locked_in_place(problem, current)
    if rules.oversized == "split":
        kept[oversized_buildings(problem, rules)] = False
    pinned = np.full(len(problem), -1) if problem.pinned is None else problem.pinned
    kept &= pinned < 0
    return problem.change(current=current, pinned=np.where(kept, current, pinned)), kept


def _locked_in_place(problem: Problem, current: Ints) -> Truths:
    """(n,) locked buildings whose whole lock lies in one grid."""
    in_place = np.zeros(len(problem), dtype=np.bool_)
    if problem.locked is not None:
        for lock in np.unique(problem.locked[problem.locked >= 0]):
            members = problem.locked == lock
            if len(np.unique(current[members])) == 1:
                in_place |= members & (current >= 0)
    return in_place


def _redraw(
    held: Problem,
    kept: Truths,
    rules: Rules,
    ask: _Ask,
    time_limit_s: float | None,
    progress: Progress | None,
) -> Outcome:
    """Draw around what is held; the answer in the caller's numbers, with what stands in the way of a plan."""

    def tell(share: float, best: Plan | None) -> bool | None:
        assert progress is not None
        return progress(share, None if best is None else _renumber(best, _names(held, best)))

    budget = Budget(time_limit_s, tell if progress is not None else None)
    outcome = draw_within(held, rules, budget=budget, **ask._asdict())
    if outcome.plan is not None:
        names = _names(held, outcome.plan)
        outcome = replace(
            outcome,
            plan=_renumber(outcome.plan, names),
            reasons=tuple(
                reason if reason.grid is None else replace(reason, grid=int(names[reason.grid]))
                for reason in outcome.reasons
            ),
            alternatives=tuple(_renumber(plan, _names(held, plan)) for plan in outcome.alternatives),
        )
    if outcome.status in _FOUND or not kept.any():
        return outcome
    return _blame(held, kept, rules, ask.seed, budget, outcome)


def _names(held: Problem, plan: Plan) -> Ints:
    """(K,) the caller's number of each grid of a plan."""
    matched = match_grids(held, plan.labels)
    names = np.full(plan.grids, -1, dtype=np.int64)
    names[: len(matched)] = matched
    new = np.flatnonzero(names < 0)
    names[new] = held.grid_names.max(initial=-1) + 1 + np.arange(len(new))
    return names


def _renumber(plan: Plan, names: Ints) -> Plan:
    """The same plan; names: (K,) number of each of its grids."""
    scores = replace(
        plan.scores,
        grids=tuple(
            sorted(
                (replace(grid, grid=int(names[grid.grid])) for grid in plan.scores.grids),
                key=lambda grid: grid.grid,
            )
        ),
        violations=_renamed(plan.scores.violations, names),
        soft=_renamed(plan.scores.soft, names),
        notes=_renamed(plan.scores.notes, names),
    )
    parts = None if plan.parts is None else replace(plan.parts, label=names[plan.parts.label])
    patches = None if plan.patches is None else plan.patches[np.argsort(names)]
    return Plan(names[plan.labels], scores, parts, patches)


def _renamed(violations: tuple[Violation, ...], names: Ints) -> tuple[Violation, ...]:
    return tuple(
        violation if violation.grid is None else replace(violation, grid=int(names[violation.grid]))
        for violation in violations
    )


def _blame(held: Problem, kept: Truths, rules: Rules, seed: int, budget: Budget, outcome: Outcome) -> Outcome:
    """The outcome with the grids whose kept buildings, once released, leave a plan; or with a proof that there is none
    either way.
    """
    ways = [way for reason in outcome.reasons for way in (reason.relaxation, *reason.other_relaxations)]
    if not budget.left() or any(way is not None and way.rule == "locked" for way in ways):
        return outcome
    assert held.pinned is not None
    pinned = held.pinned

    def release(places: Truths, budget: Budget) -> Outcome:
        freed = held.change(pinned=np.where(places, -1, pinned))
        return draw_within(freed, rules, seed=seed, effort="fast", budget=budget)

    quiet = budget.quiet(brief=outcome.status == "infeasible")
    free = release(kept, quiet)
    if free.status == "infeasible" and outcome.status == "unknown":
        return free
    if free.status not in _FOUND:
        return replace(outcome, interrupted=quiet.spent)
    reasons = [Reason("locked", "held_blocks", int(kept.sum()), 0, held.names(np.flatnonzero(kept)))]
    brief = quiet.quiet(brief=True)
    for grid in np.unique(pinned[kept]):
        own = kept & (pinned == grid)
        if brief.left() and release(own, brief).status in _FOUND:
            names = held.names(np.flatnonzero(own))
            reasons.append(Reason("locked", "held_release", len(names), 0, names, int(grid)))
    return replace(outcome, reasons=(*outcome.reasons, *reasons), interrupted=brief.spent)
