"""Plans beside the one drawn: what the other presets would give, as far as no plan is worse in every figure."""

from collections.abc import Callable
from dataclasses import replace

from partitioning.plan import Outcome, Plan
from partitioning.rules import PRESETS, Rules

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


def find_alternatives(chosen: Plan, rules: Rules, draw: Callable[[Rules], Outcome]) -> tuple[Plan, ...]:
    """Plans by the weights of the other presets that neither the chosen plan nor one another dominate.

    All keep the same hard rules. In the order of PRESETS; the weights of `rules` themselves gave the chosen
    plan.
    """
    others = [replace(rules, preset=preset, weights=None) for preset in PRESETS if preset != rules.preset]
    plans = [outcome.plan for outcome in map(draw, others) if outcome.status in {"optimal", "feasible"}]
    return pareto(chosen, [plan for plan in plans if plan is not None])


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
