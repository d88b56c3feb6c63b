"""Arithmetic of the rules: which numbers of grids the counts admit, for the whole and for parts cut off."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from partitioning.graph import Ints
from partitioning.problem import Problem
from partitioning.rules import Band, Rules

UNLIMITED = 2**60


class Bands(NamedTuple):
    """Whole numbers that a grid must keep when there are so many grids, ends included."""

    grids: int
    h_low: int
    h_high: int
    p_low: int
    p_high: int

    def admits(self, households: int, persons: int, grids: int) -> bool:
        """Whether counts can be shared out over so many grids, buildings being divisible at will."""
        return (
            grids * self.h_low <= households <= grids * self.h_high
            and grids * self.p_low <= persons <= grids * self.p_high
        )


def bands_for(rules: Rules, households: int, grids: int) -> Bands:
    """Bands of every grid when the households are divided into so many; the balance tolerance narrows
    them.
    """
    h_low, h_high = rules.households or (0, UNLIMITED)
    p_low, p_high = rules.persons or (0, UNLIMITED)
    if rules.balance_tolerance is not None and grids:
        mean = households / grids
        h_low = max(h_low, math.ceil(mean * (1 - rules.balance_tolerance) - 1e-9))
        h_high = min(h_high, math.floor(mean * (1 + rules.balance_tolerance) + 1e-9))
    return Bands(grids, h_low, h_high, p_low, p_high)


def counted_bands(problem: Problem, rules: Rules) -> Iterator[tuple[str, Ints, Band]]:
    """The counts that have a band: name of the rule, (n,) counts, band."""
    if rules.households is not None:
        yield "households", problem.households, rules.households
    if rules.persons is not None and problem.persons is not None:
        yield "persons", problem.persons, rules.persons


def grid_counts(total: int, band: Band | None, most: int) -> list[int]:
    """Numbers of grids up to `most` that can share out a total within a band."""
    if band is None:
        return list(range(1, most + 1))
    low, high = band
    return [k for k in range(1, most + 1) if k * low <= total <= k * high]


class Shares(NamedTuple):
    """How many grids each part of the ground (component) may have, and one choice of them that adds up."""

    options: list[list[int]]
    choice: list[int] | None


def share_grids(bands: Bands, households: Ints, persons: Ints, buildings: Ints, fewest: Ints) -> Shares:
    """Numbers of grids for each component, adding up to bands.grids, nearest to its share of the households.

    households, persons, buildings: totals of each component; fewest: grids that it has at the
    least. choice is None where nothing adds up.
    """
    options = [
        [j for j in range(max(1, int(few)), min(bands.grids, int(n)) + 1) if bands.admits(int(h), int(p), j)]
        for h, p, n, few in zip(households, persons, buildings, fewest, strict=True)
    ]
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
