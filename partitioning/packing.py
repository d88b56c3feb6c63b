"""What an exact search that found nothing tells a planner: buildings that fit nowhere, and the smallest way
out.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from partitioning.core import Core
from partitioning.exact_grounds import Grounds
from partitioning.problem import Problem
from partitioning.reasons import Reason, Relaxation
from partitioning.relax import decide, smallest_step
from partitioning.rules import Rules


def explain_packing(
    problem: Problem, rules: Rules, core: Core, grounds: Grounds, covered: NDArray[np.bool_]
) -> tuple[Reason, ...]:
    """Reasons after every division was ruled out. covered: nodes of the loose ground that some grid can
    hold.
    """
    ways = [
        way for rule in ("households", "persons") for way in _smallest(problem, rules, core, grounds, rule)
    ]
    first, others = (ways[0], tuple(ways[1:])) if ways else (None, ())
    loose = grounds.loose
    lonely = np.flatnonzero((loose.part >= 0) & ~covered[loose.part])
    if len(lonely):
        names = tuple(problem.building_ids[place] for place in core.members[lonely])
        own = int(loose.level.households[np.unique(loose.part[lonely])].sum())
        return (Reason("all", "no_partner", own, 0, names, None, first, others),)
    allowed = rules.grid_range
    return (
        Reason(
            "all",
            _kind(problem),
            len(core.members),
            allowed[-1],
            (),
            None,
            first,
            others,
            {"fewest": allowed[0], "most": allowed[-1]},
        ),
    )


def _kind(problem: Problem) -> str:
    if problem.apart is not None:
        return "no_packing_apart"
    return "no_packing" if problem.holds is None else "no_packing_held"


def _smallest(
    problem: Problem, rules: Rules, core: Core, grounds: Grounds, rule: str
) -> Iterator[Relaxation]:
    """The smallest change of either end of a band that admits a plan, where the exact search can tell."""
    band = getattr(rules, rule)
    if band is None or core.waived.size:
        return
    low, high = band
    counts = grounds.loose.level.households if rule == "households" else grounds.loose.level.persons

    def admits(band: tuple[int, int]) -> bool | None:
        return decide(problem, _with_band(rules, rule, band), core, grounds)

    up = smallest_step(lambda step: admits((low, high + step)), max(high, int(counts.max()) - high))
    if up is not None:
        yield Relaxation(rule, "most", high + up, confirmed=True)
    down = smallest_step(lambda step: admits((low - step, high)), low - 1)
    if down is not None:
        yield Relaxation(rule, "least", low - down, confirmed=True)


def _with_band(rules: Rules, rule: str, band: tuple[int, int]) -> Rules:
    return replace(rules, households=band) if rule == "households" else replace(rules, persons=band)
