"""Plans beside the one drawn: what the other presets would give, as far as no plan is worse in every figure."""

from collections.abc import Callable
from dataclasses import replace

from partitioning.plan import Outcome, Plan
from partitioning.problem import Problem
from partitioning.rules import PRESETS, Rules
from partitioning.scores import score_plan

_ROUNDING = 1e-12

Figures = tuple[float, float, float, int, float]


def figures(plan: Plan) -> Figures:
    """Border cost (metres), largest deviation from the mean, inertia (m^2 a household), households moved, cost of
    broken soft rules.
    """
    scores = plan.scores
    return (
        scores.border_cost_m,
        scores.deviation,
        scores.inertia_m2,
        scores.households_moved,
        scores.soft_cost,
    )


def with_alternatives(
    problem: Problem, rules: Rules, outcome: Outcome, chosen: Plan, draw: Callable[[Rules], Outcome]
) -> Outcome:
    """The outcome, whose plan is the chosen one, with the plans by the weights of the other presets that neither it nor
    one another dominate.

    All keep the same hard rules. In the order of PRESETS; the weights of `rules` themselves gave the chosen plan. Where
    another is better by these as well, they change places.
    """
    presets = [preset for preset in PRESETS if preset != rules.preset]
    drawn = [draw(replace(rules, preset=preset, weights=None)) for preset in presets]
    plans = [
        other.plan for other in drawn if other.status in {"optimal", "feasible"} and other.plan is not None
    ]
    # figures of parts are of the parts that each was drawn with
    whole = [plan for plan in plans if plan.parts is None] if chosen.parts is None else []
    scored = [replace(plan, scores=score_plan(problem, plan.labels, rules)) for plan in whole]
    best = min(scored, key=lambda plan: plan.scores.objective, default=chosen)
    if best.scores.objective < chosen.scores.objective - _ROUNDING:
        plans = [chosen, *(plan for plan in plans if plan.labels is not best.labels)]
        outcome, chosen = _with_plan(outcome, best), best
    return replace(outcome, alternatives=pareto(chosen, plans))


def _with_plan(outcome: Outcome, plan: Plan) -> Outcome:
    """The outcome with a better plan, of which nothing is proven locally."""
    objective = plan.scores.objective
    gap = None if outcome.bound is None else max(objective - outcome.bound, 0.0) / objective
    return replace(outcome, plan=plan, objective=objective, gap=gap, local=None)


def pareto(chosen: Plan, plans: list[Plan]) -> tuple[Plan, ...]:
    """The plans that no other one is at least as good as in all these figures; of equal ones, the first."""
    kept: list[Plan] = []
    for place, plan in enumerate(plans):
        earlier, later = [chosen, *kept], plans[place + 1 :]
        if any(_covers(other, plan) for other in earlier):
            continue
        if any(_covers(other, plan) and figures(other) != figures(plan) for other in later):
            continue
        kept.append(plan)
    return tuple(kept)


def _covers(one: Plan, other: Plan) -> bool:
    return all(a <= b for a, b in zip(figures(one), figures(other), strict=True))
