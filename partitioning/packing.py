"""What an exact search that found nothing tells a planner: buildings that fit nowhere, and the smallest way
out.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from partitioning.core import Core, possible_cases
from partitioning.exact import QUICK, LooseGround, solve
from partitioning.problem import Problem
from partitioning.reasons import Reason, Relaxation
from partitioning.rules import Rules
from partitioning.target import make_target


def explain_packing(
    problem: Problem, rules: Rules, core: Core, loose: LooseGround, covered: NDArray[np.bool_]
) -> tuple[Reason, ...]:
    """Reasons after every division was ruled out. covered: nodes of the loose ground that some grid can
    hold.
    """
    ways = [way for rule in ("households", "persons") for way in _smallest(problem, rules, core, loose, rule)]
    first, others = (ways[0], tuple(ways[1:])) if ways else (None, ())
    lonely = np.flatnonzero((loose.part >= 0) & ~covered[loose.part])
    if len(lonely):
        names = tuple(problem.building_ids[place] for place in core.members[lonely])
        own = int(loose.level.households[np.unique(loose.part[lonely])].sum())
        return (Reason("all", "no_partner", own, 0, names, None, first, others),)
    allowed = rules.grid_range
    return (
        Reason(
            "all",
            "no_packing",
            len(core.members),
            allowed[-1],
            (),
            None,
            first,
            others,
            {"fewest": allowed[0], "most": allowed[-1]},
        ),
    )


def _smallest(
    problem: Problem, rules: Rules, core: Core, loose: LooseGround, rule: str
) -> Iterator[Relaxation]:
    """The smallest change of either end of a band that admits a plan on the loose ground."""
    band = getattr(rules, rule)
    if band is None or core.waived.size:
        return
    low, high = band
    counts = loose.level.households if rule == "households" else loose.level.persons

    def admits(band: tuple[int, int]) -> bool:
        return _admits(problem, _with_band(rules, rule, band), core, loose)

    most = _first(lambda value: admits((low, value)), high + 1, max(2 * high, int(counts.max())))
    if most is not None:
        yield Relaxation(rule, "most", most, confirmed=loose.strict)
    drop = _first(lambda value: admits((low - value, high)), 1, low - 1)
    if drop is not None:
        yield Relaxation(rule, "least", low - drop, confirmed=loose.strict)


def _first(holds: Callable[[int], bool], low: int, high: int) -> int | None:
    """The smallest value from low to high that a monotonous test holds for, None where it holds for none."""
    if low > high or not holds(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def _admits(problem: Problem, rules: Rules, core: Core, loose: LooseGround) -> bool:
    """Whether an exact search finds a plan."""
    return any(
        solve(loose.level, make_target(problem, rules, core, case), QUICK, loose.group).labels is not None
        for case in possible_cases(core, rules)
    )


def _with_band(rules: Rules, rule: str, band: tuple[int, int]) -> Rules:
    return replace(rules, households=band) if rule == "households" else replace(rules, persons=band)
