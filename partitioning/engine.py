"""The door of the engine: check, prove, search, judge."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from partitioning.alternatives import with_alternatives
from partitioning.ask import Ask
from partitioning.budget import Budget, Progress
from partitioning.call_checks import check_call, check_counts
from partitioning.core import Case, Core, build_core, cases_among
from partitioning.explain import prove_infeasible
from partitioning.explain_patches import blame_patches
from partitioning.patches import add_patches
from partitioning.plan import EffortName, Outcome, Plan, number_grids
from partitioning.prepare import lay_ground, prepare
from partitioning.problem import Problem
from partitioning.rules import Rules
from partitioning.scores import score_plan
from partitioning.soft import loosen, number_cost
from partitioning.split import draw_parted

if TYPE_CHECKING:
    from partitioning.draw import Draw

_NUMBERS = 12
"""So many numbers of grids are drawn where the rule for them is soft, those that cost least."""


def draw_grids(
    problem: Problem,
    *,
    rules: Rules,
    seed: int = 0,
    effort: EffortName = "normal",
    certify: bool = True,
    time_limit_s: float | None = None,
    progress: Progress | None = None,
    alternatives: bool = False,
) -> Outcome:
    """Divide the buildings into grids by the rules.

    seed and effort decide the answer, not the clock; time_limit_s is a cap that ends the search with the
    best so far. certify adds a proven lower bound on the objective. alternatives adds the plans that the other
    presets' weights give with effort "fast", as far as none is as good in border cost, deviation, inertia and
    households moved at once. Raises RulesError where the rules do not fit the problem, CallError where seed, effort or
    time_limit_s has a value that is not allowed.
    """
    check_call(problem, rules, seed, effort, time_limit_s, progress)
    budget = Budget(time_limit_s, progress)
    return draw_within(
        problem, rules, seed=seed, effort=effort, certify=certify, alternatives=alternatives, budget=budget
    )


def draw_within(
    problem: Problem,
    rules: Rules,
    *,
    seed: int,
    effort: EffortName,
    budget: Budget,
    certify: bool = False,
    alternatives: bool = False,
) -> Outcome:
    """A draw with a budget that the caller shares out among several; all else as in draw_grids."""
    check_counts(problem, rules)
    problem = loosen(problem, rules)
    outcome = _draw_parted(problem, rules, seed=seed, effort=effort, certify=certify, budget=budget)
    if not alternatives or outcome.plan is None or outcome.plan.scores.violations:
        return outcome

    def draw_fast(other: Rules) -> Outcome:
        return _draw_parted(problem, other, seed=seed, effort="fast", certify=False, budget=budget)

    return with_alternatives(problem, rules, outcome, outcome.plan, draw_fast)


def _draw_parted(
    problem: Problem, rules: Rules, *, seed: int, effort: EffortName, certify: bool, budget: Budget
) -> Outcome:
    """Draw, with oversized buildings split where the rules say so."""

    def draw(town: Problem) -> Outcome:
        return _draw(town, rules, seed=seed, effort=effort, certify=certify, budget=budget)

    def near(town: Problem, number: int) -> Outcome | None:
        from partitioning.draw import Draw  # compiled code: loaded when it is needed, not on import

        few = rules.trimmed(len(town))
        ground, hard = prepare(town, few), few.hard(len(town))
        core = build_core(ground, few)
        ask = Ask(hard, _batch(few, hard, cases_among(core, hard, _numbers(few, hard))))
        other = seed + number
        draw = Draw(ground, few, core, town, ask, seed=other, effort=effort, certify=False, budget=budget)
        return draw.nearest()

    def finish(town: Problem, outcome: Outcome) -> Outcome:
        return add_patches(town, rules, outcome, partial(_draw_groups, seed, budget))

    if rules.oversized != "split":
        return draw(problem)
    return draw_parted(problem, rules, draw, near, finish)


def _draw(
    problem: Problem, rules: Rules, *, seed: int, effort: EffortName, certify: bool, budget: Budget
) -> Outcome:
    """Draw a plan, every building being whole, or prove that there is none, and say what would allow one."""
    rules = rules.trimmed(len(problem))
    outcome = _answer(problem, rules, seed, effort, certify, budget)
    if outcome.status != "infeasible" or budget.brief:
        return outcome
    from partitioning.relax import add_relaxations

    advised = add_relaxations(problem, rules.hard(len(problem)), outcome.reasons, budget)
    return replace(outcome, reasons=advised, interrupted=budget.spent)


def _answer(
    problem: Problem, rules: Rules, seed: int, effort: EffortName, certify: bool, budget: Budget
) -> Outcome:
    """Draw a plan, or prove that there is none: by the patches only where there is one without them."""
    hard = rules.hard(len(problem))
    ground = lay_ground(problem, rules)
    core = build_core(ground, rules)
    reasons = prove_infeasible(ground, hard, core)
    if not reasons and (rules.estate_splits == 0 or problem.patches is not None):
        ground = prepare(problem, rules)
        core = build_core(ground, rules)
        reasons = prove_infeasible(ground, hard, core)
    if not reasons and not len(core.members):
        return add_patches(problem, rules, _all_alone(problem, rules), partial(_draw_groups, seed, budget))
    outcome = Outcome("infeasible", None, reasons=reasons)
    if not reasons:
        # compiled code: loaded when it is needed, not on import
        from partitioning.draw import Draw

        draw = partial(
            Draw, ground, rules, core, problem, seed=seed, effort=effort, certify=certify, budget=budget
        )
        outcome = _draw_cases(rules, hard, core, draw)
    if outcome.status != "infeasible":
        return add_patches(problem, rules, outcome, partial(_draw_groups, seed, budget))
    named = any(reason.rule == "patches" for reason in outcome.reasons)
    if problem.patches is None or named or budget.brief:
        return outcome
    quiet = budget.quiet(brief=False)
    without = _answer(problem.change(patches=None), rules, seed, "fast", False, quiet)
    budget.spent = quiet.spent
    if without.status == "infeasible":
        return without
    return replace(outcome, reasons=blame_patches(problem, outcome.reasons))


def _draw_groups(seed: int, budget: Budget, grids: Problem, rules: Rules) -> Outcome:
    """A draw one level up: groups of grids."""
    return _draw(grids, rules, seed=seed, effort="normal", certify=False, budget=budget.quiet(brief=True))


def _draw_cases(rules: Rules, hard: Rules, core: Core, draw: "Callable[[Ask], Draw]") -> Outcome:
    """Draw the numbers of grids that are possible: all where their rule is hard, else those that cost least, and more
    only where these are refuted.
    """
    cases = cases_among(core, hard, _numbers(rules, hard))
    batch = _batch(rules, hard, cases)
    while True:
        following = _batch(rules, hard, cases)
        beyond = number_cost(rules, following[0].grids) if following else np.inf
        outcome: Outcome = draw(Ask(hard, batch, beyond)).run()
        if outcome.status != "infeasible" or not following:
            return outcome
        batch = following


def _numbers(rules: Rules, hard: Rules) -> list[int]:
    """The numbers of grids that may be had, those that cost least first."""
    return sorted(hard.grid_range, key=lambda grids: number_cost(rules, grids))


def _batch(rules: Rules, hard: Rules, cases: Iterator[Case]) -> list[Case]:
    """The next numbers of grids to draw at once."""
    return list(islice(cases, _NUMBERS if rules.is_soft("grids") else len(hard.grid_range)))


def _all_alone(problem: Problem, rules: Rules) -> Outcome:
    """The only plan where every building is oversized."""
    labels = number_grids(np.arange(len(problem)), problem.xy_m)
    scores = score_plan(problem, labels, rules)
    return Outcome("optimal", Plan(labels, scores), scores.objective, scores.objective, 0.0)
