"""One draw: try the possible numbers of grids, spend the effort on the promising ones, judge the best."""

from dataclasses import dataclass

import numpy as np

from partitioning.budget import Budget
from partitioning.core import Case, Core, possible_cases
from partitioning.explain import explain_violations
from partitioning.graph import Ints
from partitioning.kernels import Target
from partitioning.levels import base_level, lock_parts
from partitioning.objective import coefficients, measure_terms
from partitioning.plan import EffortName, Outcome, Plan, number_grids
from partitioning.problem import Problem
from partitioning.reasons import Reason
from partitioning.rules import Rules
from partitioning.scores import score_plan
from partitioning.search import EFFORTS, run_start

_FINALISTS = 2
"""Numbers of grids that get the full effort."""


@dataclass(frozen=True)
class Candidate:
    """A full assignment, numbered; excess over the bands (0 = kept) and objective."""

    labels: Ints
    excess: float
    objective: float

    @property
    def rank(self) -> tuple[float, float]:
        """Orders candidates: less excess first, then the better objective."""
        return (self.excess if self.excess > 1e-9 else 0.0, self.objective)


def draw_core(
    problem: Problem,
    rules: Rules,
    core: Core,
    *,
    seed: int,
    effort: EffortName,
    certify: bool,
    budget: Budget,
) -> Outcome:
    """Search all cases of a problem that the arithmetic could not refuse."""
    cases = possible_cases(core, rules)
    best = _search(problem, rules, core, cases, seed, effort, budget)
    plan = Plan(best.labels, score_plan(problem, best.labels, rules))
    objective = plan.scores.objective
    if plan.scores.violations:
        first = Reason("all", "stopped" if budget.spent else "not_found", 0, 0)
        reasons = (first, *explain_violations(problem, plan.scores.violations))
        return Outcome("unknown", plan, objective, reasons=reasons, interrupted=budget.spent)
    return Outcome("feasible", plan, objective, interrupted=budget.spent)


def _search(
    problem: Problem,
    rules: Rules,
    core: Core,
    cases: list[Case],
    seed: int,
    effort: EffortName,
    budget: Budget,
) -> Candidate:
    """The best candidate: every case gets one start, the best few share the others."""
    part = lock_parts(problem, core.members)
    level = base_level(problem, core.members, part, np.empty((len(core.members), 0)))
    component = np.empty(len(level.households), dtype=np.int64)
    component[part] = core.component
    spend = EFFORTS[effort]
    best: dict[int, Candidate] = {}
    rounds = [(case, 0) for case in cases]
    done = 0
    while rounds:
        case, number = rounds.pop(0)
        rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, case.grids, number])))
        target = make_target(problem, rules, core, case)
        found = run_start(level, target, component, case.shares, spend.steps, rng, budget.left)
        candidate = _candidate(problem, rules, core, found.labels[part], found.excess)
        if case.grids not in best or candidate.rank < best[case.grids].rank:
            best[case.grids] = candidate
        done += 1
        if not rounds and done == len(cases) and spend.starts > 1:
            order = sorted(cases, key=lambda c: best[c.grids].rank)[:_FINALISTS]
            rounds = [(c, i) for i in range(1, spend.starts) for c in order]
        leader = min(best.values(), key=lambda c: c.rank)
        budget.report(done / (done + len(rounds)), lambda: _kept(problem, rules, leader))
        if not budget.left():
            break
    return min(best.values(), key=lambda c: c.rank)


def make_target(problem: Problem, rules: Rules, core: Core, case: Case) -> Target:
    """Bands and coefficients of a case as the kernels take them."""
    by = coefficients(problem, rules, case.grids)
    rest = case.bands.grids
    return Target(
        grids=rest,
        h_low=case.bands.h_low,
        h_high=case.bands.h_high,
        p_low=case.bands.p_low,
        p_high=case.bands.p_high,
        h_mean=max(float(core.households.sum()) / rest, 1.0),
        p_mean=max(float(core.persons.sum()) / rest, 1.0),
        border=by.border,
        inertia=by.inertia,
        balance=by.balance,
        estate=by.estate,
        moved=by.moved,
    )


def _candidate(problem: Problem, rules: Rules, core: Core, labels: Ints, excess: float) -> Candidate:
    """Numbered assignment of all buildings: the core's grids and one for each waived building."""
    full = np.empty(len(problem), dtype=np.int64)
    full[core.members] = labels
    full[core.waived] = labels.max(initial=-1) + 1 + np.arange(len(core.waived))
    full = number_grids(full, problem.xy_m)
    by = coefficients(problem, rules, int(full.max()) + 1)
    return Candidate(full, excess, measure_terms(problem, full).value(by))


def _kept(problem: Problem, rules: Rules, candidate: Candidate) -> Plan | None:
    """The candidate as a plan, if it keeps every hard rule."""
    scores = score_plan(problem, candidate.labels, rules)
    return None if scores.violations else Plan(candidate.labels, scores)
