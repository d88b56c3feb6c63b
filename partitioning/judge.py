"""The outcome of a draw: the best candidate, judged as the ground was given, with the proof of how good it is."""

from typing import TYPE_CHECKING

from partitioning.bound import lower_bound
from partitioning.explain import explain_violations
from partitioning.local import Division, neighbours, split_again
from partitioning.plan import LocalCertificate, Outcome, Plan
from partitioning.pool import Candidate
from partitioning.reasons import Reason
from partitioning.scores import check_plan, score_plan

if TYPE_CHECKING:
    from partitioning.draw import Draw

_ROUNDING = 1e-9
"""Share of the objective that the bound may be below it where it is proven to be the least."""


def judge(draw: "Draw") -> Outcome:
    """The best candidate, judged, with its bound where one is asked for."""
    plan = _leading_plan(draw)
    if plan.scores.violations:
        first = Reason("all", "stopped" if draw.budget.spent else "not_found", 0, 0)
        reasons = (first, *explain_violations(draw.asked, plan.scores.violations))
        return Outcome("unknown", plan, plan.scores.objective, reasons=reasons, interrupted=draw.budget.spent)
    if not draw.certify:
        if not draw.open and plan.scores.objective <= draw.ask.beyond + 1e-12:
            return _best_of_all(draw, plan, None)
        return Outcome("feasible", plan, plan.scores.objective, interrupted=draw.budget.spent)
    local = _split_again(draw)
    best = draw.pool.leader()
    plan = _leading_plan(draw)
    if not draw.open and plan.scores.objective <= draw.ask.beyond + 1e-12:
        return _best_of_all(draw, plan, local)
    bound = _bound(draw, best)
    if draw.pool.leader() is not best:
        local = _split_again(draw)
        plan = _leading_plan(draw)
    objective = plan.scores.objective
    if bound is None:
        return Outcome("feasible", plan, objective, interrupted=draw.budget.spent, local=local)
    bound = min(objective, bound)
    gap = (objective - bound) / objective if objective else 0.0
    if gap <= _ROUNDING:
        return _best_of_all(draw, plan, _all_pairs(draw, draw.pool.leader()))
    return Outcome("feasible", plan, objective, bound, gap, interrupted=draw.budget.spent, local=local)


def _leading_plan(draw: "Draw") -> Plan:
    labels = draw.pool.leader().labels
    return Plan(labels, score_plan(draw.asked, labels, draw.rules))


def _best_of_all(draw: "Draw", plan: Plan, local: LocalCertificate | None) -> Outcome:
    """The outcome where no plan is better."""
    value = plan.scores.objective
    return Outcome("optimal", plan, value, value, 0.0, interrupted=draw.budget.spent, local=local)


def _division(draw: "Draw", grids: int) -> Division:
    return Division(draw.problem, draw.core, draw.grounds.strict, draw.targets[grids])


def _all_pairs(draw: "Draw", best: Candidate) -> LocalCertificate:
    """The certificate of a plan than which none is better."""
    pairs = len(neighbours(_division(draw, int(best.labels.max()) + 1), best.labels))
    return LocalCertificate(pairs, pairs, 0.0, 0)


def _split_again(draw: "Draw") -> LocalCertificate | None:
    """Certify the best candidate locally; better splits that are met make a better one."""
    best = draw.pool.leader()
    grids = int(best.labels.max()) + 1
    if all(case.grids != grids for case in draw.open):
        return _all_pairs(draw, best)
    if draw.targets[grids].moved > 0 or draw.problem.anchored:
        return None
    labels, local = split_again(
        _division(draw, grids),
        best.labels,
        lambda labels: draw.pool.value(grids, labels),
        lambda labels: not check_plan(draw.asked, labels, draw.rules),
        draw.go_on,
    )
    draw.pool.keep_full(grids, labels, best.excess)
    return local


def _bound(draw: "Draw", best: Candidate) -> float | None:
    """Proven lower bound over all numbers of grids that are not refuted, None where the budget ends before; better
    plans that are met are kept.
    """
    bounds = [draw.ask.beyond, *(draw.pool.best[case.grids].objective for case in draw.solved)]
    # the least of all counts, so that the rest are raised to it alone: mostly that of the most grids
    for case in sorted(
        draw.open, key=lambda case: (draw.pool.best.get(case.grids, best) is not best, -case.grids)
    ):
        if not draw.go_on():
            return None
        near = draw.pool.best.get(case.grids, best)
        soft = draw.soft[case.grids]
        fixed = soft.grids if soft else 0.0
        proven = lower_bound(
            draw.problem,
            draw.core,
            draw.targets[case.grids],
            near.labels,
            min(bounds) - fixed,
            draw.patience,
            draw.go_on,
            kept=near is draw.pool.best.get(case.grids) and near.rank[0] == 0,
        )
        bounds.append(fixed + proven.value)
        if proven.better is not None:
            labels = draw.pool.full(proven.better)
            if not check_plan(draw.asked, labels, draw.rules):
                draw.pool.keep_full(case.grids, labels, 0.0)
        draw.rounds_done += 1
    if not draw.go_on():
        return None
    return min(bounds)
