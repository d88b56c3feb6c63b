"""The smallest change of one rule that admits a plan.

Arithmetic and refutations say what a change must reach at the least. From there on plans are drawn, and where the exact
model can tell, proven not to exist. A change is confirmed where there is a plan with it and every smaller one is proven
to admit none; else it says up to where no plan can be had, and where one was found.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from partitioning.budget import Budget
from partitioning.changes import Change, list_changes
from partitioning.core import Core, build_core, possible_cases
from partitioning.draw import Draw
from partitioning.exact_grounds import exact_grounds
from partitioning.explain import prove_infeasible
from partitioning.prepare import prepare
from partitioning.problem import Problem
from partitioning.reasons import Reason, Relaxation
from partitioning.refute import limits_of, refute
from partitioning.releases import find_releases
from partitioning.rules import Rules
from partitioning.target import make_target
from partitioning.terrain import Terrain, survey

_FEW = 20
"""Up to so many buildings the exact model nearly always tells."""
_NODES_DRAWN = 30_000
"""So many buildings in all are drawn, again and again, for one change, but it is tried three times at the least."""

Test = Callable[[int], bool | None]


class Prover:
    """Whether rules admit a plan for one problem: by proofs alone, or by drawing as well."""

    def __init__(self, problem: Problem, budget: Budget) -> None:
        self.problem, self.budget = problem, budget
        self._terrains: dict[tuple[int, ...], Terrain] = {}

    def ruled_out(self, rules: Rules) -> bool:
        """Whether arithmetic or refutations leave no number of grids."""
        rules = rules.trimmed(len(self.problem))
        ground = prepare(self.problem, rules)
        core = build_core(ground, rules)
        if prove_infeasible(ground, rules, core):
            return True
        if not len(core.members):
            return False
        terrain = self._terrain(ground, core, rules)
        targets = (make_target(ground, rules, core, case) for case in possible_cases(core, rules))
        return all(refute(terrain, limits_of(target)) is not None for target in targets)

    def admits(self, rules: Rules) -> bool | None:
        """Whether a plan is found; False where there is none, for certain, None where that is not known."""
        if not self.budget.go_on():
            return None
        rules = rules.trimmed(len(self.problem))
        ground = prepare(self.problem, rules)
        core = build_core(ground, rules)
        if prove_infeasible(ground, rules, core):
            return False
        if not len(core.members):
            return True
        draw = Draw(
            ground, rules, core, self.problem, seed=0, effort="fast", certify=False, budget=self.budget
        )
        return draw.decide()

    def _terrain(self, ground: Problem, core: Core, rules: Rules) -> Terrain:
        """The terrain of a ground, which is another where estates are whole, gaps are spanned or buildings waived."""
        key = (rules.estate_splits == 0, rules.spans_gaps, *core.waived.tolist())
        if key not in self._terrains:
            level = exact_grounds(ground, core).strict.level
            self._terrains[key] = survey(level.graph, level.counts)
        return self._terrains[key]


def add_relaxations(
    problem: Problem, rules: Rules, reasons: tuple[Reason, ...], budget: Budget
) -> tuple[Reason, ...]:
    """The reasons with the smallest changes that admit a plan: the rule that the arithmetic names first, the others by
    the size of the change, those with a plan before those that may have one.

    Where no change is known to admit a plan, a reason that says what it needs is left as it is.
    """
    quiet = budget.quiet(brief=True)
    # what the objective measures, and how much, matters to no rule that may be relaxed
    rules = replace(rules, distance="straight", centres="centroids", preset="balanced", weights=None)
    prover = Prover(problem, quiet)
    found = [_smallest(prover, rules, change) for change in list_changes(problem, rules)]
    spoken = {reason.rule for reason in reasons} | {way.rule for reason in reasons for way in _named(reason)}
    found += find_releases(problem, rules, spoken, quiet, lambda freed: Prover(freed, quiet).admits(rules))
    patches = problem.patches
    if patches is not None and Prover(problem.change(patches=None), quiet).admits(rules):
        count = len(np.unique(patches[patches >= 0]))
        found.append((1.0, Relaxation("patches", "release", count, (), True, count)))
    budget.spent = quiet.spent
    sized = sorted(
        (way for way in found if way is not None), key=lambda way: (way[1].reached is None, way[0])
    )
    return tuple(_with_ways(reason, [way for _, way in sized], len(problem) <= _FEW) for reason in reasons)


def _with_ways(reason: Reason, ways: list[Relaxation], few: bool) -> Reason:
    """The reason with the changes. On few buildings those of which only the limit is known are left out, unless the
    arithmetic names them, since nearly all that can be had are found there.
    """
    named = _named(reason)
    works = any(way.reached is not None for way in ways)
    if named and not works:
        return reason
    known = {(way.rule, way.end) for way in named}
    if works and few:
        ways = [way for way in ways if way.reached is not None or (way.rule, way.end) in known]
    ways += [way for way in named if way.end == "release" and way.rule not in {other.rule for other in ways}]
    own = [way for way in ways if named and (way.rule, way.end) == (named[0].rule, named[0].end)]
    ordered = sorted(own + [way for way in ways if way not in own], key=lambda way: way.reached is None)
    return replace(reason, relaxation=ordered[0] if ordered else None, other_relaxations=tuple(ordered[1:]))


def _named(reason: Reason) -> list[Relaxation]:
    return [way for way in (reason.relaxation, *reason.other_relaxations) if way is not None]


def _smallest(prover: Prover, rules: Rules, change: Change) -> tuple[float, Relaxation] | None:
    """The least that an end of a rule must be moved by and may admit a plan, and the size of that change."""
    tries = max(_NODES_DRAWN // len(prover.problem), 3)
    for first, last in change.stretches():
        limit = least_step(lambda step: not prover.ruled_out(change.after(rules, step)), first, last)
        if limit is None:
            continue
        step, reached = approach(lambda step: prover.admits(change.after(rules, step)), limit, last, tries)
        if step is None:
            continue
        value = change.value(step)
        if reached is None:
            return change.share(value), Relaxation(change.rule, change.end, value)
        at = change.value(reached)
        way = Relaxation(change.rule, change.end, value, confirmed=reached == step, reached=at)
        return change.share(at), way
    return None


def least_step(holds: Callable[[int], bool], first: int, last: int) -> int | None:
    """The smallest step from first to last that a monotonous test holds for, None where it holds for none."""
    low, step, width = first, first, 1
    while step <= last and not holds(step):
        low = step + 1
        step = last if step < last < step + width else step + width
        width *= 2
    if step > last:
        return None
    while low < step:
        middle = (low + step) // 2
        low, step = (low, middle) if holds(middle) else (middle + 1, step)
    return step


def approach(admits: Test, first: int, last: int, tries: int) -> tuple[int | None, int | None]:
    """The least step from first to last not proven to admit nothing, and the least one found to admit a plan.

    Steps are doubled until a plan is found, then halved; None for what there is not. As searches may fail where there
    is a plan, the second may be above what it could be. After so many tries only what is known counts.
    """
    open_from, below, step, width = first, first - 1, first, 1
    while tries > 0 and step <= last:
        answer = admits(step)
        tries -= 1
        if answer:
            break
        open_from = open_from if answer is None else step + 1
        below = step
        step = last if step < last < step + width else step + width
        width *= 2
    else:
        return (open_from if open_from <= last else None), None
    while tries > 0 and step - below > 1:
        middle = (below + step) // 2
        answer = admits(middle)
        tries -= 1
        if answer:
            step = middle
        else:
            below = middle
            open_from = open_from if answer is None else middle + 1
    return open_from, step
