"""The ends of rules that can be moved outwards, step by step."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from partitioning.problem import Problem
from partitioning.reasons import End
from partitioning.rules import Rules
from partitioning.scores import oversized_buildings

_THOUSANDTHS = 1000
"""Steps in which a balance tolerance is widened."""


class Change(NamedTuple):
    """An end of a rule that can be moved outwards by whole steps: by ones, a balance tolerance by thousandths.

    start: where it is, in steps. reach: the largest change that can help, in steps. breaks: changes from which on
    buildings lose the grid of their own, so that a larger change may do worse than a smaller one.
    """

    rule: str
    end: End
    start: int
    reach: int
    breaks: tuple[int, ...] = ()

    def value(self, step: int) -> float:
        """Where the end is after so many steps."""
        if self.end == "tolerance":
            return (self.start + step) / _THOUSANDTHS
        return self.start - step if self.end == "least" else self.start + step

    def share(self, value: float) -> float:
        """How far a value is from the start: as a share of it, for a tolerance as it is."""
        whole = 1.0 if self.end == "tolerance" else max(self.start, 1)
        return abs(value - self.value(0)) / whole

    def after(self, rules: Rules, step: int) -> Rules:
        """The rules after so many steps."""
        value = self.value(step)
        if self.end == "tolerance":
            return replace(rules, balance_tolerance=value)
        if self.rule == "estates":
            return replace(rules, estate_splits=int(value))
        low, high = (
            (rules.grid_range[0], rules.grid_range[-1]) if self.rule == "grids" else rules.bands[self.rule]
        )
        return rules.with_band(self.rule, (int(value), high) if self.end == "least" else (low, int(value)))

    def stretches(self) -> Iterator[tuple[int, int]]:
        """First and last steps between the breaks: within these, a larger step never does worse."""
        starts = [1, *(step for step in self.breaks if 1 < step <= self.reach)]
        return zip(starts, [start - 1 for start in starts[1:]] + [self.reach], strict=True)


def list_changes(problem: Problem, rules: Rules) -> Iterator[Change]:
    """Every end of a hard rule that can be moved."""
    fewest, most = rules.grid_range[0], rules.grid_range[-1]
    possible = len(problem)
    alone = (
        oversized_buildings(problem, rules) if rules.oversized == "own_grid" else np.empty(0, dtype=np.int64)
    )
    for rule, (low, high) in rules.hard_bands.items():
        counts = problem.counts_of(rule)
        assert counts is not None
        total = int(counts.sum())
        if not len(alone) and low > 0:
            possible = min(possible, total // low)
        breaks = tuple(int(count) - high for count in np.unique(counts[alone]) if count > high)
        yield Change(rule, "most", high, total - high, breaks)
        yield Change(rule, "least", low, low)
    if not rules.is_soft("grids"):
        yield Change("grids", "most", most, possible - most)
        yield Change("grids", "least", fewest, fewest - 1)
    if rules.balance_tolerance is not None and not rules.is_soft("balance"):
        start = int(rules.balance_tolerance * _THOUSANDTHS)
        yield Change("balance", "tolerance", start, most * _THOUSANDTHS - start)
    if rules.estate_splits is not None:
        members, _, estates = problem.estate_places
        yield Change("estates", "most", rules.estate_splits, len(members) - estates - rules.estate_splits)
