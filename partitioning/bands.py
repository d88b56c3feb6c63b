"""Arithmetic of the rules: which numbers of grids the counts admit, for the whole and for parts cut off."""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from partitioning.graph import Ints
from partitioning.problem import Problem
from partitioning.rule_checks import Band
from partitioning.rules import Rules

UNLIMITED = 2**60

ROUNDING = 1e-12
"""So far beyond the tolerance a grid's share may be, since shares are rounded."""


class Bands(NamedTuple):
    """Whole numbers that no grid may leave when there are so many grids, ends included: one for each column."""

    grids: int
    low: tuple[int, ...]
    high: tuple[int, ...]

    def admitted(self, totals: Iterable[int]) -> tuple[int, int]:
        """Fewest and most grids that totals, one a column, can be shared out over, buildings being divisible at
        will; fewest above most where there is no such number.
        """
        fewest, most = 1, UNLIMITED
        for total, low, high in zip(totals, self.low, self.high, strict=True):
            if total > 0:
                fewest = max(fewest, -(-total // high) if high > 0 else UNLIMITED)
            if low > 0:
                most = min(most, total // low)
        return fewest, most

    def admits(self, totals: Iterable[int]) -> bool:
        """Whether totals can be shared out over all the grids."""
        fewest, most = self.admitted(totals)
        return fewest <= self.grids <= most


def columns_of(problem: Problem, rules: Rules) -> tuple[str, ...]:
    """What is counted while drawing, one column each: households first, then all that has a band, hard or soft."""
    return ("households", *(rule for rule, _, _ in _known_bands(problem, rules) if rule != "households"))


def bands_for(rules: Rules, columns: Sequence[str], households: int, grids: int) -> Bands:
    """Bands of every grid when the households are divided into so many; the balance tolerance narrows
    them. A column under a soft rule alone has no limits.
    """
    hard = rules.hard_bands
    ends = [hard.get(rule, (0, UNLIMITED)) for rule in columns]
    if rules.balance_tolerance is not None and grids and not rules.is_soft("balance"):
        mean, (low, high) = households / grids, ends[0]
        share = min(rules.balance_tolerance, float(grids)) + ROUNDING  # no grid has more than all households
        ends[0] = max(low, math.ceil(mean * (1 - share))), min(high, math.floor(mean * (1 + share)))
    return Bands(grids, tuple(low for low, _ in ends), tuple(high for _, high in ends))


def counted_bands(problem: Problem, rules: Rules) -> Iterator[tuple[str, Ints, Band]]:
    """The counts that have a hard band: name of the rule, (n,) counts, band."""
    for rule, counts, band in _known_bands(problem, rules):
        if not rules.is_soft(rule):
            yield rule, counts, band


def _known_bands(problem: Problem, rules: Rules) -> Iterator[tuple[str, Ints, Band]]:
    for rule, band in rules.bands.items():
        counts = problem.counts_of(rule)
        if counts is not None:
            yield rule, counts, band


def fits_band(total: int, band: Band, grids: int) -> bool:
    """Whether so many grids can share out a total within a band."""
    return grids * band[0] <= total <= grids * band[1]


def grid_counts(total: int, band: Band, most: int) -> list[int]:
    """Numbers of grids up to `most` that can share out a total within a band."""
    return [k for k in range(1, most + 1) if fits_band(total, band, k)]


class Shares(NamedTuple):
    """How many grids each part of the ground (component) may have, and one choice of them that adds up."""

    options: list[list[int]]
    choice: list[int] | None


def share_grids(bands: Bands, totals: Ints, buildings: Ints, fewest: Ints) -> Shares:
    """Numbers of grids for each component, adding up to bands.grids, nearest to its share of the households.

    totals: (parts, columns) of each component; buildings: most grids that it may have; fewest: grids that it
    has at the least. choice is None where nothing adds up.
    """
    options = []
    for counts, most, least in zip(totals.tolist(), buildings.tolist(), fewest.tolist(), strict=True):
        low, high = bands.admitted(counts)
        options.append(list(range(max(low, least), min(high, most, bands.grids) + 1)))
    households = totals[:, 0]
    total = max(int(households.sum()), 1)
    cost = np.full(bands.grids + 1, np.inf)
    cost[0] = 0.0
    steps: list[Ints] = []
    for h, allowed in zip(households, options, strict=True):
        ideal = bands.grids * int(h) / total
        following, taken = np.full_like(cost, np.inf), np.full(len(cost), -1, dtype=np.int64)
        for j in allowed:
            reached = np.full_like(cost, np.inf)
            reached[j:] = cost[: len(cost) - j] + (j - ideal) ** 2
            better = reached < following
            following[better], taken[better] = reached[better], j
        cost = following
        steps.append(taken)
    if not np.isfinite(cost[bands.grids]):
        return Shares(options, None)
    left, choice = bands.grids, []
    for taken in reversed(steps):
        choice.append(int(taken[left]))
        left -= choice[-1]
    return Shares(options, choice[::-1])
