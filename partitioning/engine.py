"""The door of the engine: check, prove, search, judge."""

from dataclasses import replace

import numpy as np

from partitioning.alternatives import find_alternatives
from partitioning.budget import Budget, Progress
from partitioning.core import build_core
from partitioning.errors import RulesError
from partitioning.explain import prove_infeasible
from partitioning.plan import EffortName, Outcome, Plan, number_grids
from partitioning.prepare import prepare
from partitioning.problem import Problem
from partitioning.rules import Rules
from partitioning.scores import score_plan
from partitioning.split import draw_parted


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
    households moved at once. Raises RulesError where the rules do not fit the problem.
    """
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
    _check_counts(problem, rules)
    outcome = _draw_parted(problem, rules, seed=seed, effort=effort, certify=certify, budget=budget)
    if not alternatives or outcome.plan is None or outcome.plan.scores.violations:
        return outcome

    def draw_fast(other: Rules) -> Outcome:
        return _draw_parted(problem, other, seed=seed, effort="fast", certify=False, budget=budget)

    return replace(outcome, alternatives=find_alternatives(outcome.plan, rules, draw_fast))


def _check_counts(problem: Problem, rules: Rules) -> None:
    """Raises RulesError with every band whose counts the problem lacks."""
    missing = [rule for rule in rules.bands if problem.counts_of(rule) is None]
    faults = [
        f"{rule} is a rule, but the problem has no {rule}; give the counts, or leave the rule out: "
        + ("persons=None." if rule == "persons" else f'workloads without "{rule}".')
        for rule in missing
    ]
    if rules.soft or rules.workloads:
        faults.append("soft and workloads are read, but not drawn with yet; leave them out.")
    if faults:
        raise RulesError(faults)


def _draw_parted(
    problem: Problem, rules: Rules, *, seed: int, effort: EffortName, certify: bool, budget: Budget
) -> Outcome:
    """Draw, with oversized buildings split where the rules say so."""

    def draw(town: Problem) -> Outcome:
        return _draw(town, rules, seed=seed, effort=effort, certify=certify, budget=budget)

    return draw_parted(problem, rules, draw) if rules.oversized == "split" else draw(problem)


def _draw(
    problem: Problem, rules: Rules, *, seed: int, effort: EffortName, certify: bool, budget: Budget
) -> Outcome:
    """Prove that there is no plan, or draw one, every building being whole."""
    fewest, most = rules.grid_range[0], rules.grid_range[-1]
    if most > len(problem):  # no plan has more grids than buildings: do not look for any
        rules = replace(rules, grids=(fewest, max(fewest, len(problem))))
    core = build_core(problem, rules)
    reasons = prove_infeasible(problem, rules, core)
    ground = prepare(problem, rules)
    if not reasons and ground is not problem:
        core = build_core(ground, rules)
        reasons = prove_infeasible(ground, rules, core)
    if not reasons and not len(core.members):
        return _all_alone(problem, rules)
    # compiled code: loaded when it is needed, not on import
    from partitioning.draw import Draw
    from partitioning.relax import add_relaxations

    if reasons and budget.brief:
        return Outcome("infeasible", None, reasons=reasons)
    if reasons:
        advised = add_relaxations(problem, rules, reasons, budget)
        return Outcome("infeasible", None, reasons=advised, interrupted=budget.spent)
    outcome = Draw(
        ground, rules, core, problem, seed=seed, effort=effort, certify=certify, budget=budget
    ).run()
    if outcome.status != "infeasible" or budget.brief:
        return outcome
    advised = add_relaxations(problem, rules, outcome.reasons, budget)
    return replace(outcome, reasons=advised, interrupted=budget.spent)


def _all_alone(problem: Problem, rules: Rules) -> Outcome:
    """The only plan where every building is oversized."""
    labels = number_grids(np.arange(len(problem)), problem.xy_m)
    scores = score_plan(problem, labels, rules)
    return Outcome("feasible", Plan(labels, scores), scores.objective)
