"""The smallest change of one rule that admits a plan, confirmed by the exact model.

The arithmetic says what a change must reach at the least; whether buildings and neighbours then allow a plan
is decided here. Every change named admits a plan, and one step less is proven to admit none.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np

from partitioning.budget import Budget
from partitioning.core import Core, build_core, possible_cases
from partitioning.exact import QUICK
from partitioning.exact_grounds import Grounds, exact_grounds, solve_grounds
from partitioning.explain import prove_infeasible
from partitioning.graph import Ints
from partitioning.problem import Problem
from partitioning.reasons import Reason, Relaxation
from partitioning.rules import Rules
from partitioning.target import make_target

_MOST_BUILDINGS = 20
"""Up to so many buildings the exact model answers in milliseconds."""
_MOST_RELEASES = 200
"""So many sets of locked buildings, or of pairs that must not share a grid, are tried at most."""
_THOUSANDTHS = 1000
"""Steps in which a balance tolerance is widened."""

Test = Callable[[int], bool | None]


def confirm(
    problem: Problem, rules: Rules, reasons: tuple[Reason, ...], budget: Budget
) -> tuple[Reason, ...]:
    """The reasons with relaxations that the exact model confirms, where it knows any; smallest relative
    change first, but the rule that the arithmetic names before the others.
    """
    if len(problem) > _MOST_BUILDINGS:
        return reasons
    ways = [way for _, way in sorted(_ways(problem, rules, budget), key=lambda pair: pair[0])]
    return tuple(_with_ways(reason, ways) for reason in reasons) if ways else reasons


def _with_ways(reason: Reason, ways: list[Relaxation]) -> Reason:
    named = reason.relaxation
    own = [way for way in ways if named is not None and (way.rule, way.end) == (named.rule, named.end)]
    first, *others = own + [way for way in ways if way not in own]
    return replace(reason, relaxation=first, other_relaxations=tuple(others))


def admits_plan(problem: Problem, rules: Rules) -> bool | None:
    """Whether there is a plan, None where the exact model is too large to say."""
    core = build_core(problem, rules)
    if prove_infeasible(problem, rules, core):
        return False
    if not len(core.members):
        return True
    return decide(problem, rules, core, exact_grounds(problem, rules, core))


def decide(problem: Problem, rules: Rules, core: Core, grounds: Grounds) -> bool | None:
    """Whether some number of grids admits a plan on these grounds, None where the exact search is too short to say."""
    ruled_out = True
    for case in possible_cases(core, rules):
        answer = solve_grounds(grounds, make_target(problem, rules, core, case), QUICK)
        if answer.labels is not None:
            return True
        ruled_out &= answer.proven
    return False if ruled_out else None


def _ways(problem: Problem, rules: Rules, budget: Budget) -> Iterator[tuple[float, Relaxation]]:
    """Relative size of the change, and the change."""

    def smallest(end: Callable[[int], Rules], reach: int) -> int | None:
        return smallest_step(lambda step: admits_plan(problem, end(step)) if budget.go_on() else None, reach)

    for rule, counts in (("households", problem.households), ("persons", problem.persons)):
        band = getattr(rules, rule)
        if band is None or counts is None:
            continue
        low, high = band
        up = smallest(_band_ends(rules, rule, low, high, 1), int(counts.sum()) - high)
        if up is not None:
            yield up / max(high, 1), Relaxation(rule, "most", high + up, confirmed=True)
        down = smallest(_band_ends(rules, rule, low, high, -1), low - 1)
        if down is not None:
            yield down / low, Relaxation(rule, "least", low - down, confirmed=True)
    fewest, most = rules.grid_range[0], rules.grid_range[-1]
    more = smallest(_band_ends(rules, "grids", fewest, most, 1), len(problem) - most)
    if more is not None:
        yield more / most, Relaxation("grids", "most", most + more, confirmed=True)
    fewer = smallest(_band_ends(rules, "grids", fewest, most, -1), fewest - 1)
    if fewer is not None:
        yield fewer / fewest, Relaxation("grids", "least", fewest - fewer, confirmed=True)
    if rules.balance_tolerance is not None:
        start = int(rules.balance_tolerance * _THOUSANDTHS)
        wider = smallest(
            lambda step: replace(rules, balance_tolerance=(start + step) / _THOUSANDTHS),
            len(problem) * _THOUSANDTHS - start,
        )
        if wider is not None:
            value = (start + wider) / _THOUSANDTHS
            yield wider / _THOUSANDTHS, Relaxation("balance", "tolerance", value, confirmed=True)
    yield from _releases(problem, rules, budget)
    yield from _shares(problem, rules, budget)


def _band_ends(rules: Rules, rule: str, low: int, high: int, side: int) -> Callable[[int], Rules]:
    """The rules with one end of a band moved outwards: the most for side 1, the least for side -1."""

    def moved(step: int) -> Rules:
        band = (low, high + step) if side > 0 else (low - step, high)
        if rule == "grids":
            return replace(rules, grids=band)
        return replace(rules, households=band) if rule == "households" else replace(rules, persons=band)

    return moved


def smallest_step(holds: Test, reach: int) -> int | None:
    """The smallest step from 1 to reach that a monotonous test holds for; None where it holds for none, or
    where it cannot tell. Steps are doubled until it holds, since a test is the dearer the wider the rules are.
    """
    low, high = 1, 1
    while high <= reach and not (answer := holds(high)):
        if answer is None:
            return None
        low, high = high + 1, reach if high < reach < 2 * high else 2 * high
    if high > reach:
        return None
    while low < high:
        middle = (low + high) // 2
        answer = holds(middle)
        if answer is None:
            return None
        low, high = (low, middle) if answer else (middle + 1, high)
    return low


def _releases(problem: Problem, rules: Rules, budget: Budget) -> Iterator[tuple[float, Relaxation]]:
    """The fewest locked buildings to release, one set of them."""
    if problem.holds is None:
        return
    held = np.flatnonzero(problem.holds.group >= 0)
    chosen = _fewest(held, lambda places: _released(problem, places), rules, budget)
    if chosen is not None:
        names = problem.names(chosen)
        yield len(chosen) / len(held), Relaxation("locked", "release", len(chosen), names, confirmed=True)


def _shares(problem: Problem, rules: Rules, budget: Budget) -> Iterator[tuple[float, Relaxation]]:
    """The fewest pairs that must not share a grid to let share one, one set of them."""
    apart = problem.apart
    if apart is None:
        return
    every = np.arange(len(apart))
    chosen = _fewest(every, lambda rows: problem.change(apart=np.delete(apart, rows, axis=0)), rules, budget)
    if chosen is not None:
        names = problem.names(apart[chosen].ravel())
        yield len(chosen) / len(apart), Relaxation("apart", "release", len(chosen), names, confirmed=True)


def _fewest(every: Ints, without: Callable[[Ints], Problem], rules: Rules, budget: Budget) -> Ints | None:
    """The smallest set of these without which there is a plan, None where some tries find none."""
    tried = 0
    for size in range(1, len(every) + 1):
        for chosen in combinations(every.tolist(), size):
            tried += 1
            if tried > _MOST_RELEASES or not budget.go_on():
                return None
            answer = admits_plan(without(np.array(chosen)), rules)
            if answer is None:
                return None
            if answer:
                return np.array(chosen)
    return None


def _released(problem: Problem, places: Ints) -> Problem:
    def without(labels: Ints | None) -> Ints | None:
        if labels is None:
            return None
        kept = labels.copy()
        kept[places] = -1
        return kept

    return problem.change(locked=without(problem.locked), pinned=without(problem.pinned))
